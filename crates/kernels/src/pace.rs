//! Whether more threads than one should work on the next block.
//!
//! Two threads take less time for a block than one, unless the other one has lost its core to
//! another program: then the first waits for it, a time slice long, at any example. Nobody knows
//! beforehand. So the threads work together on credit: together they may take two milliseconds
//! longer, in all, than one would have taken alone for the same blocks, and by what they were
//! quicker so far. When that is used up one thread goes on alone, for twenty times as long as what
//! was lost, but no longer than a second; then they try again. So tries cost a twentieth of the
//! time at most. It is the same where nobody is disturbed, but several threads are no quicker than
//! one.

/// The accounts of a training, in seconds.
#[derive(Debug)]
pub struct Pace {
    /// Of the last blocks that one thread did alone, in no order.
    alone: [f64; 9],
    /// How many blocks that were, in all.
    blocks_alone: usize,
    /// What one thread takes for a block: the median of those, as the threads began to work
    /// together.
    typical: f64,
    /// What may still be lost by working together.
    credit: f64,
    /// What is still to be done alone.
    rest: f64,
}

/// What a try may lose.
const CREDIT: f64 = 2e-3;
/// What may be saved up.
const MOST_CREDIT: f64 = 10e-3;
const LONGEST_REST: f64 = 1.0;

impl Pace {
    pub fn new() -> Self {
        Self { alone: [0.0; 9], blocks_alone: 0, typical: 0.0, credit: 0.0, rest: 0.0 }
    }

    /// Whether the next block is one for all.
    pub fn wants_all(&self) -> bool {
        self.rest <= 0.0 && self.blocks_alone >= self.alone.len()
    }

    /// From now on all work together.
    pub fn begin(&mut self) {
        let mut alone = self.alone;
        alone.sort_by(f64::total_cmp);
        (self.typical, self.credit) = (alone[alone.len() / 2], CREDIT);
    }

    /// A block was done in `seconds`, by all or by one thread.
    pub fn block(&mut self, seconds: f64, by_all: bool) {
        if by_all {
            self.credit = (self.credit + self.typical - seconds).min(MOST_CREDIT);
            if self.credit < 0.0 {
                self.rest = (20.0 * (CREDIT - self.credit)).min(LONGEST_REST);
            }
        } else {
            self.alone[self.blocks_alone % self.alone.len()] = seconds;
            self.blocks_alone += 1;
            self.rest -= seconds;
        }
    }
}
