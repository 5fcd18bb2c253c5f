//! The fast engine's mathematics: exact per-example SGD, a block of examples at a time.
//!
//! It knows slices and shapes, neither data sets nor networks nor files. The symbols are those of
//! the front page of the package `rankone`.
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
//! Nearly all its time goes into `alpha`, which each example reads twice and writes once: 200 KB
//! for 128 inputs and 200 hidden units. It is not the arithmetic that takes so long but the loads
//! and stores.
//!
//! # The same epoch in blocks
//!
//! With `step = -lr g_a`, so that an example's update is `alpha += step x^T`, and B = 16:
//!
//! ```text
//! for each block of B examples, in order:
//!     for each tile of alpha, some hidden units of it:                  update_and_product
//!         alpha  += sum_s step_s x_s^T                 over the block before, all at once
//!         a_t     = alpha x_t                          for every t of this block
//!     for each example t of this block:                                 Sequence
//!         a_t    += sum_{s<t} (x_s . x_t) step_s       over this block: what alpha lacks
//!         z_t     = sigmoid(a_t)
//!         b       = beta z_t
//!         h       = -lr (softmax(b) - onehot(y_t))
//!         step_t  = (beta[:,1:]^T h) z_t (1 - z_t)
//!         beta   += h z_t^T
//! alpha += sum_s step_s x_s^T                          over the last block
//! ```
//!
//! `Pass::run_block` in `pass.rs` is what is done for a block.
//!
//! # Why so
//!
//! 1. **Delayed updates are exact.** The naive loop meets example t with the matrix `alpha_0 +
//!    sum_{s<t} step_s x_s^T`, where `alpha_0` is alpha at the block's start. Multiplied by `x_t`
//!    that is `alpha_0 x_t + sum_{s<t} step_s (x_s . x_t)`: the same `a_t`, from a matrix that lags
//!    behind and one number for each pair of examples. No gradient is stale; only rounding differs.
//!    So alpha is fetched and stored once for a *block*. (`update_and_product`; the sum is added by
//!    `correct_by_earlier` in `sequence.rs`, its last term by `backward_and_forward` in `beta.rs`.)
//! 2. **The numbers `x_s . x_t`**, here called overlaps (elsewhere entries of the Gram matrix), are
//!    computed once for all epochs that go by one order, and for a fresh order while the epoch
//!    before it trains. Of inputs that are 0 or 1 they are counts of common bits. (`overlap` in
//!    `plan.rs`)
//! 3. **Alpha is stored column by column**: a column holds the weights from one input to the hidden
//!    units. Then `alpha x` is a sum of columns and `alpha += step x^T` adds to columns, over
//!    contiguous numbers both times. (`Alpha::load` in `alpha.rs`)
//! 4. **Inputs that are 0 are never read**; of the letters' that is four in five. Each example has
//!    the list of its nonzero inputs, for the product (`inputs.rs`); each block has, for each
//!    column, the list of its examples, for the update, so that a column is read and written once a
//!    block (`plan.rs`). Where all nonzero inputs are 1, columns are added without multiplying.
//!    Where there are few zeros, or few columns, lists do not pay and every column is taken.
//! 5. **Alpha is cut into tiles** of up to 7 vectors of hidden units, 56 units in f64. Their sums
//!    stay in registers while a list is gone through; and the part of a tile that a block touches,
//!    45 KB for the letters, stays in a near cache from the block's update to the next block's
//!    product. (`Alpha::update_and_product` in `alpha.rs`)
//! 6. **Beta is updated at once.** Delaying it would need `z_s . z_t`, which change from epoch to
//!    epoch and cost as much as they save; and beta is small. One pass over the hidden units, 8
//!    vectors at a time, goes back through beta, updates it, and already forms the next example's
//!    `z` and scores. (`backward_and_forward` in `beta.rs`)
//! 7. **The softmax is the critical path**: the step needs it, the next example needs the step. So
//!    what does not depend on it, the corrections by earlier examples, stands where the processor
//!    can execute both at once (`Sequence` in `sequence.rs`), and scores of moderate size are not
//!    searched for their maximum (`terms` in `softmax.rs`).
//! 8. **Fixed width, fixed order: the same bits everywhere.** The arithmetic of the network is over
//!    [vectors](crate::simd) of 64 bytes, whatever the CPU's registers are, and every sum has one
//!    order, which the source says: an example's inputs ascending, a block's examples ascending, a
//!    vector's lanes as a tree. Losses are summed in batches of fixed size (`Wanted::Losses` in
//!    `inference.rs`), so that the number of threads does not show either.
//! 9. **Several threads, one answer.** A hidden unit's row of alpha, its column of beta, its `a`,
//!    `z` and `step` meet those of the others in one place only, the K scores. So the units are cut
//!    into shards, of 12 vectors or more (`shard.rs`). Each forms its part of `b`, and the parts
//!    are added up as a balanced tree. Of several threads each has some of the shards, tells the
//!    others the sum of their parts, once an example, and computes the same softmax from the same
//!    total as all of them (`team.rs`). No lock, no stale parameter, no more arithmetic. The shards
//!    depend on D and the precision alone, and one thread adds up the same tree: so the bits do not
//!    depend on the number of threads. Where a core is taken away, or the sharing does not pay, one
//!    thread does all shards, from the next block on (`pace.rs`).
//! 10. **What B trades**: alpha is fetched and stored once a block, so that cost falls as 1/B; each
//!     example is corrected by the (B-1)/2 before it on average, so that cost grows with B.
//!     [`BLOCK`] is where the total was least.
//!
//! Delayed updates of this kind are known from quantum Monte Carlo (arXiv 1708.00744), and as the
//! dual form of linear layers (arXiv 2202.05798).

#![deny(unsafe_op_in_unsafe_fn)]
#![warn(missing_debug_implementations)]

mod alpha;
mod beta;
mod inference;
mod inputs;
mod named;
mod number;
mod pace;
mod pass;
pub mod plan;
pub mod profile;
mod scores;
mod sequence;
mod sgd;
mod shard;
pub mod simd;
pub mod softmax;
pub mod team;
pub mod thread_pool;
mod tile;

pub use inference::{BATCH, Inference, Wanted};
pub use inputs::{InputKind, InputRows, Inputs};
pub use named::NameError;
pub use number::{Number, Precision};
pub use plan::Plan;
pub use sgd::{BLOCK, Parameters, Sgd};
pub use simd::isa::{Isa, IsaError};
