//! Where the time of an epoch's updates goes.
//!
//! An engine that is given a [`Stopwatch`] times one unit of its work in [`SAMPLE`], an example or
//! a block of examples, piece by piece; what these pieces take of that unit they take of the epoch.
//! Reading the clock costs some nanoseconds, which are taken off again, and it is read without
//! waiting for what was begun before: a piece much shorter than a hundred cycles shares its time
//! with its neighbours.

use crate::named;
use crate::thread_pool::locked;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Instant;

/// One in so many units of an engine's work is timed.
pub const SAMPLE: usize = 16;

/// A piece of an example's work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// Getting at the example; parameters into the engine's own order and back
    Data,
    /// `a = alpha x`
    ForwardHidden,
    /// `z = sigmoid(a)`
    Sigmoid,
    /// `b = beta z`
    ForwardOutput,
    /// Telling the other threads, and waiting to hear, the parts of `b`
    Exchange,
    /// `y_hat = softmax(b)`, the loss, `g_b`
    #[serde(rename = "softmax_and_loss")]
    Softmax,
    /// `g_z`, `g_a`
    Backward,
    /// `beta -= lr g_b z^T`
    UpdateOutput,
    /// `alpha -= lr g_a x^T`
    UpdateHidden,
    /// In one pass over the hidden units: backward and the output's update, and the next example's
    /// sigmoid and scores
    OutputPass,
}

impl Phase {
    /// All of them, in the order of an example's work.
    pub const ALL: [Self; 10] = [
        Self::Data,
        Self::ForwardHidden,
        Self::Sigmoid,
        Self::ForwardOutput,
        Self::Exchange,
        Self::Softmax,
        Self::Backward,
        Self::UpdateOutput,
        Self::UpdateHidden,
        Self::OutputPass,
    ];
}

/// The seconds of each phase.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Phases([f64; Phase::ALL.len()]);

impl Phases {
    /// These seconds, in the order of [`Phase::ALL`].
    pub fn from_seconds(seconds: [f64; Phase::ALL.len()]) -> Self {
        Self(seconds)
    }

    /// Seconds of `phase`.
    pub fn of(&self, phase: Phase) -> f64 {
        self.0[phase as usize]
    }

    /// Every phase and its seconds.
    pub fn iter(&self) -> impl Iterator<Item = (Phase, f64)> {
        Phase::ALL.map(|phase| (phase, self.of(phase))).into_iter()
    }

    /// Seconds of all phases.
    pub fn total(&self) -> f64 {
        self.0.iter().sum()
    }

    /// Nanoseconds of each phase for one of `examples`, by the phase's name.
    pub fn ns_by_name(&self, examples: usize) -> BTreeMap<String, f64> {
        let of_one = 1e9 / examples as f64;
        self.iter().map(|(phase, seconds)| (phase.to_string(), of_one * seconds)).collect()
    }

    /// These and the seconds of `other`.
    #[must_use]
    pub fn plus(mut self, other: &Self) -> Self {
        self.0.iter_mut().zip(other.0).for_each(|(mine, others)| *mine += others);
        self
    }
}

/// What one thread did without a break, for one epoch.
#[derive(Debug, Clone, Copy)]
pub struct Span {
    /// The training's own is number 0.
    pub thread: usize,
    /// From 1.
    pub epoch: usize,
    pub work: Work,
    /// Seconds since the stopwatch was made.
    pub start: f64,
    pub seconds: f64,
    /// What updates are divided into.
    pub phases: Phases,
}

/// What threads do in a training.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Work {
    Updates,
    Evaluation,
    /// Of the next epoch's order.
    Planning,
    /// For others to be done.
    Waiting,
}

named!(Phase, Work);

/// Who is told how far the work on an epoch has come: a [`Stopwatch`], or nobody.
///
/// It is a type parameter of the loops that do the work, so that a training without a stopwatch
/// runs code without a trace of it.
pub trait Laps: Clone + Sync {
    /// Does `work`, which is `phase` and comes once an epoch and not once in each of its `units`.
    fn once(&mut self, units: usize, phase: Phase, work: impl FnOnce());
    /// Unit number `unit` of `units` begins.
    fn begin(&mut self, unit: usize, units: usize);
    /// All that was done since the last lap was `phase`.
    fn lap(&mut self, phase: Phase);
    /// The same for work that thread `thread` does beside this one.
    fn of_thread(&self, thread: usize) -> Self;
    /// What was done since `start` was `work`; gives the phases of it.
    fn span(&mut self, work: Work, start: Instant) -> Phases;
}

/// No timing.
#[derive(Debug, Clone)]
pub struct Off;

