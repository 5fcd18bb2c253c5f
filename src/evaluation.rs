//! How good a network is on a data set: cross-entropy, predictions, error rate.

use crate::dataset::Dataset;
use crate::modules::{sigmoid, softmax};
use crate::network::Network;
use crate::scalar::Scalar;
use ndarray::linalg::general_mat_mul;
use ndarray::{Array2, Axis, s};

/// Examples that go through the network together, as one matrix product a layer.
const BATCH: usize = 256;

/// Puts a data set through networks of one shape, batch by batch, without allocating.
#[derive(Debug)]
pub struct Evaluator<'a, T> {
    data: &'a Dataset<T>,
    /// `[1; z]` of a batch, BATCH x (D+1), column 0 all ones.
    z: Array2<T>,
    /// `a` of a batch, BATCH x D.
    a: Array2<T>,
    /// `b`, then `y_hat` of a batch, BATCH x K.
    y_hat: Array2<T>,
}

impl<'a, T: Scalar> Evaluator<'a, T> {
    /// An evaluator of `data` for networks of `hidden` units.
    pub fn new(data: &'a Dataset<T>, hidden: usize) -> Self {
        let rows = BATCH.min(data.examples());
        Self {
            data,
            z: Array2::ones((rows, hidden + 1)),
            a: Array2::zeros((rows, hidden)),
            y_hat: Array2::zeros((rows, data.classes())),
        }
    }

    /// The mean over all examples of `J = -log y_hat[y]`, summed in f64, from scores and not from
    /// probabilities, so that no loss is too large for it. NaN where the network has diverged.
    ///
    /// # Panics
    /// Where the network's M, D or K are not those that the evaluator was made for.
    pub fn cross_entropy(&mut self, network: &Network<T>) -> f64 {
        let mut sum = 0.0;
        let data = self.data;
        let mut labels = data.labels().iter();
        self.scores(network, |b| {
            let &y = labels.next().expect("a label for each example");
            let score = b[y];
            sum += (softmax(b) - score).as_f64();
        });
        sum / data.examples() as f64
    }

    /// The predicted label of every example: the most probable class, the lowest of equals.
    ///
    /// # Panics
    /// As [`Evaluator::cross_entropy`].
    pub fn predictions(&mut self, network: &Network<T>) -> Vec<usize> {
        let mut labels = Vec::with_capacity(self.data.examples());
        self.scores(network, |b| labels.push(argmax(b)));
        labels
    }

    /// `y_hat` of every example, N x K.
    ///
    /// # Panics
    /// As [`Evaluator::cross_entropy`].
    pub fn probabilities(&mut self, network: &Network<T>) -> Array2<T> {
        let shape = (self.data.examples(), self.data.classes());
        let mut values = Vec::with_capacity(shape.0 * shape.1);
        self.scores(network, |b| {
            softmax(b);
            values.extend_from_slice(b);
        });
        Array2::from_shape_vec(shape, values).expect("K values an example")
    }

    /// Hands the scores `b` of every example, K, to `take`, in file order.
    fn scores(&mut self, network: &Network<T>, mut take: impl FnMut(&mut [T])) {
        let (one, zero) = (T::one(), T::zero());
        for x in self.data.x().axis_chunks_iter(Axis(0), BATCH) {
            let rows = x.nrows();
            let mut a = self.a.slice_mut(s![..rows, ..]);
            general_mat_mul(one, &x, &network.alpha().t(), zero, &mut a);
            let mut z = self.z.slice_mut(s![..rows, ..]);
            z.slice_mut(s![.., 1..]).zip_mut_with(&a, |z, &a| *z = sigmoid(a));
            let mut b = self.y_hat.slice_mut(s![..rows, ..]);
            general_mat_mul(one, &z, &network.beta().t(), zero, &mut b);
            for mut b in b.rows_mut() {
                take(b.as_slice_mut().expect("rows are contiguous"));
            }
        }
    }
}

/// The share of predictions that differ from the labels.
///
/// # Panics
/// Where their counts differ.
pub fn error_rate(predictions: &[usize], labels: &[usize]) -> f64 {
    assert_eq!(predictions.len(), labels.len());
    let wrong = predictions.iter().zip(labels).filter(|(p, y)| p != y);
    wrong.count() as f64 / labels.len() as f64
}

/// The index of the largest value, the lowest of equals.
fn argmax<T: PartialOrd>(values: &[T]) -> usize {
    let better = |best, index| if values[index] > values[best] { index } else { best };
    (1..values.len()).fold(0, better)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::modules;
    use crate::network::Init;

    #[test]
    fn batches_agree_with_the_modules_one_example_at_a_time() {
        // More than two batches, the last one short.
        let n = 2 * BATCH + 3;
        let features = Array2::from_shape_fn((n, 4), |(i, j)| ((i * 7 + j * 3) % 10) as f64 / 10.0);
        let labels = (0..n).map(|i| i % 3).collect();
        let data = Dataset::new(features.view(), labels, 3).unwrap();
        let network = Network::new(4, 5, 3, Init::Random, 1);
        let mut evaluator = Evaluator::new(&data, 5);
        evaluator.a.fill(f64::NAN);
        evaluator.y_hat.fill(f64::NAN);
        let examples = || features.rows().into_iter().zip(data.labels());
        let forward = |(x, &y)| modules::forward(&network, x, y);
        let mean = examples().map(forward).map(|f| f.j).sum::<f64>() / n as f64;
        assert!((evaluator.cross_entropy(&network) - mean).abs() <= 1e-14);
        let predictions = evaluator.predictions(&network);
        let probabilities = evaluator.probabilities(&network);
        for (i, f) in examples().map(forward).enumerate() {
            assert_eq!(predictions[i], argmax(f.y_hat.as_slice().unwrap()));
            let difference = &probabilities.row(i) - &f.y_hat;
            assert!(difference.iter().all(|d| d.abs() <= 1e-15));
        }
    }

    #[test]
    fn ties_go_to_the_lowest_index() {
        assert_eq!(argmax(&[1.0, 2.0, 2.0]), 1);
        assert_eq!(argmax(&[0.0; 4]), 0);
        assert_eq!(error_rate(&[0, 1, 2, 2], &[0, 1, 1, 2]), 0.25);
    }
}
