//! The settings of a training, as options.

use crate::choices::{ENGINES, INITS, KEEPS, ORDERS, PRECISIONS, choice};
use clap::Args;
use rankone::{EngineKind, Init, Keep, Order, Precision, Schedule, Settings};
use std::path::PathBuf;

/// The most threads that can be asked for.
pub const MOST_THREADS: i64 = rankone::ThreadPool::MOST_THREADS as i64;

/// How the network starts. A resumed run has it already, as every option here that conflicts with
/// `--resume`.
#[derive(Debug, Args)]
#[command(next_help_heading = "Network")]
pub struct NetworkArguments {
    /// Number of hidden units [default: 50, or those of --start-from]
    #[arg(long, value_name = "D", conflicts_with = "resume")]
    pub hidden: Option<usize>,

    /// How the weights start: random, zero or numpy
    #[arg(long, value_parser = choice::<Init>(INITS), default_value = "random", hide_possible_values = true, conflicts_with = "resume")]
    init: Init,

    /// Seed of a random start, and of a random order
    #[arg(long, default_value_t = 0, conflicts_with = "resume")]
    seed: u64,
}

/// How it learns.
#[derive(Debug, Args)]
#[command(next_help_heading = "Training")]
pub struct LearningArguments {
    /// Learning rate: the step size of each update
    #[arg(long, value_name = "LR", allow_negative_numbers = true, default_value_t = Settings::default().learning_rate, conflicts_with = "resume")]
    learning_rate: f64,

    /// How the rate goes from epoch to epoch: constant, inverse:H, step:F/E or cosine
    ///
    /// In epoch e, from 0: constant, LR; inverse:H, LR / (1 + e/H); step:F/E, LR F^floor(e/E);
    /// cosine, LR (1 + cos(pi e/epochs)) / 2.
    #[arg(long, default_value_t = Schedule::Constant, conflicts_with = "resume")]
    schedule: Schedule,

    /// Order of the examples: file, shuffled or numpy
    #[arg(long, value_parser = choice::<Order>(ORDERS), default_value = "file", hide_possible_values = true, conflicts_with = "resume")]
    order: Order,

    /// Stop after N epochs without a lower validation cross-entropy
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..), conflicts_with = "resume")]
    patience: Option<u32>,

    /// Which epoch's network to keep: last, or best by the validation set [default: last, or best
    /// with --patience]
    #[arg(long, value_parser = choice::<Keep>(KEEPS), value_name = "EPOCH", hide_possible_values = true, conflicts_with = "resume")]
    keep: Option<Keep>,

    /// What computes the updates, all to the same result up to rounding: auto, reference, blas or
    /// blocked
    #[arg(long, value_parser = choice::<EngineKind>(ENGINES), default_value = "auto", hide_possible_values = true, conflicts_with = "resume")]
    engine: EngineKind,
}

/// What it starts from, and the arithmetic.
#[derive(Debug, Args)]
pub struct ArithmeticArguments {
    /// Start from a model, or any safetensors file with alpha and beta
    #[arg(long, value_name = "MODEL", conflicts_with_all = ["init", "resume"], help_heading = "Network")]
    pub start_from: Option<PathBuf>,

    /// Type of parameters and arithmetic: f64 or f32
    #[arg(long, value_parser = choice::<Precision>(PRECISIONS), default_value = "f64", hide_possible_values = true, help_heading = "Training", conflicts_with = "resume")]
    pub precision: Precision,

    /// Threads of the BLAS library; more rarely help
    #[arg(long, value_name = "THREADS", default_value = "1", value_parser = clap::value_parser!(u16).range(1..), help_heading = "Training", conflicts_with = "resume")]
    pub blas_threads: u16,
}

/// The settings that the options set.
pub fn settings(
    network: &NetworkArguments,
    learning: &LearningArguments,
    epochs: Option<usize>,
    threads: Option<u16>,
) -> Settings {
    let NetworkArguments { hidden, init, seed } = *network;
    let LearningArguments { learning_rate, schedule, order, patience, keep, engine } = *learning;
    let default = Settings::default();
    Settings {
        hidden: hidden.unwrap_or(default.hidden),
        epochs: epochs.unwrap_or(default.epochs),
        learning_rate,
        init,
        seed,
        order,
        schedule,
        patience: patience.map(|epochs| epochs as usize),
        keep,
        engine,
        threads: threads.map(usize::from),
        ..default
    }
}
