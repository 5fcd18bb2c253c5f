//! The softmax module.

use ndarray::{Array1, ArrayView1};
use rankone_kernels::Number;

/// `y_hat_k = exp(b_k) / sum_i exp(b_i)`.
#[derive(Debug)]
pub struct Softmax;

impl Softmax {
    /// y_hat of b, without overflow for any finite b.
    ///
    /// A probability too small for `T` is raised to its smallest normal number: the cross-entropy
    /// and its gradient then stay finite, and the gradient that comes back through both is still
    /// right.
    pub fn forward<T: Number>(b: ArrayView1<T>) -> Array1<T> {
        let mut y_hat = b.to_owned();
        softmax(y_hat.as_slice_mut().expect("a new array is contiguous"));
        // Not `max`, which would turn a NaN into a number.
        y_hat.mapv_into(|p| if p < T::min_positive_value() { T::min_positive_value() } else { p })
    }

    /// From `g = dJ/dy_hat`: `dJ/db_k = y_hat_k (g_k - sum_i g_i y_hat_i)`.
    ///
    /// # Panics
    /// Where the lengths differ.
    pub fn backward<T: Number>(y_hat: ArrayView1<T>, g: ArrayView1<T>) -> Array1<T> {
        assert_eq!(y_hat.len(), g.len());
        let inner = y_hat.iter().zip(g).fold(T::zero(), |sum, (&p, &g)| sum + p * g);
        y_hat.iter().zip(g).map(|(&p, &g)| p * (g - inner)).collect()
    }
}

/// Turns scores into probabilities in place.
///
/// The largest score is taken off first, so that nothing overflows; a score of NaN or plus infinity
/// makes every probability NaN.
#[inline]
pub(crate) fn softmax<T: Number>(b: &mut [T]) {
    let largest = b.iter().fold(T::neg_infinity(), |largest, &b| largest.max(b));
    let mut sum = T::zero();
    for b in b.iter_mut() {
        *b = (*b - largest).exp();
        sum += *b;
    }
    for b in b.iter_mut() {
        *b /= sum;
    }
}
