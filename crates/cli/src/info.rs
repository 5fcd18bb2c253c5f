//! `rankone info`

use crate::error::Result;
use crate::{isa, output};
use clap::Args;
use rankone_runs::Environment;
use std::process::ExitCode;

/// Show what computes: this program, the processor and machine, and the BLAS library it runs on
///
/// The library is asked as it runs: its version, the kernels it chose, its threads, its file. With
/// --json its fields are those of Python's threadpoolctl.
#[derive(Debug, Args)]
pub struct InfoArguments {
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

pub fn run(arguments: &InfoArguments) -> Result<ExitCode> {
    let environment = Environment::here(Some(isa()?));
    match arguments.json {
        true => output::json(&environment),
        false => output::data(|out| writeln!(out, "{environment}")),
    }
}
