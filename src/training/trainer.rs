//! What a training is made of: its data, its settings, and who is told of it.

use super::order::{Order, OrderOfEpoch, Planner};
use super::prepared::PreparedDataset;
use super::run::{EpochObserver, StateObserver, Training};
use super::state::{Checksums, State};
use super::updates::RateOfEpoch;
use super::{Epoch, Keep, Outcome, Schedule, Settings, best_epoch};
use crate::data::Dataset;
use crate::error::{Error, Result};
use crate::network::{Network, check_size};
use rankone_kernels::Number;
use rankone_kernels::profile::Stopwatch;
use rankone_kernels::thread_pool::ThreadPool;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Instant;

/// Trains one network on a data set, and tests it.
///
/// Its methods may be called in any order: whether everything fits together is checked by
/// [`fit`](Self::fit), or by [`prepare`](Self::prepare).
#[expect(missing_debug_implementations, reason = "functions have nothing to show")]
pub struct Trainer<'a, T: Number> {
    settings: Settings,
    train: GivenData<'a, T>,
    validation: Option<GivenData<'a, T>>,
    start: Option<Network<T>>,
    state: Option<Box<State<T>>>,
    /// None for the order of the settings.
    order: Option<OrderOfEpoch<'a>>,
    /// None for the rates of the settings.
    rate: Option<RateOfEpoch<'a>>,
    on_epoch: EpochObserver<'a>,
    on_state: Option<StateObserver<'a, T>>,
    /// None for those of the state that it starts from.
    notes: Option<String>,
    clock: Option<fn() -> u64>,
}

