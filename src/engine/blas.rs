//! The engine that runs on the BLAS provider, and so compares providers.

use super::Engine;
use crate::blas::{Shape, gemv, gemv_transposed, ger};
use crate::dataset::Dataset;
use crate::modules::{sigmoid, softmax};
use crate::network::Network;
use crate::phases::{Laps, Off, Phase, Phases, SAMPLE, Stopwatch};
use crate::scalar::Scalar;
use std::time::Instant;

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

/// The matrices of a network's shape, as the products see them.
#[derive(Clone, Copy)]
struct Shapes {
    alpha: Shape,
    beta: Shape,
    /// `beta` without the bias.
    weights: Shape,
}

impl Shapes {
    fn of<T: Scalar>(network: &Network<T>) -> Self {
        let (m, d, k) = (network.inputs(), network.hidden(), network.classes());
        let matrix = |rows, columns, stride| Shape { rows, columns, stride };
        Self {
            alpha: matrix(d, m + 1, m + 1),
            beta: matrix(k, d + 1, d + 1),
            weights: matrix(k, d, d + 1),
        }
    }
}

impl<T: Scalar> Workspace<T> {
    /// The update of `alpha` and `beta` by one example.
    #[inline(always)]
    fn update(
        &mut self,
        (alpha, beta, shapes): (&mut [T], &mut [T], Shapes),
        (x, y): (&[T], usize),
        learning_rate: T,
        laps: &mut impl Laps,
    ) {
        let Self { z, g_b, g_a } = self;
        laps.lap(Phase::Data);
        gemv(alpha, shapes.alpha, x, &mut z[1..]);
        laps.lap(Phase::ForwardHidden);
        for z in &mut z[1..] {
            *z = sigmoid(*z);
        }
        laps.lap(Phase::Sigmoid);
        gemv(beta, shapes.beta, z, g_b);
        laps.lap(Phase::ForwardOutput);
        softmax(g_b);
        g_b[y] -= T::one();
        laps.lap(Phase::Softmax);
        gemv_transposed(&beta[1..], shapes.weights, g_b, g_a);
        for (g, &z) in g_a.iter_mut().zip(&z[1..]) {
            *g *= z * (T::one() - z);
        }
        laps.lap(Phase::Backward);
        ger(beta, shapes.beta, -learning_rate, g_b, z);
        laps.lap(Phase::UpdateOutput);
        ger(alpha, shapes.alpha, -learning_rate, g_a, x);
        laps.lap(Phase::UpdateHidden);
    }
}

impl<T: Scalar> Engine<T> for Blas<'_, T> {
    fn epoch(&mut self, network: &mut Network<T>, learning_rate: T) {
        let shapes = Shapes::of(network);
        let (alpha, beta) = network.parameters_mut();
        for example in self.data.iter() {
            self.workspace.update((alpha, beta, shapes), example, learning_rate, &mut Off);
        }
    }

    fn profiled_epoch(&mut self, network: &mut Network<T>, learning_rate: T) -> Phases {
        let mut watch = Stopwatch::new();
        let start = Instant::now();
        let shapes = Shapes::of(network);
        let (alpha, beta) = network.parameters_mut();
        for (t, example) in self.data.iter().enumerate() {
            let parameters = (&mut *alpha, &mut *beta, shapes);
            if t % SAMPLE == 0 {
                watch.start();
                self.workspace.update(parameters, example, learning_rate, &mut watch);
            } else {
                self.workspace.update(parameters, example, learning_rate, &mut Off);
            }
        }
        watch.phases(start.elapsed())
    }
}
