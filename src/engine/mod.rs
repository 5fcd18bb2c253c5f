//! Exact per-example SGD: one epoch over a data set, in file order.
//!
//! For every example, before the next one is looked at:
//!
//! ```text
//! a = alpha [1; x]      z = sigmoid(a)        b = beta [1; z]      y_hat = softmax(b)
//! g_b = y_hat - onehot(y)       g_z = beta[:,1:]^T g_b       g_a = g_z z (1 - z)
//! beta -= lr g_b [1; z]^T       alpha -= lr g_a [1; x]^T
//! ```
//!
//! with `g_z` from beta before its update. All engines compute this, and nothing else; they differ in how.

mod blas;
mod blocked;
mod reference;

pub use self::blas::Blas;
pub(crate) use self::blocked::BLOCK;
pub use self::blocked::Blocked;
pub use reference::Reference;

use crate::dataset::Dataset;
use crate::error::Result;
use crate::lanes::isa::Isa;
use crate::network::Network;
use crate::phases::Phases;
use crate::scalar::Scalar;
use clap::ValueEnum;
use serde::{Deserialize, Serialize};
use std::fmt;

/// A way to run an epoch of exact SGD over the data set that it was made for.
pub trait Engine<T: Scalar> {
    /// N updates of `network`, one an example, in file order.
    ///
    /// # Panics
    /// Where the network's M, D or K are not those that the engine was made for.
    fn epoch(&mut self, network: &mut Network<T>, learning_rate: T);

    /// As [`epoch`](Self::epoch), to the same bits, and where its time went.
    ///
    /// # Panics
    /// As [`epoch`](Self::epoch).
    fn profiled_epoch(&mut self, network: &mut Network<T>, learning_rate: T) -> Phases;

    /// The plan that the engine made over its data set, if it made one.
    fn plan(&self) -> Option<PlanCost> {
        None
    }
}

/// What a plan over a data set cost, once for all epochs.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct PlanCost {
    /// Time of making it.
    pub seconds: f64,
    /// Memory that it takes, the data set's lists of nonzero inputs included.
    pub bytes: usize,
}

/// Which engine, as a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// The fastest one
    #[default]
    Auto,
    /// The textbook, module by module: slow, to be held against
    Reference,
    /// Matrix-vector and outer products of the BLAS library, example by example
    Blas,
    /// Delayed updates, block by block: the same mathematics, many times faster, the same bits everywhere
    Blocked,
}

impl Kind {
    /// The engine that is meant: never [`Kind::Auto`].
    pub fn resolve(self) -> Self {
        match self {
            Self::Auto => Self::Blocked,
            other => other,
        }
    }

    /// An engine for `data` and networks of `hidden` units.
    ///
    /// # Errors
    /// [`Error::Isa`](crate::Error::Isa) where `RANKONE_ISA` asks the blocked engine for instructions that
    /// this CPU lacks.
    ///
    /// # Panics
    /// Where `hidden` is 0.
    pub fn plan<T: Scalar>(
        self,
        data: &Dataset<T>,
        hidden: usize,
    ) -> Result<Box<dyn Engine<T> + '_>> {
        Ok(match self.resolve() {
            Self::Reference => Box::new(Reference::new(data)),
            Self::Blas => Box::new(Blas::new(data, hidden)),
            Self::Auto | Self::Blocked => {
                Box::new(Blocked::new(data, hidden, Isa::from_environment()?))
            }
        })
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Auto => "auto",
            Self::Reference => "reference",
            Self::Blas => "blas",
            Self::Blocked => "blocked",
        })
    }
}
