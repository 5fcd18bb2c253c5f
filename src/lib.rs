//! Exact per-example SGD for networks with one hidden layer: sigmoid hidden units, softmax output,
//! cross-entropy.
//!
//! Every example is one forward pass, one backward pass and two rank-one updates, before the next
//! one is looked at, in file order or another. Nothing is approximated; engines differ in speed and
//! in rounding alone.
//!
//! ```no_run
//! use rankone::{Dataset, Network, Settings, Trainer};
//!
//! fn main() -> rankone::Result<()> {
//!     let train = Dataset::<f64>::from_csv("data/sample/smallTrain.csv")?;
//!     let validation = Dataset::from_csv_like("data/sample/smallValidation.csv", &train)?;
//!     let settings = Settings { hidden: 50, ..Default::default() };
//!     let outcome = Trainer::new(&train, settings).validation(&validation).fit()?;
//!     outcome.network.save("model.safetensors")?;
//!
//!     let network = Network::<f64>::load("model.safetensors")?;
//!     let labels = network.predict(validation.features())?;
//!     println!("the first example is a {}", labels[0]);
//!     Ok(())
//! }
//! ```
//!
//! A BLAS library, for the engine `blas` alone, comes with one of the features that docs/blas.md
//! lists; without default features there is none, and that engine runs on plain Rust.
//!
//! # Symbols
//!
//! N examples, M inputs, D hidden units, K classes. Matrices are row-major.
//!
//! | symbol | shape | meaning |
//! |---|---|---|
//! | `x` | M+1 | one input, `x[0] = 1` |
//! | `alpha` | D x (M+1) | parameters of the hidden layer, column 0 the bias |
//! | `a = alpha x`, `z = sigmoid(a)` | D | pre-activation and hidden units; `z[0] = 1` is put before them |
//! | `beta` | K x (D+1) | parameters of the output layer, column 0 the bias |
//! | `b = beta z`, `y_hat = softmax(b)` | K | scores and probabilities |
//! | `J = -log y_hat[y]` | 1 | cross-entropy of one example |
//! | `g_b = y_hat - onehot(y)` | K | dJ/db |
//! | `g_z = beta[:,1:]^T g_b`, `g_a = g_z z (1 - z)` | D | dJ/dz, dJ/da, with beta before its update |
//! | `g_beta = g_b z^T`, `g_alpha = g_a x^T` | | dJ/dbeta, dJ/dalpha: of rank one |
//!
//! # Modules
//!
//! A module uses only those above it in this list.
//!
//! | module | what it is |
//! |---|---|
//! | [`rankone_kernels`] | a package: the fast engine's mathematics over slices, its threads and timers |
//! | `error`, [`atomic_file`] | what can go wrong; files written whole or not at all |
//! | `random` | our own random numbers |
//! | `data` | data sets: CSV files, schema, scaling, the built-in [letters] |
//! | `network` | parameters, how they start, predictions, model files |
//! | [`engine`] | one epoch, three ways: [`reference`](engine::reference), [`blas`](engine::blas), and `blocked`, which hands it to the kernels |
//! | `training` | settings, the order and learning rate of each epoch, the loop over them, evaluation, checkpoints |
//!
//! The command `rankone` is the package `rankone-cli` in `crates/cli`. It stands on `crates/runs`
//! (run directories, resuming, sweeps), `crates/bench` (timing and comparing) and `crates/plot`
//! (figures).
#![deny(unsafe_op_in_unsafe_fn)]
#![warn(missing_docs, missing_debug_implementations)]

pub mod atomic_file;
mod data;
pub mod engine;
mod error;
mod network;
mod random;
mod training;

pub use data::letters::{self, Split};
pub use data::{
    Classes, Column, Dataset, Delimiter, Header, MOST_CLASSES, Reader, Rows, Scaling, Schema,
    Values,
};
pub use engine::EngineKind;
pub use engine::blas::set_threads as set_blas_threads;
pub use error::{DataError, Error, Remedy, Result};
/// Arrays of the public interface are of this version.
pub use ndarray;
pub use network::model_file::{AnyModel, Model};
pub use network::{Init, Network};
pub use random::{Random, Stream};
pub use rankone_kernels::thread_pool::ThreadPool;
pub use rankone_kernels::{Isa, IsaError, NameError, Number, Precision, profile};
pub use training::{
    ARITHMETIC, AnyState, Checksums, ClassErrors, Ending, Epoch, Evaluation, Evaluator, Keep,
    Order, Outcome, PlanCost, PreparedDataset, Schedule, ScheduleError, Settings, State,
    TRAINING_SET, Trainer, Training, VALIDATION_SET, best_epoch, blas_of, train_and_test,
};

/// How this library was built.
pub mod build {
    /// Its version.
    pub const VERSION: &str = env!("CARGO_PKG_VERSION");
    /// The Cargo profile that it was built with.
    pub const PROFILE: &str = env!("RANKONE_PROFILE");
    /// The target that it was built for.
    pub const TARGET: &str = env!("RANKONE_TARGET");
}

/// The examples of the README, as tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
