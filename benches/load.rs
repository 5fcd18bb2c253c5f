//! Reading data files: the large sizes of letters, as CSV.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use rankone::dataset::csv;
use rankone::dataset::synthetic::{Split, letters};
use std::fs::File;
use std::io::BufWriter;

fn loads(criterion: &mut Criterion) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut group = criterion.benchmark_group("load/built-in letters");
    group.sample_size(20);
    for n in [10_000, 100_000] {
        let path = folder.path().join(format!("{n}.csv"));
        let file = BufWriter::new(File::create(&path).expect("a file"));
        letters(n, 0, Split::Training).write_csv(file).expect("room on the disk");
        group.throughput(Throughput::Bytes(path.metadata().expect("a file").len()));
        group.bench_function(format!("f64/{n}"), |b| b.iter(|| csv::read::<f64>(&path, 10, None)));
        group.bench_function(format!("f32/{n}"), |b| b.iter(|| csv::read::<f32>(&path, 10, None)));
    }
    group.finish();
}

criterion_group!(benches, loads);
criterion_main!(benches);
