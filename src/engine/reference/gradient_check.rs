//! Gradients held against centred differences.
//!
//! For a function f at the point p, `(f(p + e) - f(p - e)) / (2 |e|)` along each axis, with `|e| =
//! 1e-5`, is the gradient to about 1e-10: `|e|^2 f'''/6` from the curve and `2^-53 f/|e|` from
//! rounding.

use super::{Backward, CrossEntropy, Linear, Sigmoid, Softmax, backward, forward};
use crate::error::Result;
use crate::network::{Init, Network};
use crate::random::{Random, Stream};
use ndarray::{Array1, Array2, ArrayView1, ArrayView2, Axis, concatenate, s};
use std::fmt;

/// Half the distance between the two values of a centred difference.
pub const EPSILON: f64 = 1e-5;

/// The largest relative error of a gradient that is right.
pub const TOLERANCE: f64 = 1e-7;

/// How far one `backward` is from the centred differences of its `forward`.
#[derive(Debug, Clone, PartialEq)]
pub struct GradientCheck {
    /// What was checked.
    pub name: &'static str,
    /// The number of derivatives that were compared: outputs x inputs.
    pub derivatives: usize,
    /// The l2 norm of the difference.
    pub difference: f64,
    /// The largest `|numeric - analytic|` relative to the larger of the two, or to a tenth of the
    /// largest derivative where both are smaller, as a difference of rounded values says nothing of
    /// those.
    pub relative_error: f64,
}

impl GradientCheck {
    /// Whether the gradient is right: a NaN is not.
    pub fn passes(&self) -> bool {
        self.relative_error <= TOLERANCE
    }
}

impl fmt::Display for GradientCheck {
    /// A row of the table that `rankone gradcheck` prints.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, derivatives, difference, relative_error } = self;
        let verdict = if self.passes() { "right" } else { "WRONG" };
        write!(
            f,
            "{name:<14}{derivatives:>12}  {difference:>14.3e}  {relative_error:>18.3e}  {verdict}"
        )
    }
}

/// Checks every output of a module: `forward` takes a point to its outputs, `backward` takes the
/// point and the gradient of the loss in the outputs to the gradient in the point.
pub fn check(
    name: &'static str,
    point: &Array1<f64>,
    forward: impl Fn(ArrayView1<f64>) -> Array1<f64>,
    backward: impl Fn(ArrayView1<f64>, ArrayView1<f64>) -> Array1<f64>,
) -> GradientCheck {
    let outputs = forward(point.view()).len();
    // Both Jacobians, outputs x inputs.
    let mut numeric = Array2::zeros((outputs, point.len()));
    let mut analytic = numeric.clone();
    let mut moved = point.clone();
    for (axis, mut column) in numeric.columns_mut().into_iter().enumerate() {
        let mut at = |offset| {
            moved[axis] = point[axis] + offset;
            forward(moved.view())
        };
        column.assign(&((at(EPSILON) - at(-EPSILON)) / (2.0 * EPSILON)));
        moved[axis] = point[axis];
    }
    for (output, mut row) in analytic.rows_mut().into_iter().enumerate() {
        let mut g = Array1::zeros(outputs);
        g[output] = 1.0;
        row.assign(&backward(point.view(), g.view()));
    }
    let largest = analytic.iter().fold(0.0, |l: f64, a| l.max(a.abs()));
    let relative_error = numeric.iter().zip(&analytic).map(|(n, a)| {
        let scale = n.abs().max(a.abs()).max(0.1 * largest);
        // 0 / 0 is no error where a module is constant.
        if n == a { 0.0 } else { (n - a).abs() / scale }
    });
    GradientCheck {
        name,
        derivatives: numeric.len(),
        // A fold that keeps a NaN.
        relative_error: relative_error.fold(0.0, |l, e| if l.is_nan() || e <= l { l } else { e }),
        difference: norm(numeric - analytic),
    }
}

/// The l2 norm of all values.
#[cfg(feature = "_provider")]
fn norm(difference: Array2<f64>) -> f64 {
    ndarray_linalg::Norm::norm_l2(&*difference)
}

/// The l2 norm of all values.
#[cfg(not(feature = "_provider"))]
fn norm(difference: Array2<f64>) -> f64 {
    difference.iter().map(|d| d * d).sum::<f64>().sqrt()
}

