//! The textbook engine: module by module, gradient by gradient, update by update.

use super::Engine;
use crate::dataset::Dataset;
use crate::modules;
use crate::network::Network;
use crate::scalar::Scalar;

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

impl<T: Scalar> Engine<T> for Reference<'_, T> {
    fn epoch(&mut self, network: &mut Network<T>, learning_rate: T) {
        for (x, &y) in self.data.features().rows().into_iter().zip(self.data.labels()) {
            let forward = modules::forward(network, x, y);
            let gradient = modules::backward(network, x, y, &forward);
            network.alpha_mut().scaled_add(-learning_rate, &gradient.alpha);
            network.beta_mut().scaled_add(-learning_rate, &gradient.beta);
        }
    }
}
