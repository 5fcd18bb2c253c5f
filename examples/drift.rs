//! How far the engines drift apart by rounding: the relative difference of the training losses, and the labels
//! predicted otherwise, after 100 epochs of the defaults. Prints a Markdown table of every pair.
//!
//!     cargo run --release --example drift -- TRAIN.csv VALIDATION.csv

use rankone::dataset::csv;
use rankone::engine::Kind;
use rankone::environment::Environment;
use rankone::{Dataset, Hyperparameters, Outcome, Result, Scalar, blas, train_and_test};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// What a training came to.
struct Run {
    name: String,
    /// Training and validation.
    losses: [f64; 2],
    labels: Vec<usize>,
}

fn runs<T: Scalar>(train: &Path, validation: &Path) -> Result<Vec<Run>> {
    let train: Dataset<T> = csv::read(train, 10, None)?;
    let validation = csv::read(validation, 10, Some(train.inputs()))?;
    let run = |engine: Kind| {
        let settings = Hyperparameters { engine, ..Hyperparameters::default() };
        let Outcome { history, mut train_predictions, validation_predictions, .. } =
            train_and_test(&train, &validation, &settings)?;
        let last = history.last().expect("an epoch was run");
        train_predictions.extend(validation_predictions);
        Ok(Run {
            name: format!("{engine} {}", T::PRECISION),
            losses: [last.train_cross_entropy, last.validation_cross_entropy],
            labels: train_predictions,
        })
    };
    [Kind::Reference, Kind::Blas, Kind::Blocked].into_iter().map(run).collect()
}

fn table(train: &Path, validation: &Path) -> Result<()> {
    blas::set_threads(1);
    let mut all = runs::<f64>(train, validation)?;
    all.extend(runs::<f32>(train, validation)?);
    println!("BLAS: {}\n", Environment::here().blas);
    println!("| | | train loss | validation loss | labels |\n|---|---|--:|--:|--:|");
    for (i, one) in all.iter().enumerate() {
        for other in &all[..i] {
            let of = |set: usize| (one.losses[set] / other.losses[set] - 1.0).abs();
            let labels = one.labels.iter().zip(&other.labels).filter(|(a, b)| a != b).count();
            println!(
                "| {} | {} | {:.1e} | {:.1e} | {labels} |",
                other.name,
                one.name,
                of(0),
                of(1)
            );
        }
    }
    Ok(())
}

fn main() -> ExitCode {
    let files: Vec<_> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    let [train, validation] = &files[..] else {
        eprintln!("usage: drift TRAIN.csv VALIDATION.csv");
        return ExitCode::from(2);
    };
    match table(train, validation) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}
