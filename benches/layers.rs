//! The pieces of an example at the letters' sizes: the provider's products, and the lanes'
//! functions.

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use rankone::engine::blas::{self, Library, Shape};
use rankone::engine::reference::Softmax;
use rankone::{Isa, Number, Precision, set_blas_threads};
use rankone_kernels::simd::exp::{exp, sigmoid_row};
use rankone_kernels::simd::isa::Kernel;
use rankone_kernels::simd::{Vector, one_by_one, vectors_for};
use std::hint::black_box;

/// M + 1.
const COLUMNS: usize = 129;

/// `exp`, or the sigmoid, of a row of lanes in place, compiled for an instruction set.
struct Row<'a, T: Number> {
    row: &'a mut [Vector<T>],
    sigmoid: bool,
}

impl<T: Number> Kernel for Row<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        if self.sigmoid {
            return sigmoid_row(self.row);
        }
        for value in self.row {
            one_by_one();
            *value = exp(*value);
        }
    }
}

fn layers<T: Number>(criterion: &mut Criterion) {
    let isa = Isa::detect();
    let mut group = criterion.benchmark_group(format!("layers/{}", T::PRECISION));
    let provider = Library::now().id();
    for hidden in [50, 200, 1000] {
        let shape = Shape { rows: hidden, columns: COLUMNS, stride: COLUMNS };
        let mut alpha = vec![T::from_f64(0.01); hidden * COLUMNS];
        let (mut x, mut a) = (vec![T::one(); COLUMNS], vec![T::one(); hidden]);
        let id = |name: &str| BenchmarkId::new(format!("{name}-{provider}"), hidden);
        group.bench_function(id("gemv"), |b| {
            b.iter(|| blas::gemv(&alpha, shape, &x, black_box(&mut a)));
        });
        group.bench_function(id("gemv_transposed"), |b| {
            b.iter(|| blas::gemv_transposed(&alpha, shape, &a, black_box(&mut x)));
        });
        // So small a scale that the matrix stays what it is.
        let (x, a, scale) = (vec![T::one(); COLUMNS], vec![T::one(); hidden], T::from_f64(1e-30));
        group.bench_function(id("ger"), |b| {
            b.iter(|| blas::ger(black_box(&mut alpha), shape, scale, &a, &x));
        });
        for (name, sigmoid) in [("exp", false), ("sigmoid", true)] {
            let start = Vector::splat(T::from_f64(-0.7));
            let rows = vec![start; vectors_for::<T>(hidden)];
            group.bench_function(BenchmarkId::new(format!("{name}-lanes-{isa}"), hidden), |b| {
                b.iter_batched_ref(
                    || rows.clone(),
                    |row| isa.run(Row { row: black_box(row), sigmoid }),
                    criterion::BatchSize::SmallInput,
                );
            });
        }
    }
    if T::PRECISION == Precision::F64 {
        let b = ndarray::Array1::from_iter((0..10).map(|k| T::from_f64(f64::from(k) / 10.0)));
        group.bench_function("softmax-module/10", |bench| {
            bench.iter(|| Softmax::forward(black_box(b.view())));
        });
    }
    group.finish();
}

fn all(criterion: &mut Criterion) {
    set_blas_threads(1);
    layers::<f64>(criterion);
    layers::<f32>(criterion);
}

criterion_group!(benches, all);
criterion_main!(benches);
