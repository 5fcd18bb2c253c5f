//! What a training run leaves behind, as text and pictures; and where it ran.

pub mod curve;
pub mod environment;
pub mod history;
pub mod metrics;
pub mod run;
pub mod sheet;
