//! The exponential and the logistic function over lanes, in a handful of multiply-adds.
//!
//! With `x = n ln 2 + r`, `|r| <= ln(2)/2`,
//!
//! ```text
//! exp(x) = 2^n (1 + r + r^2 (1/2! + r/3! + r^2/4! + ...))
//! ```
//!
//! and with `q = r coth(r/2)`, which is even in `r` and so a short polynomial in `r^2`,
//! `exp(x) = 2^n (q + r) / (q - r)`, from which the logistic function needs no second division. The standard
//! library's `exp` is the system's, whose code is picked by CPU: none of it may be used where bits are
//! promised.

use super::{Element, Lanes, one_by_one};

/// `(rounded, r)` where `x = n ln 2 + r` and `rounded = ROUNDER + offset + n`.
#[inline(always)]
fn reduce<L: Lanes>(x: L, offset: L::Scalar) -> (L, L) {
    let rounder = L::splat(L::Scalar::ROUNDER + offset);
    let rounded = x.mul_add(L::splat(L::Scalar::LOG2_E), rounder);
    let n = rounded - rounder;
    let r = n.mul_add(L::splat(-L::Scalar::LN_2), x);
    (rounded, n.mul_add(L::splat(-L::Scalar::LN_2_REST), r))
}

/// `exp(r)` for `|r| <= ln(2)/2`; the terms of the series are added in pairs, so that few of them wait for
/// others.
#[inline(always)]
fn exp_of_rest<L: Lanes>(r: L) -> L {
    let r2 = r * r;
    let r4 = r2 * r2;
    let [rest @ .., last] = L::Scalar::SERIES else { return r };
    let mut series = six_terms(last, r, r2, r4);
    for c in rest.iter().rev() {
        series = series.mul_add(r4 * r2, six_terms(c, r, r2, r4));
    }
    L::splat(L::Scalar::ONE) + series.mul_add(r2, r)
}

/// `c_0 + c_1 r + ... + c_5 r^5`.
#[inline(always)]
fn six_terms<L: Lanes>(c: &[L::Scalar; 6], r: L, r2: L, r4: L) -> L {
    let first = L::splat(c[1]).mul_add(r, L::splat(c[0]));
    let second = L::splat(c[3]).mul_add(r, L::splat(c[2]));
    let third = L::splat(c[5]).mul_add(r, L::splat(c[4]));
    third.mul_add(r4, second.mul_add(r2, first))
}

/// Whether [`exp_of_tame`] may be used; NaN is not tame.
#[inline(always)]
pub fn is_tame<L: Lanes>(x: L) -> bool {
    let tame = L::Scalar::TAME;
    let mut all = true;
    for &x in x.as_slice() {
        all &= (x <= tame) & (x >= -tame);
    }
    all
}

/// `exp(x)` of moderate `x`, for which [`is_tame`] holds: the same error as [`exp`], in less time.
#[inline(always)]
pub fn exp_of_tame<L: Lanes>(x: L) -> L {
    let (rounded, r) = reduce(x, L::Scalar::BIAS);
    exp_of_rest(r) * rounded.map(Element::power_of_two)
}

/// `x`, moved into `[low, high]`; NaN stays.
#[inline(always)]
fn clamp<L: Lanes>(x: L, low: L::Scalar, high: L::Scalar) -> L {
    x.map(|x| if x > high { high } else { x }).map(|x| if x < low { low } else { x })
}

/// `exp(x)` for every `x`: 0 and subnormal results, infinity and NaN included; error below one unit in
/// the last place.
#[inline(always)]
pub fn exp<L: Lanes>(x: L) -> L {
    let (low, high) = L::Scalar::EXP_RANGE;
    let (rounded, r) = reduce(clamp(x, low, high), L::Scalar::ZERO);
    // Two factors, as 2^n alone may not be a normal number.
    let half = rounded.map(|n| n.power_of_two_halves().0);
    let rest = rounded.map(|n| n.power_of_two_halves().1);
    exp_of_rest(r) * half * rest
}

