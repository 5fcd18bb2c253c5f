//! `rankone train`

use super::input::DataArguments;
use super::progress::Progress;
use super::settings::SettingsArguments;
use super::summary::{sharing, summary};
use super::task::{Task, begun, resumed};
use super::{PRECISIONS, choice, interrupt, output};
use crate::environment::Environment;
use crate::instrument::clock;
use crate::phases::Stopwatch;
use crate::run_folder::{self, Checkpoint, Columns, Profile, Run, RunFiles, RunFolder, RunState};
use crate::training::{TRAINING_SET, VALIDATION_SET};
use crate::words::count;
use crate::{
    DataError, Ending, Error, Number, Order, Outcome, Precision, Result, Trainer, model_file,
    set_blas_threads, whole_file,
};
use clap::{ArgGroup, Args};
use std::cell::RefCell;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

/// Train a network and test it
///
/// Without files, trains on the built-in letters: 9000 drawn images of a e g i l n o r t u, and 1000 more for
/// validation. Writes files only with --out.
#[derive(Debug, Args)]
#[command(group(ArgGroup::new("folder").args(["out", "resume"]).multiple(true)))]
pub(super) struct TrainArguments {
    #[command(flatten)]
    pub(super) data: DataArguments,

    #[command(flatten)]
    pub(super) settings: SettingsArguments,

    /// Start from a model, or any safetensors file with alpha and beta
    #[arg(long, value_name = "MODEL", conflicts_with = "init", help_heading = "Network")]
    pub(super) start_from: Option<PathBuf>,

    /// Type of parameters and arithmetic: f64 or f32
    #[arg(long, value_parser = choice::<Precision>(PRECISIONS), default_value_t = Precision::F64, hide_possible_values = true, help_heading = "Training")]
    pub(super) precision: Precision,

    /// Threads of the BLAS library; more rarely help
    #[arg(long, value_name = "THREADS", default_value = "1", value_parser = clap::value_parser!(u16).range(1..), help_heading = "Training")]
    pub(super) blas_threads: u16,

    /// Folder for the model, the predicted labels, the history, its picture, run.json, and the state to go on from
    #[arg(long, value_name = "DIR", help_heading = OUTPUT)]
    pub(super) out: Option<PathBuf>,

    /// Begin anew in a folder that holds an unfinished run
    #[arg(long, requires = "out", help_heading = OUTPUT)]
    pub(super) overwrite: bool,

    /// Seconds between two writings of the run's state; 0 for after every epoch, or never [default: 30]
    #[arg(long, value_name = "SECONDS", requires = "folder", help_heading = OUTPUT)]
    pub(super) checkpoint: Option<Checkpoint>,

    /// Go on with the run in this folder, as if it had not been stopped
    ///
    /// To the same bits, with the settings that it has, --checkpoint's included. Its data files are looked for where
    /// they were, or given again. Only --epochs, --threads, --checkpoint and options about output may be said anew.
    #[arg(long, value_name = "DIR", conflicts_with_all = OF_THE_RUN, help_heading = OUTPUT)]
    pub(super) resume: Option<PathBuf>,

    /// Report where the time went: a table, and columns in history.csv
    #[arg(long, help_heading = OUTPUT)]
    pub(super) profile: bool,

    /// Write a Chrome trace, for ui.perfetto.dev; implies --profile
    #[arg(long, value_name = "JSON", help_heading = OUTPUT)]
    pub(super) trace: Option<PathBuf>,

    /// Print nothing but errors
    #[arg(long, short, help_heading = OUTPUT)]
    pub(super) quiet: bool,

    /// Print the summary as one JSON object on stdout
    #[arg(long, help_heading = OUTPUT)]
    pub(super) json: bool,
}

const OUTPUT: &str = "Output";

/// What a run that is gone on with has, and may not be given anew.
const OF_THE_RUN: [&str; 16] = [
    "FormArguments",
    "MeaningArguments",
    "validation_share",
    "split_seed",
    "hidden",
    "init",
    "start_from",
    "seed",
    "learning_rate",
    "schedule",
    "order",
    "patience",
    "keep",
    "engine",
    "precision",
    "blas_threads",
];

impl TrainArguments {
    /// Names the file of a data set that is another than it has to be.
    fn name_file(&self, error: Error) -> Error {
        let Error::Mismatch { what, found, expected } = error else { return error };
        let file = match what {
            TRAINING_SET => &self.data.train,
            VALIDATION_SET => &self.data.validation,
            _ => &None,
        };
        match file {
            Some(file) => DataError::new(file, None, found, expected).into(),
            None => Error::Mismatch { what, found, expected },
        }
    }
}

/// Trains as the `words` of the command line say, which clap has understood as these arguments.
pub(super) fn run(arguments: TrainArguments, words: &[String]) -> Result<ExitCode> {
    if let Some(of) = arguments.resume.clone() {
        let is_elsewhere = |out: &PathBuf| !run_folder::is_same(out, &of);
        let (folder, file) = if arguments.out.as_ref().is_some_and(is_elsewhere) {
            (None, run_folder::read_state(&of)?)
        } else {
            let (folder, file) = RunFolder::of_run(&of)?;
            (Some(folder), file)
        };
        return match model_file::precision(&file) {
            Ok(Precision::F64) => train(resumed::<f64>(arguments, &of, &file)?, folder),
            Ok(Precision::F32) => train(resumed::<f32>(arguments, &of, &file)?, folder),
            Err(reason) => Err(run_folder::no_state(&of, reason)),
        };
    }
    match arguments.precision {
        Precision::F64 => train(begun::<f64>(arguments, words)?, None),
        Precision::F32 => train(begun::<f32>(arguments, words)?, None),
    }
}

