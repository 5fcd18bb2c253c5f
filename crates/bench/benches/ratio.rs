//! Answers common questions about speed, each with a Markdown table:
//!
//!     cargo bench --bench ratio
//!     cargo bench --bench ratio -- loading overlap
//!
//! Candidates run alternately, so that a drift of the machine's speed affects all of them. Times
//! are medians.

#[path = "../../../benches/letters/mod.rs"]
mod letters;

use letters::{large, validation};
use ndarray::Array2;
use rankone::engine::Engine;
use rankone::letters::{Size, draw, draw_on};
use rankone::{
    Dataset, EngineKind, Init, Isa, Network, Number, Order, PreparedDataset, Settings, Split,
    ThreadPool, Trainer, set_blas_threads,
};
use rankone_bench::{Spread, WorkSize};
use rankone_runs::Environment;
use std::array::from_fn;
use std::hint::black_box;
use std::process::ExitCode;
use std::sync::Arc;
use std::thread::{self, available_parallelism};
use std::time::Instant;
use tempfile::NamedTempFile;

const TOPICS: [(&str, fn()); 6] = [
    ("engines", engines),
    ("evenness", evenness),
    ("loading", loading),
    ("orders", orders),
    ("overlap", overlap),
    ("threads", threads),
];

/// Timed runs of each candidate, after one that is not timed.
const ROUNDS: usize = 15;

/// Runs a candidate once and returns what it measured, such as the seconds that the run took.
type Run<'a> = Box<dyn FnMut() -> f64 + 'a>;

/// Runs every candidate once in each round.
fn alternate<const C: usize>(mut candidates: [Run; C]) -> [[f64; ROUNDS]; C] {
    let mut round = || candidates.each_mut().map(|run| run());
    round();
    let rounds: [_; ROUNDS] = from_fn(|_| round());
    from_fn(|candidate| rounds.map(|round| round[candidate]))
}

fn seconds(run: impl FnOnce()) -> f64 {
    let start = Instant::now();
    run();
    start.elapsed().as_secs_f64()
}

fn median(runs: &[f64; ROUNDS]) -> f64 {
    Spread::of(runs).median
}

/// Returns the median of the ratios of runs in the same round.
fn ratio(one: &[f64; ROUNDS], other: &[f64; ROUNDS]) -> f64 {
    median(&from_fn(|round| one[round] / other[round]))
}

/// Prints the question that a table answers, and its heading; its [`row`]s follow.
fn table(question: &str, columns: &[&str]) {
    let rule = "--:|".repeat(columns.len());
    println!("\n{question}\n\n| | {} |\n|---|{rule}", columns.join(" | "));
}

/// Prints a row of numbers with three significant digits.
fn row(what: &str, numbers: &[f64]) {
    let digits = |number: &f64| {
        let decimals = (2.0 - number.log10().floor()).max(0.0) as usize;
        format!(" {number:.decimals$} |")
    };
    println!("| {what} |{}", numbers.iter().map(digits).collect::<String>());
}

/// Trains a network of `hidden` units, `epochs` epochs per run; measures the seconds per epoch.
fn training<'a, T: Number>(
    mut engine: Box<dyn Engine<T> + 'a>,
    data: &Dataset<T>,
    hidden: usize,
    epochs: usize,
) -> Run<'a> {
    let network = Network::new(data.inputs(), hidden, data.classes(), Init::Random, 0);
    let mut network = network.expect("a network of this size");
    let mut epoch = move || engine.epoch(&mut network, T::from_f64(0.01), None);
    Box::new(move || seconds(|| (0..epochs).for_each(|_| epoch())) / epochs as f64)
}

/// Runs [`training`] with the engine `blocked`.
fn blocked<T: Number>(data: &Dataset<T>, hidden: usize, epochs: usize) -> Run<'_> {
    training(engine(EngineKind::Blocked, data, hidden, 1), data, hidden, epochs)
}

fn engine<T: Number>(
    kind: EngineKind,
    data: &Dataset<T>,
    hidden: usize,
    threads: usize,
) -> Box<dyn Engine<T> + '_> {
    let pool = Arc::new(ThreadPool::new(threads));
    PreparedDataset::for_pool(data, Isa::detect(), &pool).engine(kind, hidden)
}

