//! The figures of rankone. This crate draws numbers; it knows neither networks nor files.
//!
//! | function or type | figure | format |
//! |---|---|---|
//! | [`learning_curve()`] | losses of one training run over its epochs | SVG |
//! | [`Panels`] | any quantity against another, with medians and quartiles | SVG, CSV |
//! | [`roofline()`] | engines below the limits of a machine | SVG |
//! | [`throughput()`] | GFLOP/s against hidden units, one line per BLAS library | SVG |
//! | [`image_sheet()`] | gray images, one row per class | PNG |
//!
//! The module `chart` draws all charts. Positions and sizes are in pixels.

#![warn(missing_docs, missing_debug_implementations)]

mod chart;
mod error;
mod image_sheet;
mod learning_curve;
mod panels;
mod roofline;
mod scale;
mod throughput;

pub use error::PlotError;
pub use image_sheet::image_sheet;
pub use learning_curve::learning_curve;
pub use panels::{Line, Panel, Panels};
pub use roofline::{EngineLine, MemoryLevel, Roofline, roofline};
pub use throughput::{ThroughputChart, ThroughputLine, throughput};
