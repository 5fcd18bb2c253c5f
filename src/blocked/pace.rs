//! Whether more threads than one should work on the next block.
//!
//! Two threads take less time for a block than one, unless the other one has lost its core to another program: then the
//! first waits for it, a time slice long, at any example. Nobody knows beforehand. So the threads work together on
//! credit: together they may take a millisecond longer, in all, than one would have taken alone for the same blocks, and
//! by what they were quicker so far. When that is used up one thread goes on alone, for 10 ms, and then they try again; after the next time for 20 ms,
//! and so on up to a second. It is the same where nobody is disturbed, but two threads are no quicker than one.

/// The accounts of a training.
#[derive(Debug)]
pub struct Pace {
    /// Seconds of the last blocks that one thread did alone, in no order.
    alone: [f64; 9],
    /// How many blocks that were.
    blocks_alone: usize,
    /// What one thread takes for a block: the median of those, as the threads began to work together.
    typical: f64,
    /// Seconds that the threads may still lose together.
    credit: f64,
    /// Seconds of work together since it last began.
    together: f64,
    /// Seconds still to be alone.
    rest: f64,
    /// Seconds to be alone after the next time.
    pause: f64,
}

/// Seconds: what a try may cost, and what may be saved up.
const CREDIT: f64 = 1e-3;
const MOST_CREDIT: f64 = 10e-3;
const SHORTEST_PAUSE: f64 = 10e-3;
const LONGEST_PAUSE: f64 = 1.0;

impl Pace {
    pub fn new() -> Self {
        Self {
            alone: [0.0; 9],
            blocks_alone: 0,
            typical: 0.0,
            credit: 0.0,
            together: 0.0,
            rest: 0.0,
            pause: SHORTEST_PAUSE,
        }
    }

    /// Whether the next block is one for all.
    pub fn wants_all(&self) -> bool {
        self.rest <= 0.0 && self.blocks_alone >= self.alone.len()
    }

    /// From now on all work together.
    pub fn begin(&mut self) {
        let mut alone = self.alone;
        alone.sort_by(f64::total_cmp);
        (self.typical, self.credit, self.together) = (alone[alone.len() / 2], CREDIT, 0.0);
    }

    /// A block was done in `seconds`, by all or by one thread.
    pub fn block(&mut self, seconds: f64, by_all: bool) {
        if !by_all {
            self.alone[self.blocks_alone % self.alone.len()] = seconds;
            self.blocks_alone += 1;
            self.rest -= seconds;
            return;
        }
        self.together += seconds;
        self.credit = (self.credit + self.typical - seconds).min(MOST_CREDIT);
        if self.credit < 0.0 {
            self.rest = self.pause;
            self.pause = (2.0 * self.pause).min(LONGEST_PAUSE);
        } else if self.together > 10.0 * self.pause {
            self.pause = SHORTEST_PAUSE;
        }
    }
}