/// Checks each module alone and the whole network: M inputs, D hidden units, K classes, a random
/// point.
///
/// # Errors
/// [`Error::Setting`](crate::Error::Setting) where M, D or K is zero or the network too large.
pub fn check_all(
    inputs: usize,
    hidden: usize,
    classes: usize,
    seed: u64,
) -> Result<Vec<GradientCheck>> {
    let network = Network::new(inputs, hidden, classes, Init::Random, seed)?;
    let mut random = Random::new(seed, Stream::GradientCheck);
    let mut vector = |n: usize, low: f64, high: f64| -> Array1<f64> {
        (0..n).map(|_| low + (high - low) * random.uniform()).collect()
    };
    let x = vector(inputs, 0.0, 1.0);
    let w = vector(hidden * (inputs + 1), -1.0, 1.0);
    let a = vector(hidden, -4.0, 4.0);
    let b = vector(classes, -1.0, 1.0);
    let y_hat = Softmax::forward(b.view());
    let y = classes / 2;
    Ok(vec![
        check(
            "Linear",
            &join(&[flat(&unflat(w.view(), hidden)), x.clone()]),
            |point| {
                let (w, v) = point.split_at(Axis(0), hidden * (inputs + 1));
                Linear::forward(unflat(w, hidden), v)
            },
            |point, g| {
                let (w, v) = point.split_at(Axis(0), hidden * (inputs + 1));
                let (g_w, g_v) = Linear::backward(unflat(w, hidden), v, g);
                join(&[flat(&g_w.view()), g_v])
            },
        ),
        check("Sigmoid", &a, Sigmoid::forward, |a, g| {
            Sigmoid::backward(Sigmoid::forward(a).view(), g)
        }),
        check("Softmax", &b, Softmax::forward, |b, g| {
            Softmax::backward(Softmax::forward(b).view(), g)
        }),
        check(
            "CrossEntropy",
            &y_hat,
            |y_hat| Array1::from_elem(1, CrossEntropy::forward(y_hat, y)),
            |y_hat, g| CrossEntropy::backward(y_hat, y, g[0]),
        ),
        check_network("network", &network, x.view(), y, backward_of_network),
    ])
}

type BackwardOfNetwork = fn(&Network<f64>, ArrayView1<f64>, usize) -> Backward<f64>;

fn backward_of_network(network: &Network<f64>, x: ArrayView1<f64>, y: usize) -> Backward<f64> {
    backward(network, x, y, &forward(network, x, y))
}

/// Checks a gradient of J in all parameters, alpha's before beta's.
fn check_network(
    name: &'static str,
    network: &Network<f64>,
    x: ArrayView1<f64>,
    y: usize,
    backward: BackwardOfNetwork,
) -> GradientCheck {
    let (d, k) = (network.hidden(), network.classes());
    let (alpha, beta) = network.parameters();
    let parameters = join(&[flat(&alpha), flat(&beta)]);
    let network_at = |point: ArrayView1<f64>| {
        let (alpha, beta) = point.split_at(Axis(0), d * (x.len() + 1));
        let (alpha, beta) = (unflat(alpha, d).to_owned(), unflat(beta, k).to_owned());
        Network::from_parameters(alpha, beta).expect("shapes of a network")
    };
    check(
        name,
        &parameters,
        |point| Array1::from_elem(1, forward(&network_at(point), x, y).j),
        |point, g| {
            let gradient = backward(&network_at(point), x, y);
            join(&[flat(&gradient.g_alpha.view()), flat(&gradient.g_beta.view())]) * g[0]
        },
    )
}

/// A matrix as its rows one after the other.
fn flat(matrix: &ArrayView2<f64>) -> Array1<f64> {
    matrix.iter().copied().collect()
}

/// The inverse of [`flat`].
fn unflat(values: ArrayView1<'_, f64>, rows: usize) -> ArrayView2<'_, f64> {
    let columns = values.len() / rows;
    values.into_shape_with_order((rows, columns)).expect("whole rows")
}

fn join(parts: &[Array1<f64>]) -> Array1<f64> {
    let views: Vec<_> = parts.iter().map(|part| part.slice(s![..])).collect();
    concatenate(Axis(0), &views).expect("vectors join")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each of these is the right gradient with one thing done wrong.
    #[test]
    fn a_wrong_gradient_fails() {
        let network = Network::new(6, 4, 3, Init::Random, 5).unwrap();
        let x = Array1::linspace(0.1, 0.9, 6);
        let wrong: [BackwardOfNetwork; 5] = [
            |n, x, y| {
                let mut g = backward_of_network(n, x, y);
                g.g_alpha.mapv_inplace(|g| g * (1.0 + 1e-6));
                g
            },
            |n, x, y| {
                let mut g = backward_of_network(n, x, y);
                g.g_beta.column_mut(0).fill(0.0);
                g
            },
            |n, x, y| {
                let mut g = backward_of_network(n, x, y);
                g.g_alpha.mapv_inplace(|g| -g);
                g
            },
            |n, x, y| backward_of_network(n, x, (y + 1) % 3),
            |n, x, y| {
                let mut g = backward_of_network(n, x, y);
                g.g_beta[[0, 0]] = f64::NAN;
                g
            },
        ];
        let check = |b| check_network("network", &network, x.view(), 1, b);
        assert!(check(backward_of_network).passes());
        for wrong in wrong {
            assert!(!check(wrong).passes(), "{:?}", check(wrong));
        }
    }
}
