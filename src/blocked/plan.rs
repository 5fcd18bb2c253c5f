//! What is computed once over the inputs and used in every epoch: blocks, overlaps, lists of columns.

use super::inputs::{InputKind, Inputs, Rows, words_for};
use crate::number::Number;
use crate::simd::Vector;
use crate::simd::isa::{Isa, Kernel};
use std::sync::Arc;

/// The examples cut into blocks of B consecutive ones, the last of which may be shorter.
#[derive(Clone, Debug)]
pub struct Plan<'a, T> {
    inputs: Arc<Inputs<'a, T>>,
    /// N.
    labels: &'a [usize],
    /// B.
    block: usize,
    /// For each block, `x_s . x_t` for all pairs `s < t`, row `t` at [`triangle`]`(t)`.
    overlaps: Vec<T>,
    /// For each block, the columns that are nonzero anywhere in it, those with fewest examples first: the
    /// loops over their examples then have lengths that the processor can foresee.
    columns: Vec<Column>,
    /// Blocks + 1: those of block `b` are `columns[column_starts[b]..column_starts[b+1]]`.
    column_starts: Vec<usize>,
}

/// A column of a block: an input, and the examples of the block in which it is nonzero.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Column {
    pub index: u32,
    /// Bit `s` for example `s`, counted from the start of the block; at least one.
    pub examples: u32,
}

/// One block of a [`Plan`], of `n <= B` examples.
#[derive(Clone, Copy, Debug)]
pub struct Block<'a, T> {
    pub rows: Rows<'a, T>,
    /// n.
    pub labels: &'a [usize],
    /// Packed triangle, n (n-1) / 2.
    overlaps: &'a [T],
    /// None if dense.
    pub columns: &'a [Column],
}

/// No larger block can be planned: an example is a bit of 32.
const MOST_EXAMPLES: usize = 32;

/// Where row `t` of a packed strict lower triangle starts.
#[inline(always)]
fn triangle(t: usize) -> usize {
    t * t.saturating_sub(1) / 2
}

impl<'a, T: Number> Plan<'a, T> {
    /// Plans blocks of `block` examples, with the instructions of `isa`.
    pub fn new(inputs: Arc<Inputs<'a, T>>, labels: &'a [usize], block: usize, isa: Isa) -> Self {
        assert!((1..=MOST_EXAMPLES).contains(&block));
        assert_eq!(inputs.len(), labels.len());
        isa.run(Planning { inputs, labels, block })
    }

    /// How many blocks there are.
    pub fn blocks(&self) -> usize {
        self.labels.len().div_ceil(self.block)
    }

    /// B.
    pub fn block_size(&self) -> usize {
        self.block
    }

    /// The first example of block `b`, and the first one after it.
    fn range(&self, b: usize) -> (usize, usize) {
        let first = b * self.block;
        (first, (first + self.block).min(self.labels.len()))
    }

    /// Block `b`.
    pub fn block(&self, b: usize) -> Block<'_, T> {
        let (first, last) = self.range(b);
        let rows = self.inputs.rows(first, last);
        let overlaps = b * triangle(self.block);
        let columns = match rows.kind {
            InputKind::Dense => &[][..],
            _ => &self.columns[self.column_starts[b]..self.column_starts[b + 1]],
        };
        Block {
            rows,
            labels: &self.labels[first..last],
            overlaps: &self.overlaps[overlaps..overlaps + triangle(last - first)],
            columns,
        }
    }

    /// Bytes of memory, the inputs' own lists included.
    pub fn bytes(&self) -> usize {
        self.inputs.bytes()
            + size_of_val(&self.overlaps[..])
            + size_of_val(&self.columns[..])
            + size_of_val(&self.column_starts[..])
    }
}

impl<'a, T> Block<'a, T> {
    /// `x_s . x_t` for all `s < t` of the block.
    #[inline(always)]
    pub fn overlaps(&self, t: usize) -> &'a [T] {
        &self.overlaps[triangle(t)..triangle(t) + t]
    }
}

/// The making of a [`Plan`].
struct Planning<'a, T> {
    inputs: Arc<Inputs<'a, T>>,
    labels: &'a [usize],
    block: usize,
}

impl<'a, T: Number> Kernel for Planning<'a, T> {
    type Output = Plan<'a, T>;

    #[inline(always)]
    fn run(self) -> Plan<'a, T> {
        let Self { inputs, labels, block } = self;
        let (whole, rest) = (labels.len() / block, labels.len() % block);
        let mut plan = Plan {
            overlaps: vec![T::zero(); whole * triangle(block) + triangle(rest)],
            columns: Vec::new(),
            column_starts: vec![0],
            inputs: Arc::clone(&inputs),
            labels,
            block,
        };
        let listed = inputs.kind() != InputKind::Dense;
        if listed {
            plan.columns.reserve_exact(plan.blocks() * inputs.columns());
        }
        let mut lister = Lister::new(inputs.columns());
        let mut bits = vec![0; block * words_for(inputs.columns())];
        for b in 0..plan.blocks() {
            let (first, last) = plan.range(b);
            let rows = inputs.rows(first, last);
            let start = b * triangle(block);
            overlap(&rows, &mut bits, &mut plan.overlaps[start..start + triangle(rows.len())]);
            if listed {
                lister.list(&rows, &mut plan.columns);
                plan.column_starts.push(plan.columns.len());
            }
        }
        plan.columns.shrink_to_fit();
        plan
    }
}

