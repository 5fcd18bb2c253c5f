//! The products as plain Rust loops, for builds without a provider, and to be measured beside one.

use super::Shape;
use rankone_kernels::Number;

/// The rows of A.
fn rows<T>(a: &[T], shape: Shape) -> impl Iterator<Item = &[T]> {
    shape.assert_fits(a);
    a.chunks(shape.stride).map(move |row| &row[..shape.columns])
}

/// Partial sums of a dot product: enough of them for the compiler to add several values at once.
const WIDTH: usize = 16;

/// `y = A x`, A of `shape`, x of its columns, y of its rows.
///
/// # Panics
/// Where the lengths do not fit the shape.
pub fn gemv<T: Number>(a: &[T], shape: Shape, x: &[T], y: &mut [T]) {
    assert_eq!((x.len(), y.len()), (shape.columns, shape.rows));
    for (row, y) in rows(a, shape).zip(y) {
        *y = dot(row, x);
    }
}

/// `sum_i x_i y_i`.
///
/// # Panics
/// Where the lengths differ.
pub fn dot<T: Number>(x: &[T], y: &[T]) -> T {
    assert_eq!(x.len(), y.len());
    let mut sums = [T::zero(); WIDTH];
    let (wide_x, wide_y) = (x.chunks_exact(WIDTH), y.chunks_exact(WIDTH));
    let tail = wide_x.remainder().iter().zip(wide_y.remainder());
    for (sum, (&x, &y)) in sums.iter_mut().zip(tail) {
        *sum = x * y;
    }
    for (x, y) in wide_x.zip(wide_y) {
        for ((sum, &x), &y) in sums.iter_mut().zip(x).zip(y) {
            *sum += x * y;
        }
    }
    sums.iter().fold(T::zero(), |total, &sum| total + sum)
}

/// `y = A^T x`, A of `shape`, x of its rows, y of its columns.
///
/// # Panics
/// Where the lengths do not fit the shape.
pub fn gemv_transposed<T: Number>(a: &[T], shape: Shape, x: &[T], y: &mut [T]) {
    assert_eq!((x.len(), y.len()), (shape.rows, shape.columns));
    y.fill(T::zero());
    for (row, &x) in rows(a, shape).zip(x) {
        for (y, &w) in y.iter_mut().zip(row) {
            *y += w * x;
        }
    }
}

/// `A += scale x y^T`, A of `shape`, x of its rows, y of its columns.
///
/// # Panics
/// Where the lengths do not fit the shape.
pub fn ger<T: Number>(a: &mut [T], shape: Shape, scale: T, x: &[T], y: &[T]) {
    assert_eq!((x.len(), y.len()), (shape.rows, shape.columns));
    shape.assert_fits(a);
    for (row, &x) in a.chunks_mut(shape.stride).zip(x) {
        let scaled = scale * x;
        for (w, &y) in row.iter_mut().zip(y) {
            *w += scaled * y;
        }
    }
}
