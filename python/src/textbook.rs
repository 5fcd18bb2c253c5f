//! The handout's modules, in double precision. Vectors have one dimension, and their constant 1 in
//! front where the handout has it; columns are the Python side's.

use crate::array::{matrix, vector};
use crate::error::{raised, value_error};
use numpy::{IntoPyArray, PyArray1, PyArray2, PyReadonlyArray1};
use pyo3::prelude::*;
use rankone::Network;
use rankone::engine::reference::{self, CrossEntropy, Forward, Linear, Sigmoid, Softmax};
use rankone::ndarray::{Array1, Array2, ArrayView1, Axis, concatenate, s};

type Vector<'py> = Bound<'py, PyArray1<f64>>;
type Gradients<'py> =
    (Bound<'py, PyArray2<f64>>, Bound<'py, PyArray2<f64>>, Vector<'py>, Vector<'py>, Vector<'py>);

/// A vector of so many numbers.
fn sized<'py>(
    what: &str,
    object: &Bound<'py, PyAny>,
    expected: usize,
) -> PyResult<PyReadonlyArray1<'py, f64>> {
    let vector = vector(what, object)?;
    match vector.as_array().len() {
        found if found == expected => Ok(vector),
        found => Err(value_error(what, format!("{found} numbers"), &format!("{expected} of them"))),
    }
}

/// A layer whose bias column stands between it and a column of zeros: `p v` is then a module of the
/// textbook.
fn linear(p: &Bound<'_, PyAny>, prev: usize) -> PyResult<Array2<f64>> {
    let p = matrix("p", p)?;
    let p = p.as_array();
    if p.ncols() != prev {
        return Err(value_error(
            "prev",
            format!("{prev} numbers"),
            &format!("{} of them", p.ncols()),
        ));
    }
    let zeros = Array2::zeros((p.nrows(), 1));
    concatenate(Axis(1), &[zeros.view(), p]).map_err(|error| value_error("p", error, "a matrix"))
}

/// `b = p prev`.
#[pyfunction]
pub fn linear_forward<'py>(
    py: Python<'py>,
    prev: &Bound<'py, PyAny>,
    p: &Bound<'py, PyAny>,
) -> PyResult<Vector<'py>> {
    let prev = vector("prev", prev)?;
    let w = linear(p, prev.as_array().len())?;
    Ok(Linear::forward(w.view(), prev.as_array()).into_pyarray(py))
}

/// `(grad_curr prev^T, p[:,1:]^T grad_curr)`.
#[pyfunction]
pub fn linear_backward<'py>(
    py: Python<'py>,
    prev: &Bound<'py, PyAny>,
    p: &Bound<'py, PyAny>,
    grad_curr: &Bound<'py, PyAny>,
) -> PyResult<(Bound<'py, PyArray2<f64>>, Vector<'py>)> {
    let prev = vector("prev", prev)?;
    let w = linear(p, prev.as_array().len())?;
    let grad = sized("grad_curr", grad_curr, w.nrows())?;
    let (g_w, g_prev) = Linear::backward(w.view(), prev.as_array(), grad.as_array());
    let g_p = g_w.slice(s![.., 1..]).to_owned().into_pyarray(py);
    Ok((g_p, g_prev.slice(s![1..]).to_owned().into_pyarray(py)))
}

/// `1 / (1 + exp(-a))`.
#[pyfunction]
pub fn sigmoid_forward<'py>(py: Python<'py>, a: &Bound<'py, PyAny>) -> PyResult<Vector<'py>> {
    Ok(Sigmoid::forward(vector("a", a)?.as_array()).into_pyarray(py))
}

/// `grad_curr curr (1 - curr)`; where `curr` has a number more, its constant in front, that is left
/// out.
#[pyfunction]
pub fn sigmoid_backward<'py>(
    py: Python<'py>,
    curr: &Bound<'py, PyAny>,
    grad_curr: &Bound<'py, PyAny>,
) -> PyResult<Vector<'py>> {
    let (curr, grad) = (vector("curr", curr)?, vector("grad_curr", grad_curr)?);
    let (curr, grad) = (curr.as_array(), grad.as_array());
    let z = match curr.len().checked_sub(grad.len()) {
        Some(more @ (0 | 1)) => curr.slice_move(s![more..]),
        _ => {
            let expected = format!("{}, or one more with the constant", grad.len());
            return Err(value_error("curr", format!("{} numbers", curr.len()), &expected));
        }
    };
    Ok(Sigmoid::backward(z, grad).into_pyarray(py))
}

/// `exp(b) / sum exp(b)`.
#[pyfunction]
pub fn softmax_forward<'py>(py: Python<'py>, b: &Bound<'py, PyAny>) -> PyResult<Vector<'py>> {
    let b = vector("b", b)?;
    if b.as_array().is_empty() {
        return Err(value_error("b", "0 numbers", "at least 1"));
    }
    Ok(Softmax::forward(b.as_array()).into_pyarray(py))
}

/// That a label is one of the K classes.
fn check_label(y: usize, classes: usize) -> PyResult<()> {
    match y < classes {
        true => Ok(()),
        false => Err(value_error("label", y, &format!("below the {classes} classes"))),
    }
}

