//! What users ask about speed, each question answered by one Markdown table:
//!
//!     cargo bench --bench ratio
//!     cargo bench --bench ratio -- loading overlap
//!
//! Whatever is compared takes turns, so that a machine whose speed drifts takes no side. Times are medians.

mod letters;

use letters::{large, validation};
use ndarray::Array2;
use rankone::internals::instrument::{Environment, Spread, Work};
use rankone::internals::letters::{Size, draw, draw_on};
use rankone::internals::{Blas, Blocked, Crew, Engine, Prepared};
use rankone::{
    Dataset, Init, Isa, Network, Number, Order, Settings, Split, Trainer, set_blas_threads,
};
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

/// Turns of each contestant, after one that is not counted.
const ROUNDS: usize = 15;

/// The turn of a contestant: takes it, and tells what it took.
type Turn<'a> = Box<dyn FnMut() -> f64 + 'a>;

/// Rounds in which each contestant has one turn.
fn in_turn<const C: usize>(mut contestants: [Turn; C]) -> [[f64; ROUNDS]; C] {
    let mut round = || contestants.each_mut().map(|contestant| contestant());
    round();
    let rounds: [_; ROUNDS] = from_fn(|_| round());
    from_fn(|contestant| rounds.map(|round| round[contestant]))
}

fn seconds(run: impl FnOnce()) -> f64 {
    let begun = Instant::now();
    run();
    begun.elapsed().as_secs_f64()
}

fn median(turns: &[f64; ROUNDS]) -> f64 {
    Spread::of(turns).median
}

/// How many times as long one took as the other, of the same round.
fn ratio(one: &[f64; ROUNDS], other: &[f64; ROUNDS]) -> f64 {
    median(&from_fn(|round| one[round] / other[round]))
}

/// What a table answers, and its columns; its [`row`]s follow.
fn table(answers: &str, columns: &[&str]) {
    let rule = "--:|".repeat(columns.len());
    println!("\n{answers}\n\n| | {} |\n|---|{rule}", columns.join(" | "));
}

/// Numbers to three digits.
fn row(what: &str, numbers: &[f64]) {
    let digits = |number: &f64| {
        let decimals = (2.0 - number.log10().floor()).max(0.0) as usize;
        format!(" {number:.decimals$} |")
    };
    println!("| {what} |{}", numbers.iter().map(digits).collect::<String>());
}

/// Trains a network of `hidden` units, `epochs` epochs a turn; tells the seconds of one.
fn training<'a, T: Number>(
    mut engine: impl Engine<T> + 'a,
    data: &Dataset<T>,
    hidden: usize,
    epochs: usize,
) -> Turn<'a> {
    let network = Network::new(data.inputs(), hidden, data.classes(), Init::Random, 0);
    let mut network = network.expect("a network of this size");
    let mut epoch = move || engine.epoch(&mut network, T::from_f64(0.01), None);
    Box::new(move || seconds(|| (0..epochs).for_each(|_| epoch())) / epochs as f64)
}

/// [`training`] by the engine `blocked`.
fn blocked<T: Number>(data: &Dataset<T>, hidden: usize, epochs: usize) -> Turn<'_> {
    training(Blocked::new(&Prepared::new(data, Isa::detect()), hidden), data, hidden, epochs)
}

/// The weights that an epoch goes through: each once for every example.
fn weights<T: Number>(data: &Dataset<T>, hidden: usize) -> f64 {
    let work = Work { inputs: data.inputs(), hidden, classes: data.classes() };
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
    against_blas(&grey(&double), 200, ", dense grey");
    against_blas(&grey(&single), 200, ", dense grey");
}

fn against_blas<T: Number>(data: &Dataset<T>, hidden: usize, what: &str) {
    let blas = training(Blas::new(data, hidden), data, hidden, 1);
    let [blas, blocked] = in_turn([blas, blocked(data, hidden, 1)]);
    let micros = |turns| 1e6 * median(turns) / data.examples() as f64;
    let a_weight = 1e9 * median(&blocked) / weights(data, hidden);
    let numbers = [micros(&blas), micros(&blocked), a_weight, ratio(&blas, &blocked)];
    row(&format!("{} D={hidden}{what}", T::PRECISION), &numbers);
}

/// No zero among the inputs.
fn grey<T: Number>(data: &Dataset<T>) -> Dataset<T> {
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
    by_the_least("D=", units.map(|hidden| (hidden, a_weight(&data, hidden, 1))));

    let sets = [500, 5000, 50_000, 500_000, 1_000_000];
    let sets = sets.map(|n| Dataset::letters(n, 0, Split::Training).expect("there are letters"));
    let cases = sets.each_ref().map(|data| {
        let n = data.examples();
        (n, a_weight(data, 200, (100_000 / n).max(1)))
    });
    by_the_least("D=200, built-in letters, N=", cases);

    // Two epochs a turn, and the first turn of a contest is not counted.
    let [first, mut last] = [(); 2].map(|()| a_weight(&data, 50, 2));
    for _ in 0..134 {
        last();
    }
    by_the_least("D=50, 30 epochs up to ", [(32, first), (300, last)]);
}

/// [`blocked`], but tells the nanoseconds of a weight and example.
fn a_weight(data: &Dataset<f64>, hidden: usize, epochs: usize) -> Turn<'_> {
    let (mut training, weights) = (blocked(data, hidden, epochs), weights(data, hidden));
    Box::new(move || 1e9 * training() / weights)
}

