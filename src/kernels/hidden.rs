//! The hidden layer's parameters, stored for column sums.

use super::nonzero::{Kind, Rows};
use super::plan::Block;
use super::workspace::Workspace;
use crate::lanes::isa::Kernel;
use crate::lanes::{Element, Lanes, lanes_for, one_by_one};
use crate::phases::{Laps, Phase};

/// `alpha` transposed and cut into tiles of a few lanes, each (M+1) x width: one column of alpha is
/// contiguous in a tile, and a tile stays in the first-level cache while a block's update and the next
/// block's product both pass over it.
#[derive(Clone, Debug)]
pub struct Hidden<T: Element> {
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

/// `$body` with the constant `$w` equal to `$width`, 1 to 7.
macro_rules! with_width {
    ($width:expr, $w:ident => $body:expr) => {
        with_width!(@ $width, $w, $body, 1 2 3 4 5 6 7)
    };
    (@ $width:expr, $w:ident, $body:expr, $($n:literal)+) => {
        match $width {
            $($n => { const $w: usize = $n; $body })+
            _ => unreachable!("1 to 7 lanes"),
        }
    };
}

pub(super) use with_width;

impl<T: Element> Hidden<T> {
    /// The most lanes of a tile: as many sums as registers hold, beside what is added to them.
    const MAX_WIDTH: usize = 7;

    pub fn new(units: usize, columns: usize) -> Self {
        let lanes = lanes_for::<T::Lanes>(units);
        let width = Self::MAX_WIDTH;
        let tiles = lanes.div_ceil(width);
        Self {
            units,
            columns,
            bounds: (0..=tiles).map(|i| i * lanes / tiles).collect(),
            weights: vec![T::Lanes::ZERO; lanes * columns],
        }
    }

    /// M.
    pub fn inputs(&self) -> usize {
        self.columns - 1
    }

    /// D.
    pub fn units(&self) -> usize {
        self.units
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

/// One block's update, `alpha += sum_s steps_s x_s^T` over the examples of `done`, and the next one's
/// product, `a_t = alpha x_t` for those of `next`, tile by tile.
#[derive(Debug)]
pub struct Tiles<'a, T: Element> {
    pub hidden: &'a mut Hidden<T>,
    pub done: Option<&'a Block<'a, T>>,
    pub next: Option<&'a Block<'a, T>>,
    pub workspace: &'a mut Workspace<T>,
}

/// [`Tiles`] that tell of their phases.
pub struct InLaps<'a, T: Element, L>(pub Tiles<'a, T>, pub L);

impl<T: Element, L: Laps> Kernel for InLaps<'_, T, L> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Self(Tiles { hidden, done, next, workspace }, mut laps) = self;
        let Workspace { a, steps, .. } = workspace;
        let stride = stride(hidden.lanes());
        for bound in hidden.bounds.windows(2) {
            let columns = hidden.columns;
            let tile = &mut hidden.weights[bound[0] * columns..bound[1] * columns];
            with_width!(bound[1] - bound[0], W => {
                let tile = tile.as_chunks_mut::<W>().0;
                if let Some(done) = done {
                    update::<T, W>(tile, done, &steps[bound[0]..], stride);
                    laps.lap(Phase::UpdateHidden);
                }
                if let Some(next) = next {
                    product::<T, W>(tile, &next.rows, &mut a[bound[0]..], stride);
                    laps.lap(Phase::ForwardHidden);
                }
            });
        }
    }
}

