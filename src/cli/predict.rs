//! `rankone predict`

use super::reading::FormArguments;
use super::{isa, of_model, output};
use crate::AnyModel;
use crate::dataset::Rows;
use crate::{Model, Number, Result, whole_file};
use clap::Args;
use ndarray::ArrayView2;
use std::borrow::Cow;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Print the label that a model gives to each example, one a line
///
/// The file may have labels, which are not used, or not: the number or the names of its columns tell.
#[derive(Debug, Args)]
pub(super) struct PredictArguments {
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

pub(super) fn run(arguments: &PredictArguments) -> Result<ExitCode> {
    match AnyModel::load(&arguments.model)? {
        AnyModel::F64(model) => predict(&model, arguments),
        AnyModel::F32(model) => predict(&model, arguments),
    }
}

/// Examples of standard input that are predicted together at most.
const TOGETHER: usize = 4096;

fn predict<T: Number>(model: &Model<T>, arguments: &PredictArguments) -> Result<ExitCode> {
    let reader = arguments.form.reader::<T>().like(&model.schema);
    let mut text = Vec::new();
    if arguments.probabilities {
        write_header(model, &mut text);
    }
    if arguments.data == Path::new("-") {
        let rows = reader.stream(Path::new("standard input"), io::stdin())?;
        answer(rows, model, arguments, &mut text)?;
    } else {
        let features = reader.read_features(&arguments.data)?;
        write_predictions(model, features.view(), arguments, &mut text)?;
    }
    match &arguments.out {
        Some(path) => whole_file::write(path, |out| out.write_all(&text)),
        None => output::data(|out| out.write_all(&text)).map(drop),
    }?;
    Ok(ExitCode::SUCCESS)
}

/// Predicts rows as they come, and writes `text` whenever there is nobody to wait for. What stands before a fault is
/// answered before the fault is told.
fn answer<T: Number>(
    mut rows: Rows<T>,
    model: &Model<T>,
    arguments: &PredictArguments,
    text: &mut Vec<u8>,
) -> Result<()> {
    let (m, mut x, mut n) = (model.network.inputs(), Vec::new(), 0);
    loop {
        let next = rows.advance().and_then(|is_there| {
            if is_there {
                rows.inputs(&mut x)?;
            }
            Ok(is_there)
        });
        if let Ok(true) = next {
            n += 1;
            // Whoever waits for an answer gets it before more is asked for.
            if rows.lines.has_more_at_hand() && n < TOGETHER {
                continue;
            }
        }
        if n > 0 {
            let features = ArrayView2::from_shape((n, m), &x[..n * m]).expect("n rows of M");
            write_predictions(model, features, arguments, text)?;
            if arguments.out.is_none() {
                output::data(|out| out.write_all(text))?;
                text.clear();
            }
            x.clear();
            n = 0;
        }
        if !next? {
            return Ok(());
        }
    }
}

fn write_header<T: Number>(model: &Model<T>, text: &mut Vec<u8>) {
    let classes = &model.schema.classes;
    let names = (0..classes.len()).map(|class| format!(",{}", field(&classes.name(class))));
    text.extend(format!("label{}\n", names.collect::<String>()).into_bytes());
}

/// A line for each of the N examples of `features`, N x M: its label, and the probabilities if they are wanted.
fn write_predictions<T: Number>(
    model: &Model<T>,
    features: ArrayView2<T>,
    arguments: &PredictArguments,
    text: &mut Vec<u8>,
) -> Result<()> {
    let Model { network, schema, .. } = model;
    let found = network.predictions(features, isa()?, arguments.probabilities);
    let (labels, y_hat) = of_model(found, &arguments.model)?;
    let mut line = |example: usize| {
        let name = schema.classes.name(labels[example]);
        let Some(y_hat) = &y_hat else { return writeln!(text, "{name}") };
        write!(text, "{}", field(&name))?;
        y_hat.row(example).iter().try_for_each(|p| write!(text, ",{p}"))?;
        writeln!(text)
    };
    (0..labels.len()).try_for_each(&mut line).expect("memory takes any bytes");
    Ok(())
}

/// A name as a field of CSV.
fn field(name: &str) -> Cow<'_, str> {
    match name.contains(['"', ',']) {
        true => format!("\"{}\"", name.replace('"', "\"\"")).into(),
        false => name.into(),
    }
}
