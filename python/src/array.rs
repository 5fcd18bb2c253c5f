//! Conversion between Python's arrays and the library's: an array is copied only if its type or
//! alignment has to change.

use crate::error::{raised, value_error};
use numpy::{Element, IntoPyArray, PyArray1, PyReadonlyArray1, PyReadonlyArray2, dtype};
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use rankone::ndarray::ArrayView2;
use rankone::{Classes, Error, Number};

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

/// The same expression, in which this name is `f32` or `f64`: the precision that is wanted.
macro_rules! with_precision {
    ($is_single:expr, $number:ident => $body:expr) => {
        if $is_single {
            type $number = f32;
            $body
        } else {
            type $number = f64;
            $body
        }
    };
}
pub(crate) use with_precision;

/// The name of a number type in NumPy.
const FLOAT64: &str = "float64";
const FLOAT32: &str = "float32";

impl<D: 'static, S: 'static> Any<D, S> {
    /// Its precision's name.
    pub fn precision(&self) -> &'static str {
        match self {
            Any::F64(_) => FLOAT64,
            Any::F32(_) => FLOAT32,
        }
    }

    /// What it holds, where that is an `H`, which is `D` or `S`; otherwise the error that its
    /// precision is not the training set's.
    pub fn as_trained<H: 'static>(&self, what: &str) -> PyResult<&H> {
        let held = each!(self, held => (held as &dyn std::any::Any).downcast_ref());
        held.ok_or_else(|| {
            let other = if self.precision() == FLOAT64 { FLOAT32 } else { FLOAT64 };
            value_error(what, self.precision(), &format!("{other} as the training set has"))
        })
    }
}

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

/// The numbers of an array in another type; the array itself, where it has that type and its
/// numbers lie at multiples of their size. Those of a field of packed records do not, and Rust
/// counts from number to number, not from byte to byte.
fn of_type<'py, T: Element>(array: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    let numpy = array.py().import("numpy")?;
    numpy.call_method1("require", (array, dtype::<T>(array.py()), "A"))
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
pub fn matrix<'py, T: Element>(
    what: &str,
    object: &Bound<'py, PyAny>,
) -> PyResult<PyReadonlyArray2<'py, T>> {
    let (array, _) = array(what, object)?;
    dimensions(what, &array, 2)?;
    of_type::<T>(&array)?.extract()
}

/// What is wrong with a matrix, where one of its numbers is not finite: which.
pub fn not_finite<T: Number>(what: &str, matrix: ArrayView2<T>) -> Option<PyErr> {
    let ((row, column), number) = matrix.indexed_iter().find(|(_, n)| !n.is_finite())?;
    Some(value_error(&format!("{what}[{row}, {column}]"), number, "a finite number"))
}

/// The exception for an error of what was done with a matrix.
pub fn raised_with<T: Number>(what: &str, matrix: ArrayView2<T>, error: Error) -> PyErr {
    not_finite(what, matrix).unwrap_or_else(|| raised(error))
}

/// Numbers of any type, as a vector in the precision that is wanted.
pub fn vector<'py, T: Element>(
    what: &str,
    object: &Bound<'py, PyAny>,
) -> PyResult<PyReadonlyArray1<'py, T>> {
    let (array, _) = array(what, object)?;
    dimensions(what, &array, 1)?;
    of_type::<T>(&array)?.extract()
}

/// Labels: whole numbers from 0, of any type; a vector, or a matrix of one column.
pub fn labels(what: &str, object: &Bound<'_, PyAny>) -> PyResult<Vec<usize>> {
    let (mut array, kind) = array(what, object)?;
    let shape: Vec<usize> = array.getattr("shape")?.extract()?;
    if let [_, 1] = shape[..] {
        array = array.call_method0("ravel")?;
    }
    dimensions(what, &array, 1)?;
    let wrong = |number: &dyn std::fmt::Display| value_error(what, number, "whole numbers from 0");
    fn each<T: Element + Copy>(
        array: &Bound<'_, PyAny>,
        label: impl Fn(T) -> PyResult<usize>,
    ) -> PyResult<Vec<usize>> {
        let numbers: PyReadonlyArray1<T> = of_type::<T>(array)?.extract()?;
        numbers.as_array().iter().map(|&number| label(number)).collect()
    }
    match &*kind {
        "f" => each(&array, |number: f64| {
            let is_label = number >= 0.0 && number < usize::MAX as f64 && number.fract() == 0.0;
            is_label.then_some(number as usize).ok_or_else(|| wrong(&format!("{number:?}")))
        }),
        "i" => each(&array, |number: i64| number.try_into().map_err(|_| wrong(&number))),
        // Booleans and unsigned numbers.
        _ => each(&array, |number: u64| number.try_into().map_err(|_| wrong(&number))),
    }
}

/// Returns class indexes as a NumPy array.
pub fn indexes<'py>(py: Python<'py>, labels: &[usize]) -> Bound<'py, PyArray1<i64>> {
    labels.iter().map(|&label| label as i64).collect::<Vec<_>>().into_pyarray(py)
}

/// Returns the labels of the classes in order: integers if every name is an integer, otherwise
/// strings.
pub fn class_labels<'py>(py: Python<'py>, classes: &Classes) -> PyResult<Bound<'py, PyAny>> {
    let names: Vec<_> = (0..classes.len()).map(|k| classes.name(k).into_owned()).collect();
    let numbers: Option<Vec<i64>> = names.iter().map(|name| name.parse().ok()).collect();
    match numbers {
        Some(numbers) => Ok(numbers.into_pyarray(py).into_any()),
        None => py.import("numpy")?.call_method1("asarray", (names,)),
    }
}
