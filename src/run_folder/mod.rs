//! What a run leaves behind: the folder of `--out`, file by file.

mod history;
mod metrics;
mod profile;
mod run;

pub use history::Columns;
pub use metrics::{write as write_metrics, write_labels};
pub use profile::{Profile, trace};
pub use run::{Run, Source, Summary};

use crate::dataset::Schema;
use crate::error::{Error, Result};
use crate::figure;
use crate::number::Number;
use crate::training::{Epoch, Evaluation, Outcome};
use crate::{model_file, whole_file};
use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// What is written to the folder as the training goes.
const HISTORY: &str = "history.csv";

/// What is written to it at the end, in the order of [`RunFolder::write`].
const FILES: [&str; 6] = [
    "metrics.txt",
    "train.labels",
    "validation.labels",
    "curve.svg",
    "model.safetensors",
    "run.json",
];

/// The folder that a training writes to.
#[derive(Debug)]
pub struct RunFolder {
    path: PathBuf,
    columns: Columns,
    /// Whole lines, as far as the training has come.
    history: File,
}

impl RunFolder {
    /// Makes the folder, and in it the history's first line, of the columns that there are.
    ///
    /// # Errors
    /// [`Error::Io`] where that cannot be written.
    pub fn create(path: &Path, columns: Columns) -> Result<Self> {
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
        let header = columns.header();
        let history = whole_file::start(&path.join(HISTORY), header.as_bytes())?;
        Ok(Self { path: path.to_owned(), columns, history })
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Adds an epoch over `examples` examples to the history with a single write, so that the file always
    /// ends with a whole line.
    ///
    /// # Errors
    /// [`Error::Io`] where it cannot be written.
    pub fn append(&self, epoch: &Epoch, examples: usize) -> Result<()> {
        let written = (&self.history).write_all(self.columns.line(epoch, examples).as_bytes());
        written.map_err(Error::io(&self.path.join(HISTORY)))
    }

    /// Writes everything but the history.
    ///
    /// # Errors
    /// [`Error::Io`] where a file cannot be written, [`Error::Drawing`] where the curve cannot be drawn.
    pub fn write<T: Number>(&self, outcome: &Outcome<T>, schema: &Schema, run: &Run) -> Result<()> {
        let write_labels = |path: &Path, evaluation: &Evaluation| {
            let (labels, classes) = (&evaluation.predictions, &schema.classes);
            whole_file::write(path, |out| metrics::write_labels(labels, classes, out))
        };
        let paths = FILES.map(|name| self.path.join(name));
        let [metrics, train_labels, validation_labels, curve, model, run_json] = &paths;
        whole_file::write(metrics, |out| write_metrics(outcome, out))?;
        write_labels(train_labels, &outcome.train)?;
        if let Some(validation) = &outcome.validation {
            write_labels(validation_labels, validation)?;
        }
        let picture = figure::curve(&outcome.history)?;
        whole_file::write(curve, |out| out.write_all(picture.as_bytes()))?;
        model_file::write(model, &outcome.network, schema, metadata(run))?;
        whole_file::write(run_json, |out| {
            serde_json::to_writer_pretty(&mut *out, run)?;
            writeln!(out)
        })
    }
}

/// What the model file says of its origin.
fn metadata(run: &Run) -> HashMap<String, String> {
    let settings = &run.settings;
    [
        ("hidden", settings.hidden.to_string()),
        ("epochs", run.result.epochs.to_string()),
        ("learning_rate", settings.learning_rate.to_string()),
        ("init", settings.init.to_string()),
        ("seed", settings.seed.to_string()),
        ("engine", run.engine.to_string()),
        ("rankone", run.environment.rankone.to_owned()),
        ("train_sha256", run.train.sha256.clone()),
    ]
    .map(|(key, value)| (key.to_owned(), value))
    .into()
}
