//! The files of a run that is on its way. At no moment can those of two runs be mistaken for one's:
//! `run.json` lists which are this one's, by their checksums.

use super::folder::{Beginning, CHECKPOINT, Files, RUN, RunFolder};
use super::history::{HISTORY, HistoryColumns};
use super::metrics::{write as write_metrics, write_labels};
use super::record::RunRecord;
use crate::digest::Digest;
use crate::error;
use crate::lock::Lock;
use rankone::atomic_file::{self, LineFile};
use rankone::{
    ARITHMETIC, Epoch, Error, Number, Outcome, Result, Schema, Settings, State, best_epoch, build,
};
use serde::Serialize;
use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};

/// What is written at the end.
const RESULTS: [&str; 5] =
    ["metrics.txt", "train.labels", "validation.labels", "curve.svg", "model.safetensors"];

/// The files of a run that is on its way.
#[derive(Debug)]
pub struct RunFiles {
    path: PathBuf,
    lock: Lock,
    columns: HistoryColumns,
    /// N of the training set.
    examples: usize,
    files: Files,
    history: LineFile,
    /// Of the history, as far as it is written.
    digest: Digest,
}

/// `run.json`: the run, and which files are its own.
#[derive(Serialize)]
struct RunJson<'a> {
    #[serde(flatten)]
    run: &'a RunRecord,
    /// Which [arithmetic](ARITHMETIC) computed it.
    arithmetic: u32,
    files: &'a Files,
}

impl RunFiles {
    /// Begins to write to `folder` the files of `run` on `examples` examples, of which `history` is
    /// known already.
    ///
    /// # Errors
    /// [`Error::Io`] where they cannot be written.
    pub fn begin(
        folder: RunFolder,
        run: &RunRecord,
        columns: HistoryColumns,
        examples: usize,
        history: &[Epoch],
    ) -> Result<Self> {
        let RunFolder { path, lock, files } = folder;
        let names = [RUN, HISTORY, CHECKPOINT].into_iter().chain(RESULTS);
        names.map(|name| path.join(name)).try_for_each(|path| atomic_file::prepare(&path))?;
        let mut lines = columns.header();
        history.iter().for_each(|epoch| lines += &columns.line(epoch, examples));
        let mut digest = Digest::default();
        digest.update(lines.as_bytes());
        // The history is listed when it is there.
        write_run(&path, run, &files)?;
        Ok(Self {
            history: LineFile::start(&path.join(HISTORY), lines.as_bytes())?,
            digest,
            path,
            lock,
            columns,
            examples,
            files,
        })
    }

    /// Where they are.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Why nothing keeps another process out of the folder, where that is so.
    pub fn trouble(&self) -> Option<&str> {
        self.lock.trouble.as_deref()
    }

    /// Adds an epoch to the history.
    ///
    /// # Errors
    /// [`Error::Io`] where it cannot be written.
    pub fn append(&mut self, epoch: &Epoch) -> Result<()> {
        let line = self.columns.line(epoch, self.examples);
        self.history.append(line.as_bytes())?;
        self.digest.update(line.as_bytes());
        Ok(())
    }

    /// Writes the state that the run has come to. A power cut leaves it, or the one before, and
    /// `run.json` knows both.
    ///
    /// # Errors
    /// [`Error::Io`] where that cannot be written; the one before then stands.
    pub fn checkpoint<T: Number>(&mut self, state: &State<T>, run: &RunRecord) -> Result<()> {
        let bytes = state.to_bytes()?;
        let new = Beginning { epoch: Some(state.history.len()), ..Beginning::whole(&bytes) };
        let known = self.files.entry(CHECKPOINT.into()).or_default();
        known.insert(0, new);
        known.truncate(2);
        self.history.sync()?;
        self.write_run(run)?;
        atomic_file::write(&self.path.join(CHECKPOINT), |out| out.write_all(&bytes))
    }

    /// Writes `run.json`, with the history as far as it is written.
    ///
    /// # Errors
    /// [`Error::Io`] where it cannot be written.
    pub fn write_run(&mut self, run: &RunRecord) -> Result<()> {
        let (bytes, sha256) = (self.history.length(), self.digest.hexadecimal());
        let history = Beginning { bytes, sha256, epoch: None };
        self.files.insert(HISTORY.into(), vec![history]);
        write_run(&self.path, run, &self.files)
    }

    /// Writes what the run came to, and that it did.
    ///
    /// # Errors
    /// [`Error::Io`] where a file cannot be written, and where the curve cannot be drawn.
    pub fn finish<T: Number>(
        &mut self,
        outcome: &Outcome<T>,
        schema: &Schema,
        run: &RunRecord,
    ) -> error::Result<()> {
        self.history.sync()?;
        let text = |fill: &dyn Fn(&mut Vec<u8>) -> io::Result<()>| {
            let mut text = Vec::new();
            fill(&mut text).map(|()| text).expect("memory takes any bytes")
        };
        let labels =
            |predictions: &[usize]| text(&|out| write_labels(predictions, &schema.classes, out));
        let validation = outcome.validation.as_ref();
        let results = [
            Some(text(&|out| write_metrics(outcome, out))),
            Some(labels(&outcome.train.predictions)),
            validation.map(|evaluation| labels(&evaluation.predictions)),
            Some(curve(&outcome.history)?.into_bytes()),
            Some(outcome.network.to_bytes(
                schema,
                origin(&run.spec.settings, &run.train.sha256, outcome.kept_epoch),
            )?),
        ];
        for (name, bytes) in RESULTS.into_iter().zip(results) {
            let path = self.path.join(name);
            match bytes {
                Some(bytes) => {
                    atomic_file::write(&path, |out| out.write_all(&bytes))?;
                    self.files.insert(name.into(), vec![Beginning::whole(&bytes)]);
                }
                // Of a run before.
                None => atomic_file::remove(&path)?,
            }
        }
        Ok(self.write_run(run)?)
    }
}

/// The learning curve as SVG.
fn curve(history: &[Epoch]) -> error::Result<String> {
    let train: Vec<_> = history.iter().map(|epoch| epoch.train_cross_entropy).collect();
    let validation: Vec<_> =
        history.iter().filter_map(|epoch| epoch.validation_cross_entropy).collect();
    let best = best_epoch(history).map(|best| best.epoch);
    Ok(rankone_plot::learning_curve(&train, &validation, best)?)
}

fn write_run(folder: &Path, run: &RunRecord, files: &Files) -> Result<()> {
    let run = RunJson { run, arithmetic: ARITHMETIC, files };
    let mut text =
        serde_json::to_vec_pretty(&run).map_err(|error| Error::io(folder)(error.into()))?;
    text.push(b'\n');
    atomic_file::write(&folder.join(RUN), |out| out.write_all(&text))
}

/// What the model file says of where the network came from: that of epoch `epoch`, trained on a
/// file of this checksum.
pub fn origin(settings: &Settings, train_sha256: &str, epoch: usize) -> HashMap<String, String> {
    [
        ("hidden", settings.hidden.to_string()),
        ("epochs", epoch.to_string()),
        ("learning_rate", settings.learning_rate.to_string()),
        ("init", settings.init.to_string()),
        ("seed", settings.seed.to_string()),
        ("engine", settings.engine.resolve().to_string()),
        ("rankone", build::VERSION.to_owned()),
        ("train_sha256", train_sha256.to_owned()),
    ]
    .map(|(key, value)| (key.to_owned(), value))
    .into()
}
