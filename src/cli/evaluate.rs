//! `rankone evaluate`

use super::reading::FormArguments;
use super::{isa, of_model, output};
use crate::AnyModel;
use crate::{Evaluation, Model, Number, Result};
use clap::Args;
use serde::Serialize;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

/// Print a model's mean cross-entropy and error rate on a data set
#[derive(Debug, Args)]
pub(super) struct EvaluateArguments {
    /// A model.safetensors that `rankone train --out` wrote
    model: PathBuf,

    /// CSV of a label and values a line
    #[arg(value_name = "DATA.csv")]
    data: PathBuf,

    #[command(flatten)]
    form: FormArguments,

    /// Print how often each label was taken for which other, and the error rate of each
    #[arg(long)]
    confusion: bool,

    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

/// How good a model is on a data set.
#[derive(Serialize)]
struct Report {
    examples: usize,
    cross_entropy: f64,
    error: f64,
    classes: Vec<Class>,
    /// K x K counts: rows are labels, columns predictions.
    #[serde(skip_serializing_if = "Option::is_none")]
    confusion: Option<Vec<Vec<usize>>>,
}

/// How good it is on the examples of one label.
#[derive(Serialize)]
struct Class {
    label: String,
    examples: usize,
    /// The share of them that are predicted wrong; none where there are no examples.
    error: Option<f64>,
}

pub(super) fn run(arguments: &EvaluateArguments) -> Result<ExitCode> {
    match AnyModel::load(&arguments.model)? {
        AnyModel::F64(model) => evaluate(&model, arguments),
        AnyModel::F32(model) => evaluate(&model, arguments),
    }
}

fn evaluate<T: Number>(model: &Model<T>, arguments: &EvaluateArguments) -> Result<ExitCode> {
    let data = arguments.form.reader::<T>().like(&model.schema).read(&arguments.data)?;
    let evaluation = model.network.evaluate_with(&data, isa()?);
    let Evaluation { cross_entropy, error, predictions } = of_model(evaluation, &arguments.model)?;
    let classes = &model.schema.classes;
    let mut of_class = vec![[0; 2]; classes.len()];
    for (&y, predicted) in data.labels().iter().zip(&predictions) {
        of_class[y][usize::from(*predicted != y)] += 1;
    }
    let class = |(k, &[right, wrong]): (usize, &[usize; 2])| Class {
        label: classes.name(k).into_owned(),
        examples: right + wrong,
        error: (right + wrong > 0).then(|| wrong as f64 / (right + wrong) as f64),
    };
    let confusion = || {
        let mut counts = vec![vec![0; classes.len()]; classes.len()];
        data.labels().iter().zip(&predictions).for_each(|(&y, &found)| counts[y][found] += 1);
        counts
    };
    let report = Report {
        examples: data.examples(),
        cross_entropy,
        error,
        classes: of_class.iter().enumerate().map(class).collect(),
        confusion: arguments.confusion.then(confusion),
    };
    if arguments.json { output::json(&report) } else { output::data(|out| print(&report, out)) }
}

fn print(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let Report { examples, cross_entropy, error, classes, confusion } = report;
    writeln!(out, "examples: {examples}")?;
    writeln!(out, "crossentropy: {cross_entropy:.16}")?;
    writeln!(out, "error: {error}")?;
    let Some(confusion) = confusion else { return Ok(()) };
    writeln!(out, "\nlabels by row, what was predicted by column:")?;
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
        write!(out, "{:width$}", row[0], width = widths[0])?;
        for (field, width) in row.iter().zip(&widths).skip(1) {
            write!(out, "  {field:>width$}")?;
        }
        writeln!(out)?;
    }
    Ok(())
}