fn by_the_least<const C: usize>(what: &str, cases: [(usize, Turn); C]) {
    let of = cases.each_ref().map(|(of, _)| *of);
    let costs = in_turn(cases.map(|(_, contestant)| contestant)).map(|turns| median(&turns));
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
    let turns = in_turn([reading::<f64>(&files), reading::<f32>(&files)]);
    let [double, single] = turns.map(|turns| median(&turns));
    let mb = contents.iter().map(Vec::len).sum::<usize>() as f64 / 1e6;
    row(what, &[mb, 1e3 * double, mb / double, 1e3 * single, mb / single]);
}

/// Reads one file after the other.
fn reading<T: Number>(files: &[NamedTempFile]) -> Turn<'_> {
    let reader = Dataset::<T>::reader().classes(10);
    let read = move |file| drop(black_box(reader.read(file).expect("a data file")));
    Box::new(move || seconds(|| files.iter().for_each(&read)))
}

/// Trains with both sets evaluated, 20 epochs a turn; tells the seconds of one.
fn whole<'a>(
    train: &'a Dataset<f64>,
    validation: &'a Dataset<f64>,
    settings: Settings,
) -> Turn<'a> {
    let settings = Settings { epochs: EPOCHS, ..settings };
    Box::new(move || {
        let trainer = Trainer::new(train, settings.clone());
        let trainer = trainer.and_then(|trainer| trainer.validation(validation));
        let trainer = trainer.expect("sets and settings that fit");
        seconds(|| drop(trainer.fit().expect("no divergence"))) / EPOCHS as f64
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
            whole(&train, &validation, Settings { hidden, threads, order, ..Default::default() })
        };
        let turns = in_turn([
            by(1, Order::File),
            by(1, Order::Shuffled),
            by(cores, Order::File),
            by(cores, Order::Shuffled),
        ]);
        let [one, one_shuffled, all, all_shuffled] = &turns;
        let [ms_one, ms_shuffled, ms_all, ms_all_shuffled] =
            turns.each_ref().map(|turns| 1e3 * median(turns));
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
            whole(&train, &validation, Settings { hidden, threads, ..Default::default() })
        };
        let updates = blocked(&train, hidden, EPOCHS);
        let [updates, one, all] = in_turn([updates, trainer(1), trainer(cores)]);
        let ms = |turns| 1e3 * median(turns);
        let [by_one, by_all] = [&one, &all].map(|turns| ratio(turns, &updates));
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
    let crew = Arc::new(Crew::new(cores));
    let ((double, _), (single, _)) = (large::<f64>(), large::<f32>());
    for hidden in [200, 500, 1000] {
        by_threads(&double, hidden, &crew, "");
    }
    for hidden in [500, 1000] {
        by_threads(&single, hidden, &crew, "");
    }
    let wide = draw_on(Size::Mnist.canvas(), 9000, 0, Split::Training);
    let pixels = Array2::from_shape_vec((9000, 784), wide.pixels).expect("9000 images");
    let labels = wide.labels.iter().map(|&label| label.into()).collect();
    let wide = Dataset::new(pixels.mapv(|p| f64::from(p) / 4.0).view(), labels, 10);
    by_threads(&wide.expect("a data set"), 300, &crew, ", M=784");
    let (x, y) = (double.features(), double.labels().iter().enumerate());
    let many = Dataset::new(x, y.map(|(i, y)| 10 * y + i % 10).collect(), 100);
    by_threads(&many.expect("a data set"), 200, &crew, ", K=100");
}

fn by_threads<T: Number>(data: &Dataset<T>, hidden: usize, crew: &Arc<Crew>, what: &str) {
    let shared = Blocked::new(&Prepared::for_crew(data, Isa::detect(), crew), hidden);
    let mut many: Vec<_> = (0..crew.size()).map(|_| independent(data, hidden)).collect();
    let at_once: Turn = Box::new(move || {
        seconds(|| {
            thread::scope(|scope| {
                many.iter_mut().for_each(|training| drop(scope.spawn(training)));
            });
        })
    });
    let turns = [blocked(data, hidden, 1), training(shared, data, hidden, 1), at_once];
    let [one, all, at_once] = in_turn(turns);
    let micros = |turns| 1e6 * median(turns) / data.examples() as f64;
    let a_weight = 1e9 * median(&one) / weights(data, hidden);
    let best = crew.size() as f64 * ratio(&one, &at_once);
    let numbers = [micros(&one), a_weight, micros(&all), ratio(&one, &all), best];
    row(&format!("{} D={hidden}{what}", T::PRECISION), &numbers);
}

/// An epoch of a training that another thread may run.
fn independent<T: Number>(data: &Dataset<T>, hidden: usize) -> impl FnMut() + Send {
    let mut engine = Blocked::new(&Prepared::new(data, Isa::detect()), hidden);
    let network = Network::new(data.inputs(), hidden, data.classes(), Init::Random, 0);
    let mut network = network.expect("a network of this size");
    move || engine.epoch(&mut network, T::from_f64(0.01), None)
}

fn main() -> ExitCode {
    let mut asked: Vec<String> = std::env::args().skip(1).collect();
    // Cargo also builds and runs this for `cargo test --benches`, without this last word.
    if asked.pop().as_deref() != Some("--bench") {
        return ExitCode::SUCCESS;
    }
    let topics = TOPICS.map(|(name, _)| name);
    if let Some(name) = asked.iter().find(|name| !topics.contains(&name.as_str())) {
        eprintln!("error: {name} is none of {}", topics.join(", "));
        return ExitCode::from(2);
    }
    set_blas_threads(1);
    let Environment { cpu, blas, .. } = Environment::here(None);
    println!("{}, {}, {} cores, BLAS {blas}", large::<f64>().1, cpu.model, cpu.cores);
    for (name, measure) in TOPICS {
        if asked.is_empty() || asked.iter().any(|asked| asked == name) {
            measure();
        }
    }
    ExitCode::SUCCESS
}
