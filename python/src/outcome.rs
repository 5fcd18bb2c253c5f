//! What a training came to, and each of its epochs.

use crate::array::indexes;
use crate::error::raised;
use crate::network::Network;
use numpy::PyArray1;
use pyo3::prelude::*;
use rankone::{Ending, Model, Number, Schema};

/// What one epoch came to.
///
/// Attributes
/// ----------
/// epoch : int
///     Its number, from 1.
/// learning_rate : float
/// train_cross_entropy : float
///     Mean over the training set after the epoch, in nats.
/// validation_cross_entropy : float or None
///     The same of the validation set, where there is one.
/// sgd_seconds, evaluation_seconds : float
///     What its updates took, and both losses; the latter of all threads together.
#[pyclass(frozen, get_all, module = "rankone")]
#[derive(Clone)]
pub struct Epoch {
    epoch: usize,
    learning_rate: f64,
    train_cross_entropy: f64,
    validation_cross_entropy: Option<f64>,
    sgd_seconds: f64,
    evaluation_seconds: f64,
}

impl From<&rankone::Epoch> for Epoch {
    fn from(epoch: &rankone::Epoch) -> Self {
        Self {
            epoch: epoch.epoch,
            learning_rate: epoch.learning_rate,
            train_cross_entropy: epoch.train_cross_entropy,
            validation_cross_entropy: epoch.validation_cross_entropy,
            sgd_seconds: epoch.sgd_seconds,
            evaluation_seconds: epoch.evaluation_seconds,
        }
    }
}

#[pymethods]
impl Epoch {
    fn __repr__(&self) -> String {
        let Self { epoch, train_cross_entropy: train, .. } = self;
        let validation = self.validation_cross_entropy;
        let validation = validation.map_or(String::new(), |loss| format!(", validation {loss:.6}"));
        format!("<rankone.Epoch {epoch}: training {train:.6}{validation}>")
    }
}

/// How good a network is on a data set of N examples.
///
/// Attributes
/// ----------
/// cross_entropy : float
///     Mean over the examples, in nats.
/// error : float
///     Share of wrong predictions.
/// predictions : array of shape (N,)
///     The place of each predicted label among the classes.
#[pyclass(frozen, module = "rankone")]
pub struct Evaluation(rankone::Evaluation);

#[pymethods]
impl Evaluation {
    #[getter]
    fn cross_entropy(&self) -> f64 {
        self.0.cross_entropy
    }

    #[getter]
    fn error(&self) -> f64 {
        self.0.error
    }

    #[getter]
    fn predictions<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray1<i64>> {
        indexes(py, &self.0.predictions)
    }

    fn __repr__(&self) -> String {
        let rankone::Evaluation { cross_entropy, error, .. } = &self.0;
        format!("<rankone.Evaluation: cross-entropy {cross_entropy:.6}, error {error:.6}>")
    }
}

/// What a training came to.
///
/// Attributes
/// ----------
/// network : Network
/// kept_epoch : int
///     The epoch, from 1, that the network is of.
/// history : list of Epoch
///     Each epoch in order.
/// ending : str
///     Why there are no more: "done", "out of patience" or "stopped".
/// train : Evaluation
///     How good the network is on the training set.
/// validation : Evaluation or None
///     The same on the validation set, where there is one.
#[pyclass(frozen, get_all, module = "rankone")]
pub struct Outcome {
    network: Py<Network>,
    kept_epoch: usize,
    history: Vec<Epoch>,
    ending: &'static str,
    train: Py<Evaluation>,
    validation: Option<Py<Evaluation>>,
}

#[pymethods]
impl Outcome {
    /// Draw the cross-entropies over the epochs with matplotlib, into ``ax`` or a new figure;
    /// return the axes.
    #[pyo3(signature = (ax=None))]
    fn plot_loss<'py>(
        &self,
        py: Python<'py>,
        ax: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let train: Vec<_> = self.history.iter().map(|epoch| epoch.train_cross_entropy).collect();
        let validation = self.history.iter().map(|epoch| epoch.validation_cross_entropy);
        let validation: Option<Vec<_>> = validation.collect();
        py.import("rankone._plot")?.call_method1("plot_loss", (train, validation, ax))
    }

    fn __repr__(&self) -> String {
        let Self { history, ending, kept_epoch, .. } = self;
        let error = |set: &Py<Evaluation>| set.get().0.error;
        let validation = self.validation.as_ref().map(error);
        let validation = validation.map_or(String::new(), |e| format!(", validation {e:.6}"));
        format!(
            "<rankone.Outcome: {ending} after epoch {}, that of epoch {kept_epoch} kept; errors: training {:.6}{validation}>",
            history.len(),
            error(&self.train),
        )
    }
}

impl Outcome {
    /// Of what the library's training came to, on data of this schema.
    pub fn new<T: Number>(
        py: Python<'_>,
        outcome: rankone::Outcome<T>,
        schema: &Schema,
    ) -> PyResult<Self>
    where
        Network: From<Model<T>>,
    {
        let model = Model::new(outcome.network, schema.clone()).map_err(raised)?;
        let validation = outcome.validation.map(|set| Py::new(py, Evaluation(set))).transpose()?;
        Ok(Self {
            network: Py::new(py, Network::from(model))?,
            kept_epoch: outcome.kept_epoch,
            history: outcome.history.iter().map(Epoch::from).collect(),
            ending: match outcome.ending {
                Ending::Done => "done",
                Ending::OutOfPatience => "out of patience",
                Ending::Stopped => "stopped",
            },
            train: Py::new(py, Evaluation(outcome.train))?,
            validation,
        })
    }
}
