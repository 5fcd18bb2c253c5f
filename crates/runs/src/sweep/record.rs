//! What a trial came to: one line of `results.jsonl`.

use super::trial::Trial;
use crate::run::Results;
use rankone::{ARITHMETIC, Checksums, DataError, Epoch, Error, Result, atomic_file, best_epoch};
use serde::{Deserialize, Serialize};
use std::fs;
use std::io::{self, BufRead, BufReader};
use std::path::Path;

/// What a trial came to. Times stand under keys that end in `_seconds`, and nowhere else.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct TrialRecord {
    /// What it was.
    pub settings: Trial,
    /// Checksums of its data.
    pub data: Checksums,
    /// Which [arithmetic](ARITHMETIC) computed it.
    pub arithmetic: u32,
    /// What came of it; nothing, where its loss left the finite numbers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub result: Option<Results>,
    /// Why there is nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub diverged: Option<String>,
    /// Its cross-entropies, epoch by epoch.
    pub history: LossHistory,
    /// Its model, if every one is kept: a path that begins in the sweep's folder.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// Time of its training as a whole; where it was gone on with, since then.
    pub total_seconds: f64,
    /// Time of its updates.
    pub sgd_seconds: f64,
    /// Time of its mean cross-entropies.
    pub evaluation_seconds: f64,
}

/// The cross-entropies of both sets.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct LossHistory {
    /// Of the training set.
    pub train_cross_entropy: Losses,
    /// Of the validation set, if there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub validation_cross_entropy: Option<Losses>,
}

/// Cross-entropies over the epochs.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Losses {
    /// Of each epoch.
    All(Vec<f64>),
    /// Of three of them, the best being that of the best epoch.
    Brief {
        /// The first.
        first: f64,
        /// The best by the validation set, or by the training set where that is all.
        best: f64,
        /// The last.
        last: f64,
    },
}

impl Losses {
    /// Those of all epochs, if there are any, or of three.
    fn of(losses: Vec<f64>, best: usize, is_brief: bool) -> Self {
        match (is_brief, &losses[..]) {
            (true, &[first, .., last]) => Self::Brief { first, best: losses[best], last },
            (true, &[only]) => Self::Brief { first: only, best: only, last: only },
            _ => Self::All(losses),
        }
    }
}

impl LossHistory {
    /// That of these epochs.
    fn of(epochs: &[Epoch], is_brief: bool) -> Self {
        let train: Vec<_> = epochs.iter().map(|epoch| epoch.train_cross_entropy).collect();
        let validation: Option<Vec<_>> =
            epochs.iter().map(|epoch| epoch.validation_cross_entropy).collect();
        let least = (0..train.len()).min_by(|&a, &b| train[a].total_cmp(&train[b]));
        let best = best_epoch(epochs).map(|best| best.epoch - 1).or(least).unwrap_or(0);
        Self {
            train_cross_entropy: Losses::of(train, best, is_brief),
            validation_cross_entropy: validation
                .filter(|losses| !losses.is_empty())
                .map(|losses| Losses::of(losses, best, is_brief)),
        }
    }
}

impl TrialRecord {
    /// Of a trial on `data` that went through these `epochs` in `seconds`, to a result or the
    /// reason why there is none.
    pub fn new(
        settings: &Trial,
        data: &Checksums,
        epochs: &[Epoch],
        is_brief: bool,
        result: Result<Results, String>,
        seconds: f64,
    ) -> Self {
        let (diverged, result) = (result.as_ref().err().cloned(), result.ok());
        Self {
            settings: settings.clone(),
            data: data.clone(),
            arithmetic: ARITHMETIC,
            result,
            diverged,
            history: LossHistory::of(epochs, is_brief),
            model: None,
            total_seconds: seconds,
            sgd_seconds: epochs.iter().map(|epoch| epoch.sgd_seconds).sum(),
            evaluation_seconds: epochs.iter().map(|epoch| epoch.evaluation_seconds).sum(),
        }
    }

    /// By what networks of one setting are better or worse: the [loss](Results::loss) of its
    /// results, infinite where it diverged.
    pub fn loss(&self) -> f64 {
        self.result.map_or(f64::INFINITY, |result| result.loss())
    }

    /// The line, with its end.
    pub fn line(&self) -> String {
        serde_json::to_string(self).expect("finite numbers and names") + "\n"
    }

    /// It, but for its losses over the epochs: of many, they would fill the memory.
    pub fn without_history(self) -> Self {
        Self { history: LossHistory::of(&[], false), ..self }
    }

    /// Removes the model that was kept for its setting's best, in `folder`: another one is.
    ///
    /// # Errors
    /// [`Error::Io`] where it cannot be removed.
    pub fn remove_model(&self, folder: &Path) -> Result<()> {
        match self.model {
            // It is kept for its own sake.
            Some(_) => Ok(()),
            None => atomic_file::remove(&folder.join(self.settings.model_name())),
        }
    }

    /// Whether its network is better than another one's of its setting: by [`loss`](Self::loss), of
    /// equals the first.
    pub fn is_better(&self, other: &Self) -> bool {
        let order = self.loss().total_cmp(&other.loss());
        order.then_with(|| self.settings.place().cmp(&other.settings.place())).is_lt()
    }

    /// The records in a file of them, each with its line; what a writer that was killed left of its
    /// last line is none.
    ///
    /// # Errors
    /// [`Error::Io`] where it cannot be read, [`Error::Data`] where a line is no record.
    pub fn read_all(path: &Path) -> Result<Vec<(Self, String)>> {
        let file = fs::File::open(path);
        let mut reader = match file {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            file => BufReader::new(file.map_err(Error::io(path))?),
        };
        let mut records = Vec::new();
        loop {
            let mut line = String::new();
            reader.read_line(&mut line).map_err(Error::io(path))?;
            if !line.ends_with('\n') {
                return Ok(records);
            }
            let record: Self = serde_json::from_str(&line).map_err(|error| {
                let number = Some(records.len() as u64 + 1);
                DataError::new(path, number, error.to_string(), "a line that rankone sweep wrote")
            })?;
            records.push((Self { settings: record.settings.restored(), ..record }, line));
        }
    }
}
