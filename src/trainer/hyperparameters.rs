//! What a training run is, and which values make one.

use crate::engine;
use crate::error::{Error, Result};
use crate::network::Init;
use crate::scalar::Scalar;
use serde::Serialize;
use std::thread;

/// What a training run is, besides its data.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Hyperparameters {
    /// D, the number of hidden units, at least 1.
    pub hidden: usize,
    /// The number of epochs, at least 1.
    pub epochs: usize,
    /// The learning rate, positive and finite.
    pub learning_rate: f64,
    /// How the weights start.
    pub init: Init,
    /// The seed of a random start.
    pub seed: u64,
    /// What computes the updates; the answer differs by rounding alone.
    #[serde(skip)]
    pub engine: engine::Kind,
    /// Threads, at least 1: with more than one, the others evaluate an epoch while the next one trains.
    /// No bit of the answer depends on it.
    pub threads: usize,
}

impl Default for Hyperparameters {
    /// What the command line's defaults are; all the machine's threads.
    fn default() -> Self {
        Self {
            hidden: 50,
            epochs: 100,
            learning_rate: 0.01,
            init: Init::Random,
            seed: 0,
            engine: engine::Kind::Auto,
            threads: thread::available_parallelism().map_or(1, usize::from),
        }
    }
}

impl Hyperparameters {
    /// Checks the ranges, for data of `inputs` and `classes`.
    pub(super) fn check<T: Scalar>(&self, inputs: usize, classes: usize) -> Result<()> {
        Self::check_size::<T>(inputs, self.hidden, classes)?;
        if self.epochs == 0 {
            return Err(fault("number of epochs", "0".into(), "at least 1"));
        }
        let learning_rate = T::from_f64(self.learning_rate);
        if !(learning_rate > T::zero() && learning_rate.is_finite()) {
            let found = format!("{:?}", self.learning_rate);
            let expected = "a positive number of the precision's range";
            return Err(fault("learning rate", found, expected));
        }
        Ok(())
    }

    /// Checks that a network of `hidden` units, for data of `inputs` and `classes`, can be trained here.
    pub(crate) fn check_size<T: Scalar>(
        inputs: usize,
        hidden: usize,
        classes: usize,
    ) -> Result<()> {
        let fault = |found, expected| Err(fault("number of hidden units", found, expected));
        if hidden == 0 {
            return fault("0".into(), "at least 1");
        }
        let found = format!("{hidden} for {inputs} inputs and {classes} classes");
        // BLAS counts with 32 bits.
        let weights = |rows: usize, columns: usize| rows.checked_mul(columns.checked_add(1)?);
        let small = |weights: Option<usize>| weights.is_some_and(|w| i32::try_from(w).is_ok());
        if !(small(weights(hidden, inputs)) && small(weights(classes, hidden))) {
            return fault(found, "fewer than 2^31 weights in each layer");
        }
        // Parameters as they start, train, end an epoch, are stored by the engine and by both evaluators,
        // and are written; and the scratch of an example, for as many as go through together.
        let copies = 8 * (hidden * (inputs + 1) + classes * (hidden + 1));
        let scratch = 128 * (hidden + classes);
        if Vec::<T>::new().try_reserve_exact(copies + scratch).is_err() {
            return fault(found, "a network that fits into the memory");
        }
        Ok(())
    }
}

fn fault(name: &'static str, found: String, expected: &'static str) -> Error {
    Error::Hyperparameter { name, found, expected }
}
