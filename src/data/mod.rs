//! Labelled examples, and the files that they are read from.

mod classes;
mod columns;
mod fields;
pub mod letters;
mod lines;

mod reader;
mod rows;
mod scaling;
mod schema;

pub use classes::Classes;
pub use columns::{Column, Header};
pub use fields::Delimiter;
pub use reader::Reader;
pub use rows::Rows;
pub use scaling::{Scaling, Values};
pub use schema::Schema;

use crate::error::{Error, Result};
use crate::random::{Random, Stream};
use letters::{Letters, Split};
use ndarray::{Array2, ArrayView2, Axis, s};
use rankone_kernels::Number;
use std::hash::Hasher;
use std::path::Path;
use twox_hash::XxHash3_64;

/// N examples of M inputs each, with labels in `0..K`.
///
/// The inputs are stored with their constant `x[0] = 1` in front, N x (M+1) row-major, so that one
/// `gemv` with `alpha`, D x (M+1), does a layer with its bias.
#[derive(Debug, Clone, PartialEq)]
pub struct Dataset<T> {
    /// N x (M+1), column 0 all ones.
    x: Array2<T>,
    /// N, each below K.
    labels: Vec<usize>,
    schema: Schema,
}

/// The most classes that there can be; beyond, it is a slip.
pub const MOST_CLASSES: usize = 1 << 20;

impl<T: Number> Dataset<T> {
    /// A data set of N x M `features`, in any layout, and N `labels` in `0..classes`.
    ///
    /// # Errors
    /// [`Error::Mismatch`] where the counts differ, N, M or K is zero or K above 2^20, a label is
    /// outside `0..classes` or a feature is not finite.
    pub fn new(features: ArrayView2<T>, labels: Vec<usize>, classes: usize) -> Result<Self> {
        let schema = Schema::of_shape(features.ncols(), classes);
        Self::from_rows(with_constant(features)?, labels, schema)
    }

    /// Reads CSV files of whatever form its settings say.
    pub fn reader() -> Reader<T> {
        Reader::default()
    }

    /// Reads a CSV file: each line a label and M values from 0 to 1, after a header or not. The
    /// classes are the labels that the file holds. [`reader`](Self::reader) reads others.
    ///
    /// # Errors
    /// [`Error::Data`] names the file, line and column of the first fault, what was found there and
    /// what was expected.
    pub fn from_csv(path: impl AsRef<Path>) -> Result<Self> {
        Self::reader().read(path)
    }

    /// As [`from_csv`](Self::from_csv), with inputs and classes as `other` has them: a file that
    /// does not fit is refused.
    ///
    /// # Errors
    /// Those of [`from_csv`](Self::from_csv).
    pub fn from_csv_like(path: impl AsRef<Path>, other: &Self) -> Result<Self> {
        Self::reader().like(&other.schema).read(path)
    }

    /// `examples` of the built-in letters, drawn from `seed`: M = 128 pixels, 0 or 1, of 16 rows by
    /// 8 columns; K = 10 classes, in the order a e g i l n o r t u. The same everywhere, for ever.
    ///
    /// # Errors
    /// [`Error::Mismatch`] where there are to be none, or more than fit into the memory.
    pub fn letters(examples: usize, seed: u64, split: Split) -> Result<Self> {
        room_for::<T>(examples, 2 * letters::PIXELS)?;
        Self::from_letters(&letters::draw(examples, seed, split))
    }

    /// Letters that are drawn already.
    ///
    /// # Errors
    /// [`Error::Mismatch`] where there are none.
    pub fn from_letters(letters: &Letters) -> Result<Self> {
        let (n, m) = (letters.labels.len(), letters::PIXELS);
        let pixel = |place| T::from_f64(f64::from(letters.pixels[place]));
        let features = Array2::from_shape_fn((n, m), |(example, p)| pixel(example * m + p));
        let labels = letters.labels.iter().map(|&label| usize::from(label)).collect();
        Self::new(features.view(), labels, letters::CLASSES)
    }

