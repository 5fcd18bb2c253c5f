//! The loop over epochs. It knows no files and no screen: whoever wants to is told of each epoch.

mod evaluation;
mod overlap;
mod settings;

pub use evaluation::{Evaluation, Evaluator};
pub use settings::Settings;

use crate::dataset::Dataset;
use crate::engine::{Engine, Prepared};
use crate::error::{Error, Result};
use crate::network::{Network, check_size};
use crate::number::Number;
use crate::phases::{Phases, Stopwatch};
use overlap::{Ended, Evaluators, Overlap};
use serde::Serialize;
use std::ops::ControlFlow;
use std::thread;
use std::time::Instant;

/// What one epoch came to.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct Epoch {
    /// From 1.
    pub epoch: usize,
    /// Mean cross-entropy of the training set under the parameters that the epoch ended with.
    pub train_cross_entropy: f64,
    /// The same of the validation set, if there is one.
    pub validation_cross_entropy: Option<f64>,
    /// Time of the N updates.
    pub sgd_seconds: f64,
    /// Time of the mean cross-entropies.
    pub evaluation_seconds: f64,
    /// Time that the training thread waited for another thread's evaluation, the next epoch's updates done;
    /// of the last epoch, all the time of its evaluation. 0 with one thread.
    pub waiting_seconds: f64,
    /// When the updates began, in seconds from the start of the training.
    pub sgd_start: f64,
    /// When the evaluation began.
    pub evaluation_start: f64,
    /// Where the updates' time went, if the trainer has a stopwatch.
    #[doc(hidden)]
    pub phases: Option<Phases>,
}

impl Epoch {
    /// Updates a second, given N.
    pub fn examples_per_second(&self, examples: usize) -> f64 {
        examples as f64 / self.sgd_seconds
    }
}

/// What a training came to.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Outcome<T> {
    /// The trained network.
    pub network: Network<T>,
    /// Each epoch that was run, in order.
    pub history: Vec<Epoch>,
    /// How good the network is on the training set.
    pub train: Evaluation,
    /// How good it is on the validation set, if there is one.
    pub validation: Option<Evaluation>,
}

/// What a plan over the training set cost, once for all epochs.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct PlanCost {
    /// Time of making it.
    pub seconds: f64,
    /// Memory that it takes, the lists of nonzero inputs included.
    pub bytes: usize,
}

/// The N updates of an epoch.
#[derive(Debug, Clone, Copy)]
struct Updates {
    /// Seconds from the start of the training.
    start: f64,
    seconds: f64,
    phases: Option<Phases>,
}

/// Who is told of each epoch, and may end the training.
type Observer<'a> = Box<dyn FnMut(&Epoch) -> ControlFlow<()> + 'a>;

/// Trains one network on a data set, and tests it.
#[expect(missing_debug_implementations, reason = "an engine has nothing to show")]
pub struct Trainer<'a, T: Number> {
    settings: Settings,
    train: Prepared<'a, T>,
    validation: Option<Prepared<'a, T>>,
    engine: Box<dyn Engine<T> + 'a>,
    plan: Option<PlanCost>,
    start: Option<Network<T>>,
    on_epoch: Observer<'a>,
    stopwatch: Option<Stopwatch>,
}

impl<'a, T: Number> Trainer<'a, T> {
    /// A trainer on `train`, with its inputs prepared and its engine's plan made.
    ///
    /// # Errors
    /// [`Error::Setting`] for a value outside its range, or a network too large.
    pub fn new(train: &'a Dataset<T>, settings: Settings) -> Result<Self> {
        check_size::<T>(train.inputs(), settings.hidden, train.classes())?;
        settings.check::<T>()?;
        let begun = Instant::now();
        let train = Prepared::new(train, settings.isa);
        let engine = settings.engine.engine(&train, settings.hidden);
        let seconds = begun.elapsed().as_secs_f64();
        let plan = engine.plan_bytes().map(|bytes| PlanCost { seconds, bytes });
        let on_epoch = Box::new(|_: &Epoch| ControlFlow::Continue(()));
        let (validation, start, stopwatch) = (None, None, None);
        Ok(Self { settings, train, validation, engine, plan, start, on_epoch, stopwatch })
    }

    /// Tests the network on `validation` too, after each epoch and at the end.
    ///
    /// # Errors
    /// [`Error::Mismatch`] where M or K are not those of the training set.
    pub fn validation(self, validation: &'a Dataset<T>) -> Result<Self> {
        let shape = |data: &Dataset<T>| {
            let (m, k) = (data.inputs(), data.classes());
            format!("{m} inputs and {k} classes")
        };
        let (found, expected) = (shape(validation), shape(self.train.data));
        if found != expected {
            let expected = format!("{expected} as in the training set");
            return Err(Error::Mismatch { what: "validation set", found, expected });
        }
        Ok(Self { validation: Some(Prepared::new(validation, self.settings.isa)), ..self })
    }

