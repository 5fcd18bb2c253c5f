//! An operation: what it computes, of what, and whether an answer is right.

use crate::blas::Shape;
use crate::named::named;
use crate::number::Number;
use serde::{Deserialize, Serialize};

/// A product, of a matrix A of R rows and C columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Operation {
    /// `A . x`, both of C values: R is 1
    Dot,
    /// `y = A x`
    Gemv,
    /// `x = A^T y`
    #[serde(rename = "gemv-t")]
    GemvTransposed,
    /// `A += scale y x^T`
    Ger,
}

named!(Operation);

impl Operation {
    /// What it computes.
    pub fn formula(self) -> &'static str {
        match self {
            Self::Dot => "dot: x . y",
            Self::Gemv => "gemv: y = A x",
            Self::GemvTransposed => "gemv-t: x = A^T y",
            Self::Ger => "ger: A += s y x^T",
        }
    }
}

/// What a product is of, and what it gives. A dot product is of A, one row, and x, and gives y, one number.
#[derive(Debug, Clone)]
pub struct Operands<T> {
    /// A matrix of `shape`, row by row.
    pub a: Vec<T>,
    /// The shape of A, R x C.
    pub shape: Shape,
    /// C values.
    pub x: Vec<T>,
    /// R values.
    pub y: Vec<T>,
    /// The scale of `ger`.
    pub scale: T,
}

/// A way to compute products.
pub type Implementation<T> = Box<dyn Fn(Operation, &mut Operands<T>)>;

/// What the operands of a check are made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Numbers {
    /// 1 and -1, in rows that follow each other: all sums are exact, whatever their order, so that nothing is left
    /// out unseen.
    Exact,
    /// Of either sign, not one sum exact, in a view that leaves out the last column: what is computed with less
    /// precision is seen.
    Inexact,
}

impl<T: Number> Operands<T> {
    /// Operands for `operation`; what it writes over, and what is not in A, is NaN.
    pub(super) fn new(operation: Operation, rows: usize, columns: usize, numbers: Numbers) -> Self {
        let mut state = 0u64;
        let mut number = || {
            // Multiplicative hashing: the high bits of multiples of an odd number have no short period.
            state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let high = (state ^ (state >> 32)).wrapping_mul(0xd6e8_feb8_6659_fd93) >> 40;
            T::from_f64(match numbers {
                Numbers::Exact => 1.0 - 2.0 * (high & 1) as f64,
                Numbers::Inexact => high as f64 / (1 << 24) as f64 - 0.45,
            })
        };
        let (stride, scale) = match numbers {
            Numbers::Exact => (columns, 2.0),
            Numbers::Inexact => (columns + 1, 0.7),
        };
        let a = (0..rows * stride)
            .map(|i| if i % stride < columns { number() } else { T::nan() })
            .collect();
        let mut x: Vec<T> = (0..columns).map(|_| number()).collect();
        let mut y: Vec<T> = (0..rows).map(|_| number()).collect();
        match operation {
            Operation::Dot | Operation::Gemv => y.fill(T::nan()),
            Operation::GemvTransposed => x.fill(T::nan()),
            Operation::Ger => {}
        }
        Self { a, shape: Shape { rows, columns, stride }, x, y, scale: T::from_f64(scale) }
    }

    /// What is wrong with the product that `way` makes of these, if anything.
    pub(super) fn fault(
        mut self,
        operation: Operation,
        numbers: Numbers,
        way: &Implementation<T>,
    ) -> Option<String> {
        let Shape { rows, columns, stride } = self.shape;
        let expected = self.naive(operation);
        way(operation, &mut self);
        let (found, terms) = match operation {
            Operation::Dot | Operation::Gemv => (self.y, columns),
            Operation::GemvTransposed => (self.x, rows),
            Operation::Ger => (self.a, 2),
        };
        // However the terms of a sum are added, it is off by so much of their sizes at most.
        let bound = match numbers {
            Numbers::Exact => 0.0,
            Numbers::Inexact => (terms + 1) as f64 * T::epsilon().as_f64(),
        };
        let is_right = |found: f64, (sum, size): (f64, f64)| {
            (found - sum).abs() <= bound * size || (found.is_nan() && sum.is_nan())
        };
        let mut both = found.iter().map(|found| found.as_f64()).zip(expected).enumerate();
        let (i, (found, (sum, _))) = both.find(|&(_, (found, sum))| !is_right(found, sum))?;
        let shape = format!("{rows}x{columns}, rows {stride} apart");
        Some(format!("{operation} of {shape}: number {i}: found {found}, expected {sum}"))
    }

    /// The product by definition, in double precision: every number of the result, and the sum of the sizes of its
    /// terms. What `ger` must leave alone is NaN.
    fn naive(&self, operation: Operation) -> Vec<(f64, f64)> {
        let Shape { rows, columns, stride } = self.shape;
        let [a, x, y] =
            [&self.a, &self.x, &self.y].map(|v| v.iter().map(|v| v.as_f64()).collect::<Vec<_>>());
        let add = |(sum, size): (f64, f64), term: f64| (sum + term, size + term.abs());
        let of_row =
            |r: usize| (0..columns).map(|c| a[r * stride + c] * x[c]).fold((0.0, 0.0), add);
        let of_column =
            |c: usize| (0..rows).map(|r| a[r * stride + c] * y[r]).fold((0.0, 0.0), add);
        let updated = |i: usize| match i % stride {
            c if c < columns => add((a[i], a[i].abs()), self.scale.as_f64() * y[i / stride] * x[c]),
            _ => (f64::NAN, f64::NAN),
        };
        match operation {
            Operation::Dot | Operation::Gemv => (0..rows).map(of_row).collect(),
            Operation::GemvTransposed => (0..columns).map(of_column).collect(),
            Operation::Ger => (0..a.len()).map(updated).collect(),
        }
    }
}
