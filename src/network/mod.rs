//! The parameters of a network, how they start, and what it predicts.

use rankone_kernels::thread_pool::{ThreadPool, locked};
use rankone_kernels::{Inference, Inputs, Wanted};
pub mod model_file;
pub mod numpy;
pub mod tensor_file;

use crate::data::{room_for, with_constant};
use crate::error::{Error, Result};
use crate::random::{Random, Stream};
use ndarray::{Array2, ArrayView2, ArrayViewMut2, Axis};
use numpy::NumPy;
use rankone_kernels::Isa;
use rankone_kernels::Number;
use rankone_kernels::named;
use serde::{Deserialize, Serialize};
use std::sync::Mutex;
use std::sync::atomic::AtomicBool;

/// The parameters of a network with one hidden layer; both matrices row-major, column 0 the bias.
#[derive(Debug, Clone, PartialEq)]
pub struct Network<T> {
    /// D x (M+1).
    alpha: Array2<T>,
    /// K x (D+1).
    beta: Array2<T>,
}

/// How the weights start; biases start at 0 either way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Init {
    /// Uniform from -0.1 to 0.1, from the seed.
    #[default]
    Random,
    /// All zero: the hidden units stay equal for ever; a reference case, not a way to learn.
    Zero,
    /// Uniform from -0.1 to 0.1, from NumPy's generator, as the starter code of CMU's 10-301 has
    /// it: for each layer `np.random.seed(rows * columns)` and `np.random.uniform(-0.1, 0.1, (rows,
    /// columns))`, its bias column included, which is then set to 0.
    Numpy,
}

named!(Init);

impl<T: Number> Network<T> {
    /// A network at its start, M inputs, D hidden units and K classes.
    ///
    /// A random weight is `0.2 u - 0.1`, computed in f64 and rounded to `T`, with `u` uniform in
    /// `[0, 1)`: the upper 53 bits of the next 64-bit output of ChaCha8 (key: the seed in
    /// little-endian order and 24 zero bytes; nonce and counter 0) times 2^-53. Weights are drawn
    /// row by row, those of alpha first; this stream never changes.
    ///
    /// # Errors
    /// [`Error::Setting`] where M, D or K is zero or a layer has 2^31 weights or more.
    pub fn new(
        inputs: usize,
        hidden: usize,
        classes: usize,
        init: Init,
        seed: u64,
    ) -> Result<Self> {
        check_size::<T>(inputs, hidden, classes)?;
        let mut random = Random::new(seed, Stream::Weights);
        let mut layer = |rows, columns| {
            let mut weights = Array2::zeros((rows, columns + 1));
            let weight = |uniform: f64| T::from_f64(0.2 * uniform - 0.1);
            match init {
                Init::Random => {
                    for mut row in weights.rows_mut() {
                        row.iter_mut().skip(1).for_each(|w| *w = weight(random.uniform()));
                    }
                }
                Init::Zero => {}
                Init::Numpy => {
                    // Fewer than 2^31, as checked.
                    let mut random = NumPy::seed(weights.len() as u32);
                    weights.iter_mut().for_each(|w| *w = weight(random.uniform()));
                    weights.column_mut(0).fill(T::zero());
                }
            }
            weights
        };
        Ok(Self { alpha: layer(hidden, inputs), beta: layer(classes, hidden) })
    }

