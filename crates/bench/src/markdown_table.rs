//! Markdown tables with padded cells, so that they are also readable on a terminal.

use crate::bench_record::BenchRecord;
use rankone::profile::Phase;

/// The columns of a table: title, and width in characters; negative for a left-aligned column.
#[derive(Debug, Clone)]
pub(crate) struct MarkdownTable(Vec<(String, i32)>);

impl MarkdownTable {
    pub(crate) fn new<S: Into<String>>(columns: impl IntoIterator<Item = (S, i32)>) -> Self {
        Self(columns.into_iter().map(|(title, width)| (title.into(), width)).collect())
    }

    /// Formats the titles and the rule below them.
    pub(crate) fn heading(&self) -> String {
        let rules = self.0.iter().map(|(_, width)| {
            let dashes = "-".repeat((width.unsigned_abs() as usize).max(3) - 1);
            dashes + if *width > 0 { ":" } else { "-" }
        });
        format!("{}\n{}", self.row(self.0.iter().map(|(title, _)| title)), self.row(rules))
    }

    /// Formats a row, which can have fewer cells than there are columns.
    pub(crate) fn row<S: AsRef<str>>(&self, cells: impl IntoIterator<Item = S>) -> String {
        let cells = cells.into_iter().zip(&self.0).map(|(cell, (_, width))| {
            let (cell, characters) = (cell.as_ref(), width.unsigned_abs() as usize);
            match *width > 0 {
                true => format!("{cell:>characters$} |"),
                false => format!("{cell:<characters$} |"),
            }
        });
        format!("| {}", cells.collect::<Vec<_>>().join(" "))
    }
}

/// A column of a table of records: title and width as in [`MarkdownTable`], path of the field, and
/// decimals of a number.
type RecordColumn = (&'static str, i32, &'static str, usize);

/// A table of records.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RecordTable(&'static [RecordColumn]);

/// The table of engines.
pub(crate) const ENGINE_TABLE: RecordTable = RecordTable(&[
    ("D", 5, "hidden", 0),
    ("engine", -16, "engine", 0),
    ("type", -4, "precision", 0),
    ("ns: min", 8, "ns_per_example/min", 0),
    ("median", 8, "ns_per_example/median", 0),
    ("p90", 8, "ns_per_example/p90", 0),
    ("ns/weight", 9, "ns_per_weight", 4),
    ("GFLOP/s", 8, "gflops", 2),
    ("of peak", 8, "share_of_peak", 1),
]);

/// The table of products.
pub(crate) const PRODUCT_TABLE: RecordTable = RecordTable(&[
    ("shape", 9, "shape", 0),
    ("product", -26, "product", 0),
    ("type", -4, "precision", 0),
    ("ns: min", 9, "ns_per_call/min", 1),
    ("median", 9, "ns_per_call/median", 1),
    ("p90", 9, "ns_per_call/p90", 1),
    ("GFLOP/s", 8, "gflops", 2),
    ("of peak", 8, "share_of_peak", 1),
    ("GB/s", 8, "gb_per_second", 1),
    ("cache", -6, "level", 0),
    ("of its loads", 12, "share_of_bandwidth", 1),
    ("ms of 1000", 10, "ms_of_1000", 4),
]);

impl RecordTable {
    fn table(&self) -> MarkdownTable {
        MarkdownTable::new(self.0.iter().map(|&(title, width, ..)| (title, width)))
    }

    /// Formats the titles and the rule below them.
    pub(crate) fn heading(&self) -> String {
        self.table().heading()
    }

    /// Formats a record: its times and those of its phases, or the reason why it has none.
    pub(crate) fn row(&self, record: &BenchRecord) -> String {
        let cell = |&(_, _, path, decimals): &RecordColumn| match record.number(path) {
            None => record.text(path).to_owned(),
            Some(share) if path.starts_with("share") => format!("{:.decimals$} %", 100.0 * share),
            Some(number) => format!("{number:.decimals$}"),
        };
        if record.number("gflops").is_none() {
            let check = if record.is_wrong() { "DISQUALIFIED" } else { record.text("check") };
            let reason = format!("{check}: {}", record.text("reason"));
            return self.table().row(self.0[..3].iter().map(cell).chain([reason]));
        }
        let mut rows = vec![self.table().row(self.0.iter().map(cell))];
        for phase in Phase::ALL.map(|phase| phase.to_string()) {
            if let Some(ns) = record.number(&format!("phases/{phase}")).filter(|ns| *ns > 0.0) {
                rows.push(self.table().row(["", &phase, "", "", &format!("{ns:.0}")]));
            }
        }
        rows.join("\n")
    }

    /// Formats a row without a record: text in the first two columns and in the last one.
    pub(crate) fn published(&self, first: &str, second: &str, last: &str) -> String {
        let blank = vec![""; self.0.len() - 3];
        self.table().row([first, second].into_iter().chain(blank).chain([last]))
    }
}
