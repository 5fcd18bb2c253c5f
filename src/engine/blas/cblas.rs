//! The products as calls of the provider's C interface.

use super::Shape;
use cblas_sys::{
    CBLAS_LAYOUT, CBLAS_TRANSPOSE, cblas_ddot, cblas_dgemv, cblas_dger, cblas_sdot, cblas_sgemv,
    cblas_sger,
};
use rankone_kernels::{Number, Precision};

const ROW_MAJOR: CBLAS_LAYOUT = CBLAS_LAYOUT::CblasRowMajor;

/// A size as BLAS counts it.
fn int(size: usize) -> i32 {
    i32::try_from(size).expect("BLAS counts with 32 bits")
}

/// `y = A x`, A of `shape`, x of its columns, y of its rows.
///
/// # Panics
/// Where the lengths do not fit the shape.
#[inline]
pub fn gemv<T: Number>(a: &[T], shape: Shape, x: &[T], y: &mut [T]) {
    assert_eq!((x.len(), y.len()), (shape.columns, shape.rows));
    general(a, shape, CBLAS_TRANSPOSE::CblasNoTrans, x, y);
}

/// `y = A^T x`, A of `shape`, x of its rows, y of its columns.
///
/// # Panics
/// Where the lengths do not fit the shape.
#[inline]
pub fn gemv_transposed<T: Number>(a: &[T], shape: Shape, x: &[T], y: &mut [T]) {
    assert_eq!((x.len(), y.len()), (shape.rows, shape.columns));
    general(a, shape, CBLAS_TRANSPOSE::CblasTrans, x, y);
}

#[inline]
fn general<T: Number>(a: &[T], shape: Shape, transpose: CBLAS_TRANSPOSE, x: &[T], y: &mut [T]) {
    shape.assert_fits(a);
    let (m, n, lda) = (int(shape.rows), int(shape.columns), int(shape.stride));
    let (a, x, y) = (a.as_ptr(), x.as_ptr(), y.as_mut_ptr());
    // SAFETY: the shape fits `a`, and x and y have the lengths that it asks for. T is the type that
    // the function of its precision takes, as `Number` is sealed.
    unsafe {
        match T::PRECISION {
            Precision::F64 => {
                let (a, x, y) = (a.cast(), x.cast(), y.cast());
                cblas_dgemv(ROW_MAJOR, transpose, m, n, 1.0, a, lda, x, 1, 0.0, y, 1);
            }
            Precision::F32 => {
                let (a, x, y) = (a.cast(), x.cast(), y.cast());
                cblas_sgemv(ROW_MAJOR, transpose, m, n, 1.0, a, lda, x, 1, 0.0, y, 1);
            }
        }
    }
}

/// `A += scale x y^T`, A of `shape`, x of its rows, y of its columns.
///
/// # Panics
/// Where the lengths do not fit the shape.
#[inline]
pub fn ger<T: Number>(a: &mut [T], shape: Shape, scale: T, x: &[T], y: &[T]) {
    assert_eq!((x.len(), y.len()), (shape.rows, shape.columns));
    shape.assert_fits(a);
    let (m, n, lda) = (int(shape.rows), int(shape.columns), int(shape.stride));
    let (a, x, y, scale) = (a.as_mut_ptr(), x.as_ptr(), y.as_ptr(), scale.as_f64());
    // SAFETY: as in `general`.
    unsafe {
        match T::PRECISION {
            Precision::F64 => {
                cblas_dger(ROW_MAJOR, m, n, scale, x.cast(), 1, y.cast(), 1, a.cast(), lda);
            }
            // Exact: the scale came from an f32.
            Precision::F32 => {
                let (a, x, y) = (a.cast(), x.cast(), y.cast());
                cblas_sger(ROW_MAJOR, m, n, scale as f32, x, 1, y, 1, a, lda);
            }
        }
    }
}

/// `sum_i x_i y_i`.
///
/// # Panics
/// Where the lengths differ.
#[inline]
pub fn dot<T: Number>(x: &[T], y: &[T]) -> T {
    assert_eq!(x.len(), y.len());
    let (n, x, y) = (int(x.len()), x.as_ptr(), y.as_ptr());
    // SAFETY: both hold n values; the types are as in `general`.
    unsafe {
        T::from_f64(match T::PRECISION {
            Precision::F64 => cblas_ddot(n, x.cast(), 1, y.cast(), 1),
            // Exact both ways.
            Precision::F32 => cblas_sdot(n, x.cast(), 1, y.cast(), 1).into(),
        })
    }
}
