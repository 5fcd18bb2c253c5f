//! The inputs of a data set as the kernels read them: where they are nonzero, or densely.

use crate::scalar::Scalar;

/// How the inputs are read; a measured choice, every one is right for any inputs.
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

/// `N` inputs of `M+1` values, and lists of where they are nonzero unless they are dense.
#[derive(Clone, Debug)]
pub struct Inputs<'a, T> {
    /// N x (M+1), row-major.
    x: &'a [T],
    /// M+1.
    columns: usize,
    kind: Kind,
    /// N+1: the nonzero inputs of example `t` are `indices[starts[t]..starts[t+1]]`.
    starts: Vec<usize>,
    indices: Vec<u32>,
}

/// Some consecutive examples of [`Inputs`].
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

impl<'a, T: Scalar> Inputs<'a, T> {
    pub fn new(x: &'a [T], columns: usize) -> Self {
        assert!(columns > 0 && x.len().is_multiple_of(columns));
        assert!(u32::try_from(columns).is_ok());
        let nonzero = x.iter().filter(|&&v| v != T::ZERO).count();
        let binary = nonzero == x.iter().filter(|&&v| v == T::ONE).count();
        let density = nonzero as f64 / x.len().max(1) as f64;
        let kind = match binary {
            _ if columns < FEW_COLUMNS => Kind::Dense,
            true if density <= BINARY_DENSITY => Kind::Binary,
            false if density <= VALUED_DENSITY => Kind::Valued,
            _ => Kind::Dense,
        };
        let mut starts = Vec::new();
        let mut indices = Vec::new();
        if kind != Kind::Dense {
            starts.reserve_exact(x.len() / columns + 1);
            starts.push(0);
            // Every index is written, and written over unless its input is nonzero: no branch to guess.
            indices = vec![0; nonzero + 1];
            let mut end = 0;
            for row in x.chunks_exact(columns) {
                for (p, &v) in (0u32..).zip(row) {
                    indices[end] = p;
                    end += usize::from(v != T::ZERO);
                }
                starts.push(end);
            }
        }
        Self { x, columns, kind, starts, indices }
    }

    /// N.
    pub fn len(&self) -> usize {
        self.x.len() / self.columns
    }

    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// Examples `first..last`.
    pub fn rows(&self, first: usize, last: usize) -> Rows<'_, T> {
        Rows {
            x: &self.x[first * self.columns..last * self.columns],
            columns: self.columns,
            kind: self.kind,
            starts: match self.kind {
                Kind::Dense => &[],
                _ => &self.starts[first..=last],
            },
            indices: &self.indices,
        }
    }

    /// Bytes of memory beside `x`.
    pub fn bytes(&self) -> usize {
        size_of_val(&self.starts[..]) + size_of_val(&self.indices[..])
    }
}

impl<T: Scalar> Rows<'_, T> {
    /// n.
    pub fn len(&self) -> usize {
        self.x.len() / self.columns
    }

    /// Where example `t` is nonzero.
    #[inline(always)]
    pub fn nonzero(&self, t: usize) -> &[u32] {
        &self.indices[self.starts[t]..self.starts[t + 1]]
    }
}
