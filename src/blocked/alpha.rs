//! The hidden layer's parameters, stored for column sums.

use super::inputs::{InputKind, Rows};
use super::plan::Block;
use crate::number::Number;
use crate::phases::{Laps, Phase};
use crate::simd::isa::Kernel;
use crate::simd::{Vector, one_by_one, vectors_for};

/// `alpha` cut into tiles of a few vectors of hidden units, and each tile transposed, (M+1) x width: in it one
/// column of alpha, the weights from one input, is contiguous, and it stays in a near cache while a block's
/// update and the next block's product both pass over it.
#[derive(Clone, Debug)]
pub struct Alpha<T: Number> {
    /// D.
    units: usize,
    /// M+1.
    columns: usize,
    /// First vector of each tile, and the end.
    bounds: Vec<usize>,
    /// Tile after tile, each (M+1) x its width; vectors of D x (M+1) in all. Units beyond D have bias minus infinity and weights 0: their
    /// `z` and so their steps are 0.
    weights: Vec<Vector<T>>,
}

/// A row of D numbers for an example: `a`, `z`, a step.
#[derive(Clone, Copy, Debug)]
pub struct RowShape {
    /// Vectors that hold D numbers.
    pub vectors: usize,
    /// Vectors from one example's row to the next one's: an odd number, so that rows do not meet in the same
    /// cache sets.
    pub stride: usize,
}

/// The most vectors of a tile that is updated: as many sums as registers hold, beside what is added to them.
pub const MOST_VECTORS: usize = 7;

/// Where one tile stands: its first vector among those of D, and the end.
type Bound = (usize, usize);

impl<T: Number> Alpha<T> {
    /// For networks of `units` hidden units and inputs of `columns`, constant included, in tiles of up to `width`
    /// vectors, which is at most [`MOST_VECTORS`].
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

    fn bound(&self, tile: usize) -> Bound {
        (self.bounds[tile], self.bounds[tile + 1])
    }

