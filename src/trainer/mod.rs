//! The loop over epochs. It knows no files and no screen: an observer is told of each epoch.

mod evaluation;
mod hyperparameters;

pub use hyperparameters::Hyperparameters;

use crate::dataset::Dataset;
use crate::engine::{Engine, PlanCost};
use crate::error::{Error, Result};
use crate::evaluation::Evaluator;
use crate::network::Network;
use crate::phases::{Phases, Stopwatch};
use crate::scalar::Scalar;
use evaluation::{Ended, Evaluation, Evaluators, Pass};
use std::ops::ControlFlow;
use std::thread;
use std::time::Instant;

/// What one epoch came to.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Epoch {
    /// From 1.
    pub epoch: usize,
    /// Mean cross-entropy of the training set under the parameters that the epoch ended with.
    pub train_cross_entropy: f64,
    /// The same of the validation set.
    pub validation_cross_entropy: f64,
    /// Time of the N updates.
    pub sgd_seconds: f64,
    /// Time of the two mean cross-entropies.
    pub evaluation_seconds: f64,
    /// Time that the training thread waited for another thread's evaluation, the next epoch's updates done;
    /// of the last epoch, all the time of its evaluation. 0 with one thread.
    pub waiting_seconds: f64,
    /// When the updates began, in seconds from the start of the training.
    pub sgd_start: f64,
    /// When the evaluation began.
    pub evaluation_start: f64,
    /// Where the updates' time went, if the trainer was asked for it.
    pub phases: Option<Phases>,
}

impl Epoch {
    /// Updates a second, given N.
    pub fn examples_per_second(&self, examples: usize) -> f64 {
        examples as f64 / self.sgd_seconds
    }
}

/// What a training run came to.
#[derive(Debug, Clone)]
pub struct Outcome<T> {
    /// The trained network.
    pub network: Network<T>,
    /// Each epoch that was run, in order.
    pub history: Vec<Epoch>,
    /// The predicted label of each training example.
    pub train_predictions: Vec<usize>,
    /// The predicted label of each validation example.
    pub validation_predictions: Vec<usize>,
    /// Share of the training examples that are predicted wrong.
    pub train_error: f64,
    /// Share of the validation examples that are predicted wrong.
    pub validation_error: f64,
}

/// Trains networks on one pair of data sets.
#[expect(missing_debug_implementations, reason = "an engine has nothing to show")]
pub struct Trainer<'a, T: Scalar> {
    hyperparameters: Hyperparameters,
    train: &'a Dataset<T>,
    engine: Box<dyn Engine<T> + 'a>,
    evaluators: Evaluators<'a, T>,
    profiled: bool,
}

impl<'a, T: Scalar> Trainer<'a, T> {
    /// A trainer with its engine planned and its scratch allocated.
    ///
    /// # Errors
    /// [`Error::Hyperparameter`] for a value outside its range, [`Error::Mismatch`] where the two sets
    /// differ in M or K, [`Error::Isa`] where `RANKONE_ISA` asks for instructions that this CPU lacks.
    pub fn new(
        train: &'a Dataset<T>,
        validation: &'a Dataset<T>,
        hyperparameters: &Hyperparameters,
    ) -> Result<Self> {
        hyperparameters.check::<T>(train.inputs(), train.classes())?;
        let shape = |data: &Dataset<T>| {
            let (m, k) = (data.inputs(), data.classes());
            format!("{m} inputs and {k} classes")
        };
        if shape(train) != shape(validation) {
            return Err(Error::Mismatch {
                what: "validation set",
                found: shape(validation),
                expected: format!("{} as in the training set", shape(train)),
            });
        }
        let hidden = hyperparameters.hidden;
        // One thread trains, the others evaluate.
        let helpers = hyperparameters.threads.saturating_sub(1).max(1);
        Ok(Self {
            hyperparameters: hyperparameters.clone(),
            train,
            profiled: false,
            engine: hyperparameters.engine.plan(train, hidden)?,
            evaluators: Evaluators {
                train: Evaluator::new(train, hidden, helpers)?,
                validation: Evaluator::new(validation, hidden, helpers)?,
            },
        })
    }

