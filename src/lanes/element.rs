//! What a scalar needs for its lanes and for their exponential.

use super::{F32x16, F64x8, Lanes};
use std::fmt::Debug;
use std::ops::{Add, AddAssign, Div, Mul, Neg, Sub};

/// `f64` or `f32`: the lanes that hold several of them, and the constants of their exponential
/// ([`exp`](super::exp)).
pub trait Element:
    Copy
    + Debug
    + PartialOrd
    + Add<Output = Self>
    + AddAssign
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
    + Neg<Output = Self>
    + Into<f64>
    + Send
    + Sync
    + 'static
{
    /// One cache line of this scalar.
    type Lanes: Lanes<Scalar = Self>;

    /// 0.
    const ZERO: Self;
    /// 1.
    const ONE: Self;
    /// 2.
    const TWO: Self;
    /// Minus infinity.
    const NEG_INFINITY: Self;

    /// `1 / ln 2`.
    const LOG2_E: Self;
    /// `ln 2`, rounded.
    const LN_2: Self;
    /// `ln 2` minus its rounded value.
    const LN_2_REST: Self;
    /// `1.5 * 2^(mantissa bits)`: added and subtracted again, it rounds to an integer, and in between
    /// that integer stands in the low bits.
    const ROUNDER: Self;
    /// The exponent's bias, as a number.
    const BIAS: Self;
    /// `exp` is 0 at and below the first, infinite at and above the second.
    const EXP_RANGE: (Self, Self);
    /// Within it, `exp(x)` is normal or infinite, and infinite where `x / ln 2` rounds to the first
    /// exponent that is too large.
    const SIGMOID_RANGE: (Self, Self);
    /// The largest size at which [`exp_of_tame`](super::exp::exp_of_tame) may be used: such exponentials, and
    /// sums and quotients of them, are far from the range's ends.
    const TAME: Self;
    /// `1 / n!` from `n = 2` on, by sixes: the series of `(exp(r) - 1 - r) / r^2`, to below half a unit in
    /// the last place of `exp(r)` for `|r| <= ln(2)/2`.
    const SERIES: &'static [[Self; 6]];
    /// Coefficients `c_i` of `r coth(r/2) = 2 + sum_i c_i r^(2i+2)` for `|r| <= ln(2)/2`, highest first.
    const COTH: &'static [Self];

    /// `n`, or the nearest value to it.
    fn from_count(n: u32) -> Self;
    /// `2^n` where `self = ROUNDER + BIAS + n` and `2^n` is normal, or infinite if `n` is the next.
    fn power_of_two(self) -> Self;
    /// `(2^h, 2^(n-h))`, `h = n/2` rounded down, where `self = ROUNDER + n`.
    fn power_of_two_halves(self) -> (Self, Self);
}

/// `n!`, which both precisions hold exactly as far as it is asked for.
const fn factorial(n: u64) -> u64 {
    if n == 0 { 1 } else { n * factorial(n - 1) }
}

macro_rules! element {
    ($t:ident, $lanes:ident, $bits:ident, $signed:ident, $mantissa:literal, $bias:literal,
     rest: $rest:literal, range: $range:expr, sigmoid: $sigmoid:expr, tame: $tame:literal,
     series: $([$($n:literal)+])+, coth: $coth:expr) => {
        impl Element for $t {
            type Lanes = $lanes;

            const ZERO: Self = 0.0;
            const ONE: Self = 1.0;
            const TWO: Self = 2.0;
            const NEG_INFINITY: Self = $t::NEG_INFINITY;
            const LOG2_E: Self = std::$t::consts::LOG2_E;
            const LN_2: Self = std::$t::consts::LN_2;
            const LN_2_REST: Self = $rest;
            const ROUNDER: Self = 1.5 * (1u64 << $mantissa) as $t;
            const BIAS: Self = $bias as $t;
            const EXP_RANGE: (Self, Self) = $range;
            const SIGMOID_RANGE: (Self, Self) = $sigmoid;
            const TAME: Self = $tame;
            const SERIES: &'static [[Self; 6]] = &[$([$(1.0 / factorial($n) as $t),+]),+];
            const COTH: &'static [Self] = &$coth;

            #[inline(always)]
            fn from_count(n: u32) -> Self {
                n as $t
            }

            #[inline(always)]
            fn power_of_two(self) -> Self {
                $t::from_bits(self.to_bits() << $mantissa)
            }

            #[inline(always)]
            fn power_of_two_halves(self) -> (Self, Self) {
                let n =
                    (self.to_bits() as $signed).wrapping_sub(Self::ROUNDER.to_bits() as $signed);
                let half = n >> 1;
                let power =
                    |n: $signed| $t::from_bits((n.wrapping_add($bias) as $bits) << $mantissa);
                (power(half), power(n.wrapping_sub(half)))
            }
        }
    };
}

element!(f64, F64x8, u64, i64, 52, 1023,
rest: 2.319_046_813_846_299_6e-17, range: (-745.2, 709.8), sigmoid: (-708.0, 709.79), tame: 300.0,
series: [2 3 4 5 6 7] [8 9 10 11 12 13],
coth: [
    4.143_766_280_402_429e-8,
    -1.653_406_003_383_645_6e-6,
    6.613_756_471_622_828e-5,
    -2.777_777_777_756_44e-3,
    1.666_666_666_666_615_4e-1,
]);
element!(f32, F32x16, u32, i32, 23, 127,
    rest: -1.904_654_3e-9, range: (-104.0, 88.8), sigmoid: (-87.0, 88.8), tame: 40.0,
    series: [2 3 4 5 6 7],
    coth: [-2.769_838_8e-3, 1.666_665_5e-1]);
