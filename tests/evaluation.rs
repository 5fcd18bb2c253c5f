//! How good a network is on a data set: losses, probabilities and predictions, against the textbook's.

use ndarray::{Array2, ShapeBuilder, array};
use rankone::internals::{BATCH, Crew, Evaluator, Prepared};
use rankone::{Dataset, Init, Isa, Network, textbook};

#[test]
fn batches_agree_with_the_modules_one_example_at_a_time() {
    // More than two batches, the last one short.
    let n = 2 * BATCH + 3;
    for m in [4, 60] {
        let value = |(i, j)| ((i * 7 + j * 3) % 10) as f64 / 10.0;
        let features = Array2::from_shape_fn((n, m), value);
        let labels = (0..n).map(|i| i % 3).collect();
        let data = Dataset::new(features.view(), labels, 3).unwrap();
        let network = Network::new(m, 5, 3, Init::Random, 1).unwrap();
        let examples = features.rows().into_iter().zip(data.labels());
        let losses = examples.map(|(x, &y)| textbook::forward(&network, x, y).j);
        let mean = losses.sum::<f64>() / n as f64;
        let expected = network.evaluate(&data).unwrap();
        assert!((expected.cross_entropy - mean).abs() <= 1e-14, "{expected:?} {mean}");
        let prepared = Prepared::new(&data, Isa::detect());
        // What a network that has diverged leaves in the scratch must not be read.
        let nan = |rows, columns| Array2::from_elem((rows, columns), f64::NAN);
        let diverged = Network::from_parameters(nan(5, m + 1), nan(3, 6)).unwrap();
        for threads in [1, 2, 3, 7, 64] {
            let crew = Crew::new(threads);
            let sets = (prepared.clone(), Some(prepared.clone()));
            let mut evaluator = Evaluator::new(sets.0, sets.1, 5, threads);
            evaluator.load(&diverged);
            evaluator.evaluate(&crew, None, || ());
            evaluator.load(&network);
            let found = evaluator.test(&crew);
            assert_eq!(found, (expected.clone(), Some(expected.clone())), "{threads} threads");
        }
        // Predicted from arrays of either layout, as training does.
        let y_hat = network.probabilities(features.view()).unwrap();
        let columns = Array2::from_shape_fn((n, m).f(), value);
        assert_eq!(network.probabilities(columns.view()).unwrap(), y_hat);
        assert_eq!(network.predict(columns.view()).unwrap(), expected.predictions);
        for (i, y_hat) in y_hat.rows().into_iter().enumerate() {
            let textbook = textbook::forward(&network, features.row(i), 0).y_hat;
            assert!(y_hat.iter().zip(&textbook).all(|(p, q)| (p - q).abs() <= 1e-15));
            assert!(y_hat.iter().all(|p| *p <= y_hat[expected.predictions[i]]));
        }
    }
}

#[test]
fn losses_and_probabilities_of_scores_of_every_size() {
    let with_scores = |scores: [f64; 3]| {
        let beta = Array2::from_shape_fn((3, 2), |(k, j)| if j == 0 { scores[k] } else { 0.0 });
        Network::from_parameters(Array2::zeros((1, 2)), beta).unwrap()
    };
    for scores in [[0.1, -2.0, 1.5], [299.0, 300.0, -299.0], [800.0, 801.0, -900.0], [-1e4; 3]] {
        let highest = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let weights = scores.map(|b| (b - highest).exp());
        let sum = weights.iter().sum::<f64>();
        let network = with_scores(scores);
        for y in 0..3 {
            let data = Dataset::new(array![[1.0]].view(), vec![y], 3).unwrap();
            let loss = network.evaluate(&data).unwrap().cross_entropy;
            let expected = sum.ln() + highest - scores[y];
            let error = (loss - expected).abs();
            assert!(error <= 1e-15 * highest.abs().max(1.0) && loss >= 0.0, "{scores:?} {loss}");
        }
        let y_hat = network.probabilities(array![[1.0]].view()).unwrap();
        let expected = weights.map(|weight| weight / sum);
        assert!(y_hat.iter().zip(expected).all(|(y, e)| (y - e).abs() <= 1e-15), "{scores:?}");
    }
    // That many classes, all alike, many times over: the product of their sums does not overflow.
    let (k, n) = (1 << 16, BATCH);
    let network = Network::<f64>::from_parameters(Array2::zeros((1, 2)), Array2::zeros((k, 2)));
    let data = Dataset::new(Array2::zeros((n, 1)).view(), vec![7; n], k).unwrap();
    let loss = network.unwrap().evaluate(&data).unwrap().cross_entropy;
    assert!((loss - (k as f64).ln()).abs() <= 1e-14, "{loss}");
}

#[test]
fn ties_go_to_the_lowest_index() {
    let data = Dataset::new(array![[1.0], [0.5]].view(), vec![0, 3], 4).unwrap();
    let beta = array![[0.0, 0.0], [2.0, 0.0], [2.0, 0.0], [1.0, 0.0]];
    let network = Network::from_parameters(Array2::zeros((1, 2)), beta).unwrap();
    let evaluation = network.evaluate(&data).unwrap();
    assert_eq!((&evaluation.predictions[..], evaluation.error), (&[1, 1][..], 1.0));
}
