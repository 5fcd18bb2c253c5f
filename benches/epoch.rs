//! Throughput of an epoch of updates: engine x precision x hidden units, over the large letters.

mod letters;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use letters::large;
use rankone::engine::blas::Library;
use rankone::{EngineKind, Init, Isa, Network, Number, PreparedDataset, set_blas_threads};
use std::time::Duration;

fn epochs<T: Number>(criterion: &mut Criterion) {
    let (data, which) = large::<T>();
    let mut group = criterion.benchmark_group(format!("epoch/{}/{which}", T::PRECISION));
    group.throughput(Throughput::Elements(data.examples() as u64));
    group.sample_size(10).measurement_time(Duration::from_secs(5));
    let prepared = PreparedDataset::new(&data, Isa::detect());
    for hidden in [50, 200, 1000] {
        for kind in [EngineKind::Reference, EngineKind::Blas, EngineKind::Blocked] {
            let name = match kind {
                EngineKind::Blas => format!("blas-{}", Library::now().id()),
                other => other.to_string(),
            };
            let mut engine = prepared.engine(kind, hidden);
            group.bench_function(BenchmarkId::new(name, hidden), |bencher| {
                let network = Network::new(data.inputs(), hidden, 10, Init::Random, 0);
                let mut network = network.expect("a network of this size");
                bencher.iter(|| engine.epoch(&mut network, T::from_f64(0.01), None));
            });
        }
    }
    group.finish();
}

fn all(criterion: &mut Criterion) {
    set_blas_threads(1);
    epochs::<f64>(criterion);
    epochs::<f32>(criterion);
}

criterion_group!(benches, all);
criterion_main!(benches);
