//! `rankone predict` and `rankone evaluate`

use super::output;
use clap::Args;
use rankone::dataset::csv;
use rankone::evaluation::{Evaluator, Test, probabilities};
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
        Model::F64(network) => report(&network, arguments),
        Model::F32(network) => report(&network, arguments),
    }
}

/// Reads data of the network's shape.
fn read<T: Scalar>(path: &Path, network: &Network<T>) -> Result<Dataset<T>> {
    csv::read(path, network.classes(), Some(network.inputs()))
}

/// How good `network` is on `data`, and what it predicts; an error where its scores are not finite, as the
/// mean cross-entropy then is not.
fn test<T: Scalar>(network: &Network<T>, data: &Dataset<T>, model: &Path) -> Result<Test> {
    let test = Evaluator::new(data, network.hidden(), 1)?.test(network);
    if test.cross_entropy.is_finite() {
        Ok(test)
    } else {
        Err(Error::Scores { path: model.to_owned() })
    }
}

/// The predictions as the text of a file.
fn predictions<T: Scalar>(network: &Network<T>, arguments: &PredictArguments) -> Result<Vec<u8>> {
    let data = read(&arguments.data, network)?;
    let labels = test(network, &data, &arguments.model)?.predictions;
    let mut text = Vec::new();
    let written = if arguments.probabilities {
        write_probabilities(&probabilities(network, &data), &mut text)
    } else {
        metrics::write_labels(&labels, &mut text)
    };
    written.expect("memory takes any bytes");
    Ok(text)
}

/// A line for each row of `y_hat`, N x K: its label and itself.
fn write_probabilities<T: Scalar>(
    y_hat: &ndarray::Array2<T>,
    text: &mut Vec<u8>,
) -> io::Result<()> {
    write!(text, "label")?;
    (0..y_hat.ncols()).try_for_each(|class| write!(text, ",p{class}"))?;
    writeln!(text)?;
    for y_hat in y_hat.rows() {
        // From what is printed, the first of the largest: the evaluator rounds otherwise.
        let largest = |best, class| if y_hat[class] > y_hat[best] { class } else { best };
        write!(text, "{}", (0..y_hat.len()).fold(0, largest))?;
        y_hat.iter().try_for_each(|p| write!(text, ",{p}"))?;
        writeln!(text)?;
    }
    Ok(())
}

fn report<T: Scalar>(network: &Network<T>, arguments: &EvaluateArguments) -> Result<ExitCode> {
    let data = read(&arguments.data, network)?;
    let test = test(network, &data, &arguments.model)?;
    output::data(|out| {
        writeln!(out, "examples: {}", data.examples())?;
        writeln!(out, "crossentropy: {:.16}", test.cross_entropy)?;
        writeln!(out, "error: {}", test.error)
    })
}

#[cfg(test)]
mod tests {
    use super::write_probabilities;

    #[test]
    fn the_label_is_the_first_of_the_largest_in_its_row() {
        let mut text = Vec::new();
        let y_hat = ndarray::array![[0.25, 0.375, 0.375], [0.5, 0.5, 0.0], [0.0, 0.25, 0.75]];
        write_probabilities(&y_hat, &mut text).unwrap();
        let expected = "label,p0,p1,p2\n1,0.25,0.375,0.375\n0,0.5,0.5,0\n2,0,0.25,0.75\n";
        assert_eq!(String::from_utf8(text).unwrap(), expected);
    }
}
