//! `rankone bench`

use super::input::{self, Input};
use super::progress::Steps;
use super::{ENGINES, PRECISIONS, choice, isa, output, train};
use crate::environment::Environment;
use crate::instrument::{
    Bandwidth, Comparison, Contestant, FLOPS, Measurement, Pace, Peak, Task, Verdict, contest, dot,
    table,
};
use crate::run_folder::Source;
use crate::simd::isa::Isa;
use crate::{Dataset, EngineKind, Number, Precision, Result, figure, set_blas_threads, whole_file};
use clap::{Args, Subcommand};
use serde::Serialize;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Time the engines on real training
///
/// Trains for real, on a data file or the built-in letters, and times the training alone. Before it is
/// timed, each contestant's loss after one epoch is compared with that of the engine `reference` (to a
/// relative 1e-9 in f64, 1e-5 in f32): a wrong answer is disqualified. All contestants of a size take turns, round
/// by round; the first run of each is dropped. Nanoseconds are for one example. GFLOP/s are counted from the
/// textbook's formula, whatever an engine really does: one that skips inputs that are zero can be above
/// the machine's peak, which is the measured rate of fused multiply-adds on one core.
///
/// Exits with 1 where an answer was wrong.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(super) struct BenchArguments {
    #[command(subcommand)]
    command: Option<BenchCommand>,

    #[command(flatten)]
    training: TrainingArguments,
}

#[derive(Debug, Subcommand)]
enum BenchCommand {
    Dot(DotArguments),
    Compare(CompareArguments),
}

#[derive(Debug, Args)]
struct TrainingArguments {
    /// CSV of the training set [default: the built-in letters, 9000 of them]
    #[arg(value_name = "TRAIN.csv")]
    train: Option<PathBuf>,

    /// Engines that compete: one, or several with commas
    #[arg(
        long,
        value_parser = choice::<EngineKind>(ENGINES),
        value_name = "ENGINES",
        value_delimiter = ',',
        default_value = "blas,blocked"
    )]
    engine: Vec<EngineKind>,

    /// Floating-point types that they compete in: one, or both with a comma
    #[arg(long, value_parser = choice::<Precision>(PRECISIONS), value_name = "TYPES", value_delimiter = ',', default_value = "f64")]
    precision: Vec<Precision>,

    /// Numbers of hidden units, with commas
    #[arg(
        long, value_name = "D", value_delimiter = ',', default_value = "16,50,100,200,500,1000",
        value_parser = clap::value_parser!(u16).range(1..)
    )]
    hidden: Vec<u16>,

    /// Epochs of one timed run
    #[arg(long, value_name = "E", default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..))]
    epochs: u16,

    /// Timed runs of each contestant
    #[arg(long, default_value_t = 7, value_parser = clap::value_parser!(u16).range(1..))]
    rounds: u16,

    /// Threads: with more than one, the others evaluate each epoch while the next one trains, as in
    /// `train`; timed is the training all the same
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..=train::MOST_THREADS))]
    threads: u16,

    /// Threads of the BLAS library; for products this small, more than one rarely helps
    #[arg(long, value_name = "THREADS", default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..))]
    blas_threads: u16,

    /// Number of classes: labels are 0 to K-1
    #[arg(long, value_name = "K", default_value_t = 10, value_parser = train::classes, requires = "train")]
    classes: usize,

    /// Also report where the time of an example goes, from one more run of each
    #[arg(long)]
    phases: bool,

    /// Print one JSON object a line: the environment first, then each contestant
    #[arg(long)]
    json: bool,

    /// Also measure how fast each cache and the memory is read, and draw where the engines stand between
    /// these roofs
    #[arg(long, value_name = "OUT.svg")]
    roofline: Option<PathBuf>,
}

/// Time the dot product of two vectors of 500, a thousand times
///
/// Five ways to compute it: a loop over the indices of two Vec, an iterator, ndarray's dot (which calls
/// the BLAS library where one is linked), the library's ddot, and this crate's own lanes under the chosen
/// instruction set. They take turns for 101 runs after one that is dropped.
#[derive(Debug, Args)]
struct DotArguments {
    /// Print one JSON object a line: the environment first, then each way
    #[arg(long)]
    json: bool,
}

