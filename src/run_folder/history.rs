//! The history of a run as CSV, a line an epoch.

use crate::phases::{Phase, Phases};
use crate::training::Epoch;

/// The line before the first epoch; a `profiled` run has a column for each phase.
pub fn header(profiled: bool) -> String {
    let mut header = String::from(
        "epoch,train_cross_entropy,validation_cross_entropy,\
         sgd_seconds,evaluation_seconds,examples_per_second",
    );
    if profiled {
        header.push_str(",waiting_seconds");
        Phase::ALL.iter().for_each(|phase| header += &format!(",{phase}_seconds"));
    }
    header + "\n"
}

/// The line of one epoch over `examples` examples; without a validation set its column is empty.
pub fn line(epoch: &Epoch, examples: usize) -> String {
    let validation = epoch.validation_cross_entropy;
    let mut line = format!(
        "{},{:.16},{},{:.9},{:.9},{:.0}",
        epoch.epoch,
        epoch.train_cross_entropy,
        validation.map_or(String::new(), |loss| format!("{loss:.16}")),
        epoch.sgd_seconds,
        epoch.evaluation_seconds,
        epoch.examples_per_second(examples)
    );
    if let Some(phases) = &epoch.phases {
        line += &format!(",{:.9}", epoch.waiting_seconds);
        Phases::iter(phases).for_each(|(_, seconds)| line += &format!(",{seconds:.9}"));
    }
    line + "\n"
}
