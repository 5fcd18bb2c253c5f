//! The BLAS libraries of several builds compared: their results read, merged, and shown.

mod markdown;
mod picture;
mod results;

use super::{Check, Measurement, Peak, Spread, Work};
use crate::error::Result;
use crate::scalar::Precision;
use results::{Absent, Environment, Line};
use std::path::Path;

/// What several providers came to, on the same data.
#[derive(Debug)]
pub struct Comparison {
    /// Those that ran, in the order in which they first came, and last the engines that call no library.
    contestants: Vec<Contestant>,
    /// One for each contestant, precision, number of hidden units and of BLAS threads.
    cells: Vec<Cell>,
    absent: Vec<Absent>,
    peak: Peak,
    /// The processor, where an environment tells it.
    cpu: Option<String>,
    /// N, M, K.
    data: (usize, usize, usize),
}

/// A provider under the engine `blas`, or an engine that needs none.
#[derive(Debug, PartialEq)]
struct Contestant {
    /// The provider's label, or the engine's name.
    name: String,
    /// The provider's library.
    library: Option<String>,
}

/// A contestant at one setting, all its results merged.
#[derive(Debug)]
struct Cell {
    /// Index among the contestants.
    contestant: usize,
    precision: Precision,
    hidden: usize,
    blas_threads: usize,
    /// Nanoseconds and GFLOP/s, or why there are none.
    outcome: std::result::Result<Times, String>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
struct Times {
    ns: Spread,
    gflops: f64,
}

impl Comparison {
    /// Reads the results in `folder`.
    ///
    /// # Errors
    /// [`Error::Io`](crate::Error::Io) where a file cannot be read, [`Error::Data`](crate::Error::Data)
    /// where one does not say what it must, or results are of different data.
    pub fn read(folder: &Path) -> Result<Self> {
        let (lines, environment) = results::read(folder)?;
        Ok(Self::of(&lines, environment))
    }

    /// The comparison of results of the same data, at least one.
    fn of(lines: &[Line], environment: Environment) -> Self {
        let Environment { environments, absent, peak_gflops } = environment;
        // All ran on one machine.
        let cpu = environments.values().find_map(|e| e.pointer("/cpu/model")?.as_str());
        let mut contestants: Vec<Contestant> = Vec::new();
        // Stable: those on a library first.
        let mut order: Vec<&Line> = lines.iter().collect();
        order.sort_by_key(|line| !line.on_blas());
        let mut groups: Vec<(Cell, Vec<&Measurement>)> = Vec::new();
        for line in order {
            let m = &line.measurement;
            let name = line.contestant();
            let known = contestants.iter().position(|c| c.name == name);
            let contestant = known.unwrap_or_else(|| {
                contestants.push(Contestant { name: name.to_owned(), library: m.library.clone() });
                contestants.len() - 1
            });
            let setting = (contestant, m.precision, m.hidden, m.blas_threads);
            match groups.iter_mut().find(|(cell, _)| cell.setting() == setting) {
                Some((_, group)) => group.push(m),
                None => {
                    let (contestant, precision, hidden, blas_threads) = setting;
                    let outcome = Err(String::new());
                    let cell = Cell { contestant, precision, hidden, blas_threads, outcome };
                    groups.push((cell, vec![m]));
                }
            }
        }
        let merged = |(cell, group): (Cell, Vec<_>)| Cell { outcome: merge(&group), ..cell };
        let cells = groups.into_iter().map(merged).collect();
        Self {
            contestants,
            cells,
            absent,
            peak: peak_gflops,
            cpu: cpu.map(str::to_owned),
            data: lines[0].data(),
        }
    }

