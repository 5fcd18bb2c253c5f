//! Examples through a network, for its losses and predictions.

use super::alpha::{Alpha, RowShape};
use super::beta::Beta;
use super::inputs::{Inputs, Rows};
use super::scores::Scores;
use crate::number::{Number, compiled_for};
use crate::simd::Vector;
use crate::simd::exp::sigmoid_row;
use crate::simd::isa::{Isa, Kernel};
use std::thread;

/// Examples that go through the network together. Their losses are summed first, then those sums in file
/// order, so that the mean does not depend on how many threads share the work.
pub const BATCH: usize = 32;

/// A network that examples are put through, as the kernels store it, and scratch for each thread.
#[derive(Debug)]
pub struct Inference<T: Number> {
    isa: Isa,
    alpha: Alpha<T>,
    beta: Beta<T>,
    scores: Scores<T>,
    /// One a thread.
    scratches: Vec<BatchScratch<T>>,
    /// Cross-entropy of each batch, summed.
    losses: Vec<f64>,
}

/// What one batch leaves on its way.
#[derive(Clone, Debug)]
struct BatchScratch<T: Number> {
    /// BATCH x stride vectors: `a`, then `z`.
    a: Vec<Vector<T>>,
    /// BATCH rows of scores: `b`.
    b: Vec<Vector<T>>,
}

impl<T: Number> Inference<T> {
    /// For networks of D = `hidden` and K = `classes` and up to `examples` examples of `columns` inputs,
    /// constant included, which `threads` share as far as there are batches for them.
    pub fn new(
        (columns, hidden, classes): (usize, usize, usize),
        examples: usize,
        threads: usize,
        isa: Isa,
    ) -> Self {
        let (alpha, scores) = (Alpha::new(hidden, columns), Scores::new(classes));
        let beta = Beta::new(0..hidden, &scores);
        let batches = examples.div_ceil(BATCH);
        let scratch = BatchScratch {
            a: vec![Vector::ZERO; BATCH * alpha.row().stride],
            b: vec![Vector::ZERO; BATCH * scores.vectors()],
        };
        let scratches = vec![scratch; threads.clamp(1, batches.max(1))];
        Self { isa, alpha, beta, scores, scratches, losses: vec![0.0; batches] }
    }

    /// Takes a network's parameters: `alpha`, D x (M+1), and `beta`, K x (D+1), both row-major.
    pub fn load(&mut self, alpha: &[T], beta: &[T]) {
        self.alpha.load(alpha);
        self.beta.load(beta, &self.scores);
    }

    /// The mean over all examples of `J = -log y_hat[y]`, N of them with `labels`, from scores and not from
    /// probabilities, so that no loss is too large for it. `predictions`, N if wanted, gets the class of
    /// the highest score of each, the first of equals.
    pub fn cross_entropy(
        &mut self,
        inputs: &Inputs<T>,
        labels: &[usize],
        predictions: Option<&mut [usize]>,
    ) -> f64 {
        let Self { isa, alpha, beta, scores, scratches, losses } = self;
        let (isa, alpha, beta, scores) = (*isa, &*alpha, &*beta, &*scores);
        let batches = labels.len().div_ceil(BATCH);
        let share = batches.div_ceil(scratches.len());
        let mut predictions = predictions.map(|all| all.chunks_mut(share * BATCH));
        let shares = losses[..batches].chunks_mut(share).zip(scratches).enumerate();
        let mut shares = shares.map(|(i, (losses, scratch))| {
            let first = i * share * BATCH;
            let last = labels.len().min(first + share * BATCH);
            let predictions = predictions.as_mut().and_then(Iterator::next);
            let wanted = Wanted::Losses { labels: &labels[first..last], losses, predictions };
            Batches { rows: inputs.rows(first, last), alpha, beta, scores, scratch, wanted }
        });
        let own = shares.next();
        thread::scope(|scope| {
            for share in shares {
                scope.spawn(move || run(isa, share));
            }
            if let Some(share) = own {
                run(isa, share);
            }
        });
        self.losses[..batches].iter().sum::<f64>() / labels.len() as f64
    }

