//! No allocation per example: an epoch of the fast engines, and its evaluation, allocate nothing.

use rankone::dataset::synthetic::{Split, letters};
use rankone::engine::Kind;
use rankone::evaluation::Evaluator;
use rankone::{Dataset, Init, Network, Scalar};
use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

struct Counting;

thread_local! {
    /// Of this thread alone: the test harness has one of its own.
    static ALLOCATIONS: Cell<usize> = const { Cell::new(0) };
}

// SAFETY: every call goes on to the system's allocator as it is.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.set(ALLOCATIONS.get() + 1);
        // SAFETY: the caller keeps the contract of `alloc`.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
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

fn an_epoch_allocates_nothing<T: Scalar>() {
    let data = Dataset::<T>::from_letters(&letters(200, 0, Split::Training));
    let mut network = Network::new(128, 50, 10, Init::Random, 0);
    for kind in [Kind::Blas, Kind::Blocked] {
        let mut engine = kind.plan(&data, 50).unwrap();
        let found = allocations(|| engine.epoch(&mut network, T::from_f64(0.01)));
        assert_eq!(found, 0, "{kind} {}", T::PRECISION);
    }
    let mut reference = Kind::Reference.plan(&data, 50).unwrap();
    let found = allocations(|| reference.epoch(&mut network, T::from_f64(0.01)));
    assert!(found >= 200, "the counter does not count: {found}");
}

#[test]
fn nothing_is_allocated_per_example() {
    an_epoch_allocates_nothing::<f64>();
    an_epoch_allocates_nothing::<f32>();
    let data = Dataset::<f64>::from_letters(&letters(600, 0, Split::Training));
    let network = Network::new(128, 50, 10, Init::Random, 0);
    let mut evaluator = Evaluator::new(&data, 50, 1).unwrap();
    // A thread's scratch, and no more for more examples.
    let found = allocations(|| assert!(evaluator.cross_entropy(&network).is_finite()));
    assert!(found <= 8, "evaluation: {found}");
}
