//! The products as calls of the provider's C interface.

use super::Shape;
use crate::scalar::{Precision, Scalar};
use cblas_sys::{CBLAS_LAYOUT, CBLAS_TRANSPOSE};

/// A size as BLAS counts it.
fn int(size: usize) -> i32 {
    i32::try_from(size).expect("BLAS counts with 32 bits")
}

/// `y = A x`, A of `shape`, x of its columns, y of its rows.
///
/// # Panics
/// Where the lengths do not fit the shape.
#[inline]
pub fn gemv<T: Scalar>(a: &[T], shape: Shape, x: &[T], y: &mut [T]) {
    assert_eq!((x.len(), y.len()), (shape.columns, shape.rows));
    general(a, shape, CBLAS_TRANSPOSE::CblasNoTrans, x, y);
}

/// `y = A^T x`, A of `shape`, x of its rows, y of its columns.
///
/// # Panics
/// Where the lengths do not fit the shape.
#[inline]
pub fn gemv_transposed<T: Scalar>(a: &[T], shape: Shape, x: &[T], y: &mut [T]) {
    assert_eq!((x.len(), y.len()), (shape.rows, shape.columns));
    general(a, shape, CBLAS_TRANSPOSE::CblasTrans, x, y);
}

#[inline]
fn general<T: Scalar>(a: &[T], shape: Shape, transpose: CBLAS_TRANSPOSE, x: &[T], y: &mut [T]) {
    shape.assert_fits(a);
    let (m, n, lda) = (int(shape.rows), int(shape.columns), int(shape.stride));
    let layout = CBLAS_LAYOUT::CblasRowMajor;
    // SAFETY: the shape fits `a`, and x and y have the lengths that it asks for. T is the type that the
    // function of its precision takes, as `Scalar` is sealed.
    unsafe {
        let (a, x, y) = (a.as_ptr(), x.as_ptr(), y.as_mut_ptr());
        match T::PRECISION {
            Precision::F64 => cblas_sys::cblas_dgemv(
                layout,
                transpose,
                m,
                n,
                1.0,
                a.cast(),
                lda,
                x.cast(),
                1,
                0.0,
                y.cast(),
                1,
            ),
            Precision::F32 => cblas_sys::cblas_sgemv(
                layout,
                transpose,
                m,
                n,
                1.0,
                a.cast(),
                lda,
                x.cast(),
                1,
                0.0,
                y.cast(),
                1,
            ),
        }
    }
}

/// `A += scale x y^T`, A of `shape`, x of its rows, y of its columns.
///
/// # Panics
/// Where the lengths do not fit the shape.
#[inline]
pub fn ger<T: Scalar>(a: &mut [T], shape: Shape, scale: T, x: &[T], y: &[T]) {
    assert_eq!((x.len(), y.len()), (shape.rows, shape.columns));
    shape.assert_fits(a);
    let (m, n, lda) = (int(shape.rows), int(shape.columns), int(shape.stride));
    let layout = CBLAS_LAYOUT::CblasRowMajor;
    let scale = scale.as_f64();
    // SAFETY: as in `general`.
    unsafe {
        let (a, x, y) = (a.as_mut_ptr(), x.as_ptr(), y.as_ptr());
        match T::PRECISION {
            Precision::F64 => {
                cblas_sys::cblas_dger(layout, m, n, scale, x.cast(), 1, y.cast(), 1, a.cast(), lda)
            }
            // Exact: the scale came from an f32.
            Precision::F32 => cblas_sys::cblas_sger(
                layout,
                m,
                n,
                scale as f32,
                x.cast(),
                1,
                y.cast(),
                1,
                a.cast(),
                lda,
            ),
        }
    }
}

/// `sum_i x_i y_i`.
///
/// # Panics
/// Where the lengths differ.
#[inline]
pub fn dot<T: Scalar>(x: &[T], y: &[T]) -> T {
    assert_eq!(x.len(), y.len());
    let n = int(x.len());
    // SAFETY: both hold n values; the types are as in `general`.
    unsafe {
        let (x, y) = (x.as_ptr(), y.as_ptr());
        match T::PRECISION {
            Precision::F64 => T::from_f64(cblas_sys::cblas_ddot(n, x.cast(), 1, y.cast(), 1)),
            // Exact both ways.
            Precision::F32 => {
                T::from_f64(f64::from(cblas_sys::cblas_sdot(n, x.cast(), 1, y.cast(), 1)))
            }
        }
    }
}
