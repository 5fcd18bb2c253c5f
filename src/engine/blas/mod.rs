//! The products of per-example SGD, on the BLAS provider that a Cargo feature chose.
//!
//! This is the one place that links a provider and calls foreign code. Without a provider the same
//! functions are plain Rust loops, and [`library`] says so.

#[cfg(feature = "_provider")]
mod cblas;
mod engine;
mod library;
pub mod plain;
#[cfg(feature = "_provider")]
mod provider;

#[cfg(feature = "_provider")]
pub use self::cblas::{dot, gemv, gemv_transposed, ger};
pub use self::engine::Blas;
pub use self::library::Library;
#[cfg(not(feature = "_provider"))]
pub use self::plain::{dot, gemv, gemv_transposed, ger};

/// The library that the products run on, in a few words: its name, version and kernels.
pub fn library() -> String {
    Library::now().to_string()
}

/// The number of threads that the library uses.
pub fn threads() -> usize {
    Library::now().num_threads
}

/// Sets the number of threads that the library uses, for the whole process. Does nothing where the
/// library has no threads to set: [`threads`] tells.
pub fn set_threads(threads: usize) {
    #[cfg(feature = "_provider")]
    provider::set_threads(threads);
    #[cfg(not(feature = "_provider"))]
    let _ = threads;
}

/// A row-major matrix within a slice: `rows` rows of `columns` values, each row `stride` values
/// after the last, so that a view can leave out the bias column.
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
