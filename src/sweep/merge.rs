//! The parts of a sweep, put together.

use super::folder::{MODELS, model_name, no_sweep, results_files, results_name};
use super::plan::Plan;
use super::record::Record;
use super::summary;
use super::trial::Trial;
use crate::error::{DataError, Error, Result};
use crate::lock::Lock;
use crate::whole_file;
use std::collections::{BTreeMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};

/// What the parts of a sweep came to.
#[derive(Debug)]
pub struct Merged {
    /// In order.
    pub records: Vec<Record>,
    /// What nobody has finished yet, in order.
    pub missing: Vec<Trial>,
}

/// Makes `results.jsonl` and `summary.csv` of all results in `folder`, and chooses each setting's best model.
///
/// # Errors
/// [`Error::Io`] where there is no sweep, or something cannot be read or written; [`Error::Data`] where a line is no
/// record, or none of this sweep, or another than that of the same network elsewhere.
pub fn merge(folder: &Path) -> Result<Merged> {
    let plan = Plan::read(folder)?.ok_or_else(|| no_sweep(folder))?;
    let _lock = Lock::of(folder, "")?;
    let planned: HashSet<_> = plan.trials.iter().map(Trial::key).collect();
    // By key: the record, its line, and the part that has it.
    let mut found = BTreeMap::<String, (Record, String, PathBuf)>::new();
    for path in results_files(folder)? {
        for (number, (record, line)) in (1..).zip(Record::read_all(&path)?) {
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
                Some((before, ..)) if before.result == record.result => {}
                Some(_) => return fault("another result", "that of the same network elsewhere"),
                None => drop(found.insert(key, (record, line, path.clone()))),
            }
        }
    }
    let missing = plan.trials.into_iter().filter(|trial| !found.contains_key(&trial.key()));
    let missing = missing.collect();
    let mut found: Vec<_> = found.into_values().collect();
    found.sort_by(|(a, ..), (b, ..)| a.settings.order(&b.settings));
    whole_file::write(&folder.join(results_name(None)), |out| {
        found.iter().try_for_each(|(_, line, _)| out.write_all(line.as_bytes()))
    })?;
    for group in found.chunk_by(|(a, ..), (b, ..)| a.settings.setting() == b.settings.setting()) {
        choose_model(folder, group)?;
    }
    let records: Vec<_> = found.into_iter().map(|(record, ..)| record.without_history()).collect();
    summary::write(folder, &records)?;
    Ok(Merged { records, missing })
}

/// Of the models that parts kept of one setting, keeps the best one's.
fn choose_model(folder: &Path, group: &[(Record, String, PathBuf)]) -> Result<()> {
    let Some(best) = summary::best_of(group.iter().map(|(record, ..)| record)) else {
        return Ok(());
    };
    let of_part = |path: &Path| {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let suffix = name.trim_start_matches("results").trim_end_matches(".jsonl").to_owned();
        let model = model_name(&best.settings, None);
        folder.join(MODELS).join(model.replace(".safetensors", &format!("{suffix}.safetensors")))
    };
    let whole = of_part(Path::new(&results_name(None)));
    let (_, _, part_of_best) = group
        .iter()
        .find(|(record, ..)| record.settings == best.settings)
        .expect("it is one of them");
    for (_, _, path) in group {
        let model = of_part(path);
        if model == whole || !model.exists() {
            continue;
        }
        if path == part_of_best {
            let bytes = fs::read(&model).map_err(Error::io(&model))?;
            whole_file::write(&whole, |out| out.write_all(&bytes))?;
        }
        whole_file::remove(&model)?;
    }
    Ok(())
}
