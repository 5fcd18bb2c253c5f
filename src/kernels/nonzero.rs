//! Where the inputs of a data set are nonzero, and whether it pays to know.

use crate::lanes::Element;

/// How inputs are read; a measured choice, every one is right for any inputs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Mostly zeros, all else 1: columns are added.
    Binary,
    /// Mostly zeros, other values too: columns are multiplied and added, the values looked up in `x`.
    Valued,
    /// Few zeros: every column of every example.
    Dense,
}

/// Above these shares of nonzero inputs the dense kernels are the faster ones.
const BINARY_DENSITY: f64 = 0.6;
const VALUED_DENSITY: f64 = 0.25;

/// With fewer columns than this, lists cost more than they save.
const FEW_COLUMNS: usize = 32;

/// The places of nonzero inputs, example by example; of dense inputs, none.
#[derive(Clone, Debug)]
pub struct Nonzero {
    kind: Kind,
    /// N+1: the nonzero inputs of example `t` are `indices[starts[t]..starts[t+1]]`.
    starts: Vec<usize>,
    indices: Vec<u32>,
}

/// Some consecutive examples, with their lists.
#[derive(Clone, Copy, Debug)]
pub struct Rows<'a, T> {
    /// n x (M+1), row-major.
    pub x: &'a [T],
    /// M+1.
    pub columns: usize,
    pub kind: Kind,
    /// n+1, or empty if dense.
    pub starts: &'a [usize],
    /// Of all examples of the data set: `starts` are places in it.
    pub indices: &'a [u32],
}

impl Nonzero {
    /// The lists of `x`, N x `columns` row-major.
    pub fn new<T: Element>(x: &[T], columns: usize) -> Self {
        assert!(columns > 0 && x.len().is_multiple_of(columns));
        assert!(u32::try_from(columns).is_ok());
        let mut lists = Self { starts: vec![0], ..Self::dense() };
        let listed = (x.len() as f64 * BINARY_DENSITY) as usize;
        let (mut end, mut ones) = (0, 0);
        for row in x.chunks_exact(columns) {
            if columns < FEW_COLUMNS || end > listed {
                return Self::dense();
            }
            // Every index is written, and written over unless its input is nonzero: no branch to guess.
            lists.indices.resize(end + columns, 0);
            let start = end;
            for (p, &value) in (0u32..).zip(row) {
                lists.indices[end] = p;
                end += usize::from(value != T::ZERO);
            }
            for &p in &lists.indices[start..end] {
                ones += usize::from(row[p as usize] == T::ONE);
            }
            lists.starts.push(end);
        }
        let density = end as f64 / x.len().max(1) as f64;
        lists.kind = match end == ones {
            true if density <= BINARY_DENSITY => Kind::Binary,
            false if density <= VALUED_DENSITY => Kind::Valued,
            _ => return Self::dense(),
        };
        lists.indices.truncate(end);
        lists.indices.shrink_to_fit();
        lists.starts.shrink_to_fit();
        lists
    }

    fn dense() -> Self {
        Self { kind: Kind::Dense, starts: Vec::new(), indices: Vec::new() }
    }

    /// All examples of `x`, whose lists these are.
    pub fn rows<'a, T>(&'a self, x: &'a [T], columns: usize) -> Rows<'a, T> {
        Rows { x, columns, kind: self.kind, starts: &self.starts, indices: &self.indices }
    }
}

impl<'a, T> Rows<'a, T> {
    /// n.
    pub fn len(&self) -> usize {
        self.x.len() / self.columns
    }

    /// Examples `first..last` of these.
    pub fn part(&self, first: usize, last: usize) -> Rows<'a, T> {
        Rows {
            x: &self.x[first * self.columns..last * self.columns],
            starts: match self.kind {
                Kind::Dense => &[],
                _ => &self.starts[first..=last],
            },
            ..*self
        }
    }

    /// Where example `t` is nonzero.
    #[inline(always)]
    pub fn nonzero(&self, t: usize) -> &'a [u32] {
        &self.indices[self.starts[t]..self.starts[t + 1]]
    }
}
