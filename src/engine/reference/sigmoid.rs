//! The sigmoid module.

use ndarray::{Array1, ArrayView1, Zip};
use rankone_kernels::Number;

/// `z_i = 1 / (1 + exp(-a_i))`.
#[derive(Debug)]
pub struct Sigmoid;

impl Sigmoid {
    /// z of a, without overflow for any a.
    pub fn forward<T: Number>(a: ArrayView1<T>) -> Array1<T> {
        a.mapv(sigmoid)
    }

    /// From `g_z = dJ/dz`: `dJ/da_i = g_z_i z_i (1 - z_i)`.
    ///
    /// # Panics
    /// Where the lengths differ.
    pub fn backward<T: Number>(z: ArrayView1<T>, g_z: ArrayView1<T>) -> Array1<T> {
        Zip::from(z).and(g_z).map_collect(|&z, &g_z| g_z * z * (T::one() - z))
    }
}

/// `1 / (1 + exp(-a))`. For large negative `a` the exponential overflows to infinity and the
/// quotient is 0, its nearest value but for the subnormal.
#[inline]
pub(crate) fn sigmoid<T: Number>(a: T) -> T {
    T::one() / (T::one() + (-a).exp())
}
