//! Clocks: the CPU's cycle counter, and the CPU time of this process.

use quanta::Clock;
use std::sync::LazyLock;

/// Calibrated at its first use, which takes some milliseconds.
static CLOCK: LazyLock<Clock> = LazyLock::new(Clock::new);

/// Reads the CPU's cycle counter: a clock for a [`Stopwatch`](rankone::profile::Stopwatch).
pub fn ticks() -> u64 {
    CLOCK.raw()
}

/// Returns the CPU time of all threads of this process in seconds, in user mode and in the kernel;
/// NaN where the system does not report it.
pub(crate) fn cpu_seconds() -> [f64; 2] {
    #[cfg(unix)]
    {
        use nix::sys::resource::{UsageWho, getrusage};
        use nix::sys::time::TimeValLike;
        let usage = getrusage(UsageWho::RUSAGE_SELF).map(|usage| {
            [usage.user_time(), usage.system_time()]
                .map(|time| 1e-6 * time.num_microseconds() as f64)
        });
        usage.unwrap_or([f64::NAN; 2])
    }
    #[cfg(not(unix))]
    [f64::NAN; 2]
}
