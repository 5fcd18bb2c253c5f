//! No allocation per example: an epoch of the fast engines, and its evaluation, allocate nothing.
//! And a data file is read in the memory of the file and of its data set.

use rankone::engine::Engine;
use rankone::{
    Dataset, EngineKind, Evaluator, Init, Isa, Network, Number, PreparedDataset, Split, ThreadPool,
};
use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::fs;
use std::sync::Arc;

struct Counting;

thread_local! {
    /// Of this thread alone: the test harness has one of its own.
    static ALLOCATIONS: Cell<usize> = const { Cell::new(0) };
    /// Bytes, and their most at any time. Those that another thread frees count as live.
    static LIVE: Cell<usize> = const { Cell::new(0) };
    static PEAK: Cell<usize> = const { Cell::new(0) };
}

// SAFETY: every call goes on to the system's allocator as it is. What grows is moved: while it is,
// old and new both count.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.set(ALLOCATIONS.get() + 1);
        LIVE.set(LIVE.get().wrapping_add(layout.size()));
        PEAK.set(PEAK.get().max(LIVE.get()));
        // SAFETY: the caller keeps the contract of `alloc`.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        LIVE.set(LIVE.get().wrapping_sub(layout.size()));
        // SAFETY: the caller keeps the contract of `dealloc`.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static COUNTING: Counting = Counting;

fn allocations(run: impl FnOnce()) -> usize {
    let before = ALLOCATIONS.get();
    run();
    ALLOCATIONS.get() - before
}

fn an_epoch_allocates_nothing<T: Number>() {
    let data = Dataset::<T>::letters(200, 0, Split::Training).unwrap();
    let prepared = PreparedDataset::new(&data, Isa::detect());
    let mut network = Network::new(128, 50, 10, Init::Random, 0).unwrap();
    let mut of_epoch = |kind| {
        let mut engine: Box<dyn Engine<T>> = prepared.engine(kind, 50);
        allocations(|| engine.epoch(&mut network, T::from_f64(0.01), None))
    };
    for kind in [EngineKind::Blas, EngineKind::Blocked] {
        assert_eq!(of_epoch(kind), 0, "{kind} {}", T::PRECISION);
    }
    let shared = PreparedDataset::for_pool(&data, Isa::detect(), &Arc::new(ThreadPool::new(2)));
    let mut engine = shared.engine(EngineKind::Blocked, 400);
    let mut wide = Network::new(128, 400, 10, Init::Random, 0).unwrap();
    let found = allocations(|| engine.epoch(&mut wide, T::from_f64(0.01), None));
    assert_eq!(found, 0, "blocked {}, two threads", T::PRECISION);
    let found = of_epoch(EngineKind::Reference);
    assert!(found >= 200, "the counter does not count: {found}");
}

/// Reads `text` as a data file.
fn a_file_is_read_in_little_memory<T: Number>(name: &str, text: &str) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("data.csv");
    fs::write(&path, text).unwrap();
    let before = LIVE.get();
    PEAK.set(before);
    let data = Dataset::<T>::reader().classes(10).read(&path).unwrap();
    let peak = PEAK.get() - before;
    let set = data.examples() * (data.inputs() + 1) * size_of::<T>() + size_of_val(data.labels());
    assert!(peak >= set, "the counter does not count: {peak}");
    assert!(peak <= set + text.len(), "{name}: {peak} bytes for {set} of {} bytes", text.len());
}

#[test]
fn a_file_is_read_in_the_memory_of_the_file_and_the_data_set() {
    let binary = "3,0,1,0,1,1,0,0,1\n";
    let valued = "3,0.25,1,0.125,0.1,1,0.5,0,1\n";
    let long = "3".to_owned() + &",0.12345678901234567".repeat(8) + "\n";
    let blank = "\r\n \n".repeat(50_000);
    for (name, text) in [
        ("0 and 1", binary.repeat(100_000)),
        ("values", valued.repeat(50_000)),
        ("a long line first", long.clone() + &binary.repeat(100_000)),
        ("a short line first", binary.to_owned() + &long.repeat(20_000)),
    ] {
        for text in [text.clone(), text + &blank] {
            a_file_is_read_in_little_memory::<f64>(name, &text);
            a_file_is_read_in_little_memory::<f32>(name, &text);
        }
    }
}

#[test]
fn nothing_is_allocated_per_example() {
    an_epoch_allocates_nothing::<f64>();
    an_epoch_allocates_nothing::<f32>();
    let data = Dataset::<f64>::letters(600, 0, Split::Training).unwrap();
    let network = Network::new(128, 50, 10, Init::Random, 0).unwrap();
    let mut evaluator = Evaluator::new(PreparedDataset::new(&data, Isa::detect()), None, 50, 1);
    let found = allocations(|| {
        evaluator.load(&network);
        evaluator.job()(0);
        assert!(evaluator.cross_entropies().0.is_finite());
    });
    assert_eq!(found, 0, "evaluation");
}
