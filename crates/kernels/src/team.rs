//! Several threads on the same block: what passes between them, and who does what.
//!
//! # The exchange
//!
//! Of each example every thread of the team forms a row of words, its part of the scores, and needs
//! the others' rows before it can go on. The naive way is a lock or a barrier; here each thread has
//! two *slots*, for examples of odd and of even number. It writes its row into one, then the
//! example's number; the others wait for that number and then read the row. The number is written
//! with release and read with acquire order, so that who sees it sees the row too. Two slots are
//! enough: nobody writes example t+2 before it has all rows of t+1, and whoever has written its row
//! of t+1 has read those of t.
//!
//! # The protocol of blocks
//!
//! Who works on a block is decided before it by one of them, the *leader*, in an *order*: all of
//! the team, or it alone. What a thread works on, its shards, lies on its *seat*, under a lock that
//! is held by whoever works with it.
//!
//! ```text
//! leader                                              another thread
//! CALL                        wants to know who is here
//!                                                     answers, and waits for the next order
//! puts shards onto the seats
//! GO(b)                       all on block b          locks its seat; block b
//! GO(b+1)                                             block b+1
//! REST                        the leader alone        unlocks its seat; waits, ever more sleepily
//! locks all seats, takes the shards
//! ...
//! END                                                 unlocks its seat, if need be, and goes
//! ```
//!
//! A thread that loses its core is waited for where it is needed; before it is, it is not: it has
//! not answered.

use super::scores::add;
use crate::number::Number;
use crate::simd::{Vector, vectors_for};
use sync::{AtomicBool, AtomicU64, Mutex, MutexGuard, Ordering};

/// The names of the standard library, or those of the checker that goes through all interleavings.
mod sync {
    #[cfg(loom)]
    pub use loom::sync::{
        Mutex, MutexGuard,
        atomic::{AtomicBool, AtomicU64, Ordering},
    };
    #[cfg(not(loom))]
    pub use std::sync::{
        Mutex, MutexGuard,
        atomic::{AtomicBool, AtomicU64, Ordering},
    };

    /// The pause before looking again, for the time number `round`: a moment; then others may run;
    /// then sleep.
    #[cfg(not(loom))]
    pub fn pause(round: u32) {
        match round {
            0..1_000 => std::hint::spin_loop(),
            1_000..1_100 => std::thread::yield_now(),
            _ => {
                let micros = u64::from(round - 1_000).min(1_000);
                std::thread::sleep(std::time::Duration::from_micros(micros));
            }
        }
    }

    #[cfg(loom)]
    pub fn pause(_round: u32) {
        loom::thread::yield_now();
    }
}

/// SlotWords that share no cache line, nor a pair of them, with others.
#[derive(Debug)]
#[repr(align(128))]
struct SlotWords([AtomicU64; 16]);

/// A row of words, after the number of the example that it is of.
#[derive(Debug)]
struct Slot(Box<[SlotWords]>);

impl Slot {
    fn new(row: usize) -> Self {
        let words = |_| SlotWords(std::array::from_fn(|_| AtomicU64::new(0)));
        Self((0..(row + 1).div_ceil(16)).map(words).collect())
    }

    #[inline(always)]
    fn number(&self) -> &AtomicU64 {
        &self.0[0].0[0]
    }

    /// Word `i` of the row.
    #[inline(always)]
    fn word(&self, i: usize) -> &AtomicU64 {
        &self.0[(i + 1) / 16].0[(i + 1) % 16]
    }

    /// Writes the row of example `number`: scores `b` in chunks of C classes, as `f64`, which every
    /// number is exactly.
    #[inline(always)]
    fn write<T: Number, const C: usize>(&self, number: u64, b: &[Vector<T>]) {
        for (c, b) in b.chunks_exact(vectors_for::<T>(C)).enumerate() {
            for k in 0..C {
                let score = b[k / T::WIDTH][k % T::WIDTH].as_f64();
                self.word(c * C + k).store(score.to_bits(), Ordering::Relaxed);
            }
        }
        self.number().store(number, Ordering::Release);
    }

    /// Whether the row of example `number` is there.
    #[inline(always)]
    fn has(&self, number: u64) -> bool {
        self.number().load(Ordering::Acquire) == number
    }

