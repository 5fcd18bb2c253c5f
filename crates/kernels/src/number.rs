//! The numbers that a network is made of: `f64` or `f32`.

use crate::named;
use ndarray::NdFloat;
use serde::{Deserialize, Serialize};
use std::any::Any;
use std::fmt::Debug;
use std::str::FromStr;

/// `f64` or `f32`: the type of every input, parameter and gradient of one network. No other type
/// can be one.
pub trait Number: NdFloat + FromStr + Default + Into<f64> + sealed::Sealed {
    /// Which of the two it is.
    const PRECISION: Precision;

    /// The nearest value of this type.
    fn from_f64(value: f64) -> Self;

    /// The same value as an `f64`; exact.
    #[inline(always)]
    fn as_f64(self) -> f64 {
        self.into()
    }

    /// As many numbers as fill 64 bytes, the cache line of every CPU that this runs on.
    #[doc(hidden)]
    type CacheLine: Copy + Debug + AsRef<[Self]> + AsMut<[Self]> + Send + Sync + 'static;
    /// How many these are: 8 `f64`, 16 `f32`.
    #[doc(hidden)]
    const WIDTH: usize = 64 / size_of::<Self>();
    /// All of them 0.
    #[doc(hidden)]
    const ZEROS: Self::CacheLine;
    /// All of them this number.
    #[doc(hidden)]
    fn repeated(self) -> Self::CacheLine;

    /// The constants of the exponential.
    #[doc(hidden)]
    const EXP: ExpConstants<Self>;
    /// `2^n` where `self` is `rounder + bias + n` of [`ExpConstants`] and `2^n` is normal, or
    /// infinite if `n` is the next.
    #[doc(hidden)]
    fn power_of_two(self) -> Self;
    /// `(2^h, 2^(n-h))`, `h = n/2` rounded down, where `self` is `rounder + n`.
    #[doc(hidden)]
    fn power_of_two_halves(self) -> (Self, Self);
}

/// Of two functions, compiled for `f64` and for `f32`, the one that is of type `F`.
///
/// The naive way is to call a generic function as it is. But then the kernels are compiled again,
/// for minutes, in every crate that trains a network; asked for in this way they are compiled once,
/// in this one.
pub(crate) fn compiled_for<F: Copy + 'static>(both: [&'static dyn Any; 2]) -> F {
    let mut both = both.into_iter();
    *both.find_map(|function| function.downcast_ref()).expect("a number is an f64 or an f32")
}

/// A number type as a value, for settings and for files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Precision {
    /// Double precision, 64 bits.
    F64,
    /// Single precision, 32 bits.
    F32,
}

named!(Precision);

/// What the exponential over [vectors](crate::simd) needs to know of a number type.
#[doc(hidden)]
#[derive(Debug)]
pub struct ExpConstants<T: 'static> {
    /// `1 / ln 2`.
    pub log2_e: T,
    /// `ln 2`, rounded.
    pub ln_2: T,
    /// `ln 2` minus its rounded value.
    pub ln_2_rest: T,
    /// `1.5 * 2^(mantissa bits)`: added and subtracted again, it rounds to an integer, and in
    /// between that integer stands in the low bits.
    pub rounder: T,
    /// The exponent's bias, as a number.
    pub bias: T,
    /// `exp` is 0 at and below the first, infinite at and above the second.
    pub range: (T, T),
    /// Within this range, `exp(x)` is normal or infinite, and infinite where `x / ln 2` rounds to
    /// the first exponent that is too large.
    pub sigmoid_range: (T, T),
    /// The largest size of a moderate `x`: such exponentials, and sums and quotients of them, are
    /// far from the range's ends.
    pub moderate: T,
    /// `1 / n!` from `n = 2` on, by sixes: the series of `(exp(r) - 1 - r) / r^2`, to below half a
    /// unit in the last place of `exp(r)` for `|r| <= ln(2)/2`.
    pub series: &'static [[T; 6]],
    /// Coefficients `c_i` of `r coth(r/2) = 2 + sum_i c_i r^(2i+2)` for `|r| <= ln(2)/2`, highest
    /// first.
    pub coth: &'static [T],
}

