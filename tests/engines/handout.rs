//! The handout's letters, where they are at hand: `scripts/fetch-data`, or `RANKONE_DATA=FOLDER`.

use rankone::{Dataset, EngineKind, Init, Outcome, Settings, train_and_test};
use std::io::Write;

const ENGINES: [EngineKind; 3] = [EngineKind::Reference, EngineKind::Blas, EngineKind::Blocked];

/// Runs a test on the training and validation set of a size, or says that it could not. The line
/// goes past the test harness, which shows nothing of a test that passes.
fn with_letters(test: &str, size: &str, run: impl FnOnce(&Dataset<f64>, &Dataset<f64>)) {
    let Some(folder) = crate::real_letters::folder() else {
        let _ = writeln!(std::io::stderr(), "\nreal letters: NOT TESTED, none found: {test}");
        return;
    };
    let reader = Dataset::reader().classes(10);
    let read = |set| reader.read(folder.join(format!("{size}{set}.csv"))).unwrap();
    run(&read("Train"), &read("Validation"));
    let _ = writeln!(std::io::stderr(), "\nreal letters: tested in {}: {test}", folder.display());
}

fn close(outcome: &Outcome<f64>, losses: &[[f64; 2]], tolerance: f64) {
    assert_eq!(outcome.history.len(), losses.len());
    for (epoch, [train, validation]) in outcome.history.iter().zip(losses) {
        let near = |found: f64, expected: f64| (found - expected).abs() <= tolerance;
        assert!(near(epoch.train_cross_entropy, *train), "{epoch:?}");
        assert!(near(epoch.validation_cross_entropy.unwrap(), *validation), "{epoch:?}");
    }
}

/// The handout's own numbers.
#[test]
fn published_values() {
    with_letters("published values", "small", |train, validation| {
        for engine in ENGINES {
            let settings = Settings {
                hidden: 4,
                epochs: 2,
                learning_rate: 0.1,
                init: Init::Zero,
                engine,
                ..Settings::default()
            };
            let outcome = train_and_test(train, validation, &settings).unwrap();
            let published = [[2.18506276114, 2.18827302588], [1.90103257727, 1.91363803461]];
            close(&outcome, &published, 1e-11);
            assert_eq!((outcome.train.error, outcome.validation.unwrap().error), (0.77, 0.78));
        }
    });
}

/// Training and validation losses of `scripts/golden.py --hidden 50 --epochs 2` over the large
/// sets.
const LARGE: [[f64; 2]; 2] =
    [[0.9536967668834805, 1.0039765563362892], [0.6877630670268359, 0.7571159303250441]];

#[test]
fn large_agrees_with_the_independent_program() {
    with_letters("large, two epochs", "large", |train, validation| {
        for engine in ENGINES {
            let settings = Settings { epochs: 2, engine, ..Settings::default() };
            let outcome = train_and_test(train, validation, &settings).unwrap();
            close(&outcome, &LARGE, 1e-9);
        }
    });
}

#[test]
fn the_defaults_learn_the_large_set() {
    with_letters("large, the defaults", "large", |train, validation| {
        let outcome = train_and_test(train, validation, &Settings::default()).unwrap();
        let error = outcome.validation.unwrap().error;
        assert!(error <= 0.15, "{error}");
    });
}

#[test]
fn the_files_are_the_handouts() {
    with_letters("counts", "large", |train, validation| {
        assert_eq!((train.examples(), validation.examples()), (9000, 1000));
        for class in 0..10 {
            assert_eq!(train.labels().iter().filter(|&&label| label == class).count(), 900);
        }
        let ink = train.features().iter().filter(|&&v| v == 1.0).count() as f64;
        assert!((ink / (9000.0 * 128.0) - 0.21).abs() <= 0.01);
    });
}
