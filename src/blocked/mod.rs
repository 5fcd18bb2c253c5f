//! The fast engine's mathematics: exact per-example SGD, a block of examples at a time.
//!
//! It knows slices and shapes, neither data sets nor networks nor files. The symbols are those of the
//! [crate's front page](crate).
//!
//! # The naive loop
//!
//! ```text
//! for each example (x, y), in order:
//!     a     = alpha x                                  D sums of M+1 products
//!     z     = sigmoid(a)
//!     b     = beta z                                   K sums of D+1 products
//!     g_b   = softmax(b) - onehot(y)
//!     g_a   = (beta[:,1:]^T g_b) z (1 - z)
//!     beta  = beta  - lr g_b z^T
//!     alpha = alpha - lr g_a x^T                       D (M+1) products
//! ```
//!
//! Nearly all its time goes into `alpha`, which each example reads twice and writes once: 200 KB for 128 inputs and
//! 200 hidden units. It is not the arithmetic that takes so long but the loads and stores.
//!
//! # The same epoch in blocks
//!
//! With `step = -lr g_a`, so that an example's update is `alpha += step x^T`, and B = 16:
//!
//! ```text
//! for each block of B examples, in order:
//!     for each tile of alpha, some hidden units of it:                                    update_and_product
//!         alpha  += sum_s step_s x_s^T                 over the block before, all at once
//!         a_t     = alpha x_t                          for every t of this block
//!     for each example t of this block:                                                   Sequence
//!         a_t    += sum_{s<t} (x_s . x_t) step_s       over this block: what alpha lacks
//!         z_t     = sigmoid(a_t)
//!         b       = beta z_t
//!         h       = -lr (softmax(b) - onehot(y_t))
//!         step_t  = (beta[:,1:]^T h) z_t (1 - z_t)
//!         beta   += h z_t^T
//! alpha += sum_s step_s x_s^T                          over the last block
//! ```
//!
//! [`Pass::run_block`] is what is done for a block.
//!
//! # Why so
//!
//! 1. **Delayed updates are exact.** The naive loop meets example t with the matrix
//!    `alpha_0 + sum_{s<t} step_s x_s^T`, where `alpha_0` is alpha at the block's start. Multiplied by `x_t` that is
//!    `alpha_0 x_t + sum_{s<t} step_s (x_s . x_t)`: the same `a_t`, from a matrix that lags behind and one number for each
//!    pair of examples. No gradient is stale; only rounding differs. So alpha is fetched and stored once for a *block*.
//!    (`update_and_product`; the sum is added by `correct_by_earlier` in [`sequence`], its last term by
//!    `backward_and_forward` in [`beta`].)
//! 2. **The numbers `x_s . x_t`**, here called overlaps (elsewhere entries of the Gram matrix), are computed once for all
//!    epochs that go by one order, and for a fresh order while the epoch before it trains. Of inputs that are 0 or 1 they
//!    are counts of common bits. (`overlap` in [`plan`])
//! 3. **Alpha is stored column by column**: a column holds the weights from one input to the hidden units. Then `alpha x`
//!    is a sum of columns and `alpha += step x^T` adds to columns, over contiguous numbers both times. (`Alpha::load` in
//!    [`alpha`])
//! 4. **Inputs that are 0 are never read**; of the letters' that is four in five. Each example has the list of its nonzero
//!    inputs, for the product ([`inputs`]); each block has, for each column, the list of its examples, for the update, so
//!    that a column is read and written once a block ([`plan`]). Where all nonzero inputs are 1, columns are added without
//!    multiplying. Where there are few zeros, or few columns, lists do not pay and every column is taken.
//! 5. **Alpha is cut into tiles** of up to 7 vectors of hidden units, 56 units in f64. Their sums stay in registers while a
//!    list is gone through; and the part of a tile that a block touches, 45 KB for the letters, stays in a near cache from
//!    the block's update to the next block's product. (`Alpha::update_and_product` in [`alpha`])
//! 6. **Beta is updated at once.** Delaying it would need `z_s . z_t`, which change from epoch to epoch and cost as much as
//!    they save; and beta is small. One pass over the hidden units, 8 vectors at a time, goes back through beta, updates
//!    it, and already forms the next example's `z` and scores. (`backward_and_forward` in [`beta`])
//! 7. **The softmax is the critical path**: the step needs it, the next example needs the step. So what does not depend on
//!    it, the corrections by earlier examples, stands where the processor can execute both at once
//!    (`Sequence` in [`sequence`]), and scores of moderate size are not searched for their maximum (`terms` in
//!    [`softmax`]).
//! 8. **Fixed width, fixed order: the same bits everywhere.** The arithmetic of the network is over
//!    [vectors](crate::simd) of 64 bytes, whatever the CPU's registers are, and every sum has one order, which the source
//!    says: an example's inputs ascending, a block's examples ascending, a vector's lanes as a tree. Losses are summed in
//!    batches of fixed size (`Wanted::Losses` in [`inference`]), so that the number of threads does not show either.
//! 9. **Several threads, one answer.** A hidden unit's row of alpha, its column of beta, its `a`, `z` and `step` meet those
//!    of the others in one place only, the K scores. So the units are cut into shards, of 12 vectors or more ([`shard`]). Each
//!    forms its part of `b`, and the parts are added up as a balanced tree. Of several threads each has some of the
//!    shards, tells the others the sum of their parts, once an example, and computes the same softmax from the same
//!    total as all of them ([`team`]). No lock, no stale parameter, no more arithmetic. The shards depend on D and the
//!    precision alone, and one thread adds up the same tree: so the bits do not depend on the number of threads. Where a core is taken away,
//!    or the sharing does not pay, one thread does all shards, from the next block on ([`pace`]).
//! 10. **What B trades**: alpha is fetched and stored once a block, so that cost falls as 1/B; each example is corrected by
//!     the (B-1)/2 before it on average, so that cost grows with B. [`BLOCK`] is where the total was least.
//!
//! Delayed updates of this kind are known from quantum Monte Carlo (arXiv 1708.00744), and as the dual form of linear layers
//! (arXiv 2202.05798).