    /// Starts from `network` and not from the weights that the settings say.
    ///
    /// # Errors
    /// [`Error::Mismatch`] where M, D or K are not those of the training set and the settings.
    pub fn start(self, network: Network<T>) -> Result<Self> {
        let shape = (self.train.data.inputs(), self.settings.hidden, self.train.data.classes());
        let found = (network.inputs(), network.hidden(), network.classes());
        if found != shape {
            return Err(Error::Mismatch {
                what: "M, D, K of the network to start from",
                found: format!("{found:?}"),
                expected: format!("{shape:?}"),
            });
        }
        Ok(Self { start: Some(network), ..self })
    }

    /// Tells `observer` of each epoch; it may end the training by returning [`ControlFlow::Break`].
    #[must_use]
    pub fn on_epoch(self, observer: impl FnMut(&Epoch) -> ControlFlow<()> + 'a) -> Self {
        Self { on_epoch: Box::new(observer), ..self }
    }

    /// Takes the time of each epoch's [phases](Phases) with `stopwatch`.
    #[must_use]
    pub(crate) fn stopwatch(self, stopwatch: Option<Stopwatch>) -> Self {
        Self { stopwatch, ..self }
    }

    /// What the engine's plan over the training set cost, if it made one.
    pub(crate) fn plan(&self) -> Option<PlanCost> {
        self.plan
    }

    /// Trains, and tests at the end.
    ///
    /// # Errors
    /// [`Error::Diverged`] at the first mean cross-entropy that is not finite; the observer was not told of
    /// that epoch.
    pub fn fit(self) -> Result<Outcome<T>> {
        let Self { settings, train, validation, mut engine, mut on_epoch, mut stopwatch, .. } =
            self;
        let Settings { hidden, epochs, learning_rate, threads, init, seed, .. } = settings;
        let mut network = match self.start {
            Some(network) => network,
            None => Network::new(train.data.inputs(), hidden, train.data.classes(), init, seed)?,
        };
        // One thread trains, the others evaluate: an epoch while the next one trains.
        let beside = threads > 1;
        let helpers = threads.saturating_sub(1).max(1);
        let mut evaluators = Evaluators {
            train: Evaluator::new(train, hidden, helpers),
            validation: validation.map(|set| Evaluator::new(set, hidden, helpers)),
        };
        let begun = Instant::now();
        let mut update = |network: &mut Network<T>| {
            let start = begun.elapsed().as_secs_f64();
            engine.epoch(network, T::from_f64(learning_rate), stopwatch.as_mut());
            let seconds = begun.elapsed().as_secs_f64() - start;
            let phases = stopwatch.as_mut().map(|watch| watch.phases(seconds));
            Updates { start, seconds, phases }
        };
        let mut updates = update(&mut network);
        let mut history = Vec::new();
        let ended = thread::scope(|scope| {
            let mut overlap = Overlap::new(&mut evaluators, beside, scope, begun);
            let mut ended = network.clone();
            for epoch in 1..=epochs {
                ended.clone_from(&network);
                overlap.begin(Ended { epoch, updates, network: ended });
                if beside && epoch < epochs {
                    updates = update(&mut network);
                }
                let record;
                (record, ended) = overlap.finish();
                let losses = [Some(record.train_cross_entropy), record.validation_cross_entropy];
                if !losses.iter().flatten().all(|loss| loss.is_finite()) {
                    return Err(Error::Diverged { epoch, learning_rate });
                }
                history.push(record);
                if on_epoch(&record).is_break() {
                    break;
                }
                if !beside && epoch < epochs {
                    updates = update(&mut network);
                }
            }
            Ok(ended)
        })?;
        let train = evaluators.train.test(&ended);
        let validation = evaluators.validation.map(|mut set| set.test(&ended));
        Ok(Outcome { network: ended, history, train, validation })
    }
}

/// Trains a network on `train` from its start and tests it on both sets: the handout's function.
///
/// # Errors
/// Those of [`Trainer::new`], [`Trainer::validation`] and [`Trainer::fit`].
pub fn train_and_test<T: Number>(
    train: &Dataset<T>,
    validation: &Dataset<T>,
    settings: &Settings,
) -> Result<Outcome<T>> {
    Trainer::new(train, settings.clone())?.validation(validation)?.fit()
}
