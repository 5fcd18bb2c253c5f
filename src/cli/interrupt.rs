//! Ctrl-C as a wish to stop after the running epoch.

use std::ops::ControlFlow;
use std::process;
use std::sync::atomic::{AtomicBool, Ordering};

static WISHED: AtomicBool = AtomicBool::new(false);

/// From now on Ctrl-C is a wish; a second one ends the process at once.
pub(super) fn listen() {
    // Where there is no such signal to listen to, Ctrl-C does what it always did.
    let _ = ctrlc::set_handler(|| {
        if WISHED.swap(true, Ordering::Relaxed) {
            // As a shell reports a process that SIGINT ended.
            process::exit(130);
        }
    });
}

/// What to tell a trainer: to stop where Ctrl-C was pressed.
pub(super) fn wish() -> ControlFlow<()> {
    if WISHED.load(Ordering::Relaxed) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
}