mod alpha;
mod beta;
mod inference;
mod inputs;
mod pace;
mod pass;
mod plan;
mod scores;
mod sequence;
mod shard;
mod softmax;
mod team;
mod tile;

pub use inference::{BATCH, Inference, Wanted};
pub use inputs::{InputKind, Inputs, Rows};
pub use plan::Plan;
pub use team::{Meeting, Member, Team};

use crate::crew::Crew;
use crate::number::{Number, compiled_for};
use crate::phases::{Laps, Off, Phase, Watch};
use crate::simd::isa::Isa;
use pace::Pace;
use pass::Pass;
use scores::Scores;
use shard::{Shard, Share};
use std::sync::Arc;
use team::Alone;

/// B. Measured in f64 on an Intel Xeon, with 50, 200 and 1000 hidden units: blocks of 24 and 32 take 2 to 8 %
/// longer, of 48 longer still.
pub const BLOCK: usize = 16;

/// Epochs of SGD over one set of inputs: the plan, a network's parameters as the kernels store them, scratch.
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
    crew: Arc<Crew>,
    /// Those of the crew who can take part, if there are more shards than one and more threads.
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
    /// Of epochs over `inputs`, whose N `labels` are below `classes`, in the order of `plan`, for networks of `hidden`
    /// units; `crew` may take part in them.
    pub fn new(
        inputs: &Arc<Inputs<'a, T>>,
        labels: &'a [usize],
        (hidden, classes): (usize, usize),
        plan: Arc<Plan<T>>,
        isa: Isa,
        crew: &Arc<Crew>,
    ) -> Self {
        let block = plan.block_size();
        let scores = Scores::new(classes);
        // NaN would show in the answer, were it ever read.
        let garbage = T::nan();
        let shards = Shard::all((inputs.columns(), hidden), &scores, block, garbage);
        // A power of two of threads, so that each has a part of the tree in which scores are added up.
        let threads = 1 << crew.size().min(shards.len()).ilog2();
        let share = |shards| Share::new(shards, threads, &scores, garbage);
        let seats = || (0..threads).map(|_| share(shards.len() / threads)).collect();
        let team = (threads > 1).then(|| Team::new(seats(), scores.chunked_classes()));
        let share = Share { shards, ..share(0) };
        let (inputs, crew, pace) = (Arc::clone(inputs), Arc::clone(crew), Pace::new());
        Self {
            inputs,
            labels,
            plan,
            scores,
            share,
            isa,
            crew,
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

    /// Goes by another plan of the same inputs and B from the next epoch on; gives back the one before.
    pub fn replan(&mut self, plan: Arc<Plan<T>>) -> Arc<Plan<T>> {
        assert_eq!(plan.block_size(), self.plan.block_size(), "B");
        std::mem::replace(&mut self.plan, plan)
    }

    /// N updates of `parameters`, one an example, in the order of the plan; timed if there is a stopwatch.
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
                self.crew.beside(&help, || pass.lead(team, leader, share, pace, laps))
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

    /// How many threads can work on an epoch, and how many did on the last one, the shares of it that one did alone
    /// aside.
    pub fn threads(&self) -> (usize, usize) {
        let most = self.team.as_ref().map_or(1, Team::size);
        (most, if self.blocks_by_all > 0 { most } else { 1 })
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
        // The command alone takes the time: without it, and in tests of this crate's parts, the kernels of updates are
        // compiled once a precision instead of twice.
        Some(watch) if cfg!(all(feature = "cli", not(test))) => {
            sgd.run_blocks(parameters, learning_rate, watch)
        }
        _ => sgd.run_blocks(parameters, learning_rate, &mut Off),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scratch_is_written_before_it_is_read() {
        let (n, m, hidden, classes) = (61, 40, 19, 10);
        let x: Vec<f64> = (0..n * (m + 1))
            .map(|i| if i % (m + 1) == 0 || i * i % 7 == 1 { 1.0 } else { 0.0 })
            .collect();
        let labels: Vec<_> = (0..n).map(|t| t * t % classes).collect();
        let inputs = Arc::new(Inputs::new(&x, m + 1, Isa::detect()));
        let crew = Arc::new(Crew::new(1));
        let isa = Isa::detect();
        let plan = Arc::new(Plan::of_file(&inputs, isa));
        let mut sgd = Sgd::new(&inputs, &labels, (hidden, classes), plan, isa, &crew);
        let start = |n: usize| (0..n).map(|i| (i % 13) as f64 / 130.0 - 0.05).collect::<Vec<_>>();
        let mut inference = Inference::new((m + 1, hidden, classes), 1, Isa::detect());
        let mut epoch = |garbage| {
            for Shard { a, steps, part, .. } in &mut sgd.share.shards {
                let scratch = a.iter_mut().chain(steps).chain(part).chain(&mut sgd.share.b);
                scratch.for_each(|vectors| *vectors = crate::simd::Vector::splat(garbage));
            }
            inference.fill(garbage);
            let (mut alpha, mut beta) = (start(hidden * (m + 1)), start(classes * (hidden + 1)));
            sgd.epoch((&mut alpha, &mut beta), 0.1, None);
            inference.load(&alpha, &beta);
            let mut losses = vec![f64::NAN; n.div_ceil(BATCH)];
            let wanted = Wanted::Losses { labels: &labels, losses: &mut losses, predictions: None };
            inference.run(0, inputs.rows(0, n), wanted);
            (alpha, beta, losses)
        };
        let expected = epoch(0.0);
        assert_ne!(expected.0, start(hidden * (m + 1)));
        assert_eq!(epoch(f64::NAN), expected);
        assert_eq!(epoch(1e300), expected);
    }
}
