//! `rankone train`

use super::input::Input;
use super::progress::Progress;
use super::{interrupt, output};
use clap::Args;
use rankone::environment::Environment;
use rankone::report::profile::{self, Profile};
use rankone::report::run::{self, Run};
use rankone::report::{curve, history, loss, metrics};
use rankone::{
    Error, Hyperparameters, Init, Outcome, Precision, Result, Scalar, Trainer, blas, engine,
    model_file, whole_file,
};
use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{self, Write};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

/// Train a network and test it
///
/// Without files the built-in letters are learnt: 9000 drawn images of a e g i l n o r t u, and 1000 more
/// to validate. Nothing is written but with --out.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// CSV of the examples to learn, in this order
    #[arg(value_name = "TRAIN.csv", requires = "validation")]
    train: Option<PathBuf>,

    /// CSV of the examples to validate with
    #[arg(value_name = "VALIDATION.csv")]
    validation: Option<PathBuf>,

    #[command(flatten)]
    settings: Settings,

    /// Number of classes of the files: labels are 0 to this less 1
    #[arg(long, value_name = "K", default_value_t = 10, value_parser = classes, requires = "train")]
    classes: usize,

    /// Type of the parameters and of all arithmetic
    #[arg(long, value_enum, default_value_t = Precision::F64)]
    precision: Precision,

    /// Threads: one trains, the others evaluate; no bit of the answer depends on their number [default:
    /// all cores]
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..=MOST_THREADS))]
    threads: Option<u16>,

    /// Threads of the BLAS library; products this small lose by more than one
    #[arg(long, value_name = "THREADS", default_value = "1", value_parser = clap::value_parser!(u16).range(1..))]
    blas_threads: u16,

    /// Folder for the model, the predicted labels, the history, its picture, and run.json
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,

    /// Tell where the time went: a table at the end, and columns of history.csv
    #[arg(long)]
    profile: bool,

    /// Write a Chrome trace of the epochs and their phases, for ui.perfetto.dev; implies --profile
    #[arg(long, value_name = "JSON")]
    trace: Option<PathBuf>,

    /// Say nothing but errors
    #[arg(long, short)]
    quiet: bool,

    /// Print the summary as one JSON object on stdout
    #[arg(long)]
    json: bool,
}

/// The hyperparameters as options.
#[derive(Debug, Args)]
struct Settings {
    /// Number of hidden units
    #[arg(long, value_name = "D", default_value_t = Hyperparameters::default().hidden)]
    hidden: usize,

    /// Times that all examples are learnt
    #[arg(long, value_name = "E", default_value_t = Hyperparameters::default().epochs)]
    epochs: usize,

    /// Factor of the gradient in each step
    #[arg(long, value_name = "LR", allow_negative_numbers = true, default_value_t = Hyperparameters::default().learning_rate)]
    learning_rate: f64,

    /// How the weights start
    #[arg(long, value_enum, default_value_t = Init::Random)]
    init: Init,

    /// Seed of a random start
    #[arg(long, default_value_t = 0)]
    seed: u64,

    /// What computes the updates; all give the same answer but for rounding
    #[arg(long, value_enum, default_value_t = engine::Kind::Auto)]
    engine: engine::Kind,
}

/// The most threads that can be asked for; beyond, it is a slip.
pub(crate) const MOST_THREADS: i64 = 1024;

/// The most classes that can be asked for; beyond, it is a slip.
const MOST_CLASSES: usize = 1 << 20;

/// Parses K.
pub(crate) fn classes(text: &str) -> std::result::Result<usize, String> {
    let classes = text.parse().ok().filter(|k| (1..=MOST_CLASSES).contains(k));
    classes.ok_or_else(|| format!("expected a number from 1 to {MOST_CLASSES}"))
}

