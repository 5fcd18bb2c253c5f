//! The loop over epochs. It knows no files and no screen: whoever wants to is told of each epoch.

mod evaluation;
mod order;
mod schedule;
mod settings;
mod updates;

pub use evaluation::{Evaluation, Evaluator};
pub use order::Order;
pub use schedule::{Schedule, ScheduleError};
pub use settings::Settings;

use crate::crew::Crew;
use crate::dataset::Dataset;
use crate::engine::{Engine, Prepared};
use crate::error::{Error, Result};
use crate::network::{Network, check_size};
use crate::number::Number;
use crate::phases::{Laps, Phases, Span, Stopwatch, Work};
use order::{OrderOfEpoch, Planner};
use serde::Serialize;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;
use updates::{RateOfEpoch, Updater};

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
    /// Time that the training's own thread waited for the others' evaluation to end, having nothing else to do.
    pub waiting_seconds: f64,
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
    /// What each thread did, if the trainer has a stopwatch.
    #[doc(hidden)]
    pub spans: Vec<Span>,
}

/// What a plan over the training set cost, once for all epochs.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct PlanCost {
    /// Time of making it.
    pub seconds: f64,
    /// Memory that it takes, the lists of nonzero inputs included.
    pub bytes: usize,
}

/// Who is told of each epoch, and may end the training.
type Observer<'a> = Box<dyn FnMut(&Epoch) -> ControlFlow<()> + 'a>;

