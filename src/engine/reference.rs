//! The textbook engine: module by module, gradient by gradient, update by update.

use super::Engine;
use crate::dataset::Dataset;
use crate::modules;
use crate::network::Network;
use crate::phases::{Laps, Off, Phase, Phases, SAMPLE, Stopwatch};
use crate::scalar::Scalar;
use ndarray::ArrayView1;
use std::time::Instant;

/// Runs [`modules::forward`] and [`modules::backward`] for every example and takes the step
/// `w -= lr dJ/dw`. Short enough to check by eye, with sums in f64, and slow: what the other engines are
/// held against.
#[derive(Debug)]
pub struct Reference<'a, T> {
    data: &'a Dataset<T>,
}

impl<'a, T: Scalar> Reference<'a, T> {
    /// An engine over `data`.
    pub fn new(data: &'a Dataset<T>) -> Self {
        Self { data }
    }
}

/// The update of `network` by one example, of M values.
fn update<T: Scalar>(
    network: &mut Network<T>,
    (x, y): (ArrayView1<T>, usize),
    learning_rate: T,
    laps: &mut impl Laps,
) {
    laps.lap(Phase::Data);
    let forward = modules::forward_in_laps(network, x, y, laps);
    let gradient = modules::backward(network, x, y, &forward);
    laps.lap(Phase::Backward);
    network.beta_mut().scaled_add(-learning_rate, &gradient.beta);
    laps.lap(Phase::UpdateOutput);
    network.alpha_mut().scaled_add(-learning_rate, &gradient.alpha);
    laps.lap(Phase::UpdateHidden);
}

impl<T: Scalar> Engine<T> for Reference<'_, T> {
    fn epoch(&mut self, network: &mut Network<T>, learning_rate: T) {
        for (x, &y) in self.data.features().rows().into_iter().zip(self.data.labels()) {
            update(network, (x, y), learning_rate, &mut Off);
        }
    }

    fn profiled_epoch(&mut self, network: &mut Network<T>, learning_rate: T) -> Phases {
        let mut watch = Stopwatch::new();
        let start = Instant::now();
        let features = self.data.features();
        let examples = features.rows().into_iter().zip(self.data.labels());
        for (t, (x, &y)) in examples.enumerate() {
            if t % SAMPLE == 0 {
                watch.start();
                update(network, (x, y), learning_rate, &mut watch);
            } else {
                update(network, (x, y), learning_rate, &mut Off);
            }
        }
        watch.phases(start.elapsed())
    }
}
