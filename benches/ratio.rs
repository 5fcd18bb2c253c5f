//! How many times faster `blocked` is than `blas`: epochs of both in turn, so that a machine whose speed
//! drifts does not take sides. Prints a Markdown table; the medians are of single epochs.
//!
//!     cargo bench --bench ratio

mod letters;

use letters::large;
use ndarray::Array2;
use rankone::internals::instrument::{Environment, Spread, Work};
use rankone::internals::{Blas, Blocked, Engine, Prepared};
use rankone::{Dataset, Init, Isa, Network, Number, set_blas_threads};
use std::time::Instant;

/// Epochs of each engine, after one that is not counted.
const ROUNDS: usize = 15;

/// One row of the table.
fn compare<T: Number>(data: &Dataset<T>, hidden: usize, what: &str) {
    let start = Network::new(data.inputs(), hidden, data.classes(), Init::Random, 0);
    let start = start.expect("a network of this size");
    let prepared = Prepared::new(data, Isa::detect());
    let engines: [Box<dyn Engine<T>>; 2] =
        [Box::new(Blas::new(data, hidden)), Box::new(Blocked::new(&prepared, hidden))];
    let mut contestants = engines.map(|engine| (engine, start.clone(), Vec::new()));
    for round in 0..=ROUNDS {
        for (engine, network, seconds) in &mut contestants {
            let begun = Instant::now();
            engine.epoch(network, T::from_f64(0.01), None);
            if round > 0 {
                seconds.push(begun.elapsed().as_secs_f64());
            }
        }
    }
    let [(.., blas), (.., blocked)] = contestants;
    let ratios: Vec<_> = blas.iter().zip(&blocked).map(|(a, b)| a / b).collect();
    let ratio = Spread::of(&ratios).median;
    let micros = |seconds: Vec<f64>| 1e6 * Spread::of(&seconds).median / data.examples() as f64;
    let (blas, blocked) = (micros(blas), micros(blocked));
    let work = Work { inputs: data.inputs(), hidden, classes: data.classes() };
    let each = 1e3 * blocked / work.weights();
    println!(
        "| {} D={hidden} {what} | {blas:.2} | {blocked:.2} | {each:.4} | {ratio:.1} |",
        T::PRECISION
    );
}

/// No zero among the inputs.
fn grey<T: Number>(data: &Dataset<T>) -> Dataset<T> {
    let n = data.examples();
    let x = data.features();
    let features = Array2::from_shape_fn(x.dim(), |(i, j)| {
        (x[[i, j]] + x[[(i + 1) % n, j]] + T::from_f64(0.25)) / T::from_f64(2.25)
    });
    let labels = data.labels().to_vec();
    Dataset::new(features.view(), labels, data.classes()).expect("the same shape")
}

fn main() {
    // Cargo also builds and runs this for `cargo test --benches`.
    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    set_blas_threads(1);
    let (double, which) = large::<f64>();
    let (single, _) = large::<f32>();
    let environment = Environment::here(None);
    let cpu = &environment.cpu;
    println!("{which}, {}, {} cores, BLAS {}\n", cpu.model, cpu.cores, environment.blas);
    println!("| | blas, us an example | blocked, us an example | blocked, ns a weight | ratio |");
    println!("|---|--:|--:|--:|--:|");
    for hidden in [50, 100, 200, 500, 1000, 2000] {
        compare(&double, hidden, "");
    }
    for hidden in [50, 200, 1000] {
        compare(&single, hidden, "");
    }
    compare(&grey(&double), 200, "dense grey");
    compare(&grey(&single), 200, "dense grey");
}
