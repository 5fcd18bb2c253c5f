//! Signals: as a wish to stop after the running epoch, and as what a write comes to.

use super::{STOPPED, output};
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::{flag, low_level};
use std::ops::ControlFlow;
use std::os::raw::c_int;
use std::path::Path;
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

/// The signals that mean it.
#[cfg(unix)]
const STOPPING: [c_int; 3] = [SIGINT, SIGTERM, signal_hook::consts::SIGHUP];
#[cfg(not(unix))]
const STOPPING: [c_int; 2] = [SIGINT, SIGTERM];

/// The signal that came, or 0.
static CAME: OnceLock<Arc<AtomicUsize>> = OnceLock::new();

/// From now on these signals are a wish, and a second one ends the process at once, with 128 and its number; but one
/// that is ignored, as `nohup` has it, stays ignored.
pub(super) fn listen() {
    let came = CAME.get_or_init(Arc::default);
    let wished = Arc::new(AtomicBool::new(false));
    for signal in STOPPING.into_iter().filter(|signal| !is_ignored(*signal)) {
        // In this order: the first signal finds the wish unsaid, and says it. Where a signal cannot be listened to, it
        // does what it always did.
        let _ = flag::register_conditional_shutdown(signal, 128 + signal, Arc::clone(&wished));
        let _ = flag::register_usize(signal, Arc::clone(came), signal as usize);
        let _ = flag::register(signal, Arc::clone(&wished));
    }
}

/// A write beyond the limit of a file's size is from now on an error and not the end of the process.
pub(super) fn survive_file_limits() {
    #[cfg(unix)]
    let _ = flag::register(signal_hook::consts::SIGXFSZ, Arc::default());
}

/// What to tell a trainer: to stop where a signal came.
pub(super) fn wish() -> ControlFlow<()> {
    if signal().is_some() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
}

/// The name of the signal that came, if one did.
pub(super) fn signal() -> Option<&'static str> {
    let signal = CAME.get()?.load(Ordering::Relaxed);
    low_level::signal_name(signal as c_int)
}

/// Tells that a training was stopped by the signal that came, after `done` of `epochs`; and how the run in `folder` is
/// gone on with, where it is written to one.
pub(super) fn stopped(done: usize, epochs: usize, folder: Option<&Path>) -> ExitCode {
    let go_on =
        |path: &Path| format!("; rankone train --resume {} goes on with it", path.display());
    let signal = signal().unwrap_or("a signal");
    let go_on = folder.map_or(String::new(), go_on);
    output::note(&format!("stopped by {signal} after epoch {done} of {epochs}{go_on}"));
    ExitCode::from(STOPPED)
}

/// Whether this process was started with `signal` ignored, where the system tells.
pub fn is_ignored(signal: c_int) -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    mask.is_some_and(|mask| mask >> (signal - 1) & 1 == 1)
}
