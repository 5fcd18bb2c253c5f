//! The hidden units in shards, and what a thread holds of them.

use super::alpha::Alpha;
use super::beta::Beta;
use super::scores::{Scores, add};
use super::tile::MOST_VECTORS;
use crate::number::Number;
use crate::simd::{Vector, vectors_for};
use std::ops::Range;

/// Some of the hidden units: their rows of alpha, their columns of beta, and what passes between
/// the parts of a block's work. Of other units it needs nothing but their part of the scores.
#[derive(Debug)]
pub struct Shard<T: Number> {
    /// Which of the D units.
    units: Range<usize>,
    pub alpha: Alpha<T>,
    pub beta: Beta<T>,
    /// B x stride vectors: `a_t`, then `z_t`.
    pub a: Vec<Vector<T>>,
    /// B x stride vectors: `step_t = -lr g_a,t`. They outlive the block: the next one begins with
    /// their update.
    pub steps: Vec<Vector<T>>,
    /// One row of scores: the part of these units in `b`.
    pub part: Vec<Vector<T>>,
}

/// Vectors of a shard's units: at least so many, and less than twice as many. With fewer, adding up
/// its part of the scores takes one thread noticeably longer, and an exchange an example takes two
/// threads longer than it saves.
const VECTORS: usize = 12;

/// So many threads at most can share the updates.
const MOST: usize = 64;

impl<T: Number> Shard<T> {
    /// All shards of a network of D = `hidden` units and inputs of `columns`, constant included,
    /// for blocks of `block` examples; scratch full of `garbage`. Their number is a power of two,
    /// and it and their bounds depend on D and the precision alone: it is 1 below D=192 in f64, 384
    /// in f32.
    pub fn all(
        (columns, hidden): (usize, usize),
        scores: &Scores<T>,
        block: usize,
        garbage: T,
    ) -> Vec<Self> {
        let shards = 1 << (hidden / (VECTORS * T::WIDTH)).clamp(1, MOST).ilog2();
        let bound = |i| hidden.min(i * vectors_for::<T>(hidden) / shards * T::WIDTH);
        let shard = |i| {
            let units = bound(i)..bound(i + 1);
            let alpha = Alpha::new(units.len(), columns, MOST_VECTORS);
            let rows = vec![Vector::splat(garbage); block * alpha.row().stride];
            Self {
                beta: Beta::new(units.clone(), scores),
                a: rows.clone(),
                steps: rows,
                part: vec![Vector::splat(garbage); scores.vectors()],
                units,
                alpha,
            }
        };
        (0..shards).map(shard).collect()
    }

    /// Takes its part of `alpha`, D x (M+1), and `beta`, K x (D+1), row-major.
    pub fn load(&mut self, alpha: &[T], beta: &[T], scores: &Scores<T>) {
        let columns = self.alpha.columns();
        self.alpha.load(&alpha[self.units.start * columns..self.units.end * columns]);
        self.beta.load(beta, scores);
    }

    /// The inverse of [`load`](Self::load).
    pub fn store(&mut self, alpha: &mut [T], beta: &mut [T], scores: &Scores<T>) {
        let columns = self.alpha.columns();
        self.alpha.store(&mut alpha[self.units.start * columns..self.units.end * columns]);
        self.beta.store(beta, scores);
    }
}

/// Adds up the parts of `shards`, a power of two of them, into the first one's, as a balanced tree:
/// so the sum over all shards is the same whether one thread adds them up or several add up theirs
/// first.
#[inline(always)]
pub fn add_up<T: Number, const C: usize>(shards: &mut [Shard<T>]) {
    let mut gap = 1;
    while gap < shards.len() {
        for i in (0..shards.len()).step_by(2 * gap) {
            let (left, right) = shards.split_at_mut(i + gap);
            add::<T, C>(&mut left[i].part, &right[0].part);
        }
        gap *= 2;
    }
}

/// What a thread works on while it takes part in the updates.
#[derive(Debug)]
pub struct Share<T: Number> {
    /// A power of two of neighbours; none while another thread has them.
    pub shards: Vec<Shard<T>>,
    /// One row of scores: `b`, then `h = -lr g_b`.
    pub b: Vec<Vector<T>>,
    /// A row of scores from each thread.
    pub parts: Vec<Vector<T>>,
}

impl<T: Number> Share<T> {
    /// For up to `shards` shards and `threads` threads.
    pub fn new(shards: usize, threads: usize, scores: &Scores<T>, garbage: T) -> Self {
        let rows = |n| vec![Vector::splat(garbage); n * scores.vectors()];
        Self { shards: Vec::with_capacity(shards), b: rows(1), parts: rows(threads) }
    }
}
