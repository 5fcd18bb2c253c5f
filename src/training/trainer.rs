//! What a training is made of, and who is told of it.

use super::course::Course;
use super::evaluation::Evaluator;
use super::order::{Order, OrderOfEpoch, Planner};
use super::state::{Checksums, State};
use super::updates::{RateOfEpoch, Updater};
use super::{Ending, Epoch, Keep, Outcome, Schedule, Settings, best_epoch};
use crate::crew::Crew;
use crate::dataset::Dataset;
use crate::engine::{Engine, Prepared};
use crate::error::{Error, Result};
use crate::network::{Network, check_size};
use crate::number::Number;
use crate::phases::Stopwatch;
use serde::Serialize;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Instant;

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

/// Says whether the state is wanted after an epoch.
type IsDue<'a> = Box<dyn FnMut(&Epoch) -> bool + 'a>;
/// Who is given it then.
type StateTaker<'a, T> = Box<dyn FnMut(&State<T>) -> Result<()> + 'a>;

/// What a training starts from.
enum Start<T> {
    /// The weights that the settings say.
    Settings,
    Network(Network<T>),
    State(Box<State<T>>),
}

/// Trains one network on a data set, and tests it.
#[expect(missing_debug_implementations, reason = "an engine has nothing to show")]
pub struct Trainer<'a, T: Number> {
    settings: Settings,
    crew: Arc<Crew>,
    train: Prepared<'a, T>,
    validation: Option<Prepared<'a, T>>,
    engine: Box<dyn Engine<T> + 'a>,
    plan: Option<PlanCost>,
    start: Start<T>,
    /// None for the order of the file.
    order: Option<OrderOfEpoch<'a>>,
    rate: RateOfEpoch<'a>,
    on_epoch: Observer<'a>,
    on_state: Option<(IsDue<'a>, StateTaker<'a, T>)>,
    /// Of its states; those of the state that it starts from, if there are none.
    notes: Option<String>,
    stopwatch: Option<Stopwatch>,
}

impl<'a, T: Number> Trainer<'a, T> {
    /// A trainer on `train`, with its inputs prepared and its engine's plan made.
    ///
    /// # Errors
    /// [`Error::Setting`] for a value outside its range, or a network too large.
    pub fn new(train: &'a Dataset<T>, settings: Settings) -> Result<Self> {
        let crew = Arc::new(Crew::new(settings.threads));
        let begun = Instant::now();
        Self::on(Prepared::for_crew(train, settings.isa, &crew), settings, begun)
    }

