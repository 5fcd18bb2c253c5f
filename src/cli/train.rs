//! `rankone train`

use super::input::Input;
use super::progress::Progress;
use super::{ENGINES, PRECISIONS, choice, interrupt, isa, output};
use crate::crew::MOST_THREADS;
use crate::dataset::MOST_CLASSES;
use crate::environment::Environment;
use crate::instrument::clock;
use crate::phases::Stopwatch;
use crate::run_folder::{self, Profile, Run, RunFolder, Summary};
use crate::words::{count, loss};
use crate::{
    EngineKind, Epoch, Init, Number, Outcome, Precision, Result, Settings, Trainer,
    set_blas_threads, whole_file,
};
use clap::Args;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

/// Train a network and test it
///
/// Without files, trains on the built-in letters: 9000 drawn images of a e g i l n o r t u, and 1000 more for
/// validation. Writes files only with --out.
#[derive(Debug, Args)]
pub(super) struct TrainArguments {
    /// CSV of the training set; updates follow the order of its lines
    #[arg(value_name = "TRAIN.csv", requires = "validation")]
    train: Option<PathBuf>,

    /// CSV of the validation set
    #[arg(value_name = "VALIDATION.csv")]
    validation: Option<PathBuf>,

    #[command(flatten)]
    settings: SettingsArguments,

    /// Number of classes: labels are 0 to K-1
    #[arg(long, value_name = "K", default_value_t = 10, value_parser = classes, requires = "train")]
    classes: usize,

    /// Floating-point type of parameters and arithmetic
    #[arg(long, value_parser = choice::<Precision>(PRECISIONS), default_value_t = Precision::F64)]
    precision: Precision,

    /// Threads: from 192 hidden units on (384 in f32) they share the updates, as far as it pays; the others evaluate. No bit of the
    /// result depends on their number [default: all cores]
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..=MOST_THREADS as i64))]
    threads: Option<u16>,

    /// Threads of the BLAS library; for products this small, more than one rarely helps
    #[arg(long, value_name = "THREADS", default_value = "1", value_parser = clap::value_parser!(u16).range(1..))]
    blas_threads: u16,

    /// Folder for the model, the predicted labels, the history, its picture, and run.json
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,

    /// Report where the time went: a table at the end, and columns in history.csv
    #[arg(long)]
    profile: bool,

    /// Write a Chrome trace of the epochs and their phases, for ui.perfetto.dev; implies --profile
    #[arg(long, value_name = "JSON")]
    trace: Option<PathBuf>,

    /// Print nothing but errors
    #[arg(long, short)]
    quiet: bool,

    /// Print the summary as one JSON object on stdout
    #[arg(long)]
    json: bool,
}

/// The settings as options.
#[derive(Debug, Args)]
struct SettingsArguments {
    /// Number of hidden units
    #[arg(long, value_name = "D", default_value_t = Settings::default().hidden)]
    hidden: usize,

    /// Number of epochs: passes over the training set
    #[arg(long, value_name = "E", default_value_t = Settings::default().epochs)]
    epochs: usize,

    /// Learning rate: the step size of each update
    #[arg(long, value_name = "LR", allow_negative_numbers = true, default_value_t = Settings::default().learning_rate)]
    learning_rate: f64,

    /// How the weights start
    #[arg(long, value_parser = choice::<Init>(INITS), default_value_t = Init::Random)]
    init: Init,

    /// Seed of a random start
    #[arg(long, default_value_t = 0)]
    seed: u64,

    /// What computes the updates; all give the same result up to rounding
    #[arg(long, value_parser = choice::<EngineKind>(ENGINES), default_value_t = EngineKind::Auto)]
    engine: EngineKind,
}

/// Parses K.
pub(super) fn classes(text: &str) -> std::result::Result<usize, String> {
    let classes = text.parse().ok().filter(|k| (1..=MOST_CLASSES).contains(k));
    classes.ok_or_else(|| format!("expected a number from 1 to {MOST_CLASSES}"))
}

/// How the weights can start.
const INITS: [(&str, &str); 3] = [
    ("random", "Uniform from -0.1 to 0.1, from the seed"),
    ("zero", "All zero: all hidden units stay equal; a reference case, not a way to learn"),
    ("numpy", "As the starter code of CMU's 10-301 draws them with NumPy; no seed"),
];

impl TrainArguments {
    fn settings(&self) -> Result<Settings> {
        let SettingsArguments { hidden, epochs, learning_rate, init, seed, engine } = self.settings;
        let threads = self.threads.map_or(Settings::default().threads, usize::from);
        Ok(Settings { hidden, epochs, learning_rate, init, seed, engine, threads, isa: isa()? })
    }
}

pub(super) fn run(arguments: &TrainArguments) -> Result<ExitCode> {
    set_blas_threads(usize::from(arguments.blas_threads));
    match arguments.precision {
        Precision::F64 => train::<f64>(arguments),
        Precision::F32 => train::<f32>(arguments),
    }
}

