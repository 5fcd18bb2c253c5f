//! The function `read_csv` and its options.

use crate::array::with_precision;
use crate::dataset::Dataset;
use crate::error::{detached, raised};
use crate::network::Network;
use crate::value::{named, wants_single};
use pyo3::prelude::*;
use rankone::{Column, Delimiter, Number, Reader};
use std::path::PathBuf;

/// The data set or network whose inputs, classes and scaling a file is read with.
#[derive(FromPyObject)]
pub enum Like<'py> {
    Dataset(Bound<'py, Dataset>),
    Network(Bound<'py, Network>),
}

/// A column: its number from 1, its name, `first` or `last`.
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

/// The options of a CSV file.
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

/// Reads a file; with a validation share, splits it into a training set and a validation set.
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
