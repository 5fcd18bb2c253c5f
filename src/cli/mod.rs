//! The command line: what was asked for, and how an error ends.

mod axes;
mod bench;
mod data;
mod evaluate;
#[cfg(test)]
mod failing_disk;
mod figure;
mod gradcheck;
mod handout;
mod info;
mod input;
mod inspect;
pub(crate) mod interrupt;
mod output;
mod partition;
mod predict;
mod progress;
mod reading;
mod settings;
mod summary;
mod sweep;
mod tally;
mod task;
mod train;
mod traps;

use crate::error::{Error, Result};
use crate::simd::isa::Isa;
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::{Parser, Subcommand};
use std::error;
use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;
use std::str::FromStr;

/// Trains one-hidden-layer neural networks by exact per-example SGD.
///
/// A data file is CSV: each line a label and then the example's values, numbers from 0 to 1. Options tell of files
/// that look otherwise.
#[derive(Debug, Parser)]
#[command(version, after_help = EXIT_CODES)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

const EXIT_CODES: &str = "Exit codes: 0 done, 2 wrong usage, 3 bad data or model, 4 training diverged, \
                          5 stopped by a signal, 1 anything else.\nStart with: rankone train";

/// The exit code of a training that a signal stopped, with all written that it came to.
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

/// Runs the command `rankone` with the arguments of this process, and tells of its error, if any, on stderr.
pub fn main() -> ExitCode {
    interrupt::survive_file_limits();
    let words: Vec<_> = std::env::args_os().skip(1).collect();
    // Other than by a model or data, no command depends on words that are not UTF-8.
    let words: Vec<_> = words.iter().map(|word| word.to_string_lossy().into_owned()).collect();
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(said) => return say(&said),
    };
    let outcome = match arguments.command {
        Command::Train(arguments) => train::run(*arguments, &words),
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
    let error = match outcome {
        Ok(code) => return code,
        Err(error) if output::is_read_no_more(&error) => return ExitCode::SUCCESS,
        Err(error) => error,
    };
    let remedy = match &error {
        Error::Data(fault) => fault.remedy.map(|remedy| format!(" ({})", reading::remedy(remedy))),
        _ => None,
    };
    output::note(&format!("error: {error}{}", remedy.unwrap_or_default()));
    ExitCode::from(match error {
        Error::Setting { .. } | Error::Isa(_) => 2,
        Error::Data(_) | Error::Mismatch { .. } => 3,
        Error::Model { .. } | Error::State { .. } | Error::Scores { .. } => 3,
        Error::Diverged { .. } => 4,
        _ => 1,
    })
}

/// Prints what clap has to say: what was asked for, such as `--help`, to stdout, or what is wrong.
fn say(said: &clap::Error) -> ExitCode {
    let is_heard = said.print().and_then(|()| io::stdout().flush());
    match is_heard {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe && !said.use_stderr() => {
            output::note(&format!("error: standard output: {error}"));
            ExitCode::FAILURE
        }
        _ => ExitCode::from(said.exit_code() as u8),
    }
}

/// The arguments of `rankone train` in the words of a command line, or why there are none.
fn train_arguments(words: &[String]) -> Result<train::TrainArguments, String> {
    let words = std::iter::once("rankone").chain(words.iter().map(String::as_str));
    match Arguments::try_parse_from(words).map(|arguments| arguments.command) {
        Ok(Command::Train(arguments)) => Ok(*arguments),
        Ok(_) => Err("the run was not begun by rankone train".into()),
        Err(error) => Err(error.to_string()),
    }
}

/// The environment variable that forces an instruction set.
const ISA: &str = "RANKONE_ISA";

/// The instruction set that the environment asks for, or else the widest of this CPU: here it is read, and
/// handed down from here.
fn isa() -> Result<Isa> {
    match std::env::var_os(ISA) {
        Some(name) if !name.is_empty() => Isa::named(&name.to_string_lossy()).map_err(Error::Isa),
        _ => Ok(Isa::detect()),
    }
}

/// Names the model's file where its scores are not finite.
fn of_model<R>(found: Result<R>, model: &Path) -> Result<R> {
    found.map_err(|error| match error {
        Error::Scores { .. } => Error::Scores { model: model.display().to_string() },
        other => other,
    })
}

/// Parses a value by its name; `names` come with what `--help` says of each.
fn choice<T>(
    names: impl IntoIterator<Item = (&'static str, &'static str)>,
) -> impl TypedValueParser<Value = T>
where
    T: FromStr<Err: error::Error + Send + Sync + 'static> + Clone + Send + Sync + 'static,
{
    let names = names.into_iter().map(|(name, help)| PossibleValue::new(name).help(help));
    PossibleValuesParser::new(names).try_map(|name| name.parse())
}

/// The types of a network's parameters.
const PRECISIONS: [(&str, &str); 2] =
    [("f64", "Double precision, 64 bits"), ("f32", "Single precision, 32 bits")];

/// The engines.
const ENGINES: [(&str, &str); 4] = [
    ("auto", "The fastest one"),
    ("reference", "The textbook, module by module: slow; what the others are checked against"),
    ("blas", "Matrix-vector and outer products of the BLAS library, example by example"),
    (
        "blocked",
        "Delayed updates, block by block: the same mathematics, many times faster, the same bits everywhere",
    ),
];
