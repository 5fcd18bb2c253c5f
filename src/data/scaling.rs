//! Which values inputs may have, and how they are scaled.

use super::mismatch;
use crate::error::{Error, Result};
use ndarray::{Array2, ArrayView2};
use rankone_kernels::Number;
use rankone_kernels::named;
use serde::{Deserialize, Serialize};

/// Which values inputs may have, and what is done to them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Values {
    /// From 0 to 1, as they are.
    #[default]
    Unit,
    /// Any finite number, as it is.
    Any,
    /// Any: each input is moved and divided so that its least and greatest value in the training
    /// set become 0 and 1. Others may go beyond.
    Scale,
    /// Any: from each input its mean over the training set is taken, and the rest divided by its
    /// standard deviation there (that of a population, with N below).
    Standardize,
}

named!(Values);

impl Values {
    /// Whether they are moved and divided.
    pub(super) fn are_scaled(self) -> bool {
        matches!(self, Self::Scale | Self::Standardize)
    }
}

/// How inputs are scaled: `x' = (x - offset) / divisor`, computed in f64; 0 for an input that was
/// constant in the training set.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Scaling {
    /// M.
    pub offset: Vec<f64>,
    /// M; 0 for a constant input.
    pub divisor: Vec<f64>,
}

impl Scaling {
    /// The scaling that `values` asks for, of the training set `x`, N x (M+1) with its constant in
    /// column 0.
    ///
    /// # Errors
    /// [`Error::Mismatch`] where the values of an input lie so far apart that their range is not
    /// finite.
    pub(super) fn of<T: Number>(values: Values, x: &[T], columns: usize) -> Result<Option<Self>> {
        if !values.are_scaled() {
            return Ok(None);
        }
        let n = (x.len() / columns) as f64;
        let rows = || x.chunks_exact(columns).map(|row| row[1..].iter().map(|v| v.as_f64()));
        let over_rows = |start: f64, fold: &dyn Fn(f64, usize, f64) -> f64| {
            let mut all = vec![start; columns - 1];
            for row in rows() {
                all.iter_mut().zip(row).enumerate().for_each(|(m, (v, x))| *v = fold(*v, m, x));
            }
            all
        };
        let least = over_rows(f64::INFINITY, &|least, _, x| least.min(x));
        let greatest = over_rows(f64::NEG_INFINITY, &|greatest, _, x| greatest.max(x));
        let (offset, mut divisor) = if values == Values::Scale {
            let ranges = least.iter().zip(&greatest).map(|(least, greatest)| greatest - least);
            (least.clone(), ranges.collect())
        } else {
            let mean = over_rows(0.0, &|sum, _, x| sum + x / n);
            let variance = over_rows(0.0, &|sum, m, x| sum + (x - mean[m]).powi(2) / n);
            (mean, variance.into_iter().map(f64::sqrt).collect::<Vec<_>>())
        };
        for m in 0..columns - 1 {
            if least[m] == greatest[m] {
                divisor[m] = 0.0;
            } else if !(divisor[m].is_finite() && divisor[m] > 0.0) {
                return Err(Error::Mismatch {
                    what: "values of an input",
                    found: format!("{:e} to {:e} in input {}", least[m], greatest[m], m + 1),
                    expected: "a range that can be scaled".into(),
                });
            }
        }
        Ok(Some(Self { offset, divisor }))
    }

    /// Raw inputs `x`, N x M in any layout, as a model with this scaling takes them.
    ///
    /// # Errors
    /// [`Error::Mismatch`] where `x` is not N x M, or a value is not finite when it is scaled.
    pub fn scale<T: Number>(&self, x: ArrayView2<T>) -> Result<Array2<T>> {
        let mut scaled = x.as_standard_layout().into_owned();
        let (inputs, expected) = (x.ncols(), self.offset.len());
        if inputs != expected {
            return Err(mismatch("number of inputs", inputs.to_string(), &expected.to_string()));
        }
        for mut row in scaled.rows_mut() {
            self.scale_row(row.as_slice_mut().expect("a new array is row-major"))?;
        }
        Ok(scaled)
    }

    /// Scales the M inputs of an example.
    pub(super) fn scale_row<T: Number>(&self, inputs: &mut [T]) -> Result<()> {
        self.apply(inputs).map_err(|input| {
            let found = format!("one of input {} that is not", input + 1);
            mismatch("values", found, "finite numbers when they are scaled")
        })
    }

    /// Scales M inputs; tells which of them, from 0, is not finite then.
    pub(super) fn apply<T: Number>(&self, inputs: &mut [T]) -> std::result::Result<(), usize> {
        let figures = self.offset.iter().zip(&self.divisor);
        for (m, (x, (offset, &divisor))) in inputs.iter_mut().zip(figures).enumerate() {
            *x = match divisor {
                0.0 => T::zero(),
                _ => T::from_f64((x.as_f64() - offset) / divisor),
            };
            if !x.is_finite() {
                return Err(m);
            }
        }
        Ok(())
    }
}
