//! How good a network is on a data set: cross-entropy, predictions, error rate.
//!
//! Computed batch by batch with the kernels of the blocked engine, whatever engine trains: the same
//! network has the same losses, to the bit, under any engine, BLAS library, instruction set and
//! number of threads.

use super::prepared::PreparedDataset;
use crate::data::Dataset;
use crate::error::{Error, Result};
use crate::network::Network;
use ndarray::Array2;
use rankone_kernels::Isa;
use rankone_kernels::Number;
use rankone_kernels::profile::{Laps, Stopwatch, Work};
use rankone_kernels::thread_pool::{ThreadPool, locked};
use rankone_kernels::{BATCH, Inference, InputRows, Wanted};
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

/// How many examples a class has, and how many of them are predicted wrong.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ClassErrors {
    /// The examples of the class.
    pub examples: usize,
    /// Those that are predicted as another class.
    pub wrong: usize,
}

impl ClassErrors {
    /// The share of the examples that are predicted wrong; `None` where there are no examples.
    pub fn error(self) -> Option<f64> {
        (self.examples > 0).then(|| self.wrong as f64 / self.examples as f64)
    }
}

impl Evaluation {
    /// Counts examples and errors of each of K `classes`, given the `labels` of the data set.
    ///
    /// # Panics
    /// Where a label is not below K.
    pub fn class_errors(&self, labels: &[usize], classes: usize) -> Vec<ClassErrors> {
        let mut counts = vec![ClassErrors::default(); classes];
        for (&label, &predicted) in labels.iter().zip(&self.predictions) {
            counts[label].examples += 1;
            counts[label].wrong += usize::from(label != predicted);
        }
        counts
    }

    /// Counts how often each label was predicted as each of K `classes`, given the `labels` of the
    /// data set: K x K, rows are labels, columns predictions.
    ///
    /// # Panics
    /// Where a label is not below K.
    pub fn confusion(&self, labels: &[usize], classes: usize) -> Array2<usize> {
        let mut counts = Array2::zeros((classes, classes));
        for (&label, &predicted) in labels.iter().zip(&self.predictions) {
            counts[[label, predicted]] += 1;
        }
        counts
    }
}

impl<T: Number> Network<T> {
    /// How good the network is on `data`.
    ///
    /// # Errors
    /// [`Error::Mismatch`] where M or K of the two differ, [`Error::Scores`] where the network's
    /// weights are so large that the mean cross-entropy is not finite.
    pub fn evaluate(&self, data: &Dataset<T>) -> Result<Evaluation> {
        self.evaluate_with(data, Isa::detect())
    }

