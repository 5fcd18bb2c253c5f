//! What contestants must do, and one of them doing it.

use super::{Contestant, Run};
use crate::benchmark::Work;
use crate::blas;
use crate::dataset::Dataset;
use crate::engine::{Engine, Kind};
use crate::error::Result;
use crate::evaluation::Evaluator;
use crate::modules;
use crate::network::{Init, Network};
use crate::phases::{Phases, Stopwatch};
use crate::scalar::{Precision, Scalar};
use crate::trainer::Hyperparameters;
use std::thread;
use std::time::Instant;

/// The learning rate of every run.
const LEARNING_RATE: f64 = 0.01;

/// How far a right contestant's loss after an epoch may be from the reference's, relative to it: 1e-9 in
/// f64, 1e-5 in f32, where right engines were seen to differ by up to 1e-7.
pub fn tolerance(precision: Precision) -> f64 {
    match precision {
        Precision::F64 => 1e-9,
        Precision::F32 => 1e-5,
    }
}

/// What contestants of one precision must do: train one network on one data set.
#[derive(Debug)]
pub struct Task<'a, T> {
    data: &'a Dataset<T>,
    /// The network as every run starts with it.
    start: Network<T>,
    /// The reference's loss after an epoch.
    expected: f64,
}

impl<'a, T: Scalar> Task<'a, T> {
    /// Training networks of `hidden` units on `data`; runs an epoch of the reference to know the answer.
    ///
    /// # Errors
    /// [`Error::Hyperparameter`](crate::Error::Hyperparameter) where `hidden` is 0 or the network too large.
    pub fn new(data: &'a Dataset<T>, hidden: usize) -> Result<Self> {
        Hyperparameters::check_size::<T>(data.inputs(), hidden, data.classes())?;
        let start = Network::new(data.inputs(), hidden, data.classes(), Init::Random, 0);
        let mut network = start.clone();
        let reference = Kind::Reference.plan(data, hidden);
        let mut reference = reference.expect("the reference needs no special instructions");
        reference.epoch(&mut network, T::from_f64(LEARNING_RATE));
        let expected = loss(&network, data);
        Ok(Self { data, start, expected })
    }

    /// The engine `kind` as a contestant, trained with `threads`.
    pub fn engine(&self, kind: Kind, threads: usize) -> Contestant<'_> {
        let kind = kind.resolve();
        let library = (kind == Kind::Blas).then(blas::library);
        let engine = kind.plan(self.data, self.start.hidden());
        Contestant { library, ..self.contestant(&kind.to_string(), engine, threads) }
    }

    /// Any engine, or why there is none, as a contestant called `name`. With more than one of `threads`
    /// the others evaluate each epoch while the next one trains, as in `rankone train`; what is timed is
    /// the training all the same.
    pub fn contestant<'t>(
        &'t self,
        name: &str,
        engine: Result<Box<dyn Engine<T> + 't>>,
        threads: usize,
    ) -> Contestant<'t> {
        let hidden = self.start.hidden();
        let runner = engine.and_then(|engine| {
            let beside = match threads {
                0 | 1 => None,
                _ => Some((Evaluator::new(self.data, hidden, threads - 1)?, self.start.clone())),
            };
            let network = self.start.clone();
            Ok(Box::new(Runner { task: self, engine, network, beside }) as Box<dyn Run>)
        });
        Contestant {
            name: name.to_owned(),
            precision: T::PRECISION,
            examples: self.data.examples(),
            work: Work::of(&self.start),
            threads: threads.max(1),
            library: None,
            runner: runner.map_err(|error| error.to_string()),
        }
    }
}

/// An engine over its task.
struct Runner<'a, T: Scalar> {
    task: &'a Task<'a, T>,
    engine: Box<dyn Engine<T> + 'a>,
    network: Network<T>,
    /// What evaluates meanwhile, and the network that it evaluates.
    beside: Option<(Evaluator<'a, T>, Network<T>)>,
}

impl<T: Scalar> Runner<'_, T> {
    fn epoch(&mut self) -> f64 {
        let Self { engine, network, beside, .. } = self;
        let mut train = || {
            let start = Instant::now();
            engine.epoch(network, T::from_f64(LEARNING_RATE));
            start.elapsed().as_secs_f64()
        };
        let Some((evaluator, ended)) = beside else { return train() };
        let seconds = thread::scope(|scope| {
            scope.spawn(|| evaluator.cross_entropy(ended));
            train()
        });
        ended.clone_from(network);
        seconds
    }
}

impl<T: Scalar> Run for Runner<'_, T> {
    fn fault(&mut self) -> Option<String> {
        self.seconds(1);
        let (found, expected) = (loss(&self.network, self.task.data), self.task.expected);
        let (distance, bound) = ((found - expected).abs(), tolerance(T::PRECISION));
        // A NaN is no right answer; with one class every loss is 0.
        let right = distance <= bound * expected;
        (!right).then(|| {
            format!(
                "loss {found} after an epoch, where the reference has {expected}: \
                 relative difference {:.1e}, at most {bound:e} is right",
                distance / expected
            )
        })
    }

    fn seconds(&mut self, epochs: usize) -> f64 {
        self.network.clone_from(&self.task.start);
        (0..epochs).map(|_| self.epoch()).sum()
    }

    fn phases(&mut self, epochs: usize) -> Phases {
        Stopwatch::calibrate();
        let Self { task, engine, network, .. } = self;
        network.clone_from(&task.start);
        let mut epoch = || engine.profiled_epoch(network, T::from_f64(LEARNING_RATE));
        (0..epochs).fold(Phases::default(), |sum, _| sum.plus(&epoch()))
    }
}

/// The mean cross-entropy by the textbook's own modules, so that no engine is its own judge.
fn loss<T: Scalar>(network: &Network<T>, data: &Dataset<T>) -> f64 {
    let share = |first, last| {
        let features = data.features();
        let losses = (first..last).map(|example| {
            modules::forward(network, features.row(example), data.labels()[example]).j.as_f64()
        });
        losses.sum::<f64>()
    };
    let n = data.examples();
    let each = n.div_ceil(thread::available_parallelism().map_or(1, usize::from));
    let sum: f64 = thread::scope(|scope| {
        let starts = (0..n).step_by(each);
        let shares: Vec<_> =
            starts.map(|first| scope.spawn(move || share(first, n.min(first + each)))).collect();
        shares.into_iter().map(|share| share.join().expect("modules do not panic")).sum()
    });
    sum / n as f64
}
