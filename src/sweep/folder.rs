//! The folder of a sweep: its plan, its results line by line, models, and the states of networks on their way.

use super::plan::{Part, Plan};
use super::record::Record;
use super::summary;
use super::trial::Trial;
use crate::error::{Error, Result};
use crate::lock::Lock;
use crate::named::named;
use crate::whole_file::{self, Lines};
use serde::{Deserialize, Serialize};
use std::collections::{HashMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Folders in it.
const MODELS: &str = "models";
const STATES: &str = "states";
/// The rows of `summary.csv`.
pub(super) const SUMMARY: &str = "summary.csv";

/// Which models are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Models {
    /// Every network's.
    All,
    /// For each setting that of the best over its seeds.
    Best,
    /// None.
    None,
}

named!(Models);

/// The folder of a sweep, locked, as far as it is one part's to write to.
#[derive(Debug)]
pub struct SweepFolder {
    path: PathBuf,
    part: Option<Part>,
    models: Models,
    lock: Lock,
    results: Lines,
    synced: Instant,
    /// Of all that is finished on the plan's data, whoever did it; without their histories.
    records: Vec<Record>,
    /// Their trials' keys.
    keys: HashSet<String>,
    /// The best of each setting, by its key.
    best: HashMap<String, Record>,
}

/// The name of a part's results, or of all.
pub(super) fn results_name(part: Option<Part>) -> String {
    format!("results{}.jsonl", Part::suffix(part))
}

/// The files of results in `folder`: that of all first, then those of the parts.
///
/// # Errors
/// [`Error::Io`] where the folder cannot be read.
pub(super) fn results_files(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder).map_err(Error::io(folder))?;
    let is_results = |name: &str| name.starts_with("results.") && name.ends_with(".jsonl");
    let names = entries.flatten().filter_map(|entry| entry.file_name().into_string().ok());
    let mut names: Vec<_> = names.filter(|name| is_results(name)).collect();
    let whole = results_name(None);
    names.sort_by_key(|name| (*name != whole, name.clone()));
    Ok(names.into_iter().map(|name| folder.join(name)).collect())
}

/// The records of all results in `folder` that are on the data of `plan`, each trial's once, in order: of each what `take` takes.
fn records(folder: &Path, plan: &Plan, take: fn(Record) -> Record) -> Result<Vec<Record>> {
    let mut records = Vec::new();
    for path in results_files(folder)? {
        records.extend(Record::read_all(&path)?.into_iter().map(|(record, _)| take(record)));
    }
    records.retain(|record| plan.fits(record));
    records.sort_by(|a, b| a.settings.order(&b.settings));
    records.dedup_by(|a, b| a.settings == b.settings);
    Ok(records)
}

/// The records of the sweep in `folder`, in order.
///
/// # Errors
/// [`Error::Io`] where there is no sweep, or a file cannot be read; [`Error::Data`] where a line is no record.
pub fn read_results(folder: &Path) -> Result<Vec<Record>> {
    let plan = Plan::read(folder)?.ok_or_else(|| no_sweep(folder))?;
    records(folder, &plan, |record| record)
}

/// The error that a folder is none of a sweep.
pub(super) fn no_sweep(folder: &Path) -> Error {
    let reason = std::io::Error::other("no sweep.json: not the folder of a sweep");
    Error::io(folder)(reason)
}

impl SweepFolder {
    /// The folder for the `plan`, or a part of it, made where there is none: with what was finished there before; of what
    /// diverged, only where that is not to be tried again.
    ///
    /// # Errors
    /// [`Error::Io`] where another process writes there, which it names, or nobody can; [`Error::Data`] where a line of
    /// results is none; [`Error::Mismatch`] where it holds a sweep of other data.
    pub fn open(
        path: &Path,
        plan: &Plan,
        part: Option<Part>,
        models: Models,
        retry: bool,
    ) -> Result<Self> {
        whole_file::create_folder(path)?;
        let lock = Lock::of(path, &Part::suffix(part))?;
        let own = path.join(results_name(part));
        whole_file::prepare(&own)?;
        for folder in [MODELS, STATES] {
            whole_file::remove_leftovers(&path.join(folder));
        }
        let before = Plan::read(path)?;
        let all = plan.with(before, path)?;
        let records = Self::finished(path, &all, retry)?;
        let is_wanted = |record: &Record| !retry || record.diverged.is_none();
        let mut lines = Record::read_all(&own)?;
        if part.is_none() {
            // The whole has what parts have done.
            for file in results_files(path)?.into_iter().filter(|file| *file != own) {
                let known: HashSet<_> =
                    lines.iter().map(|(record, _)| record.settings.key()).collect();
                let new = Record::read_all(&file)?.into_iter();
                lines.extend(new.filter(|(record, _)| !known.contains(&record.settings.key())));
            }
        }
        let lines = lines.into_iter().filter(|(record, _)| is_wanted(record)).map(|(_, line)| line);
        let lines: String = lines.collect();
        all.write(path)?;
        // Of a sweep that was killed when a network had just come to its end.
        let names = records.iter().map(|record| record.settings.name() + ".safetensors");
        let names: HashSet<_> = names.collect();
        for state in fs::read_dir(path.join(STATES)).into_iter().flatten().flatten() {
            if names.contains(&*state.file_name().to_string_lossy()) {
                whole_file::remove(&state.path())?;
            }
        }
        let keys = records.iter().map(|record| record.settings.key()).collect();
        let mut best = HashMap::<String, Record>::new();
        for record in records.iter().filter(|record| record.result.is_some()) {
            let of_setting = best.entry(record.settings.setting().key());
            let of_setting = of_setting.or_insert_with(|| record.clone());
            if record.is_better(of_setting) {
                of_setting.clone_from(record);
            }
        }
        let results = Lines::start(&own, lines.as_bytes())?;
        let (path, synced) = (path.to_owned(), Instant::now());
        Ok(Self { path, part, models, lock, results, synced, records, keys, best })
    }

