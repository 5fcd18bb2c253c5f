//! The loop over epochs. It knows no folders and no screen: whoever wants to is told of each epoch.

mod evaluation;
mod order;
mod prepared;
mod run;
mod schedule;
mod settings;
mod state;
mod trainer;
mod training_loop;
mod updates;

pub use evaluation::{ClassErrors, Evaluation, Evaluator};
pub use order::Order;
pub use prepared::PreparedDataset;
pub use run::{PlanCost, Training};
pub use schedule::{Schedule, ScheduleError};
pub use settings::{Keep, Settings};
pub use state::{ARITHMETIC, AnyState, Checksums, State, blas_of};
pub use trainer::{TRAINING_SET, Trainer, VALIDATION_SET};

use crate::data::Dataset;
use crate::error::Result;
use crate::network::Network;
use rankone_kernels::Number;
use rankone_kernels::profile::{Phases, Span};

/// What one epoch came to.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct Epoch {
    /// From 1.
    pub epoch: usize,
    /// The learning rate of its updates.
    pub learning_rate: f64,
    /// Mean cross-entropy of the training set under the parameters that the epoch ended with.
    pub train_cross_entropy: f64,
    /// The same of the validation set, if there is one.
    pub validation_cross_entropy: Option<f64>,
    /// Time of the N updates.
    pub sgd_seconds: f64,
    /// Threads that shared the updates, where several did in a part of them; otherwise 1.
    pub threads: usize,
    /// Time of the mean cross-entropies, that of all threads together.
    pub evaluation_seconds: f64,
    /// Time that the training's own thread waited for the others' evaluation to end, having nothing
    /// else to do.
    pub waiting_seconds: f64,
    /// Seconds of each phase of the updates, if the training was [profiled](Trainer::profile).
    pub phases: Option<Phases>,
}

impl Epoch {
    /// Updates a second, given N.
    pub fn examples_per_second(&self, examples: usize) -> f64 {
        examples as f64 / self.sgd_seconds
    }

    /// Whether its cross-entropy of the validation set is below that of `other`; without such a set
    /// it is not.
    fn is_better(&self, other: &Self) -> bool {
        self.validation_cross_entropy < other.validation_cross_entropy
    }
}

/// The epoch with the lowest cross-entropy of the validation set, the earliest of equals; `None`
/// without such a set.
pub fn best_epoch(history: &[Epoch]) -> Option<Epoch> {
    let known = history.iter().filter(|epoch| epoch.validation_cross_entropy.is_some());
    known.copied().reduce(|best, epoch| if epoch.is_better(&best) { epoch } else { best })
}

/// Why a training ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// All its epochs were run.
    Done,
    /// Its patience ran out.
    OutOfPatience,
    /// Whoever was told of an epoch ended it.
    Stopped,
}

/// What a training came to.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Outcome<T> {
    /// The network of the epoch that was to be [kept](Keep).
    pub network: Network<T>,
    /// Which epoch that is, from 1.
    pub kept_epoch: usize,
    /// Each epoch, in order; those before a [`State`] that was gone on from, too.
    pub history: Vec<Epoch>,
    /// Why there are no more.
    pub ending: Ending,
    /// How good the network is on the training set.
    pub train: Evaluation,
    /// How good it is on the validation set, if there is one.
    pub validation: Option<Evaluation>,
    /// What each thread did, if the training was [profiled](Trainer::profile).
    pub spans: Vec<Span>,
}

/// Trains a network on `train` from its start and tests it on both sets: the handout's function.
///
/// # Errors
/// Those of [`Trainer::fit`].
pub fn train_and_test<T: Number>(
    train: &Dataset<T>,
    validation: &Dataset<T>,
    settings: &Settings,
) -> Result<Outcome<T>> {
    Trainer::new(train, settings.clone()).validation(validation).fit()
}
