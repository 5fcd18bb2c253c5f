//! Trains the networks of a sweep, or tells how long that may take.

use super::folder::{Models, SweepFolder};
use super::forecast::{Forecast, Foreseen};
use super::grid::GridPoint;
use super::part::Part;
use super::plan::SweepPlan;
use super::record::TrialRecord;
use super::runner::{Step, SweepRunner, Train, TrainingData};
use super::tally::{BestNetwork, Tally};
use super::trial::Trial;
use crate::data::Input;
use crate::data_warnings;
use crate::spec::RunSpec;
use crate::text::{count, duration};
use rankone::{Isa, Number, Order, Precision, Result, Settings, set_blas_threads};
use std::collections::HashSet;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

/// What a sweep is: a run, and in what its networks differ from it.
#[derive(Debug, Clone)]
pub struct SweepSpec {
    /// What all networks have in common: data, engine, which epoch's network is kept, checkpoints.
    pub base: RunSpec,
    /// The settings of each network.
    pub points: Vec<GridPoint>,
    /// In place of a validation set, the number of parts of the training file each of which is held
    /// out in its turn.
    pub folds: Option<usize>,
}

/// Which part of a sweep is trained, and what is kept of it; none of it changes a network.
#[derive(Debug, Clone)]
pub struct SweepOptions {
    /// The folder.
    pub out: Option<PathBuf>,
    /// The part of the sweep that is this process's; none for all of it.
    pub part: Option<Part>,
    /// Which models are kept.
    pub models: Models,
    /// Whether networks that diverged before are trained again.
    pub retry: bool,
    /// Whether three losses of each network are kept, and not those of all epochs.
    pub brief: bool,
    /// Networks that are trained at the same time; none for one per core.
    pub threads: Option<usize>,
}

/// Is told how a sweep goes, and may end it.
pub trait SweepObserver: Sync {
    /// Takes a note for the user.
    fn note(&self, text: &str);
    /// The first file is about to be written.
    fn start(&self);
    /// The networks that are `left` of so many are about to be trained; the best of the others is
    /// known.
    fn begin(&self, left: &[Trial], networks: usize, best: Option<&TrialRecord>);
    /// Takes a step; may end the sweep.
    fn step(&self, step: Step<'_>) -> ControlFlow<()>;
    /// No more steps come.
    fn end(&self);
}

/// What a sweep came to.
#[derive(Debug)]
pub struct SweepReport {
    /// For people and as JSON.
    pub tally: Tally,
    /// Networks that were not finished.
    pub left: usize,
}

/// The seed of a split where no other is set: networks of all seeds have the same data.
const SPLIT_SEED: u64 = 0;

/// A sweep whose data are prepared.
struct Prepared<'a> {
    plan: SweepPlan,
    /// Those of the plan that are this process's, in order.
    trials: Vec<Trial>,
    runner: SweepRunner<'a>,
    threads: usize,
}

/// Trains what is left of a sweep.
///
/// # Errors
/// Those of reading the data and of [`rankone::Trainer::fit`], except for divergence, which is a
/// result; those of writing the files.
///
/// # Panics
/// Where the options name no folder.
pub fn run(
    spec: &SweepSpec,
    options: &SweepOptions,
    isa: Isa,
    observer: &dyn SweepObserver,
) -> Result<SweepReport> {
    with_prepared(spec, options, isa, observer, |sweep| sweep.run(options, observer))
}

