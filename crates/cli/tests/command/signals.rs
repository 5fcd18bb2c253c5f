//! What signals and limits do to a run.

use crate::runs::{
    ENDLESS, ROOT, TRAIN, VALIDATION, bytes, check_signals, ended, is_whole, rankone, resume,
    run_json, signal, started, started_by, text, train, wait_until,
};
use assert_cmd::cargo::CommandCargoExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

#[test]
fn each_signal_stops_after_the_epoch_and_everything_is_written() {
    for (name, options) in
        [("INT", ""), ("TERM", "--quiet --json"), ("HUP", "-q --checkpoint 0 --keep best")]
    {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("run");
        let child = started(&format!("{ENDLESS} {options}"), &out);
        signal(&child, name);
        let ran = ended(child).ends(
            5,
            &[&format!("stopped by SIG{name} after epoch "), "of 10000000; rankone train --resume"],
        );
        is_whole(&out);
        let run = run_json(&out);
        assert_eq!(
            (&run["state"], &run["ended_by"]),
            (&"stopped".into(), &format!("SIG{name}").into())
        );
        let epochs = run["result"]["epochs"].as_u64().unwrap();
        assert_eq!(text(&out, "history.csv").lines().count() as u64, 1 + epochs);
        assert_eq!(ran.stdout.is_empty(), !options.contains("--json"));
        // It goes on where it was, and ends as if nothing had been.
        let whole = folder.path().join("whole");
        let (more, keep) = (epochs + 7, if options.contains("best") { "--keep best" } else { "" });
        resume(&out, &format!("--epochs {more}")).ends(0, &[]);
        train(&format!("--epochs {more} {keep}"), &whole).ends(0, &[]);
        assert!(bytes(&whole) == bytes(&out), "{name}");
    }
}

#[test]
fn a_second_signal_ends_it_at_once_and_leaves_nothing_half() {
    let folder = tempfile::tempdir().unwrap();
    check_signals();
    // An epoch of some seconds.
    let large = "train --hidden 1500 --engine reference --epochs 9";
    let mut command = Command::cargo_bin("rankone").unwrap();
    command.args(large.split(' ')).arg("--out").arg(folder.path()).stderr(Stdio::piped());
    let child = command.spawn().unwrap();
    wait_until(|| folder.path().join("history.csv").exists());
    thread::sleep(Duration::from_millis(300));
    signal(&child, "TERM");
    thread::sleep(Duration::from_millis(100));
    signal(&child, "INT");
    assert_eq!(ended(child).code, Some(130));
    is_whole(folder.path());
    assert_eq!(run_json(folder.path())["state"], "running");
}

#[test]
fn a_signal_that_is_ignored_stays_ignored() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = Command::new("sh");
    command
        .args(["-c", "trap '' HUP; exec \"$0\" \"$@\""])
        .arg(Command::cargo_bin("rankone").unwrap().get_program());
    let child = started_by(command, ENDLESS, folder.path());
    signal(&child, "HUP");
    let lines = || text(folder.path(), "history.csv").lines().count();
    let before = lines();
    wait_until(|| lines() > before + 20);
    signal(&child, "TERM");
    ended(child).ends(5, &["stopped by SIGTERM"]);
}

#[test]
fn a_stopped_handout_writes_what_it_has_and_ends_with_5() {
    let folder = tempfile::tempdir().unwrap();
    let outputs = ["a", "b", "c"].map(|name| folder.path().join(name));
    let mut command = Command::cargo_bin("rankone").unwrap();
    command.current_dir(ROOT).args(["handout", TRAIN, VALIDATION]);
    command.args(&outputs).args(["10000000", "4", "1", "0.1"]).stderr(Stdio::piped());
    let child = command.spawn().unwrap();
    thread::sleep(Duration::from_millis(400));
    signal(&child, "TERM");
    ended(child).ends(5, &["stopped by SIGTERM after epoch"]);
    assert!(text(folder.path(), "c").contains("error(validation): "));
    // What cannot be written is found before anything is trained.
    for (place, wrong) in [(0, "none/a"), (1, "."), (2, "none/c")] {
        let mut outputs = outputs.clone();
        outputs[place] = folder.path().join(wrong);
        let [a, b, c] = outputs.each_ref().map(|path| path.as_path());
        let start = Instant::now();
        let paths: [&Path; 3] = [a, b, c];
        let line = format!("handout {TRAIN} {VALIDATION}");
        let numbers = ["10000000", "4", "1", "0.1"].map(Path::new);
        let ran = rankone(&line, &[&paths[..], &numbers[..]].concat());
        assert!(start.elapsed() < Duration::from_secs(20));
        let reason =
            if wrong == "." { "irectory" } else { "No such file or directory (os error 2)" };
        ran.ends(1, &[reason, &outputs[place].display().to_string()]);
    }
}

#[test]
fn a_file_limit_is_an_error_and_not_the_end() {
    let folder = tempfile::tempdir().unwrap();
    let program = Command::cargo_bin("rankone").unwrap();
    let mut shell = Command::new("sh");
    shell.args(["-c", "ulimit -f 8; exec \"$0\" \"$@\""]).arg(program.get_program());
    shell.current_dir(ROOT).args(["train", TRAIN, "--hidden", "50", "--epochs", "1", "--out"]);
    let child =
        shell.arg(folder.path()).stderr(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    ended(child).ends(1, &["checkpoint.safetensors: File too large"]);
}
