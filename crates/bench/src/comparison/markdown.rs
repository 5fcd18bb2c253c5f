//! A comparison of BLAS libraries in Markdown.

use super::{Comparison, ComparisonGroup, ComparisonRow};
use crate::markdown_table::MarkdownTable;
use rankone_runs::text::count;

impl Comparison {
    /// Formats the comparison. For each precision and number of BLAS threads there is a table of
    /// nanoseconds per example, rows by hidden units, and a table of the ratios of each pair of
    /// libraries. Then follow the candidates without a time, the providers that were not measured,
    /// and the warnings.
    pub fn markdown(&self) -> String {
        let peak = self.peak();
        let mut text = format!(
            "# BLAS libraries compared on real training\n\n\
             Engine `blas` on each library: {}. Nanoseconds an example, the median of all runs, \
             and in brackets how many times that of the best library of its column; `same`: the \
             two are the same within the noise, for a 99 % interval of their ratio (two-stage \
             bootstrap of the runs) has 1 in it. Of 100 pairs that do not differ about one is \
             called different by chance. Measured peak of one core: {:.1} GFLOP/s in f64, {:.1} in \
             f32.\n",
            self.data, peak.f64, peak.f32
        );
        for group in &self.groups {
            let threads = count(group.blas_threads, "BLAS thread");
            let times = self.times(group).join("\n");
            text += &format!("\n## {}, {threads}\n\n{times}\n", group.precision);
            let pairs = self.pairs(group);
            if !pairs.is_empty() {
                let pairs = pairs.join("\n");
                text += &format!("\nThe first of each pair by the second:\n\n{pairs}\n");
            }
        }
        let failures = self.groups.iter().flat_map(|group| self.failures(group)).collect();
        let absent = self.backends.absent.iter();
        let absent = absent.map(|a| format!("- {}: {}", a.provider, a.reason)).collect();
        let warnings = self.backends.warnings.iter().map(|text| format!("- {text}")).collect();
        for (title, items) in
            [("Without a time", failures), ("Not there", absent), ("Warnings", warnings)]
        {
            let items: Vec<String> = items;
            if !items.is_empty() {
                text += &format!("\n## {title}\n\n{}\n", items.join("\n"));
            }
        }
        text
    }

    fn table(&self) -> MarkdownTable {
        let sizes = self.sizes.iter().map(|hidden| (format!("D={hidden}"), 1));
        MarkdownTable::new([(String::new(), -1)].into_iter().chain(sizes))
    }

    /// Formats the table of a group: nanoseconds per example, rows by hidden units.
    fn times(&self, group: &ComparisonGroup) -> Vec<String> {
        let table = self.table();
        let line = |row: &ComparisonRow| {
            let name = match &row.library {
                Some(library) => format!("{}: {library}", row.name),
                None => format!("engine `{}`", row.name),
            };
            let cells = (0..self.sizes.len()).map(|column| group.cell(row, column));
            table.row([name].into_iter().chain(cells))
        };
        let rows = group.rows.iter().filter(|row| row.is_measured());
        [table.heading()].into_iter().chain(rows.map(line)).collect()
    }

    /// Formats the table of the ratios of each pair of libraries in a group; empty if there are too
    /// few runs for any interval.
    fn pairs(&self, group: &ComparisonGroup) -> Vec<String> {
        let table = self.table();
        let mut lines = vec![table.heading()];
        let mut has_interval = false;
        for (i, one) in group.libraries().enumerate() {
            for other in group.libraries().skip(i + 1) {
                let ratio = |column| Some(one.median(column)?.by(other.median(column)?));
                let ratios: Vec<_> = (0..self.sizes.len()).map(ratio).collect();
                has_interval |= ratios.iter().flatten().any(|ratio| ratio.interval.is_some());
                let name = format!("{} / {}", one.name, other.name);
                let cells = ratios
                    .iter()
                    .map(|ratio| ratio.map_or(String::new(), |ratio| ratio.to_string()));
                lines.push(table.row([name].into_iter().chain(cells)));
            }
        }
        if has_interval { lines } else { Vec::new() }
    }

    /// Formats the reasons why candidates of a group have no time.
    fn failures(&self, group: &ComparisonGroup) -> Vec<String> {
        let mut failures = Vec::new();
        for ComparisonRow { name, cells, .. } in &group.rows {
            for (hidden, cell) in self.sizes.iter().zip(cells) {
                if let Some(Err(reason)) = cell {
                    failures.push(format!("- {name}, {}, D={hidden}: {reason}", group.precision));
                }
            }
        }
        failures
    }
}

impl ComparisonGroup {
    /// Returns the rows of libraries that were measured.
    fn libraries(&self) -> impl Iterator<Item = &ComparisonRow> {
        self.rows.iter().filter(|row| row.library.is_some() && row.is_measured())
    }

    /// Formats a median, and its ratio to the smallest median of a library in its column.
    fn cell(&self, row: &ComparisonRow, column: usize) -> String {
        let medians = self.libraries().filter_map(|row| row.median(column));
        let best = medians.min_by(|a, b| a.value.total_cmp(&b.value));
        match (&row.cells[column], best) {
            (None, _) => String::new(),
            (Some(Err(_)), _) => "none".into(),
            (Some(Ok(median)), None) => format!("{:.0}", median.value),
            (Some(Ok(median)), Some(best)) => {
                let ratio = median.by(best);
                let is_same = !std::ptr::eq(best, median) && ratio.is_same() == Some(true);
                let same = if is_same { ", same" } else { "" };
                format!("{:.0} ({:.2}{same})", median.value, ratio.value)
            }
        }
    }
}

impl ComparisonRow {
    /// Returns whether anything was measured, or tried.
    fn is_measured(&self) -> bool {
        self.cells.iter().any(Option::is_some)
    }
}
