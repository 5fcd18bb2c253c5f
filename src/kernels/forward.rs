//! Examples through a network, for its losses and predictions.

use super::hidden::{Hidden, stride};
use super::nonzero::Rows;
use super::output::Output;
use crate::lanes::exp::sigmoid_row;
use crate::lanes::isa::Kernel;
use crate::lanes::{Element, Lanes};

/// Examples that go through the network together. Their losses are summed first, then those sums in file
/// order, so that the mean does not depend on how many threads share the work.
pub const BATCH: usize = 32;

/// Some batches of examples, all but the last of them full.
#[derive(Debug)]
pub struct Forward<'a, T: Element> {
    /// n examples.
    pub rows: Rows<'a, T>,
    /// n.
    pub labels: &'a [usize],
    pub hidden: &'a Hidden<T>,
    pub output: &'a Output<T>,
    /// One a batch: gets the sum of its cross-entropies.
    pub losses: &'a mut [f64],
    /// n: gets the class of the highest score, the first of equals.
    pub predictions: Option<&'a mut [usize]>,
    pub workspace: &'a mut Workspace<T>,
}

/// Scratch of one thread.
#[derive(Debug)]
pub struct Workspace<T: Element> {
    /// BATCH x stride lanes: `a`, then `z`.
    a: Vec<T::Lanes>,
    /// BATCH rows of scores.
    b: Vec<T::Lanes>,
}

impl<T: Element> Workspace<T> {
    pub fn new(hidden: &Hidden<T>, output: &Output<T>) -> Self {
        Self {
            a: vec![T::Lanes::ZERO; BATCH * stride(hidden.lanes())],
            b: vec![T::Lanes::ZERO; BATCH * output.score_lanes()],
        }
    }
}

/// [`Forward`] for an output layer in chunks of C classes.
pub struct InChunks<'a, T: Element, const C: usize>(pub Forward<'a, T>);

impl<T: Element, const C: usize> Kernel for InChunks<'_, T, C> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Forward { rows, labels, hidden, output, losses, mut predictions, workspace } = self.0;
        let Workspace { a, b } = workspace;
        let (lanes, stride) = (hidden.lanes(), stride(hidden.lanes()));
        let width = output.score_lanes();
        for (i, (loss, labels)) in losses.iter_mut().zip(labels.chunks(BATCH)).enumerate() {
            let (first, last) = (i * BATCH, i * BATCH + labels.len());
            hidden.product(&rows.part(first, last), a);
            let examples = a.chunks_exact_mut(stride).take(labels.len());
            for (row, b) in examples.zip(b.chunks_exact_mut(width)) {
                let z = &mut row[..lanes];
                sigmoid_row(z);
                output.scores::<C>(z, b);
            }
            if let Some(predictions) = &mut predictions {
                let predictions = &mut predictions[first..last];
                for (prediction, b) in predictions.iter_mut().zip(b.chunks_exact(width)) {
                    *prediction = output.best(b);
                }
            }
            *loss = 0.0;
            for (b, &y) in b.chunks_exact_mut(width).zip(labels) {
                *loss += output.cross_entropy::<C>(b, y);
            }
        }
    }
}
