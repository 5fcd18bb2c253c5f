//! `rankone predict`

use crate::error::Result;
use crate::reading::FormArguments;
use crate::{isa, output};
use clap::Args;
use rankone::atomic_file;
use rankone_runs::Predictor;
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
    let PredictArguments { model, data, form, out, probabilities } = arguments;
    let (isa, with_probabilities) = (isa()?, *probabilities);
    let predictor = Predictor { model, form: &form.form(), isa, with_probabilities };
    let mut file = String::new();
    let mut take = |text: &str| {
        if out.is_none() {
            return output::data(|stdout| stdout.write_all(text.as_bytes())).map(drop);
        }
        file += text;
        Ok(())
    };
    if data == Path::new("-") {
        predictor.stream(Path::new("standard input"), io::stdin(), take)?;
    } else {
        take(&predictor.file(data)?)?;
    }
    if let Some(path) = out {
        atomic_file::write(path, |out| out.write_all(file.as_bytes()))?;
    }
    Ok(ExitCode::SUCCESS)
}
