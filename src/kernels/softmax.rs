//! Softmax and its cross-entropy over scores in lanes.
//!
//! A row of scores comes with `classes`, lanes like its own: the number of the class that each score is of,
//! -1 where there is none. Such scores are finite and have no part in anything.

use crate::lanes::exp::{exp, exp_of_tame, is_tame};
use crate::lanes::{Element, Lanes, one_by_one};

/// Scores `b` into terms in proportion to `softmax(b)`, in place, and their sum. Gives the score whose term
/// is 1, and the sum.
///
/// Scores of moderate size need no maximum to be subtracted, which all else would wait for.
#[inline(always)]
fn terms<L: Lanes>(b: &mut [L], classes: &[L]) -> (L::Scalar, L::Scalar) {
    let mut tame = true;
    for &b in &*b {
        tame &= is_tame(b);
    }
    let mut max = L::Scalar::ZERO;
    if tame {
        for b in &mut *b {
            one_by_one();
            *b = exp_of_tame(*b);
        }
    } else {
        max = maximum(b, classes);
        for b in &mut *b {
            one_by_one();
            *b = exp(*b - L::splat(max));
        }
    }
    let mut sum = L::ZERO;
    for (&b, &class) in b.iter().zip(classes) {
        one_by_one();
        sum = sum + of_classes(b, class);
    }
    (max, sum.sum())
}

/// `terms`, 0 where there is no class.
#[inline(always)]
fn of_classes<L: Lanes>(mut terms: L, class: L) -> L {
    for i in 0..L::WIDTH {
        terms[i] = if class[i] >= L::Scalar::ZERO { terms[i] } else { L::Scalar::ZERO };
    }
    terms
}

/// The highest score of a class.
fn maximum<L: Lanes>(b: &[L], classes: &[L]) -> L::Scalar {
    let scores = b.iter().flat_map(|b| b.as_slice());
    let classes = classes.iter().flat_map(|class| class.as_slice());
    let scores = scores.zip(classes).filter(|&(_, &class)| class >= L::Scalar::ZERO);
    scores.fold(L::Scalar::NEG_INFINITY, |max, (&b, _)| if b > max { b } else { max })
}

/// Scores `b` into `h = -lr g_b = lr (onehot(y) - softmax(b))`, in place, 0 where there is no class; and
/// `bias += h`.
#[inline(always)]
pub fn step<L: Lanes>(b: &mut [L], classes: &[L], bias: &mut [L], y: L::Scalar, lr: L::Scalar) {
    let (_, sum) = terms(b, classes);
    let scale = L::splat(-lr / sum);
    for ((b, &class), bias) in b.iter_mut().zip(classes).zip(bias) {
        one_by_one();
        let onehot = class.map(|class| if class == y { lr } else { L::Scalar::ZERO });
        let h = of_classes(*b, class).mul_add(scale, onehot);
        *b = h;
        *bias = *bias + h;
    }
}

/// `log sum_k exp(b_k)`, with `b` spent.
#[inline(always)]
pub fn log_sum_exp<L: Lanes>(b: &mut [L], classes: &[L]) -> f64 {
    let (shift, sum) = terms(b, classes);
    libm::log(sum.into()) + shift.into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lanes::F64x8;

    /// Three classes, whose places in the lane are followed by nothing.
    const CLASSES: [f64; 8] = [0.0, 1.0, 2.0, -1.0, -1.0, -1.0, -1.0, -1.0];

    fn lane(scores: [f64; 3]) -> F64x8 {
        F64x8::load_or(&scores, 0.0)
    }

    #[test]
    fn steps_and_losses_of_scores_of_every_size() {
        let classes = [F64x8::load(&CLASSES)];
        for scores in [[0.1, -2.0, 1.5], [299.0, 300.0, -299.0], [800.0, 801.0, -900.0], [-1e4; 3]]
        {
            let highest = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            let weights = scores.map(|b| (b - highest).exp());
            let sum = weights.iter().sum::<f64>();
            let loss = log_sum_exp(&mut [lane(scores)], &classes) - scores[1];
            let expected = sum.ln() + highest - scores[1];
            assert!(
                (loss - expected).abs() <= 1e-15 * highest.abs().max(1.0),
                "{scores:?}: {loss}"
            );
            let (mut b, mut bias) = ([lane(scores)], [F64x8::ZERO]);
            step(&mut b, &classes, &mut bias, 1.0, 0.5);
            for k in 0..8 {
                let wanted = match k {
                    0..3 => 0.5 * (f64::from(u8::from(k == 1)) - weights[k] / sum),
                    _ => 0.0,
                };
                assert!((b[0][k] - wanted).abs() <= 1e-15, "{scores:?} {k}: {} {wanted}", b[0][k]);
                assert_eq!(bias[0][k], b[0][k]);
            }
        }
    }

    #[test]
    fn a_score_that_is_no_number_is_not_hidden() {
        let classes = [F64x8::load(&CLASSES)];
        assert!(log_sum_exp(&mut [lane([0.0, f64::NAN, 1.0])], &classes).is_nan());
        assert!(!log_sum_exp(&mut [lane([0.0, f64::INFINITY, 1.0])], &classes).is_finite());
    }
}
