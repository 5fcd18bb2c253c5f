//! Golden numbers of an independent program, `scripts/golden.py`, over data that is committed
//! beside them.

use rankone::letters::{Size, synthesize};
use rankone::{Dataset, EngineKind, Init, Number, Order, Settings, train_and_test};
use serde::Deserialize;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

/// One file of `tests/golden`.
#[derive(Deserialize)]
struct Golden {
    train: String,
    validation: String,
    hidden: usize,
    classes: usize,
    epochs: usize,
    learning_rate: f64,
    init: Init,
    #[serde(default)]
    order: Order,
    seed: u64,
    train_cross_entropy: Vec<f64>,
    validation_cross_entropy: Vec<f64>,
    train_error: f64,
    validation_error: f64,
    alpha_bias: Vec<f64>,
    beta_last_row: Vec<f64>,
    alpha_sum_of_squares: f64,
    beta_sum_of_squares: f64,
    train_labels: Vec<usize>,
    validation_labels: Vec<usize>,
}

const NAMES: [&str; 6] = [
    "zero-hidden4",
    "zero-hidden20",
    "random-hidden1",
    "random-hidden7",
    "random-hidden50",
    "grey",
];
const NUMPY_NAMES: [&str; 2] = ["numpy-hidden20", "numpy-zero"];

fn in_project(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// The grey examples lie beside the golden numbers, the letters are the sample.
fn data_file(name: &str) -> PathBuf {
    let beside = in_project("tests/golden").join(name);
    if beside.is_file() { beside } else { in_project("data/sample").join(name) }
}

fn close(case: &str, found: f64, expected: f64, tolerance: f64) {
    let difference = (found - expected).abs();
    let message = format!("{case}: found {found}, expected {expected}");
    assert!(difference <= tolerance * expected.abs().max(1.0), "{message}");
}

fn engines_reproduce<T: Number>(name: &str, tolerance: f64, exact_labels: bool) {
    let file = File::open(in_project(&format!("tests/golden/{name}.json"))).unwrap();
    let golden: Golden = serde_json::from_reader(file).unwrap();
    let reader = Dataset::<T>::reader().classes(golden.classes);
    let train = reader.read(data_file(&golden.train)).unwrap();
    let validation = reader.like(train.schema()).read(data_file(&golden.validation)).unwrap();
    for engine in [EngineKind::Reference, EngineKind::Blas, EngineKind::Blocked] {
        let case = format!("{name}, {engine} {}", T::PRECISION);
        let settings = Settings {
            hidden: golden.hidden,
            epochs: golden.epochs,
            learning_rate: golden.learning_rate,
            init: golden.init,
            order: golden.order,
            seed: golden.seed,
            engine,
            ..Settings::default()
        };
        let outcome = train_and_test(&train, &validation, &settings).unwrap();
        assert_eq!(outcome.history.len(), golden.epochs);
        let close = |found: f64, expected: f64| close(&case, found, expected, tolerance);
        for (epoch, record) in outcome.history.iter().enumerate() {
            close(record.train_cross_entropy, golden.train_cross_entropy[epoch]);
            close(record.validation_cross_entropy.unwrap(), golden.validation_cross_entropy[epoch]);
        }
        let (alpha, beta) = outcome.network.parameters();
        let pairs = |found: ndarray::ArrayView1<T>, expected: &[f64]| {
            assert_eq!(found.len(), expected.len());
            found.iter().zip(expected).for_each(|(f, &e)| close(f.as_f64(), e));
        };
        pairs(alpha.column(0), &golden.alpha_bias);
        pairs(beta.row(beta.nrows() - 1), &golden.beta_last_row);
        let squares = |m: ndarray::ArrayView2<T>| m.iter().map(|w| w.as_f64().powi(2)).sum();
        close(squares(alpha), golden.alpha_sum_of_squares);
        close(squares(beta), golden.beta_sum_of_squares);
        if exact_labels {
            let (train, validation) = (&outcome.train, outcome.validation.as_ref().unwrap());
            assert_eq!(train.predictions, golden.train_labels, "{case}");
            assert_eq!(validation.predictions, golden.validation_labels, "{case}");
            assert_eq!(train.error, golden.train_error, "{case}");
            assert_eq!(validation.error, golden.validation_error, "{case}");
        }
    }
}

#[test]
fn every_engine_reproduces_every_golden_run_in_f64() {
    NAMES.iter().for_each(|name| engines_reproduce::<f64>(name, 1e-9, true));
    // Another course's order and start, from NumPy's own generator.
    NUMPY_NAMES.iter().for_each(|name| engines_reproduce::<f64>(name, 1e-12, true));
}

#[test]
fn every_engine_comes_near_every_golden_run_in_f32() {
    NAMES.iter().for_each(|name| engines_reproduce::<f32>(name, 2e-3, false));
}

#[test]
fn the_sample_is_what_the_generator_draws() {
    let (train, validation) = synthesize(Size::Small, 0);
    for (letters, name) in [(train, "smallTrain.csv"), (validation, "smallValidation.csv")] {
        let mut drawn = Vec::new();
        letters.write_csv(&mut drawn).unwrap();
        assert!(drawn == fs::read(data_file(name)).unwrap(), "{name}");
    }
}