/// Returns the number of weights of an epoch: all weights once per example.
fn weights<T: Number>(data: &Dataset<T>, hidden: usize) -> f64 {
    let work = WorkSize { inputs: data.inputs(), hidden, classes: data.classes() };
    work.weights() * data.examples() as f64
}

fn engines() {
    let columns = ["blas, us an example", "blocked, us", "blocked, ns a weight", "ratio"];
    table("How many times faster is `blocked` than `blas`?", &columns);
    let ((double, _), (single, _)) = (large::<f64>(), large::<f32>());
    for hidden in [50, 100, 200, 500, 1000, 2000] {
        against_blas(&double, hidden, "");
    }
    for hidden in [50, 200, 1000] {
        against_blas(&single, hidden, "");
    }
    against_blas(&gray(&double), 200, ", dense grey");
    against_blas(&gray(&single), 200, ", dense grey");
}

fn against_blas<T: Number>(data: &Dataset<T>, hidden: usize, what: &str) {
    let blas = training(engine(EngineKind::Blas, data, hidden, 1), data, hidden, 1);
    let [blas, blocked] = alternate([blas, blocked(data, hidden, 1)]);
    let micros = |runs| 1e6 * median(runs) / data.examples() as f64;
    let per_weight = 1e9 * median(&blocked) / weights(data, hidden);
    let numbers = [micros(&blas), micros(&blocked), per_weight, ratio(&blas, &blocked)];
    row(&format!("{} D={hidden}{what}", T::PRECISION), &numbers);
}

/// Returns the same images without a zero among the inputs.
fn gray<T: Number>(data: &Dataset<T>) -> Dataset<T> {
    let (n, x) = (data.examples(), data.features());
    let features = Array2::from_shape_fn(x.dim(), |(i, j)| {
        (x[[i, j]] + x[[(i + 1) % n, j]] + T::from_f64(0.25)) / T::from_f64(2.25)
    });
    let labels = data.labels().to_vec();
    Dataset::new(features.view(), labels, data.classes()).expect("the same shape")
}

fn evenness() {
    let columns = ["ns a weight and example", "by the least of its kind"];
    table("Does a weight cost the same for any D, N and epoch? `blocked`, f64.", &columns);
    let (data, _) = large();
    let units = [50, 100, 200, 500, 1000, 2000];
    by_the_least("D=", units.map(|hidden| (hidden, per_weight(&data, hidden, 1))));

    let sets = [500, 5000, 50_000, 500_000, 1_000_000];
    let sets = sets.map(|n| Dataset::letters(n, 0, Split::Training).expect("there are letters"));
    let cases = sets.each_ref().map(|data| {
        let n = data.examples();
        (n, per_weight(data, 200, (100_000 / n).max(1)))
    });
    by_the_least("D=200, built-in letters, N=", cases);

    // Two epochs per run; the first run is not timed.
    let [first, mut last] = [(); 2].map(|()| per_weight(&data, 50, 2));
    for _ in 0..134 {
        last();
    }
    by_the_least("D=50, 30 epochs up to ", [(32, first), (300, last)]);
}

/// Runs [`blocked`]; measures the nanoseconds per weight and example.
fn per_weight(data: &Dataset<f64>, hidden: usize, epochs: usize) -> Run<'_> {
    let (mut training, weights) = (blocked(data, hidden, epochs), weights(data, hidden));
    Box::new(move || 1e9 * training() / weights)
}

/// Prints the cost of each case, and its ratio to the lowest cost.
fn by_the_least<const C: usize>(what: &str, cases: [(usize, Run); C]) {
    let of = cases.each_ref().map(|(of, _)| *of);
    let costs = alternate(cases.map(|(_, run)| run)).map(|runs| median(&runs));
    let least = costs.into_iter().fold(f64::INFINITY, f64::min);
    for (of, cost) in of.into_iter().zip(costs) {
        row(&format!("{what}{of}"), &[cost, cost / least]);
    }
}

