//! Conditions that make timings unreliable, detected before the measurement.

use crate::machine_limits::steadiness_runs;
use crate::samples::Spread;
use rankone_runs::Environment;
use rankone_runs::text::count;
use std::thread::sleep;
use std::time::Duration;
use sysinfo::{ProcessRefreshKind, ProcessesToUpdate, System};

/// How long the CPU usage of other processes is measured.
const WINDOW: Duration = Duration::from_millis(300);
/// CPU usage in percent of one core above which another process counts as busy.
const BUSY: f32 = 20.0;
/// How much longer than the minimum the 90th percentile of equal runs may be.
const STEADY: f64 = 0.05;

/// Returns the reasons why timings with `threads` threads are unreliable now. Takes about half a
/// second.
pub(crate) fn noise_warnings(environment: &Environment, threads: usize) -> Vec<String> {
    let mut warnings = busy_processes();
    if let Some(quota) = environment.cpu_quota() {
        warnings.push(format!(
            "a quota: this process may use {quota} cores, and is stopped when it has used them"
        ));
    }
    if environment.cpu.cores < threads {
        let (cores, threads) = (count(environment.cpu.cores, "core"), count(threads, "thread"));
        warnings.push(format!("{threads} on {cores}: they wait for each other"));
    }
    let runs = Spread::of(&steadiness_runs());
    let change = runs.p90 / runs.min - 1.0;
    if change.is_nan() || change > STEADY {
        warnings.push(format!(
            "the speed of the core moved by {:.0} % within a moment: its frequency changes, or \
             others use it",
            100.0 * change
        ));
    }
    warnings
}

/// Returns a warning for each other process that uses a large part of a core.
fn busy_processes() -> Vec<String> {
    let mut system = System::new();
    let mut refresh = || {
        let what = ProcessRefreshKind::nothing().with_cpu().without_tasks();
        system.refresh_processes_specifics(ProcessesToUpdate::All, true, what);
    };
    refresh();
    sleep(WINDOW);
    refresh();
    let own = sysinfo::get_current_pid().ok();
    let others = system.processes().iter().filter(|(pid, _)| Some(**pid) != own);
    let busy = others.filter(|(_, process)| process.cpu_usage() > BUSY);
    busy.map(|(pid, process)| {
        let (name, share) = (process.name().to_string_lossy(), process.cpu_usage());
        format!("another busy process: {name} ({pid}) has {share:.0} % of a core")
    })
    .collect()
}
