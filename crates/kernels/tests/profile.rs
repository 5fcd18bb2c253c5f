//! Phases of the updates are timed by sampling.

use rankone_kernels::profile::{Laps, Phase, SAMPLE, Stopwatch};
use std::cell::Cell;

thread_local! {
    static NOW: Cell<u64> = const { Cell::new(0) };
}

/// A stopwatch whose clock stands still until [`pass`] is called.
fn stopwatch() -> Stopwatch {
    Stopwatch::new(|| NOW.get())
}

fn pass(ticks: u64) {
    NOW.set(NOW.get() + ticks);
}

#[test]
fn phases_share_the_whole() {
    let mut watch = stopwatch();
    for (phase, ticks) in [(Phase::Sigmoid, 300), (Phase::Backward, 100)] {
        pass(ticks);
        watch.lap(phase);
    }
    let phases = watch.phases(10.0);
    assert_eq!([Phase::Sigmoid, Phase::Backward].map(|p| phases.of(p)), [7.5, 2.5]);
    assert_eq!((phases.total(), phases.plus(&phases).total()), (10.0, 20.0));
    assert_eq!(watch.phases(10.0).total(), 0.0);
}

#[test]
fn one_unit_in_so_many_is_timed() {
    let timed = |units| {
        let mut watch = stopwatch();
        for unit in 0..units {
            watch.begin(unit, units);
            pass(1);
            watch.lap(Phase::Softmax);
        }
        watch.ticks(Phase::Softmax)
    };
    assert_eq!([1, 2, SAMPLE, 3 * SAMPLE].map(timed), [1, 1, 1, 3]);
}

#[test]
fn what_is_done_once_an_epoch_is_not_counted_as_done_in_every_unit() {
    // Of fewer units than one in so many: the one that is timed stands for all of them.
    for units in [SAMPLE, 3] {
        let mut watch = stopwatch();
        watch.once(units, Phase::Data, || pass(units as u64));
        watch.begin((SAMPLE / 2).min(units - 1), units);
        pass(1);
        watch.lap(Phase::Softmax);
        let phases = watch.phases(1.0);
        assert_eq!(phases.of(Phase::Data), phases.of(Phase::Softmax), "{phases:?}");
    }
}