/// Measures one epoch of each size and order, and gives `take` each network that is left with the
/// time that it may take; returns, in words, what all of them may take.
///
/// # Errors
/// Those of [`run`], and those of `take`.
pub fn forecast<E: From<rankone::Error>>(
    spec: &SweepSpec,
    options: &SweepOptions,
    isa: Isa,
    observer: &dyn SweepObserver,
    take: impl FnOnce(&[Foreseen<'_>]) -> Result<(), E>,
) -> Result<String, E> {
    with_prepared(spec, options, isa, observer, |sweep| sweep.foresee(options, take))
}

/// Reads and prepares the data, plans the sweep, and checks that each setting can be trained.
fn with_prepared<R, E: From<rankone::Error>>(
    spec: &SweepSpec,
    options: &SweepOptions,
    isa: Isa,
    observer: &dyn SweepObserver,
    work: impl FnOnce(Prepared<'_>) -> Result<R, E>,
) -> Result<R, E> {
    set_blas_threads(1);
    let trials = spec.trials(isa);
    let wants = |precision| trials.iter().any(|trial| trial.precision == precision);
    let of_f64 = spec.inputs::<f64>(wants(Precision::F64))?;
    let of_f32 = spec.inputs::<f32>(wants(Precision::F32))?;
    let in_order = trials.iter().any(|trial| trial.settings.order == Order::File);
    match (&of_f64[..], &of_f32[..]) {
        ([input, ..], _) => warn(input, in_order, observer),
        (_, [input, ..]) => warn(input, in_order, observer),
        _ => {}
    }
    let runner = SweepRunner {
        f64: of_f64.iter().map(|input| prepared(input, isa)).collect(),
        f32: of_f32.iter().map(|input| prepared(input, isa)).collect(),
        checkpoint: spec.base.checkpoint,
        is_brief: options.brief,
    };
    let sums = runner.f64.iter().chain(&runner.f32).map(|data| data.sums().clone());
    let plan = SweepPlan::new(trials, sums.collect());
    let mut seen = HashSet::new();
    let different = plan.trials.iter().filter(|trial| seen.insert(trial.setting().key()));
    different.into_iter().try_for_each(|trial| runner.data(trial).check(trial))?;
    let trials = match options.part {
        Some(part) => plan.part(part),
        None => plan.trials.clone(),
    };
    let threads = options.threads.unwrap_or_else(|| Settings::default().threads_or_all());
    work(Prepared { plan, trials, runner, threads })
}

fn warn<T: Number>(input: &Input<T>, in_order: bool, observer: &dyn SweepObserver) {
    let notes = data_warnings::notes(&input.train, input.validation.as_ref(), in_order);
    notes.iter().for_each(|note| observer.note(&format!("note: {note}")));
}

fn prepared<'a, T: Number>(input: &'a Input<T>, isa: Isa) -> Box<dyn Train + 'a> {
    let sha256 = &input.train_source.sha256;
    Box::new(TrainingData::new(&input.train, input.validation.as_ref(), sha256, isa))
}

impl SweepSpec {
    /// The data of each turn, if they are wanted.
    fn inputs<T: Number>(&self, is_wanted: bool) -> Result<Vec<Input<T>>> {
        let data = &self.base.data;
        match self.folds {
            _ if !is_wanted => Ok(Vec::new()),
            Some(folds) => data.read_folds(folds, SPLIT_SEED),
            None => Ok(vec![data.read(SPLIT_SEED)?]),
        }
    }

    /// A network of each combination of settings and turns.
    fn trials(&self, isa: Isa) -> Vec<Trial> {
        let turns = match self.folds {
            Some(folds) => (1..=folds).map(Some).collect(),
            None => vec![None],
        };
        let base = Settings { isa: Some(isa), ..self.base.settings.clone() };
        let trials = self.points.iter().flat_map(|point| {
            let settings = point.settings(&base);
            turns.iter().map(move |turn| Trial::new(settings.clone(), point.precision, *turn))
        });
        trials.collect()
    }
}

impl Prepared<'_> {
    fn foresee<E: From<rankone::Error>>(
        self,
        options: &SweepOptions,
        take: impl FnOnce(&[Foreseen<'_>]) -> Result<(), E>,
    ) -> Result<String, E> {
        let Self { plan, trials, runner, threads } = self;
        let done = match &options.out {
            Some(out) if out.exists() => SweepFolder::finished(out, &plan, options.retry)?,
            _ => Vec::new(),
        };
        let done: HashSet<_> = done.iter().map(|record| record.settings.key()).collect();
        let networks = count(trials.len(), "network");
        let left: Vec<_> =
            trials.into_iter().filter(|trial| !done.contains(&trial.key())).collect();
        let Forecast { networks: foreseen, seconds } = Forecast::new(&left, &runner, threads)?;
        take(&foreseen)?;
        let (time, threads) = (duration(seconds), count(threads, "thread"));
        Ok(format!("{networks}, {} to train: about {time} on {threads}", left.len()))
    }

    fn run(self, options: &SweepOptions, observer: &dyn SweepObserver) -> Result<SweepReport> {
        let Self { plan, trials, runner, threads } = self;
        let begin = Instant::now();
        let out = options.out.as_deref().expect("a folder to write to");
        observer.start();
        let folder = open(out, &plan, options, observer)?;
        let networks = trials.len();
        let keys: HashSet<_> = trials.iter().map(Trial::key).collect();
        let left: Vec<_> = trials.into_iter().filter(|trial| !folder.has(trial)).collect();
        observer.begin(&left, networks, folder.best());
        let folder = Mutex::new(folder);
        runner.run(&left, threads.min(left.len()), &folder, &|step| observer.step(step))?;
        observer.end();
        let folder = folder.into_inner().unwrap_or_else(PoisonError::into_inner);
        let records = folder.finish()?;
        let ours = records.iter().filter(|record| keys.contains(&record.settings.key()));
        let ours: Vec<_> = ours.collect();
        let seconds = begin.elapsed().as_secs_f64();
        let trained = ours.len() - (networks - left.len());
        let best = ours.iter().min_by(|a, b| a.loss().total_cmp(&b.loss()));
        let tally = Tally {
            networks,
            finished: ours.len(),
            diverged: ours.iter().filter(|record| record.result.is_none()).count(),
            skipped: networks - left.len(),
            best: best.map(|best| BestNetwork::of(best)),
            networks_per_hour: trained as f64 / seconds * 3600.0,
            total_seconds: seconds,
        };
        Ok(SweepReport { tally, left: left.len() - trained })
    }
}

fn open(
    out: &Path,
    plan: &SweepPlan,
    options: &SweepOptions,
    observer: &dyn SweepObserver,
) -> Result<SweepFolder> {
    let folder = SweepFolder::open(out, plan, options.part, options.models, options.retry)?;
    if let Some(trouble) = folder.trouble() {
        let note = format!("note: nothing keeps another sweep out of the folder: {trouble}");
        observer.note(&note);
    }
    Ok(folder)
}
