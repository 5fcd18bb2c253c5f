//! What runs of rankone leave behind: run directories, resuming, and sweeps of many settings.
//!
//! | module | what it is |
//! |---|---|
//! | `error`, [`text`] | what can go wrong; numbers as people read them |
//! | `digest`, `lock` | checksums of files; a directory that one process at a time writes to |
//! | `environment` | what computes: program, processor, machine, BLAS library |
//! | `data`, [`data_warnings`] | the data sets of a run, and what in them may surprise |
//! | `checkpoint`, `spec` | how often the state is written; what a run is: [`RunSpec`] |
//! | `data_summary`, `letters_sheet` | a data file in numbers, and as an image of its letters |
//! | `predictions`, `evaluation_report`, `inspection` | a model on data |
//! | [`run`] | one training: its directory, file by file, and resuming it |
//! | [`handout`] | the arguments and files of the course's handout |
//! | [`sweep`] | many trainings on the same data |
#![warn(missing_docs, missing_debug_implementations)]

mod checkpoint;
mod data;
mod data_summary;
pub mod data_warnings;
mod digest;
mod environment;
mod error;
mod evaluation_report;
pub mod handout;
mod inspection;
mod letters_sheet;
mod lock;
mod predictions;
pub mod run;
mod spec;
pub mod sweep;
pub mod text;

pub use checkpoint::Checkpoint;
pub use data::{DataFile, DataSpec, FileForm, Input, Source, read};
pub use data_summary::{DataSummary, Duplicates};
pub use environment::{Caches, Cpu, Environment, InstructionSets};
pub use error::{Error, Result};
pub use evaluation_report::{ClassReport, EvaluationReport};
pub use inspection::Inspection;
pub use letters_sheet::letters_sheet;
pub use predictions::Predictor;
pub use spec::RunSpec;
