//! Many settings on the same data: a network a core, one thread each, and one line a network in `results.jsonl`.
//!
//! The naive way is a shell loop around `rankone train`, which reads the data anew for each network and leaves cores
//! idle. Here the data are read and prepared once, and the dearest networks come first, so that no core waits long for
//! the last. The bits of a network are those of `rankone train` with the same settings, whatever runs beside it.

mod folder;
mod forecast;
mod merge;
mod plan;
mod record;
mod runner;
mod summary;
mod trial;

pub use folder::{Models, SweepFolder, read_results};
pub use forecast::Forecast;
pub use merge::{Merged, merge};
pub use plan::{Part, Plan};
pub use record::{Losses, Record};
pub use runner::{Runner, Sets, Step, Train};
pub use summary::{OfResults, RESULTS, Statistics};
pub use trial::Trial;
