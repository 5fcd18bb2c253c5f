//! How fast training and its products are, in a way that can be believed.
//!
//! Whatever is timed is a contestant of a contest: an engine that trains for real over a whole data set, or a
//! single product of matrix and vector. Each is checked before it is timed, and a wrong answer has no time. The
//! contestants take turns round by round, so that a machine whose speed drifts takes no side; the first run of each
//! is dropped; every other run is kept. Rates are set against the machine's own peak and bandwidths, measured by
//! the same program, and what would make the figures doubtful is told before they are taken.

pub mod clock;
mod comparison;
mod contest;
mod doubts;
mod operation;
mod product;
mod record;
mod roofs;
mod samples;
mod table;
mod training;
mod work;

pub use comparison::{Comparison, Setting, beside};
pub use contest::{Contestant, Runner, contest};
pub use doubts::doubts;
pub use operation::{Implementation, Operands, Operation};
pub use product::{Job, contestants};
pub use record::{Record, SCHEMA};
pub use roofs::{Bandwidth, Peak, Roofs};
pub use samples::{Median, Samples, Spread};
pub use table::{PRODUCTS, Records, TRAINING, Table};
pub use training::Task;
pub use work::{FLOPS, Work};
