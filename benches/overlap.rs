//! What evaluation adds to an epoch's wall time: epochs of updates alone and whole epochs of the trainer, with
//! one thread and with all, in turn. Prints a Markdown table of medians.
//!
//!     cargo bench --bench overlap

mod letters;

use letters::{large, validation};
use rankone::internals::instrument::{Environment, Spread};
use rankone::internals::{Blocked, Engine, Prepared};
use rankone::{Dataset, Init, Isa, Network, Settings, Trainer};
use std::thread::available_parallelism;
use std::time::Instant;

/// Runs of each contestant, after one that is not counted.
const ROUNDS: usize = 9;

/// Epochs of a run.
const EPOCHS: usize = 20;

/// Seconds an epoch with `threads`, evaluation of both sets included.
fn trainer(train: &Dataset<f64>, validation: &Dataset<f64>, hidden: usize, threads: usize) -> f64 {
    let settings = Settings { hidden, epochs: EPOCHS, threads, ..Default::default() };
    let trainer = Trainer::new(train, settings).expect("a network of this size");
    let trainer = trainer.validation(validation).expect("fitting sets");
    let begun = Instant::now();
    trainer.fit().expect("no divergence");
    begun.elapsed().as_secs_f64() / EPOCHS as f64
}

/// Seconds an epoch of the engine alone.
fn engine(train: &Dataset<f64>, hidden: usize) -> f64 {
    let network = Network::new(train.inputs(), hidden, train.classes(), Init::Random, 0);
    let mut network = network.expect("a network of this size");
    let mut engine = Blocked::new(&Prepared::new(train, Isa::detect()), hidden);
    engine.epoch(&mut network, 0.01, None);
    let begun = Instant::now();
    (0..EPOCHS).for_each(|_| engine.epoch(&mut network, 0.01, None));
    begun.elapsed().as_secs_f64() / EPOCHS as f64
}

fn main() {
    // Cargo also builds and runs this for `cargo test --benches`.
    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    let (train, which) = large::<f64>();
    let validation = validation::<f64>();
    let cores = available_parallelism().map_or(1, usize::from);
    println!("{which}, {}, {cores} cores; ms an epoch, f64\n", Environment::here(None).cpu.model);
    println!(
        "| D | updates alone | trainer, 1 thread | ratio | trainer, {cores} threads | ratio |"
    );
    println!("|--:|--:|--:|--:|--:|--:|");
    for hidden in [50, 200, 1000] {
        let mut seconds = [const { Vec::new() }; 3];
        for round in 0..=ROUNDS {
            let times = [
                engine(&train, hidden),
                trainer(&train, &validation, hidden, 1),
                trainer(&train, &validation, hidden, cores),
            ];
            if round > 0 {
                seconds.iter_mut().zip(times).for_each(|(all, time)| all.push(time));
            }
        }
        let ratio = |i: usize| {
            let ratios: Vec<_> = seconds[i].iter().zip(&seconds[0]).map(|(a, b)| a / b).collect();
            Spread::of(&ratios).median
        };
        let ms = |i: usize| 1e3 * Spread::of(&seconds[i]).median;
        println!(
            "| {hidden} | {:.2} | {:.2} | {:.2} | {:.2} | {:.2} |",
            ms(0),
            ms(1),
            ratio(1),
            ms(2),
            ratio(2)
        );
    }
}
