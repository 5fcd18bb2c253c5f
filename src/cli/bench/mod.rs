//! `rankone bench`

mod session;

use self::session::{Plan, Session};
use super::input::{self, Input};
use super::reading::classes;
use super::{ENGINES, PRECISIONS, choice, isa, output};
use crate::crew::MOST_THREADS;
use crate::instrument::{
    Comparison, FLOPS, Operation, PRODUCTS, TRAINING, Task, beside, contestants,
};
use crate::{EngineKind, Number, Precision, Reader, Result, figure, whole_file};
use clap::{Args, Subcommand};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Time the engines on real training
///
/// Trains for real, on a data file or the built-in letters, and times the training alone. Before it is
/// timed, each contestant's loss after one epoch is compared with that of the engine `reference` (to a
/// relative 1e-9 in f64, 1e-5 in f32): a wrong answer is disqualified. All contestants of a size and type take turns, round
/// by round; the first run of each is dropped. Nanoseconds are for one example. GFLOP/s are counted from the
/// textbook's formula, whatever an engine really does: one that skips inputs that are zero can be above
/// the machine's peak, which is the measured rate of fused multiply-adds on one core.
///
/// Exits with 1 where an answer was wrong.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(super) struct BenchArguments {
    #[command(subcommand)]
    command: Option<BenchCommand>,

    #[command(flatten)]
    training: TrainingArguments,
}

#[derive(Debug, Subcommand)]
enum BenchCommand {
    /// Time y = A x, one matrix and one vector
    ///
    /// On the BLAS library and as plain Rust loops, over a list of shapes. Each answer is first compared with the
    /// product by definition: on a whole matrix, on a view that leaves out a column, transposed, and written over
    /// NaN; a wrong one is disqualified. The matrix stays in the nearest cache that holds it; the last columns
    /// compare bytes of matrix and vectors by time with the measured rate of loads from that cache.
    Gemv(MatrixArguments),
    /// Time x = A^T y, one matrix and one vector
    ///
    /// As `rankone bench gemv` does.
    GemvT(MatrixArguments),
    /// Time A += s y x^T, the outer product of two vectors added to a matrix
    ///
    /// As `rankone bench gemv` does.
    Ger(MatrixArguments),
    /// Time the dot product of two vectors
    ///
    /// Five ways to compute it: a loop over the indices of two Vec, an iterator, ndarray's dot (which calls
    /// the BLAS library where one is linked), the library's own, and this crate's own lanes under the chosen
    /// instruction set. Beside them stand the times in the handout's Table A.1, for a thousand products
    /// of 500 values, measured by its authors on another machine.
    Dot(DotArguments),
    Compare(CompareArguments),
}

#[derive(Debug, Args)]
struct TrainingArguments {
    /// CSV of the training set [default: the built-in letters, 9000 of them]
    #[arg(value_name = "TRAIN.csv")]
    train: Option<PathBuf>,

    /// Engines that compete: one, or several with commas
    #[arg(
        long,
        value_parser = choice::<EngineKind>(ENGINES),
        value_name = "ENGINES",
        value_delimiter = ',',
        default_value = "blas,blocked"
    )]
    engine: Vec<EngineKind>,

    /// Numbers of hidden units, with commas
    #[arg(
        long, value_name = "D", value_delimiter = ',', default_value = "16,50,100,200,500,1000",
        value_parser = clap::value_parser!(u16).range(1..)
    )]
    hidden: Vec<u16>,

    /// Epochs of one timed run
    #[arg(long, value_name = "E", default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..))]
    epochs: u16,

    /// Timed runs of each contestant
    #[arg(long, default_value_t = 7, value_parser = clap::value_parser!(u16).range(1..))]
    rounds: u16,

    /// Threads: with more than one, the others evaluate each epoch while the next one trains, as in
    /// `train`; timed is the training all the same
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..=MOST_THREADS as i64))]
    threads: u16,

    /// Labels are the numbers 0 to K-1 [default: those that the file holds]
    #[arg(long, value_name = "K", value_parser = classes, requires = "train")]
    classes: Option<usize>,

    /// Also report where the time of an example goes, from one more run of each
    #[arg(long)]
    phases: bool,

    /// Also measure how fast each cache and the memory is read, and draw where the engines stand between
    /// these roofs
    #[arg(long, value_name = "OUT.svg")]
    roofline: Option<PathBuf>,

    #[command(flatten)]
    common: CommonArguments,
}

