//! One measurement: the limits of the machine and the warnings first, and then the benchmarks.

use crate::bench_record::{BenchRecord, SCHEMA};
use crate::benchmark::{Candidate, benchmark};
use crate::figures;
use crate::machine_limits::{Bandwidth, MachineLimits, Peak};
use crate::markdown_table::RecordTable;
use crate::noise_warnings::noise_warnings;
use rankone::{Isa, Precision, set_blas_threads};
use rankone_plot::PlotError;
use rankone_runs::{Environment, Source};
use serde_json::{Value, json};

/// Settings of every benchmark.
#[derive(Debug, Clone)]
pub struct BenchOptions {
    /// The floating-point types.
    pub precisions: Vec<Precision>,
    /// Timed runs of each candidate, at least 1.
    pub rounds: usize,
    /// Number of threads of the BLAS library.
    pub blas_threads: usize,
    /// The instructions of the engine `blocked` and of the dot product in lanes.
    pub isa: Isa,
}

impl BenchOptions {
    /// Returns the number of steps of so many candidates of each precision: the check, the dropped
    /// run and the timed runs.
    pub(crate) fn steps(&self, candidates: usize) -> usize {
        candidates * self.precisions.len() * (self.rounds + 2)
    }
}

/// Receives the progress and the results of a benchmark.
pub trait BenchObserver {
    /// The error of printing a result.
    type Error: From<rankone_runs::Error>;

    /// Called before a part of the benchmark, with what is measured.
    fn start(&self, what: &str);

    /// Called after each step.
    fn step(&self);

    /// Called for each condition that makes the results unreliable.
    fn warn(&self, warning: &str);

    /// Prints a result as JSON or as text: first the machine, with the heading of the table as
    /// text, then each record, with its row as text.
    ///
    /// # Errors
    /// The benchmark stops at the first error and returns it.
    fn print(&self, json: &Value, text: &str) -> Result<(), Self::Error>;
}

/// The results of a benchmark.
#[derive(Debug)]
pub struct BenchOutcome {
    /// The record of each candidate.
    pub records: Vec<BenchRecord>,
    /// The limits of one core.
    pub limits: MachineLimits,
    /// The model of the CPU.
    pub cpu: String,
}

impl BenchOutcome {
    /// Returns the number of candidates whose result was wrong.
    pub fn wrong_answers(&self) -> usize {
        self.records.iter().filter(|record| record.is_wrong()).count()
    }

    /// Draws the engines below the limits of one core, as SVG.
    ///
    /// # Errors
    /// [`PlotError::Drawing`] if the drawing library fails.
    pub fn roofline(&self) -> Result<String, PlotError> {
        rankone_plot::roofline(&figures::rooflines(&self.records, &self.cpu, &self.limits))
    }
}

/// What a session measures.
pub(crate) struct SessionHead<'a> {
    /// The first line of the output.
    pub(crate) what: &'a str,
    /// Notes on the numbers.
    pub(crate) notes: &'a str,
    pub(crate) data: Option<&'a Source>,
    /// The number of threads of the candidates.
    pub(crate) threads: usize,
    /// Whether the bandwidths are measured.
    pub(crate) bandwidths: bool,
    pub(crate) table: RecordTable,
}

/// Benchmarks on this machine.
pub(crate) struct BenchSession<'o, O> {
    observer: &'o O,
    rounds: usize,
    table: RecordTable,
    outcome: BenchOutcome,
}

impl<'o, O: BenchObserver> BenchSession<'o, O> {
    /// Measures and prints the limits of the machine, and warns of what can make the results
    /// unreliable.
    pub(crate) fn start(
        options: &BenchOptions,
        head: &SessionHead,
        observer: &'o O,
    ) -> Result<Self, O::Error> {
        set_blas_threads(options.blas_threads);
        observer.start("the machine");
        let environment = Environment::here(Some(options.isa));
        let warnings = noise_warnings(&environment, head.threads.max(options.blas_threads));
        warnings.iter().for_each(|warning| observer.warn(warning));
        let caches = &environment.cpu.caches;
        let bandwidths = if head.bandwidths { Bandwidth::measure(caches) } else { Vec::new() };
        let limits = MachineLimits { peak: Peak::measure(), bandwidths };
        let json = json!({
            "schema": SCHEMA, "environment": environment, "data": head.data,
            "peak_gflops": limits.peak, "bandwidths": limits.bandwidths, "warnings": warnings,
        });
        observer.print(&json, &head.text(&environment, &limits))?;
        let (records, cpu) = (Vec::new(), environment.cpu.model);
        let outcome = BenchOutcome { records, limits, cpu };
        Ok(Self { observer, rounds: options.rounds, table: head.table, outcome })
    }

    /// Runs and prints a benchmark called `what`.
    pub(crate) fn benchmark(
        &mut self,
        what: &str,
        candidates: Vec<Candidate>,
    ) -> Result<(), O::Error> {
        let Self { observer, rounds, table, outcome } = self;
        observer.start(what);
        for record in benchmark(candidates, *rounds, &outcome.limits, || observer.step()) {
            observer.print(record.as_json(), &table.row(&record))?;
            outcome.records.push(record);
        }
        Ok(())
    }

    pub(crate) fn finish(self) -> BenchOutcome {
        self.outcome
    }
}

impl SessionHead<'_> {
    /// Describes the measurement and the machine, ending with the heading of the table.
    fn text(&self, environment: &Environment, limits: &MachineLimits) -> String {
        let Environment { cpu, blas, .. } = environment;
        let bandwidths =
            limits.bandwidths.iter().map(|b| format!("; {} {:.0} GB/s", b.name, b.gb_per_second));
        format!(
            "{}\n{}, {} cores, {}; BLAS {blas}, threads: {}\n\
             peak of one core, measured: {:.1} GFLOP/s in f64, {:.1} in f32{}\n{}\n\n{}",
            self.what,
            cpu.model,
            cpu.cores,
            cpu.instruction_sets.chosen.unwrap_or("no instruction set"),
            blas.num_threads,
            limits.peak.f64,
            limits.peak.f32,
            bandwidths.collect::<String>(),
            self.notes,
            self.table.heading()
        )
    }
}
