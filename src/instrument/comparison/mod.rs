//! Measurements set against each other: the BLAS libraries of a machine, or one state of things and the next.
//!
//! Two medians are told apart by the interval of their ratio, from the raw runs ([`Median::by`]): where 1 is in it,
//! they are the same within the noise.

mod beside;
mod results;

pub use beside::beside;

use super::{Median, Peak, Table, Work};
use crate::error::Result;
use crate::number::Precision;
use crate::words::count;
use results::{Backends, Results};
use std::path::Path;

/// What several providers came to, on the same data.
#[derive(Debug)]
pub struct Comparison {
    /// The numbers of hidden units, least first.
    pub sizes: Vec<usize>,
    /// One for each precision and number of BLAS threads that something ran with, in order.
    pub settings: Vec<Setting>,
    /// On what data and which processor.
    data: String,
    backends: Backends,
}

/// All that ran with a precision and a number of BLAS threads.
#[derive(Debug)]
pub struct Setting {
    pub precision: Precision,
    pub blas_threads: usize,
    /// The same contestants in each setting: providers in the order in which they first came, then engines that call
    /// none.
    pub rows: Vec<Row>,
}

/// A provider under the engine `blas`, or an engine that needs none, in one setting.
#[derive(Debug)]
pub struct Row {
    /// The provider's label, or the engine's name.
    pub name: String,
    /// The provider's library.
    pub library: Option<String>,
    /// At each of the sizes nanoseconds an example, or why there are none; nothing where it was not tried.
    cells: Vec<Option<std::result::Result<Median, String>>>,
    /// What it trained, but for the hidden units.
    work: Work,
}

impl Comparison {
    /// Reads the results in `folder`.
    ///
    /// # Errors
    /// [`Error::Io`](crate::Error::Io) where a file cannot be read, [`Error::Data`](crate::Error::Data)
    /// where one does not say what it must, or results are of different data.
    pub fn read(folder: &Path) -> Result<Self> {
        let (mut all, backends) = (results::read(folder)?, Backends::read(folder)?);
        all.retain(|results| !results.first.text("engine").is_empty());
        // Stable: those on a library first.
        all.sort_by_key(|results| results.first.text("library").is_empty());
        let Some(first) = all.first() else {
            return Err(results::fault(folder, None, "no training".into(), "one or more"));
        };
        let [examples, inputs, classes] = first.key().3;
        let on_cpu = backends.cpu().map_or(String::new(), |cpu| format!(", on {cpu}"));
        let data = format!("{examples} examples of {inputs} inputs in {classes} classes{on_cpu}");
        let mut names: Vec<&Results> = Vec::new();
        for results in &all {
            if names.iter().all(|known| known.name != results.name) {
                names.push(results);
            }
        }
        let distinct = |key: &str, of: &dyn Fn(&&Results) -> bool| {
            let mut values: Vec<_> =
                all.iter().filter(of).map(|results| results.first.size(key)).collect();
            values.sort_unstable();
            values.dedup();
            values
        };
        let sizes = distinct("hidden", &|_| true);
        let mut settings = Vec::new();
        for precision in [Precision::F64, Precision::F32] {
            let of = |results: &&Results| results.first.text("precision") == precision.to_string();
            for blas_threads in distinct("blas_threads", &of) {
                let cell = |name: &str, hidden: usize| {
                    let mut seeds = (0..).zip(&all);
                    let (seed, results) = seeds.find(|(_, results)| {
                        let setting = ["blas_threads", "hidden"].map(|key| results.first.size(key));
                        of(results) && results.name == name && setting == [blas_threads, hidden]
                    })?;
                    Some(results.median(seed))
                };
                let row = |Results { name, first, .. }: &&Results| Row {
                    name: name.clone(),
                    library: Some(first.text("library").to_owned())
                        .filter(|words| !words.is_empty()),
                    cells: sizes.iter().map(|&hidden| cell(name, hidden)).collect(),
                    work: Work { inputs, hidden: 0, classes },
                };
                let rows = names.iter().map(row).collect();
                settings.push(Setting { precision, blas_threads, rows });
            }
        }
        Ok(Self { sizes, settings, data, backends })
    }

    /// The measured peak of one core.
    pub fn peak(&self) -> Peak {
        self.backends.peak_gflops
    }

