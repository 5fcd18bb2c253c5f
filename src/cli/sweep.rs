//! `rankone sweep`

use super::axes::Axes;
use super::input::{DataArguments, Input};
use super::partition::part;
use super::progress::Networks;
use super::reading::DATA;
use super::settings::KEEPS;
use super::tally::{Best, Tally};
use super::{ENGINES, STOPPED, choice, interrupt, isa, output};
use crate::crew::MOST_THREADS;
use crate::run_folder::Checkpoint;
use crate::sweep::{
    Forecast, Merged, Models, Part, Plan, Runner, Sets, Step, SweepFolder, Train, Trial, merge,
};
use crate::words::{count, duration};
use crate::{EngineKind, Isa, Keep, Number, Order, Precision, Result, Settings, set_blas_threads};
use clap::{Args, Subcommand};
use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Mutex;
use std::time::Instant;

/// Train many networks on the same data, one on each core
///
/// Lists (5,20,50) and ranges (0..9, or 0..100..10, both ends included) make a network of each combination. Each is to
/// the bit what rankone train makes of the same settings. Without files, trains on the built-in letters. Run again, it
/// goes on with what is not finished.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub(super) struct SweepArguments {
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

    /// Which epoch's network to keep: last, or best by the validation set [default: last, or best with --patience]
    #[arg(long, value_parser = choice::<Keep>(KEEPS), value_name = "EPOCH", hide_possible_values = true, help_heading = "Training")]
    keep: Option<Keep>,

    /// What computes the updates: auto, reference, blas or blocked
    #[arg(long, value_parser = choice::<EngineKind>(ENGINES), default_value_t = EngineKind::Auto, hide_possible_values = true, help_heading = "Training")]
    engine: EngineKind,

    /// Networks that are trained at the same time [default: as many as there are cores]
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..=MOST_THREADS as i64), help_heading = "Training")]
    threads: Option<u16>,

    /// Folder for results.jsonl, summary.csv and the models
    #[arg(long, value_name = "DIR", required_unless_present = "dry_run", help_heading = OUTPUT)]
    out: Option<PathBuf>,

    /// Which models to keep: of each setting the best over its seeds, all, or none
    #[arg(long, value_parser = choice::<Models>(MODELS), default_value_t = Models::Best, hide_possible_values = true, help_heading = OUTPUT)]
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

/// Where no other is said: networks of all seeds have the same data.
const SPLIT_SEED: u64 = 0;

#[derive(Debug, Subcommand)]
enum SweepCommand {
    /// Put the parts of a sweep together: results.jsonl, summary.csv, each setting's best model
    Merge {
        /// The sweep's folder
        #[arg(value_name = "DIR")]
        folder: PathBuf,
    },
}

/// Which models can be kept.
const MODELS: [(&str, &str); 3] = [
    ("best", "Of each setting that of the best network over its seeds"),
    ("all", "Every network's"),
    ("none", "None"),
];

pub(super) fn run(arguments: &SweepArguments) -> Result<ExitCode> {
    if let Some(SweepCommand::Merge { folder }) = &arguments.command {
        return put_together(folder);
    }
    set_blas_threads(1);
    let defaults = Settings {
        isa: isa()?,
        keep: arguments.keep,
        engine: arguments.engine,
        ..Settings::default()
    };
    let trials = arguments.trials(&defaults)?;
    let wants = |precision| trials.iter().any(|trial| trial.precision == precision);
    let of_f64 = arguments.inputs::<f64>(wants(Precision::F64))?;
    let of_f32 = arguments.inputs::<f32>(wants(Precision::F32))?;
    if !arguments.quiet {
        let in_order = trials.iter().any(|trial| trial.settings.order == Order::File);
        match (&of_f64[..], &of_f32[..]) {
            ([input, ..], _) => input.tell_traps(in_order),
            (_, [input, ..]) => input.tell_traps(in_order),
            _ => {}
        }
    }
    let runner = Runner {
        f64: of_f64.iter().map(|input| sets(input, defaults.isa)).collect(),
        f32: of_f32.iter().map(|input| sets(input, defaults.isa)).collect(),
        checkpoint: arguments.checkpoint,
        is_brief: arguments.brief,
    };
    let sums = runner.f64.iter().chain(&runner.f32).map(|sets| sets.sums().clone());
    let plan = Plan::new(trials, sums.collect());
    let mut seen = HashSet::new();
    let different = plan.trials.iter().filter(|trial| seen.insert(trial.setting().key()));
    different.into_iter().try_for_each(|trial| runner.sets(trial).check(trial))?;
    let trials = match arguments.partition {
        Some(part) => plan.part(part),
        None => plan.trials.clone(),
    };
    let threads = arguments.threads.map_or(defaults.threads, usize::from);
    let work = Work { arguments, plan, trials, runner, threads };
    if arguments.dry_run { work.foresee() } else { work.run() }
}

