//! The hidden layer's parameters, stored for column sums.

use super::inputs::InputRows;
use super::plan::Block;
use super::tile::{Product, Update};
use crate::number::Number;
use crate::profile::{Laps, Phase};
use crate::simd::isa::Isa;
use crate::simd::{Vector, vectors_for};
use std::ops::Range;

/// `alpha` cut into tiles of a few vectors of hidden units, and each tile transposed, (M+1) x
/// width: in it one column of alpha, the weights from one input, is contiguous, and it stays in a
/// near cache while a block's update and the next block's product both pass over it.
#[derive(Clone, Debug)]
pub struct Alpha<T: Number> {
    /// D.
    units: usize,
    /// M+1.
    columns: usize,
    /// First vector of each tile, and the end.
    bounds: Vec<usize>,
    /// Tile after tile, each (M+1) x its width; vectors of D x (M+1) in all. Units beyond D have
    /// bias minus infinity and weights 0: their `z` and so their steps are 0.
    weights: Vec<Vector<T>>,
}

/// A row of D numbers for an example: `a`, `z`, a step.
#[derive(Clone, Copy, Debug)]
pub struct RowShape {
    /// Vectors that hold D numbers.
    pub vectors: usize,
    /// Vectors from one example's row to the next one's: an odd number, so that rows do not meet in
    /// the same cache sets.
    pub stride: usize,
}

impl<T: Number> Alpha<T> {
    /// For networks of `units` hidden units and inputs of `columns`, constant included, in tiles of
    /// up to `width` vectors, which is at most [`MOST_VECTORS`](super::tile::MOST_VECTORS).
    pub fn new(units: usize, columns: usize, width: usize) -> Self {
        let vectors = vectors_for::<T>(units);
        let tiles = vectors.div_ceil(width);
        Self {
            units,
            columns,
            bounds: (0..=tiles).map(|i| i * vectors / tiles).collect(),
            weights: vec![Vector::ZERO; vectors * columns],
        }
    }

    /// M+1.
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// How a row of D units is laid out.
    pub fn row(&self) -> RowShape {
        let vectors = vectors_for::<T>(self.units);
        RowShape { vectors, stride: vectors | 1 }
    }

    fn tiles(&self) -> usize {
        self.bounds.len() - 1
    }

    /// Which vectors of those of D a tile has, and where its weights stand.
    fn tile(&self, tile: usize) -> (Range<usize>, Range<usize>) {
        let (first, last) = (self.bounds[tile], self.bounds[tile + 1]);
        (first..last, first * self.columns..last * self.columns)
    }

    /// Takes `alpha`, D x (M+1) row-major.
    pub fn load(&mut self, alpha: &[T]) {
        assert_eq!(alpha.len(), self.units * self.columns);
        // Of units beyond D too: a network that diverged left NaN in them.
        self.weights.fill(Vector::ZERO);
        for tile in 0..self.tiles() {
            let (vectors, weights) = self.tile(tile);
            let bias = &mut self.weights[weights][..vectors.len()];
            bias.fill(Vector::splat(T::neg_infinity()));
        }
        let columns = self.columns;
        for (unit, row) in alpha.chunks_exact(columns).enumerate() {
            for (vector, &value) in self.unit(unit).zip(row) {
                vector[unit % T::WIDTH] = value;
            }
        }
    }

    /// The inverse of [`load`](Self::load).
    pub fn store(&mut self, alpha: &mut [T]) {
        assert_eq!(alpha.len(), self.units * self.columns);
        let columns = self.columns;
        for (unit, row) in alpha.chunks_exact_mut(columns).enumerate() {
            for (vector, value) in self.unit(unit).zip(row) {
                *value = vector[unit % T::WIDTH];
            }
        }
    }

    /// The vectors that hold a unit's parameters, M+1.
    fn unit(&mut self, unit: usize) -> impl Iterator<Item = &mut Vector<T>> {
        let vector = unit / T::WIDTH;
        let tile = self.bounds.partition_point(|&bound| bound <= vector) - 1;
        let (vectors, weights) = self.tile(tile);
        let weights = &mut self.weights[weights][vector - vectors.start..];
        weights.iter_mut().step_by(vectors.len())
    }

    /// `a_t = alpha x_t` for each example of `rows`; `a` is n x stride vectors.
    pub fn product(&self, isa: Isa, rows: &InputRows<T>, a: &mut [Vector<T>]) {
        (0..self.tiles()).for_each(|tile| self.product_of_tile(isa, tile, rows, a));
    }

    fn product_of_tile(&self, isa: Isa, tile: usize, rows: &InputRows<T>, a: &mut [Vector<T>]) {
        let (vectors, weights) = self.tile(tile);
        let (tile, a) = (&self.weights[weights], &mut a[vectors.start..]);
        isa.run(Product { tile, width: vectors.len(), rows, a, stride: self.row().stride });
    }

    /// One block's update, `alpha += sum_s step_s x_s^T` with `step_s = -lr g_a,s` over the
    /// examples of `done`, and another one's product, `a_t = alpha x_t` for those of `next`: tile
    /// by tile, each of which is in a near cache when it comes to the product. With `done` come its
    /// steps, and with `next` its `a`, n x stride vectors both.
    pub fn update_and_product<L: Laps>(
        &mut self,
        isa: Isa,
        done: Option<(&Block<T>, &[Vector<T>])>,
        mut next: Option<(&Block<T>, &mut [Vector<T>])>,
        laps: &mut L,
    ) {
        let stride = self.row().stride;
        for i in 0..self.tiles() {
            if let Some((block, steps)) = done {
                let (vectors, weights) = self.tile(i);
                let (tile, steps) = (&mut self.weights[weights], &steps[vectors.start..]);
                isa.run(Update { tile, width: vectors.len(), block, steps, stride });
                laps.lap(Phase::UpdateHidden);
            }
            if let Some((block, a)) = &mut next {
                self.product_of_tile(isa, i, &block.rows, a);
                laps.lap(Phase::ForwardHidden);
            }
        }
    }
}
