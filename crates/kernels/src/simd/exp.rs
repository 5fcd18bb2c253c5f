//! The exponential and the logistic function over vectors, in a handful of multiply-adds.
//!
//! With `x = n ln 2 + r`, `|r| <= ln(2)/2`,
//!
//! ```text
//! exp(x) = 2^n (1 + r + r^2 (1/2! + r/3! + r^2/4! + ...))
//! ```
//!
//! and with `q = r coth(r/2)`, which is even in `r` and so a short polynomial in `r^2`, `exp(x) =
//! 2^n (q + r) / (q - r)`, from which the logistic function needs no second division. The standard
//! library's `exp` is the system's, whose code is picked by CPU: none of it may be used where bits
//! are promised.

use super::{Vector, one_by_one};
use crate::number::Number;

/// `(rounded, r)` where `x = n ln 2 + r` and `rounded = rounder + offset + n`.
#[inline(always)]
fn reduce<T: Number>(x: Vector<T>, offset: T) -> (Vector<T>, Vector<T>) {
    let rounder = Vector::splat(T::EXP.rounder + offset);
    let rounded = x.mul_add(Vector::splat(T::EXP.log2_e), rounder);
    let n = rounded - rounder;
    let r = n.mul_add(Vector::splat(-T::EXP.ln_2), x);
    (rounded, n.mul_add(Vector::splat(-T::EXP.ln_2_rest), r))
}

/// `exp(r)` for `|r| <= ln(2)/2`; the terms of the series are added in pairs, so that few of them
/// wait for others.
#[inline(always)]
fn exp_of_rest<T: Number>(r: Vector<T>) -> Vector<T> {
    let r2 = r * r;
    let r4 = r2 * r2;
    let [first @ .., last] = T::EXP.series else { unreachable!("the series has terms") };
    let mut series = six_terms(last, r, r2, r4);
    for c in first.iter().rev() {
        series = series.mul_add(r4 * r2, six_terms(c, r, r2, r4));
    }
    Vector::splat(T::one()) + series.mul_add(r2, r)
}

/// `c_0 + c_1 r + ... + c_5 r^5`.
#[inline(always)]
fn six_terms<T: Number>(c: &[T; 6], r: Vector<T>, r2: Vector<T>, r4: Vector<T>) -> Vector<T> {
    let first = Vector::splat(c[1]).mul_add(r, Vector::splat(c[0]));
    let second = Vector::splat(c[3]).mul_add(r, Vector::splat(c[2]));
    let third = Vector::splat(c[5]).mul_add(r, Vector::splat(c[4]));
    third.mul_add(r4, second.mul_add(r2, first))
}

/// Whether [`exp_of_moderate`] may be used; NaN is not moderate.
#[inline(always)]
pub fn is_moderate<T: Number>(x: Vector<T>) -> bool {
    let largest = T::EXP.moderate;
    let mut all = true;
    for &x in x.as_slice() {
        all &= (x <= largest) & (x >= -largest);
    }
    all
}

/// `exp(x)` of moderate `x`, for which [`is_moderate`] holds: the same error as [`exp`], in less
/// time.
#[inline(always)]
pub fn exp_of_moderate<T: Number>(x: Vector<T>) -> Vector<T> {
    let (rounded, r) = reduce(x, T::EXP.bias);
    exp_of_rest(r) * rounded.map(T::power_of_two)
}

/// `x`, moved into `[low, high]`; NaN stays.
#[inline(always)]
fn clamp<T: Number>(x: Vector<T>, low: T, high: T) -> Vector<T> {
    x.map(|x| if x > high { high } else { x }).map(|x| if x < low { low } else { x })
}

/// `exp(x)` for every `x`: 0 and subnormal results, infinity and NaN included; error below one unit
/// in the last place.
#[inline(always)]
pub fn exp<T: Number>(x: Vector<T>) -> Vector<T> {
    let (low, high) = T::EXP.range;
    let (rounded, r) = reduce(clamp(x, low, high), T::zero());
    // Two factors, as 2^n alone may not be a normal number.
    let half = rounded.map(|n| n.power_of_two_halves().0);
    let rest = rounded.map(|n| n.power_of_two_halves().1);
    exp_of_rest(r) * half * rest
}

/// `1 / (1 + exp(-a))`, stable for every `a`; NaN gives NaN.
///
/// Where `exp(-a)` overflows the result is 0.
#[inline(always)]
pub fn sigmoid<T: Number>(a: Vector<T>) -> Vector<T> {
    let (low, high) = T::EXP.sigmoid_range;
    let x = clamp(a.map(|a| -a), low, high);
    let (rounded, r) = reduce(x, T::EXP.bias);
    let r2 = r * r;
    let mut c = Vector::splat(T::EXP.coth[0]);
    for &coefficient in &T::EXP.coth[1..] {
        c = c.mul_add(r2, Vector::splat(coefficient));
    }
    let q = c.mul_add(r2, Vector::splat(T::one() + T::one()));
    let power = rounded.map(T::power_of_two);
    let numerator = q - r;
    numerator / (q + r).mul_add(power, numerator)
}

/// The derivative of the sigmoid where it is `z`: `z (1 - z) = z - z z`, rounded once.
#[inline(always)]
pub fn sigmoid_slope<T: Number>(z: Vector<T>) -> Vector<T> {
    z.map(|z| -z).mul_add(z, z)
}

/// `sigmoid` of a row.
#[inline(always)]
pub fn sigmoid_row<T: Number>(a: &mut [Vector<T>]) {
    for a in a {
        one_by_one();
        *a = sigmoid(*a);
    }
}
