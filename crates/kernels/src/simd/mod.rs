//! Vectors of fixed width: the unit of all fast arithmetic.
//!
//! One [`Vector`] is 64 bytes on every CPU, 8 lanes of `f64` or 16 of `f32`. The operations are
//! plain loops over its lanes, which the compiler turns into whatever vector instructions the
//! enclosing `#[target_feature]` function may use: one 512-bit instruction, two of 256, four of
//! 128. As the width and the order of every operation are fixed here, the bits of a result do not
//! depend on that choice.

pub mod exp;
pub mod isa;

use crate::number::Number;
use std::ops::{Add, Div, Index, IndexMut, Mul, Sub};

/// 8 `f64` or 16 `f32` that are operated on together, elementwise.
#[derive(Clone, Copy, Debug)]
#[repr(C, align(64))]
pub struct Vector<T: Number>(T::CacheLine);

impl<T: Number> Vector<T> {
    /// All zero.
    pub const ZERO: Self = Self(T::ZEROS);

    /// The same value everywhere.
    #[inline(always)]
    pub fn splat(value: T) -> Self {
        Self(value.repeated())
    }

    /// The first values of `values`, as many as there is room for, with 0 for those that are not
    /// there.
    #[inline(always)]
    pub fn load(values: &[T]) -> Self {
        let mut lanes = Self::ZERO;
        for (lane, &value) in lanes.0.as_mut().iter_mut().zip(values) {
            *lane = value;
        }
        lanes
    }

    /// `f` of each.
    #[inline(always)]
    pub fn map(mut self, f: impl Fn(T) -> T) -> Self {
        for lane in self.0.as_mut() {
            *lane = f(*lane);
        }
        self
    }

    /// `f` of each and its counterpart in `other`.
    #[inline(always)]
    fn zip(mut self, other: Self, f: impl Fn(T, T) -> T) -> Self {
        let (lanes, other) = (self.0.as_mut(), other.0.as_ref());
        for i in 0..T::WIDTH {
            lanes[i] = f(lanes[i], other[i]);
        }
        self
    }

    /// `self * factor + addend`, rounded once.
    #[inline(always)]
    pub fn mul_add(mut self, factor: Self, addend: Self) -> Self {
        let (lanes, factor, addend) = (self.0.as_mut(), factor.0.as_ref(), addend.0.as_ref());
        for i in 0..T::WIDTH {
            lanes[i] = lanes[i].mul_add(factor[i], addend[i]);
        }
        self
    }

    /// The sum of all, as a balanced tree.
    #[inline(always)]
    pub fn sum(mut self) -> T {
        let lanes = self.0.as_mut();
        let mut width = T::WIDTH / 2;
        while width > 0 {
            for i in 0..width {
                lanes[i] += lanes[i + width];
            }
            width /= 2;
        }
        lanes[0]
    }

    /// The [`sum`](Self::sum) of each of WIDTH vectors.
    ///
    /// The naive way adds up one vector after the other, half empty registers at each level of its
    /// tree. Here the trees of two vectors go on in one.
    #[inline(always)]
    pub fn sums(vector: impl Fn(usize) -> Self) -> Self {
        if T::WIDTH == 8 {
            Self::sums_of_eight(&vector, 0)
        } else {
            let (low, high) = (Self::sums_of_eight(&vector, 0), Self::sums_of_eight(&vector, 8));
            Self::next_level::<8>(low, high)
        }
    }

    /// The first three levels for the vectors from `k` on. No closures: compiled by themselves,
    /// they would not have the instructions that are chosen.
    #[inline(always)]
    fn sums_of_eight(vector: &impl Fn(usize) -> Self, k: usize) -> Self {
        let (low, high) = (Self::sums_of_four(vector, k), Self::sums_of_four(vector, k + 4));
        Self::next_level::<4>(low, high)
    }

    #[inline(always)]
    fn sums_of_four(vector: &impl Fn(usize) -> Self, k: usize) -> Self {
        let low = Self::next_level::<1>(vector(k), vector(k + 1));
        let high = Self::next_level::<1>(vector(k + 2), vector(k + 3));
        Self::next_level::<2>(low, high)
    }

    /// The next level of the `TREES` trees in each of `a` and `b`.
    #[inline(always)]
    fn next_level<const TREES: usize>(a: Self, b: Self) -> Self {
        let (lanes, left) = (T::WIDTH / TREES, T::WIDTH / TREES / 2);
        let (mut low, mut high) = (Self::ZERO, Self::ZERO);
        for (vector, start) in [(a, 0), (b, T::WIDTH / 2)] {
            for tree in 0..TREES {
                for i in 0..left {
                    low[start + tree * left + i] = vector[tree * lanes + i];
                    high[start + tree * left + i] = vector[tree * lanes + left + i];
                }
            }
        }
        low + high
    }

    /// All of them.
    #[inline(always)]
    pub fn as_slice(&self) -> &[T] {
        self.0.as_ref()
    }
}

impl<T: Number> Add for Vector<T> {
    type Output = Self;

    #[inline(always)]
    fn add(self, other: Self) -> Self {
        self.zip(other, |a, b| a + b)
    }
}

impl<T: Number> Sub for Vector<T> {
    type Output = Self;

    #[inline(always)]
    fn sub(self, other: Self) -> Self {
        self.zip(other, |a, b| a - b)
    }
}

impl<T: Number> Mul for Vector<T> {
    type Output = Self;

    #[inline(always)]
    fn mul(self, other: Self) -> Self {
        self.zip(other, |a, b| a * b)
    }
}

impl<T: Number> Div for Vector<T> {
    type Output = Self;

    #[inline(always)]
    fn div(self, other: Self) -> Self {
        self.zip(other, |a, b| a / b)
    }
}

impl<T: Number> Index<usize> for Vector<T> {
    type Output = T;

    #[inline(always)]
    fn index(&self, i: usize) -> &T {
        &self.0.as_ref()[i]
    }
}

impl<T: Number> IndexMut<usize> for Vector<T> {
    #[inline(always)]
    fn index_mut(&mut self, i: usize) -> &mut T {
        &mut self.0.as_mut()[i]
    }
}

/// How many vectors `n` numbers fill.
#[inline(always)]
pub fn vectors_for<T: Number>(n: usize) -> usize {
    n.div_ceil(T::WIDTH)
}

/// Stands in the body of a loop over vectors and costs nothing: keeps the compiler's loop
/// vectorizer from vectorizing across the rounds of the loop, with gathers, what is already one
/// vector a round.
#[inline(always)]
pub fn one_by_one() {
    std::hint::black_box(());
}

/// `values`, as they are, by way of memory: stands between a loop that sums in vectors and the code
/// that reduces those sums, so that the compiler does not arrange the loop for the reduction's
/// sake.
#[inline(always)]
pub fn settled<V>(mut values: V) -> V {
    std::hint::black_box(&mut values);
    values
}
