//! Throughput of an epoch of updates: engine x precision x hidden units, over the large letters.

mod letters;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use letters::large;
use rankone::blas::{self, Library};
use rankone::engine::Kind;
use rankone::{Init, Network, Scalar};
use std::time::Duration;

fn epochs<T: Scalar>(criterion: &mut Criterion) {
    let (data, which) = large::<T>();
    let mut group = criterion.benchmark_group(format!("epoch/{}/{which}", T::PRECISION));
    group.throughput(Throughput::Elements(data.examples() as u64));
    group.sample_size(10).measurement_time(Duration::from_secs(5));
    for hidden in [50, 200, 1000] {
        for kind in [Kind::Reference, Kind::Blas, Kind::Blocked] {
            let name = match kind {
                Kind::Blas => format!("{kind}-{}", Library::now().id()),
                _ => kind.to_string(),
            };
            group.bench_function(BenchmarkId::new(name, hidden), |bencher| {
                let mut network = Network::new(data.inputs(), hidden, 10, Init::Random, 0);
                let mut engine = kind.plan(&data, hidden).expect("this CPU's instructions");
                bencher.iter(|| engine.epoch(&mut network, T::from_f64(0.01)));
            });
        }
    }
    group.finish();
}

fn all(criterion: &mut Criterion) {
    blas::set_threads(1);
    epochs::<f64>(criterion);
    epochs::<f32>(criterion);
}

criterion_group!(benches, all);
criterion_main!(benches);
