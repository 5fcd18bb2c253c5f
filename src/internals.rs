//! What the tests and benches of this crate reach inside for.

pub use crate::blocked::{InputKind, Plan};
pub use crate::crew::Crew;
pub use crate::engine::{Blas, Blocked, Engine, Prepared, Reference};
pub use crate::phases::Watch;
pub use crate::training::Evaluator;

pub mod blas {
    pub use crate::blas::{Library, Shape, dot, gemv, gemv_transposed, ger, threads};
}

pub mod letters {
    pub use crate::dataset::letters::{
        CLASSES, Canvas, Letters, PIXELS, Size, draw, draw_on, synthesize,
    };
}

pub mod team {
    pub use crate::blocked::{Meeting, Member, Team};
}

pub mod simd {
    pub use crate::simd::exp::{exp, exp_of_moderate, is_moderate, sigmoid, sigmoid_row};
    pub use crate::simd::isa::Kernel;
    pub use crate::simd::{Vector, one_by_one, vectors_for};
}

#[cfg(feature = "cli")]
pub use crate::cli::interrupt::is_ignored;

#[cfg(feature = "cli")]
pub mod instrument {
    pub use crate::environment::Environment;
    pub use crate::instrument::{
        Bandwidth, Contestant, Implementation, Job, Median, Operands, Operation, Peak, Record,
        Roofs, Runner, Samples, Spread, Task, Work, contest, contestants,
    };
}