    /// A network of given parameters: alpha, D x (M+1), and beta, K x (D+1), column 0 of each the
    /// bias.
    ///
    /// # Errors
    /// [`Error::Mismatch`] where the shapes do not belong together or a layer is empty,
    /// [`Error::Setting`] where one has 2^31 weights or more.
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
        check_size::<T>(alpha.ncols() - 1, alpha.nrows(), beta.nrows())?;
        Ok(Self {
            alpha: alpha.as_standard_layout().into_owned(),
            beta: beta.as_standard_layout().into_owned(),
        })
    }

    /// Alpha, D x (M+1), and beta, K x (D+1).
    pub fn parameters(&self) -> (ArrayView2<'_, T>, ArrayView2<'_, T>) {
        (self.alpha.view(), self.beta.view())
    }

    /// The arrays of [`parameters`](Self::parameters) themselves.
    pub fn into_parameters(self) -> (Array2<T>, Array2<T>) {
        (self.alpha, self.beta)
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

    /// The label of each example of `x`, N x M in any layout: the most probable class, the lowest
    /// of equals.
    ///
    /// # Errors
    /// [`Error::Mismatch`] where `x` is not N x M, is empty, or holds a value that is not finite;
    /// [`Error::Scores`] where the network's weights are so large that a score is not finite.
    pub fn predict(&self, x: ArrayView2<T>) -> Result<Vec<usize>> {
        Ok(self.predictions(x, Isa::detect(), false)?.0)
    }

    /// `y_hat`, the probability of each class, for each example of `x`, N x M in any layout: N x K.
    ///
    /// # Errors
    /// Those of [`predict`](Self::predict).
    pub fn probabilities(&self, x: ArrayView2<T>) -> Result<Array2<T>> {
        let (_, y_hat) = self.predictions(x, Isa::detect(), true)?;
        Ok(y_hat.expect("wanted"))
    }

    /// The [labels](Self::predict) of N examples, and their [probabilities](Self::probabilities) if
    /// they are `wanted`, with the instructions of `isa`; by all threads of this machine, if it is
    /// enough work for them.
    ///
    /// # Errors
    /// Those of [`predict`](Self::predict).
    pub fn predictions(
        &self,
        x: ArrayView2<T>,
        isa: Isa,
        wanted: bool,
    ) -> Result<(Vec<usize>, Option<Array2<T>>)> {
        let (n, m, k) = (x.nrows(), self.inputs(), self.classes());
        if n == 0 || x.ncols() != m {
            return Err(Error::Mismatch {
                what: "shape of x",
                found: format!("{:?}", x.dim()),
                expected: format!("(N, {m}), N at least 1"),
            });
        }
        let pool = ThreadPool::for_products(n * self.weights());
        let mut inference = Inference::new(self.shape(), pool.size(), isa);
        let (alpha, beta) = self.as_slices();
        inference.load(alpha, beta);
        let k = if wanted { k } else { 0 };
        let (mut labels, mut y_hat) = (room_for(n, 1)?, room_for(n, k)?);
        labels.resize(n, 0);
        y_hat.resize(n * k, T::zero());
        let mut rows_of_y_hat = y_hat.chunks_mut((CHUNK * k).max(1));
        let chunks = x.axis_chunks_iter(Axis(0), CHUNK).zip(labels.chunks_mut(CHUNK));
        let chunks = Mutex::new(chunks.map(|(x, labels)| (x, labels, rows_of_y_hat.next())));
        let (finite, error) = (AtomicBool::new(true), Mutex::new(None));
        let job = |me| {
            while let Some((x, predictions, y_hat)) = locked(&chunks).next() {
                match with_constant(x) {
                    Ok(x) => {
                        let (inputs, finite) = (Inputs::new(&x, m + 1, isa), &finite);
                        let wanted = Wanted::Predictions { predictions, y_hat, finite };
                        inference.run(me, inputs.rows(0, inputs.examples()), wanted);
                    }
                    // Of several the first in time; there is nothing in it but what is wrong.
                    Err(found) => *locked(&error) = Some(found),
                }
            }
        };
        pool.beside(&job, || job(0));
        if let Some(error) = locked(&error).take() {
            return Err(error);
        }
        if !finite.into_inner() {
            return Err(Error::Scores { model: "the network".into() });
        }
        let y_hat = wanted.then(|| Array2::from_shape_vec((n, k), y_hat).expect("N x K values"));
        Ok((labels, y_hat))
    }

    /// How many parameters it has.
    pub(crate) fn weights(&self) -> usize {
        self.alpha.len() + self.beta.len()
    }

    /// M+1, D, K.
    pub(crate) fn shape(&self) -> (usize, usize, usize) {
        (self.alpha.ncols(), self.hidden(), self.classes())
    }

    /// Alpha and beta as row-major slices.
    pub(crate) fn as_slices(&self) -> (&[T], &[T]) {
        let row_major = "parameters are row-major";
        (self.alpha.as_slice().expect(row_major), self.beta.as_slice().expect(row_major))
    }

    /// Alpha and beta as row-major slices, to change.
    pub(crate) fn as_mut_slices(&mut self) -> (&mut [T], &mut [T]) {
        let row_major = "parameters are row-major";
        (self.alpha.as_slice_mut().expect(row_major), self.beta.as_slice_mut().expect(row_major))
    }

    /// Alpha and beta, to change.
    pub(crate) fn parameters_mut(&mut self) -> (ArrayViewMut2<'_, T>, ArrayViewMut2<'_, T>) {
        (self.alpha.view_mut(), self.beta.view_mut())
    }
}

