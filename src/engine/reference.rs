//! The textbook engine: module by module, gradient by gradient, update by update.

use super::Engine;
use crate::blocked::Plan;
use crate::dataset::Dataset;
use crate::network::Network;
use crate::number::Number;
use crate::phases::{Laps, Off, Phase, Watch};
use crate::textbook;
use std::sync::Arc;

/// Runs [`textbook::forward`] and [`textbook::backward`] for every example and takes the step
/// `w -= lr dJ/dw`. Short enough to check by eye, with sums in f64, and slow: what the other engines are
/// held against.
#[derive(Debug)]
pub struct Reference<'a, T> {
    data: &'a Dataset<T>,
    plan: Arc<Plan<T>>,
}

impl<'a, T: Number> Reference<'a, T> {
    /// An engine over `data`.
    pub fn new(data: &'a Dataset<T>) -> Self {
        Self { data, plan: Arc::new(Plan::of_file_order(data.examples())) }
    }

    fn run(&self, network: &mut Network<T>, learning_rate: T, laps: &mut impl Laps) {
        let (features, labels) = (self.data.features(), self.data.labels());
        for (t, &example) in self.plan.order().iter().enumerate() {
            laps.begin(t, labels.len());
            let (x, y) = (features.row(example as usize), labels[example as usize]);
            laps.lap(Phase::Data);
            let forward = textbook::forward_in_laps(network, x, y, laps);
            let backward = textbook::backward(network, x, y, &forward);
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
