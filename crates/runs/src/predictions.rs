//! Predictions as text: a label a line, or CSV with the probability of each class.

use crate::data::FileForm;
use crate::error::name_model;
use rankone::ndarray::ArrayView2;
use rankone::{AnyModel, Classes, Error, Isa, Model, Number, Result};
use std::borrow::Cow;
use std::fmt::Write;
use std::io::Read;
use std::path::Path;

/// A model that predicts the examples of data files.
#[derive(Debug, Clone, Copy)]
pub struct Predictor<'a> {
    /// The file of the model.
    pub model: &'a Path,
    /// The form of the data files.
    pub form: &'a FileForm,
    /// The instructions that predict.
    pub isa: Isa,
    /// Whether the probability of each class is wanted, as CSV with a header.
    pub with_probabilities: bool,
}

/// The most examples of a stream that are predicted together.
const TOGETHER: usize = 4096;

impl Predictor<'_> {
    /// Predicts the examples in the file `data`: a line for each.
    ///
    /// # Errors
    /// Those of [`AnyModel::load`], of reading the data, and of
    /// [`Network::predict`](rankone::Network::predict).
    pub fn file(&self, data: &Path) -> Result<String> {
        match AnyModel::load(self.model)? {
            AnyModel::F64(model) => self.file_with(&model, data),
            AnyModel::F32(model) => self.file_with(&model, data),
        }
    }

    /// Predicts the examples that `reader` reads, as they come: gives `write` the lines for those
    /// that have arrived before it waits for more. Errors call the data `name`.
    ///
    /// # Errors
    /// Those of [`file`](Self::file), and those of `write`.
    pub fn stream<E: From<Error>>(
        &self,
        name: &Path,
        reader: impl Read,
        write: impl FnMut(&str) -> Result<(), E>,
    ) -> Result<(), E> {
        match AnyModel::load(self.model)? {
            AnyModel::F64(model) => self.stream_with(&model, name, reader, write),
            AnyModel::F32(model) => self.stream_with(&model, name, reader, write),
        }
    }

    fn file_with<T: Number>(&self, model: &Model<T>, data: &Path) -> Result<String> {
        let features = self.form.reader::<T>().like(&model.schema).read_features(data)?;
        Ok(self.header(&model.schema.classes) + &self.lines(model, features.view())?)
    }

    fn stream_with<T: Number, E: From<Error>>(
        &self,
        model: &Model<T>,
        name: &Path,
        reader: impl Read,
        mut write: impl FnMut(&str) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut rows = self.form.reader::<T>().like(&model.schema).stream(name, reader)?;
        let mut text = self.header(&model.schema.classes);
        loop {
            let (features, more) = rows.batch(TOGETHER);
            if !features.is_empty() {
                text += &self.lines(model, features.view())?;
                write(&text)?;
                text.clear();
            }
            if !more? {
                return write(&text);
            }
        }
    }

    fn header(&self, classes: &Classes) -> String {
        if !self.with_probabilities {
            return String::new();
        }
        let names = (0..classes.len()).map(|class| format!(",{}", field(&classes.name(class))));
        format!("label{}\n", names.collect::<String>())
    }

    /// A line for each of the N examples of `features`, N x M.
    fn lines<T: Number>(&self, model: &Model<T>, features: ArrayView2<T>) -> Result<String> {
        let found = model.network.predictions(features, self.isa, self.with_probabilities);
        let (labels, y_hat) = found.map_err(name_model(self.model))?;
        let mut text = String::new();
        for (example, label) in labels.into_iter().enumerate() {
            let name = model.schema.classes.name(label);
            match &y_hat {
                None => text += &name,
                Some(y_hat) => {
                    text += &field(&name);
                    let mut probabilities = y_hat.row(example).into_iter();
                    probabilities
                        .try_for_each(|p| write!(text, ",{p}"))
                        .expect("it takes any text");
                }
            }
            text.push('\n');
        }
        Ok(text)
    }
}

/// A name as a field of CSV, in quotes where it needs them.
fn field(name: &str) -> Cow<'_, str> {
    match name.contains(['"', ',']) {
        true => format!("\"{}\"", name.replace('"', "\"\"")).into(),
        false => name.into(),
    }
}
