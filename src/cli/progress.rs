//! The progress of a training run, on a terminal.

use indicatif::{ProgressBar, ProgressStyle};
use rankone::Epoch;
use rankone::report::loss;
use std::io::{self, IsTerminal};

/// A bar on stderr with the losses and the speed; nothing where stderr is no terminal.
pub(crate) struct Progress {
    bar: ProgressBar,
    /// N of the training set.
    examples: usize,
}

impl Progress {
    pub(crate) fn new(epochs: usize, examples: usize, quiet: bool) -> Self {
        let bar = if quiet || !io::stderr().is_terminal() {
            ProgressBar::hidden()
        } else {
            ProgressBar::new(epochs as u64)
        };
        let style = "epoch {pos}/{len} {wide_bar} {msg}  {eta} left";
        bar.set_style(ProgressStyle::with_template(style).expect("a template"));
        Self { bar, examples }
    }

    pub(crate) fn show(&self, epoch: &Epoch) {
        if self.bar.is_hidden() {
            return;
        }
        self.bar.set_message(format!(
            "train {}  validation {}  {:.0} examples/s",
            loss(epoch.train_cross_entropy, 4),
            loss(epoch.validation_cross_entropy, 4),
            epoch.examples_per_second(self.examples)
        ));
        self.bar.set_position(epoch.epoch as u64);
    }

    pub(crate) fn finish(&self) {
        self.bar.finish_and_clear();
    }
}