/// Examples that are predicted together: enough that nothing is gained by more, and their inputs,
/// copied, take little room.
const CHUNK: usize = 1024;

/// Checks that there can be a network of M inputs, D hidden units and K classes.
///
/// # Errors
/// [`Error::Setting`] where one is zero, a layer has 2^31 weights or more, or there is no memory to
/// train it.
pub(crate) fn check_size<T: Number>(inputs: usize, hidden: usize, classes: usize) -> Result<()> {
    let fault =
        |found, expected| Err(Error::Setting { name: "number of hidden units", found, expected });
    if hidden == 0 {
        return fault("0".into(), "at least 1");
    }
    let found = format!("{hidden} for {inputs} inputs and {classes} classes");
    if inputs == 0 || classes == 0 {
        return fault(found, "at least 1 of each");
    }
    // BLAS counts with 32 bits.
    let weights = |rows: usize, columns: usize| rows.checked_mul(columns.checked_add(1)?);
    let small = |weights: Option<usize>| weights.is_some_and(|w| i32::try_from(w).is_ok());
    if !(small(weights(hidden, inputs)) && small(weights(classes, hidden))) {
        return fault(found, "fewer than 2^31 weights in each layer");
    }
    // Parameters as they start, train, are stored by the engine and for evaluation, and are
    // written; and the scratch of an example, for as many as go through together.
    let copies = 6 * (hidden * (inputs + 1) + classes * (hidden + 1));
    let scratch = 128 * (hidden + classes);
    if Vec::<T>::new().try_reserve_exact(copies + scratch).is_err() {
        return fault(found, "a network that fits into the memory");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_start_within_a_tenth_and_biases_at_zero() {
        let network = |init, seed| Network::<f64>::new(20, 7, 3, init, seed).unwrap();
        let random = network(Init::Random, 1);
        let (alpha, beta) = random.parameters();
        for layer in [alpha, beta] {
            assert!(layer.column(0).iter().all(|&bias| bias == 0.0));
            let weights = || layer.iter().filter(|&&w| w != 0.0);
            assert_eq!(weights().count(), layer.len() - layer.nrows());
            assert!(weights().all(|w| w.abs() <= 0.1));
            assert!(weights().any(|w| *w < 0.0) && weights().any(|w| *w > 0.0));
        }
        assert_eq!(random, network(Init::Random, 1));
        assert_ne!(random, network(Init::Random, 2));
        // Printed by NumPy 2.4.6: np.random.seed(7 * 21); np.random.uniform(-0.1, 0.1, (7, 21)),
        // and (3, 8).
        let (alpha, beta) = network(Init::Numpy, 1).into_parameters();
        assert_eq!(
            [alpha[[0, 0]], alpha[[0, 1]], alpha[[6, 20]]],
            [0.0, 0.026596273389832864, 0.08295453417582202]
        );
        assert_eq!(
            [beta[[2, 0]], beta[[0, 1]], beta[[2, 7]]],
            [0.0, 0.039902409989915205, 0.03604777208923102]
        );
        let (alpha, beta) = network(Init::Zero, 1).into_parameters();
        assert!(alpha.iter().chain(&beta).all(|&w| w == 0.0));
    }
}