#[derive(Debug, Args)]
struct CommonArguments {
    /// Floating-point types that compete: one, or both with a comma
    #[arg(long, value_parser = choice::<Precision>(PRECISIONS), value_name = "TYPES", value_delimiter = ',', default_value = "f64")]
    precision: Vec<Precision>,

    /// Threads of the BLAS library; for products this small, more than one rarely helps
    #[arg(long, value_name = "THREADS", default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..))]
    blas_threads: u16,

    /// Print one JSON object a line: the environment first, then each contestant, with all its runs
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
struct MatrixArguments {
    /// Shapes of the matrix, ROWSxCOLUMNS, with commas; by default the two layers of the letters with 16 to 1000
    /// hidden units, and hidden layers over the 784 inputs of MNIST
    #[arg(long, value_name = "ROWSxCOLUMNS", value_delimiter = ',', value_parser = shape, default_value = SHAPES)]
    shape: Vec<(usize, usize)>,

    #[command(flatten)]
    product: ProductArguments,
}

#[derive(Debug, Args)]
struct DotArguments {
    /// Values of each vector, with commas
    #[arg(long, value_name = "N", value_delimiter = ',', value_parser = row, default_value = "500")]
    length: Vec<(usize, usize)>,

    #[command(flatten)]
    product: ProductArguments,
}

#[derive(Debug, Args)]
struct ProductArguments {
    /// Timed runs of each contestant
    #[arg(long, default_value_t = 21, value_parser = clap::value_parser!(u16).range(1..))]
    rounds: u16,

    #[command(flatten)]
    common: CommonArguments,
}

const SHAPES: &str = "16x129,50x129,100x129,200x129,500x129,1000x129,\
                      10x17,10x51,10x101,10x201,10x501,10x1001,30x785,100x785,300x785";

/// The most numbers of a matrix, or of a vector.
const MOST_NUMBERS: usize = 1 << 24;

fn length(text: &str) -> std::result::Result<usize, String> {
    let length = text.parse().ok().filter(|n| (1..=MOST_NUMBERS).contains(n));
    length.ok_or_else(|| format!("expected a number from 1 to {MOST_NUMBERS}"))
}

/// A vector as a matrix of one row.
fn row(text: &str) -> std::result::Result<(usize, usize), String> {
    length(text).map(|columns| (1, columns))
}

fn shape(text: &str) -> std::result::Result<(usize, usize), String> {
    let sides = text.split_once('x').and_then(|(r, c)| Some((length(r).ok()?, length(c).ok()?)));
    let fits = |(rows, columns): &(usize, usize)| rows * columns <= MOST_NUMBERS;
    sides.filter(fits).ok_or_else(|| {
        format!("expected ROWSxCOLUMNS, such as 200x129, of at most {MOST_NUMBERS} numbers")
    })
}

/// Compare the results of several BLAS libraries, or of two measurements
///
/// With one folder: reads results.jsonl (lines of `rankone bench --json`, each with its "provider") and
/// environment.json there, as scripts/compare-backends leaves them, and writes compare.md and compare.svg beside them:
/// all libraries, and for each two of them and each size whether they differ or are the same within the noise.
///
/// With two: prints what was measured in both, before and after, with the ratio, its interval and a verdict; with
/// `bench --phases --json`, or two runs of `train --profile --out`, phase by phase.
#[derive(Debug, Args)]
struct CompareArguments {
    /// A folder of results, or the first of two: a folder, a file of `bench --json`, or a run.json
    #[arg(value_name = "FOLDER | BEFORE")]
    before: PathBuf,

