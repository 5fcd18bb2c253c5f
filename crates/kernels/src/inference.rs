//! Examples through a network, for its losses and predictions.
//!
//! No example waits for another one here. So the output layer takes a *group* of examples, as many
//! as a vector has lanes, each with its own lane: what follows the scores is then the same
//! instructions for all of them.

use super::alpha::Alpha;
use super::beta::Beta;
use super::inputs::InputRows;
use super::scores::Scores;
use crate::number::{Number, compiled_for};
use crate::simd::exp::{exp, sigmoid_row};
use crate::simd::isa::{Isa, Kernel};
use crate::simd::{Vector, one_by_one};
use crate::thread_pool::locked;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

/// Examples that go through the network together. Their losses are summed first, then those sums in
/// file order, so that the mean does not depend on how many threads share the work.
pub const BATCH: usize = 32;

/// Vectors of a tile of alpha at most. Nothing is updated here: so tiles may be as narrow as the
/// first-level cache likes.
const WIDTH_OF_TILES: usize = 4;

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
    /// C x WIDTH vectors, for each class of a chunk and each example of a group one whose lanes add
    /// up to the score.
    sums: Vec<Vector<T>>,
    /// A group's scores, a vector for each of the K classes and those that fill the last chunk.
    b: Vec<Vector<T>>,
    /// `exp(b_k - max b)` of them.
    terms: Vec<Vector<T>>,
}

impl<T: Number> Inference<T> {
    /// For networks of D = `hidden` and K = `classes` and examples of `columns` inputs, constant
    /// included, by `threads` threads.
    pub fn new(
        (columns, hidden, classes): (usize, usize, usize),
        threads: usize,
        isa: Isa,
    ) -> Self {
        let (alpha, scores) = (Alpha::new(hidden, columns, WIDTH_OF_TILES), Scores::new(classes));
        let scratch = |_| {
            Mutex::new(BatchScratch {
                a: vec![Vector::ZERO; BATCH * alpha.row().stride],
                sums: vec![Vector::ZERO; scores.chunk() * T::WIDTH],
                b: vec![Vector::ZERO; scores.chunked_classes()],
                terms: vec![Vector::ZERO; scores.classes()],
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
    pub fn run(&self, me: usize, rows: InputRows<T>, wanted: Wanted<T>) {
        let Self { isa, alpha, beta, scores, scratches } = self;
        let mut scratch = locked(&scratches[me]);
        let batches = Batches { rows, alpha, beta, scores, scratch: &mut scratch, wanted };
        compiled_for::<RunBatches<T>>([&RUN_F64, &RUN_F32])(batches, *isa);
    }

    /// Fills all scratch memory with `value`: nothing that is computed depends on it, as tests
    /// show.
    pub fn fill_scratch(&mut self, value: T) {
        for scratch in &mut self.scratches {
            let BatchScratch { a, sums, b, terms } = scratch.get_mut().unwrap();
            let all = a.iter_mut().chain(sums).chain(b).chain(terms);
            all.for_each(|vectors| *vectors = Vector::splat(value));
        }
    }
}

/// Some batches of examples, all but the last of them full.
#[derive(Debug)]
pub struct Batches<'a, T: Number> {
    /// n examples.
    rows: InputRows<'a, T>,
    alpha: &'a Alpha<T>,
    beta: &'a Beta<T>,
    scores: &'a Scores<T>,
    scratch: &'a mut BatchScratch<T>,
    wanted: Wanted<'a, T>,
}

/// [`Batches::run`].
type RunBatches<T> = for<'a> fn(Batches<'a, T>, Isa);
static RUN_F64: RunBatches<f64> = |batches, isa| batches.run(isa);
static RUN_F32: RunBatches<f32> = |batches, isa| batches.run(isa);

/// What is wanted of the scores.
#[derive(Debug)]
pub enum Wanted<'a, T> {
    /// `J = -log y_hat[y] = log sum_k exp(b_k - max b) + max b - b_y` of the examples, summed over
    /// each batch: a sum of logarithms is the logarithm of a product. From scores and not from
    /// probabilities, so that no loss is too large.
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

impl<T: Number> Batches<'_, T> {
    fn run(mut self, isa: Isa) {
        let n = self.rows.examples();
        for first in (0..n).step_by(BATCH) {
            let last = n.min(first + BATCH);
            self.alpha.product(isa, &self.rows.part(first, last), &mut self.scratch.a);
            isa.run(Batch { of: &mut self, first, last });
        }
    }
}

/// One batch, those examples from `first` to before `last`, after the product with alpha.
#[derive(Debug)]
struct Batch<'b, 'a, T: Number> {
    of: &'b mut Batches<'a, T>,
    first: usize,
    last: usize,
}

impl<T: Number> Kernel for Batch<'_, '_, T> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        match self.of.scores.chunk() {
            10 => self.run_in_chunks::<10, 5>(),
            _ => self.run_in_chunks::<8, 4>(),
        }
    }
}

