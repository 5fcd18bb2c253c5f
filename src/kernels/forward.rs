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
    pub predictions: &'a mut [usize],
    pub workspace: &'a mut Workspace<T>,
}

/// Scratch of one thread.
#[derive(Debug)]
pub struct Workspace<T: Element> {
    /// BATCH x stride lanes: `a`, then `z`.
    a: Vec<T::Lanes>,
    /// One row of scores.
    b: Vec<T::Lanes>,
}

impl<T: Element> Workspace<T> {
    pub fn new(hidden: &Hidden<T>, output: &Output<T>) -> Self {
        Self {
            a: vec![T::Lanes::ZERO; BATCH * stride(hidden.lanes())],
            b: vec![T::Lanes::ZERO; output.score_lanes()],
        }
    }
}

/// [`Forward`] for an output layer in chunks of C classes.
pub struct InChunks<'a, T: Element, const C: usize>(pub Forward<'a, T>);

impl<T: Element, const C: usize> Kernel for InChunks<'_, T, C> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Forward { rows, labels, hidden, output, losses, predictions, workspace } = self.0;
        let Workspace { a, b } = workspace;
        let (lanes, stride) = (hidden.lanes(), stride(hidden.lanes()));
        let batches = labels.chunks(BATCH).zip(predictions.chunks_mut(BATCH));
        for (i, (loss, (labels, predictions))) in losses.iter_mut().zip(batches).enumerate() {
            hidden.product(&rows.part(i * BATCH, i * BATCH + labels.len()), a);
            *loss = 0.0;
            let examples = a.chunks_exact_mut(stride).zip(labels);
            for ((row, &y), prediction) in examples.zip(predictions) {
                let z = &mut row[..lanes];
                sigmoid_row(z);
                output.scores::<C>(z, b);
                *prediction = output.best(b);
                *loss += output.cross_entropy(b, y);
            }
        }
    }
}
