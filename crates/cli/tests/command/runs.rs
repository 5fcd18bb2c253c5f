//! Runs in folders: begun, stopped, gone on with, and held against each other.

pub use crate::ran::{ROOT, Ran, rankone, text};
use assert_cmd::cargo::CommandCargoExt;
use serde_json::Value;
use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

pub const TRAIN: &str = "data/sample/smallTrain.csv";
pub const VALIDATION: &str = "data/sample/smallValidation.csv";

pub fn train(options: &str, out: &Path) -> Ran {
    rankone(&format!("train {TRAIN} {VALIDATION} --hidden 4 {options} --out"), &[out])
}

pub fn resume(out: &Path, options: &str) -> Ran {
    rankone(
        "train --resume",
        &[&[out], &options.split_whitespace().map(Path::new).collect::<Vec<_>>()[..]].concat(),
    )
}

/// Starts a training that would take minutes, and waits until it has been through some epochs.
pub fn started(line: &str, out: &Path) -> Child {
    check_signals();
    started_by(Command::cargo_bin("rankone").unwrap(), line, out)
}

/// Whether this process was started with `signal` ignored, where the system shows that.
fn is_ignored(signal: u32) -> bool {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    mask.is_some_and(|mask| mask >> (signal - 1) & 1 == 1)
}

/// Fails where this process ignores a signal that stops trainings: those that it starts would
/// ignore it too, and wait for ever to be stopped.
pub fn check_signals() {
    // SIGHUP, SIGINT, SIGTERM.
    assert!(
        ![1, 2, 15].into_iter().any(is_ignored),
        "a signal is ignored here, as by nohup or in the background of a script: test in the foreground"
    );
}

pub fn started_by(mut command: Command, line: &str, out: &Path) -> Child {
    command.current_dir(ROOT).args(line.split_whitespace()).arg("--out");
    let child = command.arg(out).stderr(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let is_on = || fs::read_to_string(out.join("history.csv")).is_ok_and(|h| h.lines().count() > 3);
    wait_until(is_on);
    child
}

pub fn wait_until(is_so: impl Fn() -> bool) {
    let start = Instant::now();
    while !is_so() {
        assert!(start.elapsed() < Duration::from_secs(60), "it does not come to it");
        thread::sleep(Duration::from_millis(5));
    }
}

pub const ENDLESS: &str =
    "train data/sample/smallTrain.csv data/sample/smallValidation.csv --hidden 4 --epochs 10000000";

pub fn signal(child: &Child, name: &str) {
    // The shell's own: a small system has no program of that name.
    let kill = Command::new("sh").args(["-c", &format!("kill -s {name} {}", child.id())]).status();
    assert!(kill.unwrap().success());
}

pub fn ended(child: Child) -> Ran {
    Ran::of(child.wait_with_output().unwrap())
}

pub fn run_json(folder: &Path) -> Value {
    serde_json::from_str(&text(folder, "run.json")).unwrap()
}

/// How many epochs the state in a folder has been through, of which `run.json` may list the one to
/// come before it.
pub fn checkpoint_epoch(folder: &Path) -> u64 {
    let sha256 = sha256(&fs::read(folder.join("checkpoint.safetensors")).unwrap_or_default());
    let run = run_json(folder);
    let known = run["files"]["checkpoint.safetensors"].as_array();
    let this = known.into_iter().flatten().find(|known| known["sha256"] == *sha256);
    this.map_or(0, |known| known["epoch"].as_u64().unwrap())
}

/// What two runs share to the byte when they are one: all but times.
pub fn bytes(folder: &Path) -> Vec<Vec<u8>> {
    let names =
        ["model.safetensors", "metrics.txt", "train.labels", "validation.labels", "curve.svg"];
    let mut files: Vec<_> = names.map(|name| fs::read(folder.join(name)).unwrap()).into();
    let history = text(folder, "history.csv");
    let lines = history.lines().map(|line| {
        let fields: Vec<_> = line.split(',').collect();
        [&fields[..3], &fields[fields.len() - 1..]].concat().join(",")
    });
    files.push(lines.collect::<Vec<_>>().join("\n").into_bytes());
    files
}

/// Every file is whole, and those that `run.json` lists are what it says.
pub fn is_whole(folder: &Path) {
    let run = run_json(folder);
    for (name, known) in run["files"].as_object().unwrap() {
        let found = fs::read(folder.join(name)).unwrap();
        let is_known = known.as_array().unwrap().iter().any(|beginning| {
            let length = beginning["bytes"].as_u64().unwrap() as usize;
            length <= found.len()
                && sha256(&found[..length]) == beginning["sha256"].as_str().unwrap()
        });
        assert!(is_known, "{name}: {run}");
    }
    assert!(text(folder, "history.csv").ends_with('\n'));
    let left = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name());
    assert!(!left.into_iter().any(|name| name.to_string_lossy().ends_with(".partial")));
}

pub fn sha256(bytes: &[u8]) -> String {
    use sha2::Digest;
    sha2::Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}
