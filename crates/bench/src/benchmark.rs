//! The benchmark: all candidates are checked first, and then timed alternately.

use crate::bench_record::{BenchRecord, SCHEMA};
use crate::clock;
use crate::machine_limits::MachineLimits;
use crate::samples::{Samples, Spread};
use rankone::Precision;
use rankone::engine::blas;
use serde_json::{Value, json};

/// One of the candidates of a benchmark.
#[expect(missing_debug_implementations, reason = "a workload can be anything")]
pub struct Candidate<'a> {
    /// A short description of what is timed.
    pub command: String,
    /// The same as fields of its record.
    pub fields: Value,
    /// The type of its numbers.
    pub precision: Precision,
    /// Flops per unit of work.
    pub flops: f64,
    /// The BLAS library that it calls, if any.
    pub library: Option<String>,
    /// The code that is timed.
    pub workload: Box<dyn Workload + 'a>,
}

/// Code that can be checked and timed.
pub trait Workload {
    /// Computes the result once and checks it.
    ///
    /// # Errors
    /// What is wrong with the result.
    fn check(&mut self) -> Result<(), String>;

    /// Runs once and returns the seconds that it took.
    fn seconds(&mut self) -> f64;

    /// Returns the units of work in a run: examples, or calls.
    fn units(&self) -> usize;

    /// Returns the fields of the record that depend on `ns`, the nanoseconds per unit.
    fn fields(&mut self, ns: Spread, limits: &MachineLimits) -> Value;
}

/// Checks the `candidates`, times those with a correct result for `rounds` runs each, and returns
/// the records of all in their order. Calls `progress` after every check and every run.
///
/// # Panics
/// If `rounds` is 0.
pub fn benchmark(
    mut candidates: Vec<Candidate>,
    rounds: usize,
    limits: &MachineLimits,
    mut progress: impl FnMut(),
) -> Vec<BenchRecord> {
    assert!(rounds > 0, "a benchmark without a run");
    let check = |candidate: &mut Candidate| {
        let checked = candidate.workload.check();
        progress();
        checked.map(|()| Runs::default())
    };
    let mut results: Vec<Result<Runs, String>> = candidates.iter_mut().map(check).collect();
    for round in 0..=rounds {
        for (candidate, result) in candidates.iter_mut().zip(&mut results) {
            if let Ok(runs) = result {
                let before = clock::cpu_seconds();
                let seconds = candidate.workload.seconds();
                let after = clock::cpu_seconds();
                // The first run starts with cold caches and a low clock frequency.
                if round > 0 {
                    runs.seconds.push(seconds);
                    let sums = runs.cpu_seconds;
                    runs.cpu_seconds = std::array::from_fn(|i| sums[i] + after[i] - before[i]);
                }
            }
            progress();
        }
    }
    let results = candidates.into_iter().zip(results);
    results
        .map(|(candidate, result)| {
            let samples = result.map(|runs| Samples::new(runs.seconds, runs.cpu_seconds));
            record(candidate, samples, limits)
        })
        .collect()
}

/// Makes the record of a candidate from its runs, or from the reason why its result is wrong.
fn record(
    candidate: Candidate,
    samples: Result<Samples, String>,
    limits: &MachineLimits,
) -> BenchRecord {
    let Candidate { command, fields, precision, flops, library, mut workload } = candidate;
    let mut record = BenchRecord::new(fields);
    let rounds = samples.as_ref().map_or(0, |samples| samples.times.len());
    record.add(json!({
        "schema": SCHEMA, "command": command, "library": library,
        "blas_threads": blas::threads(), "rounds": rounds, "gflops": null,
        "share_of_peak": null, "check": "passed", "reason": null,
    }));
    match samples {
        Err(reason) => record.add(json!({ "check": "failed", "reason": reason })),
        Ok(samples) => {
            let ns = Spread::of(&samples.times).scaled(1e9 / workload.units() as f64);
            let gflops = flops / ns.median;
            let share = gflops / limits.peak.of(precision);
            record.add(json!({ "gflops": gflops, "share_of_peak": share }));
            record.add(workload.fields(ns, limits));
            record.add(json!(samples));
        }
    }
    record
}

/// The runs of one candidate.
#[derive(Default)]
struct Runs {
    /// Of each run.
    seconds: Vec<f64>,
    /// Of all runs together, in user mode and in the kernel.
    cpu_seconds: [f64; 2],
}
