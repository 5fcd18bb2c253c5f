//! One training: its settings, and who is called on its way.

use crate::array::{each, labels};
use crate::dataset::Dataset;
use crate::error::{detached, raised, value_error};
use crate::network::Network;
use crate::outcome::{Epoch, Outcome};
use crate::value::named;
use pyo3::prelude::*;
use rankone::{EngineKind, Init, Keep, Model, Number, Order, Schedule, Settings, State, Trainer};
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::Mutex;
use std::time::{Duration, Instant};

/// What a training is, besides its data.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
pub struct Options<'py> {
    hidden_units: usize,
    epochs: usize,
    learning_rate: f64,
    init: String,
    seed: u64,
    order: String,
    schedule: String,
    patience: Option<usize>,
    keep: Option<String>,
    engine: String,
    threads: usize,
    /// How many epochs there were before, and how many there are to be in all: what orders and
    /// rates go by.
    epochs_before: usize,
    epochs_in_all: usize,
    start: Option<Bound<'py, Network>>,
    order_of: Option<Py<PyAny>>,
    rate_of: Option<Py<PyAny>>,
    on_epoch: Option<Py<PyAny>>,
    checkpoint: Option<PathBuf>,
    checkpoint_seconds: f64,
    resume: Option<PathBuf>,
    /// What a state is to know of an order and rates that Python gives: words, none for those of
    /// the settings.
    orders_and_rates: String,
}

impl Options<'_> {
    fn settings(&self) -> PyResult<Settings> {
        let keep = |keep: &str| named::<Keep>("keep", keep, "last or best");
        let schedules = "constant, inverse:H, step:F/E or cosine, or a function";
        let engines = "auto, reference, blas or blocked";
        Ok(Settings {
            hidden: self.hidden_units,
            epochs: self.epochs,
            learning_rate: self.learning_rate,
            init: named::<Init>("init", &self.init, "random, zero or numpy")?,
            seed: self.seed,
            order: named::<Order>(
                "order",
                &self.order,
                "file, shuffled, numpy, an array or a function",
            )?,
            schedule: named::<Schedule>("schedule", &self.schedule, schedules)?,
            patience: self.patience,
            keep: self.keep.as_deref().map(keep).transpose()?,
            engine: named::<EngineKind>("engine", &self.engine, engines)?,
            threads: Some(self.threads),
            ..Settings::default()
        })
    }
}

/// So often Python is asked whether Ctrl-C was pressed, where nothing is called after each epoch
/// anyway.
const BETWEEN_SIGNALS: Duration = Duration::from_millis(20);

/// Trains on `train`, and tests on `validation` too; gives what Python raised on the way, besides.
#[pyfunction]
#[pyo3(signature = (train, validation, options))]
pub fn fit(
    py: Python<'_>,
    train: &Bound<'_, Dataset>,
    validation: Option<&Bound<'_, Dataset>>,
    options: Options<'_>,
) -> PyResult<(Outcome, Option<Py<PyAny>>)> {
    let (validation, start) = (validation.map(Bound::get), options.start.as_ref().map(Bound::get));
    each!(&train.get().0, train => {
        let validation = validation.map(|data| data.0.as_trained("validation set")).transpose()?;
        let start = start.map(|model| model.0.as_trained("network to start from")).transpose()?;
        let (outcome, fault) = run(py, train, validation, start, &options)?;
        let outcome = Outcome::new(py, outcome, train.schema())?;
        if fault.is_some() {
            // Ctrl-C that was pressed again while the training was ending: one KeyboardInterrupt is
            // enough.
            let _ = py.check_signals();
        }
        // Beside the outcome and not in it: `Trainer.fit` puts the outcome into the exception, and
        // if each held the other, neither would ever be freed.
        let fault = fault.map(|fault| fault.into_value(py).into_any());
        Ok((outcome, fault))
    })
}

/// What Python raised on the way, first.
type Fault = Mutex<Option<PyErr>>;

fn note(fault: &Fault, error: PyErr) {
    fault.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).get_or_insert(error);
}

