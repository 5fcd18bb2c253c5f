//! Examples through a network, for its losses and predictions.

use super::alpha::{Alpha, RowShape};
use super::beta::Beta;
use super::inputs::Rows;
use super::scores::Scores;
use crate::crew::locked;
use crate::number::{Number, compiled_for};
use crate::simd::Vector;
use crate::simd::exp::sigmoid_row;
use crate::simd::isa::{Isa, Kernel};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

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
    /// One a thread, locked by no other.
    scratches: Vec<Mutex<BatchScratch<T>>>,
}

/// What one batch leaves on its way.
#[derive(Debug)]
struct BatchScratch<T: Number> {
    /// BATCH x stride vectors: `a`, then `z`.
    a: Vec<Vector<T>>,
    /// BATCH rows of scores: `b`.
    b: Vec<Vector<T>>,
}

impl<T: Number> Inference<T> {
    /// For networks of D = `hidden` and K = `classes` and examples of `columns` inputs, constant included, by
    /// `threads` threads.
    pub fn new(
        (columns, hidden, classes): (usize, usize, usize),
        threads: usize,
        isa: Isa,
    ) -> Self {
        let (alpha, scores) = (Alpha::new(hidden, columns), Scores::new(classes));
        let scratch = |_| {
            Mutex::new(BatchScratch {
                a: vec![Vector::ZERO; BATCH * alpha.row().stride],
                b: vec![Vector::ZERO; BATCH * scores.vectors()],
            })
        };
        let scratches = (0..threads).map(scratch).collect();
        Self { isa, beta: Beta::new(0..hidden, &scores), alpha, scores, scratches }
    }

    /// Takes a network's parameters: `alpha`, D x (M+1), and `beta`, K x (D+1), both row-major.
    pub fn load(&mut self, alpha: &[T], beta: &[T]) {
        self.alpha.load(alpha);
        self.beta.load(beta, &self.scores);
    }

    /// The inverse of [`load`](Self::load).
    pub fn store(&mut self, alpha: &mut [T], beta: &mut [T]) {
        self.alpha.store(alpha);
        self.beta.store(beta, &self.scores);
    }

    /// Puts `rows` through the network, on thread `me`.
    pub fn run(&self, me: usize, rows: Rows<T>, wanted: Wanted<T>) {
        let Self { isa, alpha, beta, scores, scratches } = self;
        let mut scratch = locked(&scratches[me]);
        let batches = Batches { rows, alpha, beta, scores, scratch: &mut scratch, wanted };
        compiled_for::<RunBatches<T>>([&RUN_F64, &RUN_F32])(*isa, batches);
    }

    /// Overwrites what passes from one call to the next.
    #[cfg(test)]
    pub fn fill(&mut self, garbage: T) {
        for scratch in &mut self.scratches {
            let BatchScratch { a, b } = scratch.get_mut().unwrap();
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

/// What is wanted of the scores.
#[derive(Debug)]
pub enum Wanted<'a, T> {
    /// `J = -log y_hat[y]` of each example, summed over each batch; from scores and not from probabilities, so that no
    /// loss is too large for it.
    Losses {
        /// n.
        labels: &'a [usize],
        /// One a batch.
        losses: &'a mut [f64],
        /// n, if wanted: the class of the highest score of each, the first of equals.
        predictions: Option<&'a mut [usize]>,
    },
    /// The same predictions, and probabilities.
    Predictions {
        /// n.
        predictions: &'a mut [usize],
        /// `y_hat = softmax(b)` of each, n x K row-major, if wanted.
        y_hat: Option<&'a mut [T]>,
        /// Becomes false where a score is not finite.
        finite: &'a AtomicBool,
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
                Wanted::Predictions { predictions, y_hat, finite } => {
                    let k = scores.classes();
                    for (i, b) in (first..last).zip(b.chunks_exact_mut(width)) {
                        if !scores.is_finite(b) {
                            finite.store(false, Ordering::Relaxed);
                        }
                        predictions[i] = scores.best(b);
                        if let Some(y_hat) = y_hat {
                            scores.probabilities(b, &mut y_hat[i * k..(i + 1) * k]);
                        }
                    }
                }
            }
        }
    }
}
