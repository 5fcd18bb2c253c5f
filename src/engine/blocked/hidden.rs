//! The hidden layer's parameters, stored for column sums.

use super::inputs::{Kind, Rows};
use super::plan::Block;
use crate::lanes::{Lanes, lanes_for, one_by_one};
use crate::scalar::Scalar;

/// `alpha` transposed and cut into tiles of a few lanes, each (M+1) x width: one column of alpha is
/// contiguous in a tile, and a tile stays in the first-level cache while a block's update and the next
/// block's product both pass over it.
#[derive(Clone, Debug)]
pub struct Hidden<T: Scalar> {
    /// D.
    units: usize,
    /// M+1.
    columns: usize,
    /// First lane of each tile, and the end.
    bounds: Vec<usize>,
    /// Tile after tile, lanes x (M+1) in all. Units beyond D have bias minus infinity and weights 0: their
    /// `z` and so their steps are 0.
    weights: Vec<T::Lanes>,
}

/// A row of lanes for each example of a block: the rows' distance is `stride`, an odd number, so that
/// rows do not meet in the same cache sets.
pub fn stride(lanes: usize) -> usize {
    lanes | 1
}

/// `$body` with the constant `$w` equal to `$width`, 1 to 5.
macro_rules! with_width {
    ($width:expr, $w:ident => $body:expr) => {
        with_width!(@ $width, $w, $body, 1 2 3 4 5)
    };
    (@ $width:expr, $w:ident, $body:expr, $($n:literal)+) => {
        match $width {
            $($n => { const $w: usize = $n; $body })+
            _ => unreachable!("1 to 5 lanes"),
        }
    };
}

pub(super) use with_width;

impl<T: Scalar> Hidden<T> {
    const MAX_WIDTH: usize = 5;
    /// Bytes of a tile that leave room for the rest in a first-level cache of 32 KiB.
    const TILE_BYTES: usize = 26 * 1024;

    pub fn new(units: usize, columns: usize) -> Self {
        let lanes = lanes_for::<T::Lanes>(units);
        let fit = Self::TILE_BYTES / (columns * size_of::<T::Lanes>());
        let width = if fit < 2 { 4 } else { fit.min(Self::MAX_WIDTH) };
        let tiles = lanes.div_ceil(width);
        Self {
            units,
            columns,
            bounds: (0..=tiles).map(|i| i * lanes / tiles).collect(),
            weights: vec![T::Lanes::ZERO; lanes * columns],
        }
    }

    /// Lanes that hold D units.
    pub fn lanes(&self) -> usize {
        lanes_for::<T::Lanes>(self.units)
    }

    /// Takes `alpha`, D x (M+1) row-major.
    pub fn load(&mut self, alpha: &[T]) {
        assert_eq!(alpha.len(), self.units * self.columns);
        // Of units beyond D too: a network that diverged left NaN in them.
        self.weights.fill(T::Lanes::ZERO);
        let columns = self.columns;
        for bound in self.bounds.windows(2) {
            let width = bound[1] - bound[0];
            let tile = &mut self.weights[bound[0] * columns..bound[1] * columns];
            tile[..width].fill(T::Lanes::splat(T::NEG_INFINITY));
            for j in 0..width {
                let first = (bound[0] + j) * T::Lanes::WIDTH;
                for i in 0..T::Lanes::WIDTH.min(self.units - first) {
                    let row = &alpha[(first + i) * columns..(first + i + 1) * columns];
                    for (lanes, &v) in tile[j..].iter_mut().step_by(width).zip(row) {
                        lanes[i] = v;
                    }
                }
            }
        }
    }

    /// The inverse of [`load`](Self::load).
    pub fn store(&self, alpha: &mut [T]) {
        assert_eq!(alpha.len(), self.units * self.columns);
        let columns = self.columns;
        for bound in self.bounds.windows(2) {
            let width = bound[1] - bound[0];
            let tile = &self.weights[bound[0] * columns..bound[1] * columns];
            for j in 0..width {
                let first = (bound[0] + j) * T::Lanes::WIDTH;
                for i in 0..T::Lanes::WIDTH.min(self.units - first) {
                    let row = &mut alpha[(first + i) * columns..(first + i + 1) * columns];
                    for (lanes, v) in tile[j..].iter().step_by(width).zip(row) {
                        *v = lanes[i];
                    }
                }
            }
        }
    }

    /// `alpha += sum_s steps_s x_s^T` over the examples of `done`, then `a_t = alpha x_t` for those of
    /// `next`. `steps` and `a` are B x stride.
    #[inline(always)]
    pub fn update_and_product(
        &mut self,
        done: Option<&Block<T>>,
        steps: &[T::Lanes],
        next: Option<&Rows<T>>,
        a: &mut [T::Lanes],
    ) {
        let stride = stride(self.lanes());
        for bound in self.bounds.windows(2) {
            let tile = &mut self.weights[bound[0] * self.columns..bound[1] * self.columns];
            with_width!(bound[1] - bound[0], W => {
                let tile = tile.as_chunks_mut::<W>().0;
                if let Some(done) = done {
                    update::<T, W>(tile, done, &steps[bound[0]..], stride);
                }
                if let Some(next) = next {
                    product::<T, W>(tile, next, &mut a[bound[0]..], stride);
                }
            });
        }
    }

    /// `a_t = alpha x_t` for each example of `rows`; `a` is n x stride.
    #[inline(always)]
    pub fn product(&self, rows: &Rows<T>, a: &mut [T::Lanes]) {
        let stride = stride(self.lanes());
        for bound in self.bounds.windows(2) {
            let tile = &self.weights[bound[0] * self.columns..bound[1] * self.columns];
            with_width!(bound[1] - bound[0], W => {
                product::<T, W>(tile.as_chunks::<W>().0, rows, &mut a[bound[0]..], stride);
            });
        }
    }
}

