//! The command line: what was asked for, and how an error ends.

mod bench;
mod data;
mod gradcheck;
mod handout;
mod info;
mod input;
mod interrupt;
mod output;
mod predict;
mod progress;
mod train;

use clap::{Parser, Subcommand};
use rankone::Error;
use std::process::ExitCode;

/// Trains one-hidden-layer neural networks by exact per-example SGD, in file order.
///
/// A data file is CSV without a header: each line a label (0, 1, 2, ...) and then the example's values,
/// numbers from 0 to 1.
#[derive(Debug, Parser)]
#[command(version, after_help = EXIT_CODES)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

const EXIT_CODES: &str = "Exit codes: 0 done, 2 wrong usage, 3 bad data or model, 4 training diverged, \
                          1 anything else.\nStart with: rankone train";

#[derive(Debug, Subcommand)]
enum Command {
    Train(train::Arguments),
    Predict(predict::PredictArguments),
    Evaluate(predict::EvaluateArguments),
    Gradcheck(gradcheck::Arguments),
    Bench(bench::Arguments),
    /// Look at data files, draw them, or make some
    #[command(subcommand)]
    Data(data::Command),
    Handout(handout::Arguments),
    Info(info::Arguments),
}

/// Runs the command and tells of its error, if any, on stderr.
pub(crate) fn main() -> ExitCode {
    let outcome = match Arguments::parse().command {
        Command::Train(arguments) => train::run(&arguments),
        Command::Predict(arguments) => predict::predict(&arguments),
        Command::Evaluate(arguments) => predict::evaluate(&arguments),
        Command::Gradcheck(arguments) => gradcheck::run(&arguments),
        Command::Bench(arguments) => bench::run(&arguments),
        Command::Data(command) => data::run(&command),
        Command::Handout(arguments) => handout::run(&arguments),
        Command::Info(arguments) => info::run(&arguments),
    };
    let error = match outcome {
        Ok(code) => return code,
        Err(error) => error,
    };
    output::note(&format!("error: {error}"));
    ExitCode::from(match error {
        Error::Hyperparameter { .. } | Error::Isa(_) => 2,
        Error::Data(_) | Error::Mismatch { .. } | Error::Model { .. } | Error::Scores { .. } => 3,
        Error::Diverged { .. } => 4,
        _ => 1,
    })
}