/// `tile[p] += sum_s x_s[p] steps_s`, `s` ascending.
#[inline(always)]
fn update<T: Element, const W: usize>(
    tile: &mut [[T::Lanes; W]],
    block: &Block<T>,
    steps: &[T::Lanes],
    stride: usize,
) {
    match block.rows.kind {
        Kind::Binary => update_listed::<T, W, true>(tile, block, steps, stride),
        Kind::Valued => update_listed::<T, W, false>(tile, block, steps, stride),
        Kind::Dense => {
            let rows = block.rows.x.chunks_exact(block.rows.columns);
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
    }
}

/// `a_t = sum_p x_t[p] tile[p]`, `p` ascending.
#[inline(always)]
fn product<T: Element, const W: usize>(
    tile: &[[T::Lanes; W]],
    rows: &Rows<T>,
    a: &mut [T::Lanes],
    stride: usize,
) {
    match rows.kind {
        Kind::Binary => product_listed::<T, W, true>(tile, rows, a, stride),
        Kind::Valued => product_listed::<T, W, false>(tile, rows, a, stride),
        Kind::Dense => {
            let x = |t: usize| &rows.x[t * rows.columns..(t + 1) * rows.columns];
            let grouped = rows.len() - rows.len() % TOGETHER;
            for t in (0..grouped).step_by(TOGETHER) {
                let x: [&[T]; TOGETHER] = std::array::from_fn(|e| x(t + e));
                let terms = tile.iter().enumerate();
                let terms = terms.map(|(p, weights)| (x.map(|x| x[p]), weights));
                let mut sums = [[T::Lanes::ZERO; W]; TOGETHER];
                accumulate::<T, TOGETHER, W>(&mut sums, terms);
                for e in 0..TOGETHER {
                    a[(t + e) * stride..(t + e) * stride + W].copy_from_slice(&sums[e]);
                }
            }
            for t in grouped..rows.len() {
                let terms = tile.iter().zip(x(t)).map(|(weights, &x)| ([x], weights));
                let mut sums = [[T::Lanes::ZERO; W]];
                accumulate::<T, 1, W>(&mut sums, terms);
                a[t * stride..t * stride + W].copy_from_slice(&sums[0]);
            }
        }
    }
}

/// [`update`] by the block's lists of examples, column by column; `BINARY` where all inputs are 0 or 1.
#[inline(always)]
fn update_listed<T: Element, const W: usize, const BINARY: bool>(
    tile: &mut [[T::Lanes; W]],
    block: &Block<T>,
    steps: &[T::Lanes],
    stride: usize,
) {
    let mut examples = block.examples;
    for column in block.columns {
        let (list, rest) = examples.split_at(column.count as usize);
        examples = rest;
        let p = column.index as usize;
        let mut sum = tile[p];
        for &s in list {
            one_by_one();
            let x = if BINARY { T::ONE } else { block.rows.x[s as usize * block.rows.columns + p] };
            add::<T, W, BINARY>(&mut sum, x, row::<T, W>(steps, s as usize * stride));
        }
        tile[p] = sum;
    }
}

/// [`product`] by the lists of nonzero inputs; `BINARY` where all inputs are 0 or 1.
#[inline(always)]
fn product_listed<T: Element, const W: usize, const BINARY: bool>(
    tile: &[[T::Lanes; W]],
    rows: &Rows<T>,
    a: &mut [T::Lanes],
    stride: usize,
) {
    for (t, x) in rows.x.chunks_exact(rows.columns).enumerate() {
        let mut sum = [T::Lanes::ZERO; W];
        for &p in rows.nonzero(t) {
            one_by_one();
            let x = if BINARY { T::ONE } else { x[p as usize] };
            add::<T, W, BINARY>(&mut sum, x, &tile[p as usize]);
        }
        a[t * stride..t * stride + W].copy_from_slice(&sum);
    }
}

/// `sum += x row`, where `x` is 1 if `BINARY`: the same bits either way.
#[inline(always)]
fn add<T: Element, const W: usize, const BINARY: bool>(
    sum: &mut [T::Lanes; W],
    x: T,
    row: &[T::Lanes; W],
) {
    for j in 0..W {
        sum[j] = if BINARY { sum[j] + row[j] } else { T::Lanes::splat(x).mul_add(row[j], sum[j]) };
    }
}

/// Columns, or examples, of the dense kernels whose sums stay in registers at once.
const TOGETHER: usize = 4;

/// `sums[i] += sum_r factors_r[i] row_r` over the terms `(factors_r, row_r)`, in their order.
#[inline(always)]
fn accumulate<'a, T: Element, const P: usize, const W: usize>(
    sums: &mut [[T::Lanes; W]; P],
    terms: impl Iterator<Item = ([T; P], &'a [T::Lanes; W])>,
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

/// The `W` lanes of `rows` that start at `place`.
#[inline(always)]
fn row<T: Element, const W: usize>(rows: &[T::Lanes], place: usize) -> &[T::Lanes; W] {
    rows[place..place + W].try_into().expect("W lanes")
}
