//! The networks of a sweep, trained side by side, each by one thread.

use super::folder::SweepFolder;
use super::record::Record;
use super::trial::Trial;
use crate::crew::{Crew, locked};
use crate::dataset::Dataset;
use crate::engine::Prepared;
use crate::error::{Error, Result};
use crate::model_file;
use crate::number::{Number, Precision};
use crate::run_folder::{Checkpoint, Results, origin};
use crate::simd::isa::Isa;
use crate::training::{Checksums, Ending, Epoch, State, Trainer};
use crate::whole_file;
use std::fmt;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Instant;

/// The data of a training, prepared: once for all networks.
#[derive(Debug)]
pub struct Sets<'a, T> {
    train: Prepared<'a, T>,
    validation: Option<Prepared<'a, T>>,
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

    /// Trains a network, gone on with from its state in `folder`, where there is one, and adds what it comes to there.
    ///
    /// # Errors
    /// Those of [`Runner::run`].
    fn train(
        &self,
        trial: &Trial,
        runner: &Runner,
        folder: &Mutex<SweepFolder>,
        watch: &Watch<'_>,
    ) -> Result<()>;
}

impl<'a, T: Number> Sets<'a, T> {
    /// Prepares a training set, whose file has this checksum, and a validation set, if there is one.
    pub fn new(
        train: &'a Dataset<T>,
        validation: Option<&'a Dataset<T>>,
        sha256: &str,
        isa: Isa,
    ) -> Self {
        let train = Prepared::new(train, isa);
        let validation = validation.map(|data| Prepared::new(data, isa));
        let sums = Checksums::of(&train, validation.as_ref());
        Self { train, validation, sums, sha256: sha256.to_owned() }
    }

    fn trainer(&self, trial: &Trial) -> Result<Trainer<'a, T>> {
        let crew = Arc::new(Crew::new(1));
        let validation = self.validation.as_ref().map(|data| data.with_crew(&crew));
        let train = self.train.with_crew(&crew);
        let trainer = Trainer::on(train, trial.settings.clone(), Instant::now())?;
        let trainer = trainer.validation_on(validation)?;
        trainer.check().map(|()| trainer)
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
    Ended(&'s Record),
}

/// Trains the networks of a sweep.
#[derive(Debug)]
pub struct Runner<'a> {
    /// The data in double precision, if a trial wants them so; of each turn, where parts of the examples take turns.
    pub f64: Vec<Box<dyn Train + 'a>>,
    /// The same in single precision.
    pub f32: Vec<Box<dyn Train + 'a>>,
    /// How often the state of a network is written.
    pub checkpoint: Checkpoint,
    /// Whether records have three losses only, and not all.
    pub is_brief: bool,
}

/// Who is told how a sweep goes, and may end it.
type Watch<'w> = dyn Fn(Step<'_>) -> ControlFlow<()> + Sync + 'w;

impl Runner<'_> {
    /// The data that a trial is trained on.
    pub fn sets(&self, trial: &Trial) -> &dyn Train {
        let of_turns = match trial.precision {
            Precision::F64 => &self.f64,
            Precision::F32 => &self.f32,
        };
        &*of_turns[trial.fold.map_or(0, |fold| fold - 1)]
    }

    /// Trains these networks, `threads` at a time, in order, and adds what they come to to the folder. Those that run when
    /// `watch` ends it leave their states there.
    ///
    /// # Errors
    /// [`Error::Io`] where something cannot be written; the others of [`Trainer::fit`], but for divergence, which is a
    /// result.
    pub fn run(
        &self,
        trials: &[Trial],
        threads: usize,
        folder: &Mutex<SweepFolder>,
        watch: &Watch<'_>,
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
                if let Err(error) = self.sets(trial).train(trial, self, folder, &watch) {
                    locked(&failed).get_or_insert(error);
                    is_over.store(true, Ordering::Relaxed);
                }
            }
        };
        thread::scope(|scope| (0..threads).for_each(|_| drop(scope.spawn(work))));
        locked(&failed).take().map_or(Ok(()), Err)
    }
}

impl<T: Number> Train for Sets<'_, T> {
    fn sums(&self) -> &Checksums {
        &self.sums
    }

    fn check(&self, trial: &Trial) -> Result<()> {
        self.trainer(trial).map(drop)
    }

    fn seconds_of_epoch(&self, trial: &Trial) -> Result<f64> {
        let mut seconds = 0.0;
        let first = |epoch: &Epoch| {
            seconds = epoch.sgd_seconds + epoch.evaluation_seconds;
            ControlFlow::Break(())
        };
        match self.trainer(trial)?.on_epoch(first).fit() {
            Ok(_) | Err(Error::Diverged { .. }) => Ok(seconds),
            Err(error) => Err(error),
        }
    }

    fn train(
        &self,
        trial: &Trial,
        runner: &Runner,
        folder: &Mutex<SweepFolder>,
        watch: &Watch<'_>,
    ) -> Result<()> {
        let begin = Instant::now();
        let path = locked(folder).state(trial);
        // A state of other data, or of another program, is none.
        let state = State::<T>::load(&path).ok();
        let mut epochs = state.as_ref().map_or(Vec::new(), |state| state.history.clone());
        let resumed = state.map(|state| self.trainer(trial)?.resume(state));
        let trainer = match resumed {
            Some(Ok(trainer)) => trainer,
            _ => {
                epochs.clear();
                self.trainer(trial)?
            }
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
                let schema = self.train.data.schema();
                let model = model_file::to_bytes(&outcome.network, schema, origin)?;
                (Ok(Results::of(&outcome)), Some(model))
            }
            Err(error @ Error::Diverged { .. }) => (Err(error.to_string()), None),
            Err(error) => return Err(error),
        };
        let seconds = begin.elapsed().as_secs_f64();
        let record = Record::new(trial, &self.sums, &epochs, runner.is_brief, result, seconds);
        locked(folder).add(record.clone(), model)?;
        // Whoever stops now finds nothing of this network to stop.
        let _ = watch(Step::Ended(&record));
        Ok(())
    }
}

fn save<T: Number>(state: &State<T>, path: &Path) -> Result<()> {
    path.parent().map_or(Ok(()), whole_file::create_folder)?;
    state.save(path)
}