    /// Takes `alpha`, D x (M+1) row-major.
    pub fn load(&mut self, alpha: &[T]) {
        assert_eq!(alpha.len(), self.units * self.columns);
        // Of units beyond D too: a network that diverged left NaN in them.
        self.weights.fill(Vector::ZERO);
        for tile in 0..self.tiles() {
            let (first, last) = self.bound(tile);
            let bias = first * self.columns;
            self.weights[bias..bias + last - first].fill(Vector::splat(T::neg_infinity()));
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
        let (first, last) = self.bound(tile);
        let weights = &mut self.weights[first * self.columns..last * self.columns];
        weights[vector - first..].iter_mut().step_by(last - first)
    }

    /// `a_t = alpha x_t` for each example of `rows`; `a` is n x stride vectors.
    #[inline(always)]
    pub fn product(&self, rows: &Rows<T>, a: &mut [Vector<T>]) {
        for tile in 0..self.tiles() {
            self.product_of_tile(self.bound(tile), rows, a);
        }
    }

    #[inline(always)]
    fn product_of_tile(&self, bound: Bound, rows: &Rows<T>, a: &mut [Vector<T>]) {
        match bound.1 - bound.0 {
            1 => self.product_of_width::<1>(bound, rows, a),
            2 => self.product_of_width::<2>(bound, rows, a),
            3 => self.product_of_width::<3>(bound, rows, a),
            4 => self.product_of_width::<4>(bound, rows, a),
            5 => self.product_of_width::<5>(bound, rows, a),
            6 => self.product_of_width::<6>(bound, rows, a),
            _ => self.product_of_width::<MOST_VECTORS>(bound, rows, a),
        }
    }

    /// `a_t = sum_p x_t[p] tile[p]`, `p` ascending.
    #[inline(always)]
    fn product_of_width<const W: usize>(&self, bound: Bound, rows: &Rows<T>, a: &mut [Vector<T>]) {
        let tile = &self.weights[bound.0 * self.columns..bound.1 * self.columns];
        let tile = tile.as_chunks::<W>().0;
        let (a, stride) = (&mut a[bound.0..], self.row().stride);
        match rows.kind {
            InputKind::Binary => product_of_listed::<T, W, true>(tile, rows, a, stride),
            InputKind::Valued => product_of_listed::<T, W, false>(tile, rows, a, stride),
            InputKind::Dense => product_of_dense::<T, W>(tile, rows, a, stride),
        }
    }

    #[inline(always)]
    fn update_of_tile(&mut self, bound: Bound, block: &Block<T>, steps: &[Vector<T>]) {
        match bound.1 - bound.0 {
            1 => self.update_of_width::<1>(bound, block, steps),
            2 => self.update_of_width::<2>(bound, block, steps),
            3 => self.update_of_width::<3>(bound, block, steps),
            4 => self.update_of_width::<4>(bound, block, steps),
            5 => self.update_of_width::<5>(bound, block, steps),
            6 => self.update_of_width::<6>(bound, block, steps),
            _ => self.update_of_width::<MOST_VECTORS>(bound, block, steps),
        }
    }

    /// `tile[p] += sum_s x_s[p] steps_s`, `s` ascending.
    #[inline(always)]
    fn update_of_width<const W: usize>(
        &mut self,
        bound: Bound,
        block: &Block<T>,
        steps: &[Vector<T>],
    ) {
        let stride = self.row().stride;
        let tile = &mut self.weights[bound.0 * self.columns..bound.1 * self.columns];
        let tile = tile.as_chunks_mut::<W>().0;
        let steps = &steps[bound.0..];
        match block.rows.kind {
            InputKind::Binary => update_of_listed::<T, W, true>(tile, block, steps, stride),
            InputKind::Valued => update_of_listed::<T, W, false>(tile, block, steps, stride),
            InputKind::Dense => update_of_dense::<T, W>(tile, block, steps, stride),
        }
    }
}

/// One block's update, `alpha += sum_s steps_s x_s^T` with `steps_s = -lr g_a,s` over the examples of `done`,
/// and the next one's product, `a_t = alpha x_t` for those of `next`, tile by tile.
#[derive(Debug)]
pub struct UpdateAndProduct<'a, T: Number, L> {
    pub alpha: &'a mut Alpha<T>,
    pub done: Option<&'a Block<'a, T>>,
    pub next: Option<&'a Block<'a, T>>,
    /// Of the examples of `done`, n x stride vectors.
    pub steps: &'a [Vector<T>],
    /// Of the examples of `next`, n x stride vectors.
    pub a: &'a mut [Vector<T>],
    pub laps: &'a mut L,
}

impl<T: Number, L: Laps> Kernel for UpdateAndProduct<'_, T, L> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Self { alpha, done, next, steps, a, laps } = self;
        for tile in 0..alpha.tiles() {
            let bound = alpha.bound(tile);
            if let Some(done) = done {
                alpha.update_of_tile(bound, done, steps);
                laps.lap(Phase::UpdateHidden);
            }
            if let Some(next) = next {
                alpha.product_of_tile(bound, &next.rows, a);
                laps.lap(Phase::ForwardHidden);
            }
        }
    }
}

/// The update of a tile by the block's lists of examples, column by column; `BINARY` where all inputs are 0
/// or 1.
#[inline(always)]
fn update_of_listed<T: Number, const W: usize, const BINARY: bool>(
    tile: &mut [[Vector<T>; W]],
    block: &Block<T>,
    steps: &[Vector<T>],
    stride: usize,
) {
    for column in block.columns {
        let p = column.index as usize;
        let mut sum = tile[p];
        let mut examples = column.examples;
        while examples != 0 {
            one_by_one();
            let s = examples.trailing_zeros() as usize;
            examples &= examples - 1;
            let x = if BINARY { T::one() } else { block.rows.x(s)[p] };
            add::<T, W, BINARY>(&mut sum, x, row::<T, W>(steps, s * stride));
        }
        tile[p] = sum;
    }
}

