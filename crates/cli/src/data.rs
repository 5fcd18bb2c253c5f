//! `rankone data`

use crate::choices::{SIZES, choice};
use crate::error::Result;
use crate::output;
use crate::reading::{FormArguments, MeaningArguments, classes};
use clap::{Args, Subcommand};
use rankone::letters::{PIXELS, Size, synthesize};
use rankone::{Reader, Schema, Values, atomic_file};
use rankone_runs::{DataSummary, Duplicates, letters_sheet};
use std::path::PathBuf;
use std::process::ExitCode;

#[derive(Debug, Subcommand)]
pub enum DataCommand {
    Check(CheckArguments),
    Render(RenderArguments),
    Synthesize(SynthesizeArguments),
}

/// Read data files and describe them; exits with 3 at the first fault
#[derive(Debug, Args)]
pub struct CheckArguments {
    /// CSV of a label and values a line
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,

    #[command(flatten)]
    form: FormArguments,

    #[command(flatten)]
    meaning: MeaningArguments,
}

/// Draw random letters of a data file, one row of images a class that has any
#[derive(Debug, Args)]
pub struct RenderArguments {
    /// CSV of a label and 128 values a line: images of 16 rows of 8 pixels
    file: PathBuf,

    /// Images of each class
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(u16).range(1..))]
    per_class: u16,

    /// Where the picture goes
    #[arg(long, value_name = "PNG", default_value = "letters.png")]
    out: PathBuf,

    /// Number of classes: labels are 0 to K-1
    #[arg(long, value_name = "K", default_value_t = 10, value_parser = classes)]
    classes: usize,

    /// Seed of the choice
    #[arg(long, default_value_t = 0)]
    seed: u64,
}

/// Write the built-in letters as CSV files with the handout's names
#[derive(Debug, Args)]
pub struct SynthesizeArguments {
    /// Numbers of examples for training and for validation
    #[arg(long, value_parser = choice::<Size>(SIZES), default_value_t = Size::Large)]
    size: Size,

    /// Seed of the letters
    #[arg(long, default_value_t = 0)]
    seed: u64,

    /// Folder of the two files
    #[arg(long, value_name = "DIR", default_value = ".")]
    out: PathBuf,
}

pub fn run(command: &DataCommand) -> Result<ExitCode> {
    match command {
        DataCommand::Check(arguments) => check(arguments),
        DataCommand::Render(arguments) => render(arguments),
        DataCommand::Synthesize(arguments) => draw(arguments),
    }
}

fn check(arguments: &CheckArguments) -> Result<ExitCode> {
    let CheckArguments { files, form, meaning } = arguments;
    let reader = form.form().reader::<f64>().values(meaning.values).classes(meaning.classes);
    let mut duplicates = Duplicates::default();
    for path in files {
        let data = reader.read(path)?;
        let (summary, duplicates) = (DataSummary::of(&data), duplicates.take(path, &data));
        output::data(|out| writeln!(out, "{}\n{summary}\n{duplicates}", path.display()))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn render(arguments: &RenderArguments) -> Result<ExitCode> {
    let reader = Reader::<f32>::default().like(&Schema::of_shape(PIXELS, arguments.classes));
    let data = reader.values(Values::Unit).read(&arguments.file)?;
    let sheet = letters_sheet(&data, usize::from(arguments.per_class), arguments.seed)?;
    output::file(&arguments.out, |out| out.write_all(&sheet))?;
    Ok(ExitCode::SUCCESS)
}

fn draw(arguments: &SynthesizeArguments) -> Result<ExitCode> {
    let SynthesizeArguments { size, seed, out } = arguments;
    let (train, validation) = synthesize(*size, *seed);
    atomic_file::create_folder(out)?;
    for (letters, set) in [(train, "Train"), (validation, "Validation")] {
        let path = out.join(format!("{size}{set}.csv"));
        output::file(&path, |out| letters.write_csv(out))?;
    }
    Ok(ExitCode::SUCCESS)
}
