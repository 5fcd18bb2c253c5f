//! What a model is; and every intermediate value of one example.

use crate::data::DataFile;
use rankone::engine::reference::Example;
use rankone::ndarray::{ArrayView1, ArrayView2};
use rankone::{AnyModel, Error, Model, Number, Result};
use serde::{Serialize, Serializer};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;

/// Values by name, in the order in which they are printed.
#[derive(Debug, Clone, PartialEq)]
pub struct Inspection(Vec<(&'static str, Value)>);

impl Inspection {
    /// Describes the model in the file `path`.
    ///
    /// # Errors
    /// Those of [`AnyModel::load`].
    pub fn of_file(path: &Path) -> Result<Self> {
        match AnyModel::load(path)? {
            AnyModel::F64(model) => Self::of_model(&model, path),
            AnyModel::F32(model) => Self::of_model(&model, path),
        }
    }

    /// Computes the values of one example, the `number`th of `data` from 1, with the model in the
    /// file `path` and the modules of the reference engine; and its gradients, if they are wanted.
    ///
    /// # Errors
    /// Those of [`AnyModel::load`] and of reading the data; [`Error::Mismatch`] where there is no
    /// such example.
    pub fn of_example(
        path: &Path,
        data: DataFile<'_>,
        number: usize,
        with_gradients: bool,
    ) -> Result<Self> {
        match AnyModel::load(path)? {
            AnyModel::F64(model) => Self::example(&model, data, number, with_gradients),
            AnyModel::F32(model) => Self::example(&model, data, number, with_gradients),
        }
    }

    fn of_model<T: Number>(model: &Model<T>, path: &Path) -> Result<Self> {
        let Model { network, schema, .. } = model;
        let (alpha, beta) = network.parameters();
        let norm = |matrix: ArrayView2<T>| {
            matrix.iter().map(|w| w.as_f64().powi(2)).sum::<f64>().sqrt().into()
        };
        let parameters = alpha.iter().chain(beta);
        let largest = parameters.fold(0.0, |largest: f64, w| largest.max(w.as_f64().abs()));
        Ok(Self(vec![
            ("precision", json!(T::PRECISION)),
            ("hidden", network.hidden().into()),
            ("norm_of_alpha", norm(alpha)),
            ("norm_of_beta", norm(beta)),
            ("largest_parameter", largest.into()),
            ("schema", json!(schema)),
            ("origin", json!(AnyModel::origin(path)?)),
        ]))
    }

    fn example<T: Number>(
        model: &Model<T>,
        data: DataFile<'_>,
        number: usize,
        with_gradients: bool,
    ) -> Result<Self> {
        let Model { network, schema, .. } = model;
        let data = data.reader::<T>().limit(number).like(schema).read(data.path)?;
        if data.examples() < number {
            return Err(Error::Mismatch {
                what: "number of the example",
                found: number.to_string(),
                expected: format!("at most {}, as many as the file has", data.examples()),
            });
        }
        let (x, y) = data.example(number - 1);
        let Example { forward, backward } = network.example(x[1..].into(), y)?;
        let mut values = vec![
            ("x", vector(x.into())),
            ("y", schema.classes.name(y).into()),
            ("a", vector(forward.a.view())),
            ("z", vector(forward.z.view())),
            ("b", vector(forward.b.view())),
            ("y_hat", vector(forward.y_hat.view())),
            ("J", decimal(&forward.j).into()),
        ];
        if with_gradients {
            values.extend([
                ("g_b", vector(backward.g_b.view())),
                ("g_beta", matrix(backward.g_beta.view())),
                ("g_z", vector(backward.g_z.view())),
                ("g_a", vector(backward.g_a.view())),
                ("g_alpha", matrix(backward.g_alpha.view())),
            ]);
        }
        Ok(Self(values))
    }
}

fn matrix<T: Number>(values: ArrayView2<T>) -> Value {
    values.rows().into_iter().map(vector).collect()
}

fn vector<T: Number>(values: ArrayView1<T>) -> Value {
    values.iter().map(decimal).collect()
}

/// The number with the digits that tell it from all others of its type.
fn decimal<T: Number>(value: &T) -> f64 {
    value.to_string().parse().expect("a number")
}

impl Serialize for Inspection {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0
            .iter()
            .map(|(name, value)| (name, value))
            .collect::<BTreeMap<_, _>>()
            .serialize(serializer)
    }
}

impl fmt::Display for Inspection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|(name, value)| write_value(name, value, f))
    }
}

/// Writes a value for people, on lines that end with a line feed.
fn write_value(name: &str, value: &Value, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    match value {
        Value::Object(parts) => {
            parts.iter().try_for_each(|(name, part)| write_value(name, part, f))
        }
        Value::Array(parts) if parts[0].is_array() => {
            writeln!(f, "{name}, row by row:")?;
            let mut rows = (0..).zip(parts);
            rows.try_for_each(|(row, part)| write_value(&format!("  row {row}"), part, f))
        }
        Value::Array(parts) if parts[0].is_string() => {
            writeln!(f, "{name}: {}", parts.iter().map(text).collect::<Vec<_>>().join(", "))
        }
        // Lines of eight numbers, each after the index of its first.
        Value::Array(parts) => {
            writeln!(f, "{name}, {} numbers:", parts.len())?;
            for (line, parts) in parts.chunks(8).enumerate() {
                write!(f, "{:>6}", 8 * line)?;
                for number in parts.iter().filter_map(Value::as_f64) {
                    match number.abs() {
                        0.0 | 1e-3..1e5 => write!(f, " {number:>12.6}")?,
                        _ => write!(f, " {number:>12.4e}")?,
                    }
                }
                writeln!(f)?;
            }
            Ok(())
        }
        other => writeln!(f, "{name}: {}", text(other)),
    }
}