    /// Reads the row that is there.
    #[inline(always)]
    fn read<T: Number, const C: usize>(&self, b: &mut [Vector<T>]) {
        for (c, b) in b.chunks_exact_mut(vectors_for::<T>(C)).enumerate() {
            let mut row = [Vector::ZERO; C];
            for k in 0..C {
                let word = self.word(c * C + k).load(Ordering::Relaxed);
                row[k / T::WIDTH][k % T::WIDTH] = T::from_f64(f64::from_bits(word));
            }
            b.copy_from_slice(&row[..b.len()]);
        }
    }
}

/// What the leader wants, in the lowest two bits of an order; above them the number of the block
/// that is next, counted from the first of all epochs. So no order is like the one before.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Rest,
    Call,
    Go,
    End,
}

/// Some threads, of which number 0 is the leader, and what a `Seat` of theirs holds.
#[derive(Debug)]
pub struct Team<S> {
    /// Two a thread.
    slots: Vec<[Slot; 2]>,
    order: AtomicU64,
    /// The last call that each answered, the leader's unused.
    answers: Vec<AtomicU64>,
    /// One each, the leader's unused.
    seats: Vec<Mutex<S>>,
    /// Whether a thread of the team panicked: the others must not wait for it.
    has_failed: AtomicBool,
}

impl<S> Team<S> {
    /// A team with one of `seats` for each thread, whose rows have up to `row` words.
    pub fn new(seats: Vec<S>, row: usize) -> Self {
        Self {
            slots: seats.iter().map(|_| [Slot::new(row), Slot::new(row)]).collect(),
            order: AtomicU64::new(0),
            answers: seats.iter().map(|_| AtomicU64::new(0)).collect(),
            seats: seats.into_iter().map(Mutex::new).collect(),
            has_failed: AtomicBool::new(false),
        }
    }

    /// How many threads it has.
    pub fn size(&self) -> usize {
        self.seats.len()
    }

    /// Begins an epoch, before the others [`help`](Self::help), whose first block has number
    /// `block`, at least 1.
    pub fn lead(&self, block: u64) -> Leader<'_, S> {
        let leader = Leader { team: self, block };
        leader.order(Kind::Rest);
        leader
    }

    /// Thread `me`, not the leader, works on the blocks of one epoch for which it is wanted:
    /// `stretch` is called with what lies on its seat and the numbers of blocks one after the
    /// other, each of which is given when it is time.
    ///
    /// # Panics
    /// Where `stretch` or another thread did.
    pub fn help(&self, me: usize, mut stretch: impl FnMut(&mut S, &mut dyn Iterator<Item = u64>)) {
        let _alarm = Alarm(&self.has_failed);
        let mut order = u64::MAX;
        let next = |order: &mut u64| {
            let last = *order;
            let found = || Some(self.order.load(Ordering::Acquire)).filter(|&order| order != last);
            *order = self.wait(found);
            (*order & 3 == Kind::Go as u64).then_some(*order >> 2)
        };
        while order & 3 != Kind::End as u64 || order == u64::MAX {
            if let Some(block) = next(&mut order) {
                let mut blocks =
                    std::iter::once(block).chain(std::iter::from_fn(|| next(&mut order)));
                stretch(&mut self.seat(me), &mut blocks);
            }
            if order & 3 == Kind::Call as u64 {
                self.answers[me].store(order, Ordering::Release);
            }
        }
    }

    fn seat(&self, i: usize) -> MutexGuard<'_, S> {
        self.seats[i].lock().expect("no thread of the team panicked")
    }

    /// Waits until there is `something`.
    #[inline(always)]
    fn wait<R>(&self, something: impl Fn() -> Option<R>) -> R {
        let mut round = 0;
        loop {
            if let Some(found) = something() {
                return found;
            }
            assert!(
                !self.has_failed.load(Ordering::Relaxed),
                "another thread of the team panicked"
            );
            sync::pause(round);
            round = round.saturating_add(1);
        }
    }

    /// The slot of thread `who` for example `number`.
    #[inline(always)]
    fn slot(&self, who: usize, number: u64) -> &Slot {
        &self.slots[who][(number & 1) as usize]
    }
}

/// Raised where a thread panics.
struct Alarm<'a>(&'a AtomicBool);

impl Drop for Alarm<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.store(true, Ordering::Relaxed);
        }
    }
}

