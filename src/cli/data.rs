//! `rankone data`

use super::reading::{FormArguments, MeaningArguments, classes};
use super::traps::row_hash;
use super::{choice, output};
use crate::dataset::letters::{PIXELS, Size, synthesize};
use crate::figure;
use crate::{Dataset, Error, Reader, Result, Schema, Values, whole_file};
use clap::{Args, Subcommand};
use std::collections::HashMap;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

#[derive(Debug, Subcommand)]
pub(super) enum DataCommand {
    Check(CheckArguments),
    Render(RenderArguments),
    Synthesize(SynthesizeArguments),
}

/// Read data files and describe them; exits with 3 at the first fault
#[derive(Debug, Args)]
pub(super) struct CheckArguments {
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
pub(super) struct RenderArguments {
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
pub(super) struct SynthesizeArguments {
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

/// The handout's sizes, and a large one.
const SIZES: [(&str, &str); 4] = [
    ("small", "500 and 100"),
    ("medium", "5000 and 1000"),
    ("large", "9000 and 1000"),
    ("mnist", "60000 and 10000, of 28 x 28 pixels in shades of grey"),
];

pub(super) fn run(command: &DataCommand) -> Result<ExitCode> {
    match command {
        DataCommand::Check(arguments) => check(arguments),
        DataCommand::Render(arguments) => render(arguments),
        DataCommand::Synthesize(arguments) => draw(arguments),
    }
}

fn check(arguments: &CheckArguments) -> Result<ExitCode> {
    let reader = arguments.meaning.reader::<f64>(&arguments.form);
    // Which file an example was first seen in, by a hash of its label and values.
    let mut seen = HashMap::new();
    for (index, path) in arguments.files.iter().enumerate() {
        let data = reader.read(path)?;
        let mut repeated = vec![0; index + 1];
        for row in data.iter() {
            let first = *seen.entry(row_hash(row)).or_insert(index);
            repeated[first] += 1;
        }
        // One of each that was first seen here is no repetition.
        repeated[index] -= seen.values().filter(|&&first| first == index).count();
        output::data(|out| {
            describe(path, &data, out)?;
            tell_repeated(&repeated, &arguments.files, out)
        })?;
    }
    Ok(ExitCode::SUCCESS)
}

fn describe(path: &Path, data: &Dataset<f64>, out: &mut dyn Write) -> io::Result<()> {
    let (n, m) = (data.examples(), data.inputs());
    let share = |wanted: fn(&f64) -> bool| {
        let features = data.features();
        100.0 * features.iter().filter(|v| wanted(v)).count() as f64 / (n * m) as f64
    };
    writeln!(out, "{}", path.display())?;
    writeln!(out, "  examples    {n}")?;
    let schema = data.schema();
    writeln!(out, "  columns     {}: a label and {m} values", m + 1)?;
    if let Some(names) = &schema.input_names {
        let label = schema.label_name.as_deref().unwrap_or("label");
        writeln!(out, "  header      {label}; {}", names.join(", "))?;
    }
    let mut counts = vec![0; data.classes()];
    data.labels().iter().for_each(|&label| counts[label] += 1);
    write!(out, "  labels     ")?;
    for (label, count) in counts.iter().enumerate().filter(|(_, count)| **count > 0) {
        write!(out, " {}: {count} ", schema.classes.name(label))?;
    }
    writeln!(out)?;
    let of_all =
        |start, fold: fn(f64, f64) -> f64| data.features().iter().copied().fold(start, fold);
    writeln!(
        out,
        "  values      {} to {}, {:.1} % nonzero, {:.1} % neither 0 nor 1",
        of_all(f64::INFINITY, f64::min),
        of_all(f64::NEG_INFINITY, f64::max),
        share(|v| *v != 0.0),
        share(|v| *v != 0.0 && *v != 1.0)
    )
}

/// How many examples of the file at the last position of `repeated` stand in it before, and how many in each
/// of the files before it.
fn tell_repeated(repeated: &[usize], files: &[PathBuf], out: &mut dyn Write) -> io::Result<()> {
    let [others @ .., own] = repeated else { return Ok(()) };
    writeln!(out, "  duplicates  {own} examples stand in it before")?;
    for (count, file) in others.iter().zip(files).filter(|(count, _)| **count > 0) {
        writeln!(out, "              {count} examples stand in {}", file.display())?;
    }
    Ok(())
}

fn render(arguments: &RenderArguments) -> Result<ExitCode> {
    let reader = Reader::<f32>::default().like(&Schema::of_shape(PIXELS, arguments.classes));
    let data = reader.values(Values::Unit).read(&arguments.file)?;
    let picture = figure::letters(&data, usize::from(arguments.per_class), arguments.seed)?;
    whole_file::write(&arguments.out, |out| out.write_all(&picture))?;
    output::note(&format!("written {}", arguments.out.display()));
    Ok(ExitCode::SUCCESS)
}

fn draw(arguments: &SynthesizeArguments) -> Result<ExitCode> {
    let name = arguments.size;
    let (train, validation) = synthesize(arguments.size, arguments.seed);
    fs::create_dir_all(&arguments.out).map_err(Error::io(&arguments.out))?;
    for (letters, set) in [(train, "Train"), (validation, "Validation")] {
        let path = arguments.out.join(format!("{name}{set}.csv"));
        whole_file::write(&path, |out| letters.write_csv(out))?;
        output::note(&format!("written {}", path.display()));
    }
    Ok(ExitCode::SUCCESS)
}
