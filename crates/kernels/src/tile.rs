//! A tile of alpha, (M+1) x width vectors: its product with examples, and its update.

use super::inputs::{InputKind, InputRows};
use super::plan::Block;
use crate::number::Number;
use crate::simd::isa::Kernel;
use crate::simd::{Vector, one_by_one};

/// The most vectors of a tile that is updated: as many sums as registers hold, beside what is added
/// to them.
pub const MOST_VECTORS: usize = 7;

/// A kernel that is compiled for each width of a tile.
trait InWidth: Sized {
    /// For a tile of `W` vectors.
    fn run_in_width<const W: usize>(self);

    #[inline(always)]
    fn run_in(self, width: usize) {
        match width {
            1 => self.run_in_width::<1>(),
            2 => self.run_in_width::<2>(),
            3 => self.run_in_width::<3>(),
            4 => self.run_in_width::<4>(),
            5 => self.run_in_width::<5>(),
            6 => self.run_in_width::<6>(),
            _ => self.run_in_width::<MOST_VECTORS>(),
        }
    }
}

/// `a_t = sum_p x_t[p] tile[p]`, `p` ascending, for each example of `rows`.
#[derive(Debug)]
pub struct Product<'a, T: Number> {
    /// (M+1) x width.
    pub tile: &'a [Vector<T>],
    pub width: usize,
    /// n examples.
    pub rows: &'a InputRows<'a, T>,
    /// n x stride, of which this tile gives the first `width` in each row.
    pub a: &'a mut [Vector<T>],
    pub stride: usize,
}

impl<T: Number> Kernel for Product<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let width = self.width;
        self.run_in(width);
    }
}

impl<T: Number> InWidth for Product<'_, T> {
    #[inline(always)]
    fn run_in_width<const W: usize>(self) {
        let Self { tile, rows, a, stride, .. } = self;
        let tile = tile.as_chunks::<W>().0;
        match rows.kind {
            InputKind::Binary => product_of_listed::<T, W, true>(tile, rows, a, stride),
            InputKind::Valued => product_of_listed::<T, W, false>(tile, rows, a, stride),
            InputKind::Dense => product_of_dense::<T, W>(tile, rows, a, stride),
        }
    }
}

/// `tile[p] += sum_s x_s[p] step_s`, `s` ascending, over the examples of `block`.
#[derive(Debug)]
pub struct Update<'a, T: Number> {
    /// (M+1) x width.
    pub tile: &'a mut [Vector<T>],
    pub width: usize,
    /// n examples.
    pub block: &'a Block<'a, T>,
    /// n x stride, of which the first `width` in each row are this tile's.
    pub steps: &'a [Vector<T>],
    pub stride: usize,
}

impl<T: Number> Kernel for Update<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let width = self.width;
        self.run_in(width);
    }
}

impl<T: Number> InWidth for Update<'_, T> {
    #[inline(always)]
    fn run_in_width<const W: usize>(self) {
        let Self { tile, block, steps, stride, .. } = self;
        let tile = tile.as_chunks_mut::<W>().0;
        match block.rows.kind {
            InputKind::Binary => update_of_listed::<T, W, true>(tile, block, steps, stride),
            InputKind::Valued => update_of_listed::<T, W, false>(tile, block, steps, stride),
            InputKind::Dense => update_of_dense::<T, W>(tile, block, steps, stride),
        }
    }
}

/// The update of a tile by the block's lists of examples, column by column; `BINARY` where all
/// inputs are 0 or 1.
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
    let rows = (0..block.examples()).map(|s| block.rows.x(s));
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
    rows: &InputRows<T>,
    a: &mut [Vector<T>],
    stride: usize,
) {
    for t in 0..rows.examples() {
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
    rows: &InputRows<T>,
    a: &mut [Vector<T>],
    stride: usize,
) {
    let grouped = rows.examples() - rows.examples() % TOGETHER;
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
    for t in grouped..rows.examples() {
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
