//! The engine that runs on the BLAS provider, and so compares providers.

use super::Engine;
use crate::blas::{Shape, gemv, gemv_transposed, ger};
use crate::dataset::Dataset;
use crate::modules::{sigmoid, softmax};
use crate::network::Network;
use crate::scalar::Scalar;

/// For every example exactly `gemv`, `gemv`, `gemv^T`, `ger`, `ger`, and elementwise work between them,
/// softmax and cross-entropy fused to `g_b = y_hat - onehot(y)`.
#[derive(Debug)]
pub struct Blas<'a, T> {
    data: &'a Dataset<T>,
    workspace: Workspace<T>,
}

/// One example's scratch; every value is written before it is read, but for `z[0] = 1`.
#[derive(Debug)]
struct Workspace<T> {
    /// `[1; z]`, D+1; its upper D hold `a` first.
    z: Vec<T>,
    /// `b`, then `y_hat`, then `g_b`, K.
    g_b: Vec<T>,
    /// `g_z`, then `g_a`, D.
    g_a: Vec<T>,
}

impl<'a, T: Scalar> Blas<'a, T> {
    /// An engine over `data` for networks of `hidden` units.
    pub fn new(data: &'a Dataset<T>, hidden: usize) -> Self {
        // NaN would show in the answer, were it ever read.
        let garbage = T::from_f64(f64::NAN);
        let mut z = vec![garbage; hidden + 1];
        z[0] = T::one();
        let workspace =
            Workspace { z, g_b: vec![garbage; data.classes()], g_a: vec![garbage; hidden] };
        Self { data, workspace }
    }
}

impl<T: Scalar> Engine<T> for Blas<'_, T> {
    fn epoch(&mut self, network: &mut Network<T>, learning_rate: T) {
        let (m, d, k) = (network.inputs(), network.hidden(), network.classes());
        let matrix = |rows, columns, stride| Shape { rows, columns, stride };
        let whole_alpha = matrix(d, m + 1, m + 1);
        let whole_beta = matrix(k, d + 1, d + 1);
        let beta_weights = matrix(k, d, d + 1);
        let (alpha, beta) = network.parameters_mut();
        let Workspace { z, g_b, g_a } = &mut self.workspace;
        for (x, y) in self.data.iter() {
            gemv(alpha, whole_alpha, x, &mut z[1..]);
            for z in &mut z[1..] {
                *z = sigmoid(*z);
            }
            gemv(beta, whole_beta, z, g_b);
            softmax(g_b);
            g_b[y] -= T::one();
            gemv_transposed(&beta[1..], beta_weights, g_b, g_a);
            for (g, &z) in g_a.iter_mut().zip(&z[1..]) {
                *g *= z * (T::one() - z);
            }
            ger(beta, whole_beta, -learning_rate, g_b, z);
            ger(alpha, whole_alpha, -learning_rate, g_a, x);
        }
    }
}
