//! `rankone predict` and `rankone evaluate`

use super::{isa, output};
use crate::dataset::csv;
use crate::model_file::{self, Model};
use crate::run_folder::write_labels;
use crate::{Dataset, Error, Network, Number, Result, whole_file};
use clap::Args;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Print the label that a model gives to each example, one a line
#[derive(Debug, Args)]
pub(super) struct PredictArguments {
    /// A model.safetensors that `rankone train --out` wrote
    model: PathBuf,

    /// CSV of a label and values a line; the labels are not used
    #[arg(value_name = "DATA.csv")]
    data: PathBuf,

    /// Write to this file and not to stdout
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,

    /// Write CSV with a header: the label and the probability of each class
    #[arg(long)]
    probabilities: bool,
}

/// Print a model's mean cross-entropy and error rate on a data set
#[derive(Debug, Args)]
pub(super) struct EvaluateArguments {
    /// A model.safetensors that `rankone train --out` wrote
    model: PathBuf,

    /// CSV of a label and values a line
    #[arg(value_name = "DATA.csv")]
    data: PathBuf,
}

pub(super) fn predict(arguments: &PredictArguments) -> Result<ExitCode> {
    let fill = match model_file::read(&arguments.model)? {
        Model::F64(network) => predictions(&network, arguments)?,
        Model::F32(network) => predictions(&network, arguments)?,
    };
    match &arguments.out {
        Some(path) => {
            whole_file::write(path, |out| out.write_all(&fill)).map(|()| ExitCode::SUCCESS)
        }
        None => output::data(|out| out.write_all(&fill)),
    }
}

pub(super) fn evaluate(arguments: &EvaluateArguments) -> Result<ExitCode> {
    match model_file::read(&arguments.model)? {
        Model::F64(network) => report(&network, arguments),
        Model::F32(network) => report(&network, arguments),
    }
}

/// Reads data of the network's shape.
fn read<T: Number>(path: &Path, network: &Network<T>) -> Result<Dataset<T>> {
    csv::read(path, network.classes(), Some(network.inputs()))
}

/// Names the model's file where its scores are not finite.
fn of_model<R>(found: Result<R>, model: &Path) -> Result<R> {
    found.map_err(|error| match error {
        Error::Scores { .. } => Error::Scores { model: model.display().to_string() },
        other => other,
    })
}

/// The predictions as the text of a file.
fn predictions<T: Number>(network: &Network<T>, arguments: &PredictArguments) -> Result<Vec<u8>> {
    let data = read(&arguments.data, network)?;
    let found = network.predictions(data.features(), isa()?, arguments.probabilities);
    let (labels, y_hat) = of_model(found, &arguments.model)?;
    let mut text = Vec::new();
    let written = match y_hat {
        Some(y_hat) => write_probabilities(&labels, &y_hat, &mut text),
        None => write_labels(&labels, &mut text),
    };
    written.expect("memory takes any bytes");
    Ok(text)
}

/// A line for each of N examples: its label, and its row of `y_hat`, N x K.
fn write_probabilities<T: Number>(
    labels: &[usize],
    y_hat: &ndarray::Array2<T>,
    text: &mut Vec<u8>,
) -> io::Result<()> {
    write!(text, "label")?;
    (0..y_hat.ncols()).try_for_each(|class| write!(text, ",p{class}"))?;
    writeln!(text)?;
    for (label, y_hat) in labels.iter().zip(y_hat.rows()) {
        write!(text, "{label}")?;
        y_hat.iter().try_for_each(|p| write!(text, ",{p}"))?;
        writeln!(text)?;
    }
    Ok(())
}

fn report<T: Number>(network: &Network<T>, arguments: &EvaluateArguments) -> Result<ExitCode> {
    let data = read(&arguments.data, network)?;
    let evaluation = of_model(network.evaluate_with(&data, isa()?), &arguments.model)?;
    output::data(|out| {
        writeln!(out, "examples: {}", data.examples())?;
        writeln!(out, "crossentropy: {:.16}", evaluation.cross_entropy)?;
        writeln!(out, "error: {}", evaluation.error)
    })
}