/// `1 / (1 + exp(-a))`, stable for every `a`; NaN gives NaN.
///
/// Where `exp(-a)` overflows the result is 0.
#[inline(always)]
pub fn sigmoid<L: Lanes>(a: L) -> L {
    let (low, high) = L::Scalar::SIGMOID_RANGE;
    let x = clamp(a.map(|a| -a), low, high);
    let (rounded, r) = reduce(x, L::Scalar::BIAS);
    let r2 = r * r;
    let mut c = L::splat(L::Scalar::COTH[0]);
    for &coefficient in &L::Scalar::COTH[1..] {
        c = c.mul_add(r2, L::splat(coefficient));
    }
    let q = c.mul_add(r2, L::splat(L::Scalar::TWO));
    let power = rounded.map(Element::power_of_two);
    let numerator = q - r;
    numerator / (q + r).mul_add(power, numerator)
}

/// `sigmoid` of a row.
#[inline(always)]
pub fn sigmoid_row<L: Lanes>(a: &mut [L]) {
    for a in a {
        one_by_one();
        *a = sigmoid(*a);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `f` of one value, in lanes.
    fn one<T: Element>(f: impl Fn(T::Lanes) -> T::Lanes, x: T) -> T {
        f(T::Lanes::splat(x))[0]
    }

    /// `exp(x)`, which the quicker form gives too where it may be used.
    fn exp_of<T: Element>(x: T) -> T {
        let y = one(exp, x);
        if is_tame(T::Lanes::splat(x)) {
            assert_eq!(one(exp_of_tame, x), y);
        }
        y
    }

    #[test]
    fn exp_is_within_one_unit_in_the_last_place() {
        let mut lines = 0;
        for line in include_str!("testdata/exp.txt").lines() {
            let [kind, x, y] = line.split(' ').collect::<Vec<_>>()[..] else {
                panic!("three fields: {line}");
            };
            let bits = |text| u64::from_str_radix(text, 16).unwrap();
            // Neighbouring positive numbers have neighbouring bits, infinity included.
            let (got, expected) = match kind {
                "f64" => (exp_of(f64::from_bits(bits(x))).to_bits(), bits(y)),
                _ => (exp_of(f32::from_bits(bits(x) as u32)).to_bits().into(), bits(y)),
            };
            assert!(got.abs_diff(expected) <= 1, "{line}: {got:x}");
            lines += 1;
        }
        assert!(lines > 2000);
        assert_eq!(one(exp, f64::NEG_INFINITY), 0.0);
        assert_eq!(one(exp, f64::INFINITY), f64::INFINITY);
        assert_eq!(one(exp, 710.0), f64::INFINITY);
        assert_eq!(one(exp, -1e300), 0.0);
        assert!(one(exp, f64::NAN).is_nan() && one(exp, f32::NAN).is_nan());
        assert_eq!((one(exp, f32::NEG_INFINITY), one(exp, f32::INFINITY)), (0.0, f32::INFINITY));
    }

    #[test]
    fn sigmoid_is_stable() {
        for i in -8000..=8000 {
            let a = f64::from(i) / 11.3;
            let expected = 1.0 / (1.0 + (-a).exp());
            let got = one(sigmoid, a);
            // The two ends of the range are allowed subnormal results, which have fewer digits.
            assert!(
                (got - expected).abs() <= 1e-15 * expected + 1e-320,
                "{a}: {got:e} {expected:e}"
            );
            let got = one(sigmoid, a as f32);
            let expected = 1.0 / (1.0 + (-f64::from(a as f32)).exp());
            assert!(
                (f64::from(got) - expected).abs() <= 4e-7 * expected + 1e-38,
                "{a}: {got:e} {expected:e}"
            );
        }
        for (a, z) in [
            (1e300, 1.0),
            (-1e300, 0.0),
            (f64::INFINITY, 1.0),
            (f64::NEG_INFINITY, 0.0),
            (0.0, 0.5),
        ] {
            assert_eq!((one(sigmoid, a), one(sigmoid, a as f32)), (z, z as f32));
        }
        assert!(one(sigmoid, f64::NAN).is_nan() && one(sigmoid, f32::NAN).is_nan());
    }
}
