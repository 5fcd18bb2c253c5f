//! The work of one example of training, counted from the formulas of the reference engine.

use rankone::{Network, Number};

/// How flops are counted, for every table with a rate.
pub(crate) const FLOPS_NOTE: &str = "flops an example, counted from the textbook: \
     forward 2D(M+1) + 2K(D+1), backward 2KD, updates 2D(M+1) + 2K(D+1); elementwise work is left \
     out";

/// The size of the work on one example.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WorkSize {
    /// M.
    pub inputs: usize,
    /// D.
    pub hidden: usize,
    /// K.
    pub classes: usize,
}

impl WorkSize {
    /// Returns the work of training `network`.
    pub fn of<T: Number>(network: &Network<T>) -> Self {
        let (inputs, hidden, classes) = (network.inputs(), network.hidden(), network.classes());
        Self { inputs, hidden, classes }
    }

    /// Returns the additions and multiplications of the reference computation: `2D(M+1) + 2K(D+1)`
    /// forward, `2KD` backward, `2D(M+1) + 2K(D+1)` for the updates. Elementwise work (sigmoid,
    /// softmax, `g_a`, the learning rate) is not counted. The products of inputs that are zero are
    /// counted even for an engine that skips them, so its rate can exceed the machine's peak.
    pub fn flops(self) -> f64 {
        let backward = (self.classes * self.hidden) as f64;
        4.0 * self.weights() + 2.0 * backward
    }

    /// Returns the number of parameters, including biases: `D(M+1) + K(D+1)`.
    pub fn weights(self) -> f64 {
        self.alpha() + self.beta()
    }

    /// Returns the number of parameters that the reference computation reads and writes. Forward
    /// and backward pass read alpha once and beta twice (once without its biases); an update reads
    /// and writes both: `3D(M+1) + 3K(D+1) + KD`.
    pub fn touched(self) -> f64 {
        3.0 * self.weights() + (self.classes * self.hidden) as f64
    }

    /// Returns the number of parameters that delayed updates in blocks of B = `block` examples read
    /// and write. Alpha is read and written once per block. The backward pass reads and writes
    /// beta, and the scores of the next example read it: `2D(M+1)/B + 3K(D+1)`.
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
