//! A training on its way, epoch by epoch.

use super::evaluation::Evaluator;
use super::state::State;
use super::updates::{Updater, Updates};
use super::{Ending, Epoch, Keep, Outcome};
use crate::error::{Error, Result};
use crate::network::Network;
use rankone_kernels::Number;
use std::sync::Arc;

/// A training on its way.
pub(super) struct TrainingLoop<'a, T: Number> {
    /// As of the last epoch whose cross-entropies are finite.
    state: State<T>,
    /// What is trained: it may be an epoch ahead of the state.
    network: Network<T>,
    /// The updates of that epoch, if it is.
    ahead: Option<Result<Updates>>,
    updater: Updater<'a, T>,
    evaluator: Evaluator<'a, T>,
}

impl<'a, T: Number> TrainingLoop<'a, T> {
    pub(super) fn new(
        state: State<T>,
        updater: Updater<'a, T>,
        mut evaluator: Evaluator<'a, T>,
    ) -> Self {
        let network = state.network.clone();
        evaluator.load(&network);
        Self { state, network, ahead: None, updater, evaluator }
    }

    /// Why there is no other epoch to come, if there is none.
    pub(super) fn ending(&self) -> Option<Ending> {
        self.state.ending()
    }

    /// Runs the next epoch.
    pub(super) fn epoch(&mut self) -> Result<Epoch> {
        let Self { state, network, ahead, updater, evaluator } = self;
        let (epoch, epochs) = (state.history.len() + 1, updater.epochs);
        let updates = match ahead.take() {
            Some(updates) => updates,
            None => updater.epoch(epoch, network),
        }?;
        evaluator.load(network);
        // With several threads the others evaluate while this one begins with the next epoch, in
        // which they take part when they are done; with one, the next epoch comes when this one is
        // known to be right.
        let pool = Arc::clone(&updater.pool);
        let beside = pool.size() > 1 && epoch < epochs;
        let watch = updater.watch.as_ref().map(|watch| watch.of_epoch(epoch));
        let next = || beside.then(|| updater.epoch(epoch + 1, network));
        let (next, evaluated) = evaluator.evaluate(&pool, watch, next);
        *ahead = next;
        let (train_cross_entropy, validation_cross_entropy) = evaluator.cross_entropies();
        let losses = [Some(train_cross_entropy), validation_cross_entropy];
        if !losses.iter().flatten().all(|loss| loss.is_finite()) {
            return Err(Error::Diverged { epoch, learning_rate: updates.learning_rate });
        }
        let record = Epoch {
            epoch,
            learning_rate: updates.learning_rate,
            train_cross_entropy,
            validation_cross_entropy,
            sgd_seconds: updates.seconds,
            threads: updates.threads,
            evaluation_seconds: evaluated.seconds,
            waiting_seconds: evaluated.waiting_seconds,
            phases: updates.phases,
        };
        evaluator.store(&mut state.network);
        if state.add(record) && state.settings.kept() == Keep::Best {
            state.best_network.get_or_insert_with(|| network.clone()).clone_from(&state.network);
        }
        Ok(record)
    }

    /// The state after the last epoch that went well.
    pub(super) fn state(&self) -> &State<T> {
        &self.state
    }

    /// Tests the network that is to be kept.
    pub(super) fn outcome(self, ending: Ending) -> Outcome<T> {
        let Self { state, updater, mut evaluator, .. } = self;
        let (network, kept_epoch) = match state.best_network.zip(state.best) {
            Some((network, best)) => (network, best.epoch),
            None => (state.network, state.history.len()),
        };
        evaluator.load(&network);
        let (train, validation) = evaluator.test(&updater.pool);
        let spans = updater.watch.map_or(Vec::new(), |watch| watch.spans());
        Outcome { network, kept_epoch, history: state.history, ending, train, validation, spans }
    }
}
