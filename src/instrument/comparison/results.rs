//! The results of several builds, as a folder holds them.
//!
//! It has `results.jsonl`, lines of `rankone bench --json` that say their `"provider"` too, and
//! `environment.json`: `{"environments": {label: {"cpu": {"model", ...}, ...}}, "absent": [{"provider",
//! "reason"}], "peak_gflops": {"f64", "f32"}}`.

use crate::engine::EngineKind;
use crate::error::{DataError, Error, Result};
use crate::instrument::{Measurement, Peak};
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::ops::RangeInclusive;
use std::path::Path;

/// How many of something there can be.
const SIZES: RangeInclusive<usize> = 1..=1 << 31;

/// Nanoseconds, and 10^9 flops a second, of which something real can be: what is computed from them stays
/// finite and positive.
const NUMBERS: RangeInclusive<f64> = 1e-6..=1e18;

/// A line of `results.jsonl`.
#[derive(Debug, Deserialize)]
pub(super) struct ResultLine {
    provider: String,
    #[serde(flatten)]
    pub(super) measurement: Measurement,
}

impl ResultLine {
    /// Whether the engine calls its provider.
    pub(super) fn on_blas(&self) -> bool {
        self.measurement.engine == EngineKind::Blas.to_string()
    }

    /// The provider, or the engine that needs none.
    pub(super) fn entry(&self) -> &str {
        if self.on_blas() { &self.provider } else { &self.measurement.engine }
    }

    /// N, M, K.
    pub(super) fn data(&self) -> (usize, usize, usize) {
        (self.measurement.examples, self.measurement.inputs, self.measurement.classes)
    }

    /// What is found and expected where a number cannot be.
    fn check(&self) -> std::result::Result<(), (String, String)> {
        let Measurement { examples, inputs, classes, hidden, ns_per_example, .. } =
            self.measurement;
        let sizes =
            [("examples", examples), ("inputs", inputs), ("classes", classes), ("hidden", hidden)];
        if let Some((name, size)) = sizes.into_iter().find(|(_, size)| !SIZES.contains(size)) {
            let expected = format!("from {} to {}", SIZES.start(), SIZES.end());
            return Err((format!("{name} {size}"), expected));
        }
        ns_per_example
            .map_or(Ok(()), |ns| check([("min", ns.min), ("median", ns.median), ("p90", ns.p90)]))
    }
}

/// What is needed of `environment.json`.
#[derive(Debug, Deserialize)]
pub(super) struct Backends {
    pub(super) environments: BTreeMap<String, Value>,
    pub(super) absent: Vec<Absent>,
    pub(super) peak_gflops: Peak,
}

/// A provider that was not there.
#[derive(Debug, Deserialize)]
pub(super) struct Absent {
    pub(super) provider: String,
    pub(super) reason: String,
}

/// What is found and expected where a time or a rate cannot be.
fn check<const N: usize>(numbers: [(&str, f64); N]) -> std::result::Result<(), (String, String)> {
    let wrong = numbers.into_iter().find(|(_, number)| !NUMBERS.contains(number));
    wrong.map_or(Ok(()), |(name, number)| {
        let expected = format!("from {:e} to {:e}", NUMBERS.start(), NUMBERS.end());
        Err((format!("{name} {number:?}"), expected))
    })
}

/// Reads both files of `folder`.
pub(super) fn read(folder: &Path) -> Result<(Vec<ResultLine>, Backends)> {
    let path = folder.join("results.jsonl");
    let text = fs::read_to_string(&path).map_err(Error::io(&path))?;
    let lines = lines(&path, &text)?;
    let path = folder.join("environment.json");
    let text = fs::read_to_string(&path).map_err(Error::io(&path))?;
    Ok((lines, backends(&path, &text)?))
}

fn backends(path: &Path, text: &str) -> Result<Backends> {
    let backends: Backends = parse(path, None, text, "what compare-backends writes")?;
    let Peak { f64, f32 } = backends.peak_gflops;
    check([("peak f64", f64), ("peak f32", f32)])
        .map_err(|(found, expected)| fault(path, None, found, expected))?;
    Ok(backends)
}

/// The results in the text of a file, at least one, all of the same data.
pub(super) fn lines(path: &Path, text: &str) -> Result<Vec<ResultLine>> {
    let mut lines: Vec<ResultLine> = Vec::new();
    for (number, text) in (1..).zip(text.lines()) {
        let expected = "a result of `rankone bench --json` with its provider";
        let line: ResultLine = parse(path, Some(number), text, expected)?;
        line.check().map_err(|(found, expected)| fault(path, Some(number), found, expected))?;
        if let Some(first) = lines.first()
            && first.data() != line.data()
        {
            let words = |(n, m, k)| format!("{n} examples of {m} inputs in {k} classes");
            let expected = format!("{}, as in line 1", words(first.data()));
            return Err(fault(path, Some(number), words(line.data()), expected));
        }
        lines.push(line);
    }
    if lines.is_empty() {
        return Err(fault(path, None, "no result".into(), "at least one".into()));
    }
    Ok(lines)
}

fn parse<T: for<'de> Deserialize<'de>>(
    path: &Path,
    line: Option<u64>,
    text: &str,
    expected: &str,
) -> Result<T> {
    serde_json::from_str(text).map_err(|error| {
        fault(path, line, format!("JSON that does not fit ({error})"), expected.into())
    })
}

fn fault(path: &Path, line: Option<u64>, found: String, expected: String) -> Error {
    DataError { path: path.to_owned(), line, column: None, found, expected }.into()
}
