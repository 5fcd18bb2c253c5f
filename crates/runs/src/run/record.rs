//! What a run was and what it came to, as one JSON object: `run.json`, and the summary of `--json`.

use super::history::ns_by_phase;
use crate::data::Source;
use crate::environment::Environment;
use crate::spec::RunSpec;
use rankone::{Ending, Outcome, PlanCost, best_epoch};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How far a run has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RunState {
    /// It trains; or it was killed, and nobody holds its folder any more.
    Running,
    /// All its epochs were run, or its patience ran out.
    Finished,
    /// A signal ended it before.
    Stopped,
    /// Its loss left the finite numbers.
    Diverged,
}

/// Everything that is needed to repeat a run, and its result.
#[derive(Debug, Clone, Serialize)]
pub struct RunRecord {
    /// How far it has come.
    pub state: RunState,
    /// Why it ended before all its epochs, where it did: "patience", the signal, or what went
    /// wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended_by: Option<String>,
    /// What was asked for; the files are named by absolute paths.
    #[serde(flatten)]
    pub spec: RunSpec,
    /// What computed it: this program, the machine, and the BLAS library.
    pub environment: Environment,
    /// What the engine's plan over the training set cost, if it made one.
    pub plan: Option<PlanCost>,
    /// The number of threads that there were.
    pub threads: usize,
    /// The training set.
    pub train: Source,
    /// The validation set, if there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub validation: Option<Source>,
    /// What came of it, if it came to an end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub result: Option<RunSummary>,
    /// Where the time of the updates went, in nanoseconds an example, if it was profiled.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phases: Option<BTreeMap<String, f64>>,
}

/// What a training came to, times aside.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Results {
    /// The number of epochs that were run; fewer than asked for where it ended before.
    pub epochs: usize,
    /// The epoch with the lowest cross-entropy of the validation set, if there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub best_epoch: Option<usize>,
    /// The epoch whose network was kept: what follows is of it.
    pub kept_epoch: usize,
    /// Mean cross-entropy of the training set.
    pub train_cross_entropy: f64,
    /// Mean cross-entropy of the validation set, if there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub validation_cross_entropy: Option<f64>,
    /// Share of the training examples predicted wrong.
    pub train_error: f64,
    /// Share of the validation examples predicted wrong, if there are any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub validation_error: Option<f64>,
}

/// What a run came to.
#[derive(Debug, Clone, Serialize)]
pub struct RunSummary {
    /// Everything but times.
    #[serde(flatten)]
    pub results: Results,
    /// Time of the training as a whole: its planning, updates, cross-entropies and last
    /// predictions; of a run that was gone on with, since then.
    pub total_seconds: f64,
    /// Time of all updates.
    pub sgd_seconds: f64,
    /// The most threads that shared the updates of an epoch.
    pub update_threads: usize,
    /// Time of all mean cross-entropies, that of all threads together.
    pub evaluation_seconds: f64,
    /// Updates a second, evaluation left out.
    pub examples_per_second: f64,
}

impl RunRecord {
    /// Takes what it came to, in `seconds`; `signal` is what may have stopped it.
    pub fn end<T>(
        &mut self,
        outcome: &Outcome<T>,
        examples: usize,
        seconds: f64,
        signal: Option<&str>,
    ) {
        (self.state, self.ended_by) = match outcome.ending {
            Ending::Done => (RunState::Finished, None),
            Ending::OutOfPatience => (RunState::Finished, Some("patience".into())),
            Ending::Stopped => (RunState::Stopped, signal.map(String::from)),
        };
        self.phases = ns_by_phase(&outcome.history, examples);
        self.result = Some(RunSummary::new(outcome, examples, seconds));
    }
}

impl Results {
    /// Those of `outcome`.
    ///
    /// # Panics
    /// Where no epoch was run.
    pub fn of<T>(outcome: &Outcome<T>) -> Self {
        let kept = &outcome.history[outcome.kept_epoch - 1];
        Self {
            epochs: outcome.history.len(),
            best_epoch: best_epoch(&outcome.history).map(|best| best.epoch),
            kept_epoch: outcome.kept_epoch,
            train_cross_entropy: kept.train_cross_entropy,
            validation_cross_entropy: kept.validation_cross_entropy,
            train_error: outcome.train.error,
            validation_error: outcome.validation.as_ref().map(|set| set.error),
        }
    }

    /// What networks are compared by: the cross-entropy of the validation set, of the training set
    /// where that is all.
    pub fn loss(&self) -> f64 {
        self.validation_cross_entropy.unwrap_or(self.train_cross_entropy)
    }
}

impl RunSummary {
    /// The summary of `outcome`, trained on `examples` examples in `total_seconds`.
    ///
    /// # Panics
    /// Where no epoch was run.
    pub fn new<T>(outcome: &Outcome<T>, examples: usize, total_seconds: f64) -> Self {
        let sgd_seconds = outcome.history.iter().map(|e| e.sgd_seconds).sum();
        let updates = (examples * outcome.history.len()) as f64;
        Self {
            results: Results::of(outcome),
            total_seconds,
            sgd_seconds,
            update_threads: outcome.history.iter().map(|e| e.threads).max().unwrap_or(1),
            evaluation_seconds: outcome.history.iter().map(|e| e.evaluation_seconds).sum(),
            examples_per_second: updates / sgd_seconds,
        }
    }
}
