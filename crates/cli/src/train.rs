//! `rankone train`

use crate::error::Result;
use crate::interrupt;
use crate::output;
use crate::progress::Progress;
use crate::reading::DataArguments;
use crate::settings::{
    ArithmeticArguments, LearningArguments, MOST_THREADS, NetworkArguments, settings,
};
use clap::{ArgGroup, Args};
use rankone::{Ending, Epoch};
use rankone_runs::run::{self, Observer, ResumeRequest, RunOutput, RunReport};
use rankone_runs::{Checkpoint, RunSpec};
use std::cell::OnceCell;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::process::ExitCode;

/// Train a network and test it
///
/// Without files, trains on the built-in letters: 9000 drawn images of a e g i l n o r t u, and
/// 1000 more for validation. Writes files only with --out.
#[derive(Debug, Args)]
#[command(group(ArgGroup::new("folder").args(["out", "resume"]).multiple(true)))]
pub struct TrainArguments {
    #[command(flatten)]
    data: DataArguments,

    #[command(flatten)]
    network: NetworkArguments,

    /// Number of epochs: passes over the training set [default: 100]
    #[arg(long, value_name = "E", help_heading = "Training")]
    epochs: Option<usize>,

    #[command(flatten)]
    learning: LearningArguments,

    /// Threads, of which no bit of the result depends [default: all cores]
    ///
    /// From 192 hidden units on (384 in f32) they share the updates, as far as it pays; the others
    /// evaluate.
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..=MOST_THREADS), help_heading = "Training")]
    threads: Option<u16>,

    #[command(flatten)]
    arithmetic: ArithmeticArguments,

    /// Folder for the model, the predicted labels, the history, its picture, run.json, and the
    /// state to go on from
    #[arg(long, value_name = "DIR", help_heading = OUTPUT)]
    out: Option<PathBuf>,

    /// Begin anew in a folder that holds an unfinished run
    #[arg(long, requires = "out", help_heading = OUTPUT)]
    overwrite: bool,

    /// Seconds between two writings of the run's state; 0 for after every epoch, or never [default:
    /// 30]
    #[arg(long, value_name = "SECONDS", requires = "folder", help_heading = OUTPUT)]
    checkpoint: Option<Checkpoint>,

    /// Go on with the run in this folder, as if it had not been stopped
    ///
    /// To the same bits, with the settings that it has, --checkpoint's included. Its data files are
    /// looked for where they were, or given again. Only --epochs, --threads, --checkpoint and
    /// options about output may be said anew.
    #[arg(long, value_name = "DIR", conflicts_with_all = ["FormArguments", "MeaningArguments", "validation_share", "split_seed"], help_heading = OUTPUT)]
    resume: Option<PathBuf>,

    /// Report where the time went: a table, and columns in history.csv
    #[arg(long, help_heading = OUTPUT)]
    profile: bool,

    /// Write a Chrome trace, for ui.perfetto.dev; implies --profile
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

impl TrainArguments {
    fn spec(&self) -> RunSpec {
        let Self { network, learning, arithmetic, .. } = self;
        RunSpec {
            data: self.data.spec(),
            precision: arithmetic.precision,
            start_from: arithmetic.start_from.clone(),
            blas_threads: arithmetic.blas_threads.into(),
            checkpoint: self.checkpoint.unwrap_or_default(),
            profile: self.is_profiled(),
            ..RunSpec::new(settings(network, learning, self.epochs, self.threads))
        }
    }

    fn is_profiled(&self) -> bool {
        self.profile || self.trace.is_some()
    }

    fn output(&self) -> RunOutput {
        let (out, trace) = (self.out.clone(), self.trace.clone());
        RunOutput { out, overwrite: self.overwrite, trace }
    }

    fn resume(&self, folder: PathBuf) -> ResumeRequest {
        ResumeRequest {
            folder,
            epochs: self.epochs,
            threads: self.threads.map(usize::from),
            checkpoint: self.checkpoint,
            train: self.data.train.clone(),
            validation: self.data.validation.clone(),
            profile: self.is_profiled(),
        }
    }
}

pub fn run(arguments: &TrainArguments) -> Result<ExitCode> {
    let (isa, output) = (crate::isa()?, arguments.output());
    let terminal = TrainTerminal { quiet: arguments.quiet, progress: OnceCell::new() };
    let report = match arguments.resume.clone() {
        Some(folder) => run::resume(arguments.resume(folder), output, isa, &terminal),
        None => {
            let keeps_hidden = arguments.network.hidden.is_some();
            run::train(arguments.spec(), keeps_hidden, output, isa, &terminal)
        }
    }?;
    let RunReport { record, summary, profile, ending, epochs, resumable } = report;
    if !arguments.quiet {
        output::note(&summary);
        if let Some(profile) = profile {
            output::note(&format!("\n{}", profile.table().trim_end()));
        }
    }
    let printed = if arguments.json { output::json(&record) } else { Ok(ExitCode::SUCCESS) };
    match ending {
        // The reader of the summary may have been stopped by the same signal.
        Ending::Stopped => {
            let asked = record.spec.settings.epochs;
            Ok(interrupt::stopped(epochs, asked, resumable.as_deref()))
        }
        Ending::Done | Ending::OutOfPatience => printed,
    }
}

/// Shows a run on the terminal, and ends it where a signal came.
struct TrainTerminal {
    quiet: bool,
    progress: OnceCell<Progress>,
}

impl Observer for TrainTerminal {
    fn note(&self, text: &str) {
        if !self.quiet {
            output::note(text);
        }
    }

    fn start(&self, epochs: usize, examples: usize) {
        interrupt::listen();
        self.progress.get_or_init(|| Progress::new(epochs, examples, self.quiet));
    }

    fn epoch(&self, epoch: &Epoch) -> ControlFlow<()> {
        self.progress.get().inspect(|progress| progress.show(epoch));
        interrupt::wish()
    }

    fn end(&self) {
        self.progress.get().inspect(|progress| progress.finish());
    }

    fn signal(&self) -> Option<&str> {
        interrupt::signal()
    }

    fn clock(&self) -> fn() -> u64 {
        rankone_bench::clock::ticks
    }
}
