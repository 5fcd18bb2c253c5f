//! The sequential part of a block: its examples one after the other.

use super::alpha::RowShape;
use super::plan::Block;
use super::scores::Scores;
use super::shard::{Shard, Share, add_up};
use super::team::Meeting;
use crate::number::Number;
use crate::profile::{Laps, Phase};
use crate::simd::exp::sigmoid_row;
use crate::simd::isa::Kernel;
use crate::simd::{Vector, one_by_one};

/// A block's examples one after the other, over the units of some shards. Comes from `a_t = alpha_0
/// x_t` of all of them, where `alpha_0` is alpha as the blocks before left it, to their steps `-lr
/// g_a,t`, each seeing the parameters that its predecessors leave:
///
/// ```text
/// a_t = alpha_0 x_t + sum_{s<t} (x_s . x_t) step_s
/// ```
#[derive(Debug)]
pub struct Sequence<'a, T: Number, M, L> {
    pub block: &'a Block<'a, T>,
    pub scores: &'a Scores<T>,
    pub share: &'a mut Share<T>,
    pub learning_rate: T,
    /// Where those meet who have the other shards.
    pub meeting: M,
    pub laps: &'a mut L,
}

impl<T: Number, M: Meeting, L: Laps> Kernel for Sequence<'_, T, M, L> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        match self.scores.chunk() {
            10 => self.run_in_chunks::<10>(),
            _ => self.run_in_chunks::<8>(),
        }
    }
}

impl<T: Number, M: Meeting, L: Laps> Sequence<'_, T, M, L> {
    /// With an output layer in chunks of C classes.
    #[inline(always)]
    fn run_in_chunks<const C: usize>(self) {
        let Self { block, scores, share, learning_rate, mut meeting, laps } = self;
        let Share { shards, b, parts } = share;
        for Shard { alpha, beta, a, part, .. } in &mut *shards {
            let z = &mut a[..alpha.row().vectors];
            sigmoid_row(z);
            laps.lap(Phase::Sigmoid);
            beta.scores::<C>(z, part);
            laps.lap(Phase::ForwardOutput);
        }
        for t in 0..block.examples() {
            let y = block.label(t);
            let is_last = t + 1 == block.examples();
            add_up::<T, C>(shards);
            // The corrections need nothing of the softmax, which takes long for its few
            // instructions, nor of the others' scores, which take long to come: the processor does
            // them meanwhile.
            if M::OTHERS {
                meeting.tell::<T, C>(&shards[0].part, parts);
                correct_shards_by_earlier(block, t, shards);
                laps.lap(Phase::ForwardHidden);
                meeting.hear::<T, C>(b, parts);
                laps.lap(Phase::Exchange);
                scores.step::<C>(b, y, learning_rate);
                laps.lap(Phase::Softmax);
            } else {
                std::mem::swap(b, &mut shards[0].part);
                scores.step::<C>(b, y, learning_rate);
                laps.lap(Phase::Softmax);
                correct_shards_by_earlier(block, t, shards);
                laps.lap(Phase::ForwardHidden);
            }
            for Shard { alpha, beta, a, steps, part, .. } in &mut *shards {
                let RowShape { vectors, stride } = alpha.row();
                let (row, later) = a[t * stride..].split_at_mut(stride);
                let (z, step) = (&row[..vectors], &mut steps[t * stride..][..vectors]);
                if is_last {
                    beta.backward::<C>(b, z, step);
                } else {
                    let (next, overlap) = (&mut later[..vectors], block.overlaps(t + 1)[t]);
                    beta.backward_and_forward::<C>(b, z, step, next, overlap, part);
                }
            }
            laps.lap(Phase::OutputPass);
        }
    }
}

/// [`correct_by_earlier`] for each shard, if an example follows `t`.
#[inline(always)]
fn correct_shards_by_earlier<T: Number>(block: &Block<T>, t: usize, shards: &mut [Shard<T>]) {
    if t + 1 < block.examples() {
        for Shard { alpha, a, steps, .. } in shards {
            let shape = alpha.row();
            let later = &mut a[(t + 1) * shape.stride..];
            correct_by_earlier(block, t, later, &steps[..t * shape.stride], shape);
        }
    }
}

/// Examples that are corrected together by all examples before them: each step is read once for
/// all.
const GROUP: usize = 4;

/// Of the sum that corrects `a_{t+1}`, all but the last term, whose step is not known yet; `later`
/// are the rows of `a` from t+1 on, `earlier` the steps of all examples before t.
///
/// The naive way adds the t terms one after the other. Here the first example of a group adds, to
/// the rows of all of the next group, the terms of the groups before; so only the terms of its own
/// group are left to each.
#[inline(always)]
fn correct_by_earlier<T: Number>(
    block: &Block<T>,
    t: usize,
    later: &mut [Vector<T>],
    earlier: &[Vector<T>],
    shape: RowShape,
) {
    let stride = shape.stride;
    let group = t - t % GROUP;
    if t == group {
        let overlaps = |t: usize| &block.overlaps(t)[..group];
        if t + GROUP < block.examples() {
            let overlaps = std::array::from_fn::<_, GROUP, _>(|i| overlaps(t + 1 + i));
            correct(later, overlaps, earlier, shape);
        } else {
            for (row, t) in later.chunks_mut(stride).zip(t + 1..block.examples()) {
                correct(row, [overlaps(t)], earlier, shape);
            }
        }
    }
    let overlaps = [&block.overlaps(t + 1)[group..t]];
    correct(later, overlaps, &earlier[group * stride..], shape);
}

/// `a_e += sum_s overlaps[e][s] steps_s` for `E` rows `a_e`; `a` is E x stride, `steps` n x stride
/// vectors.
#[inline(always)]
fn correct<T: Number, const E: usize>(
    a: &mut [Vector<T>],
    overlaps: [&[T]; E],
    steps: &[Vector<T>],
    RowShape { vectors, stride }: RowShape,
) {
    if overlaps[0].is_empty() {
        return;
    }
    for first in (0..vectors).step_by(4) {
        let (a, steps) = (&mut a[first..], &steps[first..]);
        match vectors - first {
            1 => correct_vectors::<T, E, 1>(a, overlaps, steps, stride),
            2 => correct_vectors::<T, E, 2>(a, overlaps, steps, stride),
            3 => correct_vectors::<T, E, 3>(a, overlaps, steps, stride),
            _ => correct_vectors::<T, E, 4>(a, overlaps, steps, stride),
        }
    }
}

/// `W` vectors of [`correct`], which stay in registers.
#[inline(always)]
fn correct_vectors<T: Number, const E: usize, const W: usize>(
    a: &mut [Vector<T>],
    overlaps: [&[T]; E],
    steps: &[Vector<T>],
    stride: usize,
) {
    let mut sums = [[Vector::ZERO; W]; E];
    for e in 0..E {
        sums[e].copy_from_slice(&a[e * stride..e * stride + W]);
    }
    for (s, step) in (0..overlaps[0].len()).zip(steps.chunks(stride)) {
        one_by_one();
        let step: &[Vector<T>; W] = step.first_chunk().expect("W vectors");
        for e in 0..E {
            let overlap = Vector::splat(overlaps[e][s]);
            for j in 0..W {
                sums[e][j] = overlap.mul_add(step[j], sums[e][j]);
            }
        }
    }
    for e in 0..E {
        a[e * stride..e * stride + W].copy_from_slice(&sums[e]);
    }
}
