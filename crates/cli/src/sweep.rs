//! `rankone sweep`

use crate::axes::Axes;
use crate::choices::{ENGINES, KEEPS, MODELS, choice};
use crate::error::{Error, Result};
use crate::progress::Networks;
use crate::reading::{DATA, DataArguments};
use crate::settings::MOST_THREADS;
use crate::{STOPPED, interrupt, output};
use clap::{Args, Subcommand};
use rankone::{EngineKind, Keep, Settings};
use rankone_runs::sweep::{
    self, Foreseen, Merged, Models, Part, Step, SweepObserver, SweepOptions, SweepReport,
    SweepSpec, Trial, TrialRecord, merge, part,
};
use rankone_runs::text::count;
use rankone_runs::{Checkpoint, RunSpec};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::OnceLock;

/// Train many networks on the same data, one on each core
///
/// Lists (5,20,50) and ranges (0..9, or 0..100..10, both ends included) make a network of each
/// combination. Each is to the bit what rankone train makes of the same settings. Without files,
/// trains on the built-in letters. Run again, it goes on with what is not finished.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub struct SweepArguments {
    #[command(subcommand)]
    command: Option<SweepCommand>,

    #[command(flatten)]
    data: DataArguments,

    /// In place of a validation set, put each of F parts of the training file apart in turn
    ///
    /// Drawn at random, from --split-seed.
    #[arg(long, value_name = "F", group = "parts", requires = "train", conflicts_with = "validation", value_parser = clap::value_parser!(u16).range(2..), help_heading = DATA)]
    folds: Option<u16>,

    #[command(flatten)]
    axes: Axes,

    /// Which epoch's network to keep: last, or best by the validation set [default: last, or best
    /// with --patience]
    #[arg(long, value_parser = choice::<Keep>(KEEPS), value_name = "EPOCH", hide_possible_values = true, help_heading = "Training")]
    keep: Option<Keep>,

    /// What computes the updates: auto, reference, blas or blocked
    #[arg(long, value_parser = choice::<EngineKind>(ENGINES), default_value = "auto", hide_possible_values = true, help_heading = "Training")]
    engine: EngineKind,

    /// Networks that are trained at the same time [default: as many as there are cores]
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..=MOST_THREADS), help_heading = "Training")]
    threads: Option<u16>,

    /// Folder for results.jsonl, summary.csv and the models
    #[arg(long, value_name = "DIR", required_unless_present = "dry_run", help_heading = OUTPUT)]
    out: Option<PathBuf>,

    /// Which models to keep: of each setting the best over its seeds, all, or none
    #[arg(long, value_parser = choice::<Models>(MODELS), default_value = "best", hide_possible_values = true, help_heading = OUTPUT)]
    models: Models,

    /// Keep the first, best and last loss of each network, not those of all epochs
    #[arg(long, help_heading = OUTPUT)]
    brief: bool,

    /// Train networks again that diverged
    #[arg(long, help_heading = OUTPUT)]
    retry: bool,

    /// Seconds between two writings of a network's state; 0 for after every epoch, or never
    #[arg(long, value_name = "SECONDS", default_value = "30", help_heading = OUTPUT)]
    checkpoint: Checkpoint,

    /// Train one part only: slice:i/n, part i of n, from 1; or slurm, the array task's
    ///
    /// Parts may write to one folder at once; rankone sweep merge puts them together.
    #[arg(long, value_name = "PART", value_parser = part, help_heading = OUTPUT)]
    partition: Option<Part>,

    /// Print what would be trained, a line of JSON a network, and say how long it may take
    #[arg(long, help_heading = OUTPUT)]
    dry_run: bool,

    /// Print nothing but errors
    #[arg(long, short, help_heading = OUTPUT)]
    quiet: bool,

    /// Print the summary as one JSON object on stdout
    #[arg(long, help_heading = OUTPUT)]
    json: bool,
}

const OUTPUT: &str = "Output";

#[derive(Debug, Subcommand)]
enum SweepCommand {
    /// Put the parts of a sweep together: results.jsonl, summary.csv, each setting's best model
    Merge {
        /// The sweep's folder
        #[arg(value_name = "DIR")]
        folder: PathBuf,
    },
}

impl SweepArguments {
    fn spec(&self) -> Result<SweepSpec> {
        let (keep, engine) = (self.keep, self.engine);
        let base = RunSpec {
            data: self.data.spec(),
            checkpoint: self.checkpoint,
            ..RunSpec::new(Settings { keep, engine, ..Settings::default() })
        };
        Ok(SweepSpec { base, points: self.axes.points()?, folds: self.folds.map(usize::from) })
    }

    fn options(&self) -> SweepOptions {
        SweepOptions {
            out: self.out.clone(),
            part: self.partition,
            models: self.models,
            retry: self.retry,
            brief: self.brief,
            threads: self.threads.map(usize::from),
        }
    }
}

pub fn run(arguments: &SweepArguments) -> Result<ExitCode> {
    if let Some(SweepCommand::Merge { folder }) = &arguments.command {
        return put_together(folder);
    }
    let isa = crate::isa()?;
    let (spec, options) = (arguments.spec()?, arguments.options());
    let terminal = SweepTerminal { quiet: arguments.quiet, progress: OnceLock::new() };
    if arguments.dry_run {
        output::note(&sweep::forecast(&spec, &options, isa, &terminal, print)?);
        return Ok(ExitCode::SUCCESS);
    }
    let SweepReport { tally, left } = sweep::run(&spec, &options, isa, &terminal)?;
    if let Some(out) = arguments.out.as_deref().filter(|_| !arguments.quiet) {
        output::note(&tally.text(out));
    }
    let printed = if arguments.json { output::json(&tally) } else { Ok(ExitCode::SUCCESS) };
    if left == 0 {
        return printed;
    }
    let (signal, left) = (interrupt::signal().unwrap_or("a signal"), count(left, "network"));
    output::note(&format!("stopped by {signal} with {left} left; the same command goes on"));
    Ok(ExitCode::from(STOPPED))
}

/// Prints what would be trained.
fn print(networks: &[Foreseen<'_>]) -> Result<(), Error> {
    output::data(|out| {
        networks.iter().try_for_each(|network| {
            serde_json::to_writer(&mut *out, network)?;
            writeln!(out)
        })
    })?;
    Ok(())
}

/// Puts the parts in a folder together.
fn put_together(folder: &Path) -> Result<ExitCode> {
    let Merged { records, missing } = merge(folder)?;
    let networks = count(records.len() + missing.len(), "network");
    output::note(&format!("{} of {networks} in {}", records.len(), folder.display()));
    for trial in missing.iter().take(10) {
        output::note(&format!("missing: {}", trial.name()));
    }
    if missing.len() > 10 {
        output::note(&format!("and {} more are missing", missing.len() - 10));
    }
    Ok(if missing.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Shows a sweep on the terminal, and ends it where a signal came.
struct SweepTerminal {
    quiet: bool,
    progress: OnceLock<Networks>,
}

impl SweepObserver for SweepTerminal {
    fn note(&self, text: &str) {
        if !self.quiet {
            output::note(text);
        }
    }

    fn start(&self) {
        interrupt::listen();
    }

    fn begin(&self, left: &[Trial], networks: usize, best: Option<&TrialRecord>) {
        self.progress.get_or_init(|| Networks::new(left, networks, best, self.quiet));
    }

    fn step(&self, step: Step<'_>) -> ControlFlow<()> {
        self.progress.get().inspect(|progress| progress.show(step));
        interrupt::wish()
    }

    fn end(&self) {
        self.progress.get().inspect(|progress| progress.finish());
    }
}