/// A data set as it was given.
enum GivenData<'a, T: Number> {
    Plain(&'a Dataset<T>),
    Prepared(PreparedDataset<'a, T>),
}

impl<'a, T: Number> Trainer<'a, T> {
    /// A trainer on `train`.
    pub fn new(train: &'a Dataset<T>, settings: Settings) -> Self {
        Self::of(GivenData::Plain(train), settings)
    }

    /// A trainer on data that were prepared before, with the threads and instructions that they
    /// were prepared for.
    pub fn on(train: PreparedDataset<'a, T>, settings: Settings) -> Self {
        Self::of(GivenData::Prepared(train), settings)
    }

    fn of(train: GivenData<'a, T>, settings: Settings) -> Self {
        Self {
            settings,
            train,
            validation: None,
            start: None,
            state: None,
            order: None,
            rate: None,
            on_epoch: Box::new(|_| ControlFlow::Continue(())),
            on_state: None,
            notes: None,
            clock: None,
        }
    }

    /// Tests the network on `validation` too, if there is one, after each epoch and at the end.
    #[must_use]
    pub fn validation(self, validation: impl Into<Option<&'a Dataset<T>>>) -> Self {
        Self { validation: validation.into().map(GivenData::Plain), ..self }
    }

    /// Tests the network on a data set that was prepared before, if there is one.
    #[must_use]
    pub fn prepared_validation(self, validation: Option<PreparedDataset<'a, T>>) -> Self {
        Self { validation: validation.map(GivenData::Prepared), ..self }
    }

    /// Goes through the examples of each epoch, from 0, in the order that `order` gives for it and
    /// not in that of the settings: each of the numbers 0 to N-1 once.
    #[must_use]
    pub fn order(self, order: impl Fn(usize) -> Vec<usize> + Sync + 'a) -> Self {
        Self { order: Some(Box::new(order)), ..self }
    }

    /// Updates in each epoch, from 0, at the learning rate that `rate` gives for it and not at that
    /// of the settings.
    #[must_use]
    pub fn learning_rate(self, rate: impl Fn(usize) -> f64 + 'a) -> Self {
        Self { rate: Some(Box::new(rate)), ..self }
    }

    /// Starts from `network` and not from the weights that the settings say.
    #[must_use]
    pub fn start(self, network: Network<T>) -> Self {
        Self { start: Some(network), ..self }
    }

    /// Resumes from `state`, in place of any network to start from: what comes is bit for bit what
    /// would have come. Epochs may be more than its settings say, except with a cosine schedule;
    /// threads and instructions may be others. An [order](Self::order) or
    /// [rates](Self::learning_rate) that were given before must be given again.
    #[must_use]
    pub fn resume(self, state: State<T>) -> Self {
        Self { state: Some(Box::new(state)), ..self }
    }

    /// Calls `observer` after each epoch; it may end the training by returning
    /// [`ControlFlow::Break`].
    #[must_use]
    pub fn on_epoch(self, observer: impl FnMut(&Epoch) -> ControlFlow<()> + 'a) -> Self {
        Self { on_epoch: Box::new(observer), ..self }
    }

    /// Gives the [`State`] of the training to `take` after each epoch for which `is_due` returns
    /// true, and after the last one, that before an error included; an error of `take` ends the
    /// training.
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

    /// Times the [phases](crate::profile::Phase) of each epoch with `clock`, which reads a counter
    /// that runs evenly, such as [`profile::nanoseconds`](crate::profile::nanoseconds): they are in
    /// [`Epoch::phases`], and what each thread did in [`Outcome::spans`]. Does not change the
    /// result.
    #[must_use]
    pub fn profile(self, clock: fn() -> u64) -> Self {
        Self { clock: Some(clock), ..self }
    }

    /// Trains, and tests at the end.
    ///
    /// # Errors
    /// Those of [`prepare`](Self::prepare) and of [`Training::run`].
    pub fn fit(self) -> Result<Outcome<T>> {
        self.prepare()?.run()
    }

    /// Checks everything, starts the threads, prepares the inputs and makes the engine's plan.
    ///
    /// # Errors
    /// [`Error::Setting`] for a value outside its range, a network too large, early stopping or the
    /// best epoch without a validation set, or a number of epochs that the state to resume from
    /// does not allow; [`Error::Mismatch`] where the validation set, the network to start from or
    /// the state does not fit the training set and the settings.
    pub fn prepare(self) -> Result<Training<'a, T>> {
        let Self { settings, train, validation, start, state, .. } = self;
        let data = train.data();
        check_size::<T>(data.inputs(), settings.hidden, data.classes())?;
        settings.check::<T>()?;
        if let Some(validation) = &validation {
            check_validation(validation.data(), data)?;
        }
        check_keep(&settings, validation.is_some())?;
        let started = Instant::now();
        let pool = || Arc::new(ThreadPool::new(settings.threads_or_all()));
        let isa = settings.isa_or_widest();
        let train = match train {
            GivenData::Plain(data) => PreparedDataset::for_pool(data, isa, &pool()),
            GivenData::Prepared(train) => train,
        };
        let engine = train.engine(settings.engine, settings.hidden);
        let planning_seconds = started.elapsed().as_secs_f64();
        let validation = validation.map(|validation| match validation {
            GivenData::Plain(data) => PreparedDataset::for_pool(data, train.isa, &train.pool),
            GivenData::Prepared(validation) => validation,
        });
        let checksums = || Checksums::of(&train, validation.as_ref());
        let state = match (state, start) {
            (Some(state), _) => resumed(*state, &settings, train.data, &checksums())?,
            (None, start) => {
                let network = match start {
                    Some(network) => network,
                    None => initial(&settings, train.data)?,
                };
                check_shape(&network, &settings, train.data)?;
                // Where no state is taken its checksums are not needed.
                let sums = if self.on_state.is_some() { checksums() } else { Checksums::default() };
                State::new(settings.clone(), train.data.schema().clone(), network, sums)
            }
        };
        let state = State { notes: self.notes.unwrap_or(state.notes), ..state };
        let watch = self.clock.map(Stopwatch::new);
        let order = self.order.or_else(|| order_of(&settings, train.data.examples()));
        let planner = |order| Planner::new(train.clone(), engine.block(), order, watch.clone());
        let planner = order.map(planner);
        let rate = self.rate.unwrap_or_else(|| rate_of(&settings));
        Ok(Training {
            epochs: settings.epochs,
            planning_seconds,
            state,
            engine,
            planner,
            rate,
            train,
            validation,
            on_epoch: self.on_epoch,
            on_state: self.on_state,
            watch,
        })
    }
}

impl<'a, T: Number> GivenData<'a, T> {
    fn data(&self) -> &'a Dataset<T> {
        match self {
            Self::Plain(data) => data,
            Self::Prepared(prepared) => prepared.data,
        }
    }
}