fn loading() {
    let columns = ["MB", "f64, ms", "f64, MB/s", "f32, ms", "f32, MB/s"];
    table("How fast are data files read? The letters are built-in ones.", &columns);
    let letters = |n, split| {
        let mut lines = Vec::new();
        draw(n, 0, split).write_csv(&mut lines).expect("memory takes any bytes");
        lines
    };
    let pair = [letters(9000, Split::Training), letters(1000, Split::Validation)];
    read_all("the large pair", &pair);
    read_all("a million lines", &[letters(10_000, Split::Training).repeat(100)]);
    let other = format!("3{}\n", ",0.125".repeat(128)).repeat(100_000);
    read_all("100,000 lines, not of 0 and 1", &[other.into()]);
}

fn read_all(what: &str, contents: &[Vec<u8>]) {
    let write = |contents| {
        let file = NamedTempFile::new().expect("a temporary file");
        std::fs::write(&file, contents).expect("room on the disk");
        file
    };
    let files: Vec<_> = contents.iter().map(write).collect();
    let runs = alternate([reading::<f64>(&files), reading::<f32>(&files)]);
    let [double, single] = runs.map(|runs| median(&runs));
    let mb = contents.iter().map(Vec::len).sum::<usize>() as f64 / 1e6;
    row(what, &[mb, 1e3 * double, mb / double, 1e3 * single, mb / single]);
}

/// Reads one file after the other.
fn reading<T: Number>(files: &[NamedTempFile]) -> Run<'_> {
    let reader = Dataset::<T>::reader().classes(10);
    let read = move |file| drop(black_box(reader.read(file).expect("a data file")));
    Box::new(move || seconds(|| files.iter().for_each(&read)))
}

/// Trains and evaluates both data sets, 20 epochs per run; measures the seconds per epoch.
fn whole<'a>(train: &'a Dataset<f64>, validation: &'a Dataset<f64>, settings: Settings) -> Run<'a> {
    let settings = Settings { epochs: EPOCHS, ..settings };
    Box::new(move || {
        let trainer = Trainer::new(train, settings.clone()).validation(validation);
        let training = trainer.prepare().expect("data sets and settings that fit");
        seconds(|| drop(training.run().expect("no divergence"))) / EPOCHS as f64
    })
}

const EPOCHS: usize = 20;

fn orders() {
    let cores = available_parallelism().map_or(1, usize::from);
    let columns = ["1 thread, file, ms", "shuffled, ms", "ratio"];
    let all = ["file, ms", "shuffled, ms"].map(|what| format!("{cores} threads, {what}"));
    let columns = [&columns[..], &[&all[0], &all[1], "ratio"]].concat();
    table(
        "What does a fresh order each epoch add to an epoch, both sets evaluated? f64.",
        &columns,
    );
    let ((train, _), validation) = (large::<f64>(), validation());
    for hidden in [50, 200, 1000] {
        let by = |threads, order| {
            let threads = Some(threads);
            whole(&train, &validation, Settings { hidden, threads, order, ..Default::default() })
        };
        let runs = alternate([
            by(1, Order::File),
            by(1, Order::Shuffled),
            by(cores, Order::File),
            by(cores, Order::Shuffled),
        ]);
        let [one, one_shuffled, all, all_shuffled] = &runs;
        let [ms_one, ms_shuffled, ms_all, ms_all_shuffled] =
            runs.each_ref().map(|runs| 1e3 * median(runs));
        let ratios = [ratio(one_shuffled, one), ratio(all_shuffled, all)];
        row(
            &format!("D={hidden}"),
            &[ms_one, ms_shuffled, ratios[0], ms_all, ms_all_shuffled, ratios[1]],
        );
    }
}

fn overlap() {
    let cores = available_parallelism().map_or(1, usize::from);
    let all = format!("{cores} threads, ms");
    let columns = ["updates alone, ms", "1 thread, ms", "ratio", &all, "ratio"];
    table("What does evaluation of both sets add to the wall time of an epoch? f64.", &columns);
    let ((train, _), validation) = (large::<f64>(), validation());
    for hidden in [50, 200, 1000] {
        let trainer = |threads| {
            let threads = Some(threads);
            whole(&train, &validation, Settings { hidden, threads, ..Default::default() })
        };
        let updates = blocked(&train, hidden, EPOCHS);
        let [updates, one, all] = alternate([updates, trainer(1), trainer(cores)]);
        let ms = |runs| 1e3 * median(runs);
        let [by_one, by_all] = [&one, &all].map(|runs| ratio(runs, &updates));
        row(&format!("D={hidden}"), &[ms(&updates), ms(&one), by_one, ms(&all), by_all]);
    }
}

