//! What is computed once over a data set and used in every epoch: blocks, Gram matrices, lists.

use super::gram::{self, triangle};
use super::nonzero::{Kind, Rows};
use crate::lanes::Element;

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

/// No larger block can be planned.
const MAX_BLOCK: usize = 256;

impl<'a, T: Element> Plan<'a, T> {
    pub fn new(rows: Rows<'a, T>, labels: &'a [usize], block: usize) -> Self {
        assert!((1..=MAX_BLOCK).contains(&block));
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
        plan.gram.reserve_exact(plan.len() * (block - 1) / 2);
        for b in 0..plan.blocks() {
            let (first, last) = plan.range(b);
            gram::append(&plan.rows.part(first, last), &mut plan.gram);
        }
        if plan.rows.kind != Kind::Dense {
            plan.list();
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

    /// Makes the blocks' lists of columns and of their examples.
    fn list(&mut self) {
        let all = self.rows;
        self.examples.resize(all.starts[all.len()], 0);
        let mut counts = vec![0; all.columns];
        let mut places = vec![0; all.columns];
        for b in 0..self.blocks() {
            let (first, last) = self.range(b);
            let rows = self.rows.part(first, last);
            let nonzero = rows.starts[0]..rows.starts[rows.len()];
            counts.fill(0);
            for &p in &rows.indices[nonzero.clone()] {
                counts[p as usize] += 1;
            }

            // Sorted by counting: `ends[c]` is where the next column of `c` examples goes.
            let mut ends = [0; MAX_BLOCK + 1];
            counts.iter().for_each(|&count| ends[count as usize] += 1);
            let mut end = self.columns.len();
            for ends in &mut ends[1..] {
                end += std::mem::replace(ends, end);
            }
            let first_column = self.columns.len();
            self.columns.resize(end, Column { index: 0, count: 0 });
            for (index, &count) in (0..).zip(&counts).filter(|&(_, &count)| count > 0) {
                self.columns[ends[count as usize]] = Column { index, count };
                ends[count as usize] += 1;
            }
            let columns = &self.columns[first_column..];

            let examples = &mut self.examples[nonzero];
            let mut end = 0;
            for column in columns.iter() {
                places[column.index as usize] = end;
                end += column.count as usize;
            }
            for t in 0..rows.len() {
                for &p in rows.nonzero(t) {
                    let place = &mut places[p as usize];
                    examples[*place] = t as u8;
                    *place += 1;
                }
            }
            self.column_starts.push(self.columns.len());
        }
        self.columns.shrink_to_fit();
    }
}
