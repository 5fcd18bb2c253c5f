//! `rankone inspect`

use super::output;
use super::reading::FormArguments;
use crate::model_file::{self, AnyModel};
use crate::textbook::Example;
use crate::{Error, Model, Number, Result};
use clap::Args;
use ndarray::{ArrayView1, ArrayView2};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Print what a model is; or every number of one example on its way through it
///
/// Of an example: the input x with its constant, a = alpha x, z = sigmoid(a), b = beta [1; z], y_hat = softmax(b), and
/// J = -log y_hat[y], by the textbook's plain loops.
#[derive(Debug, Args)]
pub(super) struct InspectArguments {
    /// A model.safetensors that `rankone train --out` wrote
    model: PathBuf,

    /// CSV of a label and values a line
    #[arg(value_name = "DATA.csv", requires = "example")]
    data: Option<PathBuf>,

    /// Number of the example in the file, from 1
    #[arg(long, value_name = "I", requires = "data", value_parser = clap::value_parser!(u64).range(1..))]
    example: Option<u64>,

    /// Print the gradients of J too: g_b, g_beta, g_z, g_a, g_alpha
    #[arg(long, requires = "data")]
    gradients: bool,

    /// Print one JSON object, with all digits
    #[arg(long)]
    json: bool,

    #[command(flatten)]
    form: FormArguments,
}

pub(super) fn run(arguments: &InspectArguments) -> Result<ExitCode> {
    match AnyModel::load(&arguments.model)? {
        AnyModel::F64(model) => inspect(&model, arguments),
        AnyModel::F32(model) => inspect(&model, arguments),
    }
}

/// What is known, by name, in the order in which it is printed.
type Found = Vec<(&'static str, Value)>;

fn inspect<T: Number>(model: &Model<T>, arguments: &InspectArguments) -> Result<ExitCode> {
    let found = match (&arguments.data, arguments.example) {
        (Some(data), Some(example)) => one_example(model, data, example as usize, arguments)?,
        _ => whole(model, &arguments.model)?,
    };
    if arguments.json {
        return output::json(&found.into_iter().collect::<BTreeMap<_, _>>());
    }
    output::data(|out| found.iter().try_for_each(|(name, value)| print(name, value, out)))
}

fn whole<T: Number>(model: &Model<T>, path: &Path) -> Result<Found> {
    let Model { network, schema, .. } = model;
    let (alpha, beta) = network.parameters();
    let norm = |matrix: ArrayView2<T>| {
        matrix.iter().map(|w| w.as_f64().powi(2)).sum::<f64>().sqrt().into()
    };
    let largest = alpha.iter().chain(beta).fold(0.0, |most: f64, w| most.max(w.as_f64().abs()));
    Ok(vec![
        ("precision", json!(T::PRECISION)),
        ("hidden", network.hidden().into()),
        ("norm_of_alpha", norm(alpha)),
        ("norm_of_beta", norm(beta)),
        ("largest_parameter", largest.into()),
        ("schema", json!(schema)),
        ("origin", json!(model_file::origin(path)?)),
    ])
}

fn one_example<T: Number>(
    model: &Model<T>,
    data: &Path,
    example: usize,
    arguments: &InspectArguments,
) -> Result<Found> {
    let Model { network, schema, .. } = model;
    let data = arguments.form.reader::<T>().limit(example).like(schema).read(data)?;
    if data.examples() < example {
        return Err(Error::Mismatch {
            what: "number of the example",
            found: example.to_string(),
            expected: format!("at most {}, as many as the file has", data.examples()),
        });
    }
    let (x, y) = data.example(example - 1);
    let Example { forward, backward } = network.example(x[1..].into(), y)?;
    let vector = |values: ArrayView1<T>| Value::from_iter(values.iter().map(decimal));
    let matrix = |values: ArrayView2<T>| Value::from_iter(values.rows().into_iter().map(vector));
    let mut found = vec![
        ("x", vector(x.into())),
        ("y", schema.classes.name(y).into()),
        ("a", vector(forward.a.view())),
        ("z", vector(forward.z.view())),
        ("b", vector(forward.b.view())),
        ("y_hat", vector(forward.y_hat.view())),
        ("J", decimal(&forward.j).into()),
    ];
    if arguments.gradients {
        found.extend([
            ("g_b", vector(backward.g_b.view())),
            ("g_beta", matrix(backward.g_beta.view())),
            ("g_z", vector(backward.g_z.view())),
            ("g_a", vector(backward.g_a.view())),
            ("g_alpha", matrix(backward.g_alpha.view())),
        ]);
    }
    Ok(found)
}

/// The number with the digits that tell it from all others of its type.
fn decimal<T: Number>(value: &T) -> f64 {
    value.to_string().parse().expect("a number")
}

fn print(name: &str, value: &Value, out: &mut dyn Write) -> io::Result<()> {
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    match value {
        Value::Object(parts) => parts.iter().try_for_each(|(name, part)| print(name, part, out)),
        Value::Array(parts) if parts[0].is_array() => {
            writeln!(out, "{name}, row by row:")?;
            (0..).zip(parts).try_for_each(|(row, part)| print(&format!("  row {row}"), part, out))
        }
        Value::Array(parts) if parts[0].is_string() => {
            writeln!(out, "{name}: {}", parts.iter().map(text).collect::<Vec<_>>().join(", "))
        }
        // Lines of eight numbers, each after the index of its first.
        Value::Array(parts) => {
            writeln!(out, "{name}, {} numbers:", parts.len())?;
            for (line, parts) in parts.chunks(8).enumerate() {
                write!(out, "{:>6}", 8 * line)?;
                for number in parts.iter().filter_map(Value::as_f64) {
                    match number.abs() {
                        0.0 | 1e-3..1e5 => write!(out, " {number:>12.6}")?,
                        _ => write!(out, " {number:>12.4e}")?,
                    }
                }
                writeln!(out)?;
            }
            Ok(())
        }
        other => writeln!(out, "{name}: {}", text(other)),
    }
}
