//! `rankone train`

use super::input::Input;
use super::progress::Progress;
use super::reading::{DATA, FormArguments, MeaningArguments};
use super::settings::SettingsArguments;
use super::{PRECISIONS, choice, interrupt, output, traps};
use crate::environment::Environment;
use crate::instrument::clock;
use crate::phases::Stopwatch;
use crate::run_folder::{self, Columns, Profile, Run, RunFolder, Summary};
use crate::words::{count, loss};
use crate::{
    Epoch, Number, Order, Outcome, Precision, Result, Trainer, set_blas_threads, whole_file,
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
    /// CSV of the training set
    #[arg(value_name = "TRAIN.csv")]
    train: Option<PathBuf>,

    /// CSV of the validation set, if there is one
    #[arg(value_name = "VALIDATION.csv")]
    validation: Option<PathBuf>,

    #[command(flatten)]
    form: FormArguments,

    #[command(flatten)]
    meaning: MeaningArguments,

    /// Share of the training file's examples, drawn at random, that is put apart for validation
    #[arg(long, value_name = "P", value_parser = share, requires = "train", conflicts_with = "validation", help_heading = DATA)]
    validation_share: Option<f64>,

    /// Seed of that choice [default: that of --seed]
    #[arg(long, value_name = "SEED", requires = "validation_share", help_heading = DATA)]
    split_seed: Option<u64>,

    #[command(flatten)]
    settings: SettingsArguments,

    /// Floating-point type of parameters and arithmetic: f64 or f32
    #[arg(long, value_parser = choice::<Precision>(PRECISIONS), default_value_t = Precision::F64, hide_possible_values = true, help_heading = "Training")]
    precision: Precision,

    /// Threads of the BLAS library; for products this small, more than one rarely helps
    #[arg(long, value_name = "THREADS", default_value = "1", value_parser = clap::value_parser!(u16).range(1..), help_heading = "Training")]
    blas_threads: u16,

    /// Folder for the model, the predicted labels, the history, its picture, and run.json
    #[arg(long, value_name = "DIR", help_heading = OUTPUT)]
    out: Option<PathBuf>,

    /// Report where the time went: a table at the end, and columns in history.csv
    #[arg(long, help_heading = OUTPUT)]
    profile: bool,

    /// Write a Chrome trace of the epochs and their phases, for ui.perfetto.dev; implies --profile
    #[arg(long, value_name = "JSON", help_heading = OUTPUT)]
    trace: Option<PathBuf>,

    /// Print nothing but errors
    #[arg(long, short, help_heading = OUTPUT)]
    quiet: bool,

    /// Print the summary as one JSON object on stdout
    #[arg(long, help_heading = OUTPUT)]
    json: bool,
}

const OUTPUT: &str = "Output";

/// Parses a share of examples.
fn share(text: &str) -> Result<f64, String> {
    let share = text.parse().ok().filter(|share| (0.0..1.0).contains(share) && *share > 0.0);
    share.ok_or_else(|| "expected a number between 0 and 1".into())
}

impl TrainArguments {
    fn input<T: Number>(&self) -> Result<Input<T>> {
        let reader = self.meaning.reader::<T>(&self.form);
        let Some(train) = &self.train else {
            self.meaning.check_unsaid(&self.form)?;
            return Ok(Input::built_in());
        };
        match self.validation_share {
            Some(share) => {
                let seed = self.split_seed.unwrap_or(self.settings.seed);
                Input::read_split(&reader, train, share, seed)
            }
            None => Input::read(&reader, train, self.validation.as_deref()),
        }
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
    let input = arguments.input::<T>()?;
    let settings = arguments.settings.settings()?;
    if !arguments.quiet {
        let in_order = settings.order == Order::File;
        let notes = traps::notes(&input.train, input.validation.as_ref(), in_order);
        notes.iter().for_each(|note| output::note(&format!("note: {note}")));
    }
    let start = Instant::now();
    let profiled = arguments.profile || arguments.trace.is_some();
    let trainer = Trainer::new(&input.train, settings.clone())?
        .validation(input.validation.as_ref())?
        .stopwatch(profiled.then(|| Stopwatch::new(clock::ticks)));
    trainer.check()?;
    let folder = arguments.out.as_deref();
    let columns = Columns { validation: input.validation.is_some(), phases: profiled };
    let folder = folder.map(|path| RunFolder::create(path, columns)).transpose()?;
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
        folder.write(&outcome, input.train.schema(), &run)?;
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
