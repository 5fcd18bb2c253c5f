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

mod examples;
pub(crate) mod hidden;
pub(crate) mod inputs;
pub(crate) mod output;
mod plan;

use super::Engine;
use crate::dataset::Dataset;
use crate::lanes::isa::{Isa, Kernel};
use crate::lanes::{Lanes, lanes_for};
use crate::network::Network;
use crate::scalar::Scalar;
use examples::Examples;
use hidden::{Hidden, stride};
use output::{Output, with_chunk};
use plan::{Block, Plan};
use std::time::Instant;

/// B: the larger, the fewer updates of alpha and the more corrections; measured, the two nearly cancel from
/// 16 to 40.
const BLOCK: usize = 24;

/// Plan and workspace of the engine over one data set.
#[expect(missing_debug_implementations, reason = "a plan has nothing to show")]
pub struct Blocked<'a, T: Scalar> {
    plan: Plan<'a, T>,
    plan_seconds: f64,
    isa: Isa,
    hidden: Hidden<T>,
    output: Output<T>,
    workspace: Workspace<T>,
}

/// Scratch of one block; nothing in it outlives the block.
struct Workspace<T: Scalar> {
    /// B x stride lanes: `a_t`, then `z_t`.
    a: Vec<T::Lanes>,
    /// B x stride lanes: `-lr g_a`.
    steps: Vec<T::Lanes>,
    /// Padded K: the scores `b`, then `-lr g_b`.
    b: Vec<T>,
}

impl<'a, T: Scalar> Blocked<'a, T> {
    /// Plans the work over `data` for networks of `hidden` units, with the instructions of `isa`.
    pub fn new(data: &'a Dataset<T>, hidden: usize, isa: Isa) -> Self {
        let (columns, classes) = (data.inputs() + 1, data.classes());
        let block = BLOCK.min(columns);
        let start = Instant::now();
        let plan = Plan::new(data.values(), data.labels(), columns, block);
        let plan_seconds = start.elapsed().as_secs_f64();
        let rows = block * stride(lanes_for::<T::Lanes>(hidden));
        let output = Output::new(hidden, classes);
        // NaN would show in the answer, were it ever read.
        let garbage = T::from_f64(f64::NAN);
        Self {
            plan,
            plan_seconds,
            isa,
            hidden: Hidden::new(hidden, columns),
            workspace: Workspace {
                a: vec![T::Lanes::splat(garbage); rows],
                steps: vec![T::Lanes::splat(garbage); rows],
                b: vec![garbage; output.padded_classes()],
            },
            output,
        }
    }

    /// Bytes of memory that the plan takes.
    pub fn plan_bytes(&self) -> usize {
        self.plan.bytes()
    }

    /// Seconds that making the plan took.
    pub fn plan_seconds(&self) -> f64 {
        self.plan_seconds
    }
}

impl<T: Scalar> Engine<T> for Blocked<'_, T> {
    fn epoch(&mut self, network: &mut Network<T>, learning_rate: T) {
        let (alpha, beta) = network.parameters_mut();
        self.hidden.load(alpha);
        self.output.load(beta);
        let mut done = None;
        for b in 0..self.plan.blocks() {
            let block = self.plan.block(b);
            self.isa.run(Tiles {
                hidden: &mut self.hidden,
                done: done.as_ref(),
                next: Some(&block),
                workspace: &mut self.workspace,
            });
            with_chunk!(self.output.chunk(), C => self.isa.run(Examples::<T, C> {
                lanes: self.hidden.lanes(),
                output: &mut self.output,
                block: &block,
                workspace: &mut self.workspace,
                learning_rate,
            }));
            done = Some(block);
        }
        self.isa.run(Tiles {
            hidden: &mut self.hidden,
            done: done.as_ref(),
            next: None,
            workspace: &mut self.workspace,
        });
        self.hidden.store(alpha);
        self.output.store(beta);
    }
}

/// One block's update and the next one's product, tile by tile.
struct Tiles<'a, T: Scalar> {
    hidden: &'a mut Hidden<T>,
    done: Option<&'a Block<'a, T>>,
    next: Option<&'a Block<'a, T>>,
    workspace: &'a mut Workspace<T>,
}

impl<T: Scalar> Kernel for Tiles<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Workspace { a, steps, .. } = self.workspace;
        self.hidden.update_and_product(self.done, steps, self.next.map(|b| &b.rows), a);
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
            engine.workspace.a.fill(Lanes::splat(garbage));
            engine.workspace.steps.fill(Lanes::splat(garbage));
            engine.workspace.b.fill(garbage);
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
        // As f64, though these are f32.
        assert!(engine.plan_bytes() < 1000 * 129 * size_of::<f64>(), "{}", engine.plan_bytes());
        assert!(engine.plan_bytes() > 0 && engine.plan_seconds() > 0.0);
    }
}
