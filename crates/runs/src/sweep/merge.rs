//! The parts of a sweep, put together.

use super::folder::{no_sweep, remove_losers, results_files, results_name};
use super::plan::SweepPlan;
use super::record::TrialRecord;
use super::summary;
use super::trial::Trial;
use crate::lock::Lock;
use rankone::{DataError, Error, Result, atomic_file};
use std::collections::{BTreeMap, HashSet};
use std::path::Path;

/// What the parts of a sweep came to.
#[derive(Debug)]
pub struct Merged {
    /// In order.
    pub records: Vec<TrialRecord>,
    /// What nobody has finished yet, in order.
    pub missing: Vec<Trial>,
}

/// Makes `results.jsonl` and `summary.csv` of all results in `folder`, and keeps each setting's
/// best model.
///
/// # Errors
/// [`Error::Io`] where there is no sweep, or something cannot be read or written; [`Error::Data`]
/// where a line is no record, or none of this sweep, or another than that of the same network
/// elsewhere.
pub fn merge(folder: &Path) -> Result<Merged> {
    let plan = SweepPlan::read(folder)?.ok_or_else(|| no_sweep(folder))?;
    let _lock = Lock::of(folder, "")?;
    let planned: HashSet<_> = plan.trials.iter().map(Trial::key).collect();
    // By key.
    let mut found = BTreeMap::<String, (TrialRecord, String)>::new();
    for path in results_files(folder)? {
        for (number, (record, line)) in (1..).zip(TrialRecord::read_all(&path)?) {
            let fault = |found: &str, expected: &str| {
                Err(Error::from(DataError::new(&path, Some(number), found, expected)))
            };
            if record.arithmetic != plan.arithmetic {
                return fault("results of another arithmetic", "that of sweep.json");
            }
            if !plan.fits(&record) {
                return fault("results of other data", "those of sweep.json");
            }
            let key = record.settings.key();
            if !planned.contains(&key) {
                return fault("other settings", "those of sweep.json");
            }
            match found.get(&key) {
                Some((before, _)) if before.result == record.result => {}
                Some(_) => return fault("another result", "that of the same network elsewhere"),
                None => drop(found.insert(key, (record.without_history(), line))),
            }
        }
    }
    let missing = plan.trials.into_iter().filter(|trial| !found.contains_key(&trial.key()));
    let missing = missing.collect();
    let mut found: Vec<_> = found.into_values().collect();
    found.sort_by_cached_key(|(record, _)| record.settings.place());
    atomic_file::write(&folder.join(results_name(None)), |out| {
        found.iter().try_for_each(|(_, line)| out.write_all(line.as_bytes()))
    })?;
    let records: Vec<_> = found.into_iter().map(|(record, _)| record).collect();
    remove_losers(folder, &records)?;
    summary::write(folder, &records)?;
    Ok(Merged { records, missing })
}
