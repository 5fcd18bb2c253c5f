//! The output layer: scores, and the pass over D that goes back through it.

use super::softmax;
use crate::number::Number;
use crate::simd::exp::{sigmoid, sigmoid_slope};
use crate::simd::{Vector, one_by_one, settled, vectors_for};
use std::hint::black_box;

/// `beta`, its classes cut into chunks of `C` whose weights for one vector of hidden units are contiguous.
///
/// A row of scores has whole vectors for each chunk; weights and bias where there is no class are 0.
#[derive(Clone, Debug)]
pub struct Beta<T: Number> {
    /// D.
    units: usize,
    /// K.
    classes: usize,
    /// C, one of [`CHUNKS`].
    chunk: usize,
    /// `beta[:, 0]`, chunks x vectors of C.
    bias: Vec<Vector<T>>,
    /// The number of each class, -1 where there is none: chunks x vectors of C.
    numbers: Vec<Vector<T>>,
    /// `beta[:, 1:]`, vectors of D x chunks x C.
    weights: Vec<Vector<T>>,
}

/// The chunk sizes that kernels are compiled for.
const CHUNKS: [usize; 2] = [10, 8];

impl<T: Number> Beta<T> {
    pub fn new(units: usize, classes: usize) -> Self {
        assert!(classes <= 1 << 24, "an f32 tells no more classes apart");
        // The fewest classes in all, then the fewest chunks.
        let chunk = *CHUNKS
            .iter()
            .min_by_key(|&&c| classes.next_multiple_of(c))
            .expect("there are chunk sizes");
        let chunks = classes.div_ceil(chunk);
        let mut beta = Self {
            units,
            classes,
            chunk,
            bias: vec![Vector::ZERO; chunks * vectors_for::<T>(chunk)],
            numbers: vec![Vector::splat(-T::one()); chunks * vectors_for::<T>(chunk)],
            weights: vec![Vector::ZERO; chunks * chunk * vectors_for::<T>(units)],
        };
        let mut number = T::zero();
        for k in 0..classes {
            let (vector, i) = beta.place(k);
            beta.numbers[vector][i] = number;
            number += T::one();
        }
        beta
    }

    /// K.
    pub fn classes(&self) -> usize {
        self.classes
    }

    /// C.
    pub fn chunk(&self) -> usize {
        self.chunk
    }

    /// How many vectors a row of scores has.
    pub fn score_vectors(&self) -> usize {
        self.bias.len()
    }

    /// Classes in all chunks.
    fn chunked_classes(&self) -> usize {
        self.classes.next_multiple_of(self.chunk)
    }

    /// Which vector of a row of scores class `k` is in, and where in it.
    #[inline(always)]
    fn place(&self, k: usize) -> (usize, usize) {
        let in_chunk = k % self.chunk;
        let first = k / self.chunk * vectors_for::<T>(self.chunk);
        (first + in_chunk / T::WIDTH, in_chunk % T::WIDTH)
    }

    /// Takes `beta`, K x (D+1) row-major.
    pub fn load(&mut self, beta: &[T]) {
        assert_eq!(beta.len(), self.classes * (self.units + 1));
        // Where there is no class too: a network that diverged left NaN there.
        self.bias.fill(Vector::ZERO);
        self.weights.fill(Vector::ZERO);
        let padded = self.chunked_classes();
        for (k, row) in beta.chunks_exact(self.units + 1).enumerate() {
            let (vector, i) = self.place(k);
            self.bias[vector][i] = row[0];
            let vectors = self.weights[k..].iter_mut().step_by(padded);
            for (vector, values) in vectors.zip(row[1..].chunks(T::WIDTH)) {
                *vector = Vector::load(values);
            }
        }
    }

    /// The inverse of [`load`](Self::load).
    pub fn store(&self, beta: &mut [T]) {
        assert_eq!(beta.len(), self.classes * (self.units + 1));
        let padded = self.chunked_classes();
        for (k, row) in beta.chunks_exact_mut(self.units + 1).enumerate() {
            let (vector, i) = self.place(k);
            row[0] = self.bias[vector][i];
            let vectors = self.weights[k..].iter().step_by(padded);
            for (vector, values) in vectors.zip(row[1..].chunks_mut(T::WIDTH)) {
                values.copy_from_slice(&vector.as_slice()[..values.len()]);
            }
        }
    }