    /// Each precision and number of BLAS threads that something ran with, in order.
    fn settings(&self) -> Vec<(Precision, usize)> {
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
    fn sizes(&self) -> Vec<usize> {
        let mut sizes: Vec<_> = self.cells.iter().map(|cell| cell.hidden).collect();
        sizes.sort_unstable();
        sizes.dedup();
        sizes
    }

    /// The cells of one setting.
    fn cells(&self, (precision, threads): (Precision, usize)) -> impl Iterator<Item = &Cell> {
        let fits = move |c: &&Cell| c.precision == precision && c.blas_threads == threads;
        self.cells.iter().filter(fits)
    }
}

impl Cell {
    fn setting(&self) -> (usize, Precision, usize, usize) {
        (self.contestant, self.precision, self.hidden, self.blas_threads)
    }
}

/// All results of one setting as one: a single wrong answer disqualifies.
fn merge(group: &[&Measurement]) -> std::result::Result<Times, String> {
    let reason = |m: &Measurement| m.reason.clone().unwrap_or_else(|| "no time".into());
    if let Some(wrong) = group.iter().find(|m| m.check == Check::Failed) {
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

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    /// A result line: provider, engine, hidden, threads, least and median time.
    pub(super) fn line(
        provider: &str,
        engine: &str,
        hidden: usize,
        threads: usize,
        ns: [f64; 2],
    ) -> Value {
        json!({
            "provider": provider, "engine": engine, "precision": "f64", "hidden": hidden,
            "threads": 1, "blas_threads": threads, "library": (engine == "blas").then_some("L 1.0"),
            "examples": 9000, "inputs": 128, "classes": 10, "epochs": 1, "rounds": 9,
            "ns_per_example": {"min": ns[0], "median": ns[1], "p90": 2.0 * ns[1]},
            "ns_per_weight": 1.0, "gflops": 1.0, "share_of_peak": 0.1, "check": "passed",
            "reason": null,
        })
    }

    fn wrong(provider: &str, hidden: usize, check: &str) -> Value {
        let mut line = line(provider, "blas", hidden, 1, [1.0, 1.0]);
        for key in ["ns_per_example", "ns_per_weight", "gflops", "share_of_peak"] {
            line[key] = Value::Null;
        }
        line["check"] = check.into();
        line["reason"] = "loss 3, where the reference has 2".into();
        line
    }

    fn comparison(results: &[Value]) -> Comparison {
        let text: String = results.iter().map(|line| format!("{line}\n")).collect();
        let environment = json!({
            "environments": {"blis": {"cpu": {"model": "Some CPU"}}}, "absent": [{"provider": "mkl", "reason": "not asked for"}],
            "peak_gflops": {"f64": 90.0, "f32": 180.0},
        });
        let environment = serde_json::from_value(environment).unwrap();
        Comparison::of(&results::lines(Path::new("results.jsonl"), &text).unwrap(), environment)
    }

    /// Two providers and `blocked`, repeated, at two sizes; one also with two threads.
    fn usual() -> Comparison {
        comparison(&[
            line("openblas", "blas", 50, 1, [1900.0, 2000.0]),
            line("openblas", "blocked", 50, 1, [390.0, 400.0]),
            line("blis", "blas", 50, 1, [2400.0, 2600.0]),
            line("blis", "blocked", 50, 1, [410.0, 420.0]),
            line("openblas", "blas", 50, 1, [1950.0, 2200.0]),
            line("openblas", "blas", 50, 1, [1800.0, 1990.0]),
            line("openblas", "blas", 200, 1, [9000.0, 9100.0]),
            line("blis", "blas", 200, 1, [8000.0, 8100.0]),
            line("openblas", "blas", 200, 2, [20000.0, 21000.0]),
        ])
    }

    fn times(comparison: &Comparison, name: &str, hidden: usize, threads: usize) -> Times {
        let cells = comparison.cells((Precision::F64, threads));
        let mut cells = cells.filter(|c| comparison.contestants[c.contestant].name == name);
        cells.find(|cell| cell.hidden == hidden).unwrap().outcome.clone().unwrap()
    }

    #[test]
    fn results_of_one_setting_are_merged() {
        let usual = usual();
        let names: Vec<_> = usual.contestants.iter().map(|c| c.name.as_str()).collect();
        assert_eq!(names, ["openblas", "blis", "blocked"]);
        assert_eq!(usual.contestants[0].library.as_deref(), Some("L 1.0"));
        assert_eq!(usual.settings(), [(Precision::F64, 1), (Precision::F64, 2)]);
        assert_eq!(usual.sizes(), [50, 200]);
        let merged = times(&usual, "openblas", 50, 1);
        assert_eq!((merged.ns.min, merged.ns.median), (1800.0, 2000.0));
        // 28,840 flops an example.
        assert_eq!(merged.gflops, 14.42);
        // Whatever the build, it is the same engine.
        let blocked = times(&usual, "blocked", 50, 1);
        assert_eq!((blocked.ns.min, blocked.ns.median), (390.0, 410.0));
    }

    #[test]
    fn the_table_has_times_and_ratios_and_who_was_not_there() {
        let table = usual().markdown();
        for words in [
            "9000 examples of 128 inputs in 10 classes, on Some CPU",
            "Measured peak of one core: 90.0 GFLOP/s in f64, 180.0 in f32.",
            "## f64, 1 BLAS thread\n",
            "## f64, 2 BLAS threads\n",
            "| openblas: L 1.0 | 2000 (1.00) | 9100 (1.12) |",
            "| blis: L 1.0 | 2600 (1.30) | 8100 (1.00) |",
            "| engine `blocked` | 410 (0.20) | |",
            "| openblas: L 1.0 | | 21000 (1.00) |",
            "- mkl: not asked for",
        ] {
            assert!(table.contains(words), "{words}\n{table}");
        }
        assert!(!table.contains("Without a time"));
    }

    #[test]
    fn one_wrong_answer_disqualifies() {
        let comparison = comparison(&[
            line("good", "blas", 50, 1, [10.0, 20.0]),
            line("bad", "blas", 50, 1, [1.0, 2.0]),
            wrong("bad", 50, "failed"),
            wrong("weak", 50, "not run"),
        ]);
        let table = comparison.markdown();
        assert!(table.contains("| good: L 1.0 | 20 (1.00) |"), "{table}");
        assert!(table.contains("| bad: L 1.0 | none |"), "{table}");
        assert!(table.contains("- bad, f64, D=50: disqualified: loss 3"), "{table}");
        assert!(table.contains("- weak, f64, D=50: not run: loss 3"), "{table}");
        let picture = comparison.svg().unwrap();
        assert!(picture.contains("good") && !picture.contains("bad"));
    }

    #[test]
    fn the_picture_has_a_line_a_contestant_up_to_the_peak() {
        let picture = usual().svg().unwrap();
        for words in ["openblas", "blis", "blocked", "2 BLAS threads", "one core, 90 GFLOP/s"] {
            assert!(picture.contains(words), "{words}");
        }
        assert!(!picture.contains("NaN") && picture.trim_end().ends_with("</svg>"));
    }
}
