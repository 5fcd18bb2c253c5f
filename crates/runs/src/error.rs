//! What can go wrong around a run, beside the library's own errors.

use rankone_plot::PlotError;

/// The result of a fallible operation of this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// An error of the library, or a figure that cannot be drawn.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// An error of the library.
    #[error(transparent)]
    Library(#[from] rankone::Error),
    /// A figure could not be drawn.
    #[error(transparent)]
    Figure(#[from] PlotError),
}

impl From<rankone::DataError> for Error {
    fn from(error: rankone::DataError) -> Self {
        Self::Library(error.into())
    }
}
