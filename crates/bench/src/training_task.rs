//! Training as a workload: an engine over a whole data set.

use crate::benchmark::{Candidate, Workload};
use crate::clock;
use crate::machine_limits::MachineLimits;
use crate::samples::Spread;
use crate::work_size::WorkSize;
use rankone::engine::{Engine, blas};
use rankone::profile::{Phases, Stopwatch};
use rankone::{
    EngineKind, Evaluator, Init, Network, Number, Precision, PreparedDataset, Result, ThreadPool,
};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Instant;

/// The learning rate of every run.
const LEARNING_RATE: f64 = 0.01;

/// Returns the largest relative difference between a correct candidate's loss after one epoch and
/// that of the reference engine: 1e-9 in f64, and 1e-5 in f32, where correct engines differ by up
/// to 1e-7.
fn tolerance(precision: Precision) -> f64 {
    match precision {
        Precision::F64 => 1e-9,
        Precision::F32 => 1e-5,
    }
}

/// What all candidates of one precision and size do: train one network on one data set.
#[derive(Debug)]
pub struct TrainingTask<'a, T: Number> {
    data: PreparedDataset<'a, T>,
    /// The network at the start of each run.
    start: Network<T>,
    /// The loss of the reference engine after one epoch.
    expected: f64,
    /// Epochs of a run.
    epochs: usize,
    phases: bool,
}

impl<'a, T: Number> TrainingTask<'a, T> {
    /// Makes the task to train a network of `hidden` units on `data` for `epochs` epochs per run.
    /// Trains one epoch with the reference engine, to know the correct result.
    ///
    /// # Errors
    /// [`Error::Setting`](rankone::Error::Setting) if `hidden` is 0 or the network is too large.
    pub fn new(data: &PreparedDataset<'a, T>, hidden: usize, epochs: usize) -> Result<Self> {
        let (inputs, classes) = (data.data().inputs(), data.data().classes());
        let start = Network::new(inputs, hidden, classes, Init::Random, 0)?;
        let mut network = start.clone();
        let mut reference = data.engine(EngineKind::Reference, hidden);
        reference.epoch(&mut network, T::from_f64(LEARNING_RATE), None);
        let expected = loss(data, &network);
        Ok(Self { data: data.clone(), start, expected, epochs, phases: false })
    }

    /// Also measures the time of each phase, in one more run that is not among the timed ones.
    #[must_use]
    pub fn phases(self, phases: bool) -> Self {
        Self { phases, ..self }
    }

    /// Makes a candidate from the engine `kind` with `threads`.
    pub fn engine(&self, kind: EngineKind, threads: usize) -> Candidate<'_> {
        let kind = kind.resolve();
        let library = (kind == EngineKind::Blas).then(blas::library);
        let pool = Arc::new(ThreadPool::new(threads));
        let engine = self.data.with_pool(&pool).engine(kind, self.start.hidden());
        Candidate { library, ..self.candidate(&kind.to_string(), engine, &pool) }
    }

    /// Makes a candidate called `name` from any engine. If `pool` has more than one thread, the
    /// others evaluate each epoch while the next one trains, as in `rankone train`; only the
    /// training is timed.
    pub fn candidate<'t>(
        &'t self,
        name: &str,
        engine: Box<dyn Engine<T> + 't>,
        pool: &Arc<ThreadPool>,
    ) -> Candidate<'t> {
        let (hidden, threads) = (self.start.hidden(), pool.size());
        let evaluator = || Evaluator::new(self.data.clone(), None, hidden, threads);
        let evaluation = (threads > 1).then(|| (Arc::clone(pool), evaluator()));
        let work = WorkSize::of(&self.start);
        Candidate {
            command: format!("{name} {} D={hidden}", T::PRECISION),
            fields: json!({
                "engine": name, "precision": T::PRECISION, "hidden": hidden, "threads": threads,
                "examples": self.data.data().examples(), "inputs": work.inputs,
                "classes": work.classes, "epochs": self.epochs, "ns_per_example": null,
                "ns_per_weight": null,
            }),
            precision: T::PRECISION,
            flops: work.flops(),
            library: None,
            workload: Box::new(TrainingWorkload {
                task: self,
                engine,
                network: self.start.clone(),
                evaluation,
            }),
        }
    }
}

/// An engine and its task.
struct TrainingWorkload<'a, T: Number> {
    task: &'a TrainingTask<'a, T>,
    engine: Box<dyn Engine<T> + 'a>,
    network: Network<T>,
    /// The evaluation of each epoch on the other threads.
    evaluation: Option<(Arc<ThreadPool>, Evaluator<'a, T>)>,
}

impl<T: Number> TrainingWorkload<'_, T> {
    /// Trains `epochs` epochs from the start and returns the seconds that the updates took.
    fn train(&mut self, epochs: usize) -> f64 {
        self.network.clone_from(&self.task.start);
        (0..epochs).map(|_| self.epoch()).sum()
    }

    fn epoch(&mut self) -> f64 {
        let Self { engine, network, evaluation, .. } = self;
        if let Some((_, evaluator)) = evaluation {
            evaluator.load(network);
        }
        let mut train = || {
            let start = Instant::now();
            engine.epoch(network, T::from_f64(LEARNING_RATE), None);
            start.elapsed().as_secs_f64()
        };
        match evaluation {
            Some((pool, evaluator)) => pool.beside(&evaluator.job(), train),
            None => train(),
        }
    }

    /// Measures the time of each phase in a run.
    fn phases(&mut self) -> Phases {
        let Self { task, engine, network, .. } = self;
        let mut watch = Stopwatch::new(clock::ticks);
        network.clone_from(&task.start);
        let mut epoch = || {
            let start = Instant::now();
            engine.epoch(network, T::from_f64(LEARNING_RATE), Some(&mut watch));
            watch.phases(start.elapsed().as_secs_f64())
        };
        (0..task.epochs).fold(Phases::default(), |sum, _| sum.plus(&epoch()))
    }
}

impl<T: Number> Workload for TrainingWorkload<'_, T> {
    fn check(&mut self) -> Result<(), String> {
        self.train(1);
        let (found, expected) = (loss(&self.task.data, &self.network), self.task.expected);
        let (difference, bound) = ((found - expected).abs(), tolerance(T::PRECISION));
        // Also wrong if it is NaN. With a single class both losses are 0.
        if difference <= bound * expected {
            return Ok(());
        }
        Err(format!(
            "loss {found} after an epoch, where the reference has {expected}: \
             relative difference {:.1e}, at most {bound:e} is right",
            difference / expected
        ))
    }

    fn seconds(&mut self) -> f64 {
        self.train(self.task.epochs)
    }

    fn units(&self) -> usize {
        self.task.epochs * self.task.data.data().examples()
    }

    fn fields(&mut self, ns: Spread, _limits: &MachineLimits) -> Value {
        let weights = WorkSize::of(&self.network).weights();
        let mut fields = json!({ "ns_per_example": ns, "ns_per_weight": ns.median / weights });
        if self.task.phases {
            fields["phases"] = json!(self.phases().ns_by_name(self.units()));
        }
        fields
    }
}

/// Computes the mean cross-entropy with training's own evaluation, the same for all engines.
fn loss<T: Number>(data: &PreparedDataset<T>, network: &Network<T>) -> f64 {
    let mut evaluator = Evaluator::new(data.clone(), None, network.hidden(), 1);
    evaluator.load(network);
    evaluator.job()(0);
    evaluator.cross_entropies().0
}
