//! The cross-entropy module.

use crate::scalar::Scalar;
use ndarray::{Array1, ArrayView1};

/// `J = -log y_hat[y]`.
#[derive(Debug)]
pub struct CrossEntropy;

impl CrossEntropy {
    /// J of the probabilities y_hat and the label y.
    ///
    /// # Panics
    /// Where y is no class.
    pub fn forward<T: Scalar>(y_hat: ArrayView1<T>, y: usize) -> T {
        -y_hat[y].ln()
    }

    /// `dJ/dy_hat = -g_j / y_hat[y]` at the label and 0 elsewhere, with `g_j` the gradient of J, 1 at the
    /// end of a graph.
    ///
    /// # Panics
    /// Where y is no class.
    pub fn backward<T: Scalar>(y_hat: ArrayView1<T>, y: usize, g_j: T) -> Array1<T> {
        let mut g = Array1::zeros(y_hat.len());
        g[y] = -g_j / y_hat[y];
        g
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    #[test]
    fn the_smallest_probability_has_a_finite_loss() {
        let y_hat = array![1.0, f64::MIN_POSITIVE];
        assert_eq!(CrossEntropy::forward(y_hat.view(), 0), 0.0);
        assert!(CrossEntropy::forward(y_hat.view(), 1).is_finite());
        let g = CrossEntropy::backward(y_hat.view(), 1, 1.0);
        assert!(g[0] == 0.0 && g[1].is_finite());
    }
}
