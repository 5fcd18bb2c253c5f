//! How good a network is on a data set: cross-entropy, predictions, error rate.
//!
//! Computed batch by batch with the kernels of the [blocked engine](crate::engine::Blocked), whatever
//! engine trains: the same network has the same losses, to the bit, under any engine, BLAS library,
//! instruction set and number of threads.

use crate::dataset::Dataset;
use crate::error::Result;
use crate::kernels::forward::{BATCH, Forward, Workspace};
use crate::kernels::hidden::Hidden;
use crate::kernels::nonzero::Rows;
use crate::kernels::output::Output;
use crate::lanes::isa::Isa;
use crate::modules;
use crate::network::Network;
use crate::scalar::Scalar;
use ndarray::Array2;
use std::thread;

/// Puts a data set through networks of one shape.
#[expect(missing_debug_implementations, reason = "lists and scratch have nothing to show")]
pub struct Evaluator<'a, T: Scalar> {
    /// N x (M+1).
    rows: Rows<'a, T>,
    /// N.
    labels: &'a [usize],
    isa: Isa,
    /// The network under evaluation, as the kernels store it.
    hidden: Hidden<T>,
    output: Output<T>,
    /// Cross-entropy of each batch, summed.
    losses: Vec<f64>,
    /// One a thread.
    workspaces: Vec<Workspace<T>>,
}

impl<'a, T: Scalar> Evaluator<'a, T> {
    /// An evaluator of `data` for networks of `hidden` units, which shares its work among `threads`, as far
    /// as there are batches for them.
    ///
    /// # Errors
    /// [`Error::Isa`](crate::Error::Isa) where `RANKONE_ISA` asks for instructions that this CPU lacks.
    pub fn new(data: &'a Dataset<T>, hidden: usize, threads: usize) -> Result<Self> {
        let isa = Isa::from_environment()?;
        let hidden = Hidden::new(hidden, data.inputs() + 1);
        let output = Output::new(hidden.units(), data.classes());
        let workspace = || Workspace::new(&hidden, &output);
        let batches = data.examples().div_ceil(BATCH);
        Ok(Self {
            rows: data.rows(),
            labels: data.labels(),
            isa,
            workspaces: (0..threads.clamp(1, batches)).map(|_| workspace()).collect(),
            hidden,
            output,
            losses: vec![0.0; batches],
        })
    }

    /// The mean over all examples of `J = -log y_hat[y]`, summed in f64, from scores and not from
    /// probabilities, so that no loss is too large for it. Not finite where the network has diverged.
    ///
    /// # Panics
    /// Where the network's M, D or K are not those that the evaluator was made for.
    pub fn cross_entropy(&mut self, network: &Network<T>) -> f64 {
        self.evaluate(network, None)
    }

    /// The [mean cross-entropy](Self::cross_entropy), and what is predicted of every example.
    ///
    /// # Panics
    /// As [`Evaluator::cross_entropy`].
    pub fn test(&mut self, network: &Network<T>) -> Test {
        let mut predictions = vec![0; self.labels.len()];
        let cross_entropy = self.evaluate(network, Some(&mut predictions));
        let error = error_rate(&predictions, self.labels);
        Test { cross_entropy, predictions, error }
    }

