//! Where the time of a training went, as a table and as a trace.

use crate::phases::Phases;
use crate::training::Epoch;
use serde_json::{Value, json};
use std::fmt::Write;

/// The time of a profiled training, all epochs together, in seconds.
#[derive(Debug, Clone, Copy)]
pub struct Profile {
    /// Of the updates.
    pub phases: Phases,
    /// Evaluations that no update ran beside.
    pub evaluation: f64,
    /// Evaluations on other threads while the next epoch trained.
    pub evaluation_beside: f64,
    /// Waiting for those.
    pub waiting: f64,
    /// From the first update to the last evaluation.
    pub wall: f64,
}

impl Profile {
    /// The profile of `history`; `None` where it has no epoch or was not profiled.
    pub fn of(history: &[Epoch]) -> Option<Self> {
        let last = history.last()?;
        let mut profile = Self {
            phases: Phases::default(),
            evaluation: 0.0,
            evaluation_beside: 0.0,
            waiting: 0.0,
            wall: last.evaluation_start + last.evaluation_seconds,
        };
        for (i, epoch) in history.iter().enumerate() {
            profile.phases = profile.phases.plus(&epoch.phases?);
            let end = epoch.evaluation_start + epoch.evaluation_seconds;
            let beside = history.get(i + 1).is_some_and(|next| next.sgd_start < end);
            if beside {
                profile.evaluation_beside += epoch.evaluation_seconds;
                profile.waiting += epoch.waiting_seconds;
            } else {
                profile.evaluation += epoch.evaluation_seconds;
            }
        }
        Some(profile)
    }

    /// Seconds that are accounted for, of those that passed.
    pub fn accounted(&self) -> f64 {
        self.phases.total() + self.evaluation + self.waiting
    }

    /// The table for people: phase, seconds, share of the wall time.
    pub fn table(&self) -> String {
        let mut table = format!("{:<20}{:>10}{:>9}\n", "phase", "seconds", "share");
        let mut row = |name: &str, seconds: f64| {
            let share = 100.0 * seconds / self.wall;
            writeln!(table, "{name:<20}{seconds:>10.4}{share:>7.1} %").expect("room in memory");
        };
        for (phase, seconds) in self.phases.iter().filter(|&(_, seconds)| seconds > 0.0) {
            row(phase.name(), seconds);
        }
        row("evaluation", self.evaluation);
        row("waiting", self.waiting);
        row("in all", self.accounted());
        row("of wall time", self.wall);
        if self.evaluation_beside > 0.0 {
            let seconds = self.evaluation_beside;
            writeln!(table, "beside the updates, on other threads: evaluation, {seconds:.4} s")
                .expect("room in memory");
        }
        table
    }
}

/// The training as a Chrome trace, for Perfetto: one thread of updates, one of evaluations. The phases of an
/// epoch stand one after the other in it, each as long as all of its pieces together.
pub fn trace(history: &[Epoch]) -> Value {
    const UPDATES: u32 = 1;
    const EVALUATION: u32 = 2;
    let slice = |name: &str, thread: u32, start: f64, seconds: f64| {
        json!({
            "name": name, "ph": "X", "pid": 1, "tid": thread,
            "ts": start * 1e6, "dur": seconds * 1e6,
        })
    };
    let thread = |thread: u32, name: &str| {
        json!({
            "name": "thread_name", "ph": "M", "pid": 1, "tid": thread, "args": { "name": name },
        })
    };
    let mut events = vec![thread(UPDATES, "updates"), thread(EVALUATION, "evaluation")];
    for (i, epoch) in history.iter().enumerate() {
        let name = format!("epoch {}", epoch.epoch);
        events.push(slice(&name, UPDATES, epoch.sgd_start, epoch.sgd_seconds));
        let mut start = epoch.sgd_start;
        for (phase, seconds) in epoch.phases.iter().flat_map(Phases::iter) {
            if seconds > 0.0 {
                events.push(slice(phase.name(), UPDATES, start, seconds));
                start += seconds;
            }
        }
        events.push(slice(&name, EVALUATION, epoch.evaluation_start, epoch.evaluation_seconds));
        if let Some(next) = history.get(i + 1).filter(|_| epoch.waiting_seconds > 0.0) {
            let start = next.sgd_start + next.sgd_seconds;
            events.push(slice("waiting", UPDATES, start, epoch.waiting_seconds));
        }
    }
    json!({ "traceEvents": events, "displayTimeUnit": "ms" })
}
