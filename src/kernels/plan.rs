//! What is computed once over a data set and used in every epoch: blocks, Gram matrices, lists.

use super::nonzero::{Kind, Rows};
use crate::lanes::{Element, Lanes};

/// The data set cut into blocks of `block` consecutive examples, the last of which may be shorter.
#[derive(Clone, Debug)]
pub struct Plan<'a, T> {
    /// N x (M+1).
    rows: Rows<'a, T>,
    /// N.
    labels: &'a [usize],
    /// B.
    block: usize,
    /// For each block, `x_s . x_t` for all pairs `s < t`, row `t` at `t (t-1) / 2`.
    gram: Vec<T>,
    /// For each block, the columns that are nonzero anywhere in it, those with fewest examples first.
    columns: Vec<Column>,
    /// Blocks + 1: those of block `b` are `columns[column_starts[b]..column_starts[b+1]]`.
    column_starts: Vec<usize>,
    /// For each of `columns`, its examples, ascending, counted from the start of the block.
    examples: Vec<u8>,
}

/// A column of a block: an input, and in how many examples of the block it is nonzero.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    pub index: u32,
    pub count: u32,
}

/// One block of a [`Plan`], of `n <= B` examples.
#[derive(Clone, Copy, Debug)]
pub struct Block<'a, T> {
    /// n x (M+1).
    pub rows: Rows<'a, T>,
    /// n.
    pub labels: &'a [usize],
    /// Packed triangle, n (n-1) / 2.
    pub gram: &'a [T],
    pub columns: &'a [Column],
    pub examples: &'a [u8],
}

/// Where row `t` of a packed strict lower triangle starts.
#[inline(always)]
pub fn triangle(t: usize) -> usize {
    t * t.saturating_sub(1) / 2
}

impl<'a, T: Element> Plan<'a, T> {
    /// No larger block can be planned.
    pub const MAX_BLOCK: usize = 256;

    pub fn new(rows: Rows<'a, T>, labels: &'a [usize], block: usize) -> Self {
        assert!((1..=Self::MAX_BLOCK).contains(&block));
        assert_eq!(rows.len(), labels.len());
        let mut plan = Self {
            rows,
            labels,
            block,
            gram: Vec::new(),
            columns: Vec::new(),
            column_starts: vec![0],
            examples: Vec::new(),
        };
        match plan.rows.kind {
            Kind::Dense => plan.plan_dense(),
            _ => plan.plan_sparse(),
        }
        plan
    }

    /// N.
    pub fn len(&self) -> usize {
        self.labels.len()
    }

    /// How many blocks there are.
    pub fn blocks(&self) -> usize {
        self.len().div_ceil(self.block)
    }

    fn range(&self, b: usize) -> (usize, usize) {
        let first = b * self.block;
        (first, (first + self.block).min(self.len()))
    }

    pub fn block(&self, b: usize) -> Block<'_, T> {
        let (first, last) = self.range(b);
        let rows = self.rows.part(first, last);
        let gram = b * triangle(self.block);
        let (columns, examples) = match rows.kind {
            Kind::Dense => (&self.columns[..], &self.examples[..]),
            _ => (
                &self.columns[self.column_starts[b]..self.column_starts[b + 1]],
                &self.examples[rows.starts[0]..rows.starts[last - first]],
            ),
        };
        Block {
            rows,
            labels: &self.labels[first..last],
            gram: &self.gram[gram..gram + triangle(last - first)],
            columns,
            examples,
        }
    }

    /// Bytes of memory, the examples' own lists included.
    pub fn bytes(&self) -> usize {
        size_of_val(self.rows.starts)
            + size_of_val(self.rows.indices)
            + size_of_val(&self.gram[..])
            + size_of_val(&self.columns[..])
            + size_of_val(&self.column_starts[..])
            + size_of_val(&self.examples[..])
    }

    fn plan_dense(&mut self) {
        for b in 0..self.blocks() {
            let (first, last) = self.range(b);
            let Rows { x, columns, .. } = self.rows.part(first, last);
            for t in 1..last - first {
                let x_t = &x[t * columns..(t + 1) * columns];
                let earlier = x[..t * columns].chunks_exact(columns);
                self.gram.extend(earlier.map(|x_s| dot(x_s, x_t)));
            }
        }
    }

    fn plan_sparse(&mut self) {
        let all = self.rows;
        self.examples.resize(all.starts[all.len()], 0);
        self.gram.reserve_exact(self.len() * self.block.saturating_sub(1) / 2);
        let mut counts = vec![0; all.columns];
        let mut ends = vec![0; all.columns];
        let mut values = vec![T::ZERO; self.block];
        for b in 0..self.blocks() {
            let (first, last) = self.range(b);
            let rows = self.rows.part(first, last);
            let nonzero = rows.starts[0]..rows.starts[rows.len()];
            counts.fill(0);
            for &p in &rows.indices[nonzero.clone()] {
                counts[p as usize] += 1;
            }

            let first_column = self.columns.len();
            let in_use = (0..).zip(&counts).filter(|&(_, &count)| count > 0);
            self.columns.extend(in_use.map(|(index, &count)| Column { index, count }));
            let columns = &mut self.columns[first_column..];
            columns.sort_by_key(|column| column.count);

            let examples = &mut self.examples[nonzero];
            let mut end = 0;
            for column in columns.iter() {
                ends[column.index as usize] = end;
                end += column.count as usize;
            }
            for t in 0..rows.len() {
                for &p in rows.nonzero(t) {
                    let end = &mut ends[p as usize];
                    examples[*end] = t as u8;
                    *end += 1;
                }
            }

            let first_overlap = self.gram.len();
            self.gram.resize(first_overlap + triangle(rows.len()), T::ZERO);
            let gram = &mut self.gram[first_overlap..];
            let mut examples = &*examples;
            for column in columns.iter() {
                let (list, rest) = examples.split_at(column.count as usize);
                examples = rest;
                for (i, &t) in list.iter().enumerate() {
                    values[i] = rows.x[t as usize * rows.columns + column.index as usize];
                    let overlaps = &mut gram[triangle(t as usize)..][..t as usize];
                    for (&s, &value) in list[..i].iter().zip(&values) {
                        overlaps[s as usize] += value * values[i];
                    }
                }
            }
            self.column_starts.push(self.columns.len());
        }
        self.columns.shrink_to_fit();
    }
}

/// `x . y`, in lanes.
fn dot<T: Element>(x: &[T], y: &[T]) -> T {
    let mut sum = T::Lanes::ZERO;
    for (x, y) in x.chunks(T::Lanes::WIDTH).zip(y.chunks(T::Lanes::WIDTH)) {
        let x = T::Lanes::load_or(x, T::ZERO);
        sum = x.mul_add(T::Lanes::load_or(y, T::ZERO), sum);
    }
    sum.sum()
}
