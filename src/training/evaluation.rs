//! How good a network is on a data set: cross-entropy, predictions, error rate.
//!
//! Computed batch by batch with the kernels of the blocked engine, whatever engine trains: the same network
//! has the same losses, to the bit, under any engine, BLAS library, instruction set and number of threads.

use crate::blocked::{BATCH, Inference, Rows, Wanted};
use crate::crew::{Crew, locked};
use crate::dataset::Dataset;
use crate::engine::Prepared;
use crate::error::{Error, Result};
use crate::network::Network;
use crate::number::Number;
use crate::phases::{Laps, Stopwatch, Work};
use crate::simd::isa::Isa;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

/// How good a network is on a data set.
#[derive(Debug, Clone, PartialEq)]
pub struct Evaluation {
    /// The mean over all examples of `J = -log y_hat[y]`.
    pub cross_entropy: f64,
    /// The predicted label of every example: the most probable class, the lowest of equals.
    pub predictions: Vec<usize>,
    /// The share of examples that are predicted wrong.
    pub error: f64,
}

impl<T: Number> Network<T> {
    /// How good the network is on `data`.
    ///
    /// # Errors
    /// [`Error::Mismatch`] where M or K of the two differ, [`Error::Scores`] where the network's weights are
    /// so large that the mean cross-entropy is not finite.
    pub fn evaluate(&self, data: &Dataset<T>) -> Result<Evaluation> {
        self.evaluate_with(data, Isa::detect())
    }

    /// [`evaluate`](Self::evaluate), with the instructions of `isa`.
    pub(crate) fn evaluate_with(&self, data: &Dataset<T>, isa: Isa) -> Result<Evaluation> {
        let data_shape = (data.inputs(), data.classes());
        if data_shape != (self.inputs(), self.classes()) {
            return Err(Error::Mismatch {
                what: "inputs and classes of the data set",
                found: format!("{data_shape:?}"),
                expected: format!("{:?} as in the network", (self.inputs(), self.classes())),
            });
        }
        let (products, prepared) = (data.examples() * self.weights(), Prepared::new(data, isa));
        let crew = Crew::for_products(products);
        let mut evaluator = Evaluator::new(prepared, None, self.hidden(), crew.size());
        evaluator.load(self);
        let (evaluation, _) = evaluator.test(&crew);
        if evaluation.cross_entropy.is_finite() {
            Ok(evaluation)
        } else {
            Err(Error::Scores { model: "the network".into() })
        }
    }
}

/// Puts the training set, and the validation set if there is one, through networks of one shape.
#[derive(Debug)]
pub struct Evaluator<'a, T: Number> {
    /// One or two.
    sets: Vec<Set<'a, T>>,
    /// M+1, D, K.
    shape: (usize, usize, usize),
    inference: Inference<T>,
}

/// A data set, and what came out.
#[derive(Debug)]
struct Set<'a, T> {
    prepared: Prepared<'a, T>,
    /// Cross-entropy of each batch, summed.
    losses: Vec<f64>,
    /// N, or none where they are not wanted.
    predictions: Vec<usize>,
}

/// What an evaluation took.
#[derive(Debug, Clone, Copy)]
pub struct Evaluated {
    /// Time of all threads together.
    pub seconds: f64,
    /// Time that the calling thread waited for the others, having nothing else to do.
    pub waiting_seconds: f64,
}

/// Batches that a thread takes at a time.
const BATCHES: usize = 8;