/// Compare the BLAS libraries whose results are in a folder
///
/// Reads results.jsonl (lines of `rankone bench --json`, each with its "provider") and environment.json
/// there, as scripts/compare-backends leaves them, and writes compare.md and compare.svg beside them.
#[derive(Debug, Args)]
struct CompareArguments {
    /// Folder of results.jsonl and environment.json
    folder: PathBuf,
}

pub(super) fn run(arguments: &BenchArguments) -> Result<ExitCode> {
    match &arguments.command {
        None => training(&arguments.training),
        Some(BenchCommand::Dot(arguments)) => dot_products(arguments),
        Some(BenchCommand::Compare(arguments)) => compare(&arguments.folder),
    }
}

/// The first line of `--json`.
#[derive(Serialize)]
struct Head<'a> {
    environment: Environment,
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<&'a Source>,
    peak_gflops: Peak,
}

impl<'a> Head<'a> {
    /// This process on this machine, its peak measured.
    fn now(data: Option<&'a Source>) -> Self {
        let environment = Environment::here(isa().ok());
        Self { environment, data, peak_gflops: Peak::measure() }
    }

    /// The machine, the library and the peak, for people.
    fn lines(&self) -> String {
        let Environment { blas, cpu, .. } = &self.environment;
        let peak = self.peak_gflops;
        format!(
            "{}, {} cores; BLAS {blas}, threads: {}\n\
             peak of one core, measured: {:.1} GFLOP/s in f64, {:.1} in f32",
            cpu.model, cpu.cores, blas.num_threads, peak.f64, peak.f32
        )
    }
}

/// The data set in the precisions that compete.
struct Data {
    double: Option<Dataset<f64>>,
    single: Option<Dataset<f32>>,
    source: Source,
}

impl Data {
    fn load(arguments: &TrainingArguments) -> Result<Self> {
        let (wants, path) = (|p| arguments.precision.contains(&p), arguments.train.as_deref());
        let double = wants(Precision::F64).then(|| load(path, arguments.classes)).transpose()?;
        let single = wants(Precision::F32).then(|| load(path, arguments.classes)).transpose()?;
        let (double, of_double) = double.unzip();
        let (single, of_single) = single.unzip();
        let source = of_double.or(of_single).expect("clap asks for a precision");
        Ok(Self { double, single, source })
    }
}

fn load<T: Number>(path: Option<&Path>, classes: usize) -> Result<(Dataset<T>, Source)> {
    match path {
        Some(path) => input::read(path, classes, None),
        None => {
            let input = Input::built_in();
            Ok((input.train, input.train_source))
        }
    }
}

fn training(arguments: &TrainingArguments) -> Result<ExitCode> {
    set_blas_threads(usize::from(arguments.blas_threads));
    let data = Data::load(arguments)?;
    let pace = Pace {
        epochs: arguments.epochs.into(),
        rounds: arguments.rounds.into(),
        phases: arguments.phases,
    };
    let contestants = arguments.engine.len() * arguments.precision.len();
    // Each is checked, has a run dropped, and the others timed.
    let steps = Steps::new(arguments.hidden.len() * contestants * (pace.rounds + 2));
    steps.say("the machine's peak");
    let head = Head::now(Some(&data.source));
    let peak = head.peak_gflops;
    steps.aside(|| say(arguments.json, &head, || heading(&head, arguments)))?;
    let mut results = Vec::new();
    for &hidden in &arguments.hidden {
        steps.say(&format!("{hidden} hidden units"));
        let hidden = usize::from(hidden);
        let double = task(data.double.as_ref(), hidden)?;
        let single = task(data.single.as_ref(), hidden)?;
        let mut field = Vec::new();
        for precision in &arguments.precision {
            match precision {
                Precision::F64 => enter(double.as_ref(), arguments, &mut field),
                Precision::F32 => enter(single.as_ref(), arguments, &mut field),
            }
        }
        for measurement in contest(field, pace, peak, || steps.step()) {
            steps.aside(|| say(arguments.json, &measurement, || table::row(&measurement)))?;
            results.push(measurement);
        }
    }
    if let Some(path) = &arguments.roofline {
        steps.say("caches and memory");
        let cpu = &head.environment.cpu;
        let bandwidths = Bandwidth::measure(&cpu.caches);
        let picture = figure::roofline(&results, &cpu.model, peak, &bandwidths)?;
        whole_file::write(path, |out| out.write_all(picture.as_bytes()))?;
    }
    steps.finish();
    if let Some(path) = &arguments.roofline {
        output::note(&format!("written {}", path.display()));
    }
    Ok(verdict(&results))
}

