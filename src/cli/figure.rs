//! `rankone figure`

use super::output;
use crate::figure::{Panels, chosen, curves, hidden, rates};
use crate::run_folder::read_history;
use crate::sweep::{Plan, Record, read_results};
use crate::{Error, Result, whole_file};
use clap::Args;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Draw what sweeps led to, or the curves of runs over each other
///
/// Into the folder of each sweep: hidden.svg, the final cross-entropies against hidden units, where there are several
/// sizes; rates.svg, the cross-entropies over the epochs, where there are several learning rates. Of folders that
/// rankone train wrote: curves.svg, into the first of them.
#[derive(Debug, Args)]
pub(super) struct FigureArguments {
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

pub(super) fn run(arguments: &FigureArguments) -> Result<ExitCode> {
    let is_sweep = |folder: &&PathBuf| Plan::is_in(folder);
    let (sweeps, runs): (Vec<_>, Vec<_>) = arguments.folders.iter().partition(is_sweep);
    for folder in sweeps {
        let records = read_results(folder)?;
        let figures = match (&arguments.x, &arguments.y) {
            (Some(x), Some(y)) => vec![(format!("{y}-{x}"), chosen_of(&records, x, y)?)],
            _ => [("hidden", hidden(&records)), ("rates", rates(&records))]
                .into_iter()
                .filter_map(|(name, figure)| Some((name.to_owned(), figure?)))
                .collect(),
        };
        if figures.is_empty() {
            let path = folder.display();
            output::note(&format!(
                "{path}: nothing to draw: one size and one rate, or no losses but three; --x and --y draw others"
            ));
        }
        for (name, figure) in figures {
            arguments.write(folder, &name, &figure)?;
        }
    }
    match &runs[..] {
        [] => Ok(()),
        [folder, ..] if arguments.x.is_some() => Err(Error::Setting {
            name: "folder for --x and --y",
            found: folder.display().to_string(),
            expected: "one of a sweep",
        }),
        [first, ..] => {
            let losses = |folder: &&PathBuf| {
                let name = folder.file_name().unwrap_or(folder.as_os_str()).to_string_lossy();
                let of = |column| read_history(folder, column);
                let losses = [of("validation_cross_entropy")?, of("train_cross_entropy")?];
                Ok((name.into_owned(), losses))
            };
            let runs = runs.iter().map(losses).collect::<Result<Vec<_>>>()?;
            arguments.write(first, "curves", &curves(&runs))
        }
    }?;
    Ok(ExitCode::SUCCESS)
}

fn chosen_of(records: &[Record], x: &str, y: &str) -> Result<Panels> {
    chosen(records, x, y).map_err(|found| Error::Setting {
        name: "figure",
        found,
        expected: "an option of at least two values, and a result",
    })
}

impl FigureArguments {
    fn write(&self, folder: &Path, name: &str, figure: &Panels) -> Result<()> {
        let write = |ending: &str, text: &str| {
            let path = folder.join(format!("{name}.{ending}"));
            whole_file::write(&path, |out| out.write_all(text.as_bytes()))?;
            output::note(&format!("written     {}", path.display()));
            Ok(())
        };
        write("svg", &figure.svg()?)?;
        if self.data { write("csv", &figure.csv()) } else { Ok(()) }
    }
}