impl<'a, T: Number> Evaluator<'a, T> {
    /// An evaluator of networks of `hidden` units, for `threads` threads.
    pub fn new(
        train: Prepared<'a, T>,
        validation: Option<Prepared<'a, T>>,
        hidden: usize,
        threads: usize,
    ) -> Self {
        let shape = train.shape(hidden);
        let inference = Inference::new(shape, threads, train.isa);
        let set = |prepared: Prepared<'a, T>| {
            let losses = vec![0.0; prepared.data.examples().div_ceil(BATCH)];
            Set { prepared, losses, predictions: Vec::new() }
        };
        let sets = std::iter::once(train).chain(validation).map(set).collect();
        Self { sets, shape, inference }
    }

    /// Takes the network that is to be evaluated.
    ///
    /// # Panics
    /// Where its M, D or K are not those that the evaluator was made for.
    pub fn load(&mut self, network: &Network<T>) {
        assert_eq!(network.shape(), self.shape, "M+1, D, K");
        let (alpha, beta) = network.as_slices();
        self.inference.load(alpha, beta);
    }

    /// Gives the network back.
    pub fn store(&mut self, network: &mut Network<T>) {
        let (alpha, beta) = network.as_mut_slices();
        self.inference.store(alpha, beta);
    }

    /// The evaluation as a job for a crew: done when each thread that was called with its number has come back,
    /// however many were.
    pub fn job(&mut self) -> impl Fn(usize) + Sync {
        let Self { sets, inference, .. } = self;
        let pieces = Mutex::new(sets.iter_mut().flat_map(Set::pieces));
        move |me| {
            let next = || locked(&pieces).next();
            while let Some((rows, wanted)) = next() {
                inference.run(me, rows, wanted);
            }
        }
    }

    /// Evaluates with all threads of `crew`, of which this one does `meanwhile` first; timed for an epoch by `watch`.
    pub fn evaluate<R>(
        &mut self,
        crew: &Crew,
        watch: Option<Stopwatch>,
        meanwhile: impl FnOnce() -> R,
    ) -> (R, Evaluated) {
        let (job, watch) = (self.job(), &watch);
        let nanoseconds = AtomicU64::new(0);
        let evaluate = |me| {
            let start = Instant::now();
            job(me);
            nanoseconds.fetch_add(start.elapsed().as_nanos() as u64, Ordering::Relaxed);
            if let Some(watch) = watch {
                watch.of_thread(me).span(Work::Evaluation, start);
            }
        };
        let (result, waiting) = crew.beside(&evaluate, || {
            let result = meanwhile();
            evaluate(0);
            (result, Instant::now())
        });
        let waiting_seconds = waiting.elapsed().as_secs_f64();
        if let Some(watch) = watch {
            watch.of_thread(0).span(Work::Waiting, waiting);
        }
        let seconds = 1e-9 * nanoseconds.into_inner() as f64;
        (result, Evaluated { seconds, waiting_seconds })
    }

    /// The mean cross-entropies that a [`job`](Self::job) came to, of the training set and of the validation set if
    /// there is one; not finite where the network has diverged.
    pub fn cross_entropies(&self) -> (f64, Option<f64>) {
        let mut means = self.sets.iter().map(Set::cross_entropy);
        (means.next().expect("a training set"), means.next())
    }

    /// How good the network is on both sets.
    pub fn test(mut self, crew: &Crew) -> (Evaluation, Option<Evaluation>) {
        for set in &mut self.sets {
            set.predictions = vec![0; set.prepared.data.examples()];
        }
        let job = self.job();
        crew.beside(&job, || job(0));
        drop(job);
        let mut evaluations = self.sets.into_iter().map(Set::evaluation);
        (evaluations.next().expect("a training set"), evaluations.next())
    }
}

impl<T: Number> Set<'_, T> {
    /// Some batches at a time, and what is wanted of them.
    fn pieces(&mut self) -> impl Iterator<Item = (Rows<'_, T>, Wanted<'_, T>)> {
        const PIECE: usize = BATCHES * BATCH;
        let Self { prepared: Prepared { data, inputs, .. }, losses, predictions } = self;
        let (inputs, mut predictions) = (&**inputs, predictions.chunks_mut(PIECE));
        let pieces = data.labels().chunks(PIECE).zip(losses.chunks_mut(BATCHES));
        pieces.enumerate().map(move |(i, (labels, losses))| {
            let rows = inputs.rows(i * PIECE, i * PIECE + labels.len());
            (rows, Wanted::Losses { labels, losses, predictions: predictions.next() })
        })
    }

    /// The mean over all examples. The sums of the batches are added in file order, so that it does not depend on who
    /// computed which.
    fn cross_entropy(&self) -> f64 {
        self.losses.iter().sum::<f64>() / self.prepared.data.examples() as f64
    }

    fn evaluation(self) -> Evaluation {
        let (cross_entropy, labels) = (self.cross_entropy(), self.prepared.data.labels());
        let wrong = self.predictions.iter().zip(labels).filter(|(p, y)| p != y).count();
        let error = wrong as f64 / labels.len() as f64;
        Evaluation { cross_entropy, predictions: self.predictions, error }
    }
}