/// The instruction set, or why it cannot be had: contestants that need none run all the same.
fn isa_or_reason() -> std::result::Result<Isa, String> {
    isa().map_err(|error| error.to_string())
}

fn task<T: Number>(data: Option<&Dataset<T>>, hidden: usize) -> Result<Option<Task<'_, T>>> {
    data.map(|data| Task::new(data, hidden, isa_or_reason())).transpose()
}

/// Adds the engines over `task`, or why they cannot run, to the field.
fn enter<'t, T: Number>(
    task: Option<&'t Task<'_, T>>,
    arguments: &TrainingArguments,
    field: &mut Vec<Contestant<'t>>,
) {
    let threads = usize::from(arguments.threads);
    let task = task.expect("each precision that competes has its task");
    field.extend(arguments.engine.iter().map(|&kind| task.engine(kind, threads)));
}

/// Prints one object as JSON, or the words for people.
fn say(json: bool, object: &impl Serialize, words: impl FnOnce() -> String) -> Result<()> {
    output::data(|out| {
        if json {
            serde_json::to_writer(&mut *out, object)?;
            writeln!(out)
        } else {
            writeln!(out, "{}", words())
        }
    })
    .map(|_| ())
}

/// What people should know before the table.
fn heading(head: &Head, arguments: &TrainingArguments) -> String {
    let data = head.data.map_or_else(String::new, |data| {
        let Source { name, examples, inputs, classes, .. } = data;
        format!("{name}: {examples} examples, {inputs} inputs, {classes} classes")
    });
    let TrainingArguments { epochs, rounds, threads, .. } = arguments;
    format!(
        "{data}\n{}\n\
         timed runs: {rounds}, of epochs: {epochs}; threads of rankone: {threads}\n\
         {FLOPS}\n\n{}",
        head.lines(),
        table::heading()
    )
}

/// Whether all answers were right, told to people where not.
fn verdict(results: &[Measurement]) -> ExitCode {
    let wrong = results.iter().filter(|result| result.check == Verdict::Failed).count();
    if wrong == 0 {
        return ExitCode::SUCCESS;
    }
    output::note(&format!("error: wrong answers: {wrong}"));
    ExitCode::FAILURE
}

fn dot_products(arguments: &DotArguments) -> Result<ExitCode> {
    set_blas_threads(1);
    let head = Head::now(None);
    say(arguments.json, &head, || {
        format!(
            "{} products of two vectors of {}, in f64\n{}\n\n{}",
            dot::TIMES,
            dot::LENGTH,
            head.lines(),
            table::dot_heading()
        )
    })?;
    for measurement in dot::measure(isa_or_reason(), head.peak_gflops) {
        say(arguments.json, &measurement, || table::dot_row(&measurement))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn compare(folder: &Path) -> Result<ExitCode> {
    let comparison = Comparison::read(folder)?;
    let (table, picture) = (comparison.markdown(), figure::comparison(&comparison)?);
    for (name, text) in [("compare.md", table), ("compare.svg", picture)] {
        let path = folder.join(name);
        whole_file::write(&path, |out| out.write_all(text.as_bytes()))?;
        output::note(&format!("written {}", path.display()));
    }
    Ok(ExitCode::SUCCESS)
}
