//! `rankone predict`

use crate::error::{Error, Result};
use crate::reading::FormArguments;
use crate::{isa, output};
use clap::Args;
use rankone::ndarray::Array2;
use rankone::{AnyModel, Model, Number, atomic_file};
use rankone_runs::{prediction_header, prediction_lines};
use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Print the label that a model gives to each example, one a line
///
/// The file may have labels, which are not used, or not: the number or the names of its columns
/// tell.
#[derive(Debug, Args)]
pub struct PredictArguments {
    /// A model.safetensors that `rankone train --out` wrote
    model: PathBuf,

    /// CSV of the values of an example a line; - for standard input, answered as it comes
    #[arg(value_name = "DATA.csv")]
    data: PathBuf,

    #[command(flatten)]
    form: FormArguments,

    /// Write to this file and not to stdout
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,

    /// Write CSV with a header: the label, and the probability of each class
    #[arg(long)]
    probabilities: bool,
}

pub fn run(arguments: &PredictArguments) -> Result<ExitCode> {
    match AnyModel::load(&arguments.model)? {
        AnyModel::F64(model) => predict(&model, arguments),
        AnyModel::F32(model) => predict(&model, arguments),
    }
}

/// The most examples of standard input that are predicted together.
const TOGETHER: usize = 4096;

fn predict<T: Number>(model: &Model<T>, arguments: &PredictArguments) -> Result<ExitCode> {
    let PredictArguments { data, form, out, probabilities, .. } = arguments;
    let reader = form.form().reader::<T>().like(&model.schema);
    let lines = |features: Array2<T>| -> Result<String> {
        let lines = prediction_lines(model, features.view(), isa()?, *probabilities);
        Ok(lines.map_err(Error::of_model(&arguments.model))?)
    };
    let mut text = String::new();
    if *probabilities {
        text = prediction_header(&model.schema.classes);
    }
    if data == Path::new("-") {
        let mut rows = reader.stream(Path::new("standard input"), io::stdin())?;
        let mut is_more = true;
        while is_more {
            let (features, more) = rows.batch(TOGETHER);
            if !features.is_empty() {
                text += &lines(features)?;
                // A process that waits for an answer gets it before the next line is waited for.
                if out.is_none() {
                    output::data(|out| out.write_all(text.as_bytes()))?;
                    text.clear();
                }
            }
            is_more = more?;
        }
    } else {
        text += &lines(reader.read_features(data)?)?;
    }
    match out {
        Some(path) => atomic_file::write(path, |out| out.write_all(text.as_bytes()))?,
        None => drop(output::data(|out| out.write_all(text.as_bytes()))?),
    }
    Ok(ExitCode::SUCCESS)
}
