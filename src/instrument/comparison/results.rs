//! What has been measured, read from files again.
//!
//! A file holds lines of `rankone bench --json`, each with its `"provider"` and `"turn"` where scripts/compare-backends
//! wrote it. A folder of several providers also has `environment.json`: `{"environments": {label: {"cpu": {"model",
//! ...}, ...}}, "absent": [{"provider", "reason"}], "peak_gflops": {"f64", "f32"}}`. A run's `run.json` is one object.

use crate::engine::EngineKind;
use crate::error::{DataError, Error, Result};
use crate::instrument::{Median, Peak, Record};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// All results of one contestant at one setting.
#[derive(Debug)]
pub struct Results {
    /// The label of the provider that it ran on, if it has one, or the engine that needs none.
    pub name: String,
    /// The first of its records.
    pub first: Record,
    /// The nanoseconds of each run, by provider and turn: by start of the program.
    starts: BTreeMap<(String, u64), Vec<f64>>,
    /// Why a record of it was wrong; a single one disqualifies.
    failed: Option<String>,
    /// Why a record of it could not run.
    not_run: Option<String>,
}

impl Results {
    fn of(record: &Record) -> Self {
        let engine = record.text("engine");
        let own = !engine.is_empty() && engine != EngineKind::Blas.to_string();
        let name = if own { engine } else { record.text("provider") }.to_owned();
        Self { name, first: record.clone(), starts: BTreeMap::new(), failed: None, not_run: None }
    }

    /// Adds a record of the start of this number, where it does not tell its turn.
    fn add(&mut self, record: &Record, start: u64) {
        let reason = || Some(record.text("reason").to_owned());
        match record.text("check") {
            "failed" => self.failed = reason(),
            "passed" => {
                let turn = record.field("turn").as_u64().unwrap_or(start);
                let runs =
                    self.starts.entry((record.text("provider").to_owned(), turn)).or_default();
                runs.extend(record.runs());
            }
            _ => self.not_run = reason(),
        }
    }

    /// What two results have in common that may be compared: name, what was timed, BLAS threads, and on what data.
    pub fn key(&self) -> (&str, String, usize, [usize; 3]) {
        let data = ["examples", "inputs", "classes"].map(|key| self.first.size(key));
        (&self.name, self.first.command(), self.first.size("blas_threads"), data)
    }

    /// The median of all runs, or why there is none.
    pub fn median(&self, seed: u64) -> std::result::Result<Median, String> {
        let starts: Vec<_> =
            self.starts.values().filter(|runs| !runs.is_empty()).cloned().collect();
        match (&self.failed, &self.not_run) {
            (Some(reason), _) => Err(format!("disqualified: {reason}")),
            (None, Some(reason)) if starts.is_empty() => Err(format!("not run: {reason}")),
            (None, _) if starts.is_empty() => Err("no time".into()),
            (None, _) => Ok(Median::of(&starts, seed)),
        }
    }
}

/// What is needed of `environment.json`.
#[derive(Debug, Deserialize)]
pub struct Backends {
    environments: BTreeMap<String, Value>,
    pub absent: Vec<Absent>,
    pub peak_gflops: Peak,
    #[serde(default)]
    pub warnings: Vec<String>,
}

impl Backends {
    /// Reads them from `folder`.
    pub fn read(folder: &Path) -> Result<Self> {
        let path = folder.join("environment.json");
        let text = fs::read_to_string(&path).map_err(Error::io(&path))?;
        let backends: Self = parse(&path, None, &text, "what compare-backends writes")?;
        let Peak { f64, f32 } = backends.peak_gflops;
        match [f64, f32].into_iter().find(|peak| !(1e-6..=1e18).contains(peak)) {
            Some(peak) => {
                Err(fault(&path, None, format!("a peak of {peak:?}"), "from 1e-6 to 1e18"))
            }
            None => Ok(backends),
        }
    }

    /// The processor: all ran on one machine.
    pub fn cpu(&self) -> Option<&str> {
        self.environments
            .values()
            .find_map(|environment| environment.pointer("/cpu/model")?.as_str())
    }
}

/// A provider that was not there.
#[derive(Debug, Deserialize)]
pub struct Absent {
    pub provider: String,
    pub reason: String,
}

/// Reads results from a file, or from the file of a folder that has them: at least one, all trainings on the same data.
pub fn read(path: &Path) -> Result<Vec<Results>> {
    let path = &match path.is_dir() {
        true if path.join("run.json").is_file() => path.join("run.json"),
        true => path.join("results.jsonl"),
        false => path.to_owned(),
    };
    let text = fs::read_to_string(path).map_err(Error::io(path))?;
    let run =
        serde_json::from_str(&text).ok().filter(|run: &Value| run.get("hyperparameters").is_some());
    let text = run.map_or(text, |run| line_of_run(&run).to_string());
    let mut all: Vec<Results> = Vec::new();
    let mut start = 0;
    let mut data: Option<(String, u64)> = None;
    for (number, text) in (1..).zip(text.lines()) {
        let line = Some(number);
        let value: Value = parse(path, line, text, "a result of `rankone bench --json`")?;
        // The first line of a bench says where it was run.
        if value.get("environment").is_some() {
            start += 1;
            continue;
        }
        let record =
            Record::read(value).map_err(|(found, expected)| fault(path, line, found, &expected))?;
        if !record.text("engine").is_empty() {
            let [n, m, k] = ["examples", "inputs", "classes"].map(|key| record.size(key));
            let these = format!("{n} examples of {m} inputs in {k} classes");
            let (those, first) = data.get_or_insert_with(|| (these.clone(), number));
            if these != *those {
                return Err(fault(path, line, these, &format!("{those}, as in line {first}")));
            }
        }
        let new = Results::of(&record);
        let place = all.iter().position(|known| known.key() == new.key()).unwrap_or(all.len());
        if place == all.len() {
            all.push(new);
        }
        all[place].add(&record, start);
    }
    if all.is_empty() {
        Err(fault(path, None, "no result".into(), "at least one"))
    } else {
        Ok(all)
    }
}

/// A run, as its `run.json` tells of it, as the record of a single timed run.
fn line_of_run(run: &Value) -> Value {
    let (train, settings, result) = (&run["train"], &run["hyperparameters"], &run["result"]);
    json!({
        "engine": run["engine"], "precision": run["precision"], "phases": run["phases"], "check": "passed",
        "hidden": settings["hidden"], "epochs": result["epochs"], "times": [result["sgd_seconds"]],
        "examples": train["examples"], "inputs": train["inputs"], "classes": train["classes"],
    })
}

fn parse<T: for<'de> Deserialize<'de>>(
    path: &Path,
    line: Option<u64>,
    text: &str,
    expected: &str,
) -> Result<T> {
    serde_json::from_str(text)
        .map_err(|error| fault(path, line, format!("JSON that does not fit ({error})"), expected))
}

pub fn fault(path: &Path, line: Option<u64>, found: String, expected: &str) -> Error {
    DataError::new(path, line, found, expected).into()
}
