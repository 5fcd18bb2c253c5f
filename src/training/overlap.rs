//! The evaluation of epochs, on the training's own thread or on another one beside it.

use super::evaluation::Evaluator;
use super::{Epoch, Updates};
use crate::network::Network;
use crate::number::Number;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::Scope;
use std::time::Instant;

/// An epoch to be evaluated: the network that its updates ended with, while another may be an epoch ahead.
#[derive(Debug)]
pub(super) struct Ended<T> {
    pub(super) epoch: usize,
    pub(super) updates: Updates,
    pub(super) network: Network<T>,
}

/// The evaluators of the training set and of the validation set, if there is one.
pub(super) struct Evaluators<'a, T: Number> {
    pub(super) train: Evaluator<'a, T>,
    pub(super) validation: Option<Evaluator<'a, T>>,
}

impl<T: Number> Evaluators<'_, T> {
    /// The record of an epoch of a training begun at `begun`; waiting is not in it yet.
    fn evaluate(&mut self, ended: &Ended<T>, begun: Instant) -> Epoch {
        let Ended { epoch, updates, network } = ended;
        let start = begun.elapsed().as_secs_f64();
        let validation = self.validation.as_mut();
        Epoch {
            epoch: *epoch,
            train_cross_entropy: self.train.cross_entropy(network),
            validation_cross_entropy: validation.map(|set| set.cross_entropy(network)),
            sgd_seconds: updates.seconds,
            evaluation_seconds: begun.elapsed().as_secs_f64() - start,
            waiting_seconds: 0.0,
            sgd_start: updates.start,
            evaluation_start: start,
            phases: updates.phases,
        }
    }
}

/// Who evaluates. What is begun must be finished before the next begins.
#[expect(clippy::large_enum_variant, reason = "a training has one")]
pub(super) enum Overlap<'s, 'a, T: Number> {
    /// The training's own thread, when it finishes.
    None { evaluators: &'s mut Evaluators<'a, T>, begun: Instant, ended: Option<Ended<T>> },
    /// Another thread, from when it begins.
    Beside { jobs: Sender<Ended<T>>, records: Receiver<(Epoch, Ended<T>)> },
}

impl<'s, 'a, T: Number> Overlap<'s, 'a, T> {
    /// For a training begun at `begun`; `beside` it on a thread of `scope` or not.
    pub(super) fn new(
        evaluators: &'s mut Evaluators<'a, T>,
        beside: bool,
        scope: &'s Scope<'s, '_>,
        begun: Instant,
    ) -> Self {
        if !beside {
            return Self::None { evaluators, begun, ended: None };
        }
        let (jobs, waiting) = channel::<Ended<T>>();
        let (done, records) = channel();
        scope.spawn(move || {
            for ended in waiting {
                let record = evaluators.evaluate(&ended, begun);
                // Nobody waits for it where the training ended with an error.
                let _ = done.send((record, ended));
            }
        });
        Self::Beside { jobs, records }
    }

    /// Begins with `epoch`.
    pub(super) fn begin(&mut self, epoch: Ended<T>) {
        match self {
            Self::None { ended, .. } => *ended = Some(epoch),
            Self::Beside { jobs, .. } => jobs.send(epoch).expect("its thread waits for epochs"),
        }
    }

    /// The record of the epoch that was begun, and its network.
    pub(super) fn finish(&mut self) -> (Epoch, Network<T>) {
        match self {
            Self::None { evaluators, begun, ended } => {
                let ended = ended.take().expect("an epoch was begun");
                (evaluators.evaluate(&ended, *begun), ended.network)
            }
            Self::Beside { records, .. } => {
                let waiting = Instant::now();
                let (record, ended) = records.recv().expect("an evaluation does not panic");
                let waiting_seconds = waiting.elapsed().as_secs_f64();
                (Epoch { waiting_seconds, ..record }, ended.network)
            }
        }
    }
}
