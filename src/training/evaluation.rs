//! How good a network is on a data set: cross-entropy, predictions, error rate.
//!
//! Computed batch by batch with the kernels of the blocked engine, whatever engine trains: the same network
//! has the same losses, to the bit, under any engine, BLAS library, instruction set and number of threads.

use crate::blocked::Inference;
use crate::dataset::Dataset;
use crate::engine::Prepared;
use crate::error::{Error, Result};
use crate::network::Network;
use crate::number::Number;
use crate::simd::isa::Isa;

/// How good a network is on a data set.
#[derive(Debug, Clone, PartialEq)]
pub struct Evaluation {
    /// The mean over all examples of `J = -log y_hat[y]`.
    pub cross_entropy: f64,
    /// The predicted label of every example: the most probable class, the lowest of equals.
    pub predictions: Vec<usize>,
    /// The share of examples that are predicted wrong.
    pub error: f64,
}

impl<T: Number> Network<T> {
    /// How good the network is on `data`.
    ///
    /// # Errors
    /// [`Error::Mismatch`] where M or K of the two differ, [`Error::Scores`] where the network's weights are
    /// so large that the mean cross-entropy is not finite.
    pub fn evaluate(&self, data: &Dataset<T>) -> Result<Evaluation> {
        self.evaluate_with(data, Isa::detect())
    }

    /// [`evaluate`](Self::evaluate), with the instructions of `isa`.
    pub(crate) fn evaluate_with(&self, data: &Dataset<T>, isa: Isa) -> Result<Evaluation> {
        let data_shape = (data.inputs(), data.classes());
        if data_shape != (self.inputs(), self.classes()) {
            return Err(Error::Mismatch {
                what: "inputs and classes of the data set",
                found: format!("{data_shape:?}"),
                expected: format!("{:?} as in the network", (self.inputs(), self.classes())),
            });
        }
        let evaluation = Evaluator::new(Prepared::new(data, isa), self.hidden(), 1).test(self);
        if evaluation.cross_entropy.is_finite() {
            Ok(evaluation)
        } else {
            Err(Error::Scores { model: "the network".into() })
        }
    }
}

/// Puts a data set through networks of one shape.
#[derive(Debug)]
pub struct Evaluator<'a, T: Number> {
    prepared: Prepared<'a, T>,
    /// M+1, D, K.
    shape: (usize, usize, usize),
    inference: Inference<T>,
}

impl<'a, T: Number> Evaluator<'a, T> {
    /// An evaluator for networks of `hidden` units, which shares its work among `threads`, as far as there
    /// are batches for them.
    pub fn new(prepared: Prepared<'a, T>, hidden: usize, threads: usize) -> Self {
        let (shape, examples) = (prepared.shape(hidden), prepared.data.examples());
        let inference = Inference::new(shape, examples, threads, prepared.isa);
        Self { prepared, shape, inference }
    }

    /// The mean cross-entropy, summed in f64; not finite where the network has diverged.
    ///
    /// # Panics
    /// Where the network's M, D or K are not those that the evaluator was made for.
    pub fn cross_entropy(&mut self, network: &Network<T>) -> f64 {
        self.evaluate(network, None)
    }

    /// The mean cross-entropy, and what is predicted of every example.
    ///
    /// # Panics
    /// As [`Evaluator::cross_entropy`].
    pub fn test(&mut self, network: &Network<T>) -> Evaluation {
        let mut predictions = vec![0; self.prepared.data.examples()];
        let cross_entropy = self.evaluate(network, Some(&mut predictions));
        let labels = self.prepared.data.labels();
        let wrong = predictions.iter().zip(labels).filter(|(p, y)| p != y).count();
        Evaluation { cross_entropy, error: wrong as f64 / labels.len() as f64, predictions }
    }

    fn evaluate(&mut self, network: &Network<T>, predictions: Option<&mut [usize]>) -> f64 {
        assert_eq!(network.shape(), self.shape, "M+1, D, K");
        let (alpha, beta) = network.as_slices();
        self.inference.load(alpha, beta);
        let Prepared { data, inputs, .. } = &self.prepared;
        self.inference.cross_entropy(inputs, data.labels(), predictions)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::blocked::BATCH;
    use crate::network::Init;
    use crate::textbook;
    use ndarray::{Array2, ShapeBuilder, array};

    #[test]
    fn batches_agree_with_the_modules_one_example_at_a_time() {
        // More than two batches, the last one short.
        let n = 2 * BATCH + 3;
        for m in [4, 60] {
            let value = |(i, j)| ((i * 7 + j * 3) % 10) as f64 / 10.0;
            let features = Array2::from_shape_fn((n, m), value);
            let labels = (0..n).map(|i| i % 3).collect();
            let data = Dataset::new(features.view(), labels, 3).unwrap();
            let network = Network::new(m, 5, 3, Init::Random, 1).unwrap();
            let examples = features.rows().into_iter().zip(data.labels());
            let losses = examples.map(|(x, &y)| textbook::forward(&network, x, y).j);
            let mean = losses.sum::<f64>() / n as f64;
            let expected = network.evaluate(&data).unwrap();
            assert!((expected.cross_entropy - mean).abs() <= 1e-14, "{expected:?} {mean}");
            let prepared = Prepared::new(&data, Isa::detect());
            for threads in [0, 1, 2, 3, 7, 100] {
                let mut evaluator = Evaluator::new(prepared.clone(), 5, threads);
                evaluator.inference.fill(f64::NAN);
                assert_eq!(evaluator.test(&network), expected, "{threads} threads");
            }
            // Predicted from arrays of either layout, as training does.
            let y_hat = network.probabilities(features.view()).unwrap();
            let columns = Array2::from_shape_fn((n, m).f(), value);
            assert_eq!(network.probabilities(columns.view()).unwrap(), y_hat);
            assert_eq!(network.predict(columns.view()).unwrap(), expected.predictions);
            for (i, y_hat) in y_hat.rows().into_iter().enumerate() {
                let textbook = textbook::forward(&network, features.row(i), 0).y_hat;
                assert!(y_hat.iter().zip(&textbook).all(|(p, q)| (p - q).abs() <= 1e-15));
                assert!(y_hat.iter().all(|p| *p <= y_hat[expected.predictions[i]]));
            }
        }
    }

    #[test]
    fn ties_go_to_the_lowest_index() {
        let data = Dataset::new(array![[1.0], [0.5]].view(), vec![0, 3], 4).unwrap();
        let beta = array![[0.0, 0.0], [2.0, 0.0], [2.0, 0.0], [1.0, 0.0]];
        let network = Network::from_parameters(Array2::zeros((1, 2)), beta).unwrap();
        let evaluation = network.evaluate(&data).unwrap();
        assert_eq!((&evaluation.predictions[..], evaluation.error), (&[1, 1][..], 1.0));
    }
}
