//! Many settings on the same data: one network per core, one thread each, and one line per network
//! in `results.jsonl`.
//!
//! The naive way is a shell loop around `rankone train`, which reads the data again for each
//! network and leaves cores idle. Here the data are read and prepared once, and the networks that
//! take longest come first, so that no core waits long for the last. The bits of a network are
//! those of `rankone train` with the same settings, whatever runs beside it.

pub mod figures;
mod folder;
mod forecast;
mod grid;
mod merge;
mod part;
mod plan;
mod progress;
pub mod range;
mod record;
mod runner;
mod summary;
mod sweep_run;
mod tally;
mod trial;

pub use folder::{Models, read_results};
pub use forecast::Foreseen;
pub use grid::{Grid, GridPoint};
pub use merge::{Merged, merge};
pub use part::{Part, part};
pub use plan::SweepPlan;
pub use progress::SweepProgress;
pub use record::{LossHistory, Losses, TrialRecord};
pub use runner::Step;
pub use sweep_run::{SweepObserver, SweepOptions, SweepReport, SweepSpec, forecast, run};
pub use tally::{BestNetwork, Tally};
pub use trial::Trial;