    /// The second measurement, to compare with the first
    #[arg(value_name = "AFTER")]
    after: Option<PathBuf>,
}

pub(super) fn run(arguments: &BenchArguments) -> Result<ExitCode> {
    match &arguments.command {
        None => training(&arguments.training),
        Some(BenchCommand::Gemv(a)) => products(Operation::Gemv, &a.shape, &a.product),
        Some(BenchCommand::GemvT(a)) => products(Operation::GemvTransposed, &a.shape, &a.product),
        Some(BenchCommand::Ger(a)) => products(Operation::Ger, &a.shape, &a.product),
        Some(BenchCommand::Dot(a)) => products(Operation::Dot, &a.length, &a.product),
        Some(BenchCommand::Compare(CompareArguments { before, after: None })) => providers(before),
        Some(BenchCommand::Compare(CompareArguments { before, after: Some(after) })) => {
            let table = beside(before, after)?;
            output::data(|out| writeln!(out, "{table}"))
        }
    }
}

fn training(arguments: &TrainingArguments) -> Result<ExitCode> {
    arguments.roofline.as_deref().map_or(Ok(()), whole_file::prepare)?;
    let mut session = None;
    for precision in &arguments.common.precision {
        match precision {
            Precision::F64 => train_in::<f64>(arguments, &mut session)?,
            Precision::F32 => train_in::<f32>(arguments, &mut session)?,
        }
    }
    let session = session.expect("clap asks for a precision");
    session.end(|session| {
        let Some(path) = &arguments.roofline else { return Ok(()) };
        let picture = figure::roofline(&session.results, &session.cpu, &session.roofs)?;
        whole_file::write(path, |out| out.write_all(picture.as_bytes()))?;
        output::note(&format!("written {}", path.display()));
        Ok(())
    })
}

/// The engines in one precision; the first one begins the session.
fn train_in<T: Number>(arguments: &TrainingArguments, session: &mut Option<Session>) -> Result<()> {
    let TrainingArguments { train, engine, hidden, epochs, rounds, threads, common, .. } =
        arguments;
    let isa = isa()?;
    let (data, source) = match train {
        Some(path) => {
            let reader = Reader::<T>::default().classes(arguments.classes);
            input::read(&reader, path)?
        }
        None => {
            let input = Input::built_in();
            (input.train, input.train_source)
        }
    };
    let session = match session {
        Some(session) => session,
        None => {
            let (name, n, m, k) = (&source.name, source.examples, source.inputs, source.classes);
            let plan = Plan {
                words: [
                    &format!("{name}: {n} examples, {m} inputs, {k} classes"),
                    &format!(
                        "timed runs: {rounds}, of epochs: {epochs}; threads of rankone: {threads}\n{FLOPS}"
                    ),
                ],
                data: Some(&source),
                threads: *threads,
                bandwidths: arguments.roofline.is_some(),
                contestants: hidden.len() * engine.len() * common.precision.len(),
                rounds: *rounds,
                table: TRAINING,
            };
            session.insert(Session::begin(common, plan)?)
        }
    };
    for &hidden in hidden {
        let task = Task::new(&data, hidden.into(), isa, (usize::from(*epochs), arguments.phases))?;
        let field = engine.iter().map(|&kind| task.engine(kind, usize::from(*threads)));
        session.hold(&format!("{hidden} hidden units, {}", T::PRECISION), field.collect())?;
    }
    Ok(())
}

/// The handout's Table A.1: milliseconds that a thousand products of 500 values took there.
const PUBLISHED: [(&str, &str); 4] = [
    ("Python list", "200.99"),
    ("NumPy array", "1.01"),
    ("Java float[]", "4.00"),
    ("C++ vector<float>", "0.81"),
];

fn products(
    operation: Operation,
    shapes: &[(usize, usize)],
    ProductArguments { rounds, common }: &ProductArguments,
) -> Result<ExitCode> {
    let isa = isa()?;
    let fields = shapes.iter().map(|&shape| {
        let of = common.precision.iter().flat_map(|precision| match precision {
            Precision::F64 => contestants::<f64>(operation, shape, isa),
            Precision::F32 => contestants::<f32>(operation, shape, isa),
        });
        of.collect::<Vec<_>>()
    });
    let mut fields = fields.peekable();
    let plan = Plan {
        words: [operation.formula(), &format!("timed runs: {rounds}")],
        data: None,
        threads: 1,
        bandwidths: true,
        contestants: shapes.len() * fields.peek().map_or(0, Vec::len),
        rounds: *rounds,
        table: PRODUCTS,
    };
    let mut session = Session::begin(common, plan)?;
    for field in fields {
        session.hold(&operation.to_string(), field)?;
    }
    session.end(|session| {
        if operation != Operation::Dot || !shapes.contains(&(1, 500)) || common.json {
            return Ok(());
        }
        let published = PUBLISHED
            .map(|(what, ms)| session.table.published("500", &format!("{what}, as published"), ms));
        let source = "as published: the handout's Table A.1, measured on another machine";
        output::data(|out| writeln!(out, "{}\n\n{source}", published.join("\n"))).map(|_| ())
    })
}

/// Compares the providers whose results are in `folder`.
fn providers(folder: &Path) -> Result<ExitCode> {
    let comparison = Comparison::read(folder)?;
    let (table, picture) = (comparison.markdown(), figure::comparison(&comparison)?);
    for (name, text) in [("compare.md", table), ("compare.svg", picture)] {
        let path = folder.join(name);
        whole_file::write(&path, |out| out.write_all(text.as_bytes()))?;
        output::note(&format!("written {}", path.display()));
    }
    Ok(ExitCode::SUCCESS)
}
