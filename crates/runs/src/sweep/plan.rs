//! What a sweep is: `sweep.json`.

use super::part::Part;
use super::record::TrialRecord;
use super::trial::Trial;
use rankone::{ARITHMETIC, Checksums, DataError, Error, Result, atomic_file};
use serde::{Deserialize, Serialize};
use std::fs;
use std::io;
use std::path::Path;

/// The file's name.
pub(super) const PLAN: &str = "sweep.json";

/// All that a sweep is to train, in [order](Trial::place), each once.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub struct SweepPlan {
    /// Which [arithmetic](ARITHMETIC) computes it.
    pub arithmetic: u32,
    /// The data: in each precision, and of each turn where parts of the examples take turns.
    pub data: Vec<Checksums>,
    /// What is to be trained.
    pub trials: Vec<Trial>,
}

impl SweepPlan {
    /// The plan of these `trials` on `data`.
    pub fn new(mut trials: Vec<Trial>, data: Vec<Checksums>) -> Self {
        trials.sort_by_cached_key(Trial::place);
        trials.dedup();
        Self { arithmetic: ARITHMETIC, data, trials }
    }

    /// The trials of a part: dealt out in order, each to the part that has least to do. No part
    /// needs to ask another.
    pub fn part(&self, Part { number, of }: Part) -> Vec<Trial> {
        let mut costs = vec![0u64; of];
        let mut is_ours = |trial: &&Trial| {
            let least = (0..of).min_by_key(|&part| costs[part]).expect("at least one part");
            costs[least] = costs[least].saturating_add(trial.cost());
            least + 1 == number
        };
        self.trials.iter().filter(|trial| is_ours(trial)).cloned().collect()
    }

    /// Whether a record is of these data and this arithmetic.
    pub fn fits(&self, record: &TrialRecord) -> bool {
        record.arithmetic == self.arithmetic && self.data.contains(&record.data)
    }

    /// The plan of this and of what was planned `before`.
    ///
    /// # Errors
    /// [`Error::Mismatch`] where that is of other data, or of another arithmetic.
    pub fn with(&self, before: Option<Self>, folder: &Path) -> Result<Self> {
        let mut all = before.unwrap_or_else(|| Self::new(Vec::new(), self.data.clone()));
        if all.arithmetic != self.arithmetic
            || !all.data.iter().any(|sums| self.data.contains(sums))
        {
            return Err(Error::Mismatch {
                what: "sweep",
                found: format!(
                    "one of other data, or of another arithmetic, in {}",
                    folder.display()
                ),
                expected: "the same, or another folder".into(),
            });
        }
        all.trials.extend(self.trials.iter().cloned());
        for sums in &self.data {
            if !all.data.contains(sums) {
                all.data.push(sums.clone());
            }
        }
        Ok(Self::new(all.trials, all.data))
    }

    /// Whether there is one in `folder`.
    pub fn is_in(folder: &Path) -> bool {
        folder.join(PLAN).exists()
    }

    /// The plan in `folder`, if there is one.
    ///
    /// # Errors
    /// [`Error::Io`] where it cannot be read, [`Error::Data`] where it is none.
    pub fn read(folder: &Path) -> Result<Option<Self>> {
        let path = folder.join(PLAN);
        let text = match fs::read(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            text => text.map_err(Error::io(&path))?,
        };
        let plan: Self = serde_json::from_slice(&text).map_err(|error| {
            DataError::new(&path, None, error.to_string(), "what rankone sweep wrote")
        })?;
        let trials = plan.trials.into_iter().map(Trial::restored).collect();
        Ok(Some(Self { trials, ..plan }))
    }

    /// Writes it to `folder`.
    ///
    /// # Errors
    /// [`Error::Io`] where it cannot be written.
    pub fn write(&self, folder: &Path) -> Result<()> {
        let text = serde_json::to_string(self).expect("numbers and names");
        let text = text.replace("},{", "},\n{") + "\n";
        atomic_file::write(&folder.join(PLAN), |out| out.write_all(text.as_bytes()))
    }
}
