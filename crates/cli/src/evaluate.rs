//! `rankone evaluate`

use crate::error::{Error, Result};
use crate::reading::FormArguments;
use crate::{isa, output};
use clap::Args;
use rankone::{AnyModel, Model, Number};
use rankone_runs::EvaluationReport;
use std::path::PathBuf;
use std::process::ExitCode;

/// Print a model's mean cross-entropy and error rate on a data set
#[derive(Debug, Args)]
pub struct EvaluateArguments {
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

pub fn run(arguments: &EvaluateArguments) -> Result<ExitCode> {
    match AnyModel::load(&arguments.model)? {
        AnyModel::F64(model) => evaluate(&model, arguments),
        AnyModel::F32(model) => evaluate(&model, arguments),
    }
}

fn evaluate<T: Number>(model: &Model<T>, arguments: &EvaluateArguments) -> Result<ExitCode> {
    let data = arguments.form.form().reader::<T>().like(&model.schema).read(&arguments.data)?;
    let evaluation = model.network.evaluate_with(&data, isa()?);
    let evaluation = evaluation.map_err(Error::of_model(&arguments.model))?;
    let report = EvaluationReport::new(&evaluation, &data, arguments.confusion);
    if arguments.json {
        output::json(&report)
    } else {
        output::data(|out| writeln!(out, "{report}"))
    }
}
