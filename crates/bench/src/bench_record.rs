//! The record of a candidate: an object of `rankone bench --json`, whose fields docs/blas.md lists.

use serde_json::Value;
use std::ops::RangeInclusive;

/// The version of the records that this program writes; a record without a version has version 1.
pub const SCHEMA: u32 = 2;

/// The result of one candidate.
#[derive(Debug, Clone)]
pub struct BenchRecord(Value);

/// The sizes that a record can have.
const SIZES: RangeInclusive<f64> = 1.0..=2147483648.0;

/// The nanoseconds that a record can have: everything computed from them is finite and positive.
const TIMES: RangeInclusive<f64> = 1e-6..=1e18;

impl BenchRecord {
    /// Makes a record of these fields, an object.
    pub(crate) fn new(fields: Value) -> Self {
        Self(fields)
    }

    /// Reads a record that was written as `value`.
    ///
    /// # Errors
    /// What was found and what is expected, where `value` is not a record.
    pub(crate) fn read(value: Value) -> Result<Self, (String, String)> {
        let record = Self(value);
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

    pub(crate) fn add(&mut self, mut fields: Value) {
        if let (Value::Object(all), Some(fields)) = (&mut self.0, fields.as_object_mut()) {
            all.append(fields);
        }
    }

    /// Returns the record as a JSON object.
    pub fn as_json(&self) -> &Value {
        &self.0
    }

    /// Returns a field, or as `ns_per_example/min` a field of a field; null where there is none.
    pub fn field(&self, path: &str) -> &Value {
        path.split('/').fold(&self.0, |value, key| &value[key])
    }

    /// Returns a field that is a number.
    pub fn number(&self, path: &str) -> Option<f64> {
        self.field(path).as_f64()
    }

    /// Returns a field that is a size; 0 where it is not.
    pub fn size(&self, key: &str) -> usize {
        self.field(key).as_u64().and_then(|size| size.try_into().ok()).unwrap_or(0)
    }

    /// Returns a field that is text; empty where it is not.
    pub fn text(&self, key: &str) -> &str {
        self.field(key).as_str().unwrap_or("")
    }

    /// Returns whether the candidate's result was wrong.
    pub fn is_wrong(&self) -> bool {
        self.text("check") == "failed"
    }

    /// Returns a short description of what was timed.
    pub fn command(&self) -> String {
        let [command, engine, precision] = ["command", "engine", "precision"].map(|k| self.text(k));
        match command {
            "" => format!("{engine} {precision} D={}", self.size("hidden")),
            command => command.to_owned(),
        }
    }

    /// Returns the nanoseconds per example or call of each timed run; the median alone where the
    /// record does not have the runs.
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
            _ => self.number("ns_per_example/median").into_iter().collect(),
        }
    }
}
