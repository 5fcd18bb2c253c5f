//! The fast engine: a network handed to the [kernels](rankone_kernels) and taken back.

use super::{Engine, Examples};
use crate::network::Network;
use rankone_kernels::profile::Watch;
use rankone_kernels::thread_pool::ThreadPool;
use rankone_kernels::{Inputs, Isa, Number, Plan, Sgd};
use std::sync::Arc;

/// Delayed updates, block by block: exact, and the same bits under every instruction set.
#[derive(Debug)]
pub struct Blocked<'a, T: Number> {
    sgd: Sgd<'a, T>,
    /// M+1, D, K.
    shape: (usize, usize, usize),
}

impl<'a, T: Number> Blocked<'a, T> {
    /// An engine over `examples`, whose inputs are `inputs` and whose order is that of `plan`, for
    /// networks of `hidden` units, at least 1, with the instructions of `isa`; the threads of
    /// `pool` may take part.
    pub fn new(
        examples: Examples<'a, T>,
        hidden: usize,
        inputs: &Arc<Inputs<'a, T>>,
        plan: Arc<Plan<T>>,
        isa: Isa,
        pool: &Arc<ThreadPool>,
    ) -> Self {
        let Examples { labels, columns, classes, .. } = examples;
        let sgd = Sgd::new(inputs, labels, (hidden, classes), plan, isa, pool);
        Self { sgd, shape: (columns, hidden, classes) }
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
