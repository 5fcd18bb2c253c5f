//! One training: begun or resumed, in its directory if it has one.

mod files;
mod folder;
mod history;
mod metrics;
mod profile;
mod record;
mod summary;
mod train;

pub use files::{RunFiles, origin};
pub use folder::{RunFolder, is_same, read_state};
pub(crate) use history::{AFTER_EACH_EPOCH, SETS};
pub use history::{HistoryColumns, curves, ns_by_phase, read_history};
pub use metrics::{write as write_metrics, write_labels};
pub use profile::{Profile, trace};
pub use record::{Results, RunRecord, RunState, RunSummary};
pub use summary::epoch_line;
pub use train::{Observer, ResumeRequest, RunOutput, RunReport, resume, train};