    /// [`evaluate`](Self::evaluate), with the instructions of `isa`.
    ///
    /// # Errors
    /// Those of [`evaluate`](Self::evaluate).
    pub fn evaluate_with(&self, data: &Dataset<T>, isa: Isa) -> Result<Evaluation> {
        let data_shape = (data.inputs(), data.classes());
        if data_shape != (self.inputs(), self.classes()) {
            return Err(Error::Mismatch {
                what: "inputs and classes of the data set",
                found: format!("{data_shape:?}"),
                expected: format!("{:?} as in the network", (self.inputs(), self.classes())),
            });
        }
        let (products, prepared) =
            (data.examples() * self.weights(), PreparedDataset::new(data, isa));
        let pool = ThreadPool::for_products(products);
        let mut evaluator = Evaluator::new(prepared, None, self.hidden(), pool.size());
        evaluator.load(self);
        let (evaluation, _) = evaluator.test(&pool);
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
    sets: Vec<EvaluatedSet<'a, T>>,
    /// M+1, D, K.
    shape: (usize, usize, usize),
    inference: Inference<T>,
}

/// A data set, and what came out.
#[derive(Debug)]
struct EvaluatedSet<'a, T> {
    prepared: PreparedDataset<'a, T>,
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
        train: PreparedDataset<'a, T>,
        validation: Option<PreparedDataset<'a, T>>,
        hidden: usize,
        threads: usize,
    ) -> Self {
        let shape = train.shape(hidden);
        let inference = Inference::new(shape, threads, train.isa);
        let set = |prepared: PreparedDataset<'a, T>| {
            let losses = vec![0.0; prepared.data.examples().div_ceil(BATCH)];
            EvaluatedSet { prepared, losses, predictions: Vec::new() }
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

    /// The evaluation as a job for a pool: done when each thread that was called with its number
    /// has come back, however many were.
    pub fn job(&mut self) -> impl Fn(usize) + Sync {
        let Self { sets, inference, .. } = self;
        let pieces = Mutex::new(sets.iter_mut().flat_map(EvaluatedSet::pieces));
        move |me| {
            let next = || locked(&pieces).next();
            while let Some((rows, wanted)) = next() {
                inference.run(me, rows, wanted);
            }
        }
    }

    /// Evaluates with all threads of `pool`, of which this one does `meanwhile` first; timed for an
    /// epoch by `watch`.
    pub fn evaluate<R>(
        &mut self,
        pool: &ThreadPool,
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
        let (result, waiting) = pool.beside(&evaluate, || {
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

    /// The mean cross-entropies that a [`job`](Self::job) came to, of the training set and of the
    /// validation set if there is one; not finite where the network has diverged.
    pub fn cross_entropies(&self) -> (f64, Option<f64>) {
        let mut means = self.sets.iter().map(EvaluatedSet::cross_entropy);
        (means.next().expect("a training set"), means.next())
    }

    /// How good the network is on both sets.
    pub fn test(mut self, pool: &ThreadPool) -> (Evaluation, Option<Evaluation>) {
        for set in &mut self.sets {
            set.predictions = vec![0; set.prepared.data.examples()];
        }
        let job = self.job();
        pool.beside(&job, || job(0));
        drop(job);
        let mut evaluations = self.sets.into_iter().map(EvaluatedSet::evaluation);
        (evaluations.next().expect("a training set"), evaluations.next())
    }
}

impl<T: Number> EvaluatedSet<'_, T> {
    /// Some batches at a time, and what is wanted of them.
    fn pieces(&mut self) -> impl Iterator<Item = (InputRows<'_, T>, Wanted<'_, T>)> {
        const PIECE: usize = BATCHES * BATCH;
        let Self { prepared: PreparedDataset { data, inputs, .. }, losses, predictions } = self;
        let (inputs, mut predictions) = (&**inputs, predictions.chunks_mut(PIECE));
        let pieces = data.labels().chunks(PIECE).zip(losses.chunks_mut(BATCHES));
        pieces.enumerate().map(move |(i, (labels, losses))| {
            let rows = inputs.rows(i * PIECE, i * PIECE + labels.len());
            (rows, Wanted::Losses { labels, losses, predictions: predictions.next() })
        })
    }

    /// The mean over all examples. The sums of the batches are added in file order, so that it does
    /// not depend on who computed which.
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::reference;
    use crate::network::Init;
    use ndarray::{ShapeBuilder, array};

    #[test]
    fn batches_agree_with_the_modules_one_example_at_a_time() {
        // More than two batches, the last one short.
        let n = 2 * BATCH + 3;
        for m in [4, 60] {
            let value = |(i, j)| ((i * 7 + j * 3) % 10) as f64 / 10.0;
            let features = Array2::from_shape_fn((n, m), value);
            let labels = (0..n).map(|i| i % 3).collect();
            let data = Dataset::new(features.view(), labels, 3).unwrap();
            let network = Network::new(m, 5, 3, Init::Random, 1).unwrap();
            let examples = features.rows().into_iter().zip(data.labels());
            let losses = examples.map(|(x, &y)| reference::forward(&network, x, y).j);
            let mean = losses.sum::<f64>() / n as f64;
            let nan = |rows, columns| Array2::from_elem((rows, columns), f64::NAN);
            let diverged = Network::from_parameters(nan(5, m + 1), nan(3, 6)).unwrap();
            let expected = network.evaluate(&data).unwrap();
            assert!((expected.cross_entropy - mean).abs() <= 1e-14, "{expected:?} {mean}");
            let prepared = PreparedDataset::new(&data, Isa::detect());
            for threads in [1, 2, 3, 7, 64] {
                let pool = ThreadPool::new(threads);
                let sets = (prepared.clone(), Some(prepared.clone()));
                let mut evaluator = Evaluator::new(sets.0, sets.1, 5, threads);
                // Whatever a network that has diverged leaves must not be read.
                evaluator.load(&diverged);
                evaluator.job()(0);
                evaluator.inference.fill_scratch(f64::NAN);
                evaluator.sets.iter_mut().for_each(|set| set.losses.fill(f64::NAN));
                evaluator.load(&network);
                let found = evaluator.test(&pool);
                assert_eq!(found, (expected.clone(), Some(expected.clone())), "{threads} threads");
            }
            // Predicted from arrays of either layout, as training does.
            let y_hat = network.probabilities(features.view()).unwrap();
            let columns = Array2::from_shape_fn((n, m).f(), value);
            assert_eq!(network.probabilities(columns.view()).unwrap(), y_hat);
            assert_eq!(network.predict(columns.view()).unwrap(), expected.predictions);
            for (i, y_hat) in y_hat.rows().into_iter().enumerate() {
                let textbook = reference::forward(&network, features.row(i), 0).y_hat;
                assert!(y_hat.iter().zip(&textbook).all(|(p, q)| (p - q).abs() <= 1e-15));
                assert!(y_hat.iter().all(|p| *p <= y_hat[expected.predictions[i]]));
            }
        }
    }

    #[test]
    fn losses_and_probabilities_of_scores_of_every_size() {
        let with_scores = |scores: [f64; 3]| {
            let beta = Array2::from_shape_fn((3, 2), |(k, j)| if j == 0 { scores[k] } else { 0.0 });
            Network::from_parameters(Array2::zeros((1, 2)), beta).unwrap()
        };
        for scores in [[0.1, -2.0, 1.5], [299.0, 300.0, -299.0], [800.0, 801.0, -900.0], [-1e4; 3]]
        {
            let highest = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            let weights = scores.map(|b| (b - highest).exp());
            let sum = weights.iter().sum::<f64>();
            let network = with_scores(scores);
            for y in 0..3 {
                let data = Dataset::new(array![[1.0]].view(), vec![y], 3).unwrap();
                let loss = network.evaluate(&data).unwrap().cross_entropy;
                let expected = sum.ln() + highest - scores[y];
                let error = (loss - expected).abs();
                assert!(
                    error <= 1e-15 * highest.abs().max(1.0) && loss >= 0.0,
                    "{scores:?} {loss}"
                );
            }
            let y_hat = network.probabilities(array![[1.0]].view()).unwrap();
            let expected = weights.map(|weight| weight / sum);
            assert!(y_hat.iter().zip(expected).all(|(y, e)| (y - e).abs() <= 1e-15), "{scores:?}");
        }
        // That many classes, all alike, many times over: the product of their sums does not
        // overflow.
        let (k, n) = (1 << 16, BATCH);
        let network = Network::<f64>::from_parameters(Array2::zeros((1, 2)), Array2::zeros((k, 2)));
        let data = Dataset::new(Array2::zeros((n, 1)).view(), vec![7; n], k).unwrap();
        let loss = network.unwrap().evaluate(&data).unwrap().cross_entropy;
        assert!((loss - (k as f64).ln()).abs() <= 1e-14, "{loss}");
    }

    #[test]
    fn ties_go_to_the_lowest_index() {
        let data = Dataset::new(array![[1.0], [0.5]].view(), vec![0, 3], 4).unwrap();
        let beta = array![[0.0, 0.0], [2.0, 0.0], [2.0, 0.0], [1.0, 0.0]];
        let network = Network::from_parameters(Array2::zeros((1, 2)), beta).unwrap();
        let evaluation = network.evaluate(&data).unwrap();
        assert_eq!((&evaluation.predictions[..], evaluation.error), (&[1, 1][..], 1.0));
        let errors = evaluation.class_errors(&[1, 3], 4).into_iter().map(ClassErrors::error);
        assert_eq!(errors.collect::<Vec<_>>(), [None, Some(0.0), None, Some(1.0)]);
        let confusion = evaluation.confusion(&[1, 3], 4);
        assert_eq!((confusion[[1, 1]], confusion[[3, 1]], confusion.sum()), (1, 1, 2));
    }
}