/// `x_s . x_t` for all pairs `s < t` of `rows` into `overlaps`, row `t` at [`triangle`]`(t)`; `bits` is scratch, B x
/// words.
#[inline(always)]
fn overlap<T: Number>(rows: &Rows<T>, bits: &mut [u64], overlaps: &mut [T]) {
    let words = words_for(rows.columns);
    if rows.kind == InputKind::Binary {
        bits.fill(0);
        for (t, bits) in bits.chunks_exact_mut(words).take(rows.len()).enumerate() {
            rows.nonzero(t).iter().for_each(|p| bits[*p as usize / 64] |= 1 << (p % 64));
        }
    }
    let bits = |t: usize| &bits[t * words..(t + 1) * words];
    let mut overlaps = overlaps.iter_mut();
    for t in 1..rows.len() {
        for (s, overlap) in (0..t).zip(&mut overlaps) {
            *overlap = match rows.kind {
                InputKind::Binary => {
                    let both = bits(s).iter().zip(bits(t)).map(|(s, t)| s & t);
                    T::from_f64(f64::from(both.map(u64::count_ones).sum::<u32>()))
                }
                InputKind::Valued => {
                    let (x_s, x_t) = (rows.x(s), rows.x(t));
                    let products =
                        rows.nonzero(t).iter().map(|&p| x_s[p as usize] * x_t[p as usize]);
                    products.fold(T::zero(), |sum, product| sum + product)
                }
                InputKind::Dense => dot(rows.x(s), rows.x(t)),
            };
        }
    }
}

/// `x . y`, in vectors.
#[inline(always)]
fn dot<T: Number>(x: &[T], y: &[T]) -> T {
    let mut sum = Vector::ZERO;
    for (x, y) in x.chunks(T::WIDTH).zip(y.chunks(T::WIDTH)) {
        sum = Vector::load(x).mul_add(Vector::load(y), sum);
    }
    sum.sum()
}

/// Turns a block's lists of columns, one an example, into lists of examples, one a column.
struct Lister {
    /// M+1: the examples of each column, as bits. None between blocks.
    examples: Vec<u32>,
}

impl Lister {
    fn new(columns: usize) -> Self {
        Self { examples: vec![0; columns] }
    }

    /// Appends the columns of one block.
    #[inline(always)]
    fn list<T>(&mut self, rows: &Rows<T>, columns: &mut Vec<Column>) {
        for t in 0..rows.len() {
            for &p in rows.nonzero(t) {
                self.examples[p as usize] |= 1 << t;
            }
        }
        // Sorted by counting: `ends[c]` is where the next column of `c` examples goes. Those of none would
        // come last and are cut off.
        let mut ends = [0; MOST_EXAMPLES + 1];
        for examples in &self.examples {
            ends[examples.count_ones() as usize] += 1;
        }
        let mut end = columns.len();
        for ends in &mut ends[1..] {
            end += std::mem::replace(ends, end);
        }
        ends[0] = end;
        columns.resize(columns.len() + self.examples.len(), Column { index: 0, examples: 0 });
        for (index, examples) in (0..).zip(&mut self.examples) {
            let end = &mut ends[examples.count_ones() as usize];
            columns[*end] = Column { index, examples: std::mem::take(examples) };
            *end += 1;
        }
        columns.truncate(end);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A plan says what the inputs say: every block, column by column and pair by pair.
    #[test]
    fn a_plan_is_the_inputs_in_another_order() {
        let (n, columns) = (37, 70);
        for (kind, value) in [(InputKind::Binary, 1.0), (InputKind::Valued, 0.5)] {
            let mut x = vec![0.0; n * columns];
            for (i, v) in x.iter_mut().enumerate() {
                *v = if i % columns == 0 {
                    1.0
                } else if i * i % 11 == 1 {
                    value
                } else {
                    0.0
                };
            }
            let inputs = Arc::new(Inputs::new(&x, columns, Isa::detect()));
            assert_eq!(inputs.kind(), kind);
            let labels = vec![0; n];
            let plan = Plan::new(Arc::clone(&inputs), &labels, 16, Isa::detect());
            let mut seen = vec![0.0; n * columns];
            for b in 0..plan.blocks() {
                let block = plan.block(b);
                assert!(block.columns.is_sorted_by_key(|column| column.examples.count_ones()));
                for column in block.columns {
                    assert!(column.examples != 0);
                    for s in (0..32).filter(|s| column.examples >> s & 1 == 1) {
                        let place = (16 * b + s) * columns + column.index as usize;
                        seen[place] = x[place];
                    }
                }
                for t in 0..block.labels.len() {
                    let dots = (0..t).map(|s| {
                        let pairs = block.rows.x(s).iter().zip(block.rows.x(t));
                        pairs.map(|(a, b)| a * b).sum::<f64>()
                    });
                    assert_eq!(block.overlaps(t), dots.collect::<Vec<_>>());
                }
            }
            assert_eq!(seen, x);
        }
    }
}