/// The update of a tile by every column of every example, some columns together.
#[inline(always)]
fn update_of_dense<T: Number, const W: usize>(
    tile: &mut [[Vector<T>; W]],
    block: &Block<T>,
    steps: &[Vector<T>],
    stride: usize,
) {
    let rows = (0..block.len()).map(|s| block.rows.x(s));
    let (groups, rest) = tile.as_chunks_mut::<TOGETHER>();
    let rest_from = groups.len() * TOGETHER;
    for (i, group) in groups.iter_mut().enumerate() {
        let terms = rows.clone().enumerate().map(|(s, x)| {
            let x = x[i * TOGETHER..].first_chunk().expect("a whole group");
            (*x, row::<T, W>(steps, s * stride))
        });
        accumulate::<T, TOGETHER, W>(group, terms);
    }
    for (weights, p) in rest.iter_mut().zip(rest_from..) {
        let terms = rows.clone().enumerate();
        let terms = terms.map(|(s, x)| ([x[p]], row::<T, W>(steps, s * stride)));
        accumulate::<T, 1, W>(std::array::from_mut(weights), terms);
    }
}

/// The product with a tile by the lists of nonzero inputs; `BINARY` where all inputs are 0 or 1.
#[inline(always)]
fn product_of_listed<T: Number, const W: usize, const BINARY: bool>(
    tile: &[[Vector<T>; W]],
    rows: &Rows<T>,
    a: &mut [Vector<T>],
    stride: usize,
) {
    for t in 0..rows.len() {
        let x = rows.x(t);
        let mut sum = [Vector::ZERO; W];
        for &p in rows.nonzero(t) {
            one_by_one();
            let x = if BINARY { T::one() } else { x[p as usize] };
            add::<T, W, BINARY>(&mut sum, x, &tile[p as usize]);
        }
        a[t * stride..t * stride + W].copy_from_slice(&sum);
    }
}

/// The product with a tile by every column, some examples together.
#[inline(always)]
fn product_of_dense<T: Number, const W: usize>(
    tile: &[[Vector<T>; W]],
    rows: &Rows<T>,
    a: &mut [Vector<T>],
    stride: usize,
) {
    let grouped = rows.len() - rows.len() % TOGETHER;
    for t in (0..grouped).step_by(TOGETHER) {
        let x: [&[T]; TOGETHER] = std::array::from_fn(|e| rows.x(t + e));
        let terms = tile.iter().enumerate();
        let terms = terms.map(|(p, weights)| (x.map(|x| x[p]), weights));
        let mut sums = [[Vector::ZERO; W]; TOGETHER];
        accumulate::<T, TOGETHER, W>(&mut sums, terms);
        for e in 0..TOGETHER {
            a[(t + e) * stride..(t + e) * stride + W].copy_from_slice(&sums[e]);
        }
    }
    for t in grouped..rows.len() {
        let terms = tile.iter().zip(rows.x(t)).map(|(weights, &x)| ([x], weights));
        let mut sums = [[Vector::ZERO; W]];
        accumulate::<T, 1, W>(&mut sums, terms);
        a[t * stride..t * stride + W].copy_from_slice(&sums[0]);
    }
}

/// `sum += x row`, where `x` is 1 if `BINARY`: the same bits either way.
#[inline(always)]
fn add<T: Number, const W: usize, const BINARY: bool>(
    sum: &mut [Vector<T>; W],
    x: T,
    row: &[Vector<T>; W],
) {
    for j in 0..W {
        sum[j] = if BINARY { sum[j] + row[j] } else { Vector::splat(x).mul_add(row[j], sum[j]) };
    }
}

/// Columns, or examples, of the dense kernels whose sums stay in registers at once.
const TOGETHER: usize = 4;

/// `sums[i] += sum_r factors_r[i] row_r` over the terms `(factors_r, row_r)`, in their order.
#[inline(always)]
fn accumulate<'a, T: Number, const P: usize, const W: usize>(
    sums: &mut [[Vector<T>; W]; P],
    terms: impl Iterator<Item = ([T; P], &'a [Vector<T>; W])>,
) {
    let mut total = *sums;
    for (factors, row) in terms {
        one_by_one();
        for i in 0..P {
            add::<T, W, false>(&mut total[i], factors[i], row);
        }
    }
    *sums = total;
}

/// The `W` vectors of `rows` that start at `place`.
#[inline(always)]
fn row<T: Number, const W: usize>(rows: &[Vector<T>], place: usize) -> &[Vector<T>; W] {
    rows[place..place + W].try_into().expect("W vectors")
}
