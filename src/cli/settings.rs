//! The settings of a training, as options.

use super::{ENGINES, choice, isa};
use crate::crew::MOST_THREADS;
use crate::{EngineKind, Init, Keep, Order, Result, Schedule, Settings};
use clap::Args;

/// The settings as options.
#[derive(Debug, Args)]
pub(super) struct SettingsArguments {
    /// Number of hidden units [default: 50, or those of --start-from]
    #[arg(long, value_name = "D", help_heading = "Network")]
    hidden: Option<usize>,

    /// How the weights start: random, zero or numpy
    #[arg(long, value_parser = choice::<Init>(INITS), default_value_t = Init::Random, hide_possible_values = true, help_heading = "Network")]
    init: Init,

    /// Seed of a random start, and of a random order
    #[arg(long, default_value_t = 0, help_heading = "Network")]
    pub(super) seed: u64,

    /// Number of epochs: passes over the training set [default: 100]
    #[arg(long, value_name = "E", help_heading = "Training")]
    epochs: Option<usize>,

    /// Learning rate: the step size of each update
    #[arg(long, value_name = "LR", allow_negative_numbers = true, default_value_t = Settings::default().learning_rate, help_heading = "Training")]
    learning_rate: f64,

    /// How the rate goes from epoch to epoch: constant, inverse:H, step:F/E or cosine
    ///
    /// In epoch e, from 0: constant, LR; inverse:H, LR / (1 + e/H); step:F/E, LR F^floor(e/E); cosine,
    /// LR (1 + cos(pi e/epochs)) / 2.
    #[arg(long, default_value_t = Schedule::Constant, help_heading = "Training")]
    schedule: Schedule,

    /// Order of the examples: file, shuffled or numpy
    #[arg(long, value_parser = choice::<Order>(ORDERS), default_value_t = Order::File, hide_possible_values = true, help_heading = "Training")]
    order: Order,

    /// Stop after N epochs without a lower validation cross-entropy
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..), help_heading = "Training")]
    patience: Option<u32>,

    /// Which epoch's network to keep: last, or best by the validation set [default: last, or best with --patience]
    #[arg(long, value_parser = choice::<Keep>(KEEPS), value_name = "EPOCH", hide_possible_values = true, help_heading = "Training")]
    keep: Option<Keep>,

    /// What computes the updates, all to the same result up to rounding: auto, reference, blas or blocked
    #[arg(long, value_parser = choice::<EngineKind>(ENGINES), default_value_t = EngineKind::Auto, hide_possible_values = true, help_heading = "Training")]
    engine: EngineKind,

    /// Threads, of which no bit of the result depends [default: all cores]
    ///
    /// From 192 hidden units on (384 in f32) they share the updates, as far as it pays; the others evaluate.
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..=MOST_THREADS as i64), help_heading = "Training")]
    pub(super) threads: Option<u16>,
}

impl SettingsArguments {
    /// The settings that they say, with as many hidden units as `start` has where they do not say how many.
    pub(super) fn settings(&self, start: Option<usize>) -> Result<Settings> {
        let Self { init, seed, learning_rate, schedule, order, keep, engine, .. } = *self;
        let patience = self.patience.map(|epochs| epochs as usize);
        let hidden = self.hidden.or(start).unwrap_or(Settings::default().hidden);
        let rest = Settings::default();
        let before = Settings {
            hidden,
            learning_rate,
            init,
            seed,
            order,
            schedule,
            patience,
            keep,
            engine,
            ..rest
        };
        self.over(&before, None)
    }

    /// Those of a run before, that was told to take so many `threads` or was not, with what these say anew.
    pub(super) fn over(&self, before: &Settings, threads: Option<u16>) -> Result<Settings> {
        let threads = self.threads.or(threads).map_or(Settings::default().threads, usize::from);
        let epochs = self.epochs.unwrap_or(before.epochs);
        Ok(Settings { epochs, threads, isa: isa()?, ..before.clone() })
    }
}

/// How the weights can start.
pub(super) const INITS: [(&str, &str); 3] = [
    ("random", "Uniform from -0.1 to 0.1, from the seed"),
    ("zero", "All zero: all hidden units stay equal; a reference case, not a way to learn"),
    ("numpy", "As the starter code of CMU's 10-301 draws them with NumPy; no seed"),
];

/// Which epoch's network can be kept.
pub(super) const KEEPS: [(&str, &str); 2] = [
    ("last", "The last one's"),
    ("best", "That of the lowest cross-entropy of the validation set, the first of equals"),
];

/// The orders of the examples.
pub(super) const ORDERS: [(&str, &str); 3] = [
    ("file", "That of the file, in every epoch"),
    ("shuffled", "A fresh random one in each epoch, from the seed and the epoch alone"),
    ("numpy", "A fresh one in each epoch, as the starter code of CMU's 10-301 has it"),
];
