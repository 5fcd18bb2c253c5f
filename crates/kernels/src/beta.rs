//! The output layer: scores, and the pass over the hidden units that goes back through it.

use super::alpha::RowShape;
use super::scores::Scores;
use crate::number::Number;
use crate::simd::exp::{sigmoid, sigmoid_slope};
use crate::simd::{Vector, one_by_one, settled, vectors_for};
use std::hint::black_box;
use std::ops::Range;

/// `beta` over some of the hidden units, its classes cut into chunks of `C` whose weights for one
/// vector of units are contiguous. Weights and bias where there is no class are 0.
#[derive(Clone, Debug)]
pub struct Beta<T: Number> {
    /// Which of the D units.
    units: Range<usize>,
    /// `beta[:, 0]`, a row of scores; it belongs to the first of the units, and is 0 for others.
    bias: Vec<Vector<T>>,
    /// The columns of these units: vectors of units x chunks x C.
    weights: Vec<Vector<T>>,
}

impl<T: Number> Beta<T> {
    /// For `units` of D and scores laid out as `scores`.
    pub fn new(units: Range<usize>, scores: &Scores<T>) -> Self {
        let vectors = vectors_for::<T>(units.len());
        Self {
            units,
            bias: vec![Vector::ZERO; scores.vectors()],
            weights: vec![Vector::ZERO; scores.chunked_classes() * vectors],
        }
    }

    /// Takes its part of `beta`, K x (D+1) row-major.
    pub fn load(&mut self, beta: &[T], scores: &Scores<T>) {
        // Where there is no class too: a network that diverged left NaN there.
        self.bias.fill(Vector::ZERO);
        self.weights.fill(Vector::ZERO);
        let (columns, padded) = (beta.len() / scores.classes(), scores.chunked_classes());
        for (k, row) in beta.chunks_exact(columns).enumerate() {
            if self.units.start == 0 {
                let (vector, i) = scores.place(k);
                self.bias[vector][i] = row[0];
            }
            let vectors = self.weights[k..].iter_mut().step_by(padded);
            let values = &row[1 + self.units.start..=self.units.end];
            for (vector, values) in vectors.zip(values.chunks(T::WIDTH)) {
                *vector = Vector::load(values);
            }
        }
    }

    /// The inverse of [`load`](Self::load).
    pub fn store(&self, beta: &mut [T], scores: &Scores<T>) {
        let (columns, padded) = (beta.len() / scores.classes(), scores.chunked_classes());
        for (k, row) in beta.chunks_exact_mut(columns).enumerate() {
            if self.units.start == 0 {
                let (vector, i) = scores.place(k);
                row[0] = self.bias[vector][i];
            }
            let vectors = self.weights[k..].iter().step_by(padded);
            let values = &mut row[1 + self.units.start..=self.units.end];
            for (vector, values) in vectors.zip(values.chunks_mut(T::WIDTH)) {
                values.copy_from_slice(&vector.as_slice()[..values.len()]);
            }
        }
    }

    /// `b = beta z` for one example, of these units; `b` is a row of scores.
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

    /// `b = beta z` for a group of up to WIDTH examples, whose rows of `z` are laid out as `row`
    /// says. Lane `e` of vector `k` of `b` is the score of class `k` of example `e`. `sums` is
    /// scratch, C x WIDTH. Of each chunk H classes are summed at a time, a half: 16 registers of 32
    /// bytes hold no more.
    #[inline(always)]
    pub fn scores_of_group<const C: usize, const H: usize>(
        &self,
        z: &[Vector<T>],
        RowShape { vectors, stride }: RowShape,
        sums: &mut [Vector<T>],
        b: &mut [Vector<T>],
    ) {
        let halves = self.weights.as_chunks::<H>().0;
        let of_vector = halves.len() / vectors;
        let bias = self.bias.chunks_exact(vectors_for::<T>(C));
        for (c, (b, bias)) in b.chunks_exact_mut(C).zip(bias).enumerate() {
            sums.fill(Vector::ZERO);
            for first in (0..vectors).step_by(TILE) {
                let last = vectors.min(first + TILE);
                for (e, z) in z.chunks_exact(stride).enumerate() {
                    for half in 0..2 {
                        let place = |k| (half * H + k) * T::WIDTH + e;
                        let mut lanes = [Vector::ZERO; H];
                        for k in 0..H {
                            lanes[k] = sums[place(k)];
                        }
                        let weights = halves[first * of_vector + 2 * c + half..].iter();
                        for (weights, &z) in weights.step_by(of_vector).zip(&z[first..last]) {
                            one_by_one();
                            for k in 0..H {
                                lanes[k] = weights[k].mul_add(z, lanes[k]);
                            }
                        }
                        for k in 0..H {
                            sums[place(k)] = lanes[k];
                        }
                    }
                }
            }
            for (k, (b, sums)) in b.iter_mut().zip(sums.chunks_exact(T::WIDTH)).enumerate() {
                let bias = Vector::splat(bias[k / T::WIDTH][k % T::WIDTH]);
                *b = Vector::sums(|e| sums[e]) + bias;
            }
        }
    }

