//! The benchmark of engines on real training.

use crate::markdown_table::ENGINE_TABLE;
use crate::session::{BenchObserver, BenchOptions, BenchOutcome, BenchSession, SessionHead};
use crate::training_task::TrainingTask;
use crate::work_size::FLOPS_NOTE;
use rankone::{Dataset, EngineKind, Error, Number, Precision, PreparedDataset, Reader};
use rankone_runs::{Error as RunError, Input, Source, read};
use std::path::PathBuf;

/// Engines that train networks of several sizes on one data set.
#[derive(Debug, Clone)]
pub struct EngineBenchmark {
    /// The CSV file of the data set; `None` for the built-in letters.
    pub train: Option<PathBuf>,
    /// K, whose labels are 0 to K-1; `None` for the labels in the file.
    pub classes: Option<usize>,
    /// The engines.
    pub engines: Vec<EngineKind>,
    /// The numbers of hidden units D.
    pub hidden: Vec<usize>,
    /// Epochs of a run.
    pub epochs: usize,
    /// Number of threads. With more than one, the others evaluate each epoch while the next one
    /// trains.
    pub threads: usize,
    /// Whether the time of each phase is measured.
    pub phases: bool,
    /// Whether the bandwidths of the machine are measured, for a roofline.
    pub bandwidths: bool,
    /// Settings of every benchmark.
    pub options: BenchOptions,
}

impl EngineBenchmark {
    /// Returns the number of steps that the observer of [`run`](Self::run) is notified of.
    pub fn steps(&self) -> usize {
        self.options.steps(self.hidden.len() * self.engines.len())
    }

    /// Measures the machine and times the engines.
    ///
    /// # Errors
    /// Those of [`Reader::read`] and of `observer`; [`Error::Setting`] if no precision is given or
    /// a network is too large.
    pub fn run<O: BenchObserver>(&self, observer: &O) -> Result<BenchOutcome, O::Error> {
        let mut session = None;
        for precision in &self.options.precisions {
            match precision {
                Precision::F64 => self.time::<f64, O>(&mut session, observer)?,
                Precision::F32 => self.time::<f32, O>(&mut session, observer)?,
            }
        }
        session.map(BenchSession::finish).ok_or_else(|| {
            let (name, found, expected) = ("precisions", "none".into(), "one or both");
            RunError::from(Error::Setting { name, found, expected }).into()
        })
    }

    /// Times the engines in one precision; the first call starts the session.
    fn time<'o, T: Number, O: BenchObserver>(
        &self,
        session: &mut Option<BenchSession<'o, O>>,
        observer: &'o O,
    ) -> Result<(), O::Error> {
        let (data, source) = self.read::<T>().map_err(RunError::from)?;
        let session = match session {
            Some(session) => session,
            None => session.insert(self.start(&source, observer)?),
        };
        let data = PreparedDataset::new(&data, self.options.isa);
        for &hidden in &self.hidden {
            let task = TrainingTask::new(&data, hidden, self.epochs).map_err(RunError::from)?;
            let task = task.phases(self.phases);
            let candidates = self.engines.iter().map(|&kind| task.engine(kind, self.threads));
            let what = format!("{hidden} hidden units, {}", T::PRECISION);
            session.benchmark(&what, candidates.collect())?;
        }
        Ok(())
    }

    fn read<T: Number>(&self) -> rankone::Result<(Dataset<T>, Source)> {
        let Some(path) = &self.train else {
            let Input { train, train_source, .. } = Input::built_in();
            return Ok((train, train_source));
        };
        read(&Reader::default().classes(self.classes), path)
    }

    fn start<'o, O: BenchObserver>(
        &self,
        source: &Source,
        observer: &'o O,
    ) -> Result<BenchSession<'o, O>, O::Error> {
        let Source { name, examples, inputs, classes, .. } = source;
        let Self { epochs, threads, options, .. } = self;
        let head = SessionHead {
            what: &format!("{name}: {examples} examples, {inputs} inputs, {classes} classes"),
            notes: &format!(
                "timed runs: {}, of epochs: {epochs}; threads of rankone: {threads}\n{FLOPS_NOTE}",
                options.rounds
            ),
            data: Some(source),
            threads: *threads,
            bandwidths: self.bandwidths,
            table: ENGINE_TABLE,
        };
        BenchSession::start(options, &head, observer)
    }
}
