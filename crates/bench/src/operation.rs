//! The four products: their operands, and the check of their results.

use rankone::Number;
use rankone::engine::blas::Shape;
use rankone_kernels::named;
use serde::{Deserialize, Serialize};

/// A product with a matrix A of R rows and C columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Operation {
    /// `A . x`, both of C values; R is 1.
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
    /// Returns its name and its formula.
    pub(crate) fn formula(self) -> &'static str {
        match self {
            Self::Dot => "dot: x . y",
            Self::Gemv => "gemv: y = A x",
            Self::GemvTransposed => "gemv-t: x = A^T y",
            Self::Ger => "ger: A += s y x^T",
        }
    }
}

/// The operands and the result of a product. A dot product multiplies A, a single row, by x; its
/// result is y, a single value.
#[derive(Debug, Clone)]
pub struct Operands<T> {
    /// A row-major matrix of `shape`.
    pub a: Vec<T>,
    /// The shape of A: R x C.
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

/// The values of the operands of a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CheckValues {
    /// 1 and -1, rows contiguous. All sums are exact in any order, so that every missing term
    /// changes the result.
    Exact,
    /// Both signs, no sum exact, in a view that excludes the last column. A computation with less
    /// precision has a different result.
    Inexact,
}

impl<T: Number> Operands<T> {
    /// Makes operands for `operation`; the result and the values outside A are NaN.
    pub(crate) fn new(
        operation: Operation,
        (rows, columns): (usize, usize),
        values: CheckValues,
    ) -> Self {
        let mut state = 0u64;
        let mut number = || {
            // Multiplicative hashing: the high bits of multiples of an odd number have a long
            // period.
            state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let high = (state ^ (state >> 32)).wrapping_mul(0xd6e8_feb8_6659_fd93) >> 40;
            T::from_f64(match values {
                CheckValues::Exact => 1.0 - 2.0 * (high & 1) as f64,
                CheckValues::Inexact => high as f64 / (1 << 24) as f64 - 0.45,
            })
        };
        let (stride, scale) = match values {
            CheckValues::Exact => (columns, 2.0),
            CheckValues::Inexact => (columns + 1, 0.7),
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

    /// Computes the product with `implementation` and compares it with its definition.
    ///
    /// # Errors
    /// The first value that is wrong.
    pub(crate) fn check(
        mut self,
        operation: Operation,
        values: CheckValues,
        implementation: &Implementation<T>,
    ) -> Result<(), String> {
        let Shape { rows, columns, stride } = self.shape;
        let expected = self.naive(operation);
        implementation(operation, &mut self);
        let (found, terms) = match operation {
            Operation::Dot | Operation::Gemv => (self.y, columns),
            Operation::GemvTransposed => (self.x, rows),
            Operation::Ger => (self.a, 2),
        };
        // The largest rounding error of a sum in any order, relative to the sum of the magnitudes.
        let bound = match values {
            CheckValues::Exact => 0.0,
            CheckValues::Inexact => (terms + 1) as f64 * T::epsilon().as_f64(),
        };
        let is_right = |found: f64, (sum, magnitude): (f64, f64)| {
            (found - sum).abs() <= bound * magnitude || (found.is_nan() && sum.is_nan())
        };
        let mut both = found.iter().map(|found| found.as_f64()).zip(expected).enumerate();
        match both.find(|&(_, (found, expected))| !is_right(found, expected)) {
            None => Ok(()),
            Some((i, (found, (sum, _)))) => {
                let shape = format!("{rows}x{columns}, rows {stride} apart");
                Err(format!("{operation} of {shape}: number {i}: found {found}, expected {sum}"))
            }
        }
    }

    /// Computes the product by its definition in double precision. Returns each value of the result
    /// and the sum of the magnitudes of its terms; NaN for what `ger` must not change.
    fn naive(&self, operation: Operation) -> Vec<(f64, f64)> {
        let Shape { rows, columns, stride } = self.shape;
        let [a, x, y] =
            [&self.a, &self.x, &self.y].map(|v| v.iter().map(|v| v.as_f64()).collect::<Vec<_>>());
        let add = |(sum, magnitude): (f64, f64), term: f64| (sum + term, magnitude + term.abs());
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
