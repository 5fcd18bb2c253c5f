//! What a sweep came to, for people and as JSON.

use super::record::TrialRecord;
use super::trial::Trial;
use crate::run::Results;
use crate::text::{duration, loss};
use serde::Serialize;
use std::path::Path;

/// What a sweep came to.
#[derive(Debug, Serialize)]
pub struct Tally {
    /// The number of networks that are this process's.
    pub networks: usize,
    /// Of them, those that are finished.
    pub finished: usize,
    /// Of these, those that diverged.
    pub diverged: usize,
    /// Those that were finished before.
    pub skipped: usize,
    /// That with the lowest loss.
    pub best: Option<BestNetwork>,
    /// Of those that were trained now.
    pub networks_per_hour: f64,
    /// Of everything after the data were read.
    pub total_seconds: f64,
}

/// The best network.
#[derive(Debug, Serialize)]
pub struct BestNetwork {
    settings: Trial,
    result: Option<Results>,
}

impl BestNetwork {
    /// That of a record.
    pub(super) fn of(record: &TrialRecord) -> Self {
        Self { settings: record.settings.clone(), result: record.result }
    }
}

impl Tally {
    /// The summary for people, of a sweep that was written to `out`.
    pub fn text(&self, out: &Path) -> String {
        let Self { finished, skipped, diverged, total_seconds, networks_per_hour, .. } = self;
        let before =
            if *skipped > 0 { format!(", {skipped} of them before") } else { String::new() };
        let speed = match networks_per_hour {
            0.0 => String::new(),
            speed => format!(", {speed:.0} networks an hour"),
        };
        let diverged = if *diverged > 0 { format!(", {diverged} diverged") } else { String::new() };
        let best = self.best.as_ref().and_then(|best| Some((&best.settings, best.result?.loss())));
        let best = best.map_or(String::new(), |(settings, found)| {
            format!("\nbest        loss {}: {}", loss(found, 6), settings.name())
        });
        format!(
            "networks    {finished} of {}{before}{diverged}{best}\n\
             time        {}{speed}\n\
             written     {}",
            self.networks,
            duration(*total_seconds),
            out.display()
        )
    }
}
