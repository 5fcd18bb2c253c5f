//! `rankone predict` and `rankone evaluate`

use super::output;
use clap::Args;
use rankone::dataset::csv;
use rankone::evaluation::{Evaluator, error_rate, probabilities};
use rankone::model_file::{self, Model};
use rankone::report::metrics;
use rankone::{Dataset, Error, Network, Result, Scalar, whole_file};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Print the label that a model gives to each example, one a line
#[derive(Debug, Args)]
pub(crate) struct PredictArguments {
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
pub(crate) struct EvaluateArguments {
    /// A model.safetensors that `rankone train --out` wrote
    model: PathBuf,

    /// CSV of a label and values a line
    #[arg(value_name = "DATA.csv")]
    data: PathBuf,
}

pub(crate) fn predict(arguments: &PredictArguments) -> Result<ExitCode> {
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

pub(crate) fn evaluate(arguments: &EvaluateArguments) -> Result<ExitCode> {
    match model_file::read(&arguments.model)? {
        Model::F64(network) => test(&network, arguments),
        Model::F32(network) => test(&network, arguments),
    }
}

/// Reads data of the network's shape.
fn read<T: Scalar>(path: &Path, network: &Network<T>) -> Result<Dataset<T>> {
    csv::read(path, network.classes(), Some(network.inputs()))
}

/// The mean cross-entropy, which is finite only where the scores are.
fn cross_entropy<T: Scalar>(
    evaluator: &mut Evaluator<T>,
    network: &Network<T>,
    model: &Path,
) -> Result<f64> {
    let mean = evaluator.cross_entropy(network);
    if mean.is_finite() { Ok(mean) } else { Err(Error::Scores { path: model.to_owned() }) }
}

/// The predictions as the text of a file.
fn predictions<T: Scalar>(network: &Network<T>, arguments: &PredictArguments) -> Result<Vec<u8>> {
    let data = read(&arguments.data, network)?;
    let mut evaluator = Evaluator::new(&data, network.hidden(), 1)?;
    cross_entropy(&mut evaluator, network, &arguments.model)?;
    let labels = evaluator.predictions(network);
    let mut text = Vec::new();
    let written = if arguments.probabilities {
        write_probabilities(&labels, &probabilities(network, &data), &mut text)
    } else {
        metrics::write_labels(&labels, &mut text)
    };
    written.expect("memory takes any bytes");
    Ok(text)
}

fn write_probabilities<T: Scalar>(
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

fn test<T: Scalar>(network: &Network<T>, arguments: &EvaluateArguments) -> Result<ExitCode> {
    let data = read(&arguments.data, network)?;
    let mut evaluator = Evaluator::new(&data, network.hidden(), 1)?;
    let cross_entropy = cross_entropy(&mut evaluator, network, &arguments.model)?;
    let error = error_rate(&evaluator.predictions(network), data.labels());
    output::data(|out| {
        writeln!(out, "examples: {}", data.examples())?;
        writeln!(out, "crossentropy: {cross_entropy:.16}")?;
        writeln!(out, "error: {error}")
    })
}
