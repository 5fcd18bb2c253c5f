//! What contestants must do, and one of them doing it.

use super::{Contestant, Runner};
use crate::blas;
use crate::dataset::Dataset;
use crate::engine::{Engine, EngineKind, Prepared};
use crate::error::Result;
use crate::instrument::{Work, clock};
use crate::network::{Init, Network};
use crate::number::{Number, Precision};
use crate::phases::{Phases, Stopwatch};
use crate::simd::isa::Isa;
use crate::textbook;
use crate::training::Evaluator;
use std::thread;
use std::time::Instant;

/// The learning rate of every run.
const LEARNING_RATE: f64 = 0.01;

/// How far a right contestant's loss after an epoch may be from the reference's, relative to it: 1e-9 in
/// f64, 1e-5 in f32, where right engines were seen to differ by up to 1e-7.
fn tolerance(precision: Precision) -> f64 {
    match precision {
        Precision::F64 => 1e-9,
        Precision::F32 => 1e-5,
    }
}

/// What contestants of one precision must do: train one network on one data set.
#[derive(Debug)]
pub struct Task<'a, T: Number> {
    prepared: Prepared<'a, T>,
    /// Why the instructions that were asked for cannot be had, where they cannot.
    no_isa: Option<String>,
    /// The network as every run starts with it.
    start: Network<T>,
    /// The reference's loss after an epoch.
    expected: f64,
}

impl<'a, T: Number> Task<'a, T> {
    /// Training networks of `hidden` units on `data`, with the instructions of `isa`, or why they cannot be
    /// had; runs an epoch of the reference to know the answer.
    ///
    /// # Errors
    /// [`Error::Setting`](crate::Error::Setting) where `hidden` is 0 or the network too large.
    pub fn new(
        data: &'a Dataset<T>,
        hidden: usize,
        isa: std::result::Result<Isa, String>,
    ) -> Result<Self> {
        let start = Network::new(data.inputs(), hidden, data.classes(), Init::Random, 0)?;
        let prepared = Prepared::new(data, isa.clone().unwrap_or_else(|_| Isa::detect()));
        let mut network = start.clone();
        let mut reference = EngineKind::Reference.engine(&prepared, hidden);
        reference.epoch(&mut network, T::from_f64(LEARNING_RATE), None);
        let expected = loss(&network, data);
        Ok(Self { prepared, no_isa: isa.err(), start, expected })
    }

    /// What contestants train on.
    #[cfg(test)]
    pub fn prepared(&self) -> &Prepared<'a, T> {
        &self.prepared
    }

    /// The engine `kind` as a contestant, trained with `threads`.
    pub fn engine(&self, kind: EngineKind, threads: usize) -> Contestant<'_> {
        let kind = kind.resolve();
        let library = (kind == EngineKind::Blas).then(blas::library);
        let needs_isa = kind == EngineKind::Blocked || threads > 1;
        let engine = match &self.no_isa {
            Some(reason) if needs_isa => Err(reason.clone()),
            _ => Ok(kind.engine(&self.prepared, self.start.hidden())),
        };
        Contestant { library, ..self.contestant(&kind.to_string(), engine, threads) }
    }

    /// Any engine, or why there is none, as a contestant called `name`. With more than one of `threads`
    /// the others evaluate each epoch while the next one trains, as in `rankone train`; what is timed is
    /// the training all the same.
    pub fn contestant<'t>(
        &'t self,
        name: &str,
        engine: std::result::Result<Box<dyn Engine<T> + 't>, String>,
        threads: usize,
    ) -> Contestant<'t> {
        let hidden = self.start.hidden();
        let runner = engine.map(|engine| {
            let evaluator = || Evaluator::new(self.prepared.clone(), hidden, threads - 1);
            let beside = (threads > 1).then(|| (evaluator(), self.start.clone()));
            let network = self.start.clone();
            Box::new(Trainee { task: self, engine, network, beside }) as Box<dyn Runner>
        });
        Contestant {
            name: name.to_owned(),
            precision: T::PRECISION,
            examples: self.prepared.data.examples(),
            work: Work::of(&self.start),
            threads: threads.max(1),
            library: None,
            runner,
        }
    }
}

/// An engine over its task.
struct Trainee<'a, T: Number> {
    task: &'a Task<'a, T>,
    engine: Box<dyn Engine<T> + 'a>,
    network: Network<T>,
    /// What evaluates meanwhile, and the network that it evaluates.
    beside: Option<(Evaluator<'a, T>, Network<T>)>,
}

impl<T: Number> Trainee<'_, T> {
    fn epoch(&mut self) -> f64 {
        let Self { engine, network, beside, .. } = self;
        let mut train = || {
            let start = Instant::now();
            engine.epoch(network, T::from_f64(LEARNING_RATE), None);
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

impl<T: Number> Runner for Trainee<'_, T> {
    fn fault(&mut self) -> Option<String> {
        self.seconds(1);
        let (found, expected) = (loss(&self.network, self.task.prepared.data), self.task.expected);
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
        let Self { task, engine, network, .. } = self;
        let mut watch = Stopwatch::new(clock::ticks);
        network.clone_from(&task.start);
        let mut epoch = || {
            let start = Instant::now();
            engine.epoch(network, T::from_f64(LEARNING_RATE), Some(&mut watch));
            watch.phases(start.elapsed().as_secs_f64())
        };
        (0..epochs).fold(Phases::default(), |sum, _| sum.plus(&epoch()))
    }
}

/// The mean cross-entropy by the textbook's own modules, so that no engine is its own judge.
fn loss<T: Number>(network: &Network<T>, data: &Dataset<T>) -> f64 {
    let share = |first, last| {
        let features = data.features();
        let losses = (first..last).map(|example| {
            textbook::forward(network, features.row(example), data.labels()[example]).j.as_f64()
        });
        losses.sum::<f64>()
    };
    let n = data.examples();
    let each = n.div_ceil(thread::available_parallelism().map_or(1, usize::from));
    let sum: f64 = thread::scope(|scope| {
        let starts = (0..n).step_by(each);
        let shares: Vec<_> =
            starts.map(|first| scope.spawn(move || share(first, n.min(first + each)))).collect();
        shares.into_iter().map(|share| share.join().expect("the textbook does not panic")).sum()
    });
    sum / n as f64
}
