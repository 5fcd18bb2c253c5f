//! What passes between the kernels of a block.

use super::hidden::stride;
use super::output::Output;
use crate::lanes::{Element, Lanes};

/// Scratch of one block; nothing in it outlives the block.
#[derive(Debug)]
pub struct Workspace<T: Element> {
    /// B x stride lanes: `a_t`, then `z_t`.
    pub a: Vec<T::Lanes>,
    /// B x stride lanes: `-lr g_a`.
    pub steps: Vec<T::Lanes>,
    /// One row of scores: `b`, then `-lr g_b`.
    pub b: Vec<T::Lanes>,
}

impl<T: Element> Workspace<T> {
    /// For blocks of `block` examples, full of `garbage`.
    pub fn new(block: usize, lanes: usize, output: &Output<T>, garbage: T) -> Self {
        let garbage = T::Lanes::splat(garbage);
        let rows = block * stride(lanes);
        Self {
            a: vec![garbage; rows],
            steps: vec![garbage; rows],
            b: vec![garbage; output.score_lanes()],
        }
    }

    /// Overwrites all of it.
    #[cfg(test)]
    pub fn fill(&mut self, garbage: T) {
        for part in [&mut self.a, &mut self.steps, &mut self.b] {
            part.fill(T::Lanes::splat(garbage));
        }
    }
}
