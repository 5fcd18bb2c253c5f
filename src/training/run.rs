//! A training that is ready to run.

use super::evaluation::Evaluator;
use super::order::Planner;
use super::prepared::PreparedDataset;
use super::state::State;
use super::training_loop::TrainingLoop;
use super::updates::{RateOfEpoch, Updater};
use super::{Ending, Epoch, Outcome};
use crate::engine::Engine;
use crate::error::Result;
use rankone_kernels::Number;
use rankone_kernels::profile::Stopwatch;
use serde::Serialize;
use std::ops::ControlFlow;
use std::sync::Arc;

/// What a plan over the training set cost, once for all epochs.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[non_exhaustive]
pub struct PlanCost {
    /// Time of making it.
    pub seconds: f64,
    /// Memory that it takes, in bytes, the lists of nonzero inputs included.
    pub bytes: usize,
}

/// Is called after each epoch, and may end the training.
pub(super) type EpochObserver<'a> = Box<dyn FnMut(&Epoch) -> ControlFlow<()> + 'a>;

/// Tells whether the state is to be taken after an epoch, and takes it.
pub(super) type StateObserver<'a, T> =
    (Box<dyn FnMut(&Epoch) -> bool + 'a>, Box<dyn FnMut(&State<T>) -> Result<()> + 'a>);

/// A training that was checked and is ready to run: from
/// [`Trainer::prepare`](crate::Trainer::prepare).
#[expect(missing_debug_implementations, reason = "an engine has nothing to show")]
pub struct Training<'a, T: Number> {
    pub(super) epochs: usize,
    pub(super) planning_seconds: f64,
    /// What it starts from.
    pub(super) state: State<T>,
    pub(super) engine: Box<dyn Engine<T> + 'a>,
    /// None for the order of the file.
    pub(super) planner: Option<Planner<'a, T>>,
    pub(super) rate: RateOfEpoch<'a>,
    pub(super) train: PreparedDataset<'a, T>,
    pub(super) validation: Option<PreparedDataset<'a, T>>,
    pub(super) on_epoch: EpochObserver<'a>,
    pub(super) on_state: Option<StateObserver<'a, T>>,
    pub(super) watch: Option<Stopwatch>,
}

impl<T: Number> Training<'_, T> {
    /// The number of threads: fewer than the settings say where the system has no more.
    pub fn threads(&self) -> usize {
        self.train.pool.size()
    }

    /// The number of threads that can share the updates.
    pub fn threads_of_updates(&self) -> usize {
        self.engine.threads().0
    }

    /// What the engine's plan over the training set cost, if it made one.
    pub fn plan(&self) -> Option<PlanCost> {
        let seconds = self.planning_seconds;
        self.engine.plan_bytes().map(|bytes| PlanCost { seconds, bytes })
    }

    /// Trains, and tests at the end.
    ///
    /// # Errors
    /// [`Error::Diverged`](crate::Error::Diverged) at the first mean cross-entropy that is not
    /// finite; the observer is not called for that epoch. [`Error::Setting`](crate::Error::Setting)
    /// where a learning rate is no number from 0 up, or an order no permutation. Those of the
    /// function that takes the state.
    pub fn run(self) -> Result<Outcome<T>> {
        let Self { engine, planner, rate, train, validation, watch, epochs, state, .. } = self;
        let (mut on_epoch, mut on_state) = (self.on_epoch, self.on_state);
        let pool = Arc::clone(&train.pool);
        let hidden = state.settings.hidden;
        let evaluator = Evaluator::new(train, validation, hidden, pool.size());
        let updater = Updater { engine, planner, rate, pool, epochs, watch };
        let mut training = TrainingLoop::new(state, updater, evaluator);
        let (mut stops, mut is_due) = (false, false);
        loop {
            let ending = training.ending().or(stops.then_some(Ending::Stopped));
            if let Some((_, take)) = &mut on_state
                && (is_due || ending.is_some())
            {
                take(training.state())?;
            }
            if let Some(ending) = ending {
                return Ok(training.outcome(ending));
            }
            let epoch = match (training.epoch(), &mut on_state) {
                (Err(fault), Some((_, take))) if !training.state().history.is_empty() => {
                    return take(training.state()).and(Err(fault));
                }
                (epoch, _) => epoch?,
            };
            stops = on_epoch(&epoch).is_break();
            is_due = on_state.as_mut().is_some_and(|(is_due, _)| is_due(&epoch));
        }
    }
}
