//! `rankone train`

use super::input::Input;
use super::progress::Progress;
use super::{interrupt, output};
use clap::Args;
use rankone::report::environment::Environment;
use rankone::report::run::{self, Run};
use rankone::report::{curve, history, metrics};
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

    /// Number of classes: labels are 0 to this less 1
    #[arg(long, value_name = "K", default_value_t = 10, value_parser = classes)]
    classes: usize,

    /// Type of the parameters and of all arithmetic
    #[arg(long, value_enum, default_value_t = Precision::F64)]
    precision: Precision,

    /// Threads: one trains, the others evaluate; no bit of the answer depends on their number [default:
    /// all cores]
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..))]
    threads: Option<u16>,

    /// Threads of the BLAS library; products this small lose by more than one
    #[arg(long, value_name = "THREADS", default_value = "1", value_parser = clap::value_parser!(u16).range(1..))]
    blas_threads: u16,

    /// Folder for the model, the predicted labels, the history, its picture, and run.json
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,

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
    let start = Instant::now();
    let input = match (&arguments.train, &arguments.validation) {
        (Some(train), Some(validation)) => Input::read(train, validation, arguments.classes)?,
        _ => Input::<T>::built_in(),
    };
    let mut hyperparameters = arguments.settings.hyperparameters();
    if let Some(threads) = arguments.threads {
        hyperparameters.threads = usize::from(threads);
    }
    let mut trainer = Trainer::new(&input.train, &input.validation, &hyperparameters)?;
    let folder = arguments.out.as_deref().map(Folder::create).transpose()?;
    let outcome = fit(&mut trainer, &input, arguments, folder.as_ref())?;
    let run = Run {
        engine: hyperparameters.engine.resolve(),
        precision: T::PRECISION,
        environment: Environment::here()?,
        result: run::Summary::new(&outcome, input.train.examples()),
        hyperparameters,
        train: input.train_source,
        validation: input.validation_source,
    };
    if let Some(folder) = &folder {
        folder.write(&outcome, &run)?;
    }
    if !arguments.quiet {
        output::note(&summary(&run, start.elapsed().as_secs_f64(), folder.as_ref()));
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

/// What is written to the folder of `--out` at the end.
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
    /// `history.csv`: whole lines, as far as the training has come.
    history: File,
}

impl Folder {
    fn create(path: &Path) -> Result<Self> {
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
        let history = whole_file::start(&path.join("history.csv"), history::HEADER.as_bytes())?;
        Ok(Self { path: path.to_owned(), history })
    }

    /// Adds a line to the history with a single write, so that the file always ends with a whole one.
    fn append(&self, line: &str) -> Result<()> {
        let written = (&self.history).write_all(line.as_bytes());
        written.map_err(Error::io(&self.path.join("history.csv")))
    }

    /// Writes everything but the history.
    fn write<T: Scalar>(&self, outcome: &Outcome<T>, run: &Run) -> Result<()> {
        let path = |name: &str| self.path.join(name);
        whole_file::write(&path("metrics.txt"), |out| metrics::write(outcome, out))?;
        for (name, labels) in [
            ("train.labels", &outcome.train_predictions),
            ("validation.labels", &outcome.validation_predictions),
        ] {
            whole_file::write(&path(name), |out| metrics::write_labels(labels, out))?;
        }
        let curve = curve::svg(&outcome.history)?;
        whole_file::write(&path("curve.svg"), |out| out.write_all(curve.as_bytes()))?;
        let model = path("model.safetensors");
        model_file::write(&model, &outcome.network, metadata(run))?;
        whole_file::write(&path("run.json"), |out| {
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
fn summary(run: &Run, seconds: f64, folder: Option<&Folder>) -> String {
    let result = &run.result;
    let stopped = if result.epochs < run.hyperparameters.epochs {
        format!(" (stopped; {} were asked for)", run.hyperparameters.epochs)
    } else {
        String::new()
    };
    let per_example = 1e6 / result.examples_per_second;
    let blas = &run.environment.blas;
    let threads = match blas.num_threads {
        1 => "1 thread".to_owned(),
        threads => format!("{threads} threads"),
    };
    let written =
        folder.map_or(String::new(), |folder| format!("\nwritten     {}", folder.path.display()));
    format!(
        "error       train {:.4}  validation {:.4}\n\
         loss        train {:.6}  validation {:.6}\n\
         time        {seconds:.2} s in all, {:.2} s of updates: {} epochs{stopped}, \
         {per_example:.2} us an example\n\
         engine      {} {}, {} hidden units; BLAS {blas}, {threads}{written}",
        result.train_error,
        result.validation_error,
        result.train_cross_entropy,
        result.validation_cross_entropy,
        result.sgd_seconds,
        result.epochs,
        run.engine,
        run.precision,
        run.hyperparameters.hidden,
    )
}
