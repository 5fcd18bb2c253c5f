//! The network as modules of a computation graph, each with `forward` and `backward`, and the two
//! functions that chain them over one example.
//!
//! A `backward` takes the gradient of the loss with respect to the module's output and returns the
//! gradient with respect to its inputs; it knows nothing of the modules around it. Everything is written
//! to be checked by eye: this is the definition that the engines are tested against.

mod cross_entropy;
mod linear;
mod sigmoid;
mod softmax;

pub use cross_entropy::CrossEntropy;
pub use linear::Linear;
pub use sigmoid::Sigmoid;
pub(crate) use sigmoid::sigmoid;
pub use softmax::Softmax;
pub(crate) use softmax::softmax;

use crate::network::Network;
use crate::phases::{Laps, Off, Phase};
use crate::scalar::Scalar;
use ndarray::{Array1, Array2, ArrayView1};

/// What one example leaves on its way forward.
#[derive(Debug, Clone)]
pub struct Forward<T> {
    /// `z = sigmoid(alpha x)`, D.
    pub z: Array1<T>,
    /// `y_hat = softmax(beta z)`, K.
    pub y_hat: Array1<T>,
    /// `J = -log y_hat[y]`.
    pub j: T,
}

/// The gradient of J with respect to the parameters, of their shapes.
#[derive(Debug, Clone)]
pub struct Gradient<T> {
    /// `dJ/dalpha`, D x (M+1).
    pub alpha: Array2<T>,
    /// `dJ/dbeta`, K x (D+1).
    pub beta: Array2<T>,
}

/// One example forward: Linear, Sigmoid, Linear, Softmax, CrossEntropy.
///
/// `x` holds the M inputs without the constant.
///
/// # Panics
/// Where `x` does not have M values or `y` is no class.
pub fn forward<T: Scalar>(network: &Network<T>, x: ArrayView1<T>, y: usize) -> Forward<T> {
    forward_in_laps(network, x, y, &mut Off)
}

/// [`forward`], telling of its phases.
pub(crate) fn forward_in_laps<T: Scalar>(
    network: &Network<T>,
    x: ArrayView1<T>,
    y: usize,
    laps: &mut impl Laps,
) -> Forward<T> {
    let a = Linear::forward(network.alpha(), x);
    laps.lap(Phase::ForwardHidden);
    let z = Sigmoid::forward(a.view());
    laps.lap(Phase::Sigmoid);
    let b = Linear::forward(network.beta(), z.view());
    laps.lap(Phase::ForwardOutput);
    let y_hat = Softmax::forward(b.view());
    let j = CrossEntropy::forward(y_hat.view(), y);
    laps.lap(Phase::Softmax);
    Forward { z, y_hat, j }
}

/// The same example backward, from what [`forward`] left.
///
/// # Panics
/// As [`forward`].
pub fn backward<T: Scalar>(
    network: &Network<T>,
    x: ArrayView1<T>,
    y: usize,
    forward: &Forward<T>,
) -> Gradient<T> {
    let (z, y_hat) = (forward.z.view(), forward.y_hat.view());
    let g_y_hat = CrossEntropy::backward(y_hat, y, T::one());
    let g_b = Softmax::backward(y_hat, g_y_hat.view());
    let (g_beta, g_z) = Linear::backward(network.beta(), z, g_b.view());
    let g_a = Sigmoid::backward(z, g_z.view());
    let (g_alpha, _g_x) = Linear::backward(network.alpha(), x, g_a.view());
    Gradient { alpha: g_alpha, beta: g_beta }
}

#[cfg(test)]
mod tests {
    use super::*;
    use approx::assert_relative_eq;
    use ndarray::Array1;

    /// The handout's example: M = 5, D = 3, K = 10, weights by `weight(index, count)`, biases 0.
    fn handout(weight: impl Fn(usize, usize) -> f64) -> Network<f64> {
        let matrix = |rows, columns: usize| {
            Array2::from_shape_fn((rows, columns), |(row, column)| match column {
                0 => 0.0,
                _ => weight(row * columns + column, rows * columns),
            })
        };
        Network::from_parameters(matrix(3, 6), matrix(10, 4)).unwrap()
    }

    #[test]
    fn published_losses_of_single_examples() {
        let even = |index, count| index as f64 / (count - 1) as f64;
        // x[0] = 1 stands for the first of the handout's six values, whose column is zero.
        let x = Array1::from_vec(vec![1.0, 2.0, 3.0, 4.0, 5.0]);
        let zero = Array1::zeros(5);
        let half = handout(|_, _| 0.5);
        let j = |network: &Network<f64>, x: &Array1<f64>, y| forward(network, x.view(), y).j;
        let close = |found: f64, published: f64| {
            assert_relative_eq!(found, published, max_relative = 1e-14);
        };
        // 2.302585092994046: ten equal scores.
        close(j(&half, &x, 9), std::f64::consts::LN_10);
        close(j(&half, &zero, 2), std::f64::consts::LN_10);
        close(j(&handout(even), &x, 9), 1.2903511328524147);
        close(j(&handout(even), &zero, 2), 2.78295863634834);
    }

    #[test]
    fn the_chain_is_finite_and_right_where_the_softmax_saturates() {
        // Scores 2000 apart: y_hat of the true class underflows, its gradient must still be -1.
        let alpha = Array2::<f64>::zeros((1, 2));
        let beta = ndarray::array![[1000.0, 0.0], [-1000.0, 0.0]];
        let network = Network::from_parameters(alpha, beta).unwrap();
        let x = Array1::from_vec(vec![1.0]);
        let left = forward(&network, x.view(), 1);
        assert!(left.j.is_finite() && left.j > 700.0);
        let gradient = backward(&network, x.view(), 1, &left);
        assert_eq!(gradient.beta.column(0), ndarray::array![1.0, -1.0]);
    }
}
