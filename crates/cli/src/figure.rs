//! `rankone figure`

use crate::error::Result;
use crate::output;
use clap::Args;
use rankone::{Error, atomic_file};
use rankone_plot::Panels;
use rankone_runs::run::curves;
use rankone_runs::sweep::SweepPlan;
use rankone_runs::sweep::figures::of_sweep;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Draw what sweeps led to, or the curves of runs over each other
///
/// Into the folder of each sweep: hidden.svg, the final cross-entropies against hidden units, where
/// there are several sizes; rates.svg, the cross-entropies over the epochs, where there are several
/// learning rates. Of folders that rankone train wrote: curves.svg, into the first of them.
#[derive(Debug, Args)]
pub struct FigureArguments {
    /// Folders of sweeps, or of runs
    #[arg(value_name = "DIR", required = true)]
    folders: Vec<PathBuf>,

    /// Draw another figure of a sweep: against this option, such as learning_rate or order
    #[arg(long, value_name = "OPTION", requires = "y")]
    x: Option<String>,

    /// The result in that figure, such as validation_error
    #[arg(long, value_name = "RESULT", requires = "x")]
    y: Option<String>,

    /// Write the numbers of each figure, too, as CSV
    #[arg(long)]
    data: bool,
}

pub fn run(arguments: &FigureArguments) -> Result<ExitCode> {
    let folders = arguments.folders.iter().map(PathBuf::as_path);
    let (sweeps, runs): (Vec<_>, Vec<_>) = folders.partition(|folder| SweepPlan::is_in(folder));
    for folder in sweeps {
        let figures = of_sweep(folder, arguments.x.as_deref().zip(arguments.y.as_deref()))?;
        if figures.is_empty() {
            let path = folder.display();
            output::note(&format!(
                "{path}: nothing to draw: one size and one rate, or no losses but three; \
                 --x and --y draw others"
            ));
        }
        for (name, figure) in figures {
            arguments.write(folder, &name, &figure)?;
        }
    }
    match &runs[..] {
        [] => {}
        [first, ..] if arguments.x.is_none() => {
            arguments.write(first, "curves", &curves(&runs)?)?;
        }
        [folder, ..] => {
            let (name, expected) = ("folder for --x and --y", "one of a sweep");
            let found = folder.display().to_string();
            return Err(Error::Setting { name, found, expected }.into());
        }
    }
    Ok(ExitCode::SUCCESS)
}

impl FigureArguments {
    fn write(&self, folder: &Path, name: &str, figure: &Panels) -> Result<()> {
        let svg = Some(("svg", figure.svg()?));
        let csv = self.data.then(|| ("csv", figure.csv()));
        for (ending, text) in svg.into_iter().chain(csv) {
            let path = folder.join(format!("{name}.{ending}"));
            atomic_file::write(&path, |out| out.write_all(text.as_bytes()))?;
            output::note(&format!("written     {}", path.display()));
        }
        Ok(())
    }
}
