//! One product as a contestant: of a matrix and a vector, of two vectors to a matrix, or of two vectors to a number.

use super::operation::{Implementation, Numbers, Operands, Operation};
use super::{Contestant, Roofs, Runner, Spread};
use crate::blas::{self, Shape, plain};
use crate::number::Number;
use crate::simd::isa::{Isa, Kernel};
use crate::simd::{Vector, settled};
use ndarray::ArrayView1;
use serde_json::{Value, json};
use std::hint::black_box;
use std::time::Instant;

/// `y = A x` or `x = A^T y`.
type Gemv<T> = fn(&[T], Shape, &[T], &mut [T]);
/// `A += scale y x^T`.
type Ger<T> = fn(&mut [T], Shape, T, &[T], &[T]);

fn of_matrices<T: Number>(
    gemv: Gemv<T>,
    gemv_transposed: Gemv<T>,
    ger: Ger<T>,
) -> Implementation<T> {
    Box::new(move |operation, Operands { a, shape, x, y, scale }| match operation {
        Operation::Dot | Operation::Gemv => gemv(a, *shape, x, y),
        Operation::GemvTransposed => gemv_transposed(a, *shape, y, x),
        Operation::Ger => ger(a, *shape, *scale, y, x),
    })
}

fn of_vectors<T: Number>(dot: impl Fn(&[T], &[T]) -> T + 'static) -> Implementation<T> {
    Box::new(move |_, Operands { a, x, y, .. }| y[0] = dot(&a[..x.len()], x))
}

/// A name, the library that is called, and how.
type Way<T> = (&'static str, Option<String>, Implementation<T>);

/// All ways to compute `operation` on A of `rows` and `columns` as contestants; lanes run under `isa`.
pub fn contestants<T: Number>(
    operation: Operation,
    shape: (usize, usize),
    isa: Isa,
) -> Vec<Contestant<'static>> {
    let library = || Some(blas::library());
    let ways: Vec<Way<T>> = if operation == Operation::Dot {
        let iterated =
            |x: &[T], y: &[T]| x.iter().zip(y).fold(T::zero(), |sum, (&x, &y)| sum + x * y);
        let of_ndarray = |x: &[T], y: &[T]| ArrayView1::from(x).dot(&ArrayView1::from(y));
        let in_lanes = move |x: &[T], y: &[T]| isa.run(InLanes { x, y });
        vec![
            ("Vec, loop over indices", None, of_vectors(indexed)),
            ("iterator", None, of_vectors(iterated)),
            ("ndarray dot", None, of_vectors(of_ndarray)),
            ("BLAS dot", library(), of_vectors(blas::dot)),
            ("lanes", None, of_vectors(in_lanes)),
        ]
    } else {
        let linked = of_matrices(blas::gemv, blas::gemv_transposed, blas::ger);
        let plain = of_matrices(plain::gemv, plain::gemv_transposed, plain::ger);
        let plain = ("plain Rust", None, plain);
        // Without a provider the linked ones are the plain ones.
        if cfg!(feature = "_provider") {
            vec![("BLAS", library(), linked), plain]
        } else {
            vec![plain]
        }
    };
    let job = |(name, library, way): Way<T>| Job::contestant(operation, shape, name, library, way);
    ways.into_iter().map(job).collect()
}

fn indexed<T: Number>(x: &[T], y: &[T]) -> T {
    let mut sum = T::zero();
    for i in 0..x.len() {
        sum += x[i] * y[i];
    }
    sum
}

/// Sums that are added to in turn, so that an addition need not wait for the last.
const SUMS: usize = 4;

struct InLanes<'a, T> {
    x: &'a [T],
    y: &'a [T],
}

impl<T: Number> Kernel for InLanes<'_, T> {
    type Output = T;

    #[inline(always)]
    fn run(self) -> T {
        let (x, y) = (self.x.chunks_exact(SUMS * T::WIDTH), self.y.chunks_exact(SUMS * T::WIDTH));
        let rest = (x.remainder().chunks(T::WIDTH)).zip(y.remainder().chunks(T::WIDTH));
        let mut sums = [Vector::ZERO; SUMS];
        for (x, y) in x.zip(y) {
            let (x, y) = (x.chunks_exact(T::WIDTH), y.chunks_exact(T::WIDTH));
            for (sum, (x, y)) in sums.iter_mut().zip(x.zip(y)) {
                *sum = Vector::load(x).mul_add(Vector::load(y), *sum);
            }
        }
        for (sum, (x, y)) in sums.iter_mut().zip(rest) {
            *sum = Vector::load(x).mul_add(Vector::load(y), *sum);
        }
        let [a, b, c, d] = settled(sums);
        ((a + b) + (c + d)).sum()
    }
}

