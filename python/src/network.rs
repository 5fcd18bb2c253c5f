//! Parameters, and what inputs and labels mean: a model of the command.

use crate::array::{
    Any, class_labels, each, indexes, is_single, labels, matrix, not_finite, raised_with, vector,
    with_precision,
};
use crate::error::{detached, raised, value_error};
use crate::value::wants_single;
use numpy::{Element, IntoPyArray, PyArray1, PyReadonlyArray2};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};
use rankone::ndarray::{ArrayView2, Axis, CowArray, Ix2};
use rankone::{Classes, Model, Number, Result, Schema};
use std::path::PathBuf;

/// A network: its parameters, and what its inputs and labels mean.
///
/// Parameters
/// ----------
/// alpha : array of shape (D, M+1)
///     Parameters of the hidden layer, column 0 the biases.
/// beta : array of shape (K, D+1)
///     Parameters of the output layer, column 0 the biases.
/// precision : str, optional
///     "float64" or "float32"; float32, if it is not said and both arrays are that.
///
/// Raises
/// ------
/// ValueError
///     Where the shapes do not belong together, or a number is not finite.
#[pyclass(frozen, module = "rankone")]
pub struct Network(pub Any<Model<f64>, Model<f32>>);

impl From<Model<f64>> for Network {
    fn from(model: Model<f64>) -> Self {
        Self(Any::F64(model))
    }
}

impl From<Model<f32>> for Network {
    fn from(model: Model<f32>) -> Self {
        Self(Any::F32(model))
    }
}

impl Network {
    pub fn schema(&self) -> &Schema {
        each!(&self.0, model => &model.schema)
    }
}

/// Inputs of as many numbers as the model has.
fn features<'py, T: Number + Element>(
    model: &Model<T>,
    x: &Bound<'py, PyAny>,
) -> PyResult<PyReadonlyArray2<'py, T>> {
    let x = matrix("X", x)?;
    let (examples, found) = x.as_array().dim();
    if examples == 0 {
        return Err(value_error("X", "no example", "at least one"));
    }
    match model.network.inputs() {
        expected if expected == found => Ok(x),
        expected => {
            let expected = format!("{expected} as the network has");
            Err(value_error("X", format!("{found} inputs"), &expected))
        }
    }
}

/// Raw inputs as the model's training set had them.
fn scaled<'x, T: Number>(model: &Model<T>, x: ArrayView2<'x, T>) -> Result<CowArray<'x, T, Ix2>> {
    match &model.schema.scaling {
        Some(scaling) => Ok(scaling.scale(x)?.into()),
        None => Ok(x.into()),
    }
}

#[pymethods]
impl Network {
    #[new]
    #[pyo3(signature = (alpha, beta, *, precision=None))]
    fn new(
        alpha: &Bound<'_, PyAny>,
        beta: &Bound<'_, PyAny>,
        precision: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Self> {
        let is_single = match precision {
            Some(precision) => wants_single(precision)?,
            None => is_single(alpha)? && is_single(beta)?,
        };
        with_precision!(is_single, T => {
            let layers = (matrix::<T>("alpha", alpha)?, matrix::<T>("beta", beta)?);
            let (alpha, beta) = (layers.0.as_array(), layers.1.as_array());
            for (what, layer) in [("alpha", alpha), ("beta", beta)] {
                if let Some(error) = not_finite(what, layer) {
                    return Err(error);
                }
            }
            let network = rankone::Network::from_parameters(alpha.to_owned(), beta.to_owned());
            let network = network.map_err(raised)?;
            let schema = Schema::of_shape(network.inputs(), network.classes());
            Ok(Model::new(network, schema).map_err(raised)?.into())
        })
    }

    /// What a pickle restores: parameters, and what inputs and labels mean as JSON.
    #[staticmethod]
    fn _restore(alpha: &Bound<'_, PyAny>, beta: &Bound<'_, PyAny>, schema: &str) -> PyResult<Self> {
        let schema: Schema = serde_json::from_str(schema)
            .map_err(|error| value_error("pickle", error, "that of a network"))?;
        let Self(mut model) = Self::new(alpha, beta, None)?;
        each!(&mut model, model => {
            *model = Model::new(model.network.clone(), schema).map_err(raised)?;
        });
        Ok(Self(model))
    }

    fn __reduce__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        let schema = serde_json::to_string(self.schema())
            .map_err(|error| value_error("names", error, "text"))?;
        let restore = py.get_type::<Self>().getattr("_restore")?;
        (restore, (self.alpha(py), self.beta(py), schema)).into_pyobject(py)
    }

    /// The same network, whose classes have these names.
    fn _with_classes(&self, names: Vec<String>) -> PyResult<Self> {
        let mut model = self.0.clone();
        each!(&mut model, model => {
            model.schema.classes = Classes::Names(names);
            *model = Model::new(model.network.clone(), model.schema.clone()).map_err(raised)?;
        });
        Ok(Self(model))
    }

