//! `rankone inspect`

use crate::error::Result;
use crate::output;
use crate::reading::FormArguments;
use clap::Args;
use rankone_runs::{DataFile, Inspection};
use std::path::PathBuf;
use std::process::ExitCode;

/// Print what a model is; or every number of one example on its way through it
///
/// Of an example: the input x with its constant, a = alpha x, z = sigmoid(a), b = beta [1; z],
/// y_hat = softmax(b), and J = -log y_hat[y], by the textbook's plain loops.
#[derive(Debug, Args)]
pub struct InspectArguments {
    /// A model.safetensors that `rankone train --out` wrote
    model: PathBuf,

    /// CSV of a label and values a line
    #[arg(value_name = "DATA.csv", requires = "example")]
    data: Option<PathBuf>,

    /// Number of the example in the file, from 1
    #[arg(long, value_name = "I", requires = "data", value_parser = clap::value_parser!(u64).range(1..))]
    example: Option<u64>,

    /// Print the gradients of J too: g_b, g_beta, g_z, g_a, g_alpha
    #[arg(long, requires = "data")]
    gradients: bool,

    /// Print one JSON object, with all digits
    #[arg(long)]
    json: bool,

    #[command(flatten)]
    form: FormArguments,
}

pub fn run(arguments: &InspectArguments) -> Result<ExitCode> {
    let InspectArguments { model, data, example, gradients, json, form } = arguments;
    let inspection = match (data, example) {
        (Some(path), Some(number)) => {
            let data = DataFile { path, form: &form.form() };
            Inspection::of_example(model, data, *number as usize, *gradients)?
        }
        _ => Inspection::of_file(model)?,
    };
    if *json { output::json(&inspection) } else { output::data(|out| write!(out, "{inspection}")) }
}