/// The leader during an epoch. The others are sent home when it goes.
#[derive(Debug)]
pub struct Leader<'a, S> {
    team: &'a Team<S>,
    /// The number of the next block.
    block: u64,
}

impl<S> Leader<'_, S> {
    fn order(&self, kind: Kind) {
        self.team.order.store(self.block << 2 | kind as u64, Ordering::Release);
    }

    /// Whether all others are here, and wait for an order; calls them if nobody did.
    pub fn are_all_here(&self) -> bool {
        let order = self.team.order.load(Ordering::Relaxed);
        if order & 3 != Kind::Call as u64 {
            self.order(Kind::Call);
            return false;
        }
        self.team.answers[1..].iter().all(|answer| answer.load(Ordering::Acquire) == order)
    }

    /// The seats of all others, to put something onto them when all are here.
    pub fn seats(&self) -> impl Iterator<Item = MutexGuard<'_, S>> {
        (1..self.team.size()).map(|i| self.team.seat(i))
    }

    /// All work on the next block.
    pub fn go(&self) {
        self.order(Kind::Go);
    }

    /// The others have done the last block; their seats, to take something from them.
    pub fn rest(&self) -> impl Iterator<Item = MutexGuard<'_, S>> {
        self.order(Kind::Rest);
        self.seats()
    }

    /// A block is done.
    pub fn done(&mut self) {
        self.block += 1;
    }
}

impl<S> Drop for Leader<'_, S> {
    fn drop(&mut self) {
        let _alarm = Alarm(&self.team.has_failed);
        self.order(Kind::End);
    }
}

/// Where the threads that work on the same block meet, once an example.
pub trait Meeting {
    /// Whether there is anybody to meet.
    const OTHERS: bool;

    /// Tells the others this thread's `part` of the scores, a row in chunks of C classes; `parts`
    /// are rows, one a thread, to be kept for [`hear`](Self::hear).
    fn tell<T: Number, const C: usize>(&mut self, part: &[Vector<T>], parts: &mut [Vector<T>]);

    /// The sum of all parts, as a balanced tree, into `b`.
    fn hear<T: Number, const C: usize>(&mut self, b: &mut [Vector<T>], parts: &mut [Vector<T>]);
}

/// One thread has all shards.
#[derive(Debug)]
pub struct Alone;

impl Meeting for Alone {
    const OTHERS: bool = false;
    fn tell<T: Number, const C: usize>(&mut self, _: &[Vector<T>], _: &mut [Vector<T>]) {}
    fn hear<T: Number, const C: usize>(&mut self, _: &mut [Vector<T>], _: &mut [Vector<T>]) {}
}

/// A thread of a team, at the examples from `number` on.
#[derive(Debug)]
pub struct Member<'a, S> {
    /// The team.
    pub team: &'a Team<S>,
    /// Its number in the team, the leader's being 0.
    pub me: usize,
    /// Of the next example. Those of a block follow each other, and between blocks whose numbers do
    /// not, everybody has read everything: it rested or began an epoch.
    pub number: u64,
}

impl<S> Meeting for Member<'_, S> {
    const OTHERS: bool = true;

    #[inline(always)]
    fn tell<T: Number, const C: usize>(&mut self, part: &[Vector<T>], parts: &mut [Vector<T>]) {
        self.team.slot(self.me, self.number).write::<T, C>(self.number, part);
        parts[self.me * part.len()..][..part.len()].copy_from_slice(part);
    }

    #[inline(always)]
    fn hear<T: Number, const C: usize>(&mut self, b: &mut [Vector<T>], parts: &mut [Vector<T>]) {
        let (threads, row) = (self.team.size(), b.len());
        for who in (0..threads).filter(|&who| who != self.me) {
            let slot = self.team.slot(who, self.number);
            self.team.wait(|| slot.has(self.number).then_some(()));
            slot.read::<T, C>(&mut parts[who * row..][..row]);
        }
        let mut gap = 1;
        while gap < threads {
            for i in (0..threads).step_by(2 * gap) {
                let (left, right) = parts.split_at_mut((i + gap) * row);
                add::<T, C>(&mut left[i * row..][..row], &right[..row]);
            }
            gap *= 2;
        }
        b.copy_from_slice(&parts[..row]);
        self.number += 1;
    }
}
