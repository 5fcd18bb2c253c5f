//! Fixed-width lanes: the unit of all fast arithmetic.
//!
//! One `Lanes` is one cache line, 8 `f64` or 16 `f32`, on every CPU. The operations are plain loops over
//! an array, which the compiler turns into whatever vector instructions the enclosing
//! `#[target_feature]` function may use: one 512-bit instruction, two of 256, four of 128. As the width
//! and the order of every operation are fixed here, the bits of a result do not depend on that choice.

mod element;
pub mod exp;
pub mod isa;

pub use element::Element;

use std::fmt::Debug;
use std::ops::{Add, Div, Index, IndexMut, Mul, Sub};

/// A fixed number of scalars that are operated on together, elementwise.
pub trait Lanes:
    Copy
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
    + Debug
    + Index<usize, Output = Self::Scalar>
    + IndexMut<usize>
    + Send
    + Sync
    + 'static
{
    /// What it holds.
    type Scalar: Element<Lanes = Self>;

    /// How many scalars there are in one.
    const WIDTH: usize;
    /// All zero.
    const ZERO: Self;

    /// The same value everywhere.
    fn splat(value: Self::Scalar) -> Self;
    /// The first `WIDTH` values of `values`, with `fill` for those that are not there.
    fn load_or(values: &[Self::Scalar], fill: Self::Scalar) -> Self;
    /// From a slice of `WIDTH` scalars; panics on any other.
    fn load(values: &[Self::Scalar]) -> Self;
    /// `f` of each.
    fn map(self, f: impl Fn(Self::Scalar) -> Self::Scalar) -> Self;
    /// `self * factor + addend`, rounded once.
    fn mul_add(self, factor: Self, addend: Self) -> Self;
    /// The sum of all scalars, as a balanced tree.
    fn sum(self) -> Self::Scalar;
    /// The scalars.
    fn as_slice(&self) -> &[Self::Scalar];
}

/// How many lanes `n` scalars fill.
pub fn lanes_for<L: Lanes>(n: usize) -> usize {
    n.div_ceil(L::WIDTH)
}

/// Stands in the body of a loop over lanes and costs nothing: keeps the compiler's loop vectorizer from
/// vectorizing across the rounds of the loop, with gathers, what is already one vector a round.
#[inline(always)]
pub fn one_by_one() {
    std::hint::black_box(());
}

/// `values`, as they are: stands between a loop that sums in lanes and the code that reduces those sums,
/// so that the compiler does not arrange the loop for the reduction's sake.
#[inline(always)]
pub fn settled<V>(values: V) -> V {
    std::hint::black_box(values)
}

macro_rules! lanes {
    ($name:ident, $scalar:ident, $width:literal) => {
        #[doc = concat!(stringify!($width), " `", stringify!($scalar), "` in one cache line.")]
        #[derive(Clone, Copy, Debug)]
        #[repr(C, align(64))]
        pub struct $name([$scalar; $width]);

        impl Lanes for $name {
            type Scalar = $scalar;

            const WIDTH: usize = $width;
            const ZERO: Self = Self([0.0; $width]);

            #[inline(always)]
            fn splat(value: $scalar) -> Self {
                Self([value; $width])
            }

            #[inline(always)]
            fn load_or(values: &[$scalar], fill: $scalar) -> Self {
                let mut lanes = Self::splat(fill);
                for (lane, &value) in lanes.0.iter_mut().zip(values) {
                    *lane = value;
                }
                lanes
            }

            #[inline(always)]
            fn load(values: &[$scalar]) -> Self {
                Self(values.try_into().expect("one lane's values"))
            }

            #[inline(always)]
            fn map(mut self, f: impl Fn($scalar) -> $scalar) -> Self {
                for lane in &mut self.0 {
                    *lane = f(*lane);
                }
                self
            }

            #[inline(always)]
            fn mul_add(mut self, factor: Self, addend: Self) -> Self {
                for i in 0..$width {
                    self.0[i] = self.0[i].mul_add(factor.0[i], addend.0[i]);
                }
                self
            }

            #[inline(always)]
            fn sum(mut self) -> $scalar {
                let mut width = $width / 2;
                while width > 0 {
                    for i in 0..width {
                        self.0[i] += self.0[i + width];
                    }
                    width /= 2;
                }
                self.0[0]
            }

            #[inline(always)]
            fn as_slice(&self) -> &[$scalar] {
                &self.0
            }
        }

        lanes!(@operator $name, $width, Add, add);
        lanes!(@operator $name, $width, Sub, sub);
        lanes!(@operator $name, $width, Mul, mul);
        lanes!(@operator $name, $width, Div, div);

        impl Index<usize> for $name {
            type Output = $scalar;

            #[inline(always)]
            fn index(&self, i: usize) -> &$scalar {
                &self.0[i]
            }
        }

        impl IndexMut<usize> for $name {
            #[inline(always)]
            fn index_mut(&mut self, i: usize) -> &mut $scalar {
                &mut self.0[i]
            }
        }
    };
    (@operator $name:ident, $width:literal, $trait:ident, $method:ident) => {
        impl $trait for $name {
            type Output = Self;

            #[inline(always)]
            fn $method(mut self, other: Self) -> Self {
                for i in 0..$width {
                    self.0[i] = $trait::$method(self.0[i], other.0[i]);
                }
                self
            }
        }
    };
}

lanes!(F64x8, f64, 8);
lanes!(F32x16, f32, 16);
