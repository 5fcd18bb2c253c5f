//! What a data set holds, in numbers; and which of its examples were seen before.

use crate::data_warnings::row_hash;
use rankone::{Dataset, Number};
use std::collections::HashMap;
use std::fmt;
use std::path::{Path, PathBuf};

/// What a data set holds.
#[derive(Debug, Clone, PartialEq)]
pub struct DataSummary {
    /// N.
    pub examples: usize,
    /// M.
    pub inputs: usize,
    /// The names of the label and of the inputs, if the file has a header.
    pub header: Option<(String, Vec<String>)>,
    /// The labels that occur, and the number of examples of each.
    pub labels: Vec<(String, usize)>,
    /// The least and the greatest value.
    pub range: (f64, f64),
    /// The percentage of values that are not 0.
    pub nonzero: f64,
    /// The percentage of values that are neither 0 nor 1.
    pub fractional: f64,
}

impl DataSummary {
    /// Summarizes `data`.
    pub fn of<T: Number>(data: &Dataset<T>) -> Self {
        let (features, schema) = (data.features(), data.schema());
        let mut counts = vec![0; data.classes()];
        data.labels().iter().for_each(|&label| counts[label] += 1);
        let occurring = counts.into_iter().enumerate().filter(|(_, count)| *count > 0);
        let percent = |is_counted: fn(f64) -> bool| {
            let count = features.iter().filter(|value| is_counted(value.as_f64())).count();
            100.0 * count as f64 / features.len() as f64
        };
        let fold = |start, fold: fn(f64, f64) -> f64| {
            features.iter().map(|value| value.as_f64()).fold(start, fold)
        };
        let label_name = schema.label_name.as_deref().unwrap_or("label");
        let names = schema.input_names.as_ref();
        Self {
            examples: data.examples(),
            inputs: data.inputs(),
            header: names.map(|names| (label_name.to_owned(), names.clone())),
            labels: occurring
                .map(|(label, count)| (schema.classes.name(label).into_owned(), count))
                .collect(),
            range: (fold(f64::INFINITY, f64::min), fold(f64::NEG_INFINITY, f64::max)),
            nonzero: percent(|value| value != 0.0),
            fractional: percent(|value| value != 0.0 && value != 1.0),
        }
    }
}

impl fmt::Display for DataSummary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { examples, inputs, header, labels, range, nonzero, fractional } = self;
        writeln!(f, "  examples    {examples}")?;
        writeln!(f, "  columns     {}: a label and {inputs} values", inputs + 1)?;
        if let Some((label, names)) = header {
            writeln!(f, "  header      {label}; {}", names.join(", "))?;
        }
        write!(f, "  labels     ")?;
        labels.iter().try_for_each(|(label, count)| write!(f, " {label}: {count} "))?;
        let (least, greatest) = range;
        write!(
            f,
            "\n  values      {least} to {greatest}, {nonzero:.1} % nonzero, \
             {fractional:.1} % neither 0 nor 1"
        )
    }
}

/// Counts examples, label and all, that were seen before, over several data sets.
#[derive(Debug, Clone, Default)]
pub struct Duplicates {
    /// By the hash of an example, the data set that it was first seen in.
    first: HashMap<u64, usize>,
    /// The names of the data sets so far.
    names: Vec<PathBuf>,
}

impl Duplicates {
    /// Takes the next data set. Returns, in words, how many of its examples stand in it a second
    /// time, and how many in each of those before it.
    pub fn take<T: Number>(&mut self, name: &Path, data: &Dataset<T>) -> String {
        let this = self.names.len();
        let mut counts = vec![0; this + 1];
        for row in data.iter() {
            let known = self.first.len();
            let first = *self.first.entry(row_hash(row)).or_insert(this);
            counts[first] += usize::from(self.first.len() == known);
        }
        let mut text = format!("  duplicates  {} examples stand in it before", counts[this]);
        for (name, count) in self.names.iter().zip(counts).filter(|(_, count)| *count > 0) {
            text += &format!("\n              {count} examples stand in {}", name.display());
        }
        self.names.push(name.to_owned());
        text
    }
}
