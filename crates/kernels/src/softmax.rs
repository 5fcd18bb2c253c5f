//! Softmax over scores in vectors, for the updates.
//!
//! A row of scores comes with `classes`, vectors like its own: the number of the class that each
//! score is of, -1 where there is none. Such scores are finite and have no part in anything.

use crate::number::Number;
use crate::simd::exp::{exp, exp_of_moderate, is_moderate};
use crate::simd::{Vector, one_by_one};

/// Scores `b` into terms `exp(b_k - shift)`, in place. Gives their sum.
///
/// The shift is the largest score, so that nothing overflows; but scores of moderate size need
/// none, and so no search for the largest, which all else would wait for.
#[inline(always)]
fn terms<T: Number>(b: &mut [Vector<T>], classes: &[Vector<T>]) -> T {
    let mut moderate = true;
    for &b in &*b {
        moderate &= is_moderate(b);
    }
    if moderate {
        for b in &mut *b {
            one_by_one();
            *b = exp_of_moderate(*b);
        }
    } else {
        let shift = Vector::splat(maximum(b, classes));
        for b in &mut *b {
            one_by_one();
            *b = exp(*b - shift);
        }
    }
    let mut sum = Vector::ZERO;
    for (&b, &class) in b.iter().zip(classes) {
        one_by_one();
        sum = sum + of_classes(b, class);
    }
    sum.sum()
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

/// Scores `b` into `h = -lr g_b = lr (onehot(y) - softmax(b))`, in place, 0 where there is no
/// class.
#[inline(always)]
pub fn step<T: Number>(b: &mut [Vector<T>], classes: &[Vector<T>], y: T, lr: T) {
    let sum = terms(b, classes);
    let scale = Vector::splat(-lr / sum);
    for (b, &class) in b.iter_mut().zip(classes) {
        one_by_one();
        let onehot = class.map(|class| if class == y { lr } else { T::zero() });
        *b = of_classes(*b, class).mul_add(scale, onehot);
    }
}
