//! What can go wrong, in the terms of the person who can mend it.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

/// The result of a fallible operation of this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Everything that can go wrong at the library's boundary.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A file or folder could not be written, or one other than data and models not be read.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// A data file could not be read, or does not say what a data file must say.
    #[error(transparent)]
    Data(Box<DataError>),
    /// Two things that must fit each other do not, such as a network and a data set.
    #[error("{what}: found {found}, expected {expected}")]
    Mismatch {
        /// What was compared.
        what: &'static str,
        /// What was found.
        found: String,
        /// What was expected.
        expected: String,
    },
    /// A setting is outside its range.
    #[error("{name}: found {found}, expected {expected}")]
    Setting {
        /// What it is, in words: commands differ in how they take it.
        name: &'static str,
        /// The value that was given.
        found: String,
        /// The values that are accepted.
        expected: &'static str,
    },
    /// A model file could not be read or understood.
    #[error("{}: not a rankone model: {reason}", path.display())]
    Model {
        /// The model file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// The state of a training could not be read, or is none to go on from.
    #[error("{}: no state to go on from: {reason}", path.display())]
    State {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// A model gives a data set scores that are not finite.
    #[error("{model}: the model's scores are not finite: its weights are too large")]
    Scores {
        /// The model: its file, or what else is known of it.
        model: String,
    },
    /// The loss left the finite numbers.
    #[error(
        "training diverged: the cross-entropy is not finite after epoch {epoch} \
         with learning rate {learning_rate:?}; try a smaller learning rate"
    )]
    Diverged {
        /// The epoch, from 1, after which the loss was not finite.
        epoch: usize,
        /// The learning rate that led there.
        learning_rate: f64,
    },
}

impl Error {
    /// Makes an [`Error::Io`] about `path`, for `map_err`.
    pub fn io(path: &Path) -> impl FnOnce(io::Error) -> Self + '_ {
        move |source| Self::Io { path: path.to_owned(), source }
    }
}

impl From<DataError> for Error {
    fn from(error: DataError) -> Self {
        Self::Data(Box::new(error))
    }
}

/// One fault of a data file: where it is, what stands there, and what should.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DataError {
    /// The data file.
    pub path: PathBuf,
    /// Line of the file, from 1; `None` where the fault is the whole file's.
    pub line: Option<u64>,
    /// Column (comma-separated field) of the line, from 1; `None` where it is the whole line's.
    pub column: Option<usize>,
    /// What was found.
    pub found: String,
    /// What was expected.
    pub expected: String,
    /// Which setting of the [`Reader`](crate::Reader) may help, if one does.
    pub remedy: Option<Remedy>,
}

/// A setting of the [`Reader`](crate::Reader) that may help against a fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Remedy {
    /// Which column holds the labels.
    Label,
    /// What stands between two fields.
    Delimiter,
    /// K, the number of classes.
    Classes,
    /// Which values there may be.
    Values,
}

impl DataError {
    /// A fault that no setting of the reader helps against.
    pub fn new(
        path: &Path,
        line: Option<u64>,
        found: impl Into<String>,
        expected: impl Into<String>,
    ) -> Self {
        let (path, found, expected) = (path.to_owned(), found.into(), expected.into());
        Self { path, line, column: None, found, expected, remedy: None }
    }
}

impl fmt::Display for DataError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.path.display())?;
        if let Some(line) = self.line {
            write!(f, ", line {line}")?;
        }
        if let Some(column) = self.column {
            write!(f, ", column {column}")?;
        }
        write!(f, ": found {}, expected {}", self.found, self.expected)
    }
}

impl std::error::Error for DataError {}
