//! The folder of a sweep: its plan, its results line by line, models, and the states of networks on
//! their way.

use super::part::Part;
use super::plan::{PLAN, SweepPlan};
use super::record::TrialRecord;
use super::summary;
use super::trial::{MODELS, Trial};
use crate::lock::Lock;
use rankone::atomic_file::{self, LineFile};
use rankone::{Error, Result};
use serde::{Deserialize, Serialize};
use std::collections::{HashMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// The folder in it of the states of networks on their way.
const STATES: &str = "states";

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

/// The folder of a sweep, locked, as far as it is one part's to write to.
#[derive(Debug)]
pub struct SweepFolder {
    path: PathBuf,
    part: Option<Part>,
    models: Models,
    lock: Lock,
    results: LineFile,
    synced: Instant,
    /// Of all that is finished on the plan's data, whoever did it; without their histories.
    records: Vec<TrialRecord>,
    /// Their trials' keys.
    keys: HashSet<String>,
    /// The best of each setting, by its key.
    best: HashMap<String, TrialRecord>,
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

/// The records of all results in `folder` that are on the data of `plan`, each trial's once, in
/// order: of each what `take` takes.
fn records(
    folder: &Path,
    plan: &SweepPlan,
    take: fn(TrialRecord) -> TrialRecord,
) -> Result<Vec<TrialRecord>> {
    let mut records = Vec::new();
    for path in results_files(folder)? {
        records.extend(TrialRecord::read_all(&path)?.into_iter().map(|(record, _)| take(record)));
    }
    Ok(once(records, plan))
}

/// Those records that are on the data of `plan`, each trial's once, in order.
fn once(mut records: Vec<TrialRecord>, plan: &SweepPlan) -> Vec<TrialRecord> {
    records.retain(|record| plan.fits(record));
    records.sort_by_cached_key(|record| record.settings.place());
    records.dedup_by(|a, b| a.settings == b.settings);
    records
}

/// The records of the sweep in `folder`, in order.
///
/// # Errors
/// [`Error::Io`] where there is no sweep, or a file cannot be read; [`Error::Data`] where a line is
/// no record.
pub fn read_results(folder: &Path) -> Result<Vec<TrialRecord>> {
    let plan = SweepPlan::read(folder)?.ok_or_else(|| no_sweep(folder))?;
    records(folder, &plan, |record| record)
}

/// The error that a folder is none of a sweep.
pub(super) fn no_sweep(folder: &Path) -> Error {
    let reason = std::io::Error::other(format!("no {PLAN}: not the folder of a sweep"));
    Error::io(folder)(reason)
}

impl SweepFolder {
    /// The folder for the `plan`, or a part of it, made where there is none: with what was finished
    /// there before; of what diverged, only where that is not to be tried again.
    ///
    /// # Errors
    /// [`Error::Io`] where another process writes there, which it names, or nobody can;
    /// [`Error::Data`] where a line of results is none; [`Error::Mismatch`] where it holds a sweep
    /// of other data.
    pub fn open(
        path: &Path,
        plan: &SweepPlan,
        part: Option<Part>,
        models: Models,
        retry: bool,
    ) -> Result<Self> {
        atomic_file::create_folder(path)?;
        let lock = Lock::of(path, &Part::suffix(part))?;
        let own = path.join(results_name(part));
        atomic_file::prepare(&own)?;
        for folder in [MODELS, STATES] {
            atomic_file::remove_leftovers(&path.join(folder));
        }
        let before = SweepPlan::read(path)?;
        let all = plan.with(before, path)?;
        let (mut records, mut lines, mut known) = (Vec::new(), String::new(), HashSet::new());
        for file in results_files(path)? {
            for (record, line) in TrialRecord::read_all(&file)? {
                if retry && record.diverged.is_some() {
                    continue;
                }
                // The whole has what parts have done, too; its own file comes first.
                if (part.is_none() || file == own) && known.insert(record.settings.key()) {
                    lines += &line;
                }
                records.push(record.without_history());
            }
        }
        let records = once(records, &all);
        all.write(path)?;
        // Of a sweep that was killed when a network had just come to its end.
        let names = records.iter().map(|record| record.settings.name() + ".safetensors");
        let names: HashSet<_> = names.collect();
        for state in fs::read_dir(path.join(STATES)).into_iter().flatten().flatten() {
            if names.contains(&*state.file_name().to_string_lossy()) {
                atomic_file::remove(&state.path())?;
            }
        }
        let results = LineFile::start(&own, lines.as_bytes())?;
        let mut folder = Self {
            path: path.to_owned(),
            part,
            models,
            lock,
            results,
            synced: Instant::now(),
            records: Vec::new(),
            keys: HashSet::new(),
            best: HashMap::new(),
        };
        records.into_iter().for_each(|record| drop(folder.take_in(record)));
        Ok(folder)
    }

    /// Whether it is the best of its setting so far.
    fn is_best(&self, record: &TrialRecord) -> bool {
        let best = self.best.get(&record.settings.setting().key());
        record.result.is_some() && best.is_none_or(|best| record.is_better(best))
    }

    /// Counts a record among those that are finished; gives the best of its setting before, if it
    /// is better.
    fn take_in(&mut self, record: TrialRecord) -> Option<TrialRecord> {
        self.keys.insert(record.settings.key());
        let setting = record.settings.setting().key();
        let before = self.is_best(&record).then(|| self.best.insert(setting, record.clone()));
        self.records.push(record);
        before.flatten()
    }

    /// What was finished in `folder` on the data of a plan; of what diverged, only where that is
    /// not to be tried again.
    ///
    /// # Errors
    /// Those of [`read_results`], but that there need be no plan.
    pub fn finished(folder: &Path, plan: &SweepPlan, retry: bool) -> Result<Vec<TrialRecord>> {
        let mut records = records(folder, plan, TrialRecord::without_history)?;
        records.retain(|record| !retry || record.diverged.is_none());
        Ok(records)
    }

    /// Why nothing keeps another process out of the folder, where that is so.
    pub fn trouble(&self) -> Option<&str> {
        self.lock.trouble.as_deref()
    }

    /// The best of what is finished.
    pub fn best(&self) -> Option<&TrialRecord> {
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
    pub(super) fn add(&mut self, mut record: TrialRecord, model: Option<Vec<u8>>) -> Result<()> {
        let is_best = self.is_best(&record);
        let is_kept = self.models == Models::All || self.models == Models::Best && is_best;
        if let Some(model) = model.filter(|_| is_kept) {
            atomic_file::create_folder(&self.path.join(MODELS))?;
            let name = record.settings.model_name();
            atomic_file::write(&self.path.join(&name), |out| out.write_all(&model))?;
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
            atomic_file::remove(&state)?;
        }
        // Only now: whoever is killed before has a model too many, and none too few.
        match self.take_in(record.without_history()).filter(|_| is_kept) {
            Some(before) => before.remove_model(&self.path),
            None => Ok(()),
        }
    }

    /// Puts the results in order; and writes the summary, where they are no part's.
    ///
    /// # Errors
    /// [`Error::Io`] where they cannot be written.
    pub fn finish(mut self) -> Result<Vec<TrialRecord>> {
        self.results.sync()?;
        let own = self.path.join(results_name(self.part));
        let mut records = TrialRecord::read_all(&own)?;
        if !records.is_sorted_by_key(|(record, _)| record.settings.place()) {
            records.sort_by_cached_key(|(record, _)| record.settings.place());
            atomic_file::write(&own, |out| {
                records.iter().try_for_each(|(_, line)| out.write_all(line.as_bytes()))
            })?;
        }
        self.records.sort_by_cached_key(|record| record.settings.place());
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

/// Removes the models that were kept for settings whose best another network is; of records in
/// order.
///
/// # Errors
/// [`Error::Io`] where one cannot be removed.
pub(super) fn remove_losers(folder: &Path, records: &[TrialRecord]) -> Result<()> {
    for (_, of_setting) in summary::by_setting(records) {
        let Some(best) = summary::best_of(of_setting.iter()) else { continue };
        let losers = of_setting.iter().filter(|record| record.settings != best.settings);
        losers.into_iter().try_for_each(|record| record.remove_model(folder))?;
    }
    Ok(())
}
