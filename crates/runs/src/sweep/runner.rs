//! The networks of a sweep, trained side by side, each by one thread.

use super::folder::SweepFolder;
use super::record::TrialRecord;
use super::trial::Trial;
use crate::checkpoint::Checkpoint;
use crate::run::{Results, origin};
use rankone::{
    Checksums, Dataset, Ending, Epoch, Error, Isa, Number, Precision, PreparedDataset, Result,
    State, ThreadPool, Trainer, atomic_file,
};
use std::fmt;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Instant;

/// The data of a training, prepared: once for all networks.
#[derive(Debug)]
pub struct TrainingData<'a, T> {
    train: PreparedDataset<'a, T>,
    validation: Option<PreparedDataset<'a, T>>,
    /// Checksums of both.
    sums: Checksums,
    /// SHA-256 of the training set's file.
    sha256: String,
}

/// What a sweep does on some data, in double or single precision.
pub trait Train: Sync + fmt::Debug {
    /// Checksums of the data.
    fn sums(&self) -> &Checksums;

    /// Checks that a network of this trial can be trained.
    ///
    /// # Errors
    /// Those of [`Trainer::new`].
    fn check(&self, trial: &Trial) -> Result<()>;

    /// Seconds that an epoch of a trial takes.
    ///
    /// # Errors
    /// Those of [`Trainer::fit`].
    fn seconds_of_epoch(&self, trial: &Trial) -> Result<f64>;

    /// Trains a network, gone on with from its state in `folder`, where there is one, and adds what
    /// it comes to there.
    ///
    /// # Errors
    /// Those of [`SweepRunner::run`].
    fn train(
        &self,
        trial: &Trial,
        runner: &SweepRunner,
        folder: &Mutex<SweepFolder>,
        watch: &StepObserver<'_>,
    ) -> Result<()>;
}

impl<'a, T: Number> TrainingData<'a, T> {
    /// Prepares a training set, whose file has this checksum, and a validation set, if there is
    /// one.
    pub fn new(
        train: &'a Dataset<T>,
        validation: Option<&'a Dataset<T>>,
        sha256: &str,
        isa: Isa,
    ) -> Self {
        let train = PreparedDataset::new(train, isa);
        let validation = validation.map(|data| PreparedDataset::new(data, isa));
        let sums = Checksums::of(&train, validation.as_ref());
        Self { train, validation, sums, sha256: sha256.to_owned() }
    }

    fn trainer(&self, trial: &Trial) -> Trainer<'a, T> {
        let pool = Arc::new(ThreadPool::new(1));
        let validation = self.validation.as_ref().map(|data| data.with_pool(&pool));
        let train = self.train.with_pool(&pool);
        Trainer::on(train, trial.settings.clone()).prepared_validation(validation)
    }
}

/// What people may want to see of a sweep on its way.
#[derive(Debug)]
pub enum Step<'s> {
    /// A network has begun.
    Begun,
    /// A network has been through an epoch more.
    Epoch(&'s Trial),
    /// A network has come to its end, or to nothing.
    Ended(&'s TrialRecord),
}

/// Trains the networks of a sweep.
#[derive(Debug)]
pub struct SweepRunner<'a> {
    /// The data in double precision, if a trial wants them so; of each turn, where parts of the
    /// examples take turns.
    pub f64: Vec<Box<dyn Train + 'a>>,
    /// The same in single precision.
    pub f32: Vec<Box<dyn Train + 'a>>,
    /// How often the state of a network is written.
    pub checkpoint: Checkpoint,
    /// Whether records have three losses only, and not all.
    pub is_brief: bool,
}

/// The guarded value, whatever other threads came to.
pub(super) fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Who is told how a sweep goes, and may end it.
type StepObserver<'w> = dyn Fn(Step<'_>) -> ControlFlow<()> + Sync + 'w;

