//! The class `Dataset`: inputs and labels.

use crate::array::{
    Any, class_labels, each, indexes, is_single, labels, matrix, raised_with, with_precision,
};
use crate::error::{detached, raised, value_error};
use crate::value::{real, wants_single, whole};
use numpy::{IntoPyArray, PyArray1};
use pyo3::prelude::*;
use rankone::Schema;

/// Examples: N inputs of M numbers each, and their labels.
///
/// Parameters
/// ----------
/// X : array of shape (N, M)
///     Of any numeric type and layout, all finite.
/// y : array of shape (N,)
///     Whole numbers from 0.
/// classes : int, optional
///     K; one more than the largest label, if it is not said.
/// precision : str, optional
///     "float64" or "float32"; that of X, if it is not said, and float64 where X has another type.
///
/// Raises
/// ------
/// ValueError
///     Where shapes do not fit, there is no example, a number is not finite or a label is outside
///     0 to K-1.
/// TypeError
///     Where X or y are no numbers.
#[pyclass(frozen, module = "rankone")]
pub struct Dataset(pub Any<rankone::Dataset<f64>, rankone::Dataset<f32>>);

impl From<rankone::Dataset<f64>> for Dataset {
    fn from(data: rankone::Dataset<f64>) -> Self {
        Self(Any::F64(data))
    }
}

impl From<rankone::Dataset<f32>> for Dataset {
    fn from(data: rankone::Dataset<f32>) -> Self {
        Self(Any::F32(data))
    }
}

impl Dataset {
    pub fn schema(&self) -> &Schema {
        each!(&self.0, data => data.schema())
    }
}

#[pymethods]
impl Dataset {
    #[new]
    #[pyo3(signature = (X, y, *, classes=None, precision=None))]
    #[allow(non_snake_case)]
    fn new(
        py: Python<'_>,
        X: &Bound<'_, PyAny>,
        y: &Bound<'_, PyAny>,
        classes: Option<&Bound<'_, PyAny>>,
        precision: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Self> {
        Self::_named(py, "X", X, "y", y, classes, precision)
    }

    /// The same, of arrays that whoever gave them calls by these names.
    #[staticmethod]
    #[pyo3(signature = (x_name, x, y_name, y, classes=None, precision=None))]
    fn _named(
        py: Python<'_>,
        x_name: &str,
        x: &Bound<'_, PyAny>,
        y_name: &str,
        y: &Bound<'_, PyAny>,
        classes: Option<&Bound<'_, PyAny>>,
        precision: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Self> {
        let is_single = match precision {
            Some(precision) => wants_single(precision)?,
            None => is_single(x)?,
        };
        with_precision!(is_single, T => {
            let x = matrix::<T>(x_name, x)?;
            let (x, y) = (x.as_array(), labels(y_name, y)?);
            if x.nrows() == 0 {
                return Err(value_error(x_name, "no example", "at least one"));
            }
            if y.len() != x.nrows() {
                let expected = format!("{} as {x_name} has", x.nrows());
                return Err(value_error(y_name, format!("{} labels", y.len()), &expected));
            }
            let classes = match classes {
                Some(classes) => whole("classes", classes, 1)? as usize,
                None => y.iter().max().map_or(1, |most| most.saturating_add(1)),
            };
            let data = detached(py, || rankone::Dataset::new(x, y, classes))?;
            Ok(data.map_err(|error| raised_with(x_name, x, error))?.into())
        })
    }

    /// The inputs, N x M: a copy.
    #[getter]
    #[allow(non_snake_case)]
    fn X<'py>(&self, py: Python<'py>) -> Bound<'py, PyAny> {
        each!(&self.0, data => data.features().to_owned().into_pyarray(py).into_any())
    }

    /// The place of each example's label among the classes, N.
    #[getter]
    fn y<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray1<i64>> {
        indexes(py, each!(&self.0, data => data.labels()))
    }

    /// The labels that there are, K: integers, or names.
    #[getter]
    fn classes<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        class_labels(py, &self.schema().classes)
    }

    /// The names of the inputs, where the file had a header.
    #[getter]
    fn input_names(&self) -> Option<Vec<String>> {
        self.schema().input_names.clone()
    }

    /// "float64" or "float32".
    #[getter]
    fn precision(&self) -> &str {
        self.0.precision()
    }

    /// Put a share of the examples apart, drawn at random.
    ///
    /// Parameters
    /// ----------
    /// share : float
    ///     Between 0 and 1.
    /// seed : int
    ///     The command's ``--split-seed``.
    ///
    /// Returns
    /// -------
    /// (Dataset, Dataset)
    ///     The rest, and those that were drawn; both in order.
    ///
    /// Raises
    /// ------
    /// ValueError
    ///     Where one of them would have no example.
    #[pyo3(signature = (share, *, seed=None), text_signature = "($self, share, *, seed=0)")]
    fn split(
        &self,
        py: Python<'_>,
        share: &Bound<'_, PyAny>,
        seed: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<(Self, Self)> {
        let share = real("share", share)?;
        let seed = seed.map_or(Ok(0), |seed| whole("seed", seed, 0))?;
        each!(&self.0, data => {
            let halves = detached(py, || data.clone().split(share, seed))?;
            let (rest, part) = halves.map_err(raised)?;
            Ok((rest.into(), part.into()))
        })
    }

    fn __len__(&self) -> usize {
        each!(&self.0, data => data.examples())
    }

    fn __repr__(&self) -> String {
        let (n, m, k) = each!(&self.0, data => (data.examples(), data.inputs(), data.classes()));
        format!("<rankone.Dataset: {n} examples of {m} inputs, {k} classes, {}>", self.precision())
    }
}
