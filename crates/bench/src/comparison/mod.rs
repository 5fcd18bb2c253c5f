//! Comparisons: the BLAS libraries of a machine, or two measurements of the same candidates.
//!
//! Whether two medians differ is decided by the interval of their ratio, computed from the runs
//! ([`Median::by`]): if it contains 1, they are the same within the noise.

mod before_after;
mod candidate_results;
mod markdown;

pub use before_after::compare_measurements;

use crate::machine_limits::Peak;
use crate::samples::Median;
use crate::work_size::WorkSize;
use candidate_results::{Backends, CandidateResults, invalid};
use rankone::Precision;
use std::path::Path;

/// The results of several BLAS libraries on the same data.
#[derive(Debug)]
pub struct Comparison {
    /// The numbers of hidden units, ascending.
    pub(crate) sizes: Vec<usize>,
    /// One for each precision and number of BLAS threads that has results, in order.
    pub(crate) groups: Vec<ComparisonGroup>,
    /// A description of the data and the CPU.
    data: String,
    backends: Backends,
}

/// The results in one precision with one number of BLAS threads.
#[derive(Debug)]
pub(crate) struct ComparisonGroup {
    pub(crate) precision: Precision,
    pub(crate) blas_threads: usize,
    /// The same rows in each group: BLAS libraries in the order of the file, then the engines that
    /// do not call one.
    pub(crate) rows: Vec<ComparisonRow>,
}

/// The engine `blas` on one library, or an engine that does not call one, in one group.
#[derive(Debug)]
pub(crate) struct ComparisonRow {
    /// The label of the library's provider, or the name of the engine.
    pub(crate) name: String,
    /// The library.
    pub(crate) library: Option<String>,
    /// Nanoseconds per example at each size, or why there are none; `None` if it was not measured.
    cells: Vec<Option<std::result::Result<Median, String>>>,
    /// What it trained; the hidden units are 0.
    work: WorkSize,
}

impl Comparison {
    /// Reads `results.jsonl` and `environment.json` in `folder`.
    ///
    /// # Errors
    /// [`Error::Io`](rankone::Error::Io) if a file cannot be read, [`Error::Data`] if its content
    /// is invalid, or the results are of different data sets.
    ///
    /// [`Error::Data`]: rankone::Error::Data
    pub fn read(folder: &Path) -> rankone::Result<Self> {
        let (mut all, backends) = (candidate_results::read(folder)?, Backends::read(folder)?);
        all.retain(|results| !results.first.text("engine").is_empty());
        // The sort is stable: libraries first.
        all.sort_by_key(|results| results.first.text("library").is_empty());
        let Some(first) = all.first() else {
            return Err(invalid(folder, None, "no training".into(), "one or more"));
        };
        let [examples, inputs, classes] = first.key().3;
        let on_cpu = backends.cpu().map_or(String::new(), |cpu| format!(", on {cpu}"));
        let data = format!("{examples} examples of {inputs} inputs in {classes} classes{on_cpu}");
        let mut sizes: Vec<_> = all.iter().map(|results| results.first.size("hidden")).collect();
        sizes.sort_unstable();
        sizes.dedup();
        let mut settings: Vec<_> = all.iter().filter_map(CandidateResults::setting).collect();
        settings.sort_unstable_by_key(|(precision, threads)| (*precision as u8, *threads));
        settings.dedup();
        let group = |setting| {
            let (precision, blas_threads) = setting;
            let rows = rows(&all, setting, &sizes);
            ComparisonGroup { precision, blas_threads, rows }
        };
        let groups = settings.into_iter().map(group).collect();
        Ok(Self { sizes, groups, data, backends })
    }

    /// Returns the measured peak of one core.
    pub(crate) fn peak(&self) -> Peak {
        self.backends.peak_gflops
    }
}

/// Makes a row for each name in `all`, with those of its results that have this `setting`.
fn rows(
    all: &[CandidateResults],
    setting: (Precision, usize),
    sizes: &[usize],
) -> Vec<ComparisonRow> {
    let mut rows: Vec<ComparisonRow> = Vec::new();
    for CandidateResults { name, first, .. } in all {
        if rows.iter().any(|row| row.name == *name) {
            continue;
        }
        let cell = |&hidden: &usize| {
            // Each result has a seed, so that the intervals are independent.
            let (seed, results) = (0..).zip(all).find(|(_, results)| {
                let is_at = results.setting() == Some(setting);
                is_at && results.name == *name && results.first.size("hidden") == hidden
            })?;
            Some(results.median(seed))
        };
        let library = Some(first.text("library").to_owned()).filter(|text| !text.is_empty());
        let [inputs, classes] = ["inputs", "classes"].map(|key| first.size(key));
        let (cells, work) =
            (sizes.iter().map(cell).collect(), WorkSize { inputs, hidden: 0, classes });
        rows.push(ComparisonRow { name: name.clone(), library, cells, work });
    }
    rows
}

impl ComparisonRow {
    fn median(&self, column: usize) -> Option<&Median> {
        self.cells[column].as_ref()?.as_ref().ok()
    }

    /// Returns `(hidden units, GFLOP/s at the median)` for each of `sizes` that has a time; `sizes`
    /// are those of the comparison.
    pub(crate) fn points(&self, sizes: &[usize]) -> impl Iterator<Item = (f64, f64)> {
        sizes.iter().enumerate().filter_map(|(column, &hidden)| {
            let flops = WorkSize { hidden, ..self.work }.flops();
            Some((hidden as f64, flops / self.median(column)?.value))
        })
    }
}
