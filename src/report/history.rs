//! The history of a run as CSV, a line an epoch.

use crate::trainer::Epoch;

/// The line before the first epoch.
pub const HEADER: &str = "epoch,train_cross_entropy,validation_cross_entropy,\
                          sgd_seconds,evaluation_seconds,examples_per_second\n";

/// The line of one epoch over `examples` examples.
pub fn line(epoch: &Epoch, examples: usize) -> String {
    let Epoch {
        epoch: number,
        train_cross_entropy,
        validation_cross_entropy,
        sgd_seconds,
        evaluation_seconds,
    } = epoch;
    let speed = epoch.examples_per_second(examples);
    format!(
        "{number},{train_cross_entropy:.16},{validation_cross_entropy:.16},\
         {sgd_seconds:.9},{evaluation_seconds:.9},{speed:.0}\n"
    )
}