    /// `b = beta z` for one example; `b` has [`score_vectors`](Self::score_vectors).
    #[inline(always)]
    pub fn scores<const C: usize>(&self, z: &[Vector<T>], b: &mut [Vector<T>]) {
        let weights = self.weights.as_chunks::<C>().0;
        let chunks = weights.len() / z.len();
        let width = vectors_for::<T>(C);
        let rows = b.chunks_exact_mut(width).zip(self.bias.chunks_exact(width));
        for (c, (b, bias)) in rows.take(chunks).enumerate() {
            let mut sums = [Vector::ZERO; C];
            for (weights, &z) in weights[c..].iter().step_by(chunks).zip(z) {
                one_by_one();
                for k in 0..C {
                    sums[k] = weights[k].mul_add(z, sums[k]);
                }
            }
            reduce(settled(sums), bias, b);
        }
    }

    /// Scores `b` into `h = -lr g_b = -lr (softmax(b) - onehot(y))`, in place; takes the step of the bias.
    #[inline(always)]
    pub fn softmax_and_bias_update<const C: usize>(
        &mut self,
        b: &mut [Vector<T>],
        y: usize,
        learning_rate: T,
    ) {
        let width = vectors_for::<T>(C);
        let (vector, i) = self.place(y);
        let y = self.numbers[vector][i];
        let (numbers, bias) = (&self.numbers, &mut self.bias);
        // With one chunk, the usual case, the scores stay in registers.
        if b.len() == width {
            let (b, numbers, bias) = (&mut b[..width], &numbers[..width], &mut bias[..width]);
            softmax::step_and_bias_update(b, numbers, bias, y, learning_rate);
        } else {
            softmax::step_and_bias_update(b, numbers, bias, y, learning_rate);
        }
    }

    /// The class with the highest score of `b`, the first of equals.
    #[inline(always)]
    pub fn best(&self, b: &[Vector<T>]) -> usize {
        let (mut best, mut highest) = (0, b[0][0]);
        for k in 1..self.classes {
            let (vector, i) = self.place(k);
            if b[vector][i] > highest {
                (best, highest) = (k, b[vector][i]);
            }
        }
        best
    }

    /// Whether every score of `b` is a finite number.
    #[inline(always)]
    pub fn is_finite(&self, b: &[Vector<T>]) -> bool {
        b.iter().all(|b| b.as_slice().iter().all(|b| b.is_finite()))
    }

    /// `y_hat = softmax(b)`, K, `b` is overwritten.
    #[inline(always)]
    pub fn probabilities(&self, b: &mut [Vector<T>], y_hat: &mut [T]) {
        softmax::probabilities(b, &self.numbers);
        for (k, y_hat) in y_hat.iter_mut().enumerate() {
            let (vector, i) = self.place(k);
            *y_hat = b[vector][i];
        }
    }

    /// `J = -log softmax(b)[y]`, `b` is overwritten.
    #[inline(always)]
    pub fn cross_entropy<const C: usize>(&self, b: &mut [Vector<T>], y: usize) -> f64 {
        let width = vectors_for::<T>(C);
        let (vector, i) = self.place(y);
        let score: f64 = b[vector][i].into();
        let log_sum_exp = if b.len() == width {
            softmax::log_sum_exp(&mut b[..width], &self.numbers[..width])
        } else {
            softmax::log_sum_exp(b, &self.numbers)
        };
        let j = log_sum_exp - score;
        // Rounding can make it negative, which no cross-entropy is; NaN stays.
        if j < 0.0 { 0.0 } else { j }
    }