    /// Parameters of the hidden layer, D x (M+1), column 0 the biases: a copy.
    #[getter]
    fn alpha<'py>(&self, py: Python<'py>) -> Bound<'py, PyAny> {
        each!(&self.0, m => m.network.parameters().0.to_owned().into_pyarray(py).into_any())
    }

    /// Parameters of the output layer, K x (D+1), column 0 the biases: a copy.
    #[getter]
    fn beta<'py>(&self, py: Python<'py>) -> Bound<'py, PyAny> {
        each!(&self.0, m => m.network.parameters().1.to_owned().into_pyarray(py).into_any())
    }

    /// M.
    #[getter]
    fn inputs(&self) -> usize {
        each!(&self.0, model => model.network.inputs())
    }

    /// D.
    #[getter]
    fn hidden_units(&self) -> usize {
        each!(&self.0, model => model.network.hidden())
    }

    /// The labels that there are, K: integers, or names.
    #[getter]
    fn classes<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        class_labels(py, &self.schema().classes)
    }

    /// The names of the inputs, where its training set had some.
    #[getter]
    fn input_names(&self) -> Option<Vec<String>> {
        self.schema().input_names.clone()
    }

    /// "float64" or "float32".
    #[getter]
    fn precision(&self) -> &str {
        self.0.precision()
    }

    /// Return the label of each example: the most probable class, the first of equals.
    ///
    /// Parameters
    /// ----------
    /// X : array of shape (N, M)
    ///     Values as they come: a network that was trained on scaled ones scales them.
    ///
    /// Returns
    /// -------
    /// array of shape (N,)
    ///
    /// Raises
    /// ------
    /// ValueError
    ///     Where X has another number of inputs, no example, or a number that is not finite.
    #[allow(non_snake_case)]
    fn predict<'py>(&self, py: Python<'py>, X: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        let places = self._predict(py, X)?;
        self.classes(py)?.get_item(places)
    }

    /// The place of each example's label among the classes.
    #[allow(non_snake_case)]
    fn _predict<'py>(
        &self,
        py: Python<'py>,
        X: &Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, PyArray1<i64>>> {
        each!(&self.0, model => {
            let x = features(model, X)?;
            let x = x.as_array();
            let labels = detached(py, || model.network.predict(scaled(model, x)?.view()))?;
            Ok(indexes(py, &labels.map_err(|error| raised_with("X", x, error))?))
        })
    }

    /// Return the probability of each class for each example, of shape (N, K); X as in `predict`.
    #[allow(non_snake_case)]
    fn predict_proba<'py>(
        &self,
        py: Python<'py>,
        X: &Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, PyAny>> {
        each!(&self.0, model => {
            let x = features(model, X)?;
            let x = x.as_array();
            let y_hat = detached(py, || model.network.probabilities(scaled(model, x)?.view()))?;
            let y_hat = y_hat.map_err(|error| raised_with("X", x, error))?;
            Ok(y_hat.into_pyarray(py).into_any())
        })
    }

    /// Return every number of one example, forward and backward.
    ///
    /// Parameters
    /// ----------
    /// x : array of shape (M,)
    ///     The inputs, without the constant.
    /// y : int
    ///     The place of its label among the classes.
    ///
    /// Returns
    /// -------
    /// dict
    ///     x (M), a and z (D), b and y_hat (K), J; the gradients of J g_b (K), g_beta (K, D+1),
    ///     g_z and g_a (D), g_alpha (D, M+1).
    fn example<'py>(
        &self,
        py: Python<'py>,
        x: &Bound<'py, PyAny>,
        y: &Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, PyDict>> {
        let y = labels("y", &(y,).into_pyobject(py)?.into_any())?[0];
        each!(&self.0, model => {
            let x = vector("x", x)?;
            let x = scaled(model, x.as_array().insert_axis(Axis(0))).map_err(raised)?;
            let x = x.row(0).to_owned();
            let example = model.network.example(x.view(), y).map_err(raised)?;
            let (forward, backward) = (example.forward, example.backward);
            let shown = PyDict::new(py);
            shown.set_item("x", x.into_pyarray(py))?;
            shown.set_item("a", forward.a.into_pyarray(py))?;
            shown.set_item("z", forward.z.into_pyarray(py))?;
            shown.set_item("b", forward.b.into_pyarray(py))?;
            shown.set_item("y_hat", forward.y_hat.into_pyarray(py))?;
            shown.set_item("J", forward.j.as_f64())?;
            shown.set_item("g_b", backward.g_b.into_pyarray(py))?;
            shown.set_item("g_beta", backward.g_beta.into_pyarray(py))?;
            shown.set_item("g_z", backward.g_z.into_pyarray(py))?;
            shown.set_item("g_a", backward.g_a.into_pyarray(py))?;
            shown.set_item("g_alpha", backward.g_alpha.into_pyarray(py))?;
            Ok(shown)
        })
    }

    /// Write the network to a safetensors file, whole or not at all: a model of the command;
    /// OSError where that fails.
    fn save(&self, py: Python<'_>, path: PathBuf) -> PyResult<()> {
        detached(py, || each!(&self.0, model => model.save(&path)))?.map_err(raised)
    }

    /// Read what `save`, or the command, wrote, in whichever precision; OSError where that fails,
    /// ValueError where it is no model.
    #[staticmethod]
    fn load(py: Python<'_>, path: PathBuf) -> PyResult<Self> {
        let model = detached(py, || rankone::AnyModel::load(&path))?.map_err(raised)?;
        Ok(match model {
            rankone::AnyModel::F64(model) => model.into(),
            rankone::AnyModel::F32(model) => model.into(),
        })
    }

    fn __repr__(&self) -> String {
        format!(
            "<rankone.Network: {} inputs, {} hidden units, {} classes, {}>",
            self.inputs(),
            self.hidden_units(),
            self.schema().classes.len(),
            self.precision()
        )
    }
}