    /// The same examples as of K = `classes`, whose labels are the numbers 0 to K-1 that the file
    /// has.
    ///
    /// # Errors
    /// [`Error::Mismatch`] where a label is not one of these, or `classes` above 2^20.
    pub fn with_classes(mut self, classes: usize) -> Result<Self> {
        let names = std::mem::replace(&mut self.schema.classes, Classes::Numbers(classes));
        if let Classes::Names(names) = names {
            let expected = format!("a label below the {classes} classes");
            let number = |name: &String| {
                name.parse().map_err(|_| mismatch("label", name.clone(), &expected))
            };
            let numbers = names.iter().map(number).collect::<Result<Vec<usize>>>()?;
            self.labels.iter_mut().for_each(|label| *label = numbers[*label]);
        }
        Self::from_rows(self.x.into_raw_vec_and_offset().0, self.labels, self.schema)
    }

    /// As [`Dataset::new`], from N x (M+1) row-major values whose column 0 is all ones already.
    fn from_rows(x: Vec<T>, labels: Vec<usize>, schema: Schema) -> Result<Self> {
        let (n, inputs, classes) = (labels.len(), schema.inputs, schema.classes.len());
        if n == 0 || inputs == 0 {
            let found = format!("{n} examples of {inputs} inputs");
            return Err(mismatch("data set", found, "at least one of each"));
        }
        if classes > MOST_CLASSES {
            let expected = format!("at most {MOST_CLASSES}");
            return Err(mismatch("number of classes", classes.to_string(), &expected));
        }
        if let Some(label) = labels.iter().find(|&&label| label >= classes) {
            let expected = format!("a label below the {classes} classes");
            return Err(mismatch("label", label.to_string(), &expected));
        }
        let rows = x.len() / (inputs + 1);
        let x = Array2::from_shape_vec((n, inputs + 1), x)
            .map_err(|_| mismatch("labels", n.to_string(), &format!("{rows}, one an example")))?;
        Ok(Self { x, labels, schema })
    }

    /// 64 bits of XXH3, hexadecimal, over the schema, in JSON, and for each example its label and
    /// inputs, each as 8 bytes, little-endian.
    pub(crate) fn checksum(&self) -> String {
        let mut hash = XxHash3_64::new();
        let schema = serde_json::to_vec(&self.schema).expect("names and finite numbers");
        hash.write(&schema);
        let mut bytes = Vec::with_capacity(8 * self.x.ncols());
        for (x, label) in self.iter() {
            bytes.clear();
            bytes.extend((label as u64).to_le_bytes());
            bytes.extend(x.iter().flat_map(|value| value.as_f64().to_le_bytes()));
            hash.write(&bytes);
        }
        format!("{:016x}", hash.finish())
    }

    /// Cuts off a `share` of the examples, drawn at random from `seed`: gives the rest, and these,
    /// both in order, with their values as they are.
    ///
    /// # Errors
    /// [`Error::Setting`] where a part would be empty.
    pub fn split(self, share: f64, seed: u64) -> Result<(Self, Self)> {
        let n = self.examples();
        let count = (share * n as f64 + 0.5).floor();
        if !(1.0..n as f64).contains(&count) {
            return Err(Error::Setting {
                name: "share of the examples for validation",
                found: format!("{share} of {n}"),
                expected: "one that leaves examples on either side",
            });
        }
        let mut is_drawn = vec![false; n];
        drawn(n, count as usize, seed).into_iter().for_each(|example| is_drawn[example] = true);
        Ok((self.part(|example| !is_drawn[example]), self.part(|example| is_drawn[example])))
    }

    /// Cuts the examples at random, from `seed`, into so many `folds` that differ by one example at
    /// most: gives for each of them the rest, and it, both in order.
    ///
    /// # Errors
    /// [`Error::Setting`] where there are more folds than examples.
    pub fn folds(self, folds: usize, seed: u64) -> Result<Vec<(Self, Self)>> {
        let n = self.examples();
        if folds > n {
            return Err(Error::Setting {
                name: "number of folds",
                found: format!("{folds} of {n} examples"),
                expected: "at most as many as there are examples",
            });
        }
        let mut fold_of = vec![0; n];
        for (place, example) in drawn(n, n, seed).into_iter().enumerate() {
            fold_of[example] = place % folds;
        }
        let turn = |fold| {
            (
                self.part(|example| fold_of[example] != fold),
                self.part(|example| fold_of[example] == fold),
            )
        };
        Ok((0..folds).map(turn).collect())
    }