/// The order that the settings say; none for that of the file.
fn order_of<'a>(settings: &Settings, examples: usize) -> Option<OrderOfEpoch<'a>> {
    let Settings { order, seed, .. } = *settings;
    let order_of = move |epoch| order.of_epoch(examples, seed, epoch);
    (order != Order::File).then(|| Box::new(order_of) as _)
}

/// The learning rates that the settings say.
fn rate_of<'a>(settings: &Settings) -> RateOfEpoch<'a> {
    let Settings { learning_rate, schedule, epochs, .. } = *settings;
    Box::new(move |epoch| schedule.rate(learning_rate, epoch, epochs))
}

/// The network that the settings say.
fn initial<T: Number>(settings: &Settings, train: &Dataset<T>) -> Result<Network<T>> {
    let Settings { hidden, init, seed, .. } = *settings;
    Network::new(train.inputs(), hidden, train.classes(), init, seed)
}

/// Checks that there is a validation set, if early stopping or the best epoch needs one.
fn check_keep(settings: &Settings, has_validation: bool) -> Result<()> {
    let (name, expected) = match (settings.patience, settings.kept()) {
        (Some(_), _) => ("patience", "one, to have patience with"),
        (None, Keep::Best) => ("epoch to keep", "one, to know the best epoch by"),
        (None, Keep::Last) => return Ok(()),
    };
    if has_validation {
        return Ok(());
    }
    Err(Error::Setting { name, found: "no validation set".into(), expected })
}

/// Checks that a validation set has the inputs and classes of the training set, to the names and
/// the scaling ([`Reader::like`](crate::Reader::like)).
fn check_validation<T: Number>(validation: &Dataset<T>, train: &Dataset<T>) -> Result<()> {
    let shape = |data: &Dataset<T>| {
        let (m, k) = (data.inputs(), data.classes());
        format!("{m} inputs and {k} classes")
    };
    let (found, expected) = (shape(validation), shape(train));
    if found != expected {
        same(VALIDATION_SET, &found, &format!("{expected} as in the training set"))?;
    }
    let (theirs, ours) = (validation.schema(), train.schema());
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
    Ok(())
}

fn check_shape<T: Number>(
    network: &Network<T>,
    settings: &Settings,
    train: &Dataset<T>,
) -> Result<()> {
    let shape = (train.inputs(), settings.hidden, train.classes());
    let found = (network.inputs(), network.hidden(), network.classes());
    let what = "M, D, K of the network to start from";
    same(what, &format!("{found:?}"), &format!("{shape:?}"))
}

/// `state` as that of a training with these settings on data of these checksums.
fn resumed<T: Number>(
    state: State<T>,
    settings: &Settings,
    train: &Dataset<T>,
    data: &Checksums,
) -> Result<State<T>> {
    let said =
        |sum: Option<&str>| sum.map_or("none".into(), |sum| format!("data of checksum {sum}"));
    let same_data = |what, found, expected| same(what, &said(found), &said(expected));
    same_data(TRAINING_SET, Some(&data.train), Some(&state.data.train))?;
    same_data(VALIDATION_SET, data.validation.as_deref(), state.data.validation.as_deref())?;
    let (found, expected) = (settings, &state.settings);
    same("settings", &found.unlike(expected), &expected.unlike(found))?;
    check_shape(&state.network, settings, train)?;
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
    let best_network = state.best_network.filter(|_| settings.kept() == Keep::Best);
    if settings.kept() == Keep::Best && best_network.is_none() {
        same("network of the best epoch", "none", "one, to keep the best")?;
    }
    let best = best_epoch(&state.history);
    Ok(State { settings: settings.clone(), best, best_network, ..state })
}

/// What errors call the two sets of data.
pub const TRAINING_SET: &str = "training set";
/// See [`TRAINING_SET`].
pub const VALIDATION_SET: &str = "validation set";

fn same(what: &'static str, found: &str, expected: &str) -> Result<()> {
    if found == expected {
        return Ok(());
    }
    Err(Error::Mismatch { what, found: found.into(), expected: expected.into() })
}
