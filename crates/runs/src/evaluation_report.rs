//! How good a model is on a data set, class by class: as JSON, and as a table.

use crate::data::DataFile;
use crate::error::name_model;
use rankone::{AnyModel, Dataset, Evaluation, Isa, Model, Number, Result};
use serde::Serialize;
use std::fmt;
use std::path::Path;

/// How good a model is on a data set.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct EvaluationReport {
    /// N.
    pub examples: usize,
    /// Mean cross-entropy.
    pub cross_entropy: f64,
    /// Share of examples predicted wrong.
    pub error: f64,
    /// Every class, in order.
    pub classes: Vec<ClassReport>,
    /// K x K counts: rows are labels, columns predictions.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub confusion: Option<Vec<Vec<usize>>>,
}

/// How good it is on the examples of one class.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ClassReport {
    /// The name of the class.
    pub label: String,
    /// The number of its examples.
    pub examples: usize,
    /// Share of them predicted wrong; `None` where there are no examples.
    pub error: Option<f64>,
}

impl EvaluationReport {
    /// Evaluates the model in the file `model` on `data`, with the instructions of `isa`; with the
    /// confusion matrix if it is wanted.
    ///
    /// # Errors
    /// Those of [`AnyModel::load`], of reading the data, and of
    /// [`Network::evaluate`](rankone::Network::evaluate).
    pub fn of_files(
        model: &Path,
        data: DataFile<'_>,
        isa: Isa,
        with_confusion: bool,
    ) -> Result<Self> {
        let report = match AnyModel::load(model)? {
            AnyModel::F64(model) => Self::of_model(&model, data, isa, with_confusion),
            AnyModel::F32(model) => Self::of_model(&model, data, isa, with_confusion),
        };
        report.map_err(name_model(model))
    }

    fn of_model<T: Number>(
        model: &Model<T>,
        data: DataFile<'_>,
        isa: Isa,
        with_confusion: bool,
    ) -> Result<Self> {
        let data = data.reader::<T>().like(&model.schema).read(data.path)?;
        let evaluation = model.network.evaluate_with(&data, isa)?;
        Ok(Self::new(&evaluation, &data, with_confusion))
    }

    /// The report of an `evaluation` on `data`, with the confusion matrix if it is wanted.
    pub fn new<T: Number>(
        evaluation: &Evaluation,
        data: &Dataset<T>,
        with_confusion: bool,
    ) -> Self {
        let (labels, names) = (data.labels(), &data.schema().classes);
        let classes = evaluation.class_errors(labels, names.len()).into_iter().enumerate();
        let classes = classes.map(|(k, class)| ClassReport {
            label: names.name(k).into_owned(),
            examples: class.examples,
            error: class.error(),
        });
        let confusion = || {
            let counts = evaluation.confusion(labels, names.len());
            counts.rows().into_iter().map(|row| row.to_vec()).collect()
        };
        Self {
            examples: data.examples(),
            cross_entropy: evaluation.cross_entropy,
            error: evaluation.error,
            classes: classes.collect(),
            confusion: with_confusion.then(confusion),
        }
    }
}

impl fmt::Display for EvaluationReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { examples, cross_entropy, error, classes, confusion } = self;
        write!(f, "examples: {examples}\ncrossentropy: {cross_entropy:.16}\nerror: {error}")?;
        let Some(confusion) = confusion else { return Ok(()) };
        write!(f, "\n\nlabels by row, what was predicted by column:")?;
        let mut table = vec![vec!["label".to_owned()]];
        table[0].extend(classes.iter().map(|class| class.label.clone()));
        table[0].push("error".into());
        for (class, counts) in classes.iter().zip(confusion) {
            let error = class.error.map_or("-".into(), |error| format!("{error:.4}"));
            let counts = counts.iter().map(usize::to_string);
            table.push([class.label.clone()].into_iter().chain(counts).chain([error]).collect());
        }
        let width = |column: usize| table.iter().map(|row| row[column].chars().count()).max();
        let widths: Vec<_> = (0..table[0].len()).filter_map(width).collect();
        for row in &table {
            write!(f, "\n{:width$}", row[0], width = widths[0])?;
            for (field, width) in row.iter().zip(&widths).skip(1) {
                write!(f, "  {field:>width$}")?;
            }
        }
        Ok(())
    }
}
