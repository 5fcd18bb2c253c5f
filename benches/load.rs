//! Reading data files: the large pair of letters, and long files of 0 and 1 and of other values.

#[path = "../tests/support/real_letters.rs"]
mod real_letters;

use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, Criterion, Throughput, criterion_group, criterion_main};
use rankone::internals::letters::{Size, draw, synthesize};
use rankone::{Dataset, Number, Split};
use std::fs::{self, File};
use std::path::{Path, PathBuf};

/// Reads all of `files` one after the other.
fn load<T: Number>(group: &mut BenchmarkGroup<WallTime>, name: &str, files: &[PathBuf]) {
    let sizes = files.iter().map(|file| file.metadata().expect("a file").len());
    group.throughput(Throughput::Bytes(sizes.sum()));
    group.bench_function(format!("{}/{name}", T::PRECISION), |bencher| {
        bencher.iter(|| {
            let sets = files.iter().map(|file| Dataset::<T>::from_csv(file));
            sets.collect::<rankone::Result<Vec<_>>>().expect("data files")
        });
    });
}

/// The large pair, and what it is.
fn pair(folder: &Path) -> ([PathBuf; 2], &'static str) {
    let names = ["largeTrain.csv", "largeValidation.csv"];
    if let Some(real) = real_letters::folder() {
        return (names.map(|name| real.join(name)), "real letters");
    }
    let paths = names.map(|name| folder.join(name));
    let (train, validation) = synthesize(Size::Large, 0);
    for (path, letters) in paths.iter().zip([train, validation]) {
        let file = File::create(path).expect("a file");
        letters.write_csv(std::io::BufWriter::new(file)).expect("room on the disk");
    }
    (paths, "built-in letters")
}

fn loads(criterion: &mut Criterion) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let write = |name: &str, text: &[u8], times: usize| {
        let path = folder.path().join(name);
        fs::write(&path, text.repeat(times)).expect("room on the disk");
        [path]
    };
    let mut lines = Vec::new();
    draw(10_000, 0, Split::Training).write_csv(&mut lines).expect("memory takes any bytes");
    let million = write("million.csv", &lines, 100);
    let values =
        write("values.csv", ("3".to_owned() + &",0.125".repeat(128) + "\n").as_bytes(), 100_000);
    let (pair, which) = pair(folder.path());

    let mut group = criterion.benchmark_group("load");
    group.sample_size(10);
    let large = format!("large pair, {which}");
    load::<f64>(&mut group, &large, &pair);
    load::<f32>(&mut group, &large, &pair);
    load::<f64>(&mut group, "1000000 letters", &million);
    load::<f32>(&mut group, "1000000 letters", &million);
    load::<f64>(&mut group, "100000 lines of other values", &values);
    group.finish();
}

criterion_group!(benches, loads);
criterion_main!(benches);
