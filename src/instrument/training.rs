//! Training as a contestant: an engine over a whole data set.

use super::{Contestant, Roofs, Runner, Spread, Work, clock};
use crate::blas;
use crate::crew::Crew;
use crate::dataset::Dataset;
use crate::engine::{Engine, EngineKind, Prepared};
use crate::error::Result;
use crate::network::{Init, Network};
use crate::number::{Number, Precision};
use crate::phases::{Phases, Stopwatch};
use crate::simd::isa::Isa;
use crate::training::Evaluator;
use serde_json::{Value, json};
use std::sync::Arc;
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
    /// The network as every run starts with it.
    start: Network<T>,
    /// The reference's loss after an epoch.
    expected: f64,
    /// Epochs of a run.
    epochs: usize,
    /// Whether one more run, which is not among the timed ones, tells where its time goes.
    phases: bool,
}

impl<'a, T: Number> Task<'a, T> {
    /// Training networks of `hidden` units on `data`, `epochs` epochs a run, with the instructions of `isa`; runs an epoch
    /// of the reference to know the answer.
    ///
    /// # Errors
    /// [`Error::Setting`](crate::Error::Setting) where `hidden` is 0 or the network too large.
    pub fn new(
        data: &'a Dataset<T>,
        hidden: usize,
        isa: Isa,
        (epochs, phases): (usize, bool),
    ) -> Result<Self> {
        let start = Network::new(data.inputs(), hidden, data.classes(), Init::Random, 0)?;
        let prepared = Prepared::new(data, isa);
        let mut network = start.clone();
        let mut reference = EngineKind::Reference.engine(&prepared, hidden);
        reference.epoch(&mut network, T::from_f64(LEARNING_RATE), None);
        let expected = loss(&prepared, &network);
        Ok(Self { prepared, start, expected, epochs, phases })
    }

    /// The engine `kind` as a contestant, trained with `threads`.
    pub fn engine(&self, kind: EngineKind, threads: usize) -> Contestant<'_> {
        let kind = kind.resolve();
        let library = (kind == EngineKind::Blas).then(blas::library);
        let crew = Arc::new(Crew::new(threads));
        let prepared = self.prepared.with_crew(&crew);
        let engine = kind.engine(&prepared, self.start.hidden());
        Contestant { library, ..self.contestant(&kind.to_string(), engine, &crew) }
    }

    /// Any engine as a contestant called `name`. With more than one thread the others of `crew`
    /// evaluate each epoch while the next one trains, as in `rankone train`; what is timed is the training all the
    /// same.
    pub fn contestant<'t>(
        &'t self,
        name: &str,
        engine: Box<dyn Engine<T> + 't>,
        crew: &Arc<Crew>,
    ) -> Contestant<'t> {
        let hidden = self.start.hidden();
        let threads = crew.size();
        let evaluator = || Evaluator::new(self.prepared.clone(), None, hidden, threads);
        let beside = (threads > 1).then(|| (Arc::clone(crew), evaluator()));
        let network = self.start.clone();
        let work = Work::of(&self.start);
        Contestant {
            command: format!("{name} {} D={hidden}", T::PRECISION),
            fields: json!({
                "engine": name, "precision": T::PRECISION, "hidden": hidden, "threads": crew.size(),
                "examples": self.prepared.data.examples(), "inputs": work.inputs, "classes": work.classes,
                "epochs": self.epochs, "ns_per_example": null, "ns_per_weight": null,
            }),
            precision: T::PRECISION,
            flops: work.flops(),
            library: None,
            runner: Ok(Box::new(Trainee { task: self, engine, network, beside })),
        }
    }
}

/// An engine over its task.
struct Trainee<'a, T: Number> {
    task: &'a Task<'a, T>,
    engine: Box<dyn Engine<T> + 'a>,
    network: Network<T>,
    /// Who evaluates meanwhile.
    beside: Option<(Arc<Crew>, Evaluator<'a, T>)>,
}

impl<T: Number> Trainee<'_, T> {
    /// Trains `epochs` epochs from the start, and gives the seconds that their updates took.
    fn train(&mut self, epochs: usize) -> f64 {
        self.network.clone_from(&self.task.start);
        (0..epochs).map(|_| self.epoch()).sum()
    }

    fn epoch(&mut self) -> f64 {
        let Self { engine, network, beside, .. } = self;
        if let Some((_, evaluator)) = beside {
            evaluator.load(network);
        }
        let mut train = || {
            let start = Instant::now();
            engine.epoch(network, T::from_f64(LEARNING_RATE), None);
            start.elapsed().as_secs_f64()
        };
        match beside {
            Some((crew, evaluator)) => crew.beside(&evaluator.job(), train),
            None => train(),
        }
    }

    /// Where the time of a run goes.
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

impl<T: Number> Runner for Trainee<'_, T> {
    fn fault(&mut self) -> Option<String> {
        self.train(1);
        let (found, expected) = (loss(&self.task.prepared, &self.network), self.task.expected);
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

    fn seconds(&mut self) -> f64 {
        self.train(self.task.epochs)
    }

    fn units(&self) -> usize {
        self.task.epochs * self.task.prepared.data.examples()
    }

    fn fields(&mut self, ns: Spread, _roofs: &Roofs) -> Value {
        let weights = Work::of(&self.network).weights();
        let mut fields = json!({ "ns_per_example": ns, "ns_per_weight": ns.median / weights });
        if self.task.phases {
            fields["phases"] = json!(self.phases().ns_by_name(self.units()));
        }
        fields
    }
}

/// The mean cross-entropy, by training's own evaluation, which judges all engines alike.
fn loss<T: Number>(prepared: &Prepared<T>, network: &Network<T>) -> f64 {
    let mut evaluator = Evaluator::new(prepared.clone(), None, network.hidden(), 1);
    evaluator.load(network);
    evaluator.job()(0);
    evaluator.cross_entropies().0
}
