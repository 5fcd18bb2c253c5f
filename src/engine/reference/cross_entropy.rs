//! The cross-entropy module.

use ndarray::{Array1, ArrayView1};
use rankone_kernels::Number;

/// `J = -log y_hat[y]`.
#[derive(Debug)]
pub struct CrossEntropy;

impl CrossEntropy {
    /// J of the probabilities y_hat and the label y.
    ///
    /// # Panics
    /// Where y is no class.
    pub fn forward<T: Number>(y_hat: ArrayView1<T>, y: usize) -> T {
        -y_hat[y].ln()
    }

    /// `dJ/dy_hat = -g_j / y_hat[y]` at the label and 0 elsewhere, with `g_j` the gradient of J, 1
    /// at the end of a graph.
    ///
    /// # Panics
    /// Where y is no class.
    pub fn backward<T: Number>(y_hat: ArrayView1<T>, y: usize, g_j: T) -> Array1<T> {
        let mut g = Array1::zeros(y_hat.len());
        g[y] = -g_j / y_hat[y];
        g
    }
}
