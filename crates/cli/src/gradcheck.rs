//! `rankone gradcheck`

use crate::error::Result;
use crate::output;
use clap::Args;
use rankone::engine::reference::gradient_check::{EPSILON, GradientCheck, TOLERANCE, check_all};
use std::process::ExitCode;

/// Check every module's gradient against centred differences
///
/// Each module alone, every output by every input, and then the whole network. Exits with 1 where a
/// relative error is above 1e-7.
#[derive(Debug, Args)]
pub struct GradcheckArguments {
    /// Number of inputs
    #[arg(long, value_name = "M", default_value_t = 128, value_parser = clap::value_parser!(u16).range(1..=2048))]
    inputs: u16,

    /// Number of hidden units
    #[arg(long, value_name = "D", default_value_t = 20, value_parser = clap::value_parser!(u16).range(1..=256))]
    hidden: u16,

    /// Number of classes
    #[arg(long, value_name = "K", default_value_t = 10, value_parser = clap::value_parser!(u16).range(1..=1024))]
    classes: u16,

    /// Seed of the random point at which the gradients are checked
    #[arg(long, default_value_t = 0)]
    seed: u64,
}

pub fn run(arguments: &GradcheckArguments) -> Result<ExitCode> {
    let [m, d, k] = [arguments.inputs, arguments.hidden, arguments.classes].map(usize::from);
    let checks = check_all(m, d, k, arguments.seed)?;
    output::data(|out| {
        writeln!(out, "M = {m}, D = {d}, K = {k}; centred differences, epsilon {EPSILON:e}")?;
        writeln!(
            out,
            "{:<14}{:>12}  {:>14}  {:>18}",
            "gradient of", "derivatives", "|difference|", "relative error"
        )?;
        checks.iter().try_for_each(|check| writeln!(out, "{check}"))
    })?;
    let all_pass = checks.iter().all(GradientCheck::passes);
    if !all_pass {
        output::note(&format!("error: a relative error is above {TOLERANCE:e}"));
    }
    Ok(if all_pass { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
