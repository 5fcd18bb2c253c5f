//! The products of per-example SGD, on the BLAS provider that a Cargo feature chose.
//!
//! This is the one place that links a provider and calls foreign code. Without a provider the same
//! functions are plain Rust loops, and [`library`] says so.

#[cfg_attr(feature = "_provider", path = "cblas.rs")]
#[cfg_attr(not(feature = "_provider"), path = "plain.rs")]
mod products;

mod library;
#[cfg(feature = "_provider")]
mod provider;

pub use self::library::Library;
pub use self::products::{dot, gemv, gemv_transposed, ger};

/// The library that the products run on, in a few words: its name, version and kernels.
pub fn library() -> String {
    Library::now().to_string()
}

/// The number of threads that the library uses.
pub fn threads() -> usize {
    Library::now().num_threads
}

/// Sets the number of threads that the library uses, for the whole process. Does nothing where the library
/// has no threads to set: [`threads`] tells.
pub fn set_threads(threads: usize) {
    #[cfg(feature = "_provider")]
    provider::set_threads(threads);
    #[cfg(not(feature = "_provider"))]
    let _ = threads;
}

/// A row-major matrix within a slice: `rows` rows of `columns` values, each row `stride` values after the
/// last, so that a view can leave out the bias column.
#[derive(Debug, Clone, Copy)]
pub struct Shape {
    /// Number of rows.
    pub rows: usize,
    /// Number of columns, at most `stride`.
    pub columns: usize,
    /// Distance from one row to the next.
    pub stride: usize,
}

impl Shape {
    /// Asserts that a matrix of this shape fits into `values`, as the products rely on.
    fn assert_fits<T>(self, values: &[T]) {
        assert!(self.rows > 0 && self.columns > 0 && self.columns <= self.stride);
        assert!(values.len() >= (self.rows - 1) * self.stride + self.columns);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scalar::Scalar;

    /// 2 x 3 with a stride of 4: the first column of four is left out.
    const SHAPE: Shape = Shape { rows: 2, columns: 3, stride: 4 };
    const MATRIX: [f64; 7] = [1.0, 2.0, 3.0, f64::NAN, 4.0, 5.0, 6.0];

    fn convert<T: Scalar>(values: &[f64]) -> Vec<T> {
        values.iter().map(|&v| T::from_f64(v)).collect()
    }

    fn products_are_right<T: Scalar>() {
        let a = convert::<T>(&MATRIX);
        let nan = T::from_f64(f64::NAN);
        // What was in the result before is not read, not even NaN.
        let mut y = vec![nan; 2];
        gemv(&a, SHAPE, &convert::<T>(&[1.0, 10.0, 100.0]), &mut y);
        assert_eq!(y, convert::<T>(&[321.0, 654.0]));
        let mut x = vec![nan; 3];
        gemv_transposed(&a, SHAPE, &convert::<T>(&[1.0, 10.0]), &mut x);
        assert_eq!(x, convert::<T>(&[41.0, 52.0, 63.0]));
        let mut a = convert::<T>(&[1.0, 2.0, 3.0, 7.0, 4.0, 5.0, 6.0]);
        let (u, v) = (convert::<T>(&[1.0, 2.0]), convert::<T>(&[1.0, 0.0, 3.0]));
        ger(&mut a, SHAPE, T::from_f64(-1.0), &u, &v);
        assert_eq!(a, convert::<T>(&[0.0, 2.0, 0.0, 7.0, 2.0, 5.0, 0.0]));
        // More than one stride of a vectorized loop, and a rest.
        let count: Vec<f64> = (1..=37).map(f64::from).collect();
        let squares = dot(&convert::<T>(&count), &convert::<T>(&count));
        assert_eq!(squares, T::from_f64(37.0 * 38.0 * 75.0 / 6.0));
    }

    #[test]
    fn products_are_right_in_both_precisions() {
        products_are_right::<f64>();
        products_are_right::<f32>();
    }

    #[test]
    #[should_panic(expected = "assertion")]
    fn a_matrix_outside_its_slice_is_refused() {
        gemv(&MATRIX[..6], SHAPE, &[1.0; 3], &mut [0.0; 2]);
    }

    #[test]
    fn threads_are_set_by_call() {
        set_threads(1);
        assert_eq!(threads(), 1);
    }
}
