//! Contestants: checked first, then timed in turn.

use super::{Record, Roofs, Spread, clock};
use crate::number::Precision;
use serde_json::Value;

/// One who takes part in a contest.
#[expect(missing_debug_implementations, reason = "what it runs is anything")]
pub struct Contestant<'a> {
    /// What it does, in a few words.
    pub command: String,
    /// What it does, as the fields of its record.
    pub fields: Value,
    /// The type of its numbers.
    pub precision: Precision,
    /// Flops of a unit of its work.
    pub flops: f64,
    /// The library that it calls, if any.
    pub library: Option<String>,
    /// How it does it, or what is wrong with its answer.
    pub runner: Result<Box<dyn Runner + 'a>, String>,
}

/// How a contestant does what it does.
pub trait Runner {
    /// What is wrong with its answer, if anything.
    fn fault(&mut self) -> Option<String>;

    /// Seconds of one run.
    fn seconds(&mut self) -> f64;

    /// Units of work in a run: examples, or calls.
    fn units(&self) -> usize;

    /// The fields of its record that follow from the nanoseconds of a unit.
    fn fields(&mut self, ns: Spread, roofs: &Roofs) -> Value;
}

/// Checks the contestants, times those that are right for `rounds` runs each, and tells of all, in their order.
/// `progress` is called after every check and every run.
///
/// # Panics
/// Where there are no rounds.
pub fn contest(
    mut contestants: Vec<Contestant>,
    rounds: usize,
    roofs: &Roofs,
    mut progress: impl FnMut(),
) -> Vec<Record> {
    assert!(rounds > 0, "a contest without a run");
    for contestant in &mut contestants {
        if let Ok(runner) = &mut contestant.runner
            && let Some(fault) = runner.fault()
        {
            contestant.runner = Err(fault);
        }
        progress();
    }
    let mut runs = vec![(Vec::new(), [0.0; 2]); contestants.len()];
    for round in 0..=rounds {
        for (contestant, (times, processor)) in contestants.iter_mut().zip(&mut runs) {
            if let Ok(runner) = &mut contestant.runner {
                let before = clock::user_and_system();
                let seconds = runner.seconds();
                let after = clock::user_and_system();
                // The first run finds cold caches and a slow clock.
                if round > 0 {
                    times.push(seconds);
                    *processor = std::array::from_fn(|i| processor[i] + after[i] - before[i]);
                }
            }
            progress();
        }
    }
    let all = contestants.into_iter().zip(runs);
    all.map(|(contestant, (times, processor))| Record::of(contestant, times, processor, roofs))
        .collect()
}
