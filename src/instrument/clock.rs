//! The clocks: the processor's own counter, for profiles, and the time that this process was given.

use quanta::Clock;
use std::sync::LazyLock;

/// Calibrated when it is first asked, which takes some milliseconds.
static CLOCK: LazyLock<Clock> = LazyLock::new(Clock::new);

/// Ticks of the counter, as a [`Stopwatch`](crate::phases::Stopwatch) reads it.
pub fn ticks() -> u64 {
    CLOCK.raw()
}

/// Seconds of processor time that all threads of this process have had, in the program and in the kernel; NaN where
/// the system is none that can be asked.
pub fn user_and_system() -> [f64; 2] {
    #[cfg(unix)]
    {
        use nix::sys::resource::{UsageWho, getrusage};
        use nix::sys::time::TimeValLike;
        let told = getrusage(UsageWho::RUSAGE_SELF).map(|usage| {
            [usage.user_time(), usage.system_time()]
                .map(|time| 1e-6 * time.num_microseconds() as f64)
        });
        told.unwrap_or([f64::NAN; 2])
    }
    #[cfg(not(unix))]
    [f64::NAN; 2]
}