impl SweepRunner<'_> {
    /// The data that a trial is trained on.
    pub fn data(&self, trial: &Trial) -> &dyn Train {
        let of_turns = match trial.precision {
            Precision::F64 => &self.f64,
            Precision::F32 => &self.f32,
        };
        &*of_turns[trial.fold.map_or(0, |fold| fold - 1)]
    }

    /// Trains these networks, `threads` at a time, in order, and adds what they come to to the
    /// folder. Those that run when `watch` ends it leave their states there.
    ///
    /// # Errors
    /// [`Error::Io`] where something cannot be written; the others of [`Trainer::fit`], but for
    /// divergence, which is a result.
    pub fn run(
        &self,
        trials: &[Trial],
        threads: usize,
        folder: &Mutex<SweepFolder>,
        watch: &StepObserver<'_>,
    ) -> Result<()> {
        let (next, failed) = (Mutex::new(trials.iter()), Mutex::new(None));
        let is_over = AtomicBool::new(false);
        let watch = |step: Step<'_>| {
            if watch(step).is_break() {
                is_over.store(true, Ordering::Relaxed);
            }
            if is_over.load(Ordering::Relaxed) {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
            }
        };
        let work = || {
            let next = || locked(&next).next();
            while let Some(trial) = next()
                && watch(Step::Begun).is_continue()
            {
                if let Err(error) = self.data(trial).train(trial, self, folder, &watch) {
                    locked(&failed).get_or_insert(error);
                    is_over.store(true, Ordering::Relaxed);
                }
            }
        };
        thread::scope(|scope| (0..threads).for_each(|_| drop(scope.spawn(work))));
        locked(&failed).take().map_or(Ok(()), Err)
    }
}

impl<T: Number> Train for TrainingData<'_, T> {
    fn sums(&self) -> &Checksums {
        &self.sums
    }

    fn check(&self, trial: &Trial) -> Result<()> {
        self.trainer(trial).prepare().map(drop)
    }

    fn seconds_of_epoch(&self, trial: &Trial) -> Result<f64> {
        let mut seconds = 0.0;
        let first = |epoch: &Epoch| {
            seconds = epoch.sgd_seconds + epoch.evaluation_seconds;
            ControlFlow::Break(())
        };
        match self.trainer(trial).on_epoch(first).fit() {
            Ok(_) | Err(Error::Diverged { .. }) => Ok(seconds),
            Err(error) => Err(error),
        }
    }

    fn train(
        &self,
        trial: &Trial,
        runner: &SweepRunner,
        folder: &Mutex<SweepFolder>,
        watch: &StepObserver<'_>,
    ) -> Result<()> {
        let begin = Instant::now();
        let path = locked(folder).state(trial);
        // A state of other data, or of another program, is none.
        let state = State::<T>::load(&path).ok();
        let fits = |state: &State<T>| self.trainer(trial).resume(state.clone()).prepare().is_ok();
        let state = state.filter(fits);
        let mut epochs = state.as_ref().map_or(Vec::new(), |state| state.history.clone());
        let trainer = match state {
            Some(state) => self.trainer(trial).resume(state),
            None => self.trainer(trial),
        };
        let mut trainer = trainer.on_epoch(|epoch| {
            epochs.push(*epoch);
            watch(Step::Epoch(trial))
        });
        if let Some(mut is_time) = runner.checkpoint.timer() {
            trainer = trainer.on_state(
                move |_| is_time(),
                // What has come to its end is a result.
                |state| if state.ending().is_none() { save(state, &path) } else { Ok(()) },
            );
        }
        let (result, model) = match trainer.fit() {
            Ok(outcome) if outcome.ending == Ending::Stopped => return Ok(()),
            Ok(outcome) => {
                let origin = origin(&trial.settings, &self.sha256, outcome.kept_epoch);
                let schema = self.train.data().schema();
                let model = outcome.network.to_bytes(schema, origin)?;
                (Ok(Results::of(&outcome)), Some(model))
            }
            Err(error @ Error::Diverged { .. }) => (Err(error.to_string()), None),
            Err(error) => return Err(error),
        };
        let seconds = begin.elapsed().as_secs_f64();
        let record = TrialRecord::new(trial, &self.sums, &epochs, runner.is_brief, result, seconds);
        locked(folder).add(record.clone(), model)?;
        // Whoever stops now finds nothing of this network to stop.
        let _ = watch(Step::Ended(&record));
        Ok(())
    }
}

fn save<T: Number>(state: &State<T>, path: &Path) -> Result<()> {
    path.parent().map_or(Ok(()), atomic_file::create_folder)?;
    state.save(path)
}
