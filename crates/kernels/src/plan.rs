//! What is computed once over the inputs and used in every epoch: blocks, overlaps, lists of
//! columns.

use super::BLOCK;
use super::inputs::{InputKind, InputRows, Inputs, words_for};
use crate::number::{Number, compiled_for};
use crate::simd::Vector;
use crate::simd::isa::{Isa, Kernel};

/// The order of the examples, cut into blocks of B consecutive ones, the last of which may be
/// shorter.
#[derive(Clone, Debug)]
pub struct Plan<T> {
    /// N: which example comes when.
    order: Vec<u32>,
    /// B.
    block: usize,
    /// For each block, `x_s . x_t` for all pairs `s < t`, row `t` at [`triangle`]`(t)`.
    overlaps: Vec<T>,
    /// For each block, the columns that are nonzero anywhere in it, those with fewest examples
    /// first: the loops over their examples then have lengths that the processor can foresee.
    columns: Vec<BlockColumn>,
    /// Blocks + 1: those of block `b` are `columns[column_starts[b]..column_starts[b+1]]`.
    column_starts: Vec<usize>,
}

/// A column of a block: an input, and the examples of the block in which it is nonzero.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BlockColumn {
    pub index: u32,
    /// Bit `s` for example `s`, counted from the start of the block; at least one.
    pub examples: u32,
}

/// One block of a [`Plan`], of `n <= B` examples.
#[derive(Clone, Copy, Debug)]
pub struct Block<'a, T> {
    pub rows: InputRows<'a, T>,
    /// N: the labels of all examples, in file order.
    labels: &'a [usize],
    /// Packed triangle, n (n-1) / 2.
    overlaps: &'a [T],
    /// None if dense.
    pub columns: &'a [BlockColumn],
}

/// No larger block can be planned: an example is a bit of 32.
const MOST_EXAMPLES: usize = 32;

/// Where row `t` of a packed strict lower triangle starts.
#[inline(always)]
fn triangle(t: usize) -> usize {
    t * t.saturating_sub(1) / 2
}

/// [`Plan::new`], after its checks.
type PlanBlocks<T> = for<'i, 'a> fn(&'i Inputs<'a, T>, Plan<T>, Isa) -> Plan<T>;
static PLAN_F64: PlanBlocks<f64> = |inputs, plan, isa| isa.run(Planning { inputs, plan });
static PLAN_F32: PlanBlocks<f32> = |inputs, plan, isa| isa.run(Planning { inputs, plan });

impl<T: Number> Plan<T> {
    /// Plans blocks of `block` of the `inputs`, in this `order`, with the instructions of `isa`; in
    /// the memory of a plan that is not `used` any more, if there is one.
    pub fn new(
        inputs: &Inputs<T>,
        order: Vec<u32>,
        block: usize,
        isa: Isa,
        used: Option<Self>,
    ) -> Self {
        assert!((1..=MOST_EXAMPLES).contains(&block));
        assert_eq!(inputs.examples(), order.len());
        let is_new = used.is_none();
        let used = used.unwrap_or_else(|| Self::of_order(Vec::new()));
        let plan = Self { order, block, ..used };
        let mut plan = compiled_for::<PlanBlocks<T>>([&PLAN_F64, &PLAN_F32])(inputs, plan, isa);
        if is_new {
            // It may stay for all epochs.
            plan.columns.shrink_to_fit();
        }
        plan
    }

    /// Plans the `inputs` in the order of their file, with the instructions of `isa`.
    pub fn of_file(inputs: &Inputs<T>, isa: Isa) -> Self {
        // Where columns are few, an example's corrections by more others would cost more than alpha
        // does.
        let block = BLOCK.min(inputs.columns());
        Self::new(inputs, inputs.file_order().to_vec(), block, isa, None)
    }

    /// Only the order, that of a file of N `examples`.
    pub fn of_file_order(examples: usize) -> Self {
        Self::of_order((0..examples as u32).collect())
    }

    /// Only the order.
    pub fn of_order(order: Vec<u32>) -> Self {
        let (overlaps, columns, column_starts) = (Vec::new(), Vec::new(), Vec::new());
        Self { order, block: 1, overlaps, columns, column_starts }
    }

    /// N: which example comes when.
    pub fn order(&self) -> &[u32] {
        &self.order
    }

    /// How many blocks there are.
    pub fn blocks(&self) -> usize {
        self.order.len().div_ceil(self.block)
    }

    /// B.
    pub fn block_size(&self) -> usize {
        self.block
    }

    /// The first example of block `b`, and the first one after it.
    fn range(&self, b: usize) -> (usize, usize) {
        let first = b * self.block;
        (first, (first + self.block).min(self.order.len()))
    }

