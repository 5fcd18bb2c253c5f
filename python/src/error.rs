//! The library's errors as Python's exceptions.

use pyo3::exceptions::{PyArithmeticError, PyOSError, PyRuntimeError, PyValueError};
use pyo3::{PyErr, PyResult, Python, create_exception};
use rankone::{Error, Remedy};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

create_exception!(
    rankone,
    Diverged,
    PyArithmeticError,
    "The loss left the finite numbers: try a smaller learning rate."
);
create_exception!(
    rankone,
    DataError,
    PyValueError,
    "A data file does not say what a data file must say: the message names file, line and column."
);

/// The exception that fits an error, with the library's message.
pub fn raised(error: Error) -> PyErr {
    let words = error.to_string();
    match error {
        Error::Io { path, source } => match source.raw_os_error() {
            Some(number) => of_system(number, &path),
            None => PyOSError::new_err(words),
        },
        Error::Data(fault) if fault.line.is_none() && !fault.path.exists() => {
            of_system(NOT_FOUND, &fault.path)
        }
        Error::Model { path, .. } | Error::State { path, .. } if !path.exists() => {
            of_system(NOT_FOUND, &path)
        }
        Error::Data(fault) => {
            let remedy = fault.remedy.and_then(in_words).map(|remedy| format!(" ({remedy})"));
            DataError::new_err(words + &remedy.unwrap_or_default())
        }
        Error::Diverged { .. } => Diverged::new_err(words),
        _ => PyValueError::new_err(words),
    }
}

/// What option of `read_csv` helps.
fn in_words(remedy: Remedy) -> Option<&'static str> {
    Some(match remedy {
        Remedy::Label => {
            "label= says which column holds the labels, classes= that they are 0 to K-1"
        }
        Remedy::Delimiter => "delimiter= says what stands between two fields",
        Remedy::Classes => "classes= says that labels are the numbers 0 to K-1",
        Remedy::Values => r#"values="any", "scale" or "standardize" takes others"#,
        _ => return None,
    })
}

/// The number of "no such file or directory", on every system.
const NOT_FOUND: i32 = 2;

/// The `OSError` of a number, as Python raises it: of the class that fits, with number, words and
/// path.
fn of_system(number: i32, path: &Path) -> PyErr {
    let words = std::io::Error::from_raw_os_error(number).to_string();
    let words = words.split(" (os error").next().unwrap_or_default().to_owned();
    PyOSError::new_err((number, words, path.as_os_str().to_owned()))
}

/// A `ValueError` in the library's words.
pub fn value_error(what: &str, found: impl std::fmt::Display, expected: &str) -> PyErr {
    PyValueError::new_err(format!("{what}: found {found}, expected {expected}"))
}

/// Works while other threads of Python go on. A panic, which would be a fault of ours, becomes a
/// `RuntimeError`.
pub fn detached<R: Send>(py: Python<'_>, work: impl FnOnce() -> R + Send) -> PyResult<R> {
    py.detach(|| catch_unwind(AssertUnwindSafe(work))).map_err(|panic| {
        let words = panic.downcast_ref::<String>().map(String::as_str);
        let words = words.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("a panic");
        PyRuntimeError::new_err(format!("a fault in rankone, please report it: {words}"))
    })
}
