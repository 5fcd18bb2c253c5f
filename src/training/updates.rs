//! The updates of an epoch, in its order and at its learning rate.

use super::order::Planner;
use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::network::Network;
use rankone_kernels::Number;
use rankone_kernels::profile::{Laps, Phases, Stopwatch, Work};
use rankone_kernels::thread_pool::ThreadPool;
use std::sync::Arc;
use std::time::Instant;

/// Gives the learning rate of an epoch, from 0.
pub(super) type RateOfEpoch<'a> = Box<dyn Fn(usize) -> f64 + 'a>;

/// Runs the updates of each epoch, in its order and at its learning rate.
pub(super) struct Updater<'a, T: Number> {
    pub engine: Box<dyn Engine<T> + 'a>,
    /// None for the order of the file.
    pub planner: Option<Planner<'a, T>>,
    pub rate: RateOfEpoch<'a>,
    pub pool: Arc<ThreadPool>,
    pub epochs: usize,
    pub watch: Option<Stopwatch>,
}

/// The N updates of an epoch.
pub(super) struct Updates {
    pub learning_rate: f64,
    pub seconds: f64,
    pub threads: usize,
    pub phases: Option<Phases>,
}

impl<T: Number> Updater<'_, T> {
    /// The updates of `epoch`, from 1, beside which the next one's order is planned.
    pub fn epoch(&mut self, epoch: usize, network: &mut Network<T>) -> Result<Updates> {
        let Self { engine, planner, pool, watch, .. } = self;
        let learning_rate = (self.rate)(epoch - 1);
        let rate = T::from_f64(learning_rate);
        if !(rate >= T::zero() && rate.is_finite()) {
            let found = format!("{learning_rate:?} in epoch {epoch}");
            let expected = "a number from 0 up, of the precision's range";
            return Err(Error::Setting { name: "learning rate", found, expected });
        }
        if let Some(planner) = planner {
            planner.give_back(engine.replan(planner.take(epoch)?));
        }
        let start = Instant::now();
        if let Some(watch) = watch {
            watch.epoch = epoch;
        }
        let mut run = || engine.epoch(network, rate, watch.as_mut());
        match planner.as_ref().filter(|_| epoch < self.epochs) {
            Some(planner) => pool.beside(&planner.job(epoch + 1), run),
            None => run(),
        }
        let seconds = start.elapsed().as_secs_f64();
        let phases = watch.as_mut().map(|watch| watch.span(Work::Updates, start));
        Ok(Updates { learning_rate, seconds, threads: engine.threads().1, phases })
    }
}
