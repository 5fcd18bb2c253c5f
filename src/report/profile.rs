//! Where the time of a training went, as a table and as a trace.

use crate::phases::Phases;
use crate::trainer::Epoch;
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::synthetic::{Size, synthesize};
    use crate::phases::Phase;
    use crate::{Dataset, Hyperparameters, Trainer};
    use std::ops::ControlFlow;

    fn history(threads: usize, profiled: bool) -> Vec<Epoch> {
        let (train, validation) = synthesize(Size::Small, 0);
        let train = Dataset::<f64>::from_letters(&train);
        let validation = Dataset::from_letters(&validation);
        let settings =
            Hyperparameters { hidden: 5, epochs: 4, threads, ..Hyperparameters::default() };
        let mut trainer = Trainer::new(&train, &validation, &settings).unwrap();
        if profiled {
            trainer = trainer.profiled();
        }
        let network = trainer.start();
        trainer.fit(network, |_| ControlFlow::Continue(())).unwrap().history
    }

    #[test]
    fn a_profile_accounts_for_no_more_than_the_wall_time() {
        for threads in [1, 2] {
            let profile = Profile::of(&history(threads, true)).unwrap();
            assert!(profile.phases.total() > 0.0);
            assert!(profile.accounted() <= profile.wall * 1.000_001, "{profile:?}");
            assert!(profile.table().contains("forward_hidden"));
        }
        assert!(Profile::of(&history(1, false)).is_none());
        assert!(Profile::of(&[]).is_none());
    }

    #[test]
    fn slices_of_a_thread_do_not_overlap_but_for_phases_in_their_epoch() {
        let trace = trace(&history(2, true));
        let events = trace["traceEvents"].as_array().unwrap();
        let is_phase = |slice: &Value| Phase::ALL.iter().any(|phase| slice["name"] == phase.name());
        for thread in [1, 2] {
            let slices = events.iter().filter(|e| e["ph"] == "X" && e["tid"] == thread);
            let slices = slices.filter(|slice| !is_phase(slice));
            let number = |slice: &Value, key| slice[key].as_f64().unwrap();
            let mut slices: Vec<_> =
                slices.map(|slice| (number(slice, "ts"), number(slice, "dur"))).collect();
            slices.sort_by(|a, b| a.0.total_cmp(&b.0));
            let mut end = 0.0;
            for (start, length) in slices {
                // Sums of seconds, rounded; a thousandth of a microsecond is none.
                assert!(start >= end - 1e-3 && length > 0.0, "thread {thread}: {start} {end}");
                end = start + length;
            }
            assert!(end > 0.0);
        }
        for name in ["waiting", "output_pass"] {
            assert!(events.iter().any(|event| event["name"] == name), "{name}");
        }
    }
}
