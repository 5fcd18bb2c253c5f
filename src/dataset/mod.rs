//! Labelled examples.

pub mod csv;
pub mod letters;
mod pen;
mod strokes;

use crate::error::{Error, Result};
use crate::number::Number;
use letters::{Letters, Split};
use ndarray::{Array2, ArrayView2, s};
use std::path::Path;

/// N examples of M inputs each, with labels in `0..K`.
///
/// The inputs are stored with their constant `x[0] = 1` in front, N x (M+1) row-major, so that one
/// `gemv` with `alpha`, D x (M+1), does a layer with its bias.
#[derive(Debug, Clone, PartialEq)]
pub struct Dataset<T> {
    /// N x (M+1), column 0 all ones.
    x: Array2<T>,
    /// N, each below `classes`.
    labels: Vec<usize>,
    classes: usize,
}

/// The most classes that there can be; beyond, it is a slip.
pub const MOST_CLASSES: usize = 1 << 20;

impl<T: Number> Dataset<T> {
    /// A data set of N x M `features`, in any layout, and N `labels` in `0..classes`.
    ///
    /// # Errors
    /// [`Error::Mismatch`] where the counts differ, N, M or K is zero or K above 2^20, a label is outside
    /// `0..classes` or a feature is not finite.
    pub fn new(features: ArrayView2<T>, labels: Vec<usize>, classes: usize) -> Result<Self> {
        let m = features.ncols();
        Self::from_rows(with_constant(features)?, m, labels, classes)
    }

    /// Reads a CSV file without a header: each line a label and M values from 0 to 1. M is what the first line
    /// has, K the greatest label and one.
    ///
    /// # Errors
    /// [`Error::Data`] names the file, line and column of the first fault, what was found there and what was
    /// expected.
    pub fn from_csv(path: impl AsRef<Path>) -> Result<Self> {
        csv::read(path.as_ref(), None, None)
    }

    /// As [`from_csv`](Self::from_csv), with M and K as `other` has them: a file that does not fit is refused.
    ///
    /// # Errors
    /// Those of [`from_csv`](Self::from_csv).
    pub fn from_csv_like(path: impl AsRef<Path>, other: &Self) -> Result<Self> {
        csv::read(path.as_ref(), other.classes, Some(other.inputs()))
    }

    /// `examples` of the built-in letters, drawn from `seed`: M = 128 pixels, 0 or 1, of 16 rows by 8 columns;
    /// K = 10 classes, in the order a e g i l n o r t u. The same everywhere, for ever.
    ///
    /// # Errors
    /// [`Error::Mismatch`] where there are to be none, or more than fit into the memory.
    pub fn letters(examples: usize, seed: u64, split: Split) -> Result<Self> {
        room_for::<T>(examples, 2 * letters::PIXELS)?;
        Self::from_letters(&letters::draw(examples, seed, split))
    }

    /// Letters that are drawn already.
    pub(crate) fn from_letters(letters: &Letters) -> Result<Self> {
        let (n, m) = (letters.labels.len(), letters::PIXELS);
        let pixel = |place| T::from_f64(f64::from(letters.pixels[place]));
        let features = Array2::from_shape_fn((n, m), |(example, p)| pixel(example * m + p));
        let labels = letters.labels.iter().map(|&label| usize::from(label)).collect();
        Self::new(features.view(), labels, letters::CLASSES)
    }

    /// The same examples as of K = `classes`.
    ///
    /// # Errors
    /// [`Error::Mismatch`] where a label is outside `0..classes`, or `classes` above 2^20.
    pub fn with_classes(self, classes: usize) -> Result<Self> {
        let inputs = self.inputs();
        Self::from_rows(self.x.into_raw_vec_and_offset().0, inputs, self.labels, classes)
    }

    /// As [`Dataset::new`], from N x (M+1) row-major values whose column 0 is all ones already.
    fn from_rows(x: Vec<T>, inputs: usize, labels: Vec<usize>, classes: usize) -> Result<Self> {
        let mismatch = |what, found: String, expected: &str| Error::Mismatch {
            what,
            found,
            expected: expected.into(),
        };
        let n = labels.len();
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
        Ok(Self { x, labels, classes })
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
        self.classes
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

    /// Every example in file order: its input with the constant (M+1) and its label.
    pub(crate) fn iter(&self) -> impl ExactSizeIterator<Item = (&[T], usize)> {
        self.values().chunks_exact(self.x.ncols()).zip(self.labels.iter().copied())
    }
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
        return Err(Error::Mismatch {
            what: "features",
            found: "a value that is not finite".into(),
            expected: "finite numbers".into(),
        });
    }
    Ok(x)
}

/// Room for `rows` x `columns` values.
///
/// # Errors
/// [`Error::Mismatch`] where the memory has none.
pub(crate) fn room_for<V>(rows: usize, columns: usize) -> Result<Vec<V>> {
    let mut values = Vec::new();
    match values.try_reserve_exact(rows.saturating_mul(columns)) {
        Ok(()) => Ok(values),
        Err(_) => Err(Error::Mismatch {
            what: "number of examples",
            found: rows.to_string(),
            expected: "as many as fit into the memory".into(),
        }),
    }
}
