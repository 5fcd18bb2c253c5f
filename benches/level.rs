//! Whether the cost of a weight and example stays level: with more hidden units, with more examples, and from
//! the first epoch to the last. Prints Markdown tables; times are of the blocked engine, f64, one thread.
//!
//!     cargo bench --bench level

mod letters;

use letters::large;
use rankone::internals::instrument::{Environment, Spread, Work};
use rankone::internals::{Blocked, Engine, Prepared};
use rankone::{Dataset, Init, Isa, Network, Split};
use std::time::Instant;

/// Seconds of each of `epochs` epochs, after one that is not counted.
fn seconds(data: &Dataset<f64>, hidden: usize, epochs: usize) -> Vec<f64> {
    let network = Network::new(data.inputs(), hidden, data.classes(), Init::Random, 0);
    let mut network = network.expect("a network of this size");
    let mut engine = Blocked::new(&Prepared::new(data, Isa::detect()), hidden);
    let mut epoch = || {
        let start = Instant::now();
        engine.epoch(&mut network, 0.01, None);
        start.elapsed().as_secs_f64()
    };
    epoch();
    (0..epochs).map(|_| epoch()).collect()
}

/// A row of a table, and the ns a weight and example that it tells.
fn row(what: &str, data: &Dataset<f64>, hidden: usize, epochs: usize) -> f64 {
    let work = Work { inputs: data.inputs(), hidden, classes: data.classes() };
    let ns = Spread::of(&seconds(data, hidden, epochs)).scaled(1e9 / data.examples() as f64);
    let each = ns.median / work.weights();
    println!("| {what} | {:.1} | {each:.4} |", ns.median);
    each
}

/// The largest of `values` by the smallest.
fn factor(values: &[f64]) -> f64 {
    let spread = Spread::of(values);
    values.iter().copied().fold(0.0, f64::max) / spread.min
}

fn main() {
    // Cargo also builds and runs this for `cargo test --benches`.
    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    let (data, which) = large::<f64>();
    println!("{}\n\n{which}\n\n| D | ns an example | ns a weight |\n|--:|--:|--:|", {
        Environment::here(None).cpu.model
    });
    let of_units = [50, 100, 200, 500, 1000, 2000]
        .map(|hidden| row(&hidden.to_string(), &data, hidden, 1 + 6000 / hidden));
    println!("\nfactor {:.2}\n", factor(&of_units));

    println!("built-in letters, D=200\n\n| N | ns an example | ns a weight |\n|--:|--:|--:|");
    let of_examples = [500, 5000, 50_000, 500_000, 1_000_000].map(|n| {
        let data = Dataset::letters(n, 0, Split::Training).expect("there are letters");
        row(&n.to_string(), &data, 200, (500_000 / n).clamp(3, 200))
    });
    println!("\nfactor {:.2}\n", factor(&of_examples));

    let epochs = seconds(&data, 50, 300);
    let tenth = |epochs: &[f64]| 1e3 * Spread::of(epochs).median;
    let (first, last) = (tenth(&epochs[..30]), tenth(&epochs[270..]));
    println!("{which}, D=50: median of epochs 2 to 31 {first:.3} ms, 272 to 301 {last:.3} ms");
}
