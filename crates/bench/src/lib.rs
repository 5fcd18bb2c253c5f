//! Timing of engines, of single products and of BLAS libraries, and comparisons of the results.
//!
//! A benchmark times several candidates: engines that train on a whole data set, or ways to compute
//! one product. The answer of each candidate is checked first; a candidate with a wrong answer is
//! not timed. The candidates run alternately, round by round, so that a drift of the machine's
//! speed affects all of them. The first run of each is dropped, and every other run is recorded.
//! Rates are relative to the peak and the bandwidths of the machine, which the same program
//! measures. Conditions that make the results unreliable are reported before the measurement.
//!
//! | module | contents |
//! |---|---|
//! | [`clock`] | the CPU's cycle counter, and the CPU time of this process |
//! | `samples` | statistics of timed runs, and intervals for the ratio of two medians |
//! | `work_size` | flops and parameters of one example |
//! | `machine_limits` | peak and bandwidths of one core |
//! | `benchmark` | [`Candidate`], [`Workload`] and the loop over the rounds |
//! | `bench_record` | the JSON object of one candidate |
//! | `operation` | the four products, and the check of their results |
//! | `product_candidates` | ways to compute a product, as candidates |
//! | `training_task` | engines as candidates |
//! | `noise_warnings` | what can make the results unreliable |
//! | `markdown_table` | tables of records |
//! | `session` | one measurement: the machine first, then the benchmarks |
//! | `engine_benchmark`, `product_benchmark` | what `rankone bench` measures |
//! | `comparison` | the results of several BLAS libraries, or of two measurements |
//! | `figures` | the figures of both |
#![warn(missing_docs, missing_debug_implementations)]

mod bench_record;
mod benchmark;
pub mod clock;
mod comparison;
mod engine_benchmark;
mod figures;
mod machine_limits;
mod markdown_table;
mod noise_warnings;
mod operation;
mod product_benchmark;
mod product_candidates;
mod samples;
mod session;
mod training_task;
mod work_size;

pub use bench_record::{BenchRecord, SCHEMA};
pub use benchmark::{Candidate, Workload, benchmark};
pub use comparison::{Comparison, compare_measurements};
pub use engine_benchmark::EngineBenchmark;
pub use figures::comparison_files;
pub use machine_limits::{Bandwidth, MachineLimits, Peak};
pub use operation::{Implementation, Operands, Operation};
pub use product_benchmark::{DEFAULT_SHAPES, ProductBenchmark, parse_length, parse_shape};
pub use product_candidates::{product_candidate, product_candidates};
pub use samples::{Median, Ratio, Samples, Spread};
pub use session::{BenchObserver, BenchOptions, BenchOutcome};
pub use training_task::TrainingTask;
pub use work_size::WorkSize;