fn train<T: Number>(arguments: &TrainArguments) -> Result<ExitCode> {
    let input = match (&arguments.train, &arguments.validation) {
        (Some(train), Some(validation)) => Input::read(train, validation, arguments.classes)?,
        _ => Input::<T>::built_in(),
    };
    let settings = arguments.settings()?;
    let start = Instant::now();
    let profiled = arguments.profile || arguments.trace.is_some();
    let trainer = Trainer::new(&input.train, settings.clone())?
        .validation(&input.validation)?
        .stopwatch(profiled.then(|| Stopwatch::new(clock::ticks)));
    let folder = arguments.out.as_deref();
    let folder = folder.map(|path| RunFolder::create(path, profiled)).transpose()?;
    let (plan, examples) = (trainer.plan(), input.train.examples());
    let (threads, of_updates) = (trainer.threads(), trainer.threads_of_updates());
    if threads < settings.threads && !arguments.quiet {
        let asked = count(settings.threads, "thread");
        output::note(&format!("note: of {asked} the system started {threads}"));
    }
    let progress = Progress::new(settings.epochs, examples, arguments.quiet);
    let outcome = fit(trainer, examples, &progress, folder.as_ref())?;
    let profile = Profile::of(&outcome.spans);
    let run = Run {
        phases: profile.as_ref().map(|p| p.phases().ns_by_name(examples * outcome.history.len())),
        engine: settings.engine.resolve(),
        precision: T::PRECISION,
        environment: Environment::here(Some(settings.isa)),
        plan,
        result: Summary::new(&outcome, examples, start.elapsed().as_secs_f64()),
        settings,
        train: input.train_source,
        validation: input.validation_source,
    };
    if let Some(folder) = &folder {
        folder.write(&outcome, &run)?;
    }
    if let Some(path) = &arguments.trace {
        let trace = run_folder::trace(&outcome.spans);
        whole_file::write(path, |out| Ok(serde_json::to_writer(out, &trace)?))?;
    }
    if !arguments.quiet {
        let sharing = sharing(&outcome.history, of_updates, threads);
        output::note(&summary(&run, &sharing, folder.as_ref()));
        if let Some(profile) = profile {
            output::note(&format!("\n{}", profile.table().trim_end()));
        }
    }
    if arguments.json { output::json(&run) } else { Ok(ExitCode::SUCCESS) }
}

/// Trains, shows the progress, keeps the history and listens to Ctrl-C.
fn fit<T: Number>(
    trainer: Trainer<T>,
    examples: usize,
    progress: &Progress,
    folder: Option<&RunFolder>,
) -> Result<Outcome<T>> {
    interrupt::listen();
    let mut failed = None;
    let trainer = trainer.on_epoch(|epoch| {
        progress.show(epoch);
        failed = folder.and_then(|folder| folder.append(epoch, examples).err());
        if failed.is_some() { ControlFlow::Break(()) } else { interrupt::wish() }
    });
    let outcome = trainer.fit();
    progress.finish();
    match failed {
        Some(error) => Err(error),
        None => outcome,
    }
}

/// How many threads did the updates: of `threads`, up to `of_updates` can.
fn sharing(history: &[Epoch], of_updates: usize, threads: usize) -> String {
    let others = match threads - of_updates {
        0 => "",
        1 => ", another one evaluates",
        _ => ", the others evaluate",
    };
    let alone = history.iter().filter(|epoch| epoch.threads < of_updates).count();
    let why = "while others evaluated or their cores were busy";
    let updates = count(of_updates, "thread");
    match history.iter().position(|epoch| epoch.threads == of_updates) {
        Some(_) if alone == 0 => format!("{updates}{others}"),
        Some(first) if first == alone => {
            format!("{updates}; 1 until epoch {}, {why}{others}", first + 1)
        }
        Some(_) => format!("{updates}; 1 in {alone} of {} epochs, {why}{others}", history.len()),
        None => format!("1 thread; {of_updates} were no quicker, or the other cores busy{others}"),
    }
}

/// The summary for people.
fn summary(run: &Run, sharing: &str, folder: Option<&RunFolder>) -> String {
    let result = &run.result;
    let stopped = if result.epochs < run.settings.epochs {
        format!(" (stopped; {} were asked for)", run.settings.epochs)
    } else {
        String::new()
    };
    let of_validation = |found: Option<f64>, words: fn(f64) -> String| {
        found.map_or(String::new(), |found| format!("  validation {}", words(found)))
    };
    let per_example = 1e6 / result.examples_per_second;
    let plan = run.plan.map_or(String::new(), |plan| {
        let (ms, mb) = (1e3 * plan.seconds, plan.bytes as f64 / 1e6);
        format!("\nplan        made once in {ms:.1} ms, {mb:.1} MB")
    });
    let blas = &run.environment.blas;
    let written =
        folder.map_or(String::new(), |folder| format!("\nwritten     {}", folder.path().display()));
    format!(
        "error       train {:.4}{}\n\
         loss        train {}{}\n\
         time        {:.2} s of training, {:.2} s of it updates: {}{stopped}, \
         {per_example:.2} us an example\n\
         threads     {sharing}\n\
         engine      {} {}, {}; BLAS {blas}, {}{plan}{written}",
        result.train_error,
        of_validation(result.validation_error, |error| format!("{error:.4}")),
        loss(result.train_cross_entropy, 6),
        of_validation(result.validation_cross_entropy, |j| loss(j, 6)),
        result.total_seconds,
        result.sgd_seconds,
        count(result.epochs, "epoch"),
        run.engine,
        run.precision,
        count(run.settings.hidden, "hidden unit"),
        count(blas.num_threads, "thread"),
    )
}
