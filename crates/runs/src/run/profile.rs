//! Where the time of a training went, as a table and as a trace.

use rankone::profile::{Phases, Span, Work};
use serde_json::{Value, json};
use std::fmt::Write;

/// What the threads of a profiled training did, all epochs together.
#[derive(Debug, Clone)]
pub struct Profile {
    /// One a thread, the training's own first.
    threads: Vec<Thread>,
    /// Seconds from the first update to the last evaluation.
    wall: f64,
}

/// Seconds of what one thread did.
#[derive(Debug, Clone, Copy, Default)]
struct Thread {
    phases: Phases,
    evaluation: f64,
    planning: f64,
    waiting: f64,
}

impl Thread {
    fn busy(&self) -> f64 {
        self.phases.total() + self.evaluation + self.planning
    }
}

impl Profile {
    /// The profile of a training of which `spans` were recorded; `None` where it was not profiled.
    pub fn of(spans: &[Span]) -> Option<Self> {
        let threads = spans.iter().map(|span| span.thread + 1).max()?;
        let mut profile = Self { threads: vec![Thread::default(); threads], wall: 0.0 };
        let start = spans.iter().map(|span| span.start).fold(f64::INFINITY, f64::min);
        for span in spans {
            profile.wall = profile.wall.max(span.start + span.seconds - start);
            let thread = &mut profile.threads[span.thread];
            match span.work {
                Work::Updates => thread.phases = thread.phases.plus(&span.phases),
                Work::Evaluation => thread.evaluation += span.seconds,
                Work::Planning => thread.planning += span.seconds,
                Work::Waiting => thread.waiting += span.seconds,
            }
        }
        // The others wait whenever there is nothing for them to do.
        for thread in &mut profile.threads[1..] {
            thread.waiting = (profile.wall - thread.busy()).max(0.0);
        }
        Some(profile)
    }

    /// What the training's own thread spent on the updates.
    fn phases(&self) -> Phases {
        self.threads[0].phases
    }

    /// The table for people: the seconds of each thread, and the training's own as shares of the
    /// wall time.
    pub fn table(&self) -> String {
        let mut table = format!("{:<20}{:>10}{:>9}", "phase", "seconds", "share");
        for thread in 1..self.threads.len() {
            write!(table, "{:>12}", format!("thread {thread}")).expect("room in memory");
        }
        table.push('\n');
        let mut row = |name: &str, seconds: &dyn Fn(&Thread) -> f64| {
            let all = self.threads.iter().map(seconds);
            if all.clone().all(|seconds| seconds == 0.0) {
                return;
            }
            for (thread, seconds) in all.enumerate() {
                if thread == 0 {
                    let share = 100.0 * seconds / self.wall;
                    write!(table, "{name:<20}{seconds:>10.4}{share:>7.1} %")
                } else {
                    write!(table, "{seconds:>12.4}")
                }
                .expect("room in memory");
            }
            table.push('\n');
        };
        for (phase, _) in self.phases().iter() {
            row(&phase.to_string(), &|thread| thread.phases.of(phase));
        }
        row("evaluation", &|thread| thread.evaluation);
        row("planning", &|thread| thread.planning);
        row("waiting", &|thread| thread.waiting);
        row("in all", &|thread| thread.busy() + thread.waiting);
        row("of wall time", &|_| self.wall);
        table
    }
}

/// The training as a Chrome trace, for Perfetto: a track for each thread. The phases of its updates
/// stand one after the other in them, each as long as all of its pieces together. Tracks count from
/// 1: to readers 0 means that nobody runs.
pub fn trace(spans: &[Span]) -> Value {
    let slice = |name: &str, of: &str, thread: usize, start: f64, seconds: f64| {
        json!({
            "name": name, "cat": of, "ph": "X", "pid": 1, "tid": thread + 1,
            "ts": start * 1e6, "dur": seconds * 1e6,
        })
    };
    let threads = spans.iter().map(|span| span.thread + 1).max().unwrap_or(0);
    let mut events: Vec<_> = (0..threads)
        .map(|thread| {
            let name = if thread == 0 { "training".into() } else { format!("thread {thread}") };
            json!({
                "name": "thread_name", "cat": "__metadata", "ph": "M", "pid": 1, "tid": thread + 1, "ts": 0,
                "args": { "name": name },
            })
        })
        .collect();
    for &Span { thread, epoch, work, mut start, seconds, phases } in spans {
        events.push(slice(&format!("{work} {epoch}"), "epoch", thread, start, seconds));
        for (phase, seconds) in phases.iter().filter(|&(_, seconds)| seconds > 0.0) {
            // Whole nanoseconds, so that rounding does not let the last one end after the updates.
            let seconds = (1e9 * seconds).floor() * 1e-9;
            events.push(slice(&phase.to_string(), "phase", thread, start, seconds));
            start += seconds;
        }
    }
    json!({ "traceEvents": events, "displayTimeUnit": "ms" })
}
