//! What a training run leaves behind: pure functions from data to text and pictures.

pub mod curve;
pub mod history;
pub mod metrics;
pub mod run;
pub mod sheet;