    /// As [`new`](Self::new), on data that are prepared for its threads and instructions; that began when it `begun`.
    pub(crate) fn on(train: Prepared<'a, T>, settings: Settings, begun: Instant) -> Result<Self> {
        check_size::<T>(train.data.inputs(), settings.hidden, train.data.classes())?;
        settings.check::<T>()?;
        let crew = Arc::clone(&train.crew);
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
            start: Start::Settings,
            order: (order != Order::File).then(|| Box::new(order_of) as _),
            rate: Box::new(move |epoch| schedule.rate(learning_rate, epoch, epochs)),
            on_epoch: Box::new(|_| ControlFlow::Continue(())),
            on_state: None,
            notes: None,
            stopwatch: None,
        })
    }

    /// Tests the network on `validation` too, if there is one, after each epoch and at the end.
    ///
    /// # Errors
    /// [`Error::Mismatch`] where its inputs or classes are not those of the training set, to the names and the scaling
    /// ([`Reader::like`](crate::Reader::like)), or it comes after the state that is to be
    /// [gone on from](Self::resume).
    pub fn validation(self, validation: impl Into<Option<&'a Dataset<T>>>) -> Result<Self> {
        let prepare = |data| Prepared::for_crew(data, self.settings.isa, &self.crew);
        let validation = validation.into().map(prepare);
        self.validation_on(validation)
    }

    /// As [`validation`](Self::validation), on data that are prepared for the trainer's threads and instructions.
    pub(crate) fn validation_on(self, validation: Option<Prepared<'a, T>>) -> Result<Self> {
        let Some(validation) = validation else { return Ok(self) };
        if matches!(self.start, Start::State(_)) {
            same(VALIDATION_SET, "one after the state to go on from", "one before it")?;
        }
        let shape = |data: &Dataset<T>| {
            let (m, k) = (data.inputs(), data.classes());
            format!("{m} inputs and {k} classes")
        };
        let (found, expected) = (shape(validation.data), shape(self.train.data));
        if found != expected {
            same(VALIDATION_SET, &found, &format!("{expected} as in the training set"))?;
        }
        let (theirs, ours) = (validation.data.schema(), self.train.data.schema());
        if theirs.classes != ours.classes {
            same(VALIDATION_SET, "classes of other names", "those of the training set")?;
        }
        if let (Some(theirs), Some(ours)) = (&theirs.input_names, &ours.input_names) {
            let said = |names: &[String]| format!("inputs {}", names.join(", "));
            same(VALIDATION_SET, &said(theirs), &said(ours))?;
        }
        if theirs.scaling != ours.scaling {
            let expected = "the training set's: read it like that set";
            same(VALIDATION_SET, "another scaling", expected)?;
        }
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
        self.check_shape(&network)?;
        Ok(Self { start: Start::Network(network), ..self })
    }

    fn check_shape(&self, network: &Network<T>) -> Result<()> {
        let shape = (self.train.data.inputs(), self.settings.hidden, self.train.data.classes());
        let found = (network.inputs(), network.hidden(), network.classes());
        let what = "M, D, K of the network to start from";
        same(what, &format!("{found:?}"), &format!("{shape:?}"))
    }

    /// Goes on from `state`: what comes is to the bit what would have come. Epochs may be more than its settings say, but
    /// for a cosine schedule; threads and instructions may be others. Whoever gave an [order](Self::order) or
    /// [rates](Self::learning_rate) of their own gives them again.
    ///
    /// # Errors
    /// [`Error::Mismatch`] where the data sets, the validation set included, are not those that the state was trained
    /// on, or the settings others; [`Error::Setting`] where there are to be fewer epochs than it has been through, or others
    /// than there were to be with a cosine schedule.
    pub fn resume(self, state: State<T>) -> Result<Self> {
        let data = Checksums::of(&self.train, self.validation.as_ref());
        let said =
            |sum: Option<&str>| sum.map_or("none".into(), |sum| format!("data of checksum {sum}"));
        let same_data = |what, found, expected| same(what, &said(found), &said(expected));
        same_data(TRAINING_SET, Some(&data.train), Some(&state.data.train))?;
        same_data(VALIDATION_SET, data.validation.as_deref(), state.data.validation.as_deref())?;
        let (found, expected) = (&self.settings, &state.settings);
        same("settings", &found.unlike(expected), &expected.unlike(found))?;
        self.check_shape(&state.network)?;
        let epochs =
            |found, expected| Err(Error::Setting { name: "number of epochs", found, expected });
        if found.schedule == Schedule::Cosine && found.epochs != expected.epochs {
            let found = format!("{}, where there were to be {}", found.epochs, expected.epochs);
            return epochs(found, "no other: the rates of a cosine schedule depend on it");
        }
        if found.epochs < state.history.len() {
            let found = format!("{}, where {} are done", found.epochs, state.history.len());
            return epochs(found, "at least as many as are done");
        }
        let best_network = state.best_network.filter(|_| found.kept() == Keep::Best);
        if found.kept() == Keep::Best && best_network.is_none() {
            same("network of the best epoch", "none", "one, to keep the best")?;
        }
        let best = best_epoch(&state.history);
        let state = State { settings: self.settings.clone(), best, best_network, ..state };
        Ok(Self { start: Start::State(Box::new(state)), ..self })
    }

    /// Tells `observer` of each epoch; it may end the training by returning [`ControlFlow::Break`].
    #[must_use]
    pub fn on_epoch(self, observer: impl FnMut(&Epoch) -> ControlFlow<()> + 'a) -> Self {
        Self { on_epoch: Box::new(observer), ..self }
    }

    /// Gives the [`State`] of the training to `take` after each epoch for which `is_due` says so, and after the last one,
    /// that before a fault included; an error of `take` ends the training.
    #[must_use]
    pub fn on_state(
        self,
        is_due: impl FnMut(&Epoch) -> bool + 'a,
        take: impl FnMut(&State<T>) -> Result<()> + 'a,
    ) -> Self {
        Self { on_state: Some((Box::new(is_due), Box::new(take))), ..self }
    }

    /// Puts `notes` into the states that it gives, for whoever takes them.
    #[must_use]
    pub fn notes(self, notes: impl Into<String>) -> Self {
        Self { notes: Some(notes.into()), ..self }
    }

    /// Takes the time of each epoch's [phases](crate::phases::Phases) with `stopwatch`.
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

    /// Checks that there is a validation set, if there is to be patience with one or the best epoch is to be kept.
    pub(crate) fn check(&self) -> Result<()> {
        let (name, expected) = match (self.settings.patience, self.settings.kept()) {
            (Some(_), _) => ("patience", "one, to have patience with"),
            (None, Keep::Best) => ("epoch to keep", "one, to know the best epoch by"),
            (None, Keep::Last) => return Ok(()),
        };
        if self.validation.is_none() {
            let found = "no validation set".into();
            return Err(Error::Setting { name, found, expected });
        }
        Ok(())
    }

    /// Trains, and tests at the end.
    ///
    /// # Errors
    /// [`Error::Diverged`] at the first mean cross-entropy that is not finite; the observer was not told of
    /// that epoch. [`Error::Setting`] where there is to be patience, or the best epoch kept, without a validation set, a
    /// learning rate is no number from 0 up, or an order no permutation. Those of whoever takes the state.
    pub fn fit(self) -> Result<Outcome<T>> {
        self.check()?;
        let Self { settings, crew, train, validation, engine, mut on_epoch, mut on_state, .. } =
            self;
        let Settings { hidden, epochs, init, seed, .. } = settings;
        let data = train.data;
        let state = |network| {
            let checksums = match on_state {
                Some(_) => Checksums::of(&train, validation.as_ref()),
                // Nobody will see the state.
                None => Checksums::default(),
            };
            State::new(settings, data.schema().clone(), network, checksums)
        };
        let mut state = match self.start {
            Start::State(state) => *state,
            Start::Network(network) => state(network),
            Start::Settings => {
                state(Network::new(data.inputs(), hidden, data.classes(), init, seed)?)
            }
        };
        if let Some(notes) = self.notes {
            state.notes = notes;
        }
        let (rate, watch) = (self.rate, self.stopwatch);
        let planner = |order| Planner::new(train.clone(), engine.block(), order, watch.clone());
        let planner = self.order.map(planner);
        let evaluator = Evaluator::new(train, validation, hidden, crew.size());
        let updater = Updater { engine, planner, rate, crew, epochs, watch };
        let mut course = Course::new(state, updater, evaluator);
        let (mut stops, mut is_due) = (false, false);
        loop {
            let ending = course.ending().or(stops.then_some(Ending::Stopped));
            if let Some((_, take)) = &mut on_state
                && (is_due || ending.is_some())
            {
                take(course.state())?;
            }
            if let Some(ending) = ending {
                return Ok(course.outcome(ending));
            }
            let epoch = match (course.epoch(), &mut on_state) {
                (Err(fault), Some((_, take))) if !course.state().history.is_empty() => {
                    return take(course.state()).and(Err(fault));
                }
                (epoch, _) => epoch?,
            };
            stops = on_epoch(&epoch).is_break();
            is_due = on_state.as_mut().is_some_and(|(is_due, _)| is_due(&epoch));
        }
    }
}

/// What errors call the two sets of data.
pub const TRAINING_SET: &str = "training set";
pub const VALIDATION_SET: &str = "validation set";

fn same(what: &'static str, found: &str, expected: &str) -> Result<()> {
    if found == expected {
        return Ok(());
    }
    Err(Error::Mismatch { what, found: found.into(), expected: expected.into() })
}
