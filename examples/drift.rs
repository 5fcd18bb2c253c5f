//! How far the engines drift apart by rounding: the relative difference of the training losses, and
//! the labels predicted otherwise, after 100 epochs of the defaults. Prints a Markdown table of
//! every pair.
//!
//!     cargo run --release --example drift
//!     cargo run --release --example drift -- TRAIN.csv VALIDATION.csv
//!
//! Without files it is of the sample in `data/sample`: some seconds.

use rankone::engine::blas::Library;
use rankone::{Dataset, EngineKind, Number, Result, Settings, set_blas_threads, train_and_test};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// What a training came to.
struct Trained {
    name: String,
    /// Training and validation.
    losses: [f64; 2],
    labels: Vec<usize>,
}

fn runs<T: Number>(train: &Path, validation: &Path) -> Result<Vec<Trained>> {
    let train = Dataset::<T>::from_csv(train)?;
    let validation = Dataset::from_csv_like(validation, &train)?;
    let run = |engine: EngineKind| {
        let settings = Settings { engine, ..Settings::default() };
        let outcome = train_and_test(&train, &validation, &settings)?;
        let [of_train, of_validation] =
            [&outcome.train, outcome.validation.as_ref().expect("a set")];
        let labels = [&of_train.predictions[..], &of_validation.predictions].concat();
        Ok(Trained {
            name: format!("{engine} {}", T::PRECISION),
            losses: [of_train.cross_entropy, of_validation.cross_entropy],
            labels,
        })
    };
    [EngineKind::Reference, EngineKind::Blas, EngineKind::Blocked].into_iter().map(run).collect()
}

fn table(train: &Path, validation: &Path) -> Result<()> {
    set_blas_threads(1);
    let mut all = runs::<f64>(train, validation)?;
    all.extend(runs::<f32>(train, validation)?);
    println!("{}, {}, BLAS {}\n", train.display(), validation.display(), Library::now());
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
    let [train, validation] = match &files[..] {
        [] => ["Train", "Validation"].map(|set| format!("data/sample/small{set}.csv").into()),
        [train, validation] => [train, validation].map(PathBuf::clone),
        _ => {
            eprintln!("usage: drift [TRAIN.csv VALIDATION.csv]");
            return ExitCode::from(2);
        }
    };
    match table(&train, &validation) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}
