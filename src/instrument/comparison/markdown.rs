//! A comparison as tables.

use super::{Cell, Comparison, Entry};
use crate::words::count;
use std::fmt::Write;

impl Comparison {
    /// The comparison in Markdown: a table for each precision and number of BLAS threads, entries by
    /// hidden units, then what has no time and who was not there.
    pub fn markdown(&self) -> String {
        let (examples, inputs, classes) = self.data;
        let on_cpu = self.cpu.as_ref().map_or_else(String::new, |cpu| format!(", on {cpu}"));
        let mut text = format!(
            "# BLAS libraries compared on real training\n\n\
             Engine `blas` on each library: {examples} examples of {inputs} inputs in {classes} \
             classes{on_cpu}. Nanoseconds an example, the median of all results, and in brackets how many \
             times that of the best library of its column. Measured peak of one core: {:.1} GFLOP/s in \
             f64, {:.1} in f32.\n",
            self.peak.f64, self.peak.f32
        );
        for setting in self.settings() {
            let (precision, threads) = setting;
            let threads = count(threads, "BLAS thread");
            let _ = write!(text, "\n## {precision}, {threads}\n\n| |");
            for hidden in self.sizes() {
                let _ = write!(text, " D={hidden} |");
            }
            let _ = writeln!(text, "\n|---|{}", "--:|".repeat(self.sizes().len()));
            let cells: Vec<&Cell> = self.cells(setting).collect();
            for (index, entry) in self.entries.iter().enumerate() {
                if cells.iter().any(|cell| cell.entry == index) {
                    self.row(&mut text, &cells, index, entry);
                }
            }
        }
        self.list(&mut text, "Without a time", self.failures());
        let absent = self.absent.iter().map(|a| format!("{}: {}", a.provider, a.reason));
        self.list(&mut text, "Not there", absent);
        text
    }

    fn row(&self, text: &mut String, cells: &[&Cell], index: usize, entry: &Entry) {
        let _ = match &entry.library {
            Some(library) => write!(text, "| {}: {library} |", entry.name),
            None => write!(text, "| engine `{}` |", entry.name),
        };
        for hidden in self.sizes() {
            let column = || cells.iter().filter(|cell| cell.hidden == hidden);
            let cell = column().find(|cell| cell.entry == index);
            let _ = match cell.map(|cell| &cell.outcome) {
                None => write!(text, " |"),
                Some(Err(_)) => write!(text, " none |"),
                Some(Ok(times)) => {
                    let libraries = column().filter(|c| self.entries[c.entry].library.is_some());
                    let medians = libraries.filter_map(|c| c.outcome.as_ref().ok());
                    let best = medians.map(|times| times.ns.median).fold(f64::INFINITY, f64::min);
                    let median = times.ns.median;
                    if best.is_finite() {
                        write!(text, " {median:.0} ({:.2}) |", median / best)
                    } else {
                        write!(text, " {median:.0} |")
                    }
                }
            };
        }
        text.push('\n');
    }

    /// Who has no time at which setting, and why.
    fn failures(&self) -> impl Iterator<Item = String> {
        self.cells.iter().filter_map(|cell| {
            let reason = cell.outcome.as_ref().err()?;
            let name = &self.entries[cell.entry].name;
            Some(format!("{name}, {}, D={}: {reason}", cell.precision, cell.hidden))
        })
    }

    fn list(&self, text: &mut String, title: &str, items: impl Iterator<Item = String>) {
        let mut items = items.peekable();
        if items.peek().is_some() {
            let _ = writeln!(text, "\n## {title}\n");
        }
        for item in items {
            let _ = writeln!(text, "- {item}");
        }
    }
}
