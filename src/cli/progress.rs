//! Progress on a terminal.

use crate::training::Epoch;
use crate::words::loss;
use indicatif::{ProgressBar, ProgressStyle};
use std::io::{self, IsTerminal};

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
