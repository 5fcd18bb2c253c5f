//! What is kept of a contestant: an object of `rankone bench --json`, whose fields docs/blas.md lists.

use super::{Contestant, Roofs, Samples, Spread};
use crate::blas;
use serde::Serialize;
use serde_json::{Map, Value, json};
use std::ops::RangeInclusive;

/// The version of the records that this program writes; those that name none are of version 1.
pub const SCHEMA: u32 = 2;

/// What came of one contestant.
#[derive(Debug, Clone, Serialize)]
#[serde(transparent)]
pub struct Record(Map<String, Value>);

/// How many of something there can be.
const SIZES: RangeInclusive<f64> = 1.0..=2147483648.0;

/// Nanoseconds of which something real can be: what is computed from them stays finite and positive.
const TIMES: RangeInclusive<f64> = 1e-6..=1e18;

impl Record {
    /// Of a contestant, its runs, and the processor time that they took; it has runs where it was right.
    pub fn of(contestant: Contestant, times: Vec<f64>, processor: [f64; 2], roofs: &Roofs) -> Self {
        let Contestant { command, fields, precision, flops, library, runner } = contestant;
        let mut record = Self(Map::new());
        record.add(fields);
        record.add(json!({
            "schema": SCHEMA, "command": command, "library": library, "blas_threads": blas::threads(),
            "rounds": times.len(), "gflops": null, "share_of_peak": null, "check": "passed", "reason": null,
        }));
        match runner {
            Err(fault) => record.add(json!({ "check": "failed", "reason": fault })),
            Ok(mut runner) => {
                let ns = Spread::of(&times).scaled(1e9 / runner.units() as f64);
                let gflops = flops / ns.median;
                let share = gflops / roofs.peak.of(precision);
                record.add(json!({ "gflops": gflops, "share_of_peak": share }));
                record.add(runner.fields(ns, roofs));
                record.add(json!(Samples::new(times, processor)));
            }
        }
        record
    }

    /// The record that was written as `value`, or what is found and expected where that cannot be one.
    pub fn read(value: Value) -> Result<Self, (String, String)> {
        let record = Self(value.as_object().cloned().unwrap_or_default());
        let [engine, operation] = ["engine", "operation"].map(|key| !record.text(key).is_empty());
        let sizes: &[&str] = match (engine, operation) {
            (true, false) => &["hidden", "examples", "inputs", "classes", "epochs"],
            (false, true) => &["rows", "columns"],
            _ => return Err(("no engine and no operation, or both".into(), "one of them".into())),
        };
        for size in sizes {
            let found = record.number(size).unwrap_or(f64::NAN);
            if !SIZES.contains(&found) || found.fract() != 0.0 {
                let found = format!("{size} {}", record.field(size));
                return Err((found, "a whole number from 1 to 2^31".into()));
            }
        }
        match record.runs().into_iter().find(|ns| !TIMES.contains(ns)) {
            Some(ns) => {
                Err((format!("a run of {ns:?} ns for an example or call"), "1e-6 to 1e18".into()))
            }
            None => Ok(record),
        }
    }

    fn add(&mut self, fields: Value) {
        if let Value::Object(fields) = fields {
            self.0.extend(fields);
        }
    }

    /// A field, or as `ns_per_example/min` a field of a field; null where there is none.
    pub fn field(&self, path: &str) -> &Value {
        let (key, rest) = path.split_once('/').unwrap_or((path, ""));
        let field = self.0.get(key).unwrap_or(&Value::Null);
        if rest.is_empty() { field } else { &field[rest] }
    }

    /// A field that is a number.
    pub fn number(&self, path: &str) -> Option<f64> {
        self.field(path).as_f64()
    }

    /// A field that is a size; 0 where it is none.
    pub fn size(&self, key: &str) -> usize {
        self.field(key).as_u64().and_then(|size| size.try_into().ok()).unwrap_or(0)
    }

    /// A field that is text; empty where it is none.
    pub fn text(&self, key: &str) -> &str {
        self.field(key).as_str().unwrap_or("")
    }

    /// What was timed, in a few words.
    pub fn command(&self) -> String {
        match self.text("command") {
            "" => format!(
                "{} {} D={}",
                self.text("engine"),
                self.text("precision"),
                self.size("hidden")
            ),
            command => command.to_owned(),
        }
    }

    /// Every timed run, in nanoseconds an example or call; of records without them, their median.
    pub fn runs(&self) -> Vec<f64> {
        let units = if self.text("engine").is_empty() {
            self.size("calls")
        } else {
            self.size("epochs") * self.size("examples")
        };
        match self.field("times") {
            Value::Array(times) => {
                let ns = |time: &Value| 1e9 * time.as_f64().unwrap_or(f64::NAN) / units as f64;
                times.iter().map(ns).collect()
            }
            _ => self.field("ns_per_example/median").as_f64().into_iter().collect(),
        }
    }
}