impl Settings {
    fn hyperparameters(&self) -> Hyperparameters {
        Hyperparameters {
            hidden: self.hidden,
            epochs: self.epochs,
            learning_rate: self.learning_rate,
            init: self.init,
            seed: self.seed,
            engine: self.engine,
            ..Hyperparameters::default()
        }
    }
}

pub(crate) fn run(arguments: &Arguments) -> Result<ExitCode> {
    blas::set_threads(usize::from(arguments.blas_threads));
    match arguments.precision {
        Precision::F64 => train::<f64>(arguments),
        Precision::F32 => train::<f32>(arguments),
    }
}

fn train<T: Scalar>(arguments: &Arguments) -> Result<ExitCode> {
    let input = match (&arguments.train, &arguments.validation) {
        (Some(train), Some(validation)) => Input::read(train, validation, arguments.classes)?,
        _ => Input::<T>::built_in(),
    };
    let mut hyperparameters = arguments.settings.hyperparameters();
    if let Some(threads) = arguments.threads {
        hyperparameters.threads = usize::from(threads);
    }
    let start = Instant::now();
    let mut trainer = Trainer::new(&input.train, &input.validation, &hyperparameters)?;
    let profiled = arguments.profile || arguments.trace.is_some();
    if profiled {
        trainer = trainer.profiled();
    }
    let folder = arguments.out.as_deref();
    let folder = folder.map(|path| Folder::create(path, profiled)).transpose()?;
    let outcome = fit(&mut trainer, &input, arguments, folder.as_ref())?;
    let total_seconds = start.elapsed().as_secs_f64();
    let run = Run {
        engine: hyperparameters.engine.resolve(),
        precision: T::PRECISION,
        environment: Environment::here(),
        plan: trainer.plan(),
        result: run::Summary::new(&outcome, input.train.examples(), total_seconds),
        hyperparameters,
        train: input.train_source,
        validation: input.validation_source,
    };
    if let Some(folder) = &folder {
        folder.write(&outcome, &run)?;
    }
    if let Some(path) = &arguments.trace {
        let trace = profile::trace(&outcome.history);
        whole_file::write(path, |out| Ok(serde_json::to_writer(out, &trace)?))?;
    }
    if !arguments.quiet {
        output::note(&summary(&run, folder.as_ref()));
        if let Some(profile) = Profile::of(&outcome.history) {
            output::note(&format!("\n{}", profile.table().trim_end()));
        }
    }
    if !arguments.json {
        return Ok(ExitCode::SUCCESS);
    }
    output::data(|out| {
        serde_json::to_writer(&mut *out, &run)?;
        writeln!(out)
    })
}

/// Trains, shows the progress, keeps the history and listens to Ctrl-C.
fn fit<T: Scalar>(
    trainer: &mut Trainer<T>,
    input: &Input<T>,
    arguments: &Arguments,
    folder: Option<&Folder>,
) -> Result<Outcome<T>> {
    interrupt::listen();
    let examples = input.train.examples();
    let progress = Progress::new(arguments.settings.epochs, examples, arguments.quiet);
    let mut failed = None;
    let network = trainer.start();
    let outcome = trainer.fit(network, |epoch| {
        progress.show(epoch);
        let kept = folder.map_or(Ok(()), |f| f.append(&history::line(epoch, examples)));
        failed = kept.err();
        if failed.is_some() { ControlFlow::Break(()) } else { interrupt::wish() }
    });
    progress.finish();
    match failed {
        Some(error) => Err(error),
        None => outcome,
    }
}

/// What is written to the folder of `--out` as the training goes.
const HISTORY: &str = "history.csv";

/// What is written to it at the end, in the order of `Folder::write`.
const FILES: [&str; 6] = [
    "metrics.txt",
    "train.labels",
    "validation.labels",
    "curve.svg",
    "model.safetensors",
    "run.json",
];

/// The folder of `--out`.
struct Folder {
    path: PathBuf,
    /// Whole lines, as far as the training has come.
    history: File,
}

