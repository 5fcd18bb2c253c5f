//! The reference engine: module by module, gradient by gradient, update by update.

use super::{backward, forward_in_laps};
use crate::engine::{Engine, Examples};
use crate::network::Network;
use ndarray::ArrayView1;
use rankone_kernels::profile::{Laps, Off, Phase, Watch};
use rankone_kernels::{Number, Plan};
use std::sync::Arc;

/// Runs [`forward`](super::forward) and [`backward`] for every example and takes the step `w -= lr
/// dJ/dw`. Short enough to check by eye, with sums in f64, and slow: what the other engines are
/// held against.
#[derive(Debug)]
pub struct Reference<'a, T> {
    examples: Examples<'a, T>,
    plan: Arc<Plan<T>>,
}

impl<'a, T: Number> Reference<'a, T> {
    /// An engine over `examples`.
    pub fn new(examples: Examples<'a, T>) -> Self {
        Self { examples, plan: Arc::new(Plan::of_file_order(examples.len())) }
    }

    fn run(&self, network: &mut Network<T>, learning_rate: T, laps: &mut impl Laps) {
        for (t, &example) in self.plan.order().iter().enumerate() {
            laps.begin(t, self.examples.len());
            let (x, y) = self.examples.example(example as usize);
            let x = ArrayView1::from(&x[1..]);
            laps.lap(Phase::Data);
            let forward = forward_in_laps(network, x, y, laps);
            let backward = backward(network, x, y, &forward);
            laps.lap(Phase::Backward);
            let (mut alpha, mut beta) = network.parameters_mut();
            beta.scaled_add(-learning_rate, &backward.g_beta);
            laps.lap(Phase::UpdateOutput);
            alpha.scaled_add(-learning_rate, &backward.g_alpha);
            laps.lap(Phase::UpdateHidden);
        }
    }
}

impl<T: Number> Engine<T> for Reference<'_, T> {
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
