//! The fast engine: epochs of SGD, a block of examples at a time.

use crate::inputs::Inputs;
use crate::number::{Number, compiled_for};
use crate::pace::Pace;
use crate::pass::Pass;
use crate::plan::Plan;
use crate::profile::{Laps, Off, Phase, Watch};
use crate::scores::Scores;
use crate::shard::{Shard, Share};
use crate::simd::Vector;
use crate::simd::isa::Isa;
use crate::team::{Alone, Team};
use crate::thread_pool::ThreadPool;
use std::sync::Arc;

/// B. Measured in f64 on an Intel Xeon, with 50, 200 and 1000 hidden units: blocks of 24 and 32
/// take 2 to 8 % longer, of 48 longer still.
pub const BLOCK: usize = 16;

/// Epochs of SGD over one set of inputs: the plan, a network's parameters as the kernels store
/// them, scratch.
#[derive(Debug)]
pub struct Sgd<'a, T: Number> {
    inputs: Arc<Inputs<'a, T>>,
    /// N, in file order.
    labels: &'a [usize],
    plan: Arc<Plan<T>>,
    scores: Scores<T>,
    /// All shards, but for those that others work on.
    share: Share<T>,
    isa: Isa,
    pool: Arc<ThreadPool>,
    /// Those of the pool who can take part, if there are more shards than one and more threads.
    team: Option<Team<Share<T>>>,
    pace: Pace,
    /// The number of the next block, counted over all epochs from 1.
    block: u64,
    /// Blocks of the last epoch that all of the team worked on.
    blocks_by_all: usize,
}

/// A network's parameters, row-major: alpha, D x (M+1), and beta, K x (D+1).
pub type Parameters<'p, T> = (&'p mut [T], &'p mut [T]);

/// [`Sgd::run_blocks`] with or without a stopwatch.
type EpochOfSgd<T> = for<'a, 'p> fn(&'p mut Sgd<'a, T>, Parameters<'p, T>, T, Watch<'p>);
static RUN_F64: EpochOfSgd<f64> = timed_or_not;
static RUN_F32: EpochOfSgd<f32> = timed_or_not;

impl<'a, T: Number> Sgd<'a, T> {
    /// Of epochs over `inputs`, whose N `labels` are below `classes`, in the order of `plan`, for
    /// networks of `hidden` units; `pool` may take part in them.
    pub fn new(
        inputs: &Arc<Inputs<'a, T>>,
        labels: &'a [usize],
        (hidden, classes): (usize, usize),
        plan: Arc<Plan<T>>,
        isa: Isa,
        pool: &Arc<ThreadPool>,
    ) -> Self {
        let block = plan.block_size();
        let scores = Scores::new(classes);
        // NaN would show in the answer, were it ever read.
        let garbage = T::nan();
        let shards = Shard::all((inputs.columns(), hidden), &scores, block, garbage);
        // A power of two of threads, so that each has a part of the tree in which scores are added
        // up.
        let threads = 1 << pool.size().min(shards.len()).ilog2();
        let share = |shards| Share::new(shards, threads, &scores, garbage);
        let seats = || (0..threads).map(|_| share(shards.len() / threads)).collect();
        let team = (threads > 1).then(|| Team::new(seats(), scores.chunked_classes()));
        let share = Share { shards, ..share(0) };
        let (inputs, pool, pace) = (Arc::clone(inputs), Arc::clone(pool), Pace::new());
        Self {
            inputs,
            labels,
            plan,
            scores,
            share,
            isa,
            pool,
            team,
            pace,
            block: 1,
            blocks_by_all: 0,
        }
    }

    /// B.
    pub fn block_size(&self) -> usize {
        self.plan.block_size()
    }

    /// Goes by another plan of the same inputs and B from the next epoch on; gives back the one
    /// before.
    pub fn replan(&mut self, plan: Arc<Plan<T>>) -> Arc<Plan<T>> {
        assert_eq!(plan.block_size(), self.plan.block_size(), "B");
        std::mem::replace(&mut self.plan, plan)
    }

    /// N updates of `parameters`, one an example, in the order of the plan; timed if there is a
    /// stopwatch.
    pub fn epoch(&mut self, parameters: Parameters<T>, learning_rate: T, watch: Watch) {
        compiled_for::<EpochOfSgd<T>>([&RUN_F64, &RUN_F32])(self, parameters, learning_rate, watch);
    }

    /// The epoch, with its laps told.
    fn run_blocks<L: Laps>(
        &mut self,
        (alpha, beta): Parameters<T>,
        learning_rate: T,
        laps: &mut L,
    ) {
        let Self { inputs, labels, plan, scores, share, isa, team, pace, .. } = self;
        laps.once(plan.blocks(), Phase::Data, || {
            share.shards.iter_mut().for_each(|shard| shard.load(alpha, beta, scores));
        });
        let (isa, first) = (*isa, self.block);
        let pass = Pass { plan, inputs, labels, scores, isa, learning_rate, first };
        self.blocks_by_all = match team {
            None => {
                (0..plan.blocks()).for_each(|b| pass.run_block(b, share, Alone, laps));
                0
            }
            Some(team) => {
                let leader = team.lead(first);
                let model = laps.clone();
                let help = |me| {
                    if me < team.size() {
                        pass.help(team, me, || model.of_thread(me));
                    }
                };
                self.pool.beside(&help, || pass.lead(team, leader, share, pace, laps))
            }
        };
        self.block += plan.blocks() as u64;
        let last = plan.blocks().checked_sub(1).map(|b| pass.block(b));
        laps.once(plan.blocks(), Phase::Data, || {
            for shard in &mut share.shards {
                let done = last.as_ref().map(|last| (last, &shard.steps[..]));
                // The last block is as good as any, and it is the blocks in between that are timed.
                shard.alpha.update_and_product(isa, done, None, &mut Off);
                shard.store(alpha, beta, scores);
            }
        });
    }

    /// How many threads can work on an epoch, and how many did on the last one, the shares of it
    /// that one did alone aside.
    pub fn threads(&self) -> (usize, usize) {
        let most = self.team.as_ref().map_or(1, Team::size);
        (most, if self.blocks_by_all > 0 { most } else { 1 })
    }

    /// Fills all scratch memory with `value`: nothing that is computed depends on it, as tests
    /// show.
    pub fn fill_scratch(&mut self, value: T) {
        let Share { shards, b, .. } = &mut self.share;
        for Shard { a, steps, part, .. } in shards {
            let scratch = a.iter_mut().chain(steps).chain(part).chain(&mut *b);
            scratch.for_each(|vectors| *vectors = Vector::splat(value));
        }
    }

    /// Bytes of memory that the plan takes, the inputs' own lists included.
    pub fn plan_bytes(&self) -> usize {
        self.inputs.bytes() + self.plan.bytes()
    }
}

fn timed_or_not<T: Number>(
    sgd: &mut Sgd<T>,
    parameters: Parameters<T>,
    learning_rate: T,
    watch: Watch,
) {
    match watch {
        Some(watch) => sgd.run_blocks(parameters, learning_rate, watch),
        None => sgd.run_blocks(parameters, learning_rate, &mut Off),
    }
}
