//! Progress bars on a terminal.

use indicatif::{ProgressBar, ProgressStyle};
use rankone::Epoch;
use rankone_runs::run::epoch_line;
use rankone_runs::sweep::{Step, SweepProgress, Trial, TrialRecord};
use std::io::{self, IsTerminal};
use std::sync::{Mutex, PoisonError};

/// A bar of `length` steps on stderr; hidden where stderr is no terminal, or `quiet`.
fn bar(length: u64, style: &str, quiet: bool) -> ProgressBar {
    if quiet || !io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template(style).expect("a template");
    ProgressBar::new(length).with_style(style)
}

/// The bar of a training, with the losses and the speed.
pub struct Progress {
    bar: ProgressBar,
    /// N of the training set.
    examples: usize,
}

impl Progress {
    pub fn new(epochs: usize, examples: usize, quiet: bool) -> Self {
        let style = "epoch {pos}/{len} {wide_bar} {msg}  {eta} left";
        Self { bar: bar(epochs as u64, style, quiet), examples }
    }

    pub fn show(&self, epoch: &Epoch) {
        if self.bar.is_hidden() {
            return;
        }
        self.bar.set_message(epoch_line(epoch, self.examples));
        self.bar.set_position(epoch.epoch as u64);
    }

    pub fn finish(&self) {
        self.bar.finish_and_clear();
    }
}

/// The bar of a sweep, as long as the cost of its networks.
pub struct Networks {
    bar: ProgressBar,
    progress: Mutex<SweepProgress>,
}

impl Networks {
    /// The bar of a sweep of so many `networks`, of which these are `left`; `best` is the best of
    /// the others.
    pub fn new(left: &[Trial], networks: usize, best: Option<&TrialRecord>, quiet: bool) -> Self {
        let bar = bar(SweepProgress::cost(left), "{msg} {wide_bar} {eta} left", quiet);
        Self { bar, progress: Mutex::new(SweepProgress::new(left.len(), networks, best)) }
    }

    pub fn show(&self, step: Step<'_>) {
        if self.bar.is_hidden() {
            return;
        }
        let mut progress = self.progress.lock().unwrap_or_else(PoisonError::into_inner);
        self.bar.inc(progress.take(step));
        self.bar.set_message(progress.to_string());
    }

    pub fn finish(&self) {
        self.bar.finish_and_clear();
    }
}

/// The bar of a benchmark, with what is measured.
pub struct Steps(ProgressBar);

impl Steps {
    pub fn new(steps: usize) -> Self {
        Self(bar(steps as u64, "{pos}/{len} {wide_bar} {msg}", false))
    }

    pub fn say(&self, what: &str) {
        self.0.set_message(what.to_owned());
    }

    pub fn step(&self) {
        self.0.inc(1);
    }

    /// Prints something while the bar is hidden.
    pub fn aside<R>(&self, print: impl FnOnce() -> R) -> R {
        self.0.suspend(print)
    }

    pub fn finish(&self) {
        self.0.finish_and_clear();
    }
}