/// `tile[p] += sum_s x_s[p] steps_s`, `s` ascending.
#[inline(always)]
fn update<T: Scalar, const W: usize>(
    tile: &mut [[T::Lanes; W]],
    block: &Block<T>,
    steps: &[T::Lanes],
    stride: usize,
) {
    let rows = &block.rows;
    match rows.kind {
        Kind::Binary => {
            let mut examples = block.examples;
            for column in block.columns {
                let (list, rest) = examples.split_at(column.count as usize);
                examples = rest;
                let weights = &mut tile[column.index as usize];
                let mut sum = *weights;
                for &s in list {
                    one_by_one();
                    let step = row::<T, W>(steps, s as usize * stride);
                    for j in 0..W {
                        sum[j] = sum[j] + step[j];
                    }
                }
                *weights = sum;
            }
        }
        Kind::Valued => {
            let mut examples = block.examples;
            for column in block.columns {
                let (list, rest) = examples.split_at(column.count as usize);
                examples = rest;
                let weights = &mut tile[column.index as usize];
                let mut sum = *weights;
                for &s in list {
                    one_by_one();
                    let step = row::<T, W>(steps, s as usize * stride);
                    let x =
                        T::Lanes::splat(rows.x[s as usize * rows.columns + column.index as usize]);
                    for j in 0..W {
                        sum[j] = x.mul_add(step[j], sum[j]);
                    }
                }
                *weights = sum;
            }
        }
        Kind::Dense => {
            const P: usize = 4;
            let (groups, rest) = tile.as_chunks_mut::<P>();
            let first_of_rest = groups.len() * P;
            for (i, group) in groups.iter_mut().enumerate() {
                let mut sum = *group;
                for (s, x) in rows.x.chunks_exact(rows.columns).enumerate() {
                    one_by_one();
                    let step = row::<T, W>(steps, s * stride);
                    let x: &[T; P] = x[i * P..].first_chunk().expect("a whole group");
                    for p in 0..P {
                        for j in 0..W {
                            sum[p][j] = T::Lanes::splat(x[p]).mul_add(step[j], sum[p][j]);
                        }
                    }
                }
                *group = sum;
            }
            for (i, weights) in rest.iter_mut().enumerate() {
                let mut sum = *weights;
                for (s, x) in rows.x.chunks_exact(rows.columns).enumerate() {
                    one_by_one();
                    let step = row::<T, W>(steps, s * stride);
                    let x = T::Lanes::splat(x[first_of_rest + i]);
                    for j in 0..W {
                        sum[j] = x.mul_add(step[j], sum[j]);
                    }
                }
                *weights = sum;
            }
        }
    }
}

/// `a_t = sum_p x_t[p] tile[p]`, `p` ascending.
#[inline(always)]
fn product<T: Scalar, const W: usize>(
    tile: &[[T::Lanes; W]],
    rows: &Rows<T>,
    a: &mut [T::Lanes],
    stride: usize,
) {
    match rows.kind {
        Kind::Binary => {
            for t in 0..rows.len() {
                let mut sum = [T::Lanes::ZERO; W];
                for &p in rows.nonzero(t) {
                    one_by_one();
                    let weights = &tile[p as usize];
                    for j in 0..W {
                        sum[j] = sum[j] + weights[j];
                    }
                }
                a[t * stride..t * stride + W].copy_from_slice(&sum);
            }
        }
        Kind::Valued => {
            for (t, x) in rows.x.chunks_exact(rows.columns).enumerate() {
                let mut sum = [T::Lanes::ZERO; W];
                for &p in rows.nonzero(t) {
                    one_by_one();
                    let weights = &tile[p as usize];
                    let x = T::Lanes::splat(x[p as usize]);
                    for j in 0..W {
                        sum[j] = x.mul_add(weights[j], sum[j]);
                    }
                }
                a[t * stride..t * stride + W].copy_from_slice(&sum);
            }
        }
        Kind::Dense => {
            const E: usize = 4;
            let n = rows.len();
            let grouped = n - n % E;
            for t in (0..grouped).step_by(E) {
                let x: [&[T]; E] = std::array::from_fn(|e| {
                    &rows.x[(t + e) * rows.columns..(t + e + 1) * rows.columns]
                });
                let mut sum = [[T::Lanes::ZERO; W]; E];
                for (p, weights) in tile.iter().enumerate() {
                    one_by_one();
                    for e in 0..E {
                        let x = T::Lanes::splat(x[e][p]);
                        for j in 0..W {
                            sum[e][j] = x.mul_add(weights[j], sum[e][j]);
                        }
                    }
                }
                for e in 0..E {
                    a[(t + e) * stride..(t + e) * stride + W].copy_from_slice(&sum[e]);
                }
            }
            for t in grouped..n {
                let x = &rows.x[t * rows.columns..(t + 1) * rows.columns];
                let mut sum = [T::Lanes::ZERO; W];
                for (weights, &x) in tile.iter().zip(x) {
                    one_by_one();
                    for j in 0..W {
                        sum[j] = T::Lanes::splat(x).mul_add(weights[j], sum[j]);
                    }
                }
                a[t * stride..t * stride + W].copy_from_slice(&sum);
            }
        }
    }
}

/// The `W` lanes of `rows` that start at `place`.
#[inline(always)]
fn row<T: Scalar, const W: usize>(rows: &[T::Lanes], place: usize) -> &[T::Lanes; W] {
    rows[place..place + W].try_into().expect("W lanes")
}