/// Trains, in the `folder` of the run that is gone on with there, if one is.
fn train<T: Number>(task: Task<T>, mut folder: Option<RunFolder>) -> Result<ExitCode> {
    let Task { arguments, settings, notes, network, state } = task;
    let new_folder = || {
        let out = arguments.out.as_deref();
        out.map(|out| RunFolder::for_new_run(out, arguments.overwrite)).transpose()
    };
    // Whoever may not write there is told so before data are read; a new one is made when they are known to be good.
    if folder.is_none() && arguments.out.as_deref().is_some_and(Path::exists) {
        folder = new_folder()?;
    }
    set_blas_threads(usize::from(arguments.blas_threads));
    let input = arguments.data.input::<T>(arguments.settings.seed)?;
    if !arguments.quiet {
        let in_order = settings.order == Order::File;
        input.tell_traps(in_order);
    }
    let begin = Instant::now();
    let profiled = arguments.profile || arguments.trace.is_some();
    let stopwatch = profiled.then(|| Stopwatch::new(clock::ticks));
    let trainer = Trainer::new(&input.train, settings.clone())?
        .validation(input.validation.as_ref())?
        .stopwatch(stopwatch)
        .notes(notes);
    trainer.check()?;
    let (plan, examples) = (trainer.plan(), input.train.examples());
    let (threads, of_updates) = (trainer.threads(), trainer.threads_of_updates());
    let history = state.as_ref().map_or(Vec::new(), |state| state.history.clone());
    let trainer = match (state, network) {
        (Some(state), _) => trainer.resume(state).map_err(|error| arguments.name_file(error))?,
        (None, Some(network)) => trainer.start(network)?,
        (None, None) => trainer,
    };
    let mut run = Run {
        state: RunState::Running,
        ended_by: None,
        engine: settings.engine.resolve(),
        precision: T::PRECISION,
        environment: Environment::here(Some(settings.isa)),
        settings,
        plan,
        start_from: arguments.start_from.as_ref().map(|path| path.display().to_string()),
        train: input.train_source,
        validation: input.validation_source,
        result: None,
        phases: None,
    };
    let columns = Columns { validation: input.validation.is_some(), phases: profiled };
    if folder.is_none() {
        folder = new_folder()?;
    }
    arguments.trace.as_deref().map_or(Ok(()), whole_file::prepare)?;
    interrupt::listen();
    let begin_files = |folder| RunFiles::begin(folder, &run, columns, examples, &history);
    let files = folder.map(begin_files).transpose()?.map(RefCell::new);
    let trouble = files.as_ref().and_then(|files| files.borrow().trouble().map(String::from));
    if let Some(trouble) = trouble.filter(|_| !arguments.quiet) {
        output::note(&format!("note: nothing keeps another run out of the folder: {trouble}"));
    }
    if threads < run.settings.threads && !arguments.quiet {
        let asked = count(run.settings.threads, "thread");
        output::note(&format!("note: of {asked} the system started {threads}"));
    }
    let progress = Progress::new(run.settings.epochs, examples, arguments.quiet);
    let checkpoint = arguments.checkpoint.unwrap_or_default();
    let outcome = fit(trainer, &progress, files.as_ref().zip(Some(checkpoint)), &run);
    let mut files = files.map(RefCell::into_inner);
    let outcome = match outcome {
        Err(error) if matches!(error, Error::Diverged { .. }) => {
            (run.state, run.ended_by) = (RunState::Diverged, Some(error.to_string()));
            files.map_or(Ok(()), |mut files| files.write_run(&run))?;
            return Err(error);
        }
        outcome => outcome?,
    };
    run.end(&outcome, examples, begin.elapsed().as_secs_f64(), interrupt::signal());
    if let Some(files) = &mut files {
        files.finish(&outcome, input.train.schema(), &run)?;
    }
    if let Some(path) = &arguments.trace {
        let trace = run_folder::trace(&outcome.spans);
        whole_file::write(path, |out| Ok(serde_json::to_writer(out, &trace)?))?;
    }
    let folder = files.as_ref().map(RunFiles::path);
    if !arguments.quiet {
        let sharing = sharing(&outcome.history[history.len()..], of_updates, threads);
        output::note(&summary(&run, &outcome.history, history.len(), &sharing, folder));
        if let Some(profile) = Profile::of(&outcome.spans) {
            output::note(&format!("\n{}", profile.table().trim_end()));
        }
    }
    let state = folder.filter(|_| checkpoint != Checkpoint::Never);
    let told = if arguments.json { output::json(&run) } else { Ok(ExitCode::SUCCESS) };
    match outcome.ending {
        // Whoever read the summary may have been stopped by the same signal.
        Ending::Stopped => {
            Ok(interrupt::stopped(outcome.history.len(), run.settings.epochs, state))
        }
        Ending::Done | Ending::OutOfPatience => told,
    }
}

/// Trains, shows the progress, keeps the history and the state, and ends where a signal came.
fn fit<T: Number>(
    trainer: Trainer<T>,
    progress: &Progress,
    files: Option<(&RefCell<RunFiles>, Checkpoint)>,
    run: &Run,
) -> Result<Outcome<T>> {
    let mut failed = None;
    let mut trainer = trainer.on_epoch(|epoch| {
        progress.show(epoch);
        failed = files.and_then(|(files, _)| files.borrow_mut().append(epoch).err());
        if failed.is_some() { ControlFlow::Break(()) } else { interrupt::wish() }
    });
    if let Some((files, checkpoint)) = files
        && let Some(mut is_time) = checkpoint.timer()
    {
        let take = |state: &_| files.borrow_mut().checkpoint(state, run);
        trainer = trainer.on_state(move |_| is_time(), take);
    }
    let outcome = trainer.fit();
    progress.finish();
    match failed {
        Some(error) => Err(error),
        None => outcome,
    }
}
