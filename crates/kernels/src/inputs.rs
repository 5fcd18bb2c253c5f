//! The inputs of a data set, prepared once for all who read them: training, evaluation, prediction.
//!
//! The naive way reads all M+1 inputs of an example. Of the letters four in five are 0, and what is
//! 0 adds nothing to a sum; so each example comes with the list of its inputs that are not.

use crate::number::{Number, compiled_for};
use crate::simd::isa::{Isa, Kernel};

/// How inputs are read. What is 0 or 1 may be read as [`Valued`](Self::Valued) and anything as
/// [`Dense`](Self::Dense), to the same products, bit for bit: which is the fastest was measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InputKind {
    /// Mostly 0, all else 1: columns of alpha are added.
    Binary,
    /// Mostly 0, other values too: columns are multiplied and added, the values looked up in `x`.
    Valued,
    /// Few of them 0: every column for every example.
    Dense,
}

/// Above these shares of nonzero inputs the dense kernels are the faster ones.
const BINARY_DENSITY: f64 = 0.6;
const VALUED_DENSITY: f64 = 0.25;

/// With fewer columns than this, lists cost more than they save.
const FEW_COLUMNS: usize = 32;

/// All examples of a data set, with the lists of their nonzero inputs.
#[derive(Clone, Debug)]
pub struct Inputs<'a, T> {
    /// N x (M+1), row-major, column 0 all ones.
    x: &'a [T],
    /// M+1.
    columns: usize,
    kind: InputKind,
    /// N+1: the nonzero inputs of example `t` are `indices[starts[t]..starts[t+1]]`. None if dense.
    starts: Vec<usize>,
    indices: Vec<u32>,
    /// N: 0, 1, 2, ...
    file_order: Vec<u32>,
}

/// Some examples of a data set, with their lists.
#[derive(Clone, Copy, Debug)]
pub struct InputRows<'a, T> {
    /// n: which examples of the data set they are.
    pub order: &'a [u32],
    /// M+1.
    pub columns: usize,
    pub kind: InputKind,
    /// N x (M+1), row-major.
    x: &'a [T],
    /// N+1; none if dense.
    starts: &'a [usize],
    /// The lists of all examples, one after the other: `starts` are places in it.
    indices: &'a [u32],
}

/// How many 64-bit words hold a bit for each of `columns`.
pub fn words_for(columns: usize) -> usize {
    columns.div_ceil(64)
}

/// [`Inputs::new`], after its checks.
type PrepareInputs<T> = for<'a> fn(&'a [T], usize, Isa) -> Inputs<'a, T>;
static PREPARE_F64: PrepareInputs<f64> = |x, columns, isa| isa.run(Preparation { x, columns });
static PREPARE_F32: PrepareInputs<f32> = |x, columns, isa| isa.run(Preparation { x, columns });

impl<'a, T: Number> Inputs<'a, T> {
    /// Prepares `x`, N x `columns` row-major, with the instructions of `isa`.
    pub fn new(x: &'a [T], columns: usize, isa: Isa) -> Self {
        let counts = [columns, x.len() / columns];
        assert!(
            x.len().is_multiple_of(columns) && counts.map(u32::try_from).iter().all(Result::is_ok)
        );
        compiled_for::<PrepareInputs<T>>([&PREPARE_F64, &PREPARE_F32])(x, columns, isa)
    }

    /// N.
    pub fn examples(&self) -> usize {
        self.x.len() / self.columns
    }

    /// M+1.
    pub fn columns(&self) -> usize {
        self.columns
    }

    pub fn kind(&self) -> InputKind {
        self.kind
    }

    /// Examples `first..last`.
    pub fn rows(&self, first: usize, last: usize) -> InputRows<'_, T> {
        self.ordered(&self.file_order[first..last])
    }

    /// Those examples that `order` tells, as it does.
    pub fn ordered<'r>(&'r self, order: &'r [u32]) -> InputRows<'r, T> {
        let Self { x, columns, kind, starts, indices, .. } = self;
        InputRows { order, x, columns: *columns, kind: *kind, starts, indices }
    }

    /// The order of the file: 0, 1, 2, ...
    pub fn file_order(&self) -> &[u32] {
        &self.file_order
    }

    /// Bytes of memory that the lists take.
    pub fn bytes(&self) -> usize {
        size_of_val(&self.starts[..])
            + size_of_val(&self.indices[..])
            + size_of_val(&self.file_order[..])
    }
}

impl<'a, T> InputRows<'a, T> {
    /// n.
    pub fn examples(&self) -> usize {
        self.order.len()
    }

    /// Examples `first..last` of these.
    #[inline(always)]
    pub fn part(&self, first: usize, last: usize) -> Self {
        Self { order: &self.order[first..last], ..*self }
    }

    /// The M+1 inputs of example `t`.
    #[inline(always)]
    pub fn x(&self, t: usize) -> &'a [T] {
        let row = self.order[t] as usize;
        &self.x[row * self.columns..(row + 1) * self.columns]
    }

    /// Where example `t` is nonzero, ascending.
    #[inline(always)]
    pub fn nonzero(&self, t: usize) -> &'a [u32] {
        let row = self.order[t] as usize;
        &self.indices[self.starts[row]..self.starts[row + 1]]
    }
}

/// The [`Inputs`] of `x`: of each example bits first, which cost no branch, then its list from the
/// bits.
struct Preparation<'a, T> {
    /// N x (M+1).
    x: &'a [T],
    /// M+1.
    columns: usize,
}

impl<'a, T: Number> Preparation<'a, T> {
    fn dense(&self) -> Inputs<'a, T> {
        Inputs {
            x: self.x,
            columns: self.columns,
            kind: InputKind::Dense,
            starts: Vec::new(),
            indices: Vec::new(),
            file_order: (0..(self.x.len() / self.columns) as u32).collect(),
        }
    }
}

impl<'a, T: Number> Kernel for Preparation<'a, T> {
    type Output = Inputs<'a, T>;

    #[inline(always)]
    fn run(self) -> Inputs<'a, T> {
        let Self { x, columns } = self;
        if columns < FEW_COLUMNS {
            return self.dense();
        }
        let n = x.len() / columns;
        let most = (x.len() as f64 * BINARY_DENSITY) as usize;
        let mut bits = vec![0; words_for(columns)];
        let (mut starts, mut indices) = (Vec::with_capacity(n + 1), Vec::new());
        starts.push(0);
        let mut valued = false;
        for row in x.chunks_exact(columns) {
            for (values, word) in row.chunks(64).zip(&mut bits) {
                *word = 0;
                for (i, &value) in values.iter().enumerate() {
                    *word |= u64::from(value != T::zero()) << i;
                    valued |= value != T::zero() && value != T::one();
                }
            }
            for (first, &word) in (0u32..).step_by(64).zip(&bits) {
                let mut rest = word;
                while rest != 0 {
                    indices.push(first + rest.trailing_zeros());
                    rest &= rest - 1;
                }
            }
            if indices.len() > most {
                return self.dense();
            }
            starts.push(indices.len());
        }
        let density = indices.len() as f64 / x.len().max(1) as f64;
        if valued && density > VALUED_DENSITY {
            return self.dense();
        }
        indices.shrink_to_fit();
        let kind = if valued { InputKind::Valued } else { InputKind::Binary };
        Inputs { kind, starts, indices, ..self.dense() }
    }
}
