//! The sigmoid module.

use crate::scalar::Scalar;
use ndarray::{Array1, ArrayView1, Zip};

/// `z_i = 1 / (1 + exp(-a_i))`.
#[derive(Debug)]
pub struct Sigmoid;

impl Sigmoid {
    /// z of a, without overflow for any a.
    pub fn forward<T: Scalar>(a: ArrayView1<T>) -> Array1<T> {
        a.mapv(sigmoid)
    }

    /// From `g_z = dJ/dz`: `dJ/da_i = g_z_i z_i (1 - z_i)`.
    ///
    /// # Panics
    /// Where the lengths differ.
    pub fn backward<T: Scalar>(z: ArrayView1<T>, g_z: ArrayView1<T>) -> Array1<T> {
        Zip::from(z).and(g_z).map_collect(|&z, &g_z| g_z * z * (T::one() - z))
    }
}

/// `1 / (1 + exp(-a))`. For large negative `a` the exponential overflows to infinity and the quotient is
/// 0, its nearest value but for the subnormal.
#[inline]
pub(crate) fn sigmoid<T: Scalar>(a: T) -> T {
    T::one() / (T::one() + (-a).exp())
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    #[test]
    fn any_finite_input_is_fine() {
        let z =
            Sigmoid::forward(array![-1e308f64, -1e3, -710.0, -1.0, 0.0, 1.0, 1e3, 1e308].view());
        assert!(z.iter().all(|z| (0.0..=1.0).contains(z)), "{z}");
        assert_eq!((z[0], z[4], z[7]), (0.0, 0.5, 1.0));
        assert!((z[3] + z[5] - 1.0).abs() <= 1e-16);
        assert!(sigmoid(f32::NAN).is_nan());
        assert_eq!((sigmoid(-1e30f32), sigmoid(1e30f32)), (0.0, 1.0));
    }
}