/// The most calls of a timed run of a dot product, as in the handout's Table A.1, and of values in all of them.
const MOST_DOTS: usize = 1000;
const MOST_VALUES: usize = 10_000_000;
/// The shortest timed run of another product, in seconds.
const MOMENT: f64 = 1e-3;

/// A product and the way to compute it.
#[expect(missing_debug_implementations, reason = "a way is a function")]
pub struct Job<T> {
    operation: Operation,
    way: Implementation<T>,
    operands: Operands<T>,
    calls: usize,
}

impl<T: Number> Job<T> {
    /// A way to compute a product as a contestant called `name`.
    pub fn contestant(
        operation: Operation,
        (rows, columns): (usize, usize),
        name: &str,
        library: Option<String>,
        way: Implementation<T>,
    ) -> Contestant<'static> {
        let (shape, dot) = (format!("{rows}x{columns}"), operation == Operation::Dot);
        let shape = if dot { columns.to_string() } else { shape };
        let mut fields = json!({
            "operation": operation, "product": name, "precision": T::PRECISION, "shape": shape,
            "rows": rows, "columns": columns, "calls": null, "ns_per_call": null,
        });
        if dot {
            fields["length"] = columns.into();
        }
        // So small a scale that A stays what it is.
        let scale = T::from_f64(1e-30);
        let operands =
            Operands { scale, ..Operands::new(operation, rows, columns, Numbers::Inexact) };
        let calls = MOST_DOTS.min(MOST_VALUES / columns).max(1);
        Contestant {
            command: format!("{operation} {} {shape} {name}", T::PRECISION),
            fields,
            precision: T::PRECISION,
            // A multiplication and an addition for each number of A.
            flops: 2.0 * rows as f64 * columns as f64,
            library,
            runner: Ok(Box::new(Self { operation, way, operands, calls })),
        }
    }
}

impl<T: Number> Runner for Job<T> {
    fn fault(&mut self) -> Option<String> {
        let Shape { rows, columns, .. } = self.operands.shape;
        let transposed = match self.operation {
            Operation::Gemv => Operation::GemvTransposed,
            Operation::GemvTransposed => Operation::Gemv,
            other => other,
        };
        // The product itself, and as of the transposed view.
        for operation in [self.operation, transposed] {
            for numbers in [Numbers::Exact, Numbers::Inexact] {
                let fault = Operands::new(operation, rows, columns, numbers)
                    .fault(operation, numbers, &self.way);
                if fault.is_some() {
                    return fault;
                }
            }
        }
        if self.operation != Operation::Dot {
            self.calls = 1;
            // The quicker of two, as one alone may have been held up.
            while self.seconds().min(self.seconds()) < MOMENT {
                self.calls *= 2;
            }
        }
        None
    }

    fn seconds(&mut self) -> f64 {
        // What the others' runs have taken from the cache comes back before the time counts.
        (self.way)(self.operation, &mut self.operands);
        let start = Instant::now();
        for _ in 0..self.calls {
            (self.way)(self.operation, black_box(&mut self.operands));
        }
        start.elapsed().as_secs_f64()
    }

    fn units(&self) -> usize {
        self.calls
    }

    fn fields(&mut self, ns: Spread, roofs: &Roofs) -> Value {
        let Shape { rows, columns, .. } = self.operands.shape;
        let matrix = rows * columns * size_of::<T>();
        let held = matrix + (rows + columns) * size_of::<T>();
        // Everything is read, and ger writes the matrix besides.
        let bytes = held + if self.operation == Operation::Ger { matrix } else { 0 };
        let (rate, level) = (bytes as f64 / ns.median, roofs.level(held));
        let mut fields = json!({
            "calls": self.calls, "ns_per_call": ns, "ms_of_1000": 1e-3 * ns.median, "gb_per_second": rate,
            "level": level.map(|level| &level.name),
            "share_of_bandwidth": level.map(|level| rate / level.gb_per_second),
        });
        if self.operation == Operation::Dot {
            // Nanoseconds of one are microseconds of a thousand.
            fields["us"] = json!(ns);
        }
        fields
    }
}
