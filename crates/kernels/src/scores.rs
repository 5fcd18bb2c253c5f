//! A row of scores: how it is laid out, and what is made of it.

use super::softmax;
use crate::number::Number;
use crate::simd::{Vector, vectors_for};

/// The classes, cut into chunks of `C`. A row of scores has whole vectors for each chunk.
#[derive(Clone, Debug)]
pub struct Scores<T: Number> {
    /// K.
    classes: usize,
    /// C, one of [`CHUNKS`].
    chunk: usize,
    /// The number of each class, -1 where there is none: a row.
    numbers: Vec<Vector<T>>,
}

/// The chunk sizes that kernels are compiled for.
const CHUNKS: [usize; 2] = [10, 8];

impl<T: Number> Scores<T> {
    pub fn new(classes: usize) -> Self {
        assert!(classes <= 1 << 24, "an f32 tells no more classes apart");
        // The fewest classes in all, then the fewest chunks.
        let chunk = *CHUNKS
            .iter()
            .min_by_key(|&&c| classes.next_multiple_of(c))
            .expect("there are chunk sizes");
        let vectors = classes.div_ceil(chunk) * vectors_for::<T>(chunk);
        let mut scores = Self { classes, chunk, numbers: vec![Vector::splat(-T::one()); vectors] };
        let mut number = T::zero();
        for k in 0..classes {
            let (vector, i) = scores.place(k);
            scores.numbers[vector][i] = number;
            number += T::one();
        }
        scores
    }

    /// K.
    pub fn classes(&self) -> usize {
        self.classes
    }

    /// C.
    pub fn chunk(&self) -> usize {
        self.chunk
    }

    /// How many vectors a row has.
    pub fn vectors(&self) -> usize {
        self.numbers.len()
    }

    /// Classes in all chunks, those included that are none.
    pub fn chunked_classes(&self) -> usize {
        self.classes.next_multiple_of(self.chunk)
    }

    /// Which vector of a row class `k` is in, and where in it.
    #[inline(always)]
    pub fn place(&self, k: usize) -> (usize, usize) {
        let in_chunk = k % self.chunk;
        let first = k / self.chunk * vectors_for::<T>(self.chunk);
        (first + in_chunk / T::WIDTH, in_chunk % T::WIDTH)
    }

    /// Scores `b` into `h = -lr g_b = -lr (softmax(b) - onehot(y))`, in place.
    #[inline(always)]
    pub fn step<const C: usize>(&self, b: &mut [Vector<T>], y: usize, learning_rate: T) {
        let width = vectors_for::<T>(C);
        let (vector, i) = self.place(y);
        let y = self.numbers[vector][i];
        // With one chunk, the usual case, the scores stay in registers.
        if b.len() == width {
            softmax::step(&mut b[..width], &self.numbers[..width], y, learning_rate);
        } else {
            softmax::step(b, &self.numbers, y, learning_rate);
        }
    }
}

/// `b += other`, two rows of scores in chunks of C classes.
#[inline(always)]
pub fn add<T: Number, const C: usize>(b: &mut [Vector<T>], other: &[Vector<T>]) {
    let width = vectors_for::<T>(C);
    for (b, other) in b.chunks_exact_mut(width).zip(other.chunks_exact(width)) {
        for i in 0..width {
            b[i] = b[i] + other[i];
        }
    }
}