fn run<T: Number>(
    py: Python<'_>,
    train: &rankone::Dataset<T>,
    validation: Option<&rankone::Dataset<T>>,
    start: Option<&Model<T>>,
    options: &Options<'_>,
) -> PyResult<(rankone::Outcome<T>, Option<PyErr>)> {
    let settings = options.settings()?;
    let Options {
        on_epoch,
        order_of,
        rate_of,
        checkpoint,
        checkpoint_seconds,
        resume,
        orders_and_rates,
        ..
    } = options;
    let (before, in_all) = (options.epochs_before, options.epochs_in_all);
    let (seconds, examples) = (*checkpoint_seconds, train.examples());
    if seconds.is_nan() || seconds < 0.0 {
        return Err(value_error("checkpoint_seconds", seconds, "a number from 0"));
    }
    let fault = Fault::default();
    let work = || {
        let Settings { seed, order, learning_rate, schedule, .. } = settings;
        let mut trainer = Trainer::new(train, settings).validation(validation);
        if let Some(start) = start {
            trainer = trainer.start(start.network.clone());
        }
        if let Some(order_of) = order_of {
            trainer = trainer.order(|epoch| {
                order_of_epoch(order_of, before + epoch).unwrap_or_else(|error| {
                    note(&fault, error);
                    Vec::new()
                })
            });
        } else if before > 0 && order != Order::File {
            trainer = trainer.order(move |epoch| order.of_epoch(examples, seed, before + epoch));
        }
        if let Some(rate_of) = rate_of {
            trainer = trainer.learning_rate(|epoch| {
                rate_of_epoch(rate_of, before + epoch).unwrap_or_else(|error| {
                    note(&fault, error);
                    f64::NAN
                })
            });
        } else if before > 0 {
            trainer = trainer
                .learning_rate(move |epoch| schedule.rate(learning_rate, before + epoch, in_all));
        }
        let mut last = Instant::now();
        trainer = trainer.on_epoch(|epoch| {
            if on_epoch.is_none() && last.elapsed() < BETWEEN_SIGNALS {
                return ControlFlow::Continue(());
            }
            last = Instant::now();
            match told(on_epoch.as_ref(), epoch) {
                Ok(false) => ControlFlow::Continue(()),
                Ok(true) => ControlFlow::Break(()),
                Err(error) => {
                    note(&fault, error);
                    ControlFlow::Break(())
                }
            }
        });
        if let Some(path) = resume {
            trainer = trainer.resume(check_orders(State::load(path)?, orders_and_rates)?);
        }
        if let Some(path) = checkpoint {
            trainer = trainer.notes(format!("{ORDERS}{orders_and_rates}"));
            let mut last = Instant::now();
            let is_due = move |_: &_| {
                let is_due = last.elapsed().as_secs_f64() >= seconds;
                if is_due {
                    last = Instant::now();
                }
                is_due
            };
            trainer = trainer.on_state(is_due, move |state| state.save(path));
        }
        trainer.fit()
    };
    let outcome = detached(py, work)?;
    let fault = fault.into_inner().unwrap_or_else(|poisoned| poisoned.into_inner());
    match (outcome, fault) {
        // An order or a rate that is none, because Python raised something, is no error of the
        // library's.
        (Err(_), Some(fault)) => Err(fault),
        (Err(error), None) => Err(raised(error)),
        (Ok(outcome), fault) => Ok((outcome, fault)),
    }
}

/// What stands before [`Options::orders_and_rates`] in a state's notes; a state of the command has
/// other notes.
const ORDERS: &str = "python: ";

/// A state of a training with these orders and rates, as far as one can tell.
fn check_orders<T>(state: State<T>, orders_and_rates: &str) -> rankone::Result<State<T>> {
    let before = state.notes.strip_prefix(ORDERS).unwrap_or_default();
    if before == orders_and_rates {
        return Ok(state);
    }
    let said = |words: &str| if words.is_empty() { "those of the settings" } else { words }.into();
    let (found, expected) = (said(orders_and_rates), said(before));
    Err(rankone::Error::Mismatch { what: "order and schedule", found, expected })
}

/// Tells Python of an epoch; whether that is to be the last one.
fn told(on_epoch: Option<&Py<PyAny>>, epoch: &rankone::Epoch) -> PyResult<bool> {
    Python::attach(|py| {
        py.check_signals()?;
        match on_epoch {
            Some(callback) => callback.bind(py).call1((Epoch::from(epoch),))?.is_truthy(),
            None => Ok(false),
        }
    })
}

fn order_of_epoch(order: &Py<PyAny>, epoch: usize) -> PyResult<Vec<usize>> {
    Python::attach(|py| labels("order of the examples", &order.bind(py).call1((epoch,))?))
}

fn rate_of_epoch(rate: &Py<PyAny>, epoch: usize) -> PyResult<f64> {
    Python::attach(|py| rate.bind(py).call1((epoch,))?.extract())
}