impl Folder {
    fn create(path: &Path, profiled: bool) -> Result<Self> {
        fs::create_dir_all(path).map_err(Error::io(path))?;
        // What an older run left here would pass for this one's, should this one not come to its end.
        for name in FILES {
            match fs::remove_file(path.join(name)) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => {
                    return Err(Error::io(&path.join(name))(error));
                }
                _ => {}
            }
        }
        let history = whole_file::start(&path.join(HISTORY), history::header(profiled).as_bytes())?;
        Ok(Self { path: path.to_owned(), history })
    }

    /// Adds a line to the history with a single write, so that the file always ends with a whole one.
    fn append(&self, line: &str) -> Result<()> {
        let written = (&self.history).write_all(line.as_bytes());
        written.map_err(Error::io(&self.path.join(HISTORY)))
    }

    /// Writes everything but the history.
    fn write<T: Scalar>(&self, outcome: &Outcome<T>, run: &Run) -> Result<()> {
        let paths = FILES.map(|name| self.path.join(name));
        let [metrics, train_labels, validation_labels, curve, model, run_json] = &paths;
        whole_file::write(metrics, |out| metrics::write(outcome, out))?;
        for (path, labels) in [
            (train_labels, &outcome.train_predictions),
            (validation_labels, &outcome.validation_predictions),
        ] {
            whole_file::write(path, |out| metrics::write_labels(labels, out))?;
        }
        let picture = curve::svg(&outcome.history)?;
        whole_file::write(curve, |out| out.write_all(picture.as_bytes()))?;
        model_file::write(model, &outcome.network, metadata(run))?;
        whole_file::write(run_json, |out| {
            serde_json::to_writer_pretty(&mut *out, run)?;
            writeln!(out)
        })
    }
}

/// What the model file says of its origin.
fn metadata(run: &Run) -> HashMap<String, String> {
    let h = &run.hyperparameters;
    [
        ("hidden", h.hidden.to_string()),
        ("epochs", run.result.epochs.to_string()),
        ("learning_rate", h.learning_rate.to_string()),
        ("init", h.init.to_string()),
        ("seed", h.seed.to_string()),
        ("engine", run.engine.to_string()),
        ("rankone", run.environment.rankone.to_owned()),
        ("train_sha256", run.train.sha256.clone()),
    ]
    .map(|(key, value)| (key.to_owned(), value))
    .into()
}

/// The summary for people.
fn summary(run: &Run, folder: Option<&Folder>) -> String {
    let result = &run.result;
    let stopped = if result.epochs < run.hyperparameters.epochs {
        format!(" (stopped; {} were asked for)", run.hyperparameters.epochs)
    } else {
        String::new()
    };
    let per_example = 1e6 / result.examples_per_second;
    let count = |count: usize, noun| format!("{count} {noun}{}", if count == 1 { "" } else { "s" });
    let plan = run.plan.map_or(String::new(), |plan| {
        let (ms, mb) = (1e3 * plan.seconds, plan.bytes as f64 / 1e6);
        format!("\nplan        made once in {ms:.1} ms, {mb:.1} MB")
    });
    let blas = &run.environment.blas;
    let written =
        folder.map_or(String::new(), |folder| format!("\nwritten     {}", folder.path.display()));
    format!(
        "error       train {:.4}  validation {:.4}\n\
         loss        train {}  validation {}\n\
         time        {:.2} s of training, {:.2} s of it updates: {}{stopped}, \
         {per_example:.2} us an example\n\
         engine      {} {}, {}; BLAS {blas}, {}{plan}{written}",
        result.train_error,
        result.validation_error,
        loss(result.train_cross_entropy, 6),
        loss(result.validation_cross_entropy, 6),
        result.total_seconds,
        result.sgd_seconds,
        count(result.epochs, "epoch"),
        run.engine,
        run.precision,
        count(run.hyperparameters.hidden, "hidden unit"),
        count(blas.num_threads, "thread"),
    )
}
