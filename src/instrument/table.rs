//! A table as lines of Markdown, padded so that a terminal shows it well too.

use super::Record;
use crate::phases::Phase;

/// The columns of a table: titles, and characters that each takes at least; what stands to the left of its column
/// has a negative number of them.
#[derive(Debug, Clone)]
pub struct Table(Vec<(String, i32)>);

impl Table {
    /// A table of these columns.
    pub fn new<S: Into<String>>(columns: impl IntoIterator<Item = (S, i32)>) -> Self {
        Self(columns.into_iter().map(|(title, width)| (title.into(), width)).collect())
    }

    /// Titles, and the line below them.
    pub fn heading(&self) -> String {
        let rules = self.0.iter().map(|(_, width)| {
            let dashes = "-".repeat((width.unsigned_abs() as usize).max(3) - 1);
            dashes + if *width > 0 { ":" } else { "-" }
        });
        format!("{}\n{}", self.row(self.0.iter().map(|(title, _)| title)), self.row(rules))
    }

    /// A row; cells that are left out at its end are empty.
    pub fn row<S: AsRef<str>>(&self, cells: impl IntoIterator<Item = S>) -> String {
        let cells = cells.into_iter().zip(&self.0).map(|(cell, (_, width))| {
            let (cell, room) = (cell.as_ref(), width.unsigned_abs() as usize);
            if *width > 0 { format!("{cell:>room$} |") } else { format!("{cell:<room$} |") }
        });
        format!("| {}", cells.collect::<Vec<_>>().join(" "))
    }
}

/// A column of records: its title and width as in a [`Table`], the field that it shows, and the digits after the point
/// of a number.
type Column = (&'static str, i32, &'static str, usize);

/// A table of records.
#[derive(Debug)]
pub struct Records(&'static [Column]);

/// Of trainings.
pub const TRAINING: Records = Records(&[
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

/// Of products.
pub const PRODUCTS: Records = Records(&[
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

impl Records {
    fn table(&self) -> Table {
        Table::new(self.0.iter().map(|&(title, width, ..)| (title, width)))
    }

    /// Titles, and the line below them.
    pub fn heading(&self) -> String {
        self.table().heading()
    }

    /// A record: its times and those of its phases, or why it has none.
    pub fn row(&self, record: &Record) -> String {
        let cell = |&(_, _, path, digits): &Column| match record.number(path) {
            None => record.text(path).to_owned(),
            Some(share) if path.starts_with("share") => format!("{:.digits$} %", 100.0 * share),
            Some(number) => format!("{number:.digits$}"),
        };
        if record.number("gflops").is_none() {
            let check = if record.text("check") == "failed" {
                "DISQUALIFIED"
            } else {
                record.text("check")
            };
            let who = self.0[..3].iter().map(cell);
            return self.table().row(who.chain([format!("{check}: {}", record.text("reason"))]));
        }
        let mut rows = vec![self.table().row(self.0.iter().map(cell))];
        for phase in Phase::ALL.map(|phase| phase.to_string()) {
            if let Some(ns) = record.number(&format!("phases/{phase}")).filter(|ns| *ns > 0.0) {
                rows.push(self.table().row(["", &phase, "", "", &format!("{ns:.0}")]));
            }
        }
        rows.join("\n")
    }

    /// A row that is not of a record: what it is in the second column, and a time in the last.
    pub fn published(&self, first: &str, what: &str, last: &str) -> String {
        let blank = vec![""; self.0.len() - 3];
        self.table().row([first, what].into_iter().chain(blank).chain([last]))
    }
}
