//! Arrays and labels of any kind, as the library takes them. An array that is right already is not copied.

use crate::error::{raised, value_error};
use numpy::{Element, PyReadonlyArray1, PyReadonlyArray2};
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use rankone::ndarray::ArrayView2;
use rankone::{Error, Number};

/// A value in double or in single precision.
#[derive(Debug, Clone)]
pub enum Any<D, S> {
    F64(D),
    F32(S),
}

/// The same expression for either precision.
macro_rules! each {
    ($any:expr, $one:pat => $body:expr) => {
        match $any {
            $crate::array::Any::F64($one) => $body,
            $crate::array::Any::F32($one) => $body,
        }
    };
}
pub(crate) use each;

/// The name of a number type in NumPy.
pub const FLOAT64: &str = "float64";
pub const FLOAT32: &str = "float32";

/// A matrix in double or in single precision.
pub type Matrix<'py> = Any<PyReadonlyArray2<'py, f64>, PyReadonlyArray2<'py, f32>>;

/// `what` as an array, and the letter that NumPy has for the kind of its type.
fn array<'py>(what: &str, object: &Bound<'py, PyAny>) -> PyResult<(Bound<'py, PyAny>, String)> {
    let array = object.py().import("numpy")?.call_method1("asarray", (object,))?;
    let dtype = array.getattr("dtype")?;
    let kind: String = dtype.getattr("kind")?.extract()?;
    if !"biuf".contains(&kind) {
        let words = format!("{what}: found an array of type {dtype}, expected numbers");
        return Err(PyTypeError::new_err(words));
    }
    Ok((array, kind))
}

/// The array as one of another type; itself, where it is that.
fn of_type<'py>(array: &Bound<'py, PyAny>, name: &str) -> PyResult<Bound<'py, PyAny>> {
    let keywords = pyo3::types::PyDict::new(array.py());
    keywords.set_item("copy", false)?;
    array.call_method("astype", (name,), Some(&keywords))
}

fn dimensions(what: &str, array: &Bound<'_, PyAny>, expected: usize) -> PyResult<()> {
    let shape = array.getattr("shape")?;
    if shape.len()? == expected {
        return Ok(());
    }
    let expected = if expected == 1 { "a vector" } else { "a matrix" };
    Err(value_error(what, format!("shape {shape}"), expected))
}

/// Whether an array, or what will be one, is of single precision.
pub fn is_single(object: &Bound<'_, PyAny>) -> PyResult<bool> {
    let array = object.py().import("numpy")?.call_method1("asarray", (object,))?;
    Ok(array.getattr("dtype")?.getattr("name")?.extract::<String>()? == FLOAT32)
}

/// Numbers of any type, as a matrix in the precision that is wanted.
pub fn matrix<'py>(
    what: &str,
    object: &Bound<'py, PyAny>,
    is_single: bool,
) -> PyResult<Matrix<'py>> {
    let (array, _) = array(what, object)?;
    dimensions(what, &array, 2)?;
    let array = of_type(&array, if is_single { FLOAT32 } else { FLOAT64 })?;
    Ok(match is_single {
        true => Matrix::F32(array.extract()?),
        false => Matrix::F64(array.extract()?),
    })
}

/// That a number of a matrix is not finite, and which; or the error that there is otherwise.
pub fn not_finite<T: Number>(what: &str, matrix: ArrayView2<T>, otherwise: Error) -> PyErr {
    match matrix.indexed_iter().find(|(_, number)| !number.is_finite()) {
        Some(((row, column), number)) => {
            value_error(&format!("{what}[{row}, {column}]"), number, "a finite number")
        }
        None => raised(otherwise),
    }
}

/// Numbers of any type, as a vector.
pub fn vector<'py, T: Element>(
    what: &str,
    object: &Bound<'py, PyAny>,
    is_single: bool,
) -> PyResult<PyReadonlyArray1<'py, T>> {
    let (array, _) = array(what, object)?;
    dimensions(what, &array, 1)?;
    let array = of_type(&array, if is_single { FLOAT32 } else { FLOAT64 })?;
    array.extract()
}

/// Labels: whole numbers from 0, of any type; a vector, or a matrix of one column.
pub fn labels(what: &str, object: &Bound<'_, PyAny>) -> PyResult<Vec<usize>> {
    let (mut array, kind) = array(what, object)?;
    let shape: Vec<usize> = array.getattr("shape")?.extract()?;
    if let [_, 1] = shape[..] {
        array = array.call_method0("ravel")?;
    }
    dimensions(what, &array, 1)?;
    let expected = "whole numbers from 0";
    if kind == "f" {
        let numbers: PyReadonlyArray1<f64> = of_type(&array, FLOAT64)?.extract()?;
        let numbers = numbers.as_array();
        let most = usize::MAX as f64;
        let wrong = |&&number: &&f64| !(number >= 0.0 && number < most && number.fract() == 0.0);
        return match numbers.iter().find(wrong) {
            Some(number) => Err(value_error(what, format!("{number:?}"), expected)),
            None => Ok(numbers.iter().map(|&number| number as usize).collect()),
        };
    }
    // Booleans and unsigned numbers are all below 2^64, the others may be negative.
    let numbers = of_type(&array, if kind == "i" { "int64" } else { "uint64" })?;
    if kind == "i" {
        let numbers: PyReadonlyArray1<i64> = numbers.extract()?;
        let label = |&number: &i64| {
            usize::try_from(number).map_err(|_| value_error(what, number, expected))
        };
        return numbers.as_array().iter().map(label).collect();
    }
    let numbers: PyReadonlyArray1<u64> = numbers.extract()?;
    let label =
        |&number: &u64| usize::try_from(number).map_err(|_| value_error(what, number, expected));
    numbers.as_array().iter().map(label).collect()
}

/// A value that is said by name.
pub fn named<V: std::str::FromStr>(what: &str, name: &str, expected: &str) -> PyResult<V> {
    name.parse().map_err(|_| value_error(what, format!("{name:?}"), expected))
}
