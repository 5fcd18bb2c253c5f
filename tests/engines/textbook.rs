//! The textbook's modules against the handout's numbers, and where numbers become extreme.

use approx::assert_relative_eq;
use ndarray::{Array1, Array2, array};
use rankone::Network;
use rankone::engine::reference::{Backward, CrossEntropy, Sigmoid, Softmax, backward, forward};

#[test]
fn the_smallest_probability_has_a_finite_loss() {
    let y_hat = array![1.0, f64::MIN_POSITIVE];
    assert_eq!(CrossEntropy::forward(y_hat.view(), 0), 0.0);
    assert!(CrossEntropy::forward(y_hat.view(), 1).is_finite());
    let g = CrossEntropy::backward(y_hat.view(), 1, 1.0);
    assert!(g[0] == 0.0 && g[1].is_finite());
}

#[test]
fn any_finite_input_is_fine() {
    let z = Sigmoid::forward(array![-1e308f64, -1e3, -710.0, -1.0, 0.0, 1.0, 1e3, 1e308].view());
    assert!(z.iter().all(|z| (0.0..=1.0).contains(z)), "{z}");
    assert_eq!((z[0], z[4], z[7]), (0.0, 0.5, 1.0));
    assert!((z[3] + z[5] - 1.0).abs() <= 1e-16);
    let z = Sigmoid::forward(array![f32::NAN, -1e30, 1e30].view());
    assert!(z[0].is_nan());
    assert_eq!((z[1], z[2]), (0.0, 1.0));
}

#[test]
fn any_finite_score_is_fine() {
    let y_hat = Softmax::forward(array![1e308, -1e308, 1e308].view());
    assert_eq!(y_hat, array![0.5, f64::MIN_POSITIVE, 0.5]);
    let one = Softmax::forward(array![f32::NEG_INFINITY].view());
    assert!(one[0].is_nan(), "{one}");
    let equal = Softmax::forward(array![-7.0f32, -7.0, -7.0, -7.0].view());
    assert_eq!(equal, Array1::from_elem(4, 0.25f32));
}

#[test]
fn a_nan_is_not_hidden() {
    let y_hat = Softmax::forward(array![0.0, f64::NAN].view());
    assert!(y_hat.iter().all(|p| p.is_nan()));
}

/// The handout's example: M = 5, D = 3, K = 10, weights by `weight(index, count)`, biases 0.
fn handout(weight: impl Fn(usize, usize) -> f64) -> Network<f64> {
    let matrix = |rows, columns: usize| {
        Array2::from_shape_fn((rows, columns), |(row, column)| match column {
            0 => 0.0,
            _ => weight(row * columns + column, rows * columns),
        })
    };
    Network::from_parameters(matrix(3, 6), matrix(10, 4)).unwrap()
}

#[test]
fn published_losses_of_single_examples() {
    let even = |index, count| index as f64 / (count - 1) as f64;
    // x[0] = 1 stands for the first of the handout's six values, whose column is zero.
    let x = Array1::from_vec(vec![1.0, 2.0, 3.0, 4.0, 5.0]);
    let zero = Array1::zeros(5);
    let half = handout(|_, _| 0.5);
    let j = |network: &Network<f64>, x: &Array1<f64>, y| forward(network, x.view(), y).j;
    let close = |found: f64, published: f64| {
        assert_relative_eq!(found, published, max_relative = 1e-14);
    };
    // 2.302585092994046: ten equal scores.
    close(j(&half, &x, 9), std::f64::consts::LN_10);
    close(j(&half, &zero, 2), std::f64::consts::LN_10);
    close(j(&handout(even), &x, 9), 1.2903511328524147);
    close(j(&handout(even), &zero, 2), 2.78295863634834);
}

#[test]
fn an_example_is_both_ways_and_what_does_not_fit_is_refused() {
    let network = handout(|index, count| index as f64 / count as f64);
    let x = Array1::linspace(0.0, 1.0, 5);
    let example = network.example(x.view(), 3).unwrap();
    assert_eq!(example.forward, forward(&network, x.view(), 3));
    let Backward { g_b, g_alpha, .. } = &example.backward;
    assert!((g_b[3] - (example.forward.y_hat[3] - 1.0)).abs() <= 1e-15);
    assert_eq!(g_alpha.column(0), example.backward.g_a);
    assert!(network.example(x.view(), 10).is_err());
    assert!(network.example(Array1::zeros(6).view(), 3).is_err());
}

#[test]
fn the_chain_is_finite_and_right_where_the_softmax_saturates() {
    // Scores 2000 apart: y_hat of the true class underflows, its gradient must still be -1.
    let alpha = Array2::<f64>::zeros((1, 2));
    let beta = array![[1000.0, 0.0], [-1000.0, 0.0]];
    let network = Network::from_parameters(alpha, beta).unwrap();
    let x = Array1::from_vec(vec![1.0]);
    let left = forward(&network, x.view(), 1);
    assert!(left.j.is_finite() && left.j > 700.0);
    let gradient = backward(&network, x.view(), 1, &left);
    assert_eq!(gradient.g_beta.column(0), array![1.0, -1.0]);
}
