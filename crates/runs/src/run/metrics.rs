//! The handout's text files: metrics, and predicted labels.

use rankone::{Classes, Outcome};
use std::io::{self, Write};

/// Writes the two mean cross-entropies of every epoch and the two error rates at the end:
///
/// ```text
/// epoch=1 crossentropy(train): 2.1850627611387865
/// epoch=1 crossentropy(validation): 2.1882730258814207
/// error(train): 0.77
/// error(validation): 0.78
/// ```
///
/// # Errors
/// Those of `out`.
pub fn write<T>(outcome: &Outcome<T>, mut out: impl Write) -> io::Result<()> {
    for epoch in &outcome.history {
        let (number, train) = (epoch.epoch, epoch.train_cross_entropy);
        writeln!(out, "epoch={number} crossentropy(train): {train:.16}")?;
        if let Some(validation) = epoch.validation_cross_entropy {
            writeln!(out, "epoch={number} crossentropy(validation): {validation:.16}")?;
        }
    }
    writeln!(out, "error(train): {}", outcome.train.error)?;
    outcome
        .validation
        .iter()
        .try_for_each(|validation| writeln!(out, "error(validation): {}", validation.error))
}

/// Writes one label a line, as the `classes` name them.
///
/// # Errors
/// Those of `out`.
pub fn write_labels(labels: &[usize], classes: &Classes, mut out: impl Write) -> io::Result<()> {
    labels.iter().try_for_each(|&label| writeln!(out, "{}", classes.name(label)))
}
