//! Trains as a [`RunSpec`] says, or resumes a run.

use super::files::RunFiles;
use super::folder::{self, RunFolder};
use super::history::HistoryColumns;
use super::profile::{Profile, trace};
use super::record::{RunRecord, RunState};
use super::summary::{sharing, summary};
use crate::checkpoint::Checkpoint;
use crate::data::{DataSpec, Input};
use crate::data_warnings;
use crate::environment::Environment;
use crate::error::Result;
use crate::spec::RunSpec;
use crate::text::count;
use rankone::{
    AnyState, DataError, Ending, Epoch, Error, Isa, Network, Number, Order, Outcome, Precision,
    Settings, State, TRAINING_SET, Trainer, VALIDATION_SET, atomic_file, set_blas_threads,
};
use std::cell::RefCell;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::time::Instant;

/// Is told how a run goes, and may end it.
pub trait Observer {
    /// Takes a note for the user.
    fn note(&self, text: &str);
    /// The training of so many `epochs` over so many `examples` is about to start: nothing is
    /// written yet.
    fn start(&self, epochs: usize, examples: usize);
    /// Takes an epoch; may end the training after it.
    fn epoch(&self, epoch: &Epoch) -> ControlFlow<()>;
    /// No more epochs come.
    fn end(&self);
    /// The name of the signal that ended the training, if one did.
    fn signal(&self) -> Option<&str>;
    /// Reads a counter that runs evenly, for profiles.
    fn clock(&self) -> fn() -> u64;
}

/// Where a run writes to; none of it changes the result.
#[derive(Debug, Clone, Default)]
pub struct RunOutput {
    /// The folder, if it has one.
    pub out: Option<PathBuf>,
    /// Whether an unfinished run there may be replaced.
    pub overwrite: bool,
    /// The file of a Chrome trace.
    pub trace: Option<PathBuf>,
}

/// Which run to resume, and what may be changed of it.
#[derive(Debug, Clone)]
pub struct ResumeRequest {
    /// The folder of the run.
    pub folder: PathBuf,
    /// The number of epochs in all.
    pub epochs: Option<usize>,
    /// The number of threads.
    pub threads: Option<usize>,
    /// How often the state is written.
    pub checkpoint: Option<Checkpoint>,
    /// The file of the training set, where it lies elsewhere now.
    pub train: Option<PathBuf>,
    /// The file of the validation set, where it lies elsewhere now.
    pub validation: Option<PathBuf>,
    /// Whether the phases of each epoch are timed, even if they were not before.
    pub profile: bool,
}

/// What a run came to.
#[derive(Debug)]
pub struct RunReport {
    /// What `run.json` says.
    pub record: RunRecord,
    /// The summary for people.
    pub summary: String,
    /// Where the time went, if the run was profiled.
    pub profile: Option<Profile>,
    /// Why the training ended.
    pub ending: Ending,
    /// The number of epochs that were run.
    pub epochs: usize,
    /// The folder with the state to resume from, if there is one.
    pub resumable: Option<PathBuf>,
}

/// A run that is about to start.
struct PendingRun<'o, T> {
    spec: RunSpec,
    output: RunOutput,
    /// The folder of the run that is resumed there, if one is.
    folder: Option<RunFolder>,
    start: Start<T>,
    isa: Isa,
    observer: &'o dyn Observer,
}

/// What a training starts from.
enum Start<T> {
    Settings,
    Network(Network<T>),
    State(Box<State<T>>),
}

/// Trains as `spec` says, with the instructions of `isa`. Where the training starts from a file,
/// its hidden units replace those of the settings if `keeps_hidden` is false.
///
/// # Errors
/// Those of reading the data, of [`Trainer::fit`] and of writing the files.
pub fn train(
    spec: RunSpec,
    keeps_hidden: bool,
    output: RunOutput,
    isa: Isa,
    observer: &dyn Observer,
) -> Result<RunReport> {
    match spec.precision {
        Precision::F64 => start::<f64>(spec, keeps_hidden, output, isa, observer),
        Precision::F32 => start::<f32>(spec, keeps_hidden, output, isa, observer),
    }
}

fn start<T: Number>(
    mut spec: RunSpec,
    keeps_hidden: bool,
    output: RunOutput,
    isa: Isa,
    observer: &dyn Observer,
) -> Result<RunReport> {
    let network = spec.start_from.as_deref().map(Network::<T>::load_parameters).transpose()?;
    let start = match network {
        Some(network) => {
            if !keeps_hidden {
                spec.settings.hidden = network.hidden();
            }
            Start::Network(network)
        }
        None => Start::Settings,
    };
    PendingRun { spec, output, folder: None, start, isa, observer }.run()
}