    /// The same trainer, which tells of each epoch's [phases](Phases).
    #[must_use]
    pub fn profiled(self) -> Self {
        Stopwatch::calibrate();
        Self { profiled: true, ..self }
    }

    /// What the engine's plan over the training set cost, if it made one.
    pub fn plan(&self) -> Option<PlanCost> {
        self.engine.plan()
    }

    /// A network as the hyperparameters start it.
    pub fn start(&self) -> Network<T> {
        let Hyperparameters { hidden, init, seed, .. } = self.hyperparameters;
        let (m, k) = (self.train.inputs(), self.train.classes());
        Network::new(m, hidden, k, init, seed)
    }

    /// Trains `network` and tells `observer` of each epoch, which may end the training by returning
    /// [`ControlFlow::Break`].
    ///
    /// # Errors
    /// [`Error::Diverged`] at the first mean cross-entropy that is not finite; the observer was not told
    /// of that epoch.
    ///
    /// # Panics
    /// Where the network's M, D or K are not those of the data and hyperparameters.
    pub fn fit(
        &mut self,
        mut network: Network<T>,
        mut observer: impl FnMut(&Epoch) -> ControlFlow<()>,
    ) -> Result<Outcome<T>> {
        let Hyperparameters { epochs, learning_rate, threads, .. } = self.hyperparameters;
        let Self { engine, evaluators, profiled, .. } = self;
        let begun = Instant::now();
        let mut train = |network: &mut Network<T>| {
            let (start, rate) = (begun.elapsed().as_secs_f64(), T::from_f64(learning_rate));
            let phases = if *profiled {
                Some(engine.profiled_epoch(network, rate))
            } else {
                engine.epoch(network, rate);
                None
            };
            Pass { start, seconds: begun.elapsed().as_secs_f64() - start, phases }
        };
        let mut pass = train(&mut network);
        let mut history = Vec::new();
        // With more than one thread, an epoch is evaluated while the next one trains.
        let beside = threads > 1;
        let ended = thread::scope(|scope| {
            let mut evaluation = Evaluation::new(evaluators, beside, scope, begun);
            let mut ended = network.clone();
            for epoch in 1..=epochs {
                ended.clone_from(&network);
                evaluation.begin(Ended { epoch, pass, network: ended });
                if beside && epoch < epochs {
                    pass = train(&mut network);
                }
                let record;
                (record, ended) = evaluation.finish();
                let losses = [record.train_cross_entropy, record.validation_cross_entropy];
                if !losses.iter().all(|loss| loss.is_finite()) {
                    return Err(Error::Diverged { epoch, learning_rate });
                }
                history.push(record);
                if observer(&record).is_break() {
                    break;
                }
                if !beside && epoch < epochs {
                    pass = train(&mut network);
                }
            }
            Ok(ended)
        })?;
        let train = evaluators.train.test(&ended);
        let validation = evaluators.validation.test(&ended);
        Ok(Outcome {
            history,
            train_error: train.error,
            validation_error: validation.error,
            train_predictions: train.predictions,
            validation_predictions: validation.predictions,
            network: ended,
        })
    }
}

/// Trains a network on `train` from its start and tests it on both sets.
///
/// # Errors
/// As [`Trainer::new`] and [`Trainer::fit`].
pub fn train_and_test<T: Scalar>(
    train: &Dataset<T>,
    validation: &Dataset<T>,
    hyperparameters: &Hyperparameters,
) -> Result<Outcome<T>> {
    let mut trainer = Trainer::new(train, validation, hyperparameters)?;
    let network = trainer.start();
    trainer.fit(network, |_| ControlFlow::Continue(()))
}