    /// Block `b` of the `inputs` and `labels` that were planned.
    pub fn block<'b>(
        &'b self,
        b: usize,
        inputs: &'b Inputs<T>,
        labels: &'b [usize],
    ) -> Block<'b, T> {
        let (first, last) = self.range(b);
        let rows = inputs.ordered(&self.order[first..last]);
        let overlaps = b * triangle(self.block);
        let columns = match rows.kind {
            InputKind::Dense => &[][..],
            _ => &self.columns[self.column_starts[b]..self.column_starts[b + 1]],
        };
        Block {
            rows,
            labels,
            overlaps: &self.overlaps[overlaps..overlaps + triangle(last - first)],
            columns,
        }
    }

    /// Bytes of memory.
    pub fn bytes(&self) -> usize {
        size_of_val(&self.order[..])
            + size_of_val(&self.overlaps[..])
            + size_of_val(&self.columns[..])
            + size_of_val(&self.column_starts[..])
    }
}

impl<'a, T> Block<'a, T> {
    /// n.
    pub fn examples(&self) -> usize {
        self.rows.examples()
    }

    /// The label of example `t`.
    #[inline(always)]
    pub fn label(&self, t: usize) -> usize {
        self.labels[self.rows.order[t] as usize]
    }

    /// `x_s . x_t` for all `s < t` of the block.
    #[inline(always)]
    pub fn overlaps(&self, t: usize) -> &'a [T] {
        &self.overlaps[triangle(t)..triangle(t) + t]
    }
}

/// The making of a [`Plan`].
struct Planning<'a, 'i, T> {
    inputs: &'a Inputs<'i, T>,
    /// Order and B are this plan's, the rest is to be written.
    plan: Plan<T>,
}

impl<T: Number> Kernel for Planning<'_, '_, T> {
    type Output = Plan<T>;

    #[inline(always)]
    fn run(self) -> Plan<T> {
        let Self { inputs, mut plan } = self;
        let block = plan.block;
        let (whole, rest) = (plan.order.len() / block, plan.order.len() % block);
        plan.overlaps.resize(whole * triangle(block) + triangle(rest), T::zero());
        plan.columns.clear();
        plan.column_starts.clear();
        plan.column_starts.push(0);
        let listed = inputs.kind() != InputKind::Dense;
        if listed {
            plan.columns.reserve_exact(plan.blocks() * inputs.columns());
        }
        let mut lister = Lister::new(inputs.columns());
        let mut bits = vec![0; block * words_for(inputs.columns())];
        for b in 0..plan.blocks() {
            let (first, last) = plan.range(b);
            let rows = inputs.ordered(&plan.order[first..last]);
            let start = b * triangle(block);
            overlap(&rows, &mut bits, &mut plan.overlaps[start..start + triangle(rows.examples())]);
            if listed {
                lister.list(&rows, &mut plan.columns);
                plan.column_starts.push(plan.columns.len());
            }
        }
        plan
    }
}

/// `x_s . x_t` for all pairs `s < t` of `rows` into `overlaps`, row `t` at [`triangle`]`(t)`;
/// `bits` is scratch, B x words.
#[inline(always)]
fn overlap<T: Number>(rows: &InputRows<T>, bits: &mut [u64], overlaps: &mut [T]) {
    let words = words_for(rows.columns);
    if rows.kind == InputKind::Binary {
        bits.fill(0);
        for (t, bits) in bits.chunks_exact_mut(words).take(rows.examples()).enumerate() {
            rows.nonzero(t).iter().for_each(|p| bits[*p as usize / 64] |= 1 << (p % 64));
        }
    }
    let bits = |t: usize| &bits[t * words..(t + 1) * words];
    let mut overlaps = overlaps.iter_mut();
    for t in 1..rows.examples() {
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
    fn list<T>(&mut self, rows: &InputRows<T>, columns: &mut Vec<BlockColumn>) {
        for t in 0..rows.examples() {
            for &p in rows.nonzero(t) {
                self.examples[p as usize] |= 1 << t;
            }
        }
        // Sorted by counting: `ends[c]` is where the next column of `c` examples goes. Those of
        // none would come last and are cut off.
        let mut ends = [0; MOST_EXAMPLES + 1];
        for examples in &self.examples {
            ends[examples.count_ones() as usize] += 1;
        }
        let mut end = columns.len();
        for ends in &mut ends[1..] {
            end += std::mem::replace(ends, end);
        }
        ends[0] = end;
        columns.resize(columns.len() + self.examples.len(), BlockColumn { index: 0, examples: 0 });
        for (index, examples) in (0..).zip(&mut self.examples) {
            let end = &mut ends[examples.count_ones() as usize];
            columns[*end] = BlockColumn { index, examples: std::mem::take(examples) };
            *end += 1;
        }
        columns.truncate(end);
    }
}