    /// One example's way back, vector by vector of D: `step = -lr g_a = (beta^T h) z (1 - z)` with
    /// `h = -lr g_b`, and then the update `beta += h z^T`.
    #[inline(always)]
    pub fn backward<const C: usize>(
        &mut self,
        h: &[Vector<T>],
        z: &[Vector<T>],
        step: &mut [Vector<T>],
    ) {
        let chunks = h.len() / vectors_for::<T>(C);
        let weights = self.weights.as_chunks_mut::<C>().0.chunks_exact_mut(chunks);
        for ((weights, &z), step) in weights.zip(z).zip(step) {
            one_by_one();
            *step = back_through_vector(weights, h, z);
        }
    }

    /// One example's way [back](Self::backward) and the next one's way forward in the same pass:
    ///
    /// ```text
    /// z_next = sigmoid(a_next + overlap step)      b_next = beta z_next
    /// ```
    ///
    /// `b` holds `h` and gets `b_next`; `next` holds `a_next` and gets `z_next`; `overlap = x . x_next`.
    #[inline(always)]
    pub fn backward_and_forward<const C: usize>(
        &mut self,
        b: &mut [Vector<T>],
        z: &[Vector<T>],
        step: &mut [Vector<T>],
        next: &mut [Vector<T>],
        overlap: T,
    ) {
        let width = vectors_for::<T>(C);
        let weights = self.weights.as_chunks_mut::<C>().0;
        // With one chunk, the usual case, both ways are one pass.
        if b.len() == width {
            let mut h = [Vector::ZERO; C];
            h[..width].copy_from_slice(b);
            let h = &h[..width];
            let mut sums = [Vector::ZERO; C];
            let overlap = Vector::splat(overlap);
            let groups = weights.chunks_mut(GROUP).zip(z.chunks(GROUP));
            let groups = groups.zip(step.chunks_mut(GROUP)).zip(next.chunks_mut(GROUP));
            for (((weights, z), step), next) in groups {
                for (((weights, &z), step), next) in
                    weights.iter_mut().zip(z).zip(step).zip(&mut *next)
                {
                    one_by_one();
                    *step = back_through_vector(std::slice::from_mut(weights), h, z);
                    *next = sigmoid(overlap.mul_add(*step, *next));
                }
                for (weights, &z) in weights.iter().zip(&*next) {
                    one_by_one();
                    for k in 0..C {
                        sums[k] = weights[k].mul_add(z, sums[k]);
                    }
                }
                sums = settled(sums);
            }
            reduce(sums, &self.bias[..width], b);
            return;
        }
        self.backward::<C>(b, z, step);
        let overlap = Vector::splat(overlap);
        for (next, &step) in next.iter_mut().zip(&*step) {
            one_by_one();
            *next = sigmoid(overlap.mul_add(step, *next));
        }
        self.scores::<C>(next, b);
    }
}

/// Vectors of units that go back, and then forward, while their weights are in the first-level cache.
const GROUP: usize = 8;

/// `b = bias + ` the sum of each of `sums`.
#[inline(always)]
fn reduce<T: Number, const C: usize>(
    sums: [Vector<T>; C],
    bias: &[Vector<T>],
    b: &mut [Vector<T>],
) {
    for (i, (b, &bias)) in b.iter_mut().zip(bias).enumerate() {
        let first = i * T::WIDTH;
        let mut scores = Vector::ZERO;
        for k in 0..T::WIDTH.min(C - first) {
            scores[k] = black_box(sums[first + k].sum());
        }
        *b = scores + bias;
    }
}

/// `(beta^T h) z (1 - z)` for one vector of units, with `beta` before `beta += h z^T`.
#[inline(always)]
fn back_through_vector<T: Number, const C: usize>(
    weights: &mut [[Vector<T>; C]],
    h: &[Vector<T>],
    z: Vector<T>,
) -> Vector<T> {
    // Two sums, so that a multiply-add need not wait for the one before.
    let mut g = [Vector::ZERO; 2];
    for (weights, h) in weights.iter_mut().zip(h.chunks_exact(vectors_for::<T>(C))) {
        for k in 0..C {
            let h = Vector::splat(h[k / T::WIDTH][k % T::WIDTH]);
            g[k % 2] = weights[k].mul_add(h, g[k % 2]);
            weights[k] = z.mul_add(h, weights[k]);
        }
    }
    (g[0] + g[1]) * sigmoid_slope(z)
}
