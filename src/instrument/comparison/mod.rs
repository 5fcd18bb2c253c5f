//! The BLAS libraries of several builds compared: their results read, merged, and shown.

mod markdown;
mod results;

use super::{Measurement, Peak, Spread, Verdict, Work};
use crate::error::Result;
use crate::number::Precision;
use results::{Absent, Backends, ResultLine};
use std::path::Path;

/// What several providers came to, on the same data.
#[derive(Debug)]
pub struct Comparison {
    /// Those that ran, in the order in which they first came, and last the engines that call no library.
    pub entries: Vec<Entry>,
    /// One for each entry, precision, number of hidden units and of BLAS threads.
    pub cells: Vec<Cell>,
    absent: Vec<Absent>,
    /// Of one core.
    pub peak: Peak,
    /// The processor, where an environment tells it.
    cpu: Option<String>,
    /// N, M, K.
    data: (usize, usize, usize),
}

/// A provider under the engine `blas`, or an engine that needs none.
#[derive(Debug, PartialEq)]
pub struct Entry {
    /// The provider's label, or the engine's name.
    pub name: String,
    /// The provider's library.
    pub library: Option<String>,
}

/// An entry at one setting, all its results merged.
#[derive(Debug)]
pub struct Cell {
    /// Index among the entries.
    pub entry: usize,
    pub precision: Precision,
    pub hidden: usize,
    blas_threads: usize,
    /// Nanoseconds and GFLOP/s, or why there are none.
    pub outcome: std::result::Result<Times, String>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Times {
    ns: Spread,
    pub gflops: f64,
}

impl Comparison {
    /// Reads the results in `folder`.
    ///
    /// # Errors
    /// [`Error::Io`](crate::Error::Io) where a file cannot be read, [`Error::Data`](crate::Error::Data)
    /// where one does not say what it must, or results are of different data.
    pub fn read(folder: &Path) -> Result<Self> {
        let (lines, backends) = results::read(folder)?;
        Ok(Self::of(&lines, backends))
    }

    /// The comparison of results of the same data, at least one.
    fn of(lines: &[ResultLine], backends: Backends) -> Self {
        let Backends { environments, absent, peak_gflops } = backends;
        // All ran on one machine.
        let cpu = environments.values().find_map(|e| e.pointer("/cpu/model")?.as_str());
        let mut entries: Vec<Entry> = Vec::new();
        // Stable: those on a library first.
        let mut order: Vec<&ResultLine> = lines.iter().collect();
        order.sort_by_key(|line| !line.on_blas());
        let mut groups: Vec<(Cell, Vec<&Measurement>)> = Vec::new();
        for line in order {
            let m = &line.measurement;
            let name = line.entry();
            let known = entries.iter().position(|entry| entry.name == name);
            let entry = known.unwrap_or_else(|| {
                entries.push(Entry { name: name.to_owned(), library: m.library.clone() });
                entries.len() - 1
            });
            let setting = (entry, m.precision, m.hidden, m.blas_threads);
            match groups.iter_mut().find(|(cell, _)| cell.setting() == setting) {
                Some((_, group)) => group.push(m),
                None => {
                    let (entry, precision, hidden, blas_threads) = setting;
                    let outcome = Err(String::new());
                    let cell = Cell { entry, precision, hidden, blas_threads, outcome };
                    groups.push((cell, vec![m]));
                }
            }
        }
        let merged = |(cell, group): (Cell, Vec<_>)| Cell { outcome: merge(&group), ..cell };
        let cells = groups.into_iter().map(merged).collect();
        Self {
            entries,
            cells,
            absent,
            peak: peak_gflops,
            cpu: cpu.map(str::to_owned),
            data: lines[0].data(),
        }
    }

    /// Each precision and number of BLAS threads that something ran with, in order.
    pub fn settings(&self) -> Vec<(Precision, usize)> {
        let of_precision = |precision| {
            let cells = self.cells.iter().filter(move |cell| cell.precision == precision);
            let mut threads: Vec<_> = cells.map(|cell| cell.blas_threads).collect();
            threads.sort_unstable();
            threads.dedup();
            threads.into_iter().map(move |threads| (precision, threads))
        };
        [Precision::F64, Precision::F32].into_iter().flat_map(of_precision).collect()
    }

    /// The numbers of hidden units, least first.
    pub fn sizes(&self) -> Vec<usize> {
        let mut sizes: Vec<_> = self.cells.iter().map(|cell| cell.hidden).collect();
        sizes.sort_unstable();
        sizes.dedup();
        sizes
    }

    /// The cells of one setting.
    pub fn cells(&self, (precision, threads): (Precision, usize)) -> impl Iterator<Item = &Cell> {
        let fits = move |c: &&Cell| c.precision == precision && c.blas_threads == threads;
        self.cells.iter().filter(fits)
    }
}

impl Cell {
    fn setting(&self) -> (usize, Precision, usize, usize) {
        (self.entry, self.precision, self.hidden, self.blas_threads)
    }
}

/// All results of one setting as one: a single wrong answer disqualifies.
fn merge(group: &[&Measurement]) -> std::result::Result<Times, String> {
    let reason = |m: &Measurement| m.reason.clone().unwrap_or_else(|| "no time".into());
    if let Some(wrong) = group.iter().find(|m| m.check == Verdict::Failed) {
        return Err(format!("disqualified: {}", reason(wrong)));
    }
    let series: Vec<Spread> = group.iter().filter_map(|m| m.ns_per_example).collect();
    if series.is_empty() {
        return Err(format!("not run: {}", reason(group[0])));
    }
    let ns = Spread::merged(&series);
    let Measurement { inputs, hidden, classes, .. } = *group[0];
    Ok(Times { ns, gflops: Work { inputs, hidden, classes }.flops() / ns.median })
}
