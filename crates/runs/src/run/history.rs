//! The history of a run as CSV, a line an epoch.

use rankone::profile::Phase;
use rankone::{DataError, Epoch, Error, Result};
use rankone_plot::{Line, Panel, Panels};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// The name of the file, which grows by a line per epoch.
pub(super) const HISTORY: &str = "history.csv";

/// Which columns a history has beside those that all have.
#[derive(Debug, Clone, Copy)]
pub struct HistoryColumns {
    /// The cross-entropy of a validation set.
    pub validation: bool,
    /// The seconds of each phase.
    pub phases: bool,
}

impl HistoryColumns {
    /// The line before the first epoch.
    pub fn header(self) -> String {
        let mut header = String::from("epoch,train_cross_entropy");
        if self.validation {
            header.push_str(",validation_cross_entropy");
        }
        header.push_str(",sgd_seconds,evaluation_seconds,examples_per_second");
        if self.phases {
            header.push_str(",waiting_seconds");
            Phase::ALL.iter().for_each(|phase| header += &format!(",{phase}_seconds"));
        }
        header + ",learning_rate\n"
    }

    /// The line of one epoch over `examples` examples.
    pub fn line(self, epoch: &Epoch, examples: usize) -> String {
        let mut line = format!("{},{:.16}", epoch.epoch, epoch.train_cross_entropy);
        if let Some(loss) = epoch.validation_cross_entropy.filter(|_| self.validation) {
            line += &format!(",{loss:.16}");
        }
        line += &format!(
            ",{:.9},{:.9},{:.0}",
            epoch.sgd_seconds,
            epoch.evaluation_seconds,
            epoch.examples_per_second(examples)
        );
        if self.phases {
            line += &format!(",{:.9}", epoch.waiting_seconds);
            for phase in Phase::ALL {
                // Empty for an epoch that was not profiled, in a run that was gone on with.
                let seconds = epoch.phases.map(|phases| format!("{:.9}", phases.of(phase)));
                line += &format!(",{}", seconds.unwrap_or_default());
            }
        }
        format!("{line},{}\n", epoch.learning_rate)
    }
}

/// Nanoseconds of each phase for one of `examples`, by the phase's name, of those epochs that were
/// profiled, if any were.
pub fn ns_by_phase(history: &[Epoch], examples: usize) -> Option<BTreeMap<String, f64>> {
    let profiled = history.iter().filter_map(|epoch| epoch.phases);
    let count = profiled.clone().count();
    let sum = profiled.reduce(|sum, phases| sum.plus(&phases))?;
    Some(sum.ns_by_name(examples * count))
}

/// The numbers in one column of the history in `folder`, epoch by epoch; none, where it has no such
/// column.
///
/// # Errors
/// [`Error::Io`] where it cannot be read, [`Error::Data`] where a line is none of a history.
pub fn read_history(folder: &Path, column: &str) -> Result<Vec<f64>> {
    let path = folder.join(HISTORY);
    let text = fs::read_to_string(&path).map_err(Error::io(&path))?;
    let mut lines = (1..).zip(text.lines());
    let header = lines.next().map_or("", |(_, line)| line);
    let Some(place) = header.split(',').position(|name| name == column) else {
        return Ok(Vec::new());
    };
    let number = |(number, line): (u64, &str)| {
        let field = line.split(',').nth(place).and_then(|field| field.parse().ok());
        field.ok_or_else(|| {
            DataError::new(&path, Some(number), line, "an epoch of a history").into()
        })
    };
    lines.map(number).collect()
}

/// The two data sets as figures name them, and whether their lines are dashed.
pub(crate) const SETS: [(&str, bool); 2] = [("validation", false), ("training", true)];

/// The title of cross-entropies over the epochs.
pub(crate) const AFTER_EACH_EPOCH: &str = "Cross-entropy after each epoch";

/// The cross-entropies of several runs over the epochs, in one figure; those of the runs in
/// `folders`, which are named by these.
///
/// # Errors
/// Those of [`read_history`].
pub fn curves(folders: &[&Path]) -> Result<Panels> {
    let columns = ["validation_cross_entropy", "train_cross_entropy"];
    let mut lines = Vec::new();
    for (color, folder) in folders.iter().enumerate() {
        let name = folder.file_name().unwrap_or(folder.as_os_str()).to_string_lossy();
        for ((set, is_dashed), column) in SETS.into_iter().zip(columns) {
            let losses = read_history(folder, column)?;
            let points = losses.iter().enumerate().map(|(e, &loss)| ((e + 1) as f64, [loss; 3]));
            let (name, points) = (format!("{name}, {set}"), points.collect::<Vec<_>>());
            if !points.is_empty() {
                lines.push(Line { name, color, is_dashed, points, mark: None });
            }
        }
    }
    Ok(Panels::over_epochs(vec![Panel { title: AFTER_EACH_EPOCH.to_owned(), lines }]))
}