    /// What was finished in `folder` on the data of a plan; of what diverged, only where that is not to be tried again.
    ///
    /// # Errors
    /// Those of [`read_results`], but that there need be no plan.
    pub fn finished(folder: &Path, plan: &Plan, retry: bool) -> Result<Vec<Record>> {
        let mut records = records(folder, plan, Record::without_history)?;
        records.retain(|record| !retry || record.diverged.is_none());
        Ok(records)
    }

    /// Why nothing keeps another process out of the folder, where that is so.
    pub fn trouble(&self) -> Option<&str> {
        self.lock.trouble.as_deref()
    }

    /// The best of what is finished.
    pub fn best(&self) -> Option<&Record> {
        summary::best_of(self.best.values())
    }

    /// Whether a trial is finished.
    pub fn has(&self, trial: &Trial) -> bool {
        self.keys.contains(&trial.key())
    }

    /// Where the state of a network is kept that is on its way.
    pub(super) fn state(&self, trial: &Trial) -> PathBuf {
        self.path.join(STATES).join(trial.name() + ".safetensors")
    }

    /// Adds what a trial came to, and its model's bytes, if it has any, where they are to be kept.
    ///
    /// # Errors
    /// [`Error::Io`] where they cannot be written.
    pub(super) fn add(&mut self, mut record: Record, model: Option<Vec<u8>>) -> Result<()> {
        let setting = record.settings.setting().key();
        let before = self.best.get(&setting);
        let is_best = record.result.is_some() && before.is_none_or(|best| record.is_better(best));
        let is_kept = self.models == Models::All || self.models == Models::Best && is_best;
        if let Some(model) = model.filter(|_| is_kept) {
            whole_file::create_folder(&self.path.join(MODELS))?;
            let name = model_name(&record.settings);
            whole_file::write(&self.path.join(&name), |out| out.write_all(&model))?;
            record.model = (self.models == Models::All).then_some(name);
        }
        self.results.append(record.line().as_bytes())?;
        let state = self.state(&record.settings);
        let has_state = state.exists();
        if has_state || self.synced.elapsed() > Duration::from_secs(1) {
            self.results.sync()?;
            self.synced = Instant::now();
        }
        if has_state {
            whole_file::remove(&state)?;
        }
        // Only now: whoever is killed before has a model too many, and none too few.
        if let Some(before) = before.filter(|_| is_best && is_kept) {
            before.remove_model(&self.path)?;
        }
        self.keys.insert(record.settings.key());
        let record = record.without_history();
        if is_best {
            self.best.insert(setting, record.clone());
        }
        self.records.push(record);
        Ok(())
    }

    /// Puts the results in order; and writes the summary, where they are no part's.
    ///
    /// # Errors
    /// [`Error::Io`] where they cannot be written.
    pub fn finish(mut self) -> Result<Vec<Record>> {
        self.results.sync()?;
        let own = self.path.join(results_name(self.part));
        let mut records = Record::read_all(&own)?;
        let is_in_order =
            records.is_sorted_by(|(a, _), (b, _)| a.settings.order(&b.settings).is_le());
        if !is_in_order {
            records.sort_by(|(a, _), (b, _)| a.settings.order(&b.settings));
            whole_file::write(&own, |out| {
                records.iter().try_for_each(|(_, line)| out.write_all(line.as_bytes()))
            })?;
        }
        self.records.sort_by(|a, b| a.settings.order(&b.settings));
        if self.part.is_none() {
            // Empty, where none is on its way; parts may be about to write there.
            let _ = fs::remove_dir(self.path.join(STATES));
            if self.models == Models::Best {
                remove_losers(&self.path, &self.records)?;
            }
            summary::write(&self.path, &self.records)?;
        }
        Ok(self.records)
    }
}

/// Removes the models that were kept for settings whose best another network is; of records in order.
///
/// # Errors
/// [`Error::Io`] where one cannot be removed.
pub(super) fn remove_losers(folder: &Path, records: &[Record]) -> Result<()> {
    for (_, of_setting) in summary::by_setting(records) {
        let Some(best) = summary::best_of(of_setting.iter()) else { continue };
        let losers = of_setting.iter().filter(|record| record.settings != best.settings);
        losers.into_iter().try_for_each(|record| record.remove_model(folder))?;
    }
    Ok(())
}

/// The path of a trial's model in the folder.
pub(super) fn model_name(trial: &Trial) -> String {
    format!("{MODELS}/{}.safetensors", trial.name())
}