/// Trains one network on a data set, and tests it.
#[expect(missing_debug_implementations, reason = "an engine has nothing to show")]
pub struct Trainer<'a, T: Number> {
    settings: Settings,
    crew: Arc<Crew>,
    train: Prepared<'a, T>,
    validation: Option<Prepared<'a, T>>,
    engine: Box<dyn Engine<T> + 'a>,
    plan: Option<PlanCost>,
    start: Option<Network<T>>,
    /// None for the order of the file.
    order: Option<OrderOfEpoch<'a>>,
    rate: RateOfEpoch<'a>,
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
        let crew = Arc::new(Crew::new(settings.threads));
        let begun = Instant::now();
        let train = Prepared::for_crew(train, settings.isa, &crew);
        let engine = settings.engine.engine(&train, settings.hidden);
        let seconds = begun.elapsed().as_secs_f64();
        let plan = engine.plan_bytes().map(|bytes| PlanCost { seconds, bytes });
        let Settings { learning_rate, schedule, epochs, order, seed, .. } = settings;
        let examples = train.data.examples();
        let order_of = move |epoch| order.of_epoch(examples, seed, epoch);
        Ok(Self {
            settings,
            crew,
            train,
            validation: None,
            engine,
            plan,
            start: None,
            order: (order != Order::File).then(|| Box::new(order_of) as _),
            rate: Box::new(move |epoch| schedule.rate(learning_rate, epoch, epochs)),
            on_epoch: Box::new(|_| ControlFlow::Continue(())),
            stopwatch: None,
        })
    }

    /// Tests the network on `validation` too, if there is one, after each epoch and at the end.
    ///
    /// # Errors
    /// [`Error::Mismatch`] where its inputs or classes are not those of the training set.
    pub fn validation(self, validation: impl Into<Option<&'a Dataset<T>>>) -> Result<Self> {
        let Some(validation) = validation.into() else { return Ok(self) };
        let shape = |data: &Dataset<T>| {
            let (m, k) = (data.inputs(), data.classes());
            format!("{m} inputs and {k} classes")
        };
        let (found, expected) = (shape(validation), shape(self.train.data));
        let classes = |data: &Dataset<T>| data.schema().classes.clone();
        if found != expected || classes(validation) != classes(self.train.data) {
            let found = if found == expected { "classes of other names".into() } else { found };
            let expected = format!("{expected} as in the training set");
            return Err(Error::Mismatch { what: "validation set", found, expected });
        }
        let validation = Prepared::for_crew(validation, self.settings.isa, &self.crew);
        Ok(Self { validation: Some(validation), ..self })
    }

    /// Goes through the examples of each epoch, from 0, in the order that `order` gives for it and not in that of the
    /// settings: each of the numbers 0 to N-1 once.
    #[must_use]
    pub fn order(self, order: impl Fn(usize) -> Vec<usize> + Sync + 'a) -> Self {
        Self { order: Some(Box::new(order)), ..self }
    }

    /// Updates in each epoch, from 0, at the learning rate that `rate` gives for it and not at that of the settings.
    #[must_use]
    pub fn learning_rate(self, rate: impl Fn(usize) -> f64 + 'a) -> Self {
        Self { rate: Box::new(rate), ..self }
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

    /// How many threads there are: fewer than the settings say, where the system has no more.
    pub(crate) fn threads(&self) -> usize {
        self.crew.size()
    }

    /// How many of them can share the updates.
    pub(crate) fn threads_of_updates(&self) -> usize {
        self.engine.threads().0
    }

    /// What the engine's plan over the training set cost, if it made one.
    pub(crate) fn plan(&self) -> Option<PlanCost> {
        self.plan
    }

    /// Checks that there is a validation set to have patience with, if there is to be patience.
    pub(crate) fn check(&self) -> Result<()> {
        if self.settings.patience.is_some() && self.validation.is_none() {
            let (found, expected) = ("no validation set".into(), "one, to have patience with");
            return Err(Error::Setting { name: "patience", found, expected });
        }
        Ok(())
    }

    /// Trains, and tests at the end.
    ///
    /// # Errors
    /// [`Error::Diverged`] at the first mean cross-entropy that is not finite; the observer was not told of
    /// that epoch. [`Error::Setting`] where there is to be patience without a validation set, a learning rate is no
    /// number from 0 up, or an order no permutation.
    pub fn fit(self) -> Result<Outcome<T>> {
        self.check()?;
        let Self { settings, crew, train, validation, engine, mut on_epoch, .. } = self;
        let Settings { hidden, epochs, init, seed, patience, .. } = settings;
        let mut network = match self.start {
            Some(network) => network,
            None => Network::new(train.data.inputs(), hidden, train.data.classes(), init, seed)?,
        };
        let watch = self.stopwatch;
        let planner = self
            .order
            .map(|order| Planner::new(train.clone(), engine.block(), order, watch.clone()));
        let mut evaluator = Evaluator::new(train, validation, hidden, crew.size());
        let (rate, epochs_watch) = (self.rate, watch.clone());
        let mut updater = Updater { engine, planner, rate, crew: &crew, epochs, watch };
        let mut updates = updater.epoch(1, &mut network)?;
        let mut history: Vec<Epoch> = Vec::new();
        let (mut least, mut epochs_since) = (f64::INFINITY, 0);
        for epoch in 1..=epochs {
            evaluator.load(&network);
            // With several threads the others evaluate while this one begins with the next epoch, in which they take
            // part when they are done; with one, the next epoch comes when this one is known to be right.
            let beside = crew.size() > 1 && epoch < epochs;
            let nanoseconds = AtomicU64::new(0);
            let (next, waiting) = {
                let (job, model) = (evaluator.job(), &epochs_watch);
                let evaluate = |me| {
                    let start = Instant::now();
                    job(me);
                    nanoseconds.fetch_add(start.elapsed().as_nanos() as u64, Ordering::Relaxed);
                    if let Some(model) = model {
                        model.of_epoch(epoch).of_thread(me).span(Work::Evaluation, start);
                    }
                };
                crew.beside(&evaluate, || {
                    let next = beside.then(|| updater.epoch(epoch + 1, &mut network));
                    evaluate(0);
                    (next, Instant::now())
                })
            };
            let waiting_seconds = waiting.elapsed().as_secs_f64();
            if let Some(watch) = &epochs_watch {
                watch.of_epoch(epoch).span(Work::Waiting, waiting);
            }
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
                evaluation_seconds: 1e-9 * nanoseconds.into_inner() as f64,
                waiting_seconds,
                phases: updates.phases,
            };
            history.push(record);
            let wishes_to_end = on_epoch(&record).is_break();
            epochs_since += 1;
            if let Some(loss) = validation_cross_entropy.filter(|loss| *loss < least) {
                (least, epochs_since) = (loss, 0);
            }
            if wishes_to_end || patience == Some(epochs_since) {
                break;
            }
            if epoch < epochs {
                updates = match next {
                    Some(next) => next?,
                    None => updater.epoch(epoch + 1, &mut network)?,
                };
            }
        }
        // It may be an epoch ahead.
        evaluator.store(&mut network);
        let (train, validation) = evaluator.test(&crew);
        let spans = epochs_watch.map_or(Vec::new(), |watch| watch.spans());
        Ok(Outcome { network, history, train, validation, spans })
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
