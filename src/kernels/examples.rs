//! The sequential part of a block: its examples one after the other.

use super::gram::triangle;
use super::hidden::{stride, with_width};
use super::output::Output;
use super::plan::Block;
use super::workspace::Workspace;
use crate::lanes::exp::sigmoid_row;
use crate::lanes::isa::Kernel;
use crate::lanes::{Element, Lanes, one_by_one};
use crate::phases::{Laps, Phase};

/// A block's examples one after the other, from `a_t = alpha_0 x_t` of all of them to their steps
/// `-lr g_a,t`, each seeing the parameters that its predecessors leave:
///
/// ```text
/// a_t = alpha_0 x_t + sum_{s<t} (x_s . x_t) step_s
/// ```
#[derive(Debug)]
pub struct Examples<'a, T: Element> {
    /// Lanes of D.
    pub lanes: usize,
    pub output: &'a mut Output<T>,
    pub block: &'a Block<'a, T>,
    pub workspace: &'a mut Workspace<T>,
    pub learning_rate: T,
}

/// [`Examples`] that tell of their phases, with an output layer in chunks of C classes.
pub struct InLaps<'a, T: Element, L, const C: usize>(pub Examples<'a, T>, pub L);

impl<T: Element, L: Laps, const C: usize> Kernel for InLaps<'_, T, L, C> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Self(Examples { lanes, output, block, workspace, learning_rate }, mut laps) = self;
        let Workspace { a, steps, b } = workspace;
        let stride = stride(lanes);
        let n = block.labels.len();
        sigmoid_row(&mut a[..lanes]);
        laps.lap(Phase::Sigmoid);
        output.scores::<C>(&a[..lanes], b);
        laps.lap(Phase::ForwardOutput);
        for (t, &y) in block.labels.iter().enumerate() {
            let (row, later) = a[t * stride..].split_at_mut(stride);
            let z = &row[..lanes];
            output.softmax_step::<C>(b, y, learning_rate);
            laps.lap(Phase::Softmax);
            let (earlier, later_steps) = steps.split_at_mut(t * stride);
            let step = &mut later_steps[..lanes];
            if t + 1 == n {
                output.backward::<C>(b, z, step);
                laps.lap(Phase::OutputPass);
                continue;
            }
            // None of this waits for the softmax, so it fills the time that one takes.
            let group = t - t % GROUP;
            if t == group {
                let overlaps = |t: usize| &block.gram[triangle(t)..][..group];
                if t + GROUP < n {
                    let overlaps = std::array::from_fn::<_, GROUP, _>(|i| overlaps(t + 1 + i));
                    correct(later, overlaps, earlier, stride, lanes);
                } else {
                    for (row, target) in later.chunks_mut(stride).zip(t + 1..n) {
                        correct(row, [overlaps(target)], earlier, stride, lanes);
                    }
                }
            }
            let overlaps = &block.gram[triangle(t + 1)..][..t + 1];
            correct(later, [&overlaps[group..t]], &earlier[group * stride..], stride, lanes);
            laps.lap(Phase::ForwardHidden);
            output.backward_and_forward::<C>(b, z, step, &mut later[..lanes], overlaps[t]);
            laps.lap(Phase::OutputPass);
        }
    }
}

/// Examples whose corrections by all examples before the group are made together, in registers.
const GROUP: usize = 4;

/// `a_e += sum_s overlaps[e][s] steps_s` for `E` rows `a_e` of lanes.
#[inline(always)]
fn correct<L: Lanes, const E: usize>(
    a: &mut [L],
    overlaps: [&[L::Scalar]; E],
    steps: &[L],
    stride: usize,
    lanes: usize,
) {
    if overlaps[0].is_empty() {
        return;
    }
    const WIDTH: usize = 4;
    for first in (0..lanes).step_by(WIDTH) {
        with_width!(WIDTH.min(lanes - first), W => {
            correct_tile::<L, E, W>(&mut a[first..], overlaps, &steps[first..], stride);
        });
    }
}

/// `W` lanes of [`correct`], which stay in registers.
#[inline(always)]
fn correct_tile<L: Lanes, const E: usize, const W: usize>(
    a: &mut [L],
    overlaps: [&[L::Scalar]; E],
    steps: &[L],
    stride: usize,
) {
    let mut sums = [[L::ZERO; W]; E];
    for e in 0..E {
        sums[e].copy_from_slice(&a[e * stride..e * stride + W]);
    }
    for (s, step) in (0..overlaps[0].len()).zip(steps.chunks(stride)) {
        one_by_one();
        let step: &[L; W] = step.first_chunk().expect("W lanes");
        for e in 0..E {
            let overlap = L::splat(overlaps[e][s]);
            for j in 0..W {
                sums[e][j] = overlap.mul_add(step[j], sums[e][j]);
            }
        }
    }
    for e in 0..E {
        a[e * stride..e * stride + W].copy_from_slice(&sums[e]);
    }
}
