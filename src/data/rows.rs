//! The examples of a data file, one after the other.
//!
//! The letters' lines, all digits and commas, take a short way past the cutting of fields.

use super::classes::Labels;
use super::columns::Columns;
use super::fields::{Delimiter, Fields};
use super::lines::Lines;
use super::scaling::{Scaling, Values};
use crate::error::{DataError, Remedy, Result};
use ndarray::Array2;
use rankone_kernels::Number;
use std::marker::PhantomData;

/// The examples of a file, one after the other: from [`Reader::stream`](crate::Reader::stream).
#[expect(missing_debug_implementations, reason = "what it reads from is anything")]
pub struct Rows<'a, T> {
    pub(super) lines: Lines<'a>,
    /// Of the line that was last cut.
    pub(super) fields: Fields,
    pub(super) delimiter: Delimiter,
    pub(super) columns: Columns,
    /// The length of a line whose fields are all of one digit, where such lines may take the short
    /// way.
    pub(super) digits: Option<usize>,
    pub(super) values: Values,
    /// If it is known.
    pub(super) scaling: Option<Scaling>,
    /// Examples that are still wanted.
    pub(super) left: usize,
    /// Whether the line at hand is the next one's.
    pub(super) is_next_at_hand: bool,
    pub(super) numbers: PhantomData<T>,
}

impl<T: Number> Rows<'_, T> {
    /// Reads the next examples, n x M: waits for the first one, and takes as many more as have
    /// arrived, at most `most` together. Also returns whether there may be more; or the first
    /// fault, which comes after these examples.
    pub fn batch(&mut self, most: usize) -> (Array2<T>, Result<bool>) {
        let (mut x, mut n) = (Vec::new(), 0);
        let more = loop {
            let next = self.advance().and_then(|is_there| {
                if is_there {
                    self.inputs(&mut x)?;
                }
                Ok(is_there)
            });
            match next {
                Ok(true) => n += 1,
                end => break end,
            }
            if n == most || !self.lines.has_more_at_hand() {
                break Ok(true);
            }
        };
        let m = self.columns.inputs.len();
        // A line with a fault may have left some values.
        x.truncate(n * m);
        (Array2::from_shape_vec((n, m), x).expect("n rows of M"), more)
    }

    /// Goes to the next example, and returns whether there is one.
    pub(super) fn advance(&mut self) -> Result<bool> {
        let is_there =
            self.left > 0 && (std::mem::take(&mut self.is_next_at_hand) || self.lines.advance()?);
        self.left -= usize::from(is_there);
        Ok(is_there)
    }

    /// Makes room for one example more than the `n` that there are.
    pub(super) fn make_room(&self, x: &mut Vec<T>, n: usize) -> Result<(), DataError> {
        x.try_reserve(self.columns.inputs.len() + 1).map_err(|_| {
            let found = format!("more than {n} examples");
            self.lines.fault(None, found, "a data set that fits into the memory")
        })
    }

    /// Appends the example's M inputs to `x`, and gives its class.
    pub(super) fn example(
        &mut self,
        classes: &mut Labels,
        x: &mut Vec<T>,
    ) -> Result<usize, DataError> {
        if let Some(class) = self.one_digit_each(classes, x) {
            return Ok(class);
        }
        self.fields.cut_line(&self.lines, self.delimiter)?;
        self.check_count()?;
        let column = self.columns.label.expect("it was asked for");
        let label = self.text(column)?;
        let class = classes.class(label, self.lines.number()).map_err(|expected| {
            let remedy = label.parse::<u64>().is_ok().then_some(Remedy::Classes);
            let found = self.fields.shown(column);
            DataError { remedy, ..self.lines.fault(Some(column), found, expected) }
        })?;
        self.values(x)?;
        Ok(class)
    }

    /// Appends the example's M inputs to `x`.
    pub(super) fn inputs(&mut self, x: &mut Vec<T>) -> Result<(), DataError> {
        self.fields.cut_line(&self.lines, self.delimiter)?;
        self.check_count()?;
        self.values(x)
    }

    /// Takes a line of one-digit fields, a known label and values 0 or 1, if it is one.
    fn one_digit_each(&self, classes: &Labels, x: &mut Vec<T>) -> Option<usize> {
        let text = self.lines.text();
        if self.digits != Some(text.len()) || self.scaling.is_some() {
            return None;
        }
        let (delimiter, class) = (self.delimiter.byte(), classes.of_digit(text[0])?);
        let pairs = text[1..].chunks_exact(2);
        let good = pairs
            .clone()
            .fold(true, |good, pair| good & (pair[0] == delimiter) & (pair[1] & !1 == b'0'));
        good.then(|| {
            x.extend(pairs.map(|pair| match pair[1] {
                b'0' => T::zero(),
                _ => T::one(),
            }));
            class
        })
    }

    fn check_count(&self) -> Result<(), DataError> {
        match self.fields.len() {
            found if found == self.columns.count => Ok(()),
            found => Err(self.columns.wrong_count(&self.lines, found, self.columns.count)),
        }
    }

    fn values(&self, x: &mut Vec<T>) -> Result<(), DataError> {
        let first = x.len();
        for &column in &self.columns.inputs {
            x.push(self.value(column)?);
        }
        let Some(scaling) = &self.scaling else { return Ok(()) };
        scaling.apply(&mut x[first..]).map_err(|input| {
            let column = self.columns.inputs[input];
            let expected = "a value that is finite when it is scaled as the training set was";
            self.lines.fault(Some(column), self.fields.shown(column), expected)
        })
    }

    /// The number in a column.
    fn value(&self, column: usize) -> Result<T, DataError> {
        let text = self.text(column)?;
        let value = text.parse().ok().filter(|value: &T| match self.values {
            // NaN is in no range. What is rounded to a bound may have been beyond.
            Values::Unit => {
                (T::zero()..=T::one()).contains(value)
                    && ((*value != T::zero() && *value != T::one())
                        || text.parse().is_ok_and(|exact: f64| (0.0..=1.0).contains(&exact)))
            }
            _ => value.is_finite(),
        });
        value.ok_or_else(|| {
            let is_number = self.fields.number(column).is_some();
            let (expected, remedy) = match self.values {
                Values::Unit => ("a number from 0 to 1", is_number.then_some(Remedy::Values)),
                _ if is_number => ("a number of the precision's range", None),
                _ => ("a number", None),
            };
            let found = self.fields.shown(column);
            DataError { remedy, ..self.lines.fault(Some(column), found, expected) }
        })
    }

    /// The text in a column.
    fn text(&self, column: usize) -> Result<&str, DataError> {
        self.fields.text(column).ok_or_else(|| {
            let found = format!("bytes that are not UTF-8, {}", self.fields.shown(column));
            self.lines.fault(Some(column), found, "plain text")
        })
    }
}