    /// One example's way back, vector by vector of units: `step = -lr g_a = (beta^T h) z (1 - z)`
    /// with `h = -lr g_b`, and then the update `beta += h z^T`.
    #[inline(always)]
    pub fn backward<const C: usize>(
        &mut self,
        h: &[Vector<T>],
        z: &[Vector<T>],
        step: &mut [Vector<T>],
    ) {
        self.update_bias(h);
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
    /// `next` holds `a_next` and gets `z_next`; `overlap = x . x_next`.
    #[inline(always)]
    pub fn backward_and_forward<const C: usize>(
        &mut self,
        h: &[Vector<T>],
        z: &[Vector<T>],
        step: &mut [Vector<T>],
        next: &mut [Vector<T>],
        overlap: T,
        b_next: &mut [Vector<T>],
    ) {
        let width = vectors_for::<T>(C);
        // With one chunk, the usual case, both ways are one pass.
        if h.len() == width {
            self.update_bias(&h[..width]);
            let weights = self.weights.as_chunks_mut::<C>().0;
            let mut row = [Vector::ZERO; MOST_VECTORS];
            row[..width].copy_from_slice(&h[..width]);
            let h = &row[..width];
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
            reduce(sums, &self.bias[..width], &mut b_next[..width]);
            return;
        }
        self.backward::<C>(h, z, step);
        let overlap = Vector::splat(overlap);
        for (next, &step) in next.iter_mut().zip(&*step) {
            one_by_one();
            *next = sigmoid(overlap.mul_add(step, *next));
        }
        self.scores::<C>(next, b_next);
    }

    /// `beta[:, 0] += h`, whose `z` is 1.
    #[inline(always)]
    fn update_bias(&mut self, h: &[Vector<T>]) {
        if self.units.start == 0 {
            for (bias, &h) in self.bias.iter_mut().zip(h) {
                *bias = *bias + h;
            }
        }
    }
}

/// No chunk's scores fill more vectors.
const MOST_VECTORS: usize = 2;

/// Vectors of units that go back, and then forward, while their weights are in the first-level
/// cache.
const GROUP: usize = 8;

/// Vectors of units whose weights stay in the first-level cache while a group of examples goes
/// through them.
const TILE: usize = 16;

/// `b = bias + ` the sum of each of `sums`.
#[inline(always)]
fn reduce<T: Number, const C: usize>(
    sums: [Vector<T>; C],
    bias: &[Vector<T>],
    b: &mut [Vector<T>],
) {
    // By numbers that are known when this is compiled: all that follows is then code without a
    // branch.
    for i in 0..vectors_for::<T>(C) {
        let first = i * T::WIDTH;
        // Measured in f64: a sum after the other takes less time than trees that share registers,
        // in f32 more.
        let scores = if T::WIDTH > 8 {
            Vector::sums(|k| if first + k < C { sums[first + k] } else { Vector::ZERO })
        } else {
            let mut scores = Vector::ZERO;
            for k in 0..T::WIDTH.min(C - first) {
                scores[k] = black_box(sums[first + k].sum());
            }
            scores
        };
        b[i] = scores + bias[i];
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