impl<T: Number> Batch<'_, '_, T> {
    /// With an output layer in chunks of C classes, of which H, a half, are summed at once.
    #[inline(always)]
    fn run_in_chunks<const C: usize, const H: usize>(self) {
        let Self { of, first, last } = self;
        let Batches { alpha, beta, scores, scratch, wanted, .. } = of;
        let BatchScratch { a, sums, b, terms } = &mut **scratch;
        let (row, k) = (alpha.row(), scores.classes());
        // Of the batch's examples: the product of their sums of terms, each of which is at least 1
        // and at most K, so that it does not overflow; and how far the scores of their classes are
        // below the highest, in all.
        let (mut product, mut shortfall) = (1.0, 0.0);
        let groups = (first..last).step_by(T::WIDTH).zip(a.chunks_mut(T::WIDTH * row.stride));
        for (first, a) in groups {
            let n = T::WIDTH.min(last - first);
            let a = &mut a[..n * row.stride];
            for a in a.chunks_exact_mut(row.stride) {
                sigmoid_row(&mut a[..row.vectors]);
            }
            // Lanes from n on mean nothing.
            beta.scores_of_group::<C, H>(a, row, sums, b);
            let (best, highest, sum) = softmax(&b[..k], terms);
            match wanted {
                Wanted::Losses { labels, predictions, .. } => {
                    for (e, &y) in labels[first..first + n].iter().enumerate() {
                        product *= sum[e].as_f64();
                        shortfall += highest[e].as_f64() - b[y][e].as_f64();
                    }
                    if let Some(predictions) = predictions {
                        store(best, &mut predictions[first..first + n]);
                    }
                }
                Wanted::Predictions { predictions, y_hat, finite } => {
                    store(best, &mut predictions[first..first + n]);
                    if !b[..k].iter().all(|b| b.as_slice()[..n].iter().all(|b| b.is_finite())) {
                        finite.store(false, Ordering::Relaxed);
                    }
                    if let Some(y_hat) = y_hat {
                        let y_hat = y_hat[first * k..].chunks_exact_mut(k);
                        for (e, y_hat) in y_hat.take(n).enumerate() {
                            for (y_hat, terms) in y_hat.iter_mut().zip(&*terms) {
                                *y_hat = terms[e] / sum[e];
                            }
                        }
                    }
                }
            }
        }
        if let Wanted::Losses { losses, .. } = wanted {
            losses[first / BATCH] = libm::log(product) + shortfall;
        }
    }
}

/// Of a group's scores `b`: the number of the class with the highest, the first of equals; the
/// highest; and the sum of `terms_k = exp(b_k - highest)`. Infinite scores and NaN show in the sum,
/// or in the highest.
#[inline(always)]
fn softmax<T: Number>(
    b: &[Vector<T>],
    terms: &mut [Vector<T>],
) -> (Vector<T>, Vector<T>, Vector<T>) {
    let (mut best, mut highest) = (Vector::ZERO, b[0]);
    let mut number = T::zero();
    for b in &b[1..] {
        one_by_one();
        number += T::one();
        for e in 0..T::WIDTH {
            let is_higher = b[e] > highest[e];
            best[e] = if is_higher { number } else { best[e] };
            highest[e] = if is_higher { b[e] } else { highest[e] };
        }
    }
    let mut sum = Vector::ZERO;
    for (b, term) in b.iter().zip(terms) {
        one_by_one();
        *term = exp(*b - highest);
        sum = sum + *term;
    }
    (best, highest, sum)
}

/// A group's class `numbers` as predictions.
#[inline(always)]
fn store<T: Number>(numbers: Vector<T>, predictions: &mut [usize]) {
    for (prediction, number) in predictions.iter_mut().zip(numbers.as_slice()) {
        *prediction = number.as_f64() as usize;
    }
}
