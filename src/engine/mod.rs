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
//! with `g_z` from beta before its update. All engines compute this, and nothing else; they differ in how.

mod blas;
mod blocked;
mod reference;

pub use self::blas::Blas;
pub use self::blocked::Blocked;
pub use reference::Reference;

use crate::blocked::{Inputs, Plan};
use crate::crew::Crew;
use crate::dataset::Dataset;
use crate::named::named;
use crate::network::Network;
use crate::number::Number;
use crate::phases::Watch;
use crate::simd::isa::Isa;
use serde::{Deserialize, Serialize};
use std::sync::{Arc, OnceLock};

/// A way to run an epoch of exact SGD over the data set that it was made for.
pub trait Engine<T: Number> {
    /// N updates of `network`, one an example; timed, to the same bits, if there is a
    /// stopwatch.
    ///
    /// # Panics
    /// Where the network's M, D or K do not fit what the engine was made for.
    fn epoch(&mut self, network: &mut Network<T>, learning_rate: T, watch: Watch);

    /// Goes through the examples by another [plan](Prepared::plan) from the next epoch on; gives back the one before.
    fn replan(&mut self, plan: Arc<Plan<T>>) -> Arc<Plan<T>>;

    /// B, the examples of a block, if the engine goes in blocks that are planned.
    fn block(&self) -> Option<usize> {
        None
    }

    /// How many threads can share the updates, and how many did in the last epoch.
    fn threads(&self) -> (usize, usize) {
        (1, 1)
    }

    /// Bytes of the plan that the engine made over its data set, the lists of nonzero inputs included, if
    /// it made one.
    fn plan_bytes(&self) -> Option<usize> {
        None
    }
}

/// A data set with its inputs prepared: once, for engine and evaluation.
#[derive(Debug, Clone)]
pub struct Prepared<'a, T> {
    /// The data set.
    pub data: &'a Dataset<T>,
    /// Its inputs as the kernels read them.
    pub inputs: Arc<Inputs<'a, T>>,
    /// Their plan in the order of the file, when it was asked for: one for all networks.
    file_plan: Arc<OnceLock<Arc<Plan<T>>>>,
    /// The data set's checksum, when it was asked for.
    checksum: Arc<OnceLock<String>>,
    /// The instructions that it is read with.
    pub isa: Isa,
    /// The threads that may read it.
    pub crew: Arc<Crew>,
}

impl<'a, T: Number> Prepared<'a, T> {
    /// Prepares `data`, to be read by one thread with the instructions of `isa`.
    pub fn new(data: &'a Dataset<T>, isa: Isa) -> Self {
        Self::for_crew(data, isa, &Arc::new(Crew::new(1)))
    }

    /// Prepares `data`, to be read by the threads of `crew`.
    pub fn for_crew(data: &'a Dataset<T>, isa: Isa, crew: &Arc<Crew>) -> Self {
        let inputs = Inputs::new(data.values(), data.inputs() + 1, isa);
        let (file_plan, checksum) = (Arc::default(), Arc::default());
        let (inputs, crew) = (Arc::new(inputs), Arc::clone(crew));
        Self { data, inputs, file_plan, checksum, isa, crew }
    }

    /// The same, to be read by the threads of `crew`.
    pub fn with_crew(&self, crew: &Arc<Crew>) -> Self {
        Self { crew: Arc::clone(crew), ..self.clone() }
    }

    /// The data set's checksum.
    pub fn checksum(&self) -> String {
        self.checksum.get_or_init(|| self.data.checksum()).clone()
    }

    /// The plan of the examples in the order of the file, in blocks.
    pub fn file_plan(&self) -> Arc<Plan<T>> {
        let plan = || Arc::new(Plan::of_file(&self.inputs, self.isa));
        Arc::clone(self.file_plan.get_or_init(plan))
    }

    /// A plan of the examples in this `order`, each number of 0 to N-1 once, in blocks of B if the engine has such; in the
    /// memory of a plan that is not `used` any more.
    pub fn plan(&self, order: Vec<usize>, block: Option<usize>, used: Option<Plan<T>>) -> Plan<T> {
        let order = order.into_iter().map(|example| example as u32).collect();
        match block {
            Some(block) => Plan::new(&self.inputs, order, block, self.isa, used),
            None => Plan::of_order(order),
        }
    }

    /// M+1, D = `hidden`, K.
    pub fn shape(&self, hidden: usize) -> (usize, usize, usize) {
        (self.data.inputs() + 1, hidden, self.data.classes())
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
    /// Delayed updates, block by block: the same mathematics, many times faster, the same bits everywhere.
    Blocked,
}

named!(EngineKind);

impl EngineKind {
    /// The engine that is meant: never [`EngineKind::Auto`].
    pub(crate) fn resolve(self) -> Self {
        match self {
            Self::Auto => Self::Blocked,
            other => other,
        }
    }

    /// An engine over `train` for networks of `hidden` units, at least 1.
    #[doc(hidden)]
    pub fn engine<'a, T: Number>(
        self,
        train: &Prepared<'a, T>,
        hidden: usize,
    ) -> Box<dyn Engine<T> + 'a> {
        match self {
            Self::Reference => Box::new(Reference::new(train.data)),
            Self::Blas => Box::new(Blas::new(train.data, hidden)),
            Self::Auto | Self::Blocked => Box::new(Blocked::new(train, hidden)),
        }
    }
}
