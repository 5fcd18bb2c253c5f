//! `rankone bench`

use crate::choices::{ENGINES, PRECISIONS, choice};
use crate::error::{Error, Result};
use crate::progress::Steps;
use crate::reading::classes;
use crate::{isa, output};
use clap::{Args, Subcommand};
use rankone::{EngineKind, Precision, ThreadPool, atomic_file};
use rankone_bench::{
    BenchObserver, BenchOptions, BenchOutcome, Comparison, DEFAULT_SHAPES, EngineBenchmark,
    Operation, ProductBenchmark, compare_measurements, comparison_files, parse_length, parse_shape,
};
use serde_json::Value;
use std::path::PathBuf;
use std::process::ExitCode;

/// Time the engines on real training
///
/// Trains for real, on a data file or the built-in letters, and times the training alone. Before it
/// is timed, each contestant's loss after one epoch is compared with that of the engine `reference`
/// (to a relative 1e-9 in f64, 1e-5 in f32): a wrong answer is disqualified. All contestants of a
/// size and type take turns, round by round; the first run of each is dropped. Nanoseconds are for
/// one example. GFLOP/s are counted from the textbook's formula, whatever an engine really does:
/// one that skips inputs that are zero can be above the machine's peak, which is the measured rate
/// of fused multiply-adds on one core.
///
/// Exits with 1 where an answer was wrong.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct BenchArguments {
    #[command(subcommand)]
    command: Option<BenchCommand>,

    #[command(flatten)]
    training: TrainingArguments,
}

#[derive(Debug, Subcommand)]
enum BenchCommand {
    /// Time y = A x, one matrix and one vector
    ///
    /// On the BLAS library and as plain Rust loops, over a list of shapes. Each answer is first
    /// compared with the product by definition: on a whole matrix, on a view that leaves out a
    /// column, transposed, and written over NaN; a wrong one is disqualified. The matrix stays in
    /// the nearest cache that holds it; the last columns compare bytes of matrix and vectors by
    /// time with the measured rate of loads from that cache.
    Gemv(MatrixArguments),
    /// Time x = A^T y, one matrix and one vector
    ///
    /// As `rankone bench gemv` does.
    GemvT(MatrixArguments),
    /// Time A += s y x^T, the outer product of two vectors added to a matrix
    ///
    /// As `rankone bench gemv` does.
    Ger(MatrixArguments),
    /// Time the dot product of two vectors
    ///
    /// Five ways to compute it: a loop over the indices of two Vec, an iterator, ndarray's dot
    /// (which calls the BLAS library where one is linked), the library's own, and this crate's own
    /// lanes under the chosen instruction set. Beside them stand the times in the handout's Table
    /// A.1, for a thousand products of 500 values, measured by its authors on another machine.
    Dot(DotArguments),
    Compare(CompareArguments),
}

#[derive(Debug, Args)]
struct TrainingArguments {
    /// CSV of the training set [default: the built-in letters, 9000 of them]
    #[arg(value_name = "TRAIN.csv")]
    train: Option<PathBuf>,

    /// Engines that compete: one, or several with commas
    #[arg(long, value_parser = choice::<EngineKind>(ENGINES), value_name = "ENGINES", value_delimiter = ',', default_value = "blas,blocked")]
    engine: Vec<EngineKind>,

    /// Numbers of hidden units, with commas
    #[arg(long, value_name = "D", value_delimiter = ',', default_value = "16,50,100,200,500,1000", value_parser = clap::value_parser!(u16).range(1..))]
    hidden: Vec<u16>,

    /// Epochs of one timed run
    #[arg(long, value_name = "E", default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..))]
    epochs: u16,

    /// Timed runs of each contestant
    #[arg(long, default_value_t = 7, value_parser = clap::value_parser!(u16).range(1..))]
    rounds: u16,

    /// Threads: with more than one, the others evaluate each epoch while the next one trains, as in
    /// `train`; timed is the training all the same
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..=ThreadPool::MOST_THREADS as i64))]
    threads: u16,

    /// Labels are the numbers 0 to K-1 [default: those that the file holds]
    #[arg(long, value_name = "K", value_parser = classes, requires = "train")]
    classes: Option<usize>,

    /// Also report where the time of an example goes, from one more run of each
    #[arg(long)]
    phases: bool,

    /// Also measure how fast each cache and the memory is read, and draw where the engines stand
    /// between these roofs
    #[arg(long, value_name = "OUT.svg")]
    roofline: Option<PathBuf>,

    #[command(flatten)]
    common: CommonArguments,
}

#[derive(Debug, Args)]
struct CommonArguments {
    /// Floating-point types that compete: one, or both with a comma
    #[arg(long, value_parser = choice::<Precision>(PRECISIONS), value_name = "TYPES", value_delimiter = ',', default_value = "f64")]
    precision: Vec<Precision>,

    /// Threads of the BLAS library; for products this small, more than one rarely helps
    #[arg(long, value_name = "THREADS", default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..))]
    blas_threads: u16,

    /// Print one JSON object a line: the environment first, then each contestant, with all its runs
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
struct MatrixArguments {
    /// Shapes of the matrix, ROWSxCOLUMNS, with commas; by default the two layers of the letters
    /// with 16 to 1000 hidden units, and hidden layers over the 784 inputs of MNIST
    #[arg(long, value_name = "ROWSxCOLUMNS", value_delimiter = ',', value_parser = parse_shape, default_value = DEFAULT_SHAPES)]
    shape: Vec<(usize, usize)>,

