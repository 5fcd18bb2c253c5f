//! How fast the engines are, in a way that can be believed.
//!
//! The discipline: what is timed is real training over a whole data set. Before that, each contestant's
//! loss after one epoch is held against the engine `reference`; a wrong answer has no time. The
//! contestants alternate round by round, so that a machine whose speed drifts takes no side; the first run
//! of each is dropped; the minimum, the median and the 90th percentile are told. Rates are set against the
//! machine's own peak, measured by the same program.

pub mod clock;
mod comparison;
mod contest;
pub mod dot;
mod peak;
mod statistics;
pub mod table;
mod work;

pub use comparison::Comparison;
pub use contest::{Contestant, Pace, Task, contest};
pub use peak::{Bandwidth, Peak};
pub use statistics::Spread;
pub use work::{FLOPS, Work};

use crate::number::Precision;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;

/// What came of one contestant: an object of `rankone bench --json`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Measurement {
    /// The engine's name.
    pub engine: String,
    /// The type of its parameters.
    pub precision: Precision,
    /// D.
    pub hidden: usize,
    /// Threads of the training: with more than one, the others evaluate meanwhile.
    pub threads: usize,
    /// Threads that the BLAS library may use.
    pub blas_threads: usize,
    /// The library under the products; none where the engine calls none.
    pub library: Option<String>,
    /// N.
    pub examples: usize,
    /// M.
    pub inputs: usize,
    /// K.
    pub classes: usize,
    /// Epochs of one timed run.
    pub epochs: usize,
    /// Timed runs, the dropped one not counted.
    pub rounds: usize,
    /// Nanoseconds an example; this and what is computed from it only where the check was passed.
    pub ns_per_example: Option<Spread>,
    /// Median nanoseconds a weight (biases among them) and example.
    pub ns_per_weight: Option<f64>,
    /// Rate at the median, [flops](FLOPS) counted from the formula.
    pub gflops: Option<f64>,
    /// That rate by the measured peak of one core in this precision.
    pub share_of_peak: Option<f64>,
    /// Nanoseconds an example of each [phase](crate::phases), if they were asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phases: Option<BTreeMap<String, f64>>,
    /// Whether the answer was right.
    pub check: Verdict,
    /// Why there is no time.
    pub reason: Option<String>,
}

/// What came of holding a contestant's loss against the reference's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Verdict {
    /// Right: it was timed.
    #[serde(rename = "passed")]
    Passed,
    /// Wrong: it was not.
    #[serde(rename = "failed")]
    Failed,
    /// It could not run.
    #[serde(rename = "not run")]
    NotRun,
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Passed => "passed",
            Self::Failed => "DISQUALIFIED",
            Self::NotRun => "not run",
        })
    }
}
