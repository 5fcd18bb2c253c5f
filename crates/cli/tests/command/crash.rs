//! Runs that are killed, or find the disk full, at moments that nobody chose: what they had come to
//! is there, and they end with the bytes of a run that nothing happened to. `RANKONE_CRASHES` says
//! how many times, `RANKONE_SEED` which.

use crate::ran::{ROOT, Ran, text};
use assert_cmd::cargo::CommandCargoExt;
use serde_json::Value;
use std::cell::Cell;
use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

const BEGIN: &str = "train data/sample/smallTrain.csv data/sample/smallValidation.csv --hidden 12 \
                     --order shuffled --keep best --checkpoint 0 --epochs 10000000 --out";

fn number(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

/// Says it where the test harness does not keep it to itself.
fn tell(what: &str) {
    let _ = writeln!(std::io::stderr(), "\ncrashes: {what}");
}

/// Numbers below a bound, from the seed.
struct Chance(Cell<u64>);

impl Chance {
    fn new() -> Self {
        let seed = number("RANKONE_SEED", u64::from(std::process::id()));
        tell(&format!("RANKONE_SEED={seed}"));
        Self(Cell::new(seed))
    }

    fn below(&self, bound: u64) -> u64 {
        let state =
            self.0.get().wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        self.0.set(state);
        (state >> 33) % bound
    }
}

/// `rankone`, by way of a shell that runs `before`.
fn shell(before: &str, line: &str, folder: &Path) -> Command {
    let mut command = Command::new("sh");
    command.args(["-c", &format!("{before} exec \"$0\" \"$@\"")]);
    command.arg(Command::cargo_bin("rankone").unwrap().get_program());
    command.current_dir(ROOT).args(line.split_whitespace()).arg(folder);
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn ran(mut command: Command) -> Ran {
    Ran::of(command.output().unwrap())
}

/// How a run in this folder is begun, or gone on with.
fn next(folder: &Path) -> &'static str {
    match folder.join("checkpoint.safetensors").exists() {
        true => "train --resume",
        false => BEGIN,
    }
}

fn epoch(folder: &Path) -> u64 {
    let run: Value = serde_json::from_str(&text(folder, "run.json")).unwrap();
    // That of the state which stands, or is about to.
    run["files"]["checkpoint.safetensors"][0]["epoch"].as_u64().unwrap()
}

/// Goes on to some epochs more, and holds the result against a run that nothing happened to.
#[track_caller]
fn ends_as_undisturbed(folder: &Path) -> u64 {
    let epochs = epoch(folder) + 5;
    ran(shell("", &format!("train --epochs {epochs} --resume"), folder)).ends(0, &[]);
    let left = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name());
    let left: Vec<_> = left.filter(|name| name.to_string_lossy().contains(".partial")).collect();
    assert!(left.is_empty(), "{left:?}");
    let undisturbed = tempfile::tempdir().unwrap();
    let line = BEGIN.replace("--epochs 10000000", &format!("--epochs {epochs}"));
    let line = line.replace("--checkpoint 0", "--checkpoint never");
    ran(shell("", &line, undisturbed.path())).ends(0, &[]);
    for name in
        ["model.safetensors", "metrics.txt", "train.labels", "validation.labels", "curve.svg"]
    {
        let file = |folder: &Path| fs::read(folder.join(name)).unwrap();
        assert!(file(folder) == file(undisturbed.path()), "{name}");
    }
    let losses = |folder: &Path| {
        let history = text(folder, "history.csv");
        history
            .lines()
            .map(|line| line.splitn(4, ',').take(3).map(String::from).collect())
            .collect::<Vec<Vec<_>>>()
    };
    assert!(losses(folder) == losses(undisturbed.path()), "history.csv");
    epochs
}

#[test]
fn killed_at_any_moment() {
    let (chance, kills) = (Chance::new(), number("RANKONE_CRASHES", 12));
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let mut resumes = 0;
    for _ in 0..kills {
        let line = next(folder);
        resumes += u64::from(line != BEGIN);
        let mut child = shell("", line, folder).spawn().unwrap();
        // At times while it begins, at times while it trains; most of what it does is to write its
        // state.
        thread::sleep(Duration::from_micros(chance.below(120_000)));
        child.kill().unwrap();
        let output = child.wait_with_output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.code().is_none(), "it ended by itself: {said}");
    }
    while next(folder) == BEGIN {
        let mut child = shell("", BEGIN, folder).spawn().unwrap();
        thread::sleep(Duration::from_millis(500));
        child.kill().unwrap();
        child.wait().unwrap();
    }
    let epochs = ends_as_undisturbed(folder);
    tell(&format!(
        "killed {kills} times, gone on {resumes} times, {epochs} epochs: bytes as undisturbed"
    ));
}

