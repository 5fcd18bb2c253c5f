//! The parameters of a network and how they start.

use crate::error::{Error, Result};
use crate::random::{Random, Stream};
use crate::scalar::Scalar;
use clap::ValueEnum;
use ndarray::{Array2, ArrayView2, ArrayViewMut2};
use serde::{Deserialize, Serialize};
use std::fmt;

/// The parameters of a network with one hidden layer; both matrices row-major, column 0 the bias.
#[derive(Debug, Clone, PartialEq)]
pub struct Network<T> {
    /// D x (M+1).
    alpha: Array2<T>,
    /// K x (D+1).
    beta: Array2<T>,
}

/// How the weights start; biases start at 0 either way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum Init {
    /// Uniform from -0.1 to 0.1, from the seed
    #[default]
    Random,
    /// All zero: the hidden units stay equal for ever; a reference case, not a way to learn
    Zero,
}

impl fmt::Display for Init {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Random => "random",
            Self::Zero => "zero",
        })
    }
}

impl<T: Scalar> Network<T> {
    /// A network at its start, M inputs, D hidden units and K classes.
    ///
    /// A random weight is `0.2 u - 0.1`, computed in f64 and rounded to `T`, with `u` uniform in `[0, 1)`:
    /// the upper 53 bits of the next 64-bit output of ChaCha8 (key: the seed in little-endian order and 24
    /// zero bytes; nonce and counter 0) times 2^-53. Weights are drawn row by row, those of alpha first;
    /// this stream never changes.
    ///
    /// # Panics
    /// Where M, D or K is zero.
    pub fn new(inputs: usize, hidden: usize, classes: usize, init: Init, seed: u64) -> Self {
        assert!(inputs > 0 && hidden > 0 && classes > 0, "an empty layer");
        let mut random = Random::new(seed, Stream::Weights);
        let mut layer = |rows, columns| {
            let mut weights = Array2::zeros((rows, columns + 1));
            if init == Init::Random {
                for mut row in weights.rows_mut() {
                    for weight in row.iter_mut().skip(1) {
                        *weight = T::from_f64(0.2 * random.uniform() - 0.1);
                    }
                }
            }
            weights
        };
        Self { alpha: layer(hidden, inputs), beta: layer(classes, hidden) }
    }

    /// A network of given parameters, alpha D x (M+1) and beta K x (D+1).
    ///
    /// # Errors
    /// [`Error::Mismatch`] where the shapes do not belong together or a layer is empty.
    pub fn from_parameters(alpha: Array2<T>, beta: Array2<T>) -> Result<Self> {
        let fits = alpha.nrows() > 0
            && alpha.ncols() > 1
            && beta.nrows() > 0
            && beta.ncols() == alpha.nrows() + 1;
        if !fits {
            return Err(Error::Mismatch {
                what: "shapes of alpha and beta",
                found: format!("{:?} and {:?}", alpha.dim(), beta.dim()),
                expected: "(D, M+1) and (K, D+1), none of D, M, K zero".into(),
            });
        }
        Ok(Self {
            alpha: alpha.as_standard_layout().into_owned(),
            beta: beta.as_standard_layout().into_owned(),
        })
    }

    /// M, the number of inputs.
    pub fn inputs(&self) -> usize {
        self.alpha.ncols() - 1
    }

    /// D, the number of hidden units.
    pub fn hidden(&self) -> usize {
        self.alpha.nrows()
    }

    /// K, the number of classes.
    pub fn classes(&self) -> usize {
        self.beta.nrows()
    }

    /// The hidden layer's parameters, D x (M+1).
    pub fn alpha(&self) -> ArrayView2<'_, T> {
        self.alpha.view()
    }

    /// The output layer's parameters, K x (D+1).
    pub fn beta(&self) -> ArrayView2<'_, T> {
        self.beta.view()
    }

    /// The hidden layer's parameters, D x (M+1), to change.
    pub fn alpha_mut(&mut self) -> ArrayViewMut2<'_, T> {
        self.alpha.view_mut()
    }

    /// The output layer's parameters, K x (D+1), to change.
    pub fn beta_mut(&mut self) -> ArrayViewMut2<'_, T> {
        self.beta.view_mut()
    }

    /// Both parameters as row-major slices, `(alpha, beta)`.
    pub fn parameters(&self) -> (&[T], &[T]) {
        let row_major = "parameters are row-major";
        (self.alpha.as_slice().expect(row_major), self.beta.as_slice().expect(row_major))
    }

    /// Both parameters as row-major slices, `(alpha, beta)`, to change.
    pub fn parameters_mut(&mut self) -> (&mut [T], &mut [T]) {
        let row_major = "parameters are row-major";
        (self.alpha.as_slice_mut().expect(row_major), self.beta.as_slice_mut().expect(row_major))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_start_within_a_tenth_and_biases_at_zero() {
        let network = Network::<f64>::new(20, 7, 3, Init::Random, 1);
        for layer in [network.alpha(), network.beta()] {
            assert!(layer.column(0).iter().all(|&bias| bias == 0.0));
            let weights = || layer.iter().filter(|&&w| w != 0.0);
            assert_eq!(weights().count(), layer.len() - layer.nrows());
            assert!(weights().all(|w| w.abs() <= 0.1));
            assert!(weights().any(|w| *w < 0.0) && weights().any(|w| *w > 0.0));
        }
        assert_eq!(network, Network::new(20, 7, 3, Init::Random, 1));
        assert_ne!(network, Network::new(20, 7, 3, Init::Random, 2));
        let zero = Network::<f32>::new(20, 7, 3, Init::Zero, 1);
        assert!(zero.alpha().iter().chain(zero.beta()).all(|&w| w == 0.0));
    }

    #[test]
    fn layers_that_do_not_fit_are_refused() {
        let matrix = |rows, columns| Array2::<f64>::zeros((rows, columns));
        assert!(Network::from_parameters(matrix(3, 6), matrix(2, 4)).is_ok());
        assert!(Network::from_parameters(matrix(3, 6), matrix(2, 3)).is_err());
        assert!(Network::from_parameters(matrix(3, 1), matrix(2, 4)).is_err());
        assert!(Network::from_parameters(matrix(3, 6), matrix(0, 4)).is_err());
    }
}
