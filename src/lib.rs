//! Exact per-example SGD for networks with one hidden layer.
#![deny(unsafe_op_in_unsafe_fn)]
#![warn(missing_docs, missing_debug_implementations)]

pub mod blas;
pub mod dataset;
pub mod engine;
pub mod error;
pub mod evaluation;
pub mod gradient_check;
pub mod model_file;
pub mod modules;
pub mod network;
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