    /// `y_hat = softmax(b)` of each example, N x K row-major, and the class of the highest score of each,
    /// the first of equals, N; false where a score is not finite.
    pub fn predict(
        &mut self,
        inputs: &Inputs<T>,
        y_hat: &mut [T],
        predictions: &mut [usize],
    ) -> bool {
        let mut finite = true;
        let wanted = Wanted::Probabilities { y_hat, predictions, finite: &mut finite };
        let Self { isa, alpha, beta, scores, scratches, .. } = self;
        let (rows, scratch) = (inputs.rows(0, inputs.len()), &mut scratches[0]);
        run(*isa, Batches { rows, alpha, beta, scores, scratch, wanted });
        finite
    }

    /// Overwrites what passes from one call to the next.
    #[cfg(test)]
    pub fn fill(&mut self, garbage: T) {
        self.losses.fill(f64::NAN);
        for BatchScratch { a, b } in &mut self.scratches {
            a.iter_mut().chain(b).for_each(|vectors| *vectors = Vector::splat(garbage));
        }
    }
}

/// Some batches of examples, all but the last of them full.
#[derive(Debug)]
pub struct Batches<'a, T: Number> {
    /// n examples.
    rows: Rows<'a, T>,
    alpha: &'a Alpha<T>,
    beta: &'a Beta<T>,
    scores: &'a Scores<T>,
    scratch: &'a mut BatchScratch<T>,
    wanted: Wanted<'a, T>,
}

/// [`Batches`] as compiled for an instruction set.
type RunBatches<T> = for<'a> fn(Isa, Batches<'a, T>);
static RUN_F64: RunBatches<f64> = |isa, batches| isa.run(batches);
static RUN_F32: RunBatches<f32> = |isa, batches| isa.run(batches);

fn run<T: Number>(isa: Isa, batches: Batches<T>) {
    compiled_for::<RunBatches<T>>([&RUN_F64, &RUN_F32])(isa, batches);
}

/// What is wanted of the scores.
#[derive(Debug)]
enum Wanted<'a, T> {
    Losses {
        /// n.
        labels: &'a [usize],
        /// One a batch.
        losses: &'a mut [f64],
        /// n.
        predictions: Option<&'a mut [usize]>,
    },
    Probabilities {
        /// n x K.
        y_hat: &'a mut [T],
        /// n.
        predictions: &'a mut [usize],
        finite: &'a mut bool,
    },
}

impl<T: Number> Kernel for Batches<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        match self.scores.chunk() {
            10 => self.run_in_chunks::<10>(),
            _ => self.run_in_chunks::<8>(),
        }
    }
}

impl<T: Number> Batches<'_, T> {
    /// With an output layer in chunks of C classes.
    #[inline(always)]
    fn run_in_chunks<const C: usize>(self) {
        let Self { rows, alpha, beta, scores, scratch: BatchScratch { a, b }, mut wanted } = self;
        let (RowShape { vectors, stride }, width) = (alpha.row(), scores.vectors());
        for first in (0..rows.len()).step_by(BATCH) {
            let last = rows.len().min(first + BATCH);
            alpha.product(&rows.part(first, last), a);
            let b = &mut b[..(last - first) * width];
            for (row, b) in a.chunks_exact_mut(stride).zip(b.chunks_exact_mut(width)) {
                let z = &mut row[..vectors];
                sigmoid_row(z);
                beta.scores::<C>(z, b);
            }
            match &mut wanted {
                Wanted::Losses { labels, losses, predictions } => {
                    if let Some(predictions) = predictions {
                        let predictions = predictions[first..last].iter_mut();
                        for (prediction, b) in predictions.zip(b.chunks_exact(width)) {
                            *prediction = scores.best(b);
                        }
                    }
                    // A loop and not a fold: what is handed to a function that the compiler does not
                    // inline is compiled without this instruction set.
                    let loss = &mut losses[first / BATCH];
                    *loss = 0.0;
                    for (b, &y) in b.chunks_exact_mut(width).zip(&labels[first..last]) {
                        *loss += scores.cross_entropy::<C>(b, y);
                    }
                }
                Wanted::Probabilities { y_hat, predictions, finite } => {
                    let k = scores.classes();
                    let rows = y_hat[first * k..last * k].chunks_exact_mut(k);
                    let rows = rows.zip(&mut predictions[first..last]);
                    for ((y_hat, prediction), b) in rows.zip(b.chunks_exact_mut(width)) {
                        **finite &= scores.is_finite(b);
                        *prediction = scores.best(b);
                        scores.probabilities(b, y_hat);
                    }
                }
            }
        }
    }
}
