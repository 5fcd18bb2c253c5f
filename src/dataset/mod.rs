//! Labelled examples, held as the kernels want them.

pub mod csv;
mod pen;
mod strokes;
pub mod synthetic;

use crate::error::{Error, Result};
use crate::kernels::nonzero::{Nonzero, Rows};
use crate::scalar::Scalar;
use ndarray::{Array2, ArrayView2, s};
use std::sync::OnceLock;

/// N examples of M inputs each, with labels in `0..K`.
///
/// The inputs are stored with their constant `x[0] = 1` in front, N x (M+1) row-major, so that one
/// `gemv` with `alpha`, D x (M+1), does a layer with its bias.
#[derive(Debug, Clone)]
pub struct Dataset<T> {
    /// N x (M+1), column 0 all ones.
    x: Array2<T>,
    /// N, each below `classes`.
    labels: Vec<usize>,
    classes: usize,
    /// Of `x`; made when a kernel first asks, for all who ask.
    nonzero: OnceLock<Nonzero>,
}

impl<T: PartialEq> PartialEq for Dataset<T> {
    fn eq(&self, other: &Self) -> bool {
        (&self.x, &self.labels, self.classes) == (&other.x, &other.labels, other.classes)
    }
}

impl<T: Scalar> Dataset<T> {
    /// A data set of N x M `features` and N `labels` in `0..classes`.
    ///
    /// # Errors
    /// [`Error::Mismatch`] where the counts differ, N, M or K is zero, a label is outside `0..classes`
    /// or a feature is not finite.
    pub fn new(features: ArrayView2<T>, labels: Vec<usize>, classes: usize) -> Result<Self> {
        let (n, m) = features.dim();
        let mut x = Array2::ones((n, m + 1));
        x.slice_mut(s![.., 1..]).assign(&features);
        if features.iter().any(|value| !value.is_finite()) {
            return Err(Error::Mismatch {
                what: "features",
                found: "a value that is not finite".into(),
                expected: "finite numbers".into(),
            });
        }
        Self::from_rows(x.into_raw_vec_and_offset().0, m, labels, classes)
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
        if let Some(label) = labels.iter().find(|&&label| label >= classes) {
            let expected = format!("a label below the {classes} classes");
            return Err(mismatch("label", label.to_string(), &expected));
        }
        let rows = x.len() / (inputs + 1);
        let x = Array2::from_shape_vec((n, inputs + 1), x)
            .map_err(|_| mismatch("labels", n.to_string(), &format!("{rows}, one an example")))?;
        Ok(Self { x, labels, classes, nonzero: OnceLock::new() })
    }

    /// The built-in letters, K = 10: see [`synthetic`].
    pub fn from_letters(letters: &synthetic::Letters) -> Self {
        let n = letters.labels.len();
        let m = synthetic::PIXELS;
        let x = Array2::from_shape_fn((n, m + 1), |(example, column)| match column {
            0 => T::one(),
            _ => T::from_f64(f64::from(letters.pixels[example * m + column - 1])),
        });
        Self {
            x,
            labels: letters.labels.iter().map(|&l| usize::from(l)).collect(),
            classes: synthetic::CLASSES,
            nonzero: OnceLock::new(),
        }
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

    /// The inputs with their constant, N x (M+1), contiguous in row-major order, column 0 all ones.
    pub fn x(&self) -> ArrayView2<'_, T> {
        self.x.view()
    }

    /// The inputs alone, N x M.
    pub fn features(&self) -> ArrayView2<'_, T> {
        self.x.slice(s![.., 1..])
    }

    /// The labels, N.
    pub fn labels(&self) -> &[usize] {
        &self.labels
    }

    /// [`Dataset::x`] as a slice, row after row.
    pub fn values(&self) -> &[T] {
        self.x.as_slice().expect("x is row-major")
    }

    /// [`Dataset::x`] as the kernels read it.
    pub(crate) fn rows(&self) -> Rows<'_, T> {
        let columns = self.inputs() + 1;
        self.nonzero
            .get_or_init(|| Nonzero::new(self.values(), columns))
            .rows(self.values(), columns)
    }

    /// Every example in file order: its input with the constant (M+1) and its label.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&[T], usize)> {
        self.values().chunks_exact(self.x.ncols()).zip(self.labels.iter().copied())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    #[test]
    fn the_constant_stands_before_the_features() {
        let data = Dataset::new(array![[0.5, 0.25], [0.0, 1.0]].view(), vec![2, 0], 3).unwrap();
        assert_eq!(data.x(), array![[1.0, 0.5, 0.25], [1.0, 0.0, 1.0]]);
        assert_eq!(data.features(), array![[0.5, 0.25], [0.0, 1.0]]);
        assert_eq!((data.examples(), data.inputs(), data.classes()), (2, 2, 3));
        let second = data.iter().nth(1).unwrap();
        assert_eq!(second, ([1.0, 0.0, 1.0].as_slice(), 0));
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        let features = array![[0.5f32], [1.0]];
        assert!(Dataset::new(features.view(), vec![0], 2).is_err());
        assert!(Dataset::new(features.view(), vec![0, 2], 2).is_err());
        assert!(Dataset::new(array![[f64::NAN]].view(), vec![0], 2).is_err());
        assert!(Dataset::new(Array2::<f64>::zeros((0, 3)).view(), vec![], 2).is_err());
        assert!(Dataset::new(Array2::<f64>::zeros((1, 0)).view(), vec![0], 2).is_err());
    }
}