fn threads() {
    let cores = available_parallelism().map_or(1, usize::from);
    let columns = [
        "1 thread, us an example",
        "1 thread, ns a weight",
        &format!("{cores} threads, us"),
        "times as fast",
        &format!("{cores} trainings at once, times as fast"),
    ];
    table(
        "What do more threads save of the updates? And what could the cores do at best?",
        &columns,
    );
    let ((double, _), (single, _)) = (large::<f64>(), large::<f32>());
    for hidden in [200, 500, 1000] {
        by_threads(&double, hidden, cores, "");
    }
    for hidden in [500, 1000] {
        by_threads(&single, hidden, cores, "");
    }
    let wide = draw_on(Size::Mnist.canvas(), 9000, 0, Split::Training);
    let pixels = Array2::from_shape_vec((9000, 784), wide.pixels).expect("9000 images");
    let labels = wide.labels.iter().map(|&label| label.into()).collect();
    let wide = Dataset::new(pixels.mapv(|p| f64::from(p) / 4.0).view(), labels, 10);
    by_threads(&wide.expect("a data set"), 300, cores, ", M=784");
    let (x, y) = (double.features(), double.labels().iter().enumerate());
    let many = Dataset::new(x, y.map(|(i, y)| 10 * y + i % 10).collect(), 100);
    by_threads(&many.expect("a data set"), 200, cores, ", K=100");
}

fn by_threads<T: Number>(data: &Dataset<T>, hidden: usize, threads: usize, what: &str) {
    let shared = engine(EngineKind::Blocked, data, hidden, threads);
    let mut many: Vec<_> = (0..threads).map(|_| independent(data, hidden)).collect();
    let at_once: Run = Box::new(move || {
        seconds(|| {
            thread::scope(|scope| {
                many.iter_mut().for_each(|training| drop(scope.spawn(training)));
            });
        })
    });
    let runs = [blocked(data, hidden, 1), training(shared, data, hidden, 1), at_once];
    let [one, all, at_once] = alternate(runs);
    let micros = |runs| 1e6 * median(runs) / data.examples() as f64;
    let per_weight = 1e9 * median(&one) / weights(data, hidden);
    let best = threads as f64 * ratio(&one, &at_once);
    let numbers = [micros(&one), per_weight, micros(&all), ratio(&one, &all), best];
    row(&format!("{} D={hidden}{what}", T::PRECISION), &numbers);
}

/// Trains one epoch; another thread can call it.
fn independent<T: Number>(data: &Dataset<T>, hidden: usize) -> impl FnMut() + Send {
    let mut engine = engine(EngineKind::Blocked, data, hidden, 1);
    let network = Network::new(data.inputs(), hidden, data.classes(), Init::Random, 0);
    let mut network = network.expect("a network of this size");
    move || engine.epoch(&mut network, T::from_f64(0.01), None)
}

fn main() -> ExitCode {
    let mut arguments: Vec<String> = std::env::args().skip(1).collect();
    // `cargo test --benches` also runs this program, without this last argument.
    if arguments.pop().as_deref() != Some("--bench") {
        return ExitCode::SUCCESS;
    }
    let topics = TOPICS.map(|(name, _)| name);
    if let Some(name) = arguments.iter().find(|name| !topics.contains(&name.as_str())) {
        eprintln!("error: {name} is none of {}", topics.join(", "));
        return ExitCode::from(2);
    }
    set_blas_threads(1);
    let Environment { cpu, blas, .. } = Environment::here(None);
    println!("{}, {}, {} cores, BLAS {blas}", large::<f64>().1, cpu.model, cpu.cores);
    for (name, measure) in TOPICS {
        if arguments.is_empty() || arguments.iter().any(|argument| argument == name) {
            measure();
        }
    }
    ExitCode::SUCCESS
}
