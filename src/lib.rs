//! Exact per-example SGD for networks with one hidden layer: sigmoid hidden units, softmax output,
//! cross-entropy.
//!
//! Every example is one forward pass, one backward pass and two rank-one updates, before the next one is
//! looked at, in file order or another. Nothing is approximated; engines differ in speed and in rounding alone.
//!
//! ```no_run
//! use rankone::{Dataset, Network, Settings, Trainer};
//!
//! fn main() -> rankone::Result<()> {
//!     let train = Dataset::<f64>::from_csv("data/sample/smallTrain.csv")?;
//!     let validation = Dataset::from_csv_like("data/sample/smallValidation.csv", &train)?;
//!     let settings = Settings { hidden: 50, ..Default::default() };
//!     let outcome = Trainer::new(&train, settings)?.validation(&validation)?.fit()?;
//!     outcome.network.save("model.safetensors")?;
//!
//!     let network = Network::<f64>::load("model.safetensors")?;
//!     let labels = network.predict(validation.features())?;
//!     println!("the first example is a {}", labels[0]);
//!     Ok(())
//! }
//! ```
//!
//! Feature `cli`, on by default, adds the command `rankone` and what only it needs; a program that uses the
//! library says `default-features = false`. A BLAS library, for the engine `blas` alone, comes with one of the
//! features that docs/blas.md lists.
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
//! # The house
//!
//! Where things live in `src/`, from the ground up. A room imports only from those above it in this list.
//!
//! | room | what it is |
//! |---|---|
//! | `crew` | the threads of a training: started, counted, parked and ended in one place |
//! | `named`, `phases` | values said by name; what an epoch's time is divided into |
//! | `random`, `numpy` | our own random numbers; those of NumPy, for who begins as a course's program does |
//! | `number` | f64 and f32: the one trait |
//! | `simd/` | vectors, exponential and sigmoid over them; instruction sets, and the one place where one is entered |
//! | `error`, `whole_file` | what can go wrong; files written whole or not at all, or by whole lines |
//! | `blocked/` | the fast engine's mathematics, and evaluation's and prediction's: start with its front page |
//! | `dataset/` | examples: files line by line, field by field, column by column; what they mean; the built-in letters |
//! | `network` | parameters, how they start; predictions |
//! | `tensor_file`, `model_file` | safetensors files; a model as one: a network, and what its inputs and labels mean |
//! | `blas/` | the provider's products: the only foreign calls |
//! | [`textbook/`](textbook) | forward and backward module by module, and their gradient check |
//! | `engine/` | one epoch, three ways: `reference`, `blas`, and `blocked`, which hands it to the room of that name |
//! | `training/` | settings, orders and learning rates of epochs, the loop over them, evaluation, the state to go on from |
//!
//! And with feature `cli`:
//!
//! | room | what it is |
//! |---|---|
//! | `words`, `environment` | numbers as people read them; what computes: program, processor, provider |
//! | `digest`, `lock` | checksums of files; a folder that one process at a time writes to |
//! | `instrument/` | contests of engines and of single products, the machine's roofs, records, comparisons |
//! | `figure/` | every picture |
//! | `run_folder/` | what a run leaves behind, and is gone on with by |
//! | `sweep/` | many settings on the same data: their plan, results line by line, summary, parts put together |
//! | `cli/` | what was asked for, and how an error ends |
#![deny(unsafe_op_in_unsafe_fn)]
#![cfg_attr(not(feature = "cli"), allow(dead_code, unused_imports, reason = "the command uses it"))]
#![warn(missing_docs, missing_debug_implementations)]

mod blas;
mod blocked;
mod crew;
mod dataset;
mod engine;
mod error;
mod model_file;
mod named;
mod network;
mod number;
mod numpy;
mod phases;
mod random;
mod simd;
mod tensor_file;
pub mod textbook;
mod training;
mod whole_file;

#[cfg(feature = "cli")]
pub mod cli;
#[cfg(feature = "cli")]
mod digest;
#[cfg(feature = "cli")]
mod environment;
#[cfg(feature = "cli")]
mod figure;
#[cfg(feature = "cli")]
mod instrument;
#[cfg(feature = "cli")]
mod lock;
#[cfg(feature = "cli")]
mod run_folder;
#[cfg(feature = "cli")]
mod sweep;
#[cfg(feature = "cli")]
mod words;

pub use blas::set_threads as set_blas_threads;
pub use dataset::letters::Split;
pub use dataset::{Classes, Column, Dataset, Delimiter, Header, Reader, Scaling, Schema, Values};
pub use engine::EngineKind;
pub use error::{DataError, Error, Remedy, Result};
pub use model_file::{AnyModel, Model};
/// Arrays come and go in this version of it.
pub use ndarray;
pub use network::{Init, Network};
pub use number::{Number, Precision};
pub use simd::isa::{Isa, IsaError};
pub use training::{
    Ending, Epoch, Evaluation, Keep, Order, Outcome, Schedule, ScheduleError, Settings, State,
    Trainer, train_and_test,
};

/// What the tests and benches of this crate reach inside for. Nobody else should: it changes without notice.
#[doc(hidden)]
pub mod internals;

/// The examples of the README, as tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
