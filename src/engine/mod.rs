//! Exact per-example SGD: one epoch over a data set, in file order or another.
//!
//! For every example, before the next one is looked at:
//!
//! ```text
//! a = alpha [1; x]      z = sigmoid(a)        b = beta [1; z]      y_hat = softmax(b)
//! g_b = y_hat - onehot(y)       g_z = beta[:,1:]^T g_b       g_a = g_z z (1 - z)
//! beta -= lr g_b [1; z]^T       alpha -= lr g_a [1; x]^T
//! ```
//!
//! with `g_z` from beta before its update. All engines compute this, and nothing else; they differ
//! in how. An engine knows slices and shapes, neither data sets nor files.

pub mod blas;
mod blocked;
pub mod reference;

pub use blas::Blas;
pub use blocked::Blocked;
pub use rankone_kernels::{InputKind, Inputs, Plan};
pub use reference::Reference;

use crate::network::Network;
use rankone_kernels::profile::Watch;
use rankone_kernels::{Number, named};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// A way to run an epoch of exact SGD over the examples that it was made for.
pub trait Engine<T: Number>: Send {
    /// Updates `network` N times, once per example; timed, to the same bits, if there is a
    /// stopwatch.
    ///
    /// # Panics
    /// Where the network's M, D or K do not fit what the engine was made for.
    fn epoch(&mut self, network: &mut Network<T>, learning_rate: T, watch: Watch);

    /// Goes through the examples by another plan from the next epoch on; returns the one before.
    fn replan(&mut self, plan: Arc<Plan<T>>) -> Arc<Plan<T>>;

    /// B, the number of examples in a block, if the engine plans blocks.
    fn block(&self) -> Option<usize> {
        None
    }

    /// The number of threads that can share the updates, and the number that did in the last epoch.
    fn threads(&self) -> (usize, usize) {
        (1, 1)
    }

    /// Bytes of the plan that the engine made over its examples, the lists of nonzero inputs
    /// included, if it made one.
    fn plan_bytes(&self) -> Option<usize> {
        None
    }
}

/// The examples that an engine trains on.
#[derive(Debug, Clone, Copy)]
pub struct Examples<'a, T> {
    /// N x (M+1), row-major, column 0 all ones.
    pub x: &'a [T],
    /// N, each below K.
    pub labels: &'a [usize],
    /// M+1.
    pub columns: usize,
    /// K.
    pub classes: usize,
}

impl<'a, T> Examples<'a, T> {
    /// N.
    pub fn len(&self) -> usize {
        self.labels.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.labels.is_empty()
    }

    /// An example: its input with the constant (M+1) and its label.
    ///
    /// # Panics
    /// Where there is no such example.
    pub fn example(&self, example: usize) -> (&'a [T], usize) {
        let start = example * self.columns;
        (&self.x[start..start + self.columns], self.labels[example])
    }
}

/// Which engine, as a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum EngineKind {
    /// The fastest one.
    #[default]
    Auto,
    /// The textbook, module by module: slow, to be held against.
    Reference,
    /// Matrix-vector and outer products of the BLAS library, example by example.
    Blas,
    /// Delayed updates, block by block: the same mathematics, many times faster, the same bits
    /// everywhere.
    Blocked,
}

named!(EngineKind);

impl EngineKind {
    /// The engine that is meant: never [`EngineKind::Auto`].
    pub fn resolve(self) -> Self {
        match self {
            Self::Auto => Self::Blocked,
            other => other,
        }
    }
}