    /// The examples that are wanted, in order.
    fn part(&self, is_wanted: impl Fn(usize) -> bool) -> Self {
        let places: Vec<_> = (0..self.examples()).filter(|&example| is_wanted(example)).collect();
        let labels = places.iter().map(|&example| self.labels[example]).collect();
        Self { x: self.x.select(Axis(0), &places), labels, schema: self.schema.clone() }
    }

    /// Scales the values as the schema asks: by figures of their own.
    fn scale(&mut self) -> Result<()> {
        if self.schema.scaling.is_none() {
            self.schema.scaling = Scaling::of(self.schema.values, self.values(), self.x.ncols())?;
            self.apply_scaling()?;
        }
        Ok(())
    }

    /// Scales the values, which are not scaled yet, by those of `other`.
    fn scale_like(&mut self, other: &Self) -> Result<()> {
        self.schema.clone_from(&other.schema);
        self.apply_scaling()
    }

    fn apply_scaling(&mut self) -> Result<()> {
        let Some(scaling) = &self.schema.scaling else { return Ok(()) };
        for mut row in self.x.rows_mut() {
            let row = row.as_slice_mut().expect("x is row-major");
            scaling.scale_row(&mut row[1..])?;
        }
        Ok(())
    }

    /// N, the number of examples; at least 1.
    pub fn examples(&self) -> usize {
        self.labels.len()
    }

    /// M, the number of inputs of an example without the constant; at least 1.
    pub fn inputs(&self) -> usize {
        self.x.ncols() - 1
    }

    /// K, the number of classes.
    pub fn classes(&self) -> usize {
        self.schema.classes.len()
    }

    /// What inputs and labels mean: names, classes, scaling.
    pub fn schema(&self) -> &Schema {
        &self.schema
    }

    /// The inputs alone, N x M.
    pub fn features(&self) -> ArrayView2<'_, T> {
        self.x.slice(s![.., 1..])
    }

    /// The labels, N.
    pub fn labels(&self) -> &[usize] {
        &self.labels
    }

    /// The inputs with their constant, N x (M+1) row-major, column 0 all ones.
    pub(crate) fn values(&self) -> &[T] {
        self.x.as_slice().expect("x is row-major")
    }

    /// An example: its input with the constant (M+1) and its label.
    ///
    /// # Panics
    /// Where there is no such example.
    pub fn example(&self, example: usize) -> (&[T], usize) {
        let columns = self.x.ncols();
        (&self.values()[example * columns..(example + 1) * columns], self.labels[example])
    }

    /// Every example in file order: its input with the constant (M+1) and its label.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&[T], usize)> {
        self.values().chunks_exact(self.x.ncols()).zip(self.labels.iter().copied())
    }
}

/// `count` of `n` examples, drawn at random from `seed`: the beginning of a shuffle, as many swaps
/// as there are to draw.
fn drawn(n: usize, count: usize, seed: u64) -> Vec<usize> {
    let mut random = Random::new(seed, Stream::Split);
    let mut order: Vec<_> = (0..n).collect();
    (0..count).for_each(|place| order.swap(place, place + random.below(n - place)));
    order.truncate(count);
    order
}

/// N x M `features` with their constant in front: N x (M+1) row-major values.
///
/// # Errors
/// [`Error::Mismatch`] where a feature is not finite, or there are more than fit into the memory.
pub(crate) fn with_constant<T: Number>(features: ArrayView2<T>) -> Result<Vec<T>> {
    let (n, m) = features.dim();
    let mut x = room_for(n, m + 1)?;
    for row in features.rows() {
        x.push(T::one());
        x.extend(row);
    }
    if x.iter().any(|value| !value.is_finite()) {
        return Err(mismatch("features", "a value that is not finite".into(), "finite numbers"));
    }
    Ok(x)
}

fn mismatch(what: &'static str, found: String, expected: &str) -> Error {
    Error::Mismatch { what, found, expected: expected.into() }
}

/// Room for `rows` x `columns` values.
///
/// # Errors
/// [`Error::Mismatch`] where the memory has none.
pub(crate) fn room_for<V>(rows: usize, columns: usize) -> Result<Vec<V>> {
    let mut values = Vec::new();
    match values.try_reserve_exact(rows.saturating_mul(columns)) {
        Ok(()) => Ok(values),
        Err(_) => {
            Err(mismatch("number of examples", rows.to_string(), "as many as fit into the memory"))
        }
    }
}
