//! What a sweep came to, for people and as JSON.

use super::output;
use crate::run_folder::Results;
use crate::sweep::Trial;
use crate::words::{duration, loss};
use serde::Serialize;
use std::path::Path;

/// What a sweep came to.
#[derive(Serialize)]
pub(super) struct Tally<'a> {
    pub(super) networks: usize,
    pub(super) finished: usize,
    pub(super) diverged: usize,
    /// Finished before.
    pub(super) skipped: usize,
    /// That with the lowest loss.
    pub(super) best: Option<Best<'a>>,
    pub(super) networks_per_hour: f64,
    pub(super) total_seconds: f64,
}

/// The best network.
#[derive(Serialize)]
pub(super) struct Best<'a> {
    pub(super) settings: &'a Trial,
    pub(super) result: Option<Results>,
}

impl Tally<'_> {
    /// Tells people of it, and where it is written.
    pub(super) fn tell(&self, out: &Path) {
        let Self { finished, skipped, diverged, total_seconds, networks_per_hour, .. } = self;
        let before =
            if *skipped > 0 { format!(", {skipped} of them before") } else { String::new() };
        let speed = match networks_per_hour {
            0.0 => String::new(),
            speed => format!(", {speed:.0} networks an hour"),
        };
        let diverged = if *diverged > 0 { format!(", {diverged} diverged") } else { String::new() };
        let best = self.best.as_ref().and_then(|best| Some((best.settings, best.result?.loss())));
        let best = best.map_or(String::new(), |(settings, found)| {
            format!("\nbest        loss {}: {}", loss(found, 6), settings.name())
        });
        output::note(&format!(
            "networks    {finished} of {}{before}{diverged}{best}\n\
             time        {}{speed}\n\
             written     {}",
            self.networks,
            duration(*total_seconds),
            out.display()
        ));
    }
}
