//! One call of `rankone bench`: what it says of the machine first, and the contests that it holds.

use super::CommonArguments;
use crate::cli::progress::Steps;
use crate::cli::{isa, output};
use crate::environment::Environment;
use crate::instrument::{
    Bandwidth, Contestant, Peak, Record, Records, Roofs, SCHEMA, contest, doubts,
};
use crate::run_folder::Source;
use crate::{Result, set_blas_threads};
use serde::Serialize;
use serde_json::json;
use std::process::ExitCode;

/// Contests on this machine, told of as they end.
pub(super) struct Session {
    json: bool,
    rounds: usize,
    steps: Steps,
    pub(super) table: Records,
    /// The name of the processor.
    pub(super) cpu: String,
    pub(super) roofs: Roofs,
    pub(super) results: Vec<Record>,
}

/// What a session is to measure.
pub(super) struct Plan<'a> {
    /// In words, and what should be known of its figures.
    pub(super) words: [&'a str; 2],
    pub(super) data: Option<&'a Source>,
    pub(super) threads: u16,
    /// Whether the machine's bandwidths are wanted.
    pub(super) bandwidths: bool,
    pub(super) contestants: usize,
    pub(super) rounds: u16,
    pub(super) table: Records,
}

impl Session {
    /// Tells of the machine, and warns of what would make the figures doubtful.
    pub(super) fn begin(common: &CommonArguments, plan: Plan) -> Result<Self> {
        set_blas_threads(usize::from(common.blas_threads));
        let Plan { words: [what, notes], data, bandwidths, table, .. } = plan;
        let rounds = usize::from(plan.rounds);
        // Each is checked, has a run dropped, and the others timed.
        let steps = Steps::new(plan.contestants * (rounds + 2));
        steps.say("the machine");
        let environment = Environment::here(Some(isa()?));
        let warnings = doubts(&environment, plan.threads.max(common.blas_threads).into());
        for warning in &warnings {
            steps.aside(|| output::note(&format!("warning: {warning}")));
        }
        let Environment { cpu, blas, .. } = &environment;
        let bandwidths = if bandwidths { Bandwidth::measure(&cpu.caches) } else { Vec::new() };
        let roofs = Roofs { peak: Peak::measure(), bandwidths };
        let head = json!({
            "schema": SCHEMA, "environment": environment, "data": data, "peak_gflops": roofs.peak,
            "bandwidths": roofs.bandwidths, "warnings": warnings,
        });
        let levels =
            roofs.bandwidths.iter().map(|b| format!("; {} {:.0} GB/s", b.name, b.gb_per_second));
        let words = format!(
            "{what}\n{}, {} cores, {}; BLAS {blas}, threads: {}\n\
             peak of one core, measured: {:.1} GFLOP/s in f64, {:.1} in f32{}\n{notes}\n\n{}",
            cpu.model,
            cpu.cores,
            cpu.instruction_sets.chosen.unwrap_or("no instruction set"),
            blas.num_threads,
            roofs.peak.f64,
            roofs.peak.f32,
            levels.collect::<String>(),
            table.heading()
        );
        steps.aside(|| say(common.json, &head, &words))?;
        let (json, results) = (common.json, Vec::new());
        Ok(Self { json, rounds, steps, table, cpu: environment.cpu.model, roofs, results })
    }

    /// Holds a contest of `field` at `what`.
    pub(super) fn hold(&mut self, what: &str, field: Vec<Contestant>) -> Result<()> {
        self.steps.say(what);
        for result in contest(field, self.rounds, &self.roofs, || self.steps.step()) {
            let row = self.table.row(&result);
            self.steps.aside(|| say(self.json, &result, &row))?;
            self.results.push(result);
        }
        Ok(())
    }

    /// Takes the bar away, does what comes last, and says whether all answers were right.
    pub(super) fn end(self, last: impl FnOnce(&Self) -> Result<()>) -> Result<ExitCode> {
        self.steps.finish();
        last(&self)?;
        let wrong = self.results.iter().filter(|result| result.text("check") == "failed").count();
        if wrong == 0 {
            return Ok(ExitCode::SUCCESS);
        }
        output::note(&format!("error: wrong answers: {wrong}"));
        Ok(ExitCode::FAILURE)
    }
}

/// Prints one object as JSON, or the words for people.
fn say(json: bool, object: &impl Serialize, words: &str) -> Result<ExitCode> {
    if json { output::json(object) } else { output::data(|out| writeln!(out, "{words}")) }
}
