//! What one example of training is, counted from the textbook's formulas.

use crate::network::Network;

/// How flops are counted, for every table that shows a rate.
pub const FLOPS: &str = "flops an example, counted from the textbook: forward 2D(M+1) + 2K(D+1), backward 2KD, \
     updates 2D(M+1) + 2K(D+1); elementwise work is left out";

/// The size of the work on one example.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Work {
    /// M.
    pub inputs: usize,
    /// D.
    pub hidden: usize,
    /// K.
    pub classes: usize,
}

impl Work {
    /// The work of training `network`.
    pub fn of<T: crate::Number>(network: &Network<T>) -> Self {
        let (inputs, hidden, classes) = (network.inputs(), network.hidden(), network.classes());
        Self { inputs, hidden, classes }
    }

    /// Additions and multiplications of an example in the textbook's computation: `2D(M+1) + 2K(D+1)`
    /// forward, `2KD` backward, `2D(M+1) + 2K(D+1)` for the updates. Elementwise work (sigmoid, softmax,
    /// `g_a`, the learning rate) is left out. An engine that skips the products of inputs that are zero is
    /// credited with them, so its rate can be above the machine's peak.
    pub fn flops(self) -> f64 {
        let (alpha, beta) = (self.alpha(), self.beta());
        let backward = (self.classes * self.hidden) as f64;
        4.0 * (alpha + beta) + 2.0 * backward
    }

    /// Parameters, biases among them: `D(M+1) + K(D+1)`.
    pub fn weights(self) -> f64 {
        self.alpha() + self.beta()
    }

    /// Parameters that the textbook's computation reads and writes for an example. Forward and backward
    /// read alpha once and beta twice (once without its biases); an update reads and writes both:
    /// `3D(M+1) + 3K(D+1) + KD`.
    pub fn touched(self) -> f64 {
        3.0 * self.weights() + (self.classes * self.hidden) as f64
    }

    /// Parameters that delayed updates in blocks of `block` examples read and write for an example: alpha
    /// once each in a block, beta read and written by the pass that goes back and read again to score the
    /// next example: `2D(M+1)/B + 3K(D+1)`.
    pub fn touched_in_blocks(self, block: usize) -> f64 {
        2.0 * self.alpha() / block as f64 + 3.0 * self.beta()
    }

    fn alpha(self) -> f64 {
        (self.hidden * (self.inputs + 1)) as f64
    }

    fn beta(self) -> f64 {
        (self.classes * (self.hidden + 1)) as f64
    }
}
