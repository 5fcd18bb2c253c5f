//! Softmax and its cross-entropy over scores in vectors.
//!
//! A row of scores comes with `classes`, vectors like its own: the number of the class that each score is of,
//! -1 where there is none. Such scores are finite and have no part in anything.

use crate::number::Number;
use crate::simd::exp::{exp, exp_of_moderate, is_moderate};
use crate::simd::{Vector, one_by_one};

/// Scores `b` into terms `exp(b_k - shift)`, in place. Gives the shift, and the sum of the terms.
///
/// The shift is the largest score, so that nothing overflows; but scores of moderate size need none, and so
/// no search for the largest, which all else would wait for.
#[inline(always)]
fn terms<T: Number>(b: &mut [Vector<T>], classes: &[Vector<T>]) -> (T, T) {
    let mut moderate = true;
    for &b in &*b {
        moderate &= is_moderate(b);
    }
    let mut shift = T::zero();
    if moderate {
        for b in &mut *b {
            one_by_one();
            *b = exp_of_moderate(*b);
        }
    } else {
        shift = maximum(b, classes);
        for b in &mut *b {
            one_by_one();
            *b = exp(*b - Vector::splat(shift));
        }
    }
    let mut sum = Vector::ZERO;
    for (&b, &class) in b.iter().zip(classes) {
        one_by_one();
        sum = sum + of_classes(b, class);
    }
    (shift, sum.sum())
}

/// `terms`, 0 where there is no class.
#[inline(always)]
fn of_classes<T: Number>(mut terms: Vector<T>, class: Vector<T>) -> Vector<T> {
    for i in 0..T::WIDTH {
        terms[i] = if class[i] >= T::zero() { terms[i] } else { T::zero() };
    }
    terms
}

/// The highest score of a class.
fn maximum<T: Number>(b: &[Vector<T>], classes: &[Vector<T>]) -> T {
    let scores = b.iter().flat_map(|b| b.as_slice());
    let classes = classes.iter().flat_map(|class| class.as_slice());
    let scores = scores.zip(classes).filter(|&(_, &class)| class >= T::zero());
    scores.fold(T::neg_infinity(), |max, (&b, _)| if b > max { b } else { max })
}

/// Scores `b` into `h = -lr g_b = lr (onehot(y) - softmax(b))`, in place, 0 where there is no class.
#[inline(always)]
pub fn step<T: Number>(b: &mut [Vector<T>], classes: &[Vector<T>], y: T, lr: T) {
    let (_, sum) = terms(b, classes);
    let scale = Vector::splat(-lr / sum);
    for (b, &class) in b.iter_mut().zip(classes) {
        one_by_one();
        let onehot = class.map(|class| if class == y { lr } else { T::zero() });
        *b = of_classes(*b, class).mul_add(scale, onehot);
    }
}

/// Scores `b` into `softmax(b)`, in place; what stands where there is no class means nothing.
#[inline(always)]
pub fn probabilities<T: Number>(b: &mut [Vector<T>], classes: &[Vector<T>]) {
    let (_, sum) = terms(b, classes);
    for b in b {
        *b = *b / Vector::splat(sum);
    }
}

/// `log sum_k exp(b_k)`, `b` is overwritten.
#[inline(always)]
pub fn log_sum_exp<T: Number>(b: &mut [Vector<T>], classes: &[Vector<T>]) -> f64 {
    let (shift, sum) = terms(b, classes);
    libm::log(sum.into()) + shift.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Three classes, whose places in the vector are followed by nothing.
    const CLASSES: [f64; 8] = [0.0, 1.0, 2.0, -1.0, -1.0, -1.0, -1.0, -1.0];

    fn row(scores: [f64; 3]) -> Vector<f64> {
        Vector::load(&scores)
    }

    #[test]
    fn steps_and_losses_of_scores_of_every_size() {
        let classes = [Vector::load(&CLASSES)];
        for scores in [[0.1, -2.0, 1.5], [299.0, 300.0, -299.0], [800.0, 801.0, -900.0], [-1e4; 3]]
        {
            let highest = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            let weights = scores.map(|b| (b - highest).exp());
            let sum = weights.iter().sum::<f64>();
            let loss = log_sum_exp(&mut [row(scores)], &classes) - scores[1];
            let expected = sum.ln() + highest - scores[1];
            assert!(
                (loss - expected).abs() <= 1e-15 * highest.abs().max(1.0),
                "{scores:?}: {loss}"
            );
            let mut b = [row(scores)];
            step(&mut b, &classes, 1.0, 0.5);
            for k in 0..8 {
                let wanted = match k {
                    0..3 => 0.5 * (f64::from(u8::from(k == 1)) - weights[k] / sum),
                    _ => 0.0,
                };
                assert!((b[0][k] - wanted).abs() <= 1e-15, "{scores:?} {k}: {} {wanted}", b[0][k]);
            }
        }
    }

    #[test]
    fn a_score_that_is_no_number_is_not_hidden() {
        let classes = [Vector::load(&CLASSES)];
        assert!(log_sum_exp(&mut [row([0.0, f64::NAN, 1.0])], &classes).is_nan());
        assert!(!log_sum_exp(&mut [row([0.0, f64::INFINITY, 1.0])], &classes).is_finite());
    }
}
