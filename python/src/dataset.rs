//! Examples: of arrays, or of a file.

use crate::array::{Any, each, is_single, labels, matrix, named, raised_with, with_precision};
use crate::error::{detached, raised, value_error};
use crate::network::Network;
use crate::value::{real, wants_single, whole};
use numpy::{IntoPyArray, PyArray1};
use pyo3::prelude::*;
use rankone::{Classes, Column, Delimiter, Number, Reader, Schema};
use std::path::PathBuf;

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
///     Where shapes do not fit, there is no example, a number is not finite or a label is outside 0 to K-1.
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

/// The labels of classes, in order: integers where all of them are, and names elsewhere.
pub fn class_labels<'py>(py: Python<'py>, classes: &Classes) -> PyResult<Bound<'py, PyAny>> {
    let names: Vec<_> = (0..classes.len()).map(|k| classes.name(k).into_owned()).collect();
    let numbers: Option<Vec<i64>> = names.iter().map(|name| name.parse().ok()).collect();
    match numbers {
        Some(numbers) => Ok(numbers.into_pyarray(py).into_any()),
        None => py.import("numpy")?.call_method1("asarray", (names,)),
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

/// Indexes of classes, as NumPy has integers.
pub fn indexes<'py>(py: Python<'py>, labels: &[usize]) -> Bound<'py, PyArray1<i64>> {
    labels.iter().map(|&label| label as i64).collect::<Vec<_>>().into_pyarray(py)
}

/// Whose inputs, classes and scaling a file has.
#[derive(FromPyObject)]
pub enum Like<'py> {
    Dataset(Bound<'py, Dataset>),
    Network(Bound<'py, Network>),
}

/// A column: its number from 1, or what the command calls it.
#[derive(FromPyObject)]
pub enum AColumn {
    Number(usize),
    Name(String),
}

impl AColumn {
    fn column(self) -> Column {
        match self {
            Self::Number(number) => Column::Number(number),
            Self::Name(name) => {
                let Ok(column) = name.parse();
                column
            }
        }
    }
}

/// How a file is read.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
pub struct Form<'py> {
    header: String,
    delimiter: String,
    label: Option<AColumn>,
    ignore: Vec<AColumn>,
    classes: Option<usize>,
    values: String,
    limit: Option<usize>,
    like: Option<Like<'py>>,
}

impl Form<'_> {
    fn reader<T: Number>(self) -> PyResult<Reader<T>> {
        let mut reader = rankone::Dataset::<T>::reader()
            .header(named("header", &self.header, "auto, yes or no")?)
            .delimiter(named::<Delimiter>(
                "delimiter",
                &self.delimiter,
                "\",\", \";\", tab or space",
            )?)
            .ignore(self.ignore.into_iter().map(AColumn::column))
            .values(named("values", &self.values, "unit, any, scale or standardize")?);
        if let Some(label) = self.label {
            reader = reader.label(label.column());
        }
        if let Some(classes) = self.classes {
            reader = reader.classes(classes);
        }
        if let Some(limit) = self.limit {
            reader = reader.limit(limit);
        }
        Ok(match self.like {
            Some(Like::Dataset(data)) => reader.like(data.get().schema()),
            Some(Like::Network(network)) => reader.like(network.get().schema()),
            None => reader,
        })
    }
}

/// Reads a file; or cuts it into a training set and a validation set.
#[pyfunction]
#[pyo3(signature = (path, form, precision, validation_share, split_seed))]
pub fn read_csv(
    py: Python<'_>,
    path: PathBuf,
    form: Form<'_>,
    precision: &Bound<'_, PyAny>,
    validation_share: Option<f64>,
    split_seed: u64,
) -> PyResult<(Dataset, Option<Dataset>)> {
    with_precision!(wants_single(precision)?, T => {
        let reader = form.reader::<T>()?;
        let read = || match validation_share {
            Some(share) => reader.read_split(path, share, split_seed).map(|(a, b)| (a, Some(b))),
            None => reader.read(path).map(|data| (data, None)),
        };
        let (data, part) = detached(py, read)?.map_err(raised)?;
        Ok((data.into(), part.map(Dataset::from)))
    })
}
