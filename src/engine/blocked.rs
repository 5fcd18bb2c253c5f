//! The fast engine: exact per-example SGD by delayed rank-one updates.
//!
//! For a block of B consecutive examples that starts from `alpha_0`,
//!
//! ```text
//! a_t = alpha_0 x_t - lr sum_{s<t in block} g_a,s (x_s . x_t)
//! ```
//!
//! so the block needs one product with `alpha_0` going in and one update of rank B going out; between them
//! only vectors of D and the overlaps `x_s . x_t` are touched. In real arithmetic this is the textbook's
//! answer exactly; only rounding differs. As file order is fixed, overlaps and lists of nonzero inputs are
//! made once, as the engine's plan. Delayed updates of this kind are known from quantum Monte Carlo
//! (arXiv 1708.00744); their dual form in linear layers from arXiv 2202.05798.
//!
//! All arithmetic is over fixed-width [lanes](crate::lanes), in one order: the same bits under every
//! instruction set.

use super::{Engine, PlanCost};
use crate::dataset::Dataset;
use crate::kernels::examples::Examples;
use crate::kernels::hidden::{Hidden, Tiles};
use crate::kernels::output::Output;
use crate::kernels::plan::Plan;
use crate::kernels::workspace::Workspace;
use crate::lanes::isa::Isa;
use crate::network::Network;
use crate::phases::{Phase, Phases, SAMPLE, Stopwatch};
use crate::scalar::Scalar;
use std::time::Instant;

/// B: the larger, the fewer updates of alpha and the more corrections. Measured in f64 on an Intel Xeon, with 50,
/// 200 and 1000 hidden units: blocks of 24 and 32 take 2 to 8 % longer, of 48 longer still.
pub(crate) const BLOCK: usize = 16;

/// Plan and workspace of the engine over one data set.
#[expect(missing_debug_implementations, reason = "a plan has nothing to show")]
pub struct Blocked<'a, T: Scalar> {
    plan: Plan<'a, T>,
    cost: PlanCost,
    isa: Isa,
    hidden: Hidden<T>,
    output: Output<T>,
    workspace: Workspace<T>,
}

impl<'a, T: Scalar> Blocked<'a, T> {
    /// Plans the work over `data` for networks of `hidden` units, with the instructions of `isa`.
    ///
    /// # Panics
    /// Where `hidden` is 0.
    pub fn new(data: &'a Dataset<T>, hidden: usize, isa: Isa) -> Self {
        let columns = data.inputs() + 1;
        // More examples than columns would take more room for their overlaps than for themselves.
        let block = BLOCK.min(columns);
        let start = Instant::now();
        let plan = Plan::new(data.rows(), data.labels(), block);
        let cost = PlanCost { seconds: start.elapsed().as_secs_f64(), bytes: plan.bytes() };
        let hidden = Hidden::new(hidden, columns);
        let output = Output::new(hidden.units(), data.classes());
        // NaN would show in the answer, were it ever read.
        let workspace = Workspace::new(block, hidden.lanes(), &output, T::from_f64(f64::NAN));
        Self { plan, cost, isa, hidden, output, workspace }
    }

    /// An epoch, of which one block in [`SAMPLE`] is timed if there is a stopwatch.
    fn run(
        &mut self,
        network: &mut Network<T>,
        learning_rate: T,
        mut watch: Option<&mut Stopwatch>,
    ) {
        let Self { plan, isa, hidden, output, workspace, .. } = self;
        let shape = (hidden.inputs(), hidden.units(), output.classes());
        assert_eq!((network.inputs(), network.hidden(), network.classes()), shape, "M, D, K");
        let (alpha, beta) = network.parameters_mut();
        hidden.load(alpha);
        output.load(beta);
        if let Some(watch) = &mut watch {
            watch.lap_of_epoch(Phase::Data);
        }
        // Not the very first block, which has no update before it, if there is another.
        let first = (SAMPLE / 2).min(plan.blocks() - 1);
        let mut done = None;
        for b in 0..plan.blocks() {
            let mut watch = watch.as_deref_mut().filter(|_| b % SAMPLE == first);
            if let Some(watch) = &mut watch {
                watch.start();
            }
            let next = plan.block(b);
            let tiles = Tiles { hidden, done: done.as_ref(), next: Some(&next), workspace };
            T::tiles(*isa, tiles, watch.as_deref_mut());
            let (lanes, block) = (hidden.lanes(), &next);
            let examples = Examples { lanes, output, block, workspace, learning_rate };
            T::examples(*isa, examples, watch);
            done = Some(next);
        }
        T::tiles(*isa, Tiles { hidden, done: done.as_ref(), next: None, workspace }, None);
        if let Some(watch) = &mut watch {
            watch.start();
        }
        hidden.store(alpha);
        output.store(beta);
        if let Some(watch) = &mut watch {
            watch.lap_of_epoch(Phase::Data);
        }
    }
}

impl<T: Scalar> Engine<T> for Blocked<'_, T> {
    fn epoch(&mut self, network: &mut Network<T>, learning_rate: T) {
        self.run(network, learning_rate, None);
    }

    fn profiled_epoch(&mut self, network: &mut Network<T>, learning_rate: T) -> Phases {
        let mut watch = Stopwatch::new();
        let start = Instant::now();
        self.run(network, learning_rate, Some(&mut watch));
        watch.phases(start.elapsed())
    }

    fn plan(&self) -> Option<PlanCost> {
        Some(self.cost)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::synthetic::{Split, letters};
    use crate::network::Init;

    #[test]
    fn scratch_is_never_read() {
        let data = Dataset::<f64>::from_letters(&letters(61, 0, Split::Training));
        let start = Network::new(128, 19, 10, Init::Random, 0);
        let mut engine = Blocked::new(&data, 19, Isa::detect());
        let mut epoch = |garbage| {
            engine.workspace.fill(garbage);
            let mut network = start.clone();
            engine.epoch(&mut network, 0.1);
            network
        };
        let expected = epoch(0.0);
        assert_ne!(expected, start);
        assert_eq!(epoch(f64::NAN), expected);
        assert_eq!(epoch(1e300), expected);
    }

    #[test]
    fn the_plan_is_smaller_than_the_data() {
        let data = Dataset::<f32>::from_letters(&letters(1000, 0, Split::Training));
        let engine = Blocked::new(&data, 5, Isa::detect());
        let PlanCost { seconds, bytes } = engine.plan().unwrap();
        // As f64, though these are f32.
        assert!(bytes > 0 && bytes < 1000 * 129 * size_of::<f64>(), "{bytes}");
        assert!(seconds > 0.0);
    }
}
