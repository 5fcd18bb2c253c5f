//! Progress on a terminal.

use crate::crew::locked;
use crate::sweep::{Record, Step, Trial};
use crate::training::Epoch;
use crate::words::loss;
use indicatif::{ProgressBar, ProgressStyle};
use std::io::{self, IsTerminal};
use std::sync::Mutex;

/// A bar on stderr of `length` steps; nothing where stderr is no terminal.
fn bar(length: usize, style: &str) -> ProgressBar {
    if !io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template(style).expect("a template");
    ProgressBar::new(length as u64).with_style(style)
}

/// The bar of a training run, with the losses and the speed.
pub(super) struct Progress {
    bar: ProgressBar,
    /// N of the training set.
    examples: usize,
}

impl Progress {
    pub(super) fn new(epochs: usize, examples: usize, quiet: bool) -> Self {
        let style = "epoch {pos}/{len} {wide_bar} {msg}  {eta} left";
        let bar = if quiet { ProgressBar::hidden() } else { bar(epochs, style) };
        Self { bar, examples }
    }

    pub(super) fn show(&self, epoch: &Epoch) {
        if self.bar.is_hidden() {
            return;
        }
        let validation = epoch.validation_cross_entropy;
        self.bar.set_message(format!(
            "train {}{}  {:.0} examples/s",
            loss(epoch.train_cross_entropy, 4),
            validation.map_or(String::new(), |j| format!("  validation {}", loss(j, 4))),
            epoch.examples_per_second(self.examples)
        ));
        self.bar.set_position(epoch.epoch as u64);
    }

    pub(super) fn finish(&self) {
        self.bar.finish_and_clear();
    }
}

/// The bar of a sweep, as long as its networks are dear, with how many are done and the best so far.
pub(super) struct Networks {
    bar: ProgressBar,
    counts: Mutex<Counts>,
}

struct Counts {
    networks: usize,
    begun: usize,
    done: usize,
    best: f64,
}

impl Networks {
    /// For `left` of so many `networks`, the best of which so far is known.
    pub(super) fn new(left: &[Trial], networks: usize, best: Option<&Record>, quiet: bool) -> Self {
        let cost = left.iter().map(Trial::cost).fold(0, u64::saturating_add);
        let style = "{msg} {wide_bar} {eta} left";
        let bar = if quiet { ProgressBar::hidden() } else { bar(cost as usize, style) };
        let done = networks - left.len();
        let best = best.map_or(f64::INFINITY, Record::loss);
        Self { bar, counts: Mutex::new(Counts { networks, begun: done, done, best }) }
    }

    pub(super) fn show(&self, step: Step<'_>) {
        if self.bar.is_hidden() {
            return;
        }
        let mut counts = locked(&self.counts);
        match step {
            Step::Begun => counts.begun += 1,
            Step::Epoch(trial) => {
                let epochs = trial.settings.epochs as u64;
                return self.bar.inc(trial.cost() / epochs);
            }
            Step::Ended(record) => {
                counts.done += 1;
                counts.best = counts.best.min(record.loss());
            }
        }
        let Counts { networks, begun, done, best } = *counts;
        let running = begun - done;
        let best =
            if best.is_finite() { format!(", best loss {}", loss(best, 4)) } else { String::new() };
        self.bar.set_message(format!("{done} of {networks} networks, {running} running{best}"));
    }

    pub(super) fn finish(&self) {
        self.bar.finish_and_clear();
    }
}

/// The bar of a benchmark, with what is measured.
pub(super) struct Steps(ProgressBar);

impl Steps {
    pub(super) fn new(steps: usize) -> Self {
        Self(bar(steps, "{pos}/{len} {wide_bar} {msg}"))
    }

    pub(super) fn say(&self, what: &str) {
        self.0.set_message(what.to_owned());
    }

    pub(super) fn step(&self) {
        self.0.inc(1);
    }

    /// Prints something while the bar is out of the way.
    pub(super) fn aside<R>(&self, print: impl FnOnce() -> R) -> R {
        self.0.suspend(print)
    }

    pub(super) fn finish(&self) {
        self.0.finish_and_clear();
    }
}