    fn evaluate(&mut self, network: &Network<T>, predictions: Option<&mut [usize]>) -> f64 {
        let shape = (self.hidden.inputs(), self.hidden.units(), self.output.classes());
        assert_eq!((network.inputs(), network.hidden(), network.classes()), shape, "M, D, K");
        let (alpha, beta) = network.parameters();
        self.hidden.load(alpha);
        self.output.load(beta);
        let (isa, hidden, output) = (self.isa, &self.hidden, &self.output);
        let batches = self.losses.len().div_ceil(self.workspaces.len());
        let (rows, labels) = (self.rows, self.labels);
        let mut predictions = predictions.map(|all| all.chunks_mut(batches * BATCH));
        let losses = self.losses.chunks_mut(batches).zip(&mut self.workspaces);
        let labels = labels.chunks(batches * BATCH);
        let mut first = 0;
        let mut shares = labels.zip(losses).map(|(labels, (losses, workspace))| {
            let rows = rows.part(first, first + labels.len());
            first += labels.len();
            let predictions = predictions.as_mut().and_then(Iterator::next);
            Forward { rows, labels, hidden, output, losses, predictions, workspace }
        });
        let own = shares.next();
        thread::scope(|scope| {
            for share in shares {
                scope.spawn(move || T::forward(isa, share));
            }
            if let Some(share) = own {
                T::forward(isa, share);
            }
        });
        self.losses.iter().sum::<f64>() / self.labels.len() as f64
    }
}

/// How good a network is on a data set.
#[derive(Debug, Clone, PartialEq)]
pub struct Test {
    /// The mean cross-entropy.
    pub cross_entropy: f64,
    /// The predicted label of every example: the most probable class, the lowest of equals.
    pub predictions: Vec<usize>,
    /// The share of examples that are predicted wrong.
    pub error: f64,
}

/// `y_hat` of every example, N x K.
///
/// # Panics
/// Where the network's M is not that of the data.
pub fn probabilities<T: Scalar>(network: &Network<T>, data: &Dataset<T>) -> Array2<T> {
    let mut y_hat = Array2::zeros((data.examples(), network.classes()));
    let features = data.features();
    for (x, mut row) in features.rows().into_iter().zip(y_hat.rows_mut()) {
        row.assign(&modules::forward(network, x, 0).y_hat);
    }
    y_hat
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::Init;

    #[test]
    fn batches_agree_with_the_modules_one_example_at_a_time() {
        // More than two batches, the last one short.
        let n = 2 * BATCH + 3;
        for m in [4, 60] {
            let features =
                Array2::from_shape_fn((n, m), |(i, j)| ((i * 7 + j * 3) % 10) as f64 / 10.0);
            let labels = (0..n).map(|i| i % 3).collect();
            let data = Dataset::new(features.view(), labels, 3).unwrap();
            let network = Network::new(m, 5, 3, Init::Random, 1);
            let examples = features.rows().into_iter().zip(data.labels());
            let losses = examples.map(|(x, &y)| modules::forward(&network, x, y).j);
            let mean = losses.sum::<f64>() / n as f64;
            let y_hat = probabilities(&network, &data);
            let mut bits = Vec::new();
            for threads in [0, 1, 2, 3, 7, 100] {
                let mut evaluator = Evaluator::new(&data, 5, threads).unwrap();
                assert_eq!(evaluator.workspaces.len(), threads.clamp(1, 3));
                evaluator.losses.fill(f64::NAN);
                let loss = evaluator.cross_entropy(&network);
                assert!((loss - mean).abs() <= 1e-14, "{threads} threads: {loss} {mean}");
                bits.push(loss.to_bits());
                let predictions = evaluator.test(&network).predictions;
                for (&label, row) in predictions.iter().zip(y_hat.rows()) {
                    assert!(row.iter().all(|p| *p <= row[label]));
                }
            }
            assert!(bits.iter().all(|b| *b == bits[0]), "the threads' number shows");
        }
    }

    #[test]
    fn ties_go_to_the_lowest_index() {
        let data = Dataset::new(ndarray::array![[1.0], [0.5]].view(), vec![0, 3], 4).unwrap();
        let beta = ndarray::array![[0.0, 0.0], [2.0, 0.0], [2.0, 0.0], [1.0, 0.0]];
        let network = Network::from_parameters(Array2::zeros((1, 2)), beta).unwrap();
        let mut evaluator = Evaluator::new(&data, 1, 1).unwrap();
        assert_eq!(evaluator.test(&network).predictions, [1, 1]);
        assert_eq!(error_rate(&[0, 1, 2, 2], &[0, 1, 1, 2]), 0.25);
    }
}
