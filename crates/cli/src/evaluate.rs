//! `rankone evaluate`

use crate::error::Result;
use crate::reading::FormArguments;
use crate::{isa, output};
use clap::Args;
use rankone_runs::{DataFile, EvaluationReport};
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
    let EvaluateArguments { model, data, form, confusion, json } = arguments;
    let data = DataFile { path: data, form: &form.form() };
    let report = EvaluationReport::of_files(model, data, isa()?, *confusion)?;
    if *json { output::json(&report) } else { output::data(|out| writeln!(out, "{report}")) }
}
