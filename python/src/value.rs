//! Conversion of settings from Python values, with errors that name the setting.

use crate::error::value_error;
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;

fn type_error(what: &str, value: &Bound<'_, PyAny>, expected: &str) -> PyErr {
    let found = value.repr().map_or_else(|_| "something else".into(), |repr| repr.to_string());
    PyTypeError::new_err(format!("{what}: found {found}, expected {expected}"))
}

/// A whole number from `least` to 2^64 - 1.
#[pyfunction]
pub fn whole(what: &str, value: &Bound<'_, PyAny>, least: u64) -> PyResult<u64> {
    let number = value.call_method0("__index__");
    let number = number.map_err(|_| type_error(what, value, "a whole number"))?;
    let bound = match number.extract::<u64>() {
        Ok(number) if number >= least => return Ok(number),
        Err(_) if number.gt(least)? => format!("at most {}", u64::MAX),
        _ => format!("at least {least}"),
    };
    Err(value_error(what, number, &bound))
}

/// A number.
#[pyfunction]
pub fn real(what: &str, value: &Bound<'_, PyAny>) -> PyResult<f64> {
    value.extract().map_err(|_| type_error(what, value, "a number"))
}

/// A name.
#[pyfunction]
pub fn text(what: &str, value: &Bound<'_, PyAny>) -> PyResult<String> {
    value.extract().map_err(|_| type_error(what, value, "a name"))
}

/// Whether a precision is the single one.
pub fn wants_single(precision: &Bound<'_, PyAny>) -> PyResult<bool> {
    match &*text("precision", precision)? {
        "float64" => Ok(false),
        "float32" => Ok(true),
        other => Err(value_error("precision", format!("{other:?}"), "float64 or float32")),
    }
}

/// Parses a setting that is given by name.
pub fn named<V: std::str::FromStr>(what: &str, name: &str, expected: &str) -> PyResult<V> {
    name.parse().map_err(|_| value_error(what, format!("{name:?}"), expected))
}