/// Runs, and goes on, so many times where `reason` is that there is too little room, which
/// `make_short` makes for a state of so many bytes, by itself or with words for the shell. How
/// often it went on.
fn runs_short_of_room(
    place: &Path,
    folder: &Path,
    times: u64,
    reason: &str,
    mut make_short: impl FnMut(u64) -> String,
) -> u64 {
    let mut resumes = 0;
    for _ in 0..times {
        let line = next(folder);
        resumes += u64::from(line != BEGIN);
        let state = fs::metadata(folder.join("checkpoint.safetensors"));
        let before = make_short(state.map_or(0, |found| found.len()));
        let ran = ran(shell(&before, line, folder));
        let is_ours = ran.stderr.contains(&place.display().to_string());
        assert!(is_ours, "{before} {}", ran.stderr);
        ran.ends(1, &["error: ", reason]);
        is_whole(folder);
    }
    resumes
}

#[test]
fn a_limit_on_files_at_any_size() {
    let (chance, times) = (Chance::new(), number("RANKONE_CRASHES", 12));
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let limit = |state: u64| {
        // Blocks of 512 bytes; a state has some 50 of them, and more with each epoch.
        format!("ulimit -f {};", (state / 512).max(50) - 5 + chance.below(25))
    };
    let resumes = runs_short_of_room(folder, folder, times, "File too large", limit);
    stop_after_a_while(shell("", next(folder), folder).spawn().unwrap());
    let epochs = ends_as_undisturbed(folder);
    tell(&format!(
        "{times} limits of files, gone on {resumes} times, {epochs} epochs: bytes as undisturbed"
    ));
}

#[test]
fn a_disk_that_becomes_full_at_any_size() {
    let (chance, times) = (Chance::new(), number("RANKONE_CRASHES", 12));
    // A dozen in one folder: each time there is room for more epochs than before.
    for _ in 0..times.div_ceil(12) {
        fill_the_disk(&chance, 12);
    }
}

fn fill_the_disk(chance: &Chance, times: u64) {
    let place = tempfile::tempdir().unwrap();
    let mount = |options: &str| {
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", options, "tmpfs"]).arg(place.path());
        mount.stderr(Stdio::null()).status().is_ok_and(|status| status.success())
    };
    if !mount("size=64k") {
        tell("full disk: NOT TESTED, mounting a tmpfs needs root");
        return;
    }
    let folder = &place.path().join("run");
    let fill = |state: u64| {
        let grown = state >> 10;
        // Less than what is there is refused: then it stays as small as it was.
        mount(&format!("remount,size={}k", 4 + 2 * grown + chance.below(80 + grown)));
        String::new()
    };
    let resumes = runs_short_of_room(place.path(), folder, times, "No space left on device", fill);
    assert!(mount("remount,size=64m"));
    stop_after_a_while(shell("", next(folder), folder).spawn().unwrap());
    let epochs = ends_as_undisturbed(folder);
    assert!(Command::new("umount").arg(place.path()).status().unwrap().success());
    tell(&format!(
        "full disk: tested, {times} times, gone on {resumes} times, {epochs} epochs: bytes as undisturbed"
    ));
}

/// Each file is whole lines, or can be read.
fn is_whole(folder: &Path) {
    if let Ok(history) = fs::read_to_string(folder.join("history.csv")) {
        assert!(history.ends_with('\n'), "half a line");
    }
    if let Ok(run) = fs::read(folder.join("run.json")) {
        serde_json::from_slice::<Value>(&run).unwrap();
    }
    if let Ok(state) = fs::read(folder.join("checkpoint.safetensors")) {
        safetensors::SafeTensors::deserialize(&state).unwrap();
    }
}

fn stop_after_a_while(child: std::process::Child) {
    thread::sleep(Duration::from_millis(700));
    let kill = Command::new("sh").args(["-c", &format!("kill -s TERM {}", child.id())]).status();
    assert!(kill.unwrap().success());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(5), "{}", String::from_utf8_lossy(&output.stderr));
}