/// The probabilities of the classes, of which the label is one.
fn probabilities<'py>(y: usize, y_hat: &Bound<'py, PyAny>) -> PyResult<PyReadonlyArray1<'py, f64>> {
    let y_hat = vector("y_hat", y_hat)?;
    check_label(y, y_hat.as_array().len())?;
    Ok(y_hat)
}

/// Probabilities as [`Softmax`] gives them, none of them 0: dJ/dy_hat is finite then. Other
/// programs' may be 0.
fn raised_from_zero(y_hat: ArrayView1<f64>) -> Array1<f64> {
    y_hat.mapv(|p| if (0.0..f64::MIN_POSITIVE).contains(&p) { f64::MIN_POSITIVE } else { p })
}

/// dJ/db: softmax and cross-entropy together.
#[pyfunction]
pub fn softmax_backward<'py>(
    py: Python<'py>,
    y: usize,
    y_hat: &Bound<'py, PyAny>,
) -> PyResult<Vector<'py>> {
    let y_hat = raised_from_zero(probabilities(y, y_hat)?.as_array());
    let g = CrossEntropy::backward(y_hat.view(), y, 1.0);
    Ok(Softmax::backward(y_hat.view(), g.view()).into_pyarray(py))
}

/// `-log y_hat[y]`.
#[pyfunction]
pub fn cross_entropy_forward(y: usize, y_hat: &Bound<'_, PyAny>) -> PyResult<f64> {
    Ok(CrossEntropy::forward(probabilities(y, y_hat)?.as_array(), y))
}

/// dJ/dy_hat.
#[pyfunction]
pub fn cross_entropy_backward<'py>(
    py: Python<'py>,
    y: usize,
    y_hat: &Bound<'py, PyAny>,
) -> PyResult<Vector<'py>> {
    Ok(CrossEntropy::backward(probabilities(y, y_hat)?.as_array(), y, 1.0).into_pyarray(py))
}

/// A network in double precision.
fn network(alpha: &Bound<'_, PyAny>, beta: &Bound<'_, PyAny>) -> PyResult<Network<f64>> {
    let (alpha, beta) = (matrix("alpha", alpha)?, matrix("beta", beta)?);
    let (alpha, beta) = (alpha.as_array().to_owned(), beta.as_array().to_owned());
    Network::from_parameters(alpha, beta).map_err(raised)
}

/// The numbers of a vector but for its constant in front.
fn without_constant(what: &str, vector: ArrayView1<f64>, expected: usize) -> PyResult<Array1<f64>> {
    if vector.len() != expected + 1 || vector[0] != 1.0 {
        let found = match vector.len() {
            found if found == expected + 1 => format!("{} in front", vector[0]),
            found => format!("{found} numbers"),
        };
        let expected = format!("1 and {expected} numbers");
        return Err(value_error(what, found, &expected));
    }
    Ok(vector.slice(s![1..]).to_owned())
}

/// One example forward: (a, z, b, y_hat, J), z with its constant.
#[pyfunction]
#[allow(clippy::type_complexity)]
pub fn forward<'py>(
    py: Python<'py>,
    x: &Bound<'py, PyAny>,
    y: usize,
    alpha: &Bound<'py, PyAny>,
    beta: &Bound<'py, PyAny>,
) -> PyResult<(Vector<'py>, Vector<'py>, Vector<'py>, Vector<'py>, f64)> {
    let network = network(alpha, beta)?;
    let x = without_constant("x", vector("x", x)?.as_array(), network.inputs())?;
    check_label(y, network.classes())?;
    let Forward { a, z, b, y_hat, j } = reference::forward(&network, x.view(), y);
    let z = with_constant(&z);
    let arrays = [a, z, b, y_hat].map(|array| array.into_pyarray(py));
    let [a, z, b, y_hat] = arrays;
    Ok((a, z, b, y_hat, j))
}

fn with_constant(z: &Array1<f64>) -> Array1<f64> {
    std::iter::once(1.0).chain(z.iter().copied()).collect()
}

/// The same example backward, from z and y_hat: (g_alpha, g_beta, g_b, g_z, g_a).
#[pyfunction]
pub fn backward<'py>(
    py: Python<'py>,
    x: &Bound<'py, PyAny>,
    y: usize,
    alpha: &Bound<'py, PyAny>,
    beta: &Bound<'py, PyAny>,
    z: &Bound<'py, PyAny>,
    y_hat: &Bound<'py, PyAny>,
) -> PyResult<Gradients<'py>> {
    let network = network(alpha, beta)?;
    let (d, k) = (network.hidden(), network.classes());
    let x = without_constant("x", vector("x", x)?.as_array(), network.inputs())?;
    let z = without_constant("z", vector("z", z)?.as_array(), d)?;
    let y_hat = raised_from_zero(sized("y_hat", y_hat, k)?.as_array());
    check_label(y, k)?;
    // Nothing else of the way forward is looked at.
    let forward = Forward { a: Array1::zeros(d), z, b: Array1::zeros(k), y_hat, j: 0.0 };
    let g = reference::backward(&network, x.view(), y, &forward);
    Ok((
        g.g_alpha.into_pyarray(py),
        g.g_beta.into_pyarray(py),
        g.g_b.into_pyarray(py),
        g.g_z.into_pyarray(py),
        g.g_a.into_pyarray(py),
    ))
}
