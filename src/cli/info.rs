//! `rankone info`

use super::output;
use crate::environment::Environment;
use crate::simd::isa::Isa;
use crate::words::{count, kibibytes};
use clap::Args;
use serde_json::Value;
use std::process::ExitCode;

/// Show what computes: this program, the processor and machine, and the BLAS library it runs on
///
/// The library is asked as it runs: its version, the kernels it chose, its threads, its file. With --json
/// its fields are those of Python's threadpoolctl.
#[derive(Debug, Args)]
pub(super) struct InfoArguments {
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

pub(super) fn run(arguments: &InfoArguments) -> crate::Result<ExitCode> {
    // A wrong RANKONE_ISA is told here, not when a training begins.
    let chosen = super::isa()?;
    let environment = Environment::here(Some(chosen));
    if arguments.json {
        return output::json(&environment);
    }
    output::data(|out| {
        for (name, value) in table(&environment, chosen) {
            // What is known of the machine goes by its names in JSON.
            let indent = if environment.machine.contains_key(name) { "  " } else { "" };
            writeln!(out, "{:<25}{value}", format!("{indent}{name}"))?;
        }
        Ok(())
    })
}

/// The lines for people.
fn table(environment: &Environment, chosen: Isa) -> Vec<(&'static str, String)> {
    let Environment { rankone, profile, target, cpu, machine, variables, blas } = environment;
    let told = |value: &Option<String>| value.clone().unwrap_or_else(|| "not told".into());
    let caches = cpu.caches;
    let levels = [("L1d", caches.l1d), ("L1i", caches.l1i), ("L2", caches.l2), ("L3", caches.l3)];
    let levels =
        levels.into_iter().filter_map(|(n, size)| Some(format!("{n} {}", kibibytes(size?))));
    let sets = &cpu.instruction_sets;
    let mut lines = vec![
        ("rankone", format!("{rankone}, profile {profile}, {target}")),
        ("CPU", format!("{}, {}", cpu.model, count(cpu.cores, "core"))),
        ("  caches", told(&levels.reduce(|all, level| format!("{all}, {level}")))),
        ("  instruction sets", format!("{}; {chosen} is used", sets.found.join(", "))),
        ("machine", machine["kernel"].as_str().unwrap_or("not told").to_owned()),
    ];
    let told_value = |value: &Value| match value {
        Value::Null => "not told".into(),
        Value::String(text) => text.clone(),
        value => value.to_string(),
    };
    lines.extend(machine.iter().map(|(name, value)| (*name, told_value(value))));
    lines.push(("BLAS", blas.name.to_owned()));
    if blas.filepath.is_some() {
        lines.extend([
            ("  feature", blas.feature.to_owned()),
            ("  version", told(&blas.version)),
            ("  kernels for", told(&blas.architecture)),
            ("  threads", {
                let layer = blas.threading_layer.unwrap_or("not told");
                format!("{}, layer {layer}", blas.num_threads)
            }),
            ("  file", told(&blas.filepath)),
        ]);
    }
    let set = variables.iter().map(|(name, value)| format!("{name}={value}"));
    lines.push(("  variables", set.reduce(|all, one| all + " " + &one).unwrap_or("none".into())));
    lines
}
