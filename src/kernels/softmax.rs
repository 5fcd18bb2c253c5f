//! Softmax and its cross-entropy over scores in lanes.

use crate::lanes::exp::{exp, exp_of_tame, is_tame};
use crate::lanes::{Element, Lanes, one_by_one, settled};

/// Scores `b` into terms in proportion to `softmax(b)`, in place, 0 where `mask` is 0, and their sum.
/// Gives the score whose term is 1, and the sum.
///
/// `mask` is 1 where there is a class and 0 elsewhere. Scores of moderate size need no maximum to be
/// subtracted, which all else would wait for.
#[inline(always)]
fn terms<L: Lanes>(b: &mut [L], mask: &[L]) -> (L::Scalar, L::Scalar) {
    let mut sum = L::ZERO;
    let mut tame = true;
    for &b in &*b {
        tame &= is_tame(b);
    }
    if tame {
        for (b, &mask) in b.iter_mut().zip(mask) {
            one_by_one();
            let term = settled(exp_of_tame(*b));
            sum = term.mul_add(mask, sum);
            *b = term * mask;
        }
        return (L::Scalar::ZERO, sum.sum());
    }
    let max = maximum(b, mask);
    for (b, &mask) in b.iter_mut().zip(mask) {
        one_by_one();
        *b = exp(*b - L::splat(max)) * mask;
        sum = sum + *b;
    }
    (max, sum.sum())
}

/// The highest score of a class.
fn maximum<L: Lanes>(b: &[L], mask: &[L]) -> L::Scalar {
    let scores = b.iter().zip(mask).flat_map(|(b, mask)| b.as_slice().iter().zip(mask.as_slice()));
    let classes = scores.filter(|&(_, &mask)| mask == L::Scalar::ONE);
    classes.fold(L::Scalar::NEG_INFINITY, |max, (&b, _)| if b > max { b } else { max })
}

/// Scores `b` into `-lr softmax(b)`, in place, 0 where there is no class.
#[inline(always)]
pub fn negative_step<L: Lanes>(b: &mut [L], mask: &[L], learning_rate: L::Scalar) {
    let (_, sum) = terms(b, mask);
    let scale = L::splat(-learning_rate / sum);
    for b in b {
        one_by_one();
        *b = *b * scale;
    }
}

/// `log sum_k exp(b_k)`, with `b` spent.
#[inline(always)]
pub fn log_sum_exp<L: Lanes>(b: &mut [L], mask: &[L]) -> f64 {
    let (shift, sum) = terms(b, mask);
    libm::log(sum.into()) + shift.into()
}