fn sets<'a, T: Number>(input: &'a Input<T>, isa: Isa) -> Box<dyn Train + 'a> {
    let sha256 = &input.train_source.sha256;
    Box::new(Sets::new(&input.train, input.validation.as_ref(), sha256, isa))
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

impl SweepArguments {
    /// The data, of each turn, if they are wanted.
    fn inputs<T: Number>(&self, is_wanted: bool) -> Result<Vec<Input<T>>> {
        match self.folds {
            _ if !is_wanted => Ok(Vec::new()),
            Some(folds) => self.data.folds(usize::from(folds), SPLIT_SEED),
            None => Ok(vec![self.data.input(SPLIT_SEED)?]),
        }
    }

    /// A network of each combination of settings and turns.
    fn trials(&self, defaults: &Settings) -> Result<Vec<Trial>> {
        let turns = match self.folds {
            Some(folds) => (1..=usize::from(folds)).map(Some).collect(),
            None => vec![None],
        };
        let points = self.axes.points()?;
        let trials = points.iter().flat_map(|point| {
            let settings = point.settings(defaults);
            turns.iter().map(move |turn| Trial::new(settings.clone(), point.precision, *turn))
        });
        Ok(trials.collect())
    }
}

/// What is to be done.
struct Work<'a> {
    arguments: &'a SweepArguments,
    plan: Plan,
    /// Those of the plan that are ours, in order.
    trials: Vec<Trial>,
    runner: Runner<'a>,
    threads: usize,
}

impl Work<'_> {
    /// Says what would be trained, and how long that may take.
    fn foresee(self) -> Result<ExitCode> {
        let Self { arguments, plan, trials, runner, threads } = self;
        let done = match &arguments.out {
            Some(out) if out.exists() => SweepFolder::finished(out, &plan, arguments.retry)?,
            _ => Vec::new(),
        };
        let done: HashSet<_> = done.iter().map(|record| record.settings.key()).collect();
        let networks = count(trials.len(), "network");
        let left: Vec<_> =
            trials.into_iter().filter(|trial| !done.contains(&trial.key())).collect();
        let Forecast { networks: foreseen, seconds } = Forecast::new(&left, &runner, threads)?;
        let told = output::data(|out| {
            for network in &foreseen {
                serde_json::to_writer(&mut *out, network)?;
                writeln!(out)?;
            }
            Ok(())
        });
        output::note(&format!(
            "{networks}, {} to train: about {} on {}",
            left.len(),
            duration(seconds),
            count(threads, "thread")
        ));
        told
    }

    /// Trains what is left of these trials.
    fn run(self) -> Result<ExitCode> {
        let Self { arguments, plan, trials, runner, threads } = self;
        let begin = Instant::now();
        let out = arguments.out.as_deref().expect("clap asks for it");
        interrupt::listen();
        let folder =
            SweepFolder::open(out, &plan, arguments.partition, arguments.models, arguments.retry)?;
        if let Some(trouble) = folder.trouble().filter(|_| !arguments.quiet) {
            output::note(&format!(
                "note: nothing keeps another sweep out of the folder: {trouble}"
            ));
        }
        let networks = trials.len();
        let keys: Vec<_> = trials.iter().map(Trial::key).collect();
        let left: Vec<_> = trials.into_iter().filter(|trial| !folder.has(trial)).collect();
        let skipped = networks - left.len();
        let progress = Networks::new(&left, networks, folder.best(), arguments.quiet);
        let folder = Mutex::new(folder);
        let threads = threads.min(left.len());
        runner.run(&left, threads, &folder, &|step: Step<'_>| {
            progress.show(step);
            interrupt::wish()
        })?;
        progress.finish();
        let folder = folder.into_inner().unwrap_or_else(|poisoned| poisoned.into_inner());
        let records = folder.finish()?;
        let seconds = begin.elapsed().as_secs_f64();
        let ours: HashSet<_> = keys.into_iter().collect();
        let ours = records.iter().filter(|record| ours.contains(&record.settings.key()));
        let ours: Vec<_> = ours.collect();
        let trained = ours.len() - skipped;
        let diverged = ours.iter().filter(|record| record.result.is_none()).count();
        let best = ours.iter().min_by(|a, b| a.loss().total_cmp(&b.loss()));
        let tally = Tally {
            networks,
            finished: trained + skipped,
            diverged,
            skipped,
            best: best.map(|best| Best { settings: &best.settings, result: best.result }),
            networks_per_hour: trained as f64 / seconds * 3600.0,
            total_seconds: seconds,
        };
        if !arguments.quiet {
            tally.tell(out);
        }
        let told = if arguments.json { output::json(&tally) } else { Ok(ExitCode::SUCCESS) };
        if trained == left.len() {
            return told;
        }
        let signal = interrupt::signal().unwrap_or("a signal");
        output::note(&format!(
            "stopped by {signal} with {} left; the same command goes on",
            count(left.len() - trained, "network")
        ));
        Ok(ExitCode::from(STOPPED))
    }
}
