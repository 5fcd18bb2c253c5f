//! Ways to compute a product, as candidates: on the BLAS library, in plain Rust, and for a dot
//! product also with ndarray and in the lanes of the kernels' vectors.

use crate::benchmark::{Candidate, Workload};
use crate::machine_limits::MachineLimits;
use crate::operation::{CheckValues, Implementation, Operands, Operation};
use crate::samples::Spread;
use ndarray::ArrayView1;
use rankone::engine::blas::{self, Library, Shape, plain};
use rankone::{Isa, Number};
use rankone_kernels::simd::isa::Kernel;
use rankone_kernels::simd::{Vector, settled};
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

/// Returns all ways to compute `operation` with a matrix A of `shape`, its rows and columns, as
/// candidates. The dot product in lanes uses the instructions of `isa`.
pub fn product_candidates<T: Number>(
    operation: Operation,
    shape: (usize, usize),
    isa: Isa,
) -> Vec<Candidate<'static>> {
    let library = Some(blas::library());
    let ways: Vec<(_, _, Implementation<T>)> = if operation == Operation::Dot {
        let iterator =
            |x: &[T], y: &[T]| x.iter().zip(y).fold(T::zero(), |sum, (&x, &y)| sum + x * y);
        let ndarray = |x: &[T], y: &[T]| ArrayView1::from(x).dot(&ArrayView1::from(y));
        let lanes = move |x: &[T], y: &[T]| isa.run(LanesDot { x, y });
        vec![
            ("Vec, loop over indices", None, of_vectors(indexed)),
            ("iterator", None, of_vectors(iterator)),
            ("ndarray dot", None, of_vectors(ndarray)),
            ("BLAS dot", library, of_vectors(blas::dot)),
            ("lanes", None, of_vectors(lanes)),
        ]
    } else {
        let linked = of_matrices(blas::gemv, blas::gemv_transposed, blas::ger);
        let plain = of_matrices(plain::gemv, plain::gemv_transposed, plain::ger);
        let plain = ("plain Rust", None, plain);
        // Without a provider both are the same functions.
        match Library::now().internal_api {
            "none" => vec![plain],
            _ => vec![("BLAS", library, linked), plain],
        }
    };
    ways.into_iter()
        .map(|(name, library, way)| Candidate {
            library,
            ..product_candidate(operation, shape, name, way)
        })
        .collect()
}

fn indexed<T: Number>(x: &[T], y: &[T]) -> T {
    let mut sum = T::zero();
    for i in 0..x.len() {
        sum += x[i] * y[i];
    }
    sum
}

/// Number of independent sums, so that an addition does not wait for the previous one.
const SUMS: usize = 4;

/// The dot product of `x` and `y` in vectors.
struct LanesDot<'a, T> {
    x: &'a [T],
    y: &'a [T],
}

impl<T: Number> Kernel for LanesDot<'_, T> {
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

/// Calls in a timed run of a dot product, as in the handout's Table A.1, and the most values in
/// all of them.
const DOT_CALLS: usize = 1000;
const DOT_VALUES: usize = 10_000_000;
/// The shortest timed run of another product, in seconds.
const SHORTEST_RUN: f64 = 1e-3;

/// Repeated calls of one implementation of a product.
struct ProductWorkload<T> {
    operation: Operation,
    implementation: Implementation<T>,
    operands: Operands<T>,
    calls: usize,
}

/// Makes a candidate called `name` from an implementation of `operation`; A has this `shape`, its
/// rows and columns.
pub fn product_candidate<T: Number>(
    operation: Operation,
    shape: (usize, usize),
    name: &str,
    implementation: Implementation<T>,
) -> Candidate<'static> {
    let (rows, columns) = shape;
    let dot = operation == Operation::Dot;
    let size = if dot { columns.to_string() } else { format!("{rows}x{columns}") };
    let mut fields = json!({
        "operation": operation, "product": name, "precision": T::PRECISION, "shape": size,
        "rows": rows, "columns": columns, "calls": null, "ns_per_call": null,
    });
    if dot {
        fields["length"] = columns.into();
    }
    // The scale is so small that `ger` does not change A.
    let scale = T::from_f64(1e-30);
    let operands = Operands { scale, ..Operands::new(operation, shape, CheckValues::Inexact) };
    let calls = DOT_CALLS.min(DOT_VALUES / columns).max(1);
    Candidate {
        command: format!("{operation} {} {size} {name}", T::PRECISION),
        fields,
        precision: T::PRECISION,
        // One multiplication and one addition per value of A.
        flops: 2.0 * rows as f64 * columns as f64,
        library: None,
        workload: Box::new(ProductWorkload { operation, implementation, operands, calls }),
    }
}

impl<T: Number> Workload for ProductWorkload<T> {
    fn check(&mut self) -> Result<(), String> {
        let Shape { rows, columns, .. } = self.operands.shape;
        let transposed = match self.operation {
            Operation::Gemv => Operation::GemvTransposed,
            Operation::GemvTransposed => Operation::Gemv,
            other => other,
        };
        // Both directions of `gemv`, whichever is timed.
        for operation in [self.operation, transposed] {
            for values in [CheckValues::Exact, CheckValues::Inexact] {
                let operands = Operands::new(operation, (rows, columns), values);
                operands.check(operation, values, &self.implementation)?;
            }
        }
        if self.operation != Operation::Dot {
            self.calls = 1;
            // The faster of two runs, because one can be interrupted.
            while self.seconds().min(self.seconds()) < SHORTEST_RUN {
                self.calls *= 2;
            }
        }
        Ok(())
    }

    fn seconds(&mut self) -> f64 {
        // Not timed: loads into the cache what the runs of other candidates removed.
        (self.implementation)(self.operation, &mut self.operands);
        let start = Instant::now();
        for _ in 0..self.calls {
            (self.implementation)(self.operation, black_box(&mut self.operands));
        }
        start.elapsed().as_secs_f64()
    }

    fn units(&self) -> usize {
        self.calls
    }

    fn fields(&mut self, ns: Spread, limits: &MachineLimits) -> Value {
        let Shape { rows, columns, .. } = self.operands.shape;
        let matrix = rows * columns * size_of::<T>();
        let held = matrix + (rows + columns) * size_of::<T>();
        // All operands are read; `ger` also writes the matrix.
        let bytes = held + if self.operation == Operation::Ger { matrix } else { 0 };
        let (rate, level) = (bytes as f64 / ns.median, limits.level(held));
        let mut fields = json!({
            "calls": self.calls, "ns_per_call": ns, "ms_of_1000": 1e-3 * ns.median,
            "gb_per_second": rate, "level": level.map(|level| &level.name),
            "share_of_bandwidth": level.map(|level| rate / level.gb_per_second),
        });
        if self.operation == Operation::Dot {
            // Nanoseconds per call are microseconds per 1000 calls.
            fields["us"] = json!(ns);
        }
        fields
    }
}