/// Resumes a run, with the instructions of `isa`, in its folder, or in that of `output`.
///
/// # Errors
/// Those of [`RunFolder::of_run`] and [`train`]; [`Error::Setting`] for a validation file where a
/// share of the training file was held out.
pub fn resume(
    request: ResumeRequest,
    mut output: RunOutput,
    isa: Isa,
    observer: &dyn Observer,
) -> Result<RunReport> {
    let path = &request.folder;
    let is_elsewhere = output.out.as_ref().is_some_and(|out| !folder::is_same(out, path));
    let (folder, state) = if is_elsewhere {
        (None, folder::read_state(path)?)
    } else {
        output.out = None;
        let (folder, state) = RunFolder::of_run(path)?;
        (Some(folder), state)
    };
    match state {
        AnyState::F64(state) => resumed(request, state, output, folder, isa, observer),
        AnyState::F32(state) => resumed(request, state, output, folder, isa, observer),
    }
}

fn resumed<T: Number>(
    request: ResumeRequest,
    state: State<T>,
    output: RunOutput,
    folder: Option<RunFolder>,
    isa: Isa,
    observer: &dyn Observer,
) -> Result<RunReport> {
    let before = RunSpec::from_json(&state.notes)
        .map_err(|reason| folder::no_state(&request.folder, reason))?;
    if request.validation.is_some() && before.data.validation_share.is_some() {
        return Err(Error::Setting {
            name: "validation file",
            found: "one".into(),
            expected: "none: the run put a share of its training file apart",
        }
        .into());
    }
    let data = DataSpec {
        train: request.train.or(before.data.train),
        validation: request.validation.or(before.data.validation),
        ..before.data
    };
    let settings = Settings {
        epochs: request.epochs.unwrap_or(state.settings.epochs),
        threads: request.threads.or(before.settings.threads),
        ..state.settings.clone()
    };
    let spec = RunSpec {
        data: data.with_absolute_paths(),
        settings,
        checkpoint: request.checkpoint.unwrap_or(before.checkpoint),
        profile: request.profile || before.profile,
        ..before
    };
    let start = Start::State(Box::new(state));
    PendingRun { spec, output, folder, start, isa, observer }.run()
}

