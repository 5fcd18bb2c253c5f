//! Results that are read from files.
//!
//! A file has lines of `rankone bench --json`, each with its `"provider"` and `"turn"` if
//! scripts/compare-backends wrote it. A directory with the results of several providers also has
//! `environment.json`: `{"environments": {label: {"cpu": {"model", ...}, ...}}, "absent":
//! [{"provider", "reason"}], "peak_gflops": {"f64", "f32"}}`. The `run.json` of a run is a single
//! object.

use crate::bench_record::BenchRecord;
use crate::machine_limits::Peak;
use crate::samples::Median;
use rankone::{DataError, EngineKind, Error, Precision, Result};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// All results of one candidate with the same settings.
#[derive(Debug)]
pub(super) struct CandidateResults {
    /// The label of the provider that it ran on, if it has one, or the name of an engine that does
    /// not need one.
    pub(super) name: String,
    /// The first of its records.
    pub(super) first: BenchRecord,
    /// The nanoseconds of each run, by provider and turn, which is by start of the program.
    starts: BTreeMap<(String, u64), Vec<f64>>,
    /// Why a record has a wrong result; one is enough to disqualify the candidate.
    failed: Option<String>,
    /// Why a record has no runs.
    not_run: Option<String>,
}

impl CandidateResults {
    fn new(record: &BenchRecord) -> Self {
        let engine = record.text("engine");
        let has_no_library = !engine.is_empty() && engine != EngineKind::Blas.to_string();
        let name = if has_no_library { engine } else { record.text("provider") }.to_owned();
        let (first, starts) = (record.clone(), BTreeMap::new());
        Self { name, first, starts, failed: None, not_run: None }
    }

    /// Adds a record; a record without a turn is of the start number `start`.
    fn add(&mut self, record: &BenchRecord, start: u64) {
        let reason = || Some(record.text("reason").to_owned());
        match record.text("check") {
            "failed" => self.failed = reason(),
            "passed" => {
                let turn = record.field("turn").as_u64().unwrap_or(start);
                let key = (record.text("provider").to_owned(), turn);
                self.starts.entry(key).or_default().extend(record.runs());
            }
            _ => self.not_run = reason(),
        }
    }

    /// Returns what comparable results have in common: name, what was timed, number of BLAS
    /// threads, and N, M and K.
    pub(super) fn key(&self) -> (&str, String, usize, [usize; 3]) {
        let data = ["examples", "inputs", "classes"].map(|key| self.first.size(key));
        (&self.name, self.first.command(), self.first.size("blas_threads"), data)
    }

    /// Returns precision and number of BLAS threads; `None` if the precision is unknown.
    pub(super) fn setting(&self) -> Option<(Precision, usize)> {
        let precision = self.first.text("precision").parse().ok()?;
        Some((precision, self.first.size("blas_threads")))
    }

    /// Returns the median of all runs.
    ///
    /// # Errors
    /// Why there is none.
    pub(super) fn median(&self, seed: u64) -> Result<Median, String> {
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

/// The fields of `environment.json` that a comparison shows.
#[derive(Debug, Deserialize)]
pub(super) struct Backends {
    environments: BTreeMap<String, Value>,
    pub(super) absent: Vec<AbsentProvider>,
    pub(super) peak_gflops: Peak,
    #[serde(default)]
    pub(super) warnings: Vec<String>,
}

impl Backends {
    /// Reads `environment.json` in `folder`.
    pub(super) fn read(folder: &Path) -> Result<Self> {
        let path = folder.join("environment.json");
        let text = fs::read_to_string(&path).map_err(Error::io(&path))?;
        let backends: Self = parse(&path, None, &text, "what compare-backends writes")?;
        let Peak { f64, f32 } = backends.peak_gflops;
        match [f64, f32].into_iter().find(|peak| !(1e-6..=1e18).contains(peak)) {
            Some(peak) => {
                Err(invalid(&path, None, format!("a peak of {peak:?}"), "from 1e-6 to 1e18"))
            }
            None => Ok(backends),
        }
    }

    /// Returns the model of the CPU; all results are of one machine.
    pub(super) fn cpu(&self) -> Option<&str> {
        self.environments
            .values()
            .find_map(|environment| environment.pointer("/cpu/model")?.as_str())
    }
}

/// A provider that was not measured.
#[derive(Debug, Deserialize)]
pub(super) struct AbsentProvider {
    pub(super) provider: String,
    pub(super) reason: String,
}

/// Reads results from a file, or from the file of a directory that has them. There is at least one,
/// and all trainings are on the same data.
pub(super) fn read(path: &Path) -> Result<Vec<CandidateResults>> {
    let path = &match path.is_dir() {
        true if path.join("run.json").is_file() => path.join("run.json"),
        true => path.join("results.jsonl"),
        false => path.to_owned(),
    };
    let text = fs::read_to_string(path).map_err(Error::io(path))?;
    let run =
        serde_json::from_str(&text).ok().filter(|run: &Value| run.get("hyperparameters").is_some());
    let text = run.map_or(text, |run| line_of_run(&run).to_string());
    let mut all: Vec<CandidateResults> = Vec::new();
    let mut start = 0;
    let mut data: Option<(String, u64)> = None;
    for (number, text) in (1..).zip(text.lines()) {
        let line = Some(number);
        let value: Value = parse(path, line, text, "a result of `rankone bench --json`")?;
        // The first line of each `bench --json` describes the environment.
        if value.get("environment").is_some() {
            start += 1;
            continue;
        }
        let record = BenchRecord::read(value)
            .map_err(|(found, expected)| invalid(path, line, found, &expected))?;
        if !record.text("engine").is_empty() {
            let [n, m, k] = ["examples", "inputs", "classes"].map(|key| record.size(key));
            let found = format!("{n} examples of {m} inputs in {k} classes");
            let (expected, first) = data.get_or_insert_with(|| (found.clone(), number));
            if found != *expected {
                let expected = format!("{expected}, as in line {first}");
                return Err(invalid(path, line, found, &expected));
            }
        }
        let new = CandidateResults::new(&record);
        let index = all.iter().position(|results| results.key() == new.key());
        let index = index.unwrap_or_else(|| {
            all.push(new);
            all.len() - 1
        });
        all[index].add(&record, start);
    }
    if all.is_empty() {
        return Err(invalid(path, None, "no result".into(), "at least one"));
    }
    Ok(all)
}

/// Returns the record of a single timed run for the `run.json` of a run.
fn line_of_run(run: &Value) -> Value {
    let (train, settings, result) = (&run["train"], &run["hyperparameters"], &run["result"]);
    json!({
        "engine": run["engine"], "precision": run["precision"], "phases": run["phases"],
        "check": "passed", "hidden": settings["hidden"], "epochs": result["epochs"],
        "times": [result["sgd_seconds"]], "examples": train["examples"], "inputs": train["inputs"],
        "classes": train["classes"],
    })
}

fn parse<T: for<'de> Deserialize<'de>>(
    path: &Path,
    line: Option<u64>,
    text: &str,
    expected: &str,
) -> Result<T> {
    serde_json::from_str(text)
        .map_err(|error| invalid(path, line, format!("JSON that does not fit ({error})"), expected))
}

/// Makes the error of a file with invalid content.
pub(super) fn invalid(path: &Path, line: Option<u64>, found: String, expected: &str) -> Error {
    DataError::new(path, line, found, expected).into()
}
