//! The exponential and the sigmoid over vectors, held against a correctly rounded reference.

use rankone_kernels::Number;
use rankone_kernels::simd::Vector;
use rankone_kernels::simd::exp::{exp, exp_of_moderate, is_moderate, sigmoid};

/// `f` of one value, in vectors.
fn one<T: Number>(f: impl Fn(Vector<T>) -> Vector<T>, x: T) -> T {
    f(Vector::splat(x))[0]
}

/// `exp(x)`, which the quicker form gives too where it may be used.
fn exp_of<T: Number>(x: T) -> T {
    let y = one(exp, x);
    if is_moderate(Vector::splat(x)) {
        assert_eq!(one(exp_of_moderate, x), y);
    }
    y
}

#[test]
fn exp_is_within_one_unit_in_the_last_place() {
    let mut lines = 0;
    for line in include_str!("golden/exp.txt").lines() {
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
        assert!((got - expected).abs() <= 1e-15 * expected + 1e-320, "{a}: {got:e} {expected:e}");
        let got = one(sigmoid, a as f32);
        let expected = 1.0 / (1.0 + (-f64::from(a as f32)).exp());
        assert!(
            (f64::from(got) - expected).abs() <= 4e-7 * expected + 1e-38,
            "{a}: {got:e} {expected:e}"
        );
    }
    for (a, z) in
        [(1e300, 1.0), (-1e300, 0.0), (f64::INFINITY, 1.0), (f64::NEG_INFINITY, 0.0), (0.0, 0.5)]
    {
        assert_eq!((one(sigmoid, a), one(sigmoid, a as f32)), (z, z as f32));
    }
    assert!(one(sigmoid, f64::NAN).is_nan() && one(sigmoid, f32::NAN).is_nan());
}
