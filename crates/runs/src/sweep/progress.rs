//! How far a sweep has come.

use super::record::TrialRecord;
use super::runner::Step;
use super::trial::Trial;
use crate::text::loss;
use std::fmt;

/// How far a sweep has come, in networks.
#[derive(Debug, Clone)]
pub struct SweepProgress {
    networks: usize,
    started: usize,
    done: usize,
    /// The lowest loss so far, or infinity.
    best: f64,
}

impl SweepProgress {
    /// The progress of a sweep of so many `networks`, all but so many `left` of which were done
    /// before; `best` is the best of these.
    pub fn new(left: usize, networks: usize, best: Option<&TrialRecord>) -> Self {
        let done = networks - left;
        let best = best.map_or(f64::INFINITY, TrialRecord::loss);
        Self { networks, started: done, done, best }
    }

    /// The cost of all that is `left`.
    pub fn cost(left: &[Trial]) -> u64 {
        left.iter().map(Trial::cost).fold(0, u64::saturating_add)
    }

    /// Takes a step, and returns the part of the cost that it went through.
    pub fn take(&mut self, step: Step<'_>) -> u64 {
        match step {
            Step::Begun => self.started += 1,
            Step::Epoch(trial) => return trial.cost() / trial.settings.epochs as u64,
            Step::Ended(record) => {
                self.done += 1;
                self.best = self.best.min(record.loss());
            }
        }
        0
    }
}

impl fmt::Display for SweepProgress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { networks, started, done, best } = self;
        write!(f, "{done} of {networks} networks, {} running", started - done)?;
        if best.is_finite() { write!(f, ", best loss {}", loss(*best, 4)) } else { Ok(()) }
    }
}