    #[command(flatten)]
    product: ProductArguments,
}

#[derive(Debug, Args)]
struct DotArguments {
    /// Values of each vector, with commas
    #[arg(long, value_name = "N", value_delimiter = ',', value_parser = parse_length, default_value = "500")]
    length: Vec<(usize, usize)>,

    #[command(flatten)]
    product: ProductArguments,
}

#[derive(Debug, Args)]
struct ProductArguments {
    /// Timed runs of each contestant
    #[arg(long, default_value_t = 21, value_parser = clap::value_parser!(u16).range(1..))]
    rounds: u16,

    #[command(flatten)]
    common: CommonArguments,
}

/// Compare the results of several BLAS libraries, or of two measurements
///
/// With one folder: reads results.jsonl (lines of `rankone bench --json`, each with its "provider")
/// and environment.json there, as scripts/compare-backends leaves them, and writes compare.md and
/// compare.svg beside them: all libraries, and for each two of them and each size whether they
/// differ or are the same within the noise.
///
/// With two: prints what was measured in both, before and after, with the ratio, its interval and a
/// verdict; with `bench --phases --json`, or two runs of `train --profile --out`, phase by phase.
#[derive(Debug, Args)]
struct CompareArguments {
    /// A folder of results, or the first of two: a folder, a file of `bench --json`, or a run.json
    #[arg(value_name = "FOLDER | BEFORE")]
    before: PathBuf,

    /// The second measurement, to compare with the first
    #[arg(value_name = "AFTER")]
    after: Option<PathBuf>,
}

pub fn run(arguments: &BenchArguments) -> Result<ExitCode> {
    match &arguments.command {
        None => engines(&arguments.training),
        Some(BenchCommand::Gemv(a)) => products(Operation::Gemv, &a.shape, &a.product),
        Some(BenchCommand::GemvT(a)) => products(Operation::GemvTransposed, &a.shape, &a.product),
        Some(BenchCommand::Ger(a)) => products(Operation::Ger, &a.shape, &a.product),
        Some(BenchCommand::Dot(a)) => products(Operation::Dot, &a.length, &a.product),
        Some(BenchCommand::Compare(arguments)) => compare(arguments),
    }
}

fn engines(arguments: &TrainingArguments) -> Result<ExitCode> {
    arguments.roofline.as_deref().map_or(Ok(()), atomic_file::prepare)?;
    let TrainingArguments { common, roofline, .. } = arguments;
    let benchmark = EngineBenchmark {
        train: arguments.train.clone(),
        classes: arguments.classes,
        engines: arguments.engine.clone(),
        hidden: arguments.hidden.iter().map(|&hidden| hidden.into()).collect(),
        epochs: arguments.epochs.into(),
        threads: arguments.threads.into(),
        phases: arguments.phases,
        bandwidths: roofline.is_some(),
        options: common.options(arguments.rounds)?,
    };
    let terminal = Terminal { steps: Steps::new(benchmark.steps()), json: common.json };
    let outcome = benchmark.run(&terminal)?;
    terminal.steps.finish();
    if let Some(path) = roofline {
        let figure = outcome.roofline()?;
        output::file(path, |out| out.write_all(figure.as_bytes()))?;
    }
    Ok(exit_code(&outcome))
}

fn products(
    operation: Operation,
    shapes: &[(usize, usize)],
    ProductArguments { rounds, common }: &ProductArguments,
) -> Result<ExitCode> {
    let options = common.options(*rounds)?;
    let benchmark = ProductBenchmark { operation, shapes: shapes.to_vec(), options };
    let terminal = Terminal { steps: Steps::new(benchmark.steps()), json: common.json };
    let outcome = benchmark.run(&terminal)?;
    terminal.steps.finish();
    if let Some(rows) = benchmark.published().filter(|_| !common.json) {
        output::data(|out| writeln!(out, "{rows}"))?;
    }
    Ok(exit_code(&outcome))
}

fn compare(CompareArguments { before, after }: &CompareArguments) -> Result<ExitCode> {
    if let Some(after) = after {
        let table = compare_measurements(before, after)?;
        return output::data(|out| writeln!(out, "{table}"));
    }
    for (name, text) in comparison_files(&Comparison::read(before)?)? {
        output::file(&before.join(name), |out| out.write_all(text.as_bytes()))?;
    }
    Ok(ExitCode::SUCCESS)
}

impl CommonArguments {
    fn options(&self, rounds: u16) -> Result<BenchOptions> {
        let (precisions, blas_threads) = (self.precision.clone(), self.blas_threads.into());
        Ok(BenchOptions { precisions, rounds: rounds.into(), blas_threads, isa: isa()? })
    }
}

/// Prints results to stdout, warnings to stderr, and the progress to a terminal.
struct Terminal {
    steps: Steps,
    json: bool,
}

impl BenchObserver for Terminal {
    type Error = Error;

    fn start(&self, what: &str) {
        self.steps.say(what);
    }

    fn step(&self) {
        self.steps.step();
    }

    fn warn(&self, warning: &str) {
        self.steps.aside(|| output::note(&format!("warning: {warning}")));
    }

    fn print(&self, json: &Value, text: &str) -> Result<()> {
        let print = || match self.json {
            true => output::json(json),
            false => output::data(|out| writeln!(out, "{text}")),
        };
        self.steps.aside(print).map(|_| ())
    }
}

/// Returns the exit code; prints the number of wrong answers, if there are any.
fn exit_code(outcome: &BenchOutcome) -> ExitCode {
    match outcome.wrong_answers() {
        0 => ExitCode::SUCCESS,
        wrong => {
            output::note(&format!("error: wrong answers: {wrong}"));
            ExitCode::FAILURE
        }
    }
}
