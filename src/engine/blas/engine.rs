//! The engine that runs on the BLAS provider, and so compares providers.

use super::{Shape, gemv, gemv_transposed, ger};
use crate::engine::reference::{sigmoid, softmax};
use crate::engine::{Engine, Examples};
use crate::network::Network;
use rankone_kernels::profile::{Laps, Off, Phase, Watch};
use rankone_kernels::{Number, Plan};
use std::sync::Arc;

/// For every example exactly `gemv`, `gemv`, `gemv^T`, `ger`, `ger`, and elementwise work between
/// them, softmax and cross-entropy fused to `g_b = y_hat - onehot(y)`.
#[derive(Debug)]
pub struct Blas<'a, T> {
    examples: Examples<'a, T>,
    plan: Arc<Plan<T>>,
    /// `[1; z]`, D+1; its upper D hold `a` first.
    z: Vec<T>,
    /// `b`, then `y_hat`, then `g_b`, K.
    g_b: Vec<T>,
    /// `g_z`, then `g_a`, D.
    g_a: Vec<T>,
}

impl<'a, T: Number> Blas<'a, T> {
    /// An engine over `examples` for networks of `hidden` units.
    pub fn new(examples: Examples<'a, T>, hidden: usize) -> Self {
        // NaN would show in the answer, were it ever read; every value but `z[0]` is written
        // before.
        let mut z = vec![T::nan(); hidden + 1];
        z[0] = T::one();
        let plan = Arc::new(Plan::of_file_order(examples.len()));
        let (g_b, g_a) = (vec![T::nan(); examples.classes], vec![T::nan(); hidden]);
        Self { examples, plan, z, g_b, g_a }
    }

    fn run(&mut self, network: &mut Network<T>, learning_rate: T, laps: &mut impl Laps) {
        let Self { examples, plan, z, g_b, g_a } = self;
        let (columns, d, k) = network.shape();
        let matrix = |rows, columns, stride| Shape { rows, columns, stride };
        let (of_alpha, of_beta) = (matrix(d, columns, columns), matrix(k, d + 1, d + 1));
        let of_beta_without_bias = matrix(k, d, d + 1);
        let (alpha, beta) = network.as_mut_slices();
        for (t, &example) in plan.order().iter().enumerate() {
            laps.begin(t, examples.len());
            let (x, y) = examples.example(example as usize);
            laps.lap(Phase::Data);
            gemv(alpha, of_alpha, x, &mut z[1..]);
            laps.lap(Phase::ForwardHidden);
            for z in &mut z[1..] {
                *z = sigmoid(*z);
            }
            laps.lap(Phase::Sigmoid);
            gemv(beta, of_beta, z, g_b);
            laps.lap(Phase::ForwardOutput);
            softmax(g_b);
            g_b[y] -= T::one();
            laps.lap(Phase::Softmax);
            gemv_transposed(&beta[1..], of_beta_without_bias, g_b, g_a);
            for (g, &z) in g_a.iter_mut().zip(&z[1..]) {
                *g *= z * (T::one() - z);
            }
            laps.lap(Phase::Backward);
            ger(beta, of_beta, -learning_rate, g_b, z);
            laps.lap(Phase::UpdateOutput);
            ger(alpha, of_alpha, -learning_rate, g_a, x);
            laps.lap(Phase::UpdateHidden);
        }
    }
}

impl<T: Number> Engine<T> for Blas<'_, T> {
    fn epoch(&mut self, network: &mut Network<T>, learning_rate: T, watch: Watch) {
        match watch {
            None => self.run(network, learning_rate, &mut Off),
            Some(watch) => self.run(network, learning_rate, watch),
        }
    }

    fn replan(&mut self, plan: Arc<Plan<T>>) -> Arc<Plan<T>> {
        std::mem::replace(&mut self.plan, plan)
    }
}