impl Laps for Off {
    fn once(&mut self, _units: usize, _phase: Phase, work: impl FnOnce()) {
        work();
    }
    #[inline(always)]
    fn begin(&mut self, _unit: usize, _units: usize) {}
    #[inline(always)]
    fn lap(&mut self, _phase: Phase) {}
    fn of_thread(&self, _thread: usize) -> Self {
        Self
    }
    fn span(&mut self, _work: Work, _start: Instant) -> Phases {
        Phases::default()
    }
}

/// Reads a clock that never goes back: nanoseconds since it was first read. For a [`Stopwatch`]
/// where there is no quicker counter.
pub fn nanoseconds() -> u64 {
    static START: OnceLock<Instant> = OnceLock::new();
    START.get_or_init(Instant::now).elapsed().as_nanos() as u64
}

/// Adds up the phases of the units that are timed.
#[derive(Debug, Clone)]
pub struct Stopwatch {
    /// Reads a counter that runs evenly.
    clock: fn() -> u64,
    last: u64,
    /// Whether the present one is timed.
    runs: bool,
    /// Ticks of the counter, a phase each.
    ticks: [u64; Phase::ALL.len()],
    /// What reading the counter takes.
    cost: u64,
    /// Whose it is.
    thread: usize,
    /// The epoch that is worked for.
    pub epoch: usize,
    log: Arc<Log>,
}

/// What all threads did, since the first of their stopwatches was made.
#[derive(Debug)]
struct Log {
    begun: Instant,
    spans: Mutex<Vec<Span>>,
}

/// A stopwatch, if the work is to be timed.
pub type Watch<'w> = Option<&'w mut Stopwatch>;

impl Stopwatch {
    /// A stopwatch that reads `clock`.
    pub fn new(clock: fn() -> u64) -> Self {
        let pairs = (0..100).map(|_| (clock(), clock()));
        let cost = pairs.map(|(first, second)| second.saturating_sub(first)).min();
        let ticks = [0; Phase::ALL.len()];
        let log = Arc::new(Log { begun: Instant::now(), spans: Mutex::default() });
        let (last, cost) = (clock(), cost.unwrap_or(0));
        Self { clock, last, runs: true, ticks, cost, thread: 0, epoch: 1, log }
    }

    /// A stopwatch for work on `epoch`.
    pub fn of_epoch(&self, epoch: usize) -> Self {
        Self { epoch, ticks: Default::default(), ..self.clone() }
    }

    /// What all threads did so far, in no order.
    pub fn spans(&self) -> Vec<Span> {
        locked(&self.log.spans).clone()
    }

    /// Ticks of the clock that `phase` took of the units that were timed, since it was new, or was
    /// last asked for the phases.
    pub fn ticks(&self, phase: Phase) -> u64 {
        self.ticks[phase as usize]
    }

    /// What the phases since it was new, or was last asked, take of an epoch that took `seconds`.
    pub fn phases(&mut self, seconds: f64) -> Phases {
        let ticks = std::mem::take(&mut self.ticks);
        let total = ticks.iter().sum::<u64>().max(1) as f64;
        Phases(ticks.map(|ticks| ticks as f64 / total * seconds))
    }
}

impl Laps for Stopwatch {
    fn once(&mut self, units: usize, phase: Phase, work: impl FnOnce()) {
        let start = (self.clock)();
        work();
        let ticks = (self.clock)().saturating_sub(start);
        // Of those units so many are timed, and stand for all.
        self.ticks[phase as usize] += ticks / units.min(SAMPLE) as u64;
    }

    #[inline]
    fn begin(&mut self, unit: usize, units: usize) {
        // Not the very first one, which has nothing before it, if there is another.
        self.runs = unit % SAMPLE == (SAMPLE / 2).min(units - 1);
        if self.runs {
            self.last = (self.clock)();
        }
    }

    #[inline]
    fn lap(&mut self, phase: Phase) {
        if self.runs {
            let now = (self.clock)();
            self.ticks[phase as usize] += now.saturating_sub(self.last).saturating_sub(self.cost);
            self.last = now;
        }
    }

    fn of_thread(&self, thread: usize) -> Self {
        Self { thread, ticks: Default::default(), ..self.clone() }
    }

    fn span(&mut self, work: Work, start: Instant) -> Phases {
        let seconds = start.elapsed().as_secs_f64();
        let span = Span {
            thread: self.thread,
            epoch: self.epoch,
            work,
            start: start.duration_since(self.log.begun).as_secs_f64(),
            seconds,
            phases: self.phases(seconds),
        };
        locked(&self.log.spans).push(span);
        span.phases
    }
}
