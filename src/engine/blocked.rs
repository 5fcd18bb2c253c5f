//! The fast engine: a network handed to [`blocked`](crate::blocked) and taken back.

use super::{Engine, Prepared};
use crate::blocked::{Plan, Sgd};
use crate::network::Network;
use crate::number::Number;
use crate::phases::Watch;
use std::sync::Arc;

/// Delayed updates, block by block: exact, and the same bits under every instruction set.
#[derive(Debug)]
pub struct Blocked<'a, T: Number> {
    sgd: Sgd<'a, T>,
    /// M+1, D, K.
    shape: (usize, usize, usize),
}

impl<'a, T: Number> Blocked<'a, T> {
    /// Plans the work over `train` for networks of `hidden` units, at least 1.
    pub fn new(train: &Prepared<'a, T>, hidden: usize) -> Self {
        let (_, _, classes) = train.shape(hidden);
        let (labels, shape) = (train.data.labels(), (hidden, classes));
        let plan = train.file_plan();
        let sgd = Sgd::new(&train.inputs, labels, shape, plan, train.isa, &train.crew);
        Self { sgd, shape: train.shape(hidden) }
    }
}

impl<T: Number> Engine<T> for Blocked<'_, T> {
    fn epoch(&mut self, network: &mut Network<T>, learning_rate: T, watch: Watch) {
        assert_eq!(network.shape(), self.shape, "M+1, D, K");
        self.sgd.epoch(network.as_mut_slices(), learning_rate, watch);
    }

    fn replan(&mut self, plan: Arc<Plan<T>>) -> Arc<Plan<T>> {
        self.sgd.replan(plan)
    }

    fn block(&self) -> Option<usize> {
        Some(self.sgd.block_size())
    }

    fn threads(&self) -> (usize, usize) {
        self.sgd.threads()
    }

    fn plan_bytes(&self) -> Option<usize> {
        Some(self.sgd.plan_bytes())
    }
}
