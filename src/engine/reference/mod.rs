//! The textbook: the network as modules of a computation graph, each with `forward` and `backward`,
//! and the two functions that chain them over one example.
//!
//! A `backward` takes the gradient of the loss with respect to the module's output and returns the
//! gradient with respect to its inputs; it knows nothing of the modules around it. Everything is
//! written to be checked by eye: this is the definition that the engines are tested against.

mod cross_entropy;
mod engine;
pub mod gradient_check;
mod linear;
mod sigmoid;
mod softmax;

pub use cross_entropy::CrossEntropy;
pub use engine::Reference;
pub use linear::Linear;
pub use sigmoid::Sigmoid;
pub(crate) use sigmoid::sigmoid;
pub use softmax::Softmax;
pub(crate) use softmax::softmax;

use crate::error::{Error, Result};
use crate::network::Network;
use ndarray::{Array1, Array2, ArrayView1};
use rankone_kernels::Number;
use rankone_kernels::profile::{Laps, Off, Phase};

/// What one example leaves on its way forward.
#[derive(Debug, Clone, PartialEq)]
pub struct Forward<T> {
    /// `a = alpha [1; x]`, D.
    pub a: Array1<T>,
    /// `z = sigmoid(a)`, D.
    pub z: Array1<T>,
    /// `b = beta [1; z]`, K.
    pub b: Array1<T>,
    /// `y_hat = softmax(b)`, K.
    pub y_hat: Array1<T>,
    /// `J = -log y_hat[y]`.
    pub j: T,
}

/// What it leaves on its way backward: the gradients of J.
#[derive(Debug, Clone, PartialEq)]
pub struct Backward<T> {
    /// `dJ/db = y_hat - onehot(y)`, K.
    pub g_b: Array1<T>,
    /// `dJ/dbeta = g_b [1; z]^T`, K x (D+1).
    pub g_beta: Array2<T>,
    /// `dJ/dz = beta[:,1:]^T g_b`, D.
    pub g_z: Array1<T>,
    /// `dJ/da = g_z z (1 - z)`, D.
    pub g_a: Array1<T>,
    /// `dJ/dalpha = g_a [1; x]^T`, D x (M+1).
    pub g_alpha: Array2<T>,
}

/// One example, number by number: what [`forward`] and [`backward`] leave.
#[derive(Debug, Clone, PartialEq)]
pub struct Example<T> {
    /// On its way forward.
    pub forward: Forward<T>,
    /// On its way backward.
    pub backward: Backward<T>,
}

impl<T: Number> Network<T> {
    /// One example, of M inputs `x` and label `y`, by the textbook: every intermediate value and
    /// gradient of the handout's single step.
    ///
    /// # Errors
    /// [`Error::Mismatch`] where `x` does not have M values, all finite, or `y` is no class.
    pub fn example(&self, x: ArrayView1<T>, y: usize) -> Result<Example<T>> {
        let mismatch =
            |what, found: String, expected| Err(Error::Mismatch { what, found, expected });
        let (m, k) = (self.inputs(), self.classes());
        if x.len() != m || x.iter().any(|value| !value.is_finite()) {
            return mismatch(
                "inputs of the example",
                format!("{x}"),
                format!("{m} finite numbers"),
            );
        }
        if y >= k {
            return mismatch("label", y.to_string(), format!("below the {k} classes"));
        }
        let forward = forward(self, x, y);
        let backward = backward(self, x, y, &forward);
        Ok(Example { forward, backward })
    }
}

/// One example forward: Linear, Sigmoid, Linear, Softmax, CrossEntropy.
///
/// `x` holds the M inputs without the constant.
///
/// # Panics
/// Where `x` does not have M values or `y` is no class.
pub fn forward<T: Number>(network: &Network<T>, x: ArrayView1<T>, y: usize) -> Forward<T> {
    forward_in_laps(network, x, y, &mut Off)
}

/// [`forward`], telling of its phases.
pub(crate) fn forward_in_laps<T: Number>(
    network: &Network<T>,
    x: ArrayView1<T>,
    y: usize,
    laps: &mut impl Laps,
) -> Forward<T> {
    let (alpha, beta) = network.parameters();
    let a = Linear::forward(alpha, x);
    laps.lap(Phase::ForwardHidden);
    let z = Sigmoid::forward(a.view());
    laps.lap(Phase::Sigmoid);
    let b = Linear::forward(beta, z.view());
    laps.lap(Phase::ForwardOutput);
    let y_hat = Softmax::forward(b.view());
    let j = CrossEntropy::forward(y_hat.view(), y);
    laps.lap(Phase::Softmax);
    Forward { a, z, b, y_hat, j }
}

/// The same example backward, from what [`forward`] left.
///
/// # Panics
/// As [`forward`].
pub fn backward<T: Number>(
    network: &Network<T>,
    x: ArrayView1<T>,
    y: usize,
    forward: &Forward<T>,
) -> Backward<T> {
    let (alpha, beta) = network.parameters();
    let (z, y_hat) = (forward.z.view(), forward.y_hat.view());
    let g_y_hat = CrossEntropy::backward(y_hat, y, T::one());
    let g_b = Softmax::backward(y_hat, g_y_hat.view());
    let (g_beta, g_z) = Linear::backward(beta, z, g_b.view());
    let g_a = Sigmoid::backward(z, g_z.view());
    let (g_alpha, _g_x) = Linear::backward(alpha, x, g_a.view());
    Backward { g_b, g_beta, g_z, g_a, g_alpha }
}
