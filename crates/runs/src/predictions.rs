//! Predictions as text: a label a line, or CSV with the probability of each class.

use rankone::ndarray::ArrayView2;
use rankone::{Classes, Isa, Model, Number, Result};
use std::borrow::Cow;
use std::fmt::Write;

/// Writes the first line of predictions with probabilities: the names of the columns.
pub fn prediction_header(classes: &Classes) -> String {
    let names = (0..classes.len()).map(|class| format!(",{}", field(&classes.name(class))));
    format!("label{}\n", names.collect::<String>())
}

/// Writes a line for each of N examples, `features` N x M: its label, and if they are wanted the
/// probabilities of the classes.
///
/// # Errors
/// Those of [`Network::predict`](rankone::Network::predict).
pub fn prediction_lines<T: Number>(
    model: &Model<T>,
    features: ArrayView2<T>,
    isa: Isa,
    with_probabilities: bool,
) -> Result<String> {
    let (labels, y_hat) = model.network.predictions(features, isa, with_probabilities)?;
    let mut text = String::new();
    for (example, label) in labels.into_iter().enumerate() {
        let name = model.schema.classes.name(label);
        let Some(y_hat) = &y_hat else {
            text += &name;
            text.push('\n');
            continue;
        };
        text += &field(&name);
        y_hat.row(example).iter().for_each(|p| write!(text, ",{p}").expect("a string takes it"));
        text.push('\n');
    }
    Ok(text)
}

/// A name as a field of CSV, in quotes where it needs them.
fn field(name: &str) -> Cow<'_, str> {
    match name.contains(['"', ',']) {
        true => format!("\"{}\"", name.replace('"', "\"\"")).into(),
        false => name.into(),
    }
}
