//! One pass over all blocks, an epoch, by one thread or several.

use super::inputs::Inputs;
use super::pace::Pace;
use super::plan::{Block, Plan};
use super::scores::Scores;
use super::sequence::Sequence;
use super::shard::{Shard, Share};
use super::team::{Alone, Leader, Meeting, Member, Team};
use crate::number::Number;
use crate::profile::{Laps, Work};
use crate::simd::isa::Isa;
use std::time::Instant;

/// What all threads know of a pass over the examples.
#[derive(Debug)]
pub struct Pass<'a, T: Number> {
    pub plan: &'a Plan<T>,
    pub inputs: &'a Inputs<'a, T>,
    /// N, in file order.
    pub labels: &'a [usize],
    pub scores: &'a Scores<T>,
    pub isa: Isa,
    pub learning_rate: T,
    /// The number of the first block, counted over all epochs.
    pub first: u64,
}

impl<T: Number> Pass<'_, T> {
    /// Block `b`.
    pub fn block(&self, b: usize) -> Block<'_, T> {
        self.plan.block(b, self.inputs, self.labels)
    }

    /// Works on block `b` of the epoch, over the shards of `share`.
    pub fn run_block<M: Meeting, L: Laps>(
        &self,
        b: usize,
        share: &mut Share<T>,
        meeting: M,
        laps: &mut L,
    ) {
        let Self { plan, scores, isa, learning_rate, .. } = *self;
        laps.begin(b, plan.blocks());
        let done = b.checked_sub(1).map(|b| self.block(b));
        let block = &self.block(b);
        for Shard { alpha, a, steps, .. } in &mut share.shards {
            let done = done.as_ref().map(|done| (done, &steps[..]));
            alpha.update_and_product(isa, done, Some((block, a)), laps);
        }
        isa.run(Sequence { block, scores, share, learning_rate, meeting, laps });
    }

    /// Thread `me` of `team` at the beginning of block `b`.
    fn member<'t, S>(&self, team: &'t Team<S>, me: usize, b: usize) -> Member<'t, S> {
        Member { team, me, number: (self.first + b as u64) * self.plan.block_size() as u64 }
    }

    /// Thread `me`, not the leader, works on those blocks of the epoch that it is wanted for.
    pub fn help<L: Laps>(&self, team: &Team<Share<T>>, me: usize, laps: impl Fn() -> L) {
        team.help(me, |share, numbers| {
            let (mut laps, start) = (laps(), Instant::now());
            for number in numbers {
                let b = (number - self.first) as usize;
                self.run_block(b, share, self.member(team, me, b), &mut laps);
            }
            laps.span(Work::Updates, start);
        });
    }

    /// All blocks of the epoch, for each of which the `pace` says whether all threads of `team`
    /// work on it. Gives the number of those that they did.
    pub fn lead<L: Laps>(
        &self,
        team: &Team<Share<T>>,
        mut leader: Leader<Share<T>>,
        share: &mut Share<T>,
        pace: &mut Pace,
        laps: &mut L,
    ) -> usize {
        let of_each = share.shards.len() / team.size();
        let gather = |leader: &Leader<Share<T>>, share: &mut Share<T>| {
            leader.rest().for_each(|mut seat| share.shards.append(&mut seat.shards));
        };
        let (mut by_all, mut blocks_by_all) = (false, 0);
        let mut last = Instant::now();
        for b in 0..self.plan.blocks() {
            let was_by_all = by_all;
            by_all = pace.wants_all() && (by_all || leader.are_all_here());
            if by_all && !was_by_all {
                pace.begin();
                for mut seat in leader.seats() {
                    seat.shards.extend(share.shards.drain(of_each..2 * of_each));
                }
            } else if was_by_all && !by_all {
                gather(&leader, share);
            }
            if by_all {
                leader.go();
                self.run_block(b, share, self.member(team, 0, b), laps);
                blocks_by_all += 1;
            } else {
                self.run_block(b, share, Alone, laps);
            }
            leader.done();
            let now = Instant::now();
            pace.block((now - last).as_secs_f64(), by_all);
            last = now;
        }
        if by_all {
            gather(&leader, share);
        }
        blocks_by_all
    }
}
