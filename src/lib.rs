//! Exact per-example SGD for networks with one hidden layer: sigmoid hidden units, softmax output,
//! cross-entropy.
//!
//! Every example is one forward pass, one backward pass and two rank-one updates, before the next one is
//! looked at, in file order. Nothing is approximated; engines differ in speed and in rounding alone.
//!
//! ```
//! use rankone::dataset::synthetic::{Size, synthesize};
//! use rankone::{Dataset, Hyperparameters, train_and_test};
//!
//! let (train, validation) = synthesize(Size::Small, 0);
//! let train = Dataset::<f64>::from_letters(&train);
//! let validation = Dataset::<f64>::from_letters(&validation);
//! let hyperparameters = Hyperparameters { hidden: 20, epochs: 30, ..Default::default() };
//! let outcome = train_and_test(&train, &validation, &hyperparameters)?;
//! assert!(outcome.train_error < 0.5, "{}", outcome.train_error);
//! # Ok::<(), rankone::Error>(())
//! ```
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
//! # Floors
//!
//! A module imports from the floors below it only.
//!
//! | floor | modules |
//! |---|---|
//! | 0 | [`lanes`]: fixed-width arithmetic, its exponential, its instruction sets; [`phases`]; `random` |
//! | 1 | `kernels`: the loops over lanes; [`error`] |
//! | 2 | [`scalar`]: the two precisions; [`whole_file`]; `picture` |
//! | 3 | [`dataset`], [`network`], [`blas`]: the only foreign calls |
//! | 4 | [`modules`]: forward and backward; [`model_file`]; [`environment`]: what computes |
//! | 5 | [`engine`]: the trait and its implementations; [`gradient_check`] |
//! | 6 | [`evaluation`] |
//! | 7 | [`trainer`]: the loop over epochs |
//! | 8 | [`report`]: what a run leaves behind, as text and pictures; [`benchmark`]: how fast the engines are |
//! | 9 | the command line, in the binary |
#![deny(unsafe_op_in_unsafe_fn)]
#![warn(missing_docs, missing_debug_implementations)]

pub mod benchmark;
pub mod blas;
pub mod dataset;
pub mod engine;
pub mod environment;
pub mod error;
pub mod evaluation;
pub mod gradient_check;
mod kernels;
pub mod lanes;
pub mod model_file;
pub mod modules;
pub mod network;
pub mod phases;
mod picture;
mod random;
pub mod report;
pub mod scalar;
pub mod trainer;
pub mod whole_file;

pub use dataset::Dataset;
pub use error::{Error, Result};
pub use network::{Init, Network};
pub use scalar::{Precision, Scalar};
pub use trainer::{Epoch, Hyperparameters, Outcome, Trainer, train_and_test};

/// The example of the README, as a test.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
