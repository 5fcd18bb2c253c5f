//! What every engine must do, in both precisions: one suite over all of them.

use ndarray::Array2;
use proptest::prelude::*;
use rankone::engine::reference;
use rankone::{
    Dataset, EngineKind, Init, Isa, Network, Number, PreparedDataset, Settings, Trainer,
    train_and_test,
};
use std::ops::ControlFlow;

/// Every engine but the one that the others are held against.
const FAST: [EngineKind; 2] = [EngineKind::Blas, EngineKind::Blocked];
const ALL: [EngineKind; 3] = [EngineKind::Reference, EngineKind::Blas, EngineKind::Blocked];

/// How an example's inputs look.
#[derive(Debug, Clone, Copy)]
enum Ink {
    /// 0 or 1, a fifth of them 1.
    Letters,
    /// Mostly zero, the rest between 0 and 1.
    SparseGrey,
    /// All between 0 and 1.
    DenseGrey,
    /// One example of letters, one of dense grey, and so on; the first all zero.
    Mixed,
}

const INKS: [Ink; 4] = [Ink::Letters, Ink::SparseGrey, Ink::DenseGrey, Ink::Mixed];

/// N examples of M inputs in K classes, by a generator of the test's own.
fn dataset<T: Number>(n: usize, m: usize, k: usize, ink: Ink) -> Dataset<T> {
    let mut state = 12345u64;
    let mut next = move || {
        state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (state >> 33) as f64 / (1u64 << 31) as f64
    };
    let features = Array2::from_shape_fn((n, m), |(example, _)| {
        let (u, grey) = (next(), next());
        T::from_f64(match ink {
            Ink::Mixed if example == 0 => 0.0,
            Ink::DenseGrey => grey,
            Ink::Mixed if example % 2 == 1 => grey,
            Ink::SparseGrey if u < 0.2 => grey,
            Ink::Letters | Ink::Mixed if u < 0.2 => 1.0,
            _ => 0.0,
        })
    });
    let labels = (0..n).map(|_| (next() * k as f64) as usize).collect();
    Dataset::new(features.view(), labels, k).unwrap()
}

/// The largest difference of a parameter; NaN where there is one.
fn distance<T: Number>(a: &Network<T>, b: &Network<T>) -> f64 {
    let values = |network: &Network<T>| {
        let (alpha, beta) = network.clone().into_parameters();
        alpha.into_iter().chain(beta)
    };
    let pairs = values(a).zip(values(b));
    pairs
        .map(|(a, b)| (a.as_f64() - b.as_f64()).abs())
        .fold(0.0, |largest, d| if largest.is_nan() || d <= largest { largest } else { d })
}

fn after<T: Number>(
    kind: EngineKind,
    data: &Dataset<T>,
    start: &Network<T>,
    lr: f64,
    epochs: usize,
) -> Network<T> {
    let mut network = start.clone();
    let prepared = PreparedDataset::new(data, Isa::detect());
    let mut engine = prepared.engine(kind, start.hidden());
    (0..epochs).for_each(|_| engine.epoch(&mut network, T::from_f64(lr), None));
    network
}

fn engines_agree<T: Number>(shapes: &[(usize, usize, usize, usize)], tolerance: f64) {
    for &(n, m, d, k) in shapes {
        for ink in INKS {
            let data = dataset::<T>(n, m, k, ink);
            let start = Network::new(m, d, k, Init::Random, 7).unwrap();
            let expected = after(EngineKind::Reference, &data, &start, 0.2, 2);
            assert!(k == 1 || distance(&expected, &start) > 0.0, "nothing was learnt");
            for kind in FAST {
                let found = after(kind, &data, &start, 0.2, 2);
                let distance = distance(&found, &expected);
                let case = format!("{kind} {}: N={n} M={m} D={d} K={k} {ink:?}", T::PRECISION);
                assert!(distance <= tolerance, "{case}: {distance:e}");
            }
        }
    }
}

/// (N, M, D, K): ones, primes, powers of two and their neighbours, fewer examples than any block.
const SHAPES: [(usize, usize, usize, usize); 16] = [
    (1, 1, 1, 1),
    (1, 128, 50, 10),
    (2, 1, 1, 2),
    (3, 5, 3, 10),
    (7, 3, 8, 1),
    (15, 129, 7, 3),
    (16, 64, 16, 10),
    (17, 31, 17, 11),
    (31, 2, 33, 7),
    (64, 17, 65, 2),
    (97, 40, 24, 9),
    (100, 128, 200, 10),
    (33, 10, 9, 300),
    (129, 300, 31, 16),
    (50, 128, 257, 33),
    (40, 20, 511, 10),
];

#[test]
fn engines_agree_with_the_reference_in_f64() {
    engines_agree::<f64>(&SHAPES, 1e-12);
}

#[test]
fn engines_agree_with_the_reference_in_f32() {
    engines_agree::<f32>(&SHAPES, 2e-4);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]
    #[test]
    fn engines_agree_for_any_shape(
        n in 1usize..80, m in 1usize..60, d in 1usize..90, k in 1usize..40,
    ) {
        engines_agree::<f64>(&[(n, m, d, k)], 1e-12);
    }
}

