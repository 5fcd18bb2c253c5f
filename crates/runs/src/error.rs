//! What can go wrong around a run, beside the library's own errors.

use rankone_plot::PlotError;
use std::path::Path;

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

/// Names the file of the model in the error that its scores are not finite.
pub(crate) fn name_model(path: &Path) -> impl FnOnce(rankone::Error) -> rankone::Error + '_ {
    |error| match error {
        rankone::Error::Scores { .. } => {
            rankone::Error::Scores { model: path.display().to_string() }
        }
        other => other,
    }
}

impl From<rankone::DataError> for Error {
    fn from(error: rankone::DataError) -> Self {
        Self::Library(error.into())
    }
}
