//! A data set prepared for training: once, for engine and evaluation, and for many trainings.

use crate::data::Dataset;
use crate::engine::{Blas, Blocked, Engine, EngineKind, Examples, Reference};
use rankone_kernels::thread_pool::ThreadPool;
use rankone_kernels::{Inputs, Isa, Number, Plan};
use std::sync::{Arc, OnceLock};

/// A data set prepared for training, to be shared by many trainings: the lists of its nonzero
/// inputs, its plan in file order and its checksum, each made once.
///
/// ```
/// use rankone::{Dataset, Isa, PreparedDataset, Settings, Split, Trainer};
///
/// # fn main() -> rankone::Result<()> {
/// let letters = Dataset::<f64>::letters(200, 0, Split::Training)?;
/// let prepared = PreparedDataset::new(&letters, Isa::detect());
/// for hidden in [5, 10] {
///     let settings = Settings { hidden, epochs: 2, ..Default::default() };
///     Trainer::on(prepared.clone(), settings).fit()?;
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct PreparedDataset<'a, T> {
    pub(crate) data: &'a Dataset<T>,
    /// The inputs as the kernels read them.
    pub(crate) inputs: Arc<Inputs<'a, T>>,
    /// The plan in file order, once it was asked for.
    file_plan: Arc<OnceLock<Arc<Plan<T>>>>,
    checksum: Arc<OnceLock<String>>,
    /// The instructions that it is read with.
    pub(crate) isa: Isa,
    /// The threads that may read it.
    pub(crate) pool: Arc<ThreadPool>,
}

impl<'a, T: Number> PreparedDataset<'a, T> {
    /// Prepares `data`, to be read by one thread with the instructions of `isa`.
    pub fn new(data: &'a Dataset<T>, isa: Isa) -> Self {
        Self::for_pool(data, isa, &Arc::new(ThreadPool::new(1)))
    }

    /// Prepares `data`, to be read by the threads of `pool`.
    pub fn for_pool(data: &'a Dataset<T>, isa: Isa, pool: &Arc<ThreadPool>) -> Self {
        let inputs = Inputs::new(data.values(), data.inputs() + 1, isa);
        let (file_plan, checksum) = (Arc::default(), Arc::default());
        let (inputs, pool) = (Arc::new(inputs), Arc::clone(pool));
        Self { data, inputs, file_plan, checksum, isa, pool }
    }

    /// The same data set, to be read by the threads of `pool`.
    #[must_use]
    pub fn with_pool(&self, pool: &Arc<ThreadPool>) -> Self {
        Self { pool: Arc::clone(pool), ..self.clone() }
    }

    /// The data set.
    pub fn data(&self) -> &'a Dataset<T> {
        self.data
    }

    /// How its inputs are stored.
    pub fn inputs(&self) -> &Inputs<'a, T> {
        &self.inputs
    }

    /// Returns an engine of `kind` over the data set, for networks of `hidden` units, at least 1.
    pub fn engine(&self, kind: EngineKind, hidden: usize) -> Box<dyn Engine<T> + 'a> {
        let examples = self.examples();
        match kind.resolve() {
            EngineKind::Reference => Box::new(Reference::new(examples)),
            EngineKind::Blas => Box::new(Blas::new(examples, hidden)),
            _ => {
                let (inputs, plan) = (&self.inputs, self.file_plan());
                Box::new(Blocked::new(examples, hidden, inputs, plan, self.isa, &self.pool))
            }
        }
    }

    /// The examples as engines take them.
    pub fn examples(&self) -> Examples<'a, T> {
        let (data, columns) = (self.data, self.data.inputs() + 1);
        Examples { x: data.values(), labels: data.labels(), columns, classes: data.classes() }
    }

    /// The checksum of the data set: 64 bits of XXH3 over what its labels and values mean,
    /// hexadecimal.
    pub fn checksum(&self) -> String {
        self.checksum.get_or_init(|| self.data.checksum()).clone()
    }

    /// The plan of the examples in file order, in blocks.
    fn file_plan(&self) -> Arc<Plan<T>> {
        let plan = || Arc::new(Plan::of_file(&self.inputs, self.isa));
        Arc::clone(self.file_plan.get_or_init(plan))
    }

    /// Plans the examples in this `order`, each number of 0 to N-1 once, in blocks of B if the
    /// engine has blocks; takes the memory of a plan that is no longer `used`.
    pub(crate) fn plan(
        &self,
        order: Vec<usize>,
        block: Option<usize>,
        used: Option<Plan<T>>,
    ) -> Plan<T> {
        let order = order.into_iter().map(|example| example as u32).collect();
        match block {
            Some(block) => Plan::new(&self.inputs, order, block, self.isa, used),
            None => Plan::of_order(order),
        }
    }

    /// M+1, D = `hidden`, K.
    pub(crate) fn shape(&self, hidden: usize) -> (usize, usize, usize) {
        (self.data.inputs() + 1, hidden, self.data.classes())
    }
}
