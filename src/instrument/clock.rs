//! The clock of profiles: the processor's own counter.

use quanta::Clock;
use std::sync::LazyLock;

/// Calibrated when it is first asked, which takes some milliseconds.
static CLOCK: LazyLock<Clock> = LazyLock::new(Clock::new);

/// Ticks of the counter, as a [`Stopwatch`](crate::phases::Stopwatch) reads it.
pub fn ticks() -> u64 {
    CLOCK.raw()
}