impl Number for f64 {
    const PRECISION: Precision = Precision::F64;

    #[inline(always)]
    fn from_f64(value: f64) -> Self {
        value
    }

    type CacheLine = [Self; 8];
    const ZEROS: [Self; 8] = [0.0; 8];
    #[inline(always)]
    fn repeated(self) -> [Self; 8] {
        [self; 8]
    }

    const EXP: ExpConstants<Self> = ExpConstants {
        log2_e: std::f64::consts::LOG2_E,
        ln_2: std::f64::consts::LN_2,
        ln_2_rest: 2.319_046_813_846_299_6e-17,
        rounder: 1.5 * (1u64 << 52) as Self,
        bias: 1023.0,
        range: (-745.2, 709.8),
        sigmoid_range: (-708.0, 709.79),
        moderate: 300.0,
        series: &[
            [1.0 / 2.0, 1.0 / 6.0, 1.0 / 24.0, 1.0 / 120.0, 1.0 / 720.0, 1.0 / 5040.0],
            [
                1.0 / 40_320.0,
                1.0 / 362_880.0,
                1.0 / 3_628_800.0,
                1.0 / 39_916_800.0,
                1.0 / 479_001_600.0,
                1.0 / 6_227_020_800.0,
            ],
        ],
        coth: &[
            4.143_766_280_402_429e-8,
            -1.653_406_003_383_645_6e-6,
            6.613_756_471_622_828e-5,
            -2.777_777_777_756_44e-3,
            1.666_666_666_666_615_4e-1,
        ],
    };

    #[inline(always)]
    fn power_of_two(self) -> Self {
        Self::from_bits(self.to_bits() << 52)
    }

    #[inline(always)]
    fn power_of_two_halves(self) -> (Self, Self) {
        let n = (self.to_bits() as i64).wrapping_sub(Self::EXP.rounder.to_bits() as i64);
        let power = |n: i64| Self::from_bits((n.wrapping_add(1023) as u64) << 52);
        (power(n >> 1), power(n.wrapping_sub(n >> 1)))
    }
}

impl Number for f32 {
    const PRECISION: Precision = Precision::F32;

    #[inline(always)]
    fn from_f64(value: f64) -> Self {
        value as Self
    }

    type CacheLine = [Self; 16];
    const ZEROS: [Self; 16] = [0.0; 16];
    #[inline(always)]
    fn repeated(self) -> [Self; 16] {
        [self; 16]
    }

    const EXP: ExpConstants<Self> = ExpConstants {
        log2_e: std::f32::consts::LOG2_E,
        ln_2: std::f32::consts::LN_2,
        ln_2_rest: -1.904_654_3e-9,
        rounder: 1.5 * (1u64 << 23) as Self,
        bias: 127.0,
        range: (-104.0, 88.8),
        sigmoid_range: (-87.0, 88.8),
        moderate: 40.0,
        series: &[[1.0 / 2.0, 1.0 / 6.0, 1.0 / 24.0, 1.0 / 120.0, 1.0 / 720.0, 1.0 / 5040.0]],
        coth: &[-2.769_838_8e-3, 1.666_665_5e-1],
    };

    #[inline(always)]
    fn power_of_two(self) -> Self {
        Self::from_bits(self.to_bits() << 23)
    }

    #[inline(always)]
    fn power_of_two_halves(self) -> (Self, Self) {
        let n = (self.to_bits() as i32).wrapping_sub(Self::EXP.rounder.to_bits() as i32);
        let power = |n: i32| Self::from_bits((n.wrapping_add(127) as u32) << 23);
        (power(n >> 1), power(n.wrapping_sub(n >> 1)))
    }
}

mod sealed {
    pub trait Sealed {}
    impl Sealed for f32 {}
    impl Sealed for f64 {}
}
