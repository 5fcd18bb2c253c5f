//! Signals: a request to stop after the running epoch, or an error of a write.

use crate::{STOPPED, output};
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::{flag, low_level};
use std::ops::ControlFlow;
use std::os::raw::c_int;
use std::path::Path;
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

/// The signals that request a stop.
#[cfg(unix)]
const STOPPING: [c_int; 3] = [SIGINT, SIGTERM, signal_hook::consts::SIGHUP];
#[cfg(not(unix))]
const STOPPING: [c_int; 2] = [SIGINT, SIGTERM];

/// The signal that was received, or 0.
static RECEIVED: OnceLock<Arc<AtomicUsize>> = OnceLock::new();

/// Makes these signals a request from now on; a second one ends the process at once, with 128 and
/// its number. A signal that is ignored, as with `nohup`, stays ignored.
pub fn listen() {
    let received = RECEIVED.get_or_init(Arc::default);
    let requested = Arc::new(AtomicBool::new(false));
    for signal in STOPPING.into_iter().filter(|signal| !is_ignored(*signal)) {
        // In this order: the first signal finds the flag unset, and sets it. Where a signal cannot
        // be listened to, it keeps its default action.
        let _ = flag::register_conditional_shutdown(signal, 128 + signal, Arc::clone(&requested));
        let _ = flag::register_usize(signal, Arc::clone(received), signal as usize);
        let _ = flag::register(signal, Arc::clone(&requested));
    }
}

/// Makes a write beyond the limit on the size of a file an error, which ended the process before.
pub fn survive_file_limits() {
    #[cfg(unix)]
    let _ = flag::register(signal_hook::consts::SIGXFSZ, Arc::default());
}

/// Returns whether a training is to continue: until a signal is received.
pub fn wish() -> ControlFlow<()> {
    if signal().is_some() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
}

/// Returns the name of the signal that was received, if one was.
pub fn signal() -> Option<&'static str> {
    let signal = RECEIVED.get()?.load(Ordering::Relaxed);
    low_level::signal_name(signal as c_int)
}

/// Prints that a signal stopped a training after `done` of `epochs`, and how to resume it where it
/// has a state in `folder`. Returns the exit code.
pub fn stopped(done: usize, epochs: usize, folder: Option<&Path>) -> ExitCode {
    let signal = signal().unwrap_or("a signal");
    let folder = folder.map(Path::display);
    let go_on = folder.map(|path| format!("; rankone train --resume {path} goes on with it"));
    let go_on = go_on.unwrap_or_default();
    output::note(&format!("stopped by {signal} after epoch {done} of {epochs}{go_on}"));
    ExitCode::from(STOPPED)
}

/// Returns whether this process was started with `signal` ignored, where the system shows that.
fn is_ignored(signal: c_int) -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    mask.is_some_and(|mask| mask >> (signal - 1) & 1 == 1)
}
