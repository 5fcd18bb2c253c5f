//! `rankone info`

use super::output;
use crate::environment::Environment;
use crate::simd::isa::Isa;
use crate::words::kibibytes;
use clap::Args;
use std::process::ExitCode;

/// Show what computes: this program, the processor, and the BLAS library it runs on
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
    output::data(|out| {
        if arguments.json {
            serde_json::to_writer(&mut *out, &environment)?;
            return writeln!(out);
        }
        for (name, value) in table(&environment, chosen) {
            writeln!(out, "{name:<18}{value}")?;
        }
        Ok(())
    })
}

/// The lines for people.
fn table(environment: &Environment, chosen: Isa) -> Vec<(&'static str, String)> {
    let Environment { rankone, profile, target, cpu, blas } = environment;
    let told = |value: &Option<String>| value.clone().unwrap_or_else(|| "not told".into());
    let caches = [("L1d", cpu.caches.l1d), ("L1i", cpu.caches.l1i), ("L2", cpu.caches.l2)];
    let caches = caches.into_iter().chain([("L3", cpu.caches.l3)]);
    let caches: Vec<_> =
        caches.filter_map(|(n, size)| Some(format!("{n} {}", kibibytes(size?)))).collect();
    let sets = &cpu.instruction_sets;
    let mut lines = vec![
        ("rankone", format!("{rankone}, profile {profile}, {target}")),
        ("CPU", format!("{}, {} cores", cpu.model, cpu.cores)),
        ("caches", if caches.is_empty() { "not told".into() } else { caches.join(", ") }),
        ("instruction sets", format!("{}; {chosen} is used", sets.found.join(", "))),
        ("BLAS", blas.name.to_owned()),
    ];
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
    lines
}
