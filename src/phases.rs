//! Where the time of an epoch's updates goes.
//!
//! An engine that is asked for it times one unit of its work in [`SAMPLE`], an example or a block of
//! examples, piece by piece; what these pieces take of that unit they take of the epoch. Reading the
//! processor's counter costs some nanoseconds, which are taken off again, and it is read without waiting
//! for what was begun before: a piece much shorter than a hundred cycles shares its time with its
//! neighbours. Untimed units run the code that an engine runs at any other time.

use std::time::Duration;

/// One in so many units of an engine's work is timed.
pub const SAMPLE: usize = 16;

/// A piece of an example's work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// Getting at the example; parameters into the engine's own order and back
    Data,
    /// `a = alpha x`
    ForwardHidden,
    /// `z = sigmoid(a)`
    Sigmoid,
    /// `b = beta z`
    ForwardOutput,
    /// `y_hat = softmax(b)`, the loss, `g_b`
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
    pub const ALL: [Self; 9] = [
        Self::Data,
        Self::ForwardHidden,
        Self::Sigmoid,
        Self::ForwardOutput,
        Self::Softmax,
        Self::Backward,
        Self::UpdateOutput,
        Self::UpdateHidden,
        Self::OutputPass,
    ];

    /// As files and tables call it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Data => "data",
            Self::ForwardHidden => "forward_hidden",
            Self::Sigmoid => "sigmoid",
            Self::ForwardOutput => "forward_output",
            Self::Softmax => "softmax_and_loss",
            Self::Backward => "backward",
            Self::UpdateOutput => "update_output",
            Self::UpdateHidden => "update_hidden",
            Self::OutputPass => "output_pass",
        }
    }
}

/// The seconds of each phase.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Phases([f64; Phase::ALL.len()]);

impl Phases {
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

    /// These and the seconds of `other`.
    #[must_use]
    pub fn plus(mut self, other: &Self) -> Self {
        self.0.iter_mut().zip(other.0).for_each(|(mine, others)| *mine += others);
        self
    }
}

/// What kernels tell of their phases; [`Off`] compiles to nothing.
pub trait Laps {
    /// Everything since the last lap was `phase`.
    fn lap(&mut self, phase: Phase);
}

/// No timing.
#[derive(Debug)]
pub struct Off;

impl Laps for Off {
    #[inline(always)]
    fn lap(&mut self, _phase: Phase) {}
}

/// Adds up the phases of the units that are timed.
#[derive(Debug)]
pub struct Stopwatch {
    clock: quanta::Clock,
    last: u64,
    /// Ticks of the counter, a phase each.
    ticks: [u64; Phase::ALL.len()],
    /// What reading the counter takes.
    cost: u64,
}

impl Stopwatch {
    /// Calibrates the process's clock, which takes some milliseconds, once: the first stopwatch would.
    pub fn calibrate() {
        Self::new();
    }

    /// A stopwatch that is not running yet.
    #[expect(clippy::new_without_default, reason = "it calibrates itself")]
    pub fn new() -> Self {
        let clock = quanta::Clock::new();
        let pairs = (0..100).map(|_| (clock.raw(), clock.raw()));
        let cost = pairs.map(|(first, second)| second.saturating_sub(first)).min();
        Self { last: clock.raw(), cost: cost.unwrap_or(0), ticks: [0; Phase::ALL.len()], clock }
    }

    /// Begins a unit that is timed.
    pub fn start(&mut self) {
        self.last = self.clock.raw();
    }

    /// As [`lap`](Laps::lap), of work that is done once an epoch and not once in each timed unit.
    pub fn lap_of_epoch(&mut self, phase: Phase) {
        let before = self.ticks[phase as usize];
        self.lap(phase);
        let ticks = self.ticks[phase as usize] - before;
        self.ticks[phase as usize] = before + ticks / SAMPLE as u64;
    }

    /// What the phases take of an epoch that took `whole`.
    pub fn phases(&self, whole: Duration) -> Phases {
        let total = self.ticks.iter().sum::<u64>().max(1) as f64;
        Phases(self.ticks.map(|ticks| ticks as f64 / total * whole.as_secs_f64()))
    }
}

impl Laps for Stopwatch {
    #[inline(always)]
    fn lap(&mut self, phase: Phase) {
        let now = self.clock.raw();
        self.ticks[phase as usize] += now.saturating_sub(self.last).saturating_sub(self.cost);
        self.last = now;
    }
}

impl<L: Laps> Laps for &mut L {
    #[inline(always)]
    fn lap(&mut self, phase: Phase) {
        (**self).lap(phase);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phases_share_the_whole() {
        let mut watch = Stopwatch::new();
        watch.start();
        for (phase, milliseconds) in [(Phase::Sigmoid, 20), (Phase::Backward, 3)] {
            std::thread::sleep(Duration::from_millis(milliseconds));
            watch.lap(phase);
        }
        let phases = watch.phases(Duration::from_secs(10));
        assert!((phases.total() - 10.0).abs() <= 1e-9);
        assert!(phases.of(Phase::Sigmoid) > phases.of(Phase::Backward));
        assert!(phases.of(Phase::Backward) > 0.0 && phases.of(Phase::Data) == 0.0);
        assert_eq!(phases.plus(&phases).total(), 2.0 * phases.total());
    }

    #[test]
    fn what_is_done_once_an_epoch_is_not_counted_as_done_in_every_unit() {
        let mut watch = Stopwatch::new();
        watch.start();
        std::thread::sleep(Duration::from_millis(20));
        watch.lap_of_epoch(Phase::Data);
        std::thread::sleep(Duration::from_millis(20));
        watch.lap(Phase::Softmax);
        let phases = watch.phases(Duration::from_secs(1));
        assert!(phases.of(Phase::Data) < phases.of(Phase::Softmax), "{phases:?}");
    }
}