impl<T: Number> PendingRun<'_, T> {
    fn run(mut self) -> Result<RunReport> {
        // A folder that cannot be written to is refused before data are read; a new one is made
        // when they are known to be good.
        if self.folder.is_none() && self.output.out.as_deref().is_some_and(Path::exists) {
            self.folder = self.new_folder()?;
        }
        set_blas_threads(self.spec.blas_threads);
        let input = self.spec.data.read::<T>(self.spec.settings.seed)?;
        let in_order = self.spec.settings.order == Order::File;
        for note in data_warnings::notes(&input.train, input.validation.as_ref(), in_order) {
            self.observer.note(&format!("note: {note}"));
        }
        self.train(&input)
    }

    fn new_folder(&self) -> Result<Option<RunFolder>> {
        let out = self.output.out.as_deref();
        Ok(out.map(|out| RunFolder::for_new_run(out, self.output.overwrite)).transpose()?)
    }

    fn train(mut self, input: &Input<T>) -> Result<RunReport> {
        let begin = Instant::now();
        let spec = self.spec.with_absolute_paths();
        let (trainer, history) = self.trainer(input, &spec);
        let observed = Observed::default();
        let trainer = observed.by(trainer, self.observer, spec.checkpoint);
        let training = trainer.prepare().map_err(|error| name_file(&self.spec.data, error))?;
        let (threads, of_updates) = (training.threads(), training.threads_of_updates());
        let mut record = RunRecord {
            state: RunState::Running,
            ended_by: None,
            environment: Environment::here(Some(self.isa)),
            plan: training.plan(),
            threads,
            train: input.train_source.clone(),
            validation: input.validation_source.clone(),
            result: None,
            phases: None,
            spec,
        };
        if self.folder.is_none() {
            self.folder = self.new_folder()?;
        }
        self.output.trace.as_deref().map_or(Ok(()), atomic_file::prepare)?;
        let examples = input.train.examples();
        self.observer.start(self.spec.settings.epochs, examples);
        self.begin_files(&observed, &record, input, &history)?;
        let asked = self.spec.settings.threads_or_all();
        if threads < asked {
            let asked = count(asked, "thread");
            self.observer.note(&format!("note: of {asked} the system started {threads}"));
        }
        let outcome = training.run();
        self.observer.end();
        let outcome = match (observed.failed.take(), outcome) {
            (Some(error), _) => return Err(error.into()),
            (None, Err(error)) => {
                if matches!(error, Error::Diverged { .. }) {
                    (record.state, record.ended_by) = (RunState::Diverged, Some(error.to_string()));
                    observed.with_files(|files, _| files.write_run(&record))?;
                }
                return Err(error.into());
            }
            (None, Ok(outcome)) => outcome,
        };
        record.end(&outcome, examples, begin.elapsed().as_secs_f64(), self.observer.signal());
        let mut files = observed.files.into_inner().map(|(files, _)| files);
        if let Some(files) = &mut files {
            files.finish(&outcome, input.train.schema(), &record)?;
        }
        let sharing = sharing(&outcome.history[history.len()..], of_updates, threads);
        self.report(record, outcome, history.len(), &sharing, files.as_ref())
    }

    /// The trainer of the run, and the epochs that are done already.
    fn trainer<'i>(&mut self, input: &'i Input<T>, spec: &RunSpec) -> (Trainer<'i, T>, Vec<Epoch>) {
        let settings = Settings { isa: Some(self.isa), ..spec.settings.clone() };
        let mut trainer = Trainer::new(&input.train, settings)
            .validation(input.validation.as_ref())
            .notes(spec.to_json());
        if spec.profile {
            trainer = trainer.profile(self.observer.clock());
        }
        match std::mem::replace(&mut self.start, Start::Settings) {
            Start::State(state) => {
                let history = state.history.clone();
                (trainer.resume(*state), history)
            }
            Start::Network(network) => (trainer.start(network), Vec::new()),
            Start::Settings => (trainer, Vec::new()),
        }
    }

    /// Begins to write the files of the run, if it has a folder.
    fn begin_files(
        &mut self,
        observed: &Observed,
        record: &RunRecord,
        input: &Input<T>,
        history: &[Epoch],
    ) -> Result<()> {
        let Some(folder) = self.folder.take() else { return Ok(()) };
        let columns =
            HistoryColumns { validation: input.validation.is_some(), phases: self.spec.profile };
        let files = RunFiles::begin(folder, record, columns, input.train.examples(), history)?;
        if let Some(trouble) = files.trouble() {
            let note = format!("note: nothing keeps another run out of the folder: {trouble}");
            self.observer.note(&note);
        }
        *observed.files.borrow_mut() = Some((files, record.clone()));
        Ok(())
    }

    fn report(
        self,
        record: RunRecord,
        outcome: Outcome<T>,
        resumed_after: usize,
        sharing: &str,
        files: Option<&RunFiles>,
    ) -> Result<RunReport> {
        if let Some(path) = &self.output.trace {
            let trace = trace(&outcome.spans);
            atomic_file::write(path, |out| Ok(serde_json::to_writer(out, &trace)?))?;
        }
        let folder = files.map(RunFiles::path);
        let resumable = folder.filter(|_| self.spec.checkpoint != Checkpoint::Never);
        Ok(RunReport {
            summary: summary(&record, &outcome.history, resumed_after, sharing, folder),
            profile: Profile::of(&outcome.spans),
            ending: outcome.ending,
            epochs: outcome.history.len(),
            resumable: resumable.map(Path::to_owned),
            record,
        })
    }
}

/// The files of a run while it trains, with its record so far, and the error that ended it if one
/// did.
#[derive(Default)]
struct Observed {
    files: RefCell<Option<(RunFiles, RunRecord)>>,
    failed: RefCell<Option<Error>>,
}

impl Observed {
    /// Runs `work` on the files, if there are some.
    fn with_files(
        &self,
        work: impl FnOnce(&mut RunFiles, &RunRecord) -> rankone::Result<()>,
    ) -> rankone::Result<()> {
        self.files.borrow_mut().as_mut().map_or(Ok(()), |(files, record)| work(files, record))
    }

    /// The trainer, whose epochs go to `observer` and to the files, and whose state is written as
    /// often as `checkpoint` says.
    fn by<'a, T: Number>(
        &'a self,
        trainer: Trainer<'a, T>,
        observer: &'a dyn Observer,
        checkpoint: Checkpoint,
    ) -> Trainer<'a, T> {
        let trainer = trainer.on_epoch(move |epoch| {
            let wish = observer.epoch(epoch);
            match self.with_files(|files, _| files.append(epoch)) {
                Ok(()) => wish,
                Err(error) => {
                    *self.failed.borrow_mut() = Some(error);
                    ControlFlow::Break(())
                }
            }
        });
        let Some(mut is_time) = checkpoint.timer() else { return trainer };
        let take =
            |state: &State<T>| self.with_files(|files, record| files.checkpoint(state, record));
        trainer.on_state(move |_| is_time(), take)
    }
}

/// Names the file of a data set that is another than it has to be.
fn name_file(data: &DataSpec, error: Error) -> Error {
    let Error::Mismatch { what, found, expected } = error else { return error };
    let file = match what {
        TRAINING_SET => &data.train,
        VALIDATION_SET => &data.validation,
        _ => &None,
    };
    match file {
        Some(file) => DataError::new(file, None, found, expected).into(),
        None => Error::Mismatch { what, found, expected },
    }
}