/// The update that an engine *applies* is -lr times the centred difference of the loss.
#[test]
fn an_applied_step_is_minus_lr_times_the_centred_difference() {
    const LR: f64 = 0.5;
    const EPSILON: f64 = 1e-5;
    for kind in ALL {
        for ink in INKS {
            // The second example: the first of the mixed ones is all zero.
            let two = dataset::<f64>(2, 6, 3, ink);
            let x = two.features().row(1).to_owned();
            let y = two.labels()[1];
            let row = x.view().insert_axis(ndarray::Axis(0));
            let data = Dataset::new(row, vec![y], 3).unwrap();
            let start = Network::new(6, 4, 3, Init::Random, 3).unwrap();
            let end = after(kind, &data, &start, LR, 1);
            let mut largest = 0.0f64;
            let loss = |network: &Network<f64>| reference::forward(network, x.view(), y).j;
            let mut check = |moved: &dyn Fn(f64) -> Network<f64>, step: f64| {
                let slope = (loss(&moved(EPSILON)) - loss(&moved(-EPSILON))) / (2.0 * EPSILON);
                let difference = (step + LR * slope).abs();
                assert!(difference <= 1e-9, "{kind} {ink:?}: {difference:e}");
                largest = largest.max(step.abs());
            };
            let moved = |layer: usize, place: [usize; 2], by: f64| {
                let (mut alpha, mut beta) = start.clone().into_parameters();
                [&mut alpha, &mut beta][layer][place] += by;
                Network::from_parameters(alpha, beta).unwrap()
            };
            let (before, after) = (start.parameters(), end.parameters());
            for ((i, j), &before) in before.0.indexed_iter() {
                check(&|by| moved(0, [i, j], by), after.0[[i, j]] - before);
            }
            for ((i, j), &before) in before.1.indexed_iter() {
                check(&|by| moved(1, [i, j], by), after.1[[i, j]] - before);
            }
            assert!(largest > 1e-3, "{kind} {ink:?}: a step of zero proves nothing");
        }
    }
}

#[test]
fn an_engine_that_ran_before_gives_the_same_bits_again() {
    fn check<T: Number>() {
        for kind in ALL {
            let data = dataset::<T>(50, 20, 4, Ink::Mixed);
            let start = Network::new(20, 13, 4, Init::Random, 1).unwrap();
            let prepared = PreparedDataset::new(&data, Isa::detect());
            let mut engine = prepared.engine(kind, 13);
            let mut first = start.clone();
            engine.epoch(&mut first, T::from_f64(0.1), None);
            // Whatever a network that has diverged leaves in the scratch must not be read.
            let nan = |rows, columns| Array2::from_elem((rows, columns), T::nan());
            let mut diverged = Network::from_parameters(nan(13, 21), nan(4, 14)).unwrap();
            engine.epoch(&mut diverged, T::from_f64(0.1), None);
            assert!(diverged.parameters().0.iter().all(|w| w.is_nan()), "{kind}: NaN was hidden");
            let mut second = start.clone();
            engine.epoch(&mut second, T::from_f64(0.1), None);
            assert_eq!(first, second, "{kind}");
        }
    }
    check::<f64>();
    check::<f32>();
}

#[test]
fn hidden_units_that_saturate_and_scores_far_apart_stay_finite() {
    for kind in ALL {
        let data = dataset::<f64>(60, 9, 5, Ink::Letters);
        let settings = |lr| Settings {
            hidden: 6,
            epochs: 3,
            learning_rate: lr,
            engine: kind,
            ..Settings::default()
        };
        let outcome = train_and_test(&data, &data, &settings(1e4)).unwrap();
        assert!(outcome.history.iter().all(|e| e.train_cross_entropy.is_finite()), "{kind}");
        // Steps so large that the parameters themselves overflow.
        let error = train_and_test(&data, &data, &settings(1e308)).unwrap_err().to_string();
        assert!(error.contains("epoch 1") && error.contains("learning rate 1"), "{kind}: {error}");
    }
}

#[test]
fn an_observer_sees_every_epoch_and_can_stop() {
    let data = dataset::<f64>(30, 4, 3, Ink::DenseGrey);
    let settings = Settings { hidden: 3, epochs: 9, ..Settings::default() };
    let mut seen = Vec::new();
    let trainer = Trainer::new(&data, settings.clone()).validation(&data);
    let trainer = trainer.on_epoch(|epoch| {
        seen.push(*epoch);
        if epoch.epoch == 4 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    let outcome = trainer.fit().unwrap();
    assert_eq!(seen, outcome.history);
    assert_eq!(seen.iter().map(|e| e.epoch).collect::<Vec<_>>(), [1, 2, 3, 4]);
    // The same four epochs asked for outright end with the same network.
    let four = train_and_test(&data, &data, &Settings { epochs: 4, ..settings }).unwrap();
    assert_eq!(outcome.network, four.network);
    assert_eq!(outcome.train, four.train);
}

#[test]
fn sets_and_settings_that_do_not_fit_are_refused() {
    let data = dataset::<f64>(4, 3, 2, Ink::Letters);
    let refused = |validation: &Dataset<f64>, change: fn(&mut Settings)| {
        let mut settings = Settings { hidden: 2, epochs: 1, ..Settings::default() };
        change(&mut settings);
        train_and_test(&data, validation, &settings).unwrap_err().to_string()
    };
    let other = refused(&dataset(4, 5, 2, Ink::Letters), |_| ());
    assert!(other.contains("5 inputs") && other.contains("3 inputs"), "{other}");
    assert!(refused(&dataset(4, 3, 4, Ink::Letters), |_| ()).contains("4 classes"));
    assert!(refused(&data, |s| s.hidden = 0).contains("number of hidden units"));
    assert!(refused(&data, |s| s.hidden = usize::MAX).contains("number of hidden units"));
    assert!(refused(&data, |s| s.epochs = 0).contains("number of epochs"));
    for rate in [0.0, -0.1, f64::NAN, f64::INFINITY] {
        let error =
            train_and_test(&data, &data, &Settings { learning_rate: rate, ..Settings::default() });
        assert!(error.unwrap_err().to_string().contains("learning rate"), "{rate}");
    }
}
