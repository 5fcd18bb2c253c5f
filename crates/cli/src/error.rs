//! Errors of the command, and the exit codes that they end it with.

use rankone::Error as LibraryError;
use rankone_runs::Error as RunError;

/// The result of a subcommand, or of a part of one.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Everything that can end a command early.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// An error of the libraries.
    #[error(transparent)]
    Run(RunError),
    /// The instruction set that `RANKONE_ISA` names is not available.
    #[error("RANKONE_ISA: {0}")]
    Isa(rankone::IsaError),
}

impl<E: Into<RunError>> From<E> for Error {
    fn from(error: E) -> Self {
        Self::Run(error.into())
    }
}

impl Error {
    /// The exit code of a command that it ends.
    pub fn code(&self) -> u8 {
        let Self::Run(RunError::Library(error)) = self else {
            return if matches!(self, Self::Isa(_)) { 2 } else { 1 };
        };
        use LibraryError::{Data, Diverged, Mismatch, Model, Scores, Setting, State};
        match error {
            Setting { .. } => 2,
            Data(_) | Mismatch { .. } | Model { .. } | State { .. } | Scores { .. } => 3,
            Diverged { .. } => 4,
            _ => 1,
        }
    }
}