    /// The comparison in Markdown: a table for each precision and number of BLAS threads, rows by hidden units, and
    /// one of the ratios of each pair of providers; then what has no time, who was not there, what was doubtful.
    pub fn markdown(&self) -> String {
        let mut text = format!(
            "# BLAS libraries compared on real training\n\n\
             Engine `blas` on each library: {}. Nanoseconds an example, the median of all runs, and in brackets how many \
             times that of the best library of its column; `same`: the two are the same within the noise, for a 99 % \
             interval of their ratio (two-stage bootstrap of the runs) has 1 in it. Of 100 pairs that do not differ \
             about one is called different by chance. Measured peak of one core: {:.1} GFLOP/s in f64, {:.1} in f32.\n",
            self.data,
            self.peak().f64,
            self.peak().f32
        );
        let mut failures = Vec::new();
        for setting in &self.settings {
            let (precision, threads) =
                (setting.precision, count(setting.blas_threads, "BLAS thread"));
            text += &format!("\n## {precision}, {threads}\n\n{}\n", self.times(setting).join("\n"));
            let pairs = self.pairs(setting);
            if !pairs.is_empty() {
                text +=
                    &format!("\nThe first of each pair by the second:\n\n{}\n", pairs.join("\n"));
            }
            for row in &setting.rows {
                for (hidden, cell) in self.sizes.iter().zip(&row.cells) {
                    if let Some(Err(reason)) = cell {
                        failures.push(format!("- {}, {precision}, D={hidden}: {reason}", row.name));
                    }
                }
            }
        }
        let absent = self
            .backends
            .absent
            .iter()
            .map(|a| format!("- {}: {}", a.provider, a.reason))
            .collect();
        let warnings = self.backends.warnings.iter().map(|words| format!("- {words}")).collect();
        for (title, items) in
            [("Without a time", failures), ("Not there", absent), ("Warnings", warnings)]
        {
            if !items.is_empty() {
                text += &format!("\n## {title}\n\n{}\n", items.join("\n"));
            }
        }
        text
    }

    fn table(&self) -> Table {
        let sizes = self.sizes.iter().map(|hidden| (format!("D={hidden}"), 1));
        Table::new([(String::new(), -1)].into_iter().chain(sizes))
    }

    /// The table of a setting: what ran, by hidden units.
    fn times(&self, setting: &Setting) -> Vec<String> {
        let table = self.table();
        let best = |column: usize| {
            let medians = setting.libraries().filter_map(|row| row.median(column));
            medians.min_by(|a, b| a.value.total_cmp(&b.value))
        };
        let cell = |row: &Row, column: usize| match (&row.cells[column], best(column)) {
            (None, _) => String::new(),
            (Some(Err(_)), _) => "none".into(),
            (Some(Ok(median)), None) => format!("{:.0}", median.value),
            (Some(Ok(median)), Some(best)) => {
                let ratio = median.by(best);
                let same = !std::ptr::eq(best, median) && ratio.is_same() == Some(true);
                format!(
                    "{:.0} ({:.2}{})",
                    median.value,
                    ratio.value,
                    if same { ", same" } else { "" }
                )
            }
        };
        let line = |row: &Row| {
            let of_library = row.library.as_ref().map(|library| format!("{}: {library}", row.name));
            let who = of_library.unwrap_or_else(|| format!("engine `{}`", row.name));
            table
                .row([who].into_iter().chain((0..self.sizes.len()).map(|column| cell(row, column))))
        };
        let rows = setting.rows.iter().filter(|row| row.cells.iter().any(Option::is_some));
        [table.heading()].into_iter().chain(rows.map(line)).collect()
    }

    /// The table of a setting that sets every two libraries against each other; empty where there are too few runs
    /// to tell of any.
    fn pairs(&self, setting: &Setting) -> Vec<String> {
        let table = self.table();
        let mut lines = vec![table.heading()];
        let mut told = false;
        for (i, one) in setting.libraries().enumerate() {
            for other in setting.libraries().skip(i + 1) {
                let ratio = |column| Some(one.median(column)?.by(other.median(column)?));
                let ratios: Vec<_> = (0..self.sizes.len()).map(ratio).collect();
                told |= ratios.iter().flatten().any(|ratio| ratio.is_same().is_some());
                let who = format!("{} / {}", one.name, other.name);
                let cells = ratios
                    .iter()
                    .map(|ratio| ratio.map_or(String::new(), |ratio| ratio.to_string()));
                lines.push(table.row([who].into_iter().chain(cells)));
            }
        }
        if told { lines } else { Vec::new() }
    }
}

impl Setting {
    /// Those on a library that were tried.
    fn libraries(&self) -> impl Iterator<Item = &Row> {
        let tried = |row: &&Row| row.library.is_some() && row.cells.iter().any(Option::is_some);
        self.rows.iter().filter(tried)
    }
}

impl Row {
    fn median(&self, column: usize) -> Option<&Median> {
        self.cells[column].as_ref()?.as_ref().ok()
    }

    /// At each of `sizes`, those of the comparison, hidden units and GFLOP/s at the median, where there is a time.
    pub fn points(&self, sizes: &[usize]) -> impl Iterator<Item = (f64, f64)> {
        sizes.iter().enumerate().filter_map(|(column, &hidden)| {
            let flops = Work { hidden, ..self.work }.flops();
            Some((hidden as f64, flops / self.median(column)?.value))
        })
    }
}
