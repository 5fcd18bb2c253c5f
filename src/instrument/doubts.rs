//! What would make figures doubtful, looked for before they are taken.

use super::{Spread, roofs};
use crate::environment::Environment;
use crate::words::count;
use std::thread::sleep;
use std::time::Duration;
use sysinfo::{ProcessRefreshKind, ProcessesToUpdate, System};

/// How long other processes are watched.
const WATCH: Duration = Duration::from_millis(300);
/// The share of a core, in percent, from which on one of them is busy.
const BUSY: f32 = 20.0;
/// How much longer than the quickest moment nine moments in ten may take.
const STEADY: f64 = 0.05;

/// Reasons to mistrust what is measured now with so many threads, in words; none is a good sign. Looks for about
/// half a second.
pub fn doubts(environment: &Environment, threads: usize) -> Vec<String> {
    let mut doubts = busy_processes();
    if let Some(quota) = environment.cpu_quota() {
        doubts.push(format!(
            "a quota: this process may use {quota} cores, and is stopped when it has used them"
        ));
    }
    if environment.cpu.cores < threads {
        let (cores, threads) = (count(environment.cpu.cores, "core"), count(threads, "thread"));
        doubts.push(format!("{threads} on {cores}: they wait for each other"));
    }
    let moments = Spread::of(&roofs::moments());
    let moved = moments.p90 / moments.min - 1.0;
    if moved.is_nan() || moved > STEADY {
        doubts.push(format!(
            "the speed of the core moved by {:.0} % within a moment: its frequency changes, or others use it",
            100.0 * moved
        ));
    }
    doubts
}

/// Every other process that keeps a core busy.
fn busy_processes() -> Vec<String> {
    let mut system = System::new();
    let mut look = || {
        let what = ProcessRefreshKind::nothing().with_cpu().without_tasks();
        system.refresh_processes_specifics(ProcessesToUpdate::All, true, what);
    };
    look();
    sleep(WATCH);
    look();
    let me = sysinfo::get_current_pid().ok();
    let others = system.processes().iter().filter(|(pid, _)| Some(**pid) != me);
    let busy = others.filter(|(_, process)| process.cpu_usage() > BUSY);
    busy.map(|(pid, process)| {
        let (name, share) = (process.name().to_string_lossy(), process.cpu_usage());
        format!("another busy process: {name} ({pid}) has {share:.0} % of a core")
    })
    .collect()
}
