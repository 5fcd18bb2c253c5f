//! How long a sweep may take: from one epoch of each size, in each order.

use super::runner::SweepRunner;
use super::trial::Trial;
use rankone::{Result, Settings};
use serde::Serialize;
use std::collections::HashMap;

/// How long some networks may take.
#[derive(Debug)]
pub struct Forecast<'t> {
    /// Each of them.
    pub networks: Vec<Foreseen<'t>>,
    /// All of them together, side by side.
    pub seconds: f64,
}

/// A network that is to be trained, and how long that may take.
#[derive(Debug, Serialize)]
pub struct Foreseen<'t> {
    settings: &'t Trial,
    seconds: f64,
}

impl<'t> Forecast<'t> {
    /// Of these networks, trained `threads` at a time.
    ///
    /// # Errors
    /// Those of [`Train::seconds_of_epoch`](super::runner::Train::seconds_of_epoch).
    pub fn new(trials: &'t [Trial], runner: &SweepRunner, threads: usize) -> Result<Self> {
        let (mut of_sizes, mut networks) = (HashMap::new(), Vec::new());
        for settings in trials {
            let Settings { hidden, order, .. } = settings.settings;
            let size = (hidden, order.to_string(), settings.precision.to_string());
            let of_epoch = match of_sizes.get(&size) {
                Some(seconds) => *seconds,
                None => runner.data(settings).seconds_of_epoch(settings)?,
            };
            of_sizes.insert(size, of_epoch);
            let seconds = of_epoch * settings.settings.epochs as f64;
            networks.push(Foreseen { settings, seconds });
        }
        // Each goes to the thread that is free first.
        let mut busy = vec![0.0f64; threads];
        for network in &networks {
            let free = busy.iter_mut().min_by(|a, b| a.total_cmp(b)).expect("a thread");
            *free += network.seconds;
        }
        Ok(Self { networks, seconds: busy.into_iter().fold(0.0, f64::max) })
    }
}
