//! The command `rankone`: parses arguments, calls a function of one of the libraries, and prints.

mod axes;
mod bench;
mod choices;
mod data;
mod error;
mod evaluate;
mod figure;
mod gradcheck;
mod handout;
mod info;
mod inspect;
mod interrupt;
mod output;
mod predict;
mod progress;
mod reading;
mod settings;
mod sweep;
mod train;

use clap::{Parser, Subcommand};
use error::{Error, Result};
use rankone::Isa;
use std::io::{self, Write};
use std::process::ExitCode;

/// Trains one-hidden-layer neural networks by exact per-example SGD.
///
/// A data file is CSV: each line a label and then the example's values, numbers from 0 to 1.
/// Options tell of files that look otherwise.
#[derive(Debug, Parser)]
#[command(name = "rankone", version, after_help = EXIT_CODES)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

const EXIT_CODES: &str = "\
Exit codes: 0 done, 2 wrong usage, 3 bad data or model, 4 training diverged, 5 stopped by a signal, \
1 anything else.
Start with: rankone train";

/// The exit code of a training that a signal stopped, after all results so far were written.
const STOPPED: u8 = 5;

#[derive(Debug, Subcommand)]
enum Command {
    Train(Box<train::TrainArguments>),
    Sweep(Box<sweep::SweepArguments>),
    Figure(figure::FigureArguments),
    Predict(predict::PredictArguments),
    Evaluate(evaluate::EvaluateArguments),
    Inspect(inspect::InspectArguments),
    Gradcheck(gradcheck::GradcheckArguments),
    Bench(bench::BenchArguments),
    /// Check, draw or generate data files
    #[command(subcommand)]
    Data(data::DataCommand),
    Handout(handout::HandoutArguments),
    Info(info::InfoArguments),
}

fn main() -> ExitCode {
    interrupt::survive_file_limits();
    let command = match Arguments::try_parse() {
        Ok(arguments) => arguments.command,
        Err(message) => return print(&message),
    };
    let outcome = match command {
        Command::Train(arguments) => train::run(&arguments),
        Command::Sweep(arguments) => sweep::run(&arguments),
        Command::Figure(arguments) => figure::run(&arguments),
        Command::Predict(arguments) => predict::run(&arguments),
        Command::Evaluate(arguments) => evaluate::run(&arguments),
        Command::Inspect(arguments) => inspect::run(&arguments),
        Command::Gradcheck(arguments) => gradcheck::run(&arguments),
        Command::Bench(arguments) => bench::run(&arguments),
        Command::Data(command) => data::run(&command),
        Command::Handout(arguments) => handout::run(&arguments),
        Command::Info(arguments) => info::run(&arguments),
    };
    outcome.unwrap_or_else(|error| report(&error))
}

/// Prints an error with the option that may help, and returns its exit code. That stdout is no
/// longer read, as with `| head -1`, is no error.
fn report(error: &Error) -> ExitCode {
    if output::is_closed_pipe(error) {
        return ExitCode::SUCCESS;
    }
    let hint = match error {
        Error::Run(rankone_runs::Error::Library(rankone::Error::Data(error))) => {
            error.remedy.map(|remedy| format!(" ({})", reading::remedy(remedy)))
        }
        _ => None,
    };
    output::note(&format!("error: {error}{}", hint.unwrap_or_default()));
    ExitCode::from(error.code())
}

/// Prints the message of clap: `--help` and the like to stdout, errors to stderr.
fn print(message: &clap::Error) -> ExitCode {
    match message.print().and_then(|()| io::stdout().flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe && !message.use_stderr() => {
            output::note(&format!("error: standard output: {error}"));
            ExitCode::FAILURE
        }
        _ => ExitCode::from(message.exit_code() as u8),
    }
}

/// Returns the instruction set that the environment variable `RANKONE_ISA` names, or else the
/// widest of this CPU.
fn isa() -> Result<Isa> {
    match std::env::var_os("RANKONE_ISA") {
        Some(name) if !name.is_empty() => Isa::named(&name.to_string_lossy()).map_err(Error::Isa),
        _ => Ok(Isa::detect()),
    }
}
