//! Runs that are stopped, gone on with, refused, and written over: what stands on the disk at each moment.
#![cfg(all(feature = "cli", unix))]

#[path = "support/command.rs"]
mod command;

use assert_cmd::cargo::CommandCargoExt;
use command::{Ran, rankone, text};
use serde_json::Value;
use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

const TRAIN: &str = "data/sample/smallTrain.csv";
const VALIDATION: &str = "data/sample/smallValidation.csv";

fn train(options: &str, out: &Path) -> Ran {
    rankone(&format!("train {TRAIN} {VALIDATION} --hidden 4 {options} --out"), &[out])
}

fn resume(out: &Path, options: &str) -> Ran {
    rankone(
        "train --resume",
        &[&[out], &options.split_whitespace().map(Path::new).collect::<Vec<_>>()[..]].concat(),
    )
}

/// Starts a training that would take minutes, and waits until it has been through some epochs.
fn started(line: &str, out: &Path) -> Child {
    started_by(Command::cargo_bin("rankone").unwrap(), line, out)
}

fn started_by(mut command: Command, line: &str, out: &Path) -> Child {
    command.current_dir(env!("CARGO_MANIFEST_DIR")).args(line.split_whitespace()).arg("--out");
    let child = command.arg(out).stderr(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let is_on = || fs::read_to_string(out.join("history.csv")).is_ok_and(|h| h.lines().count() > 3);
    wait_until(is_on);
    child
}

fn wait_until(is_so: impl Fn() -> bool) {
    let start = Instant::now();
    while !is_so() {
        assert!(start.elapsed() < Duration::from_secs(60), "it does not come to it");
        thread::sleep(Duration::from_millis(5));
    }
}

const ENDLESS: &str =
    "train data/sample/smallTrain.csv data/sample/smallValidation.csv --hidden 4 --epochs 10000000";

fn signal(child: &Child, name: &str) {
    // The shell's own: a small system has no program of that name.
    let kill = Command::new("sh").args(["-c", &format!("kill -s {name} {}", child.id())]).status();
    assert!(kill.unwrap().success());
}

fn ended(child: Child) -> Ran {
    let output = child.wait_with_output().unwrap();
    Ran {
        code: output.status.code(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

fn run_json(folder: &Path) -> Value {
    serde_json::from_str(&text(folder, "run.json")).unwrap()
}

/// What two runs share to the byte when they are one: all but times.
fn bytes(folder: &Path) -> Vec<Vec<u8>> {
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
fn is_whole(folder: &Path) {
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

fn sha256(bytes: &[u8]) -> String {
    use sha2::Digest;
    sha2::Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn sixty_epochs_and_then_to_a_hundred_are_a_hundred() {
    for options in [
        "",
        "--precision f32",
        "--engine reference",
        "--engine blas",
        "--order shuffled --keep best",
        "--order numpy --patience 30 --learning-rate .1",
        "--profile --schedule inverse:5",
    ] {
        let folder = tempfile::tempdir().unwrap();
        let (whole, halves) = (folder.path().join("whole"), folder.path().join("halves"));
        train(&format!("--epochs 100 {options}"), &whole).ends(0, &[]);
        train(&format!("--epochs 60 {options} --threads 2"), &halves).ends(0, &[]);
        resume(&halves, "--epochs 100 --threads 1").ends(0, &[]);
        assert!(bytes(&whole) == bytes(&halves), "{options}");
        is_whole(&halves);
        let run = run_json(&halves);
        assert_eq!((&run["state"], &run["arithmetic"]), (&"finished".into(), &1.into()));
        assert_eq!(run["result"], {
            // All but times.
            let mut result = run_json(&whole)["result"].clone();
            for (key, value) in result.as_object_mut().unwrap() {
                if key.ends_with("_seconds")
                    || key == "examples_per_second"
                    || key == "update_threads"
                {
                    *value = run["result"][key].clone();
                }
            }
            result
        });
        // Once more is no change; and into another folder it is the same.
        resume(&halves, "").ends(0, &[]);
        assert!(bytes(&whole) == bytes(&halves), "{options}, again");
        let copy = folder.path().join("copy");
        resume(&halves, &format!("--out {}", copy.display())).ends(0, &[]);
        assert!(bytes(&whole) == bytes(&copy), "{options}, elsewhere");
        is_whole(&copy);
    }
}

#[test]
fn what_belongs_to_the_run_may_not_be_said_anew() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path();
    train("--epochs 2", out).ends(0, &[]);
    for option in [
        "--hidden 3",
        "--init zero",
        "--seed 1",
        "--learning-rate 1",
        "--schedule cosine",
        "--order numpy",
        "--patience 3",
        "--keep best",
        "--engine blas",
        "--precision f32",
        "--blas-threads 2",
        "--start-from x",
        "--header no",
        "--label last",
        "--delimiter ;",
        "--ignore 3",
        "--limit 5",
        "--classes 10",
        "--values any",
        "--validation-share .1",
        "--split-seed 3",
    ] {
        resume(out, option).ends(2, &["cannot be used with"]);
    }
    resume(out, "--epochs 1").ends(2, &["1, where 2 are done"]);
    let help = rankone("train -h", &[]).stdout;
    let words = help.lines().map(|line| line.split_whitespace().collect::<Vec<_>>());
    let options = words.filter_map(|words| {
        let is_one = words.first().is_some_and(|word| word.starts_with('-'));
        words.into_iter().find(|word| is_one && word.starts_with("--"))
    });
    let known = options.map(|option| option.trim_end_matches(',').to_owned()).collect::<Vec<_>>();
    assert_eq!(known.len(), 21 + 10 + 1, "an option that no one thought of: {known:?}");
}

#[test]
fn data_are_looked_for_where_they_were_and_must_be_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let (data, moved, out) = (at("data.csv"), at("moved.csv"), at("run"));
    fs::write(&data, "a,x\n1,0\n0,1\n1,0.5\n0,0.25\n").unwrap();
    let line = "train --hidden 2 --epochs 3 --label a --values standardize --order shuffled";
    rankone(line, &[&data, "--out".as_ref(), &out]).ends(0, &[]);
    let whole = at("whole");
    rankone(&line.replace("3", "8"), &[&data, "--out".as_ref(), &whole]).ends(0, &[]);
    fs::rename(&data, &moved).unwrap();
    resume(&out, "--epochs 8").ends(3, &["data.csv", "No such file"]);
    resume(&out, &format!("--epochs 8 {}", moved.display())).ends(0, &[]);
    assert_eq!(
        fs::read(out.join("model.safetensors")).unwrap(),
        fs::read(whole.join("model.safetensors")).unwrap()
    );
    // Where it was found is known from then on.
    resume(&out, "").ends(0, &[]);
    fs::write(&moved, "a,x\n1,0\n0,1\n1,0.5\n0,0.75\n").unwrap();
    resume(&out, "--epochs 9")
        .ends(3, &["checkpoint.safetensors", "training set: found data of checksum"]);
}

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
    command.current_dir(env!("CARGO_MANIFEST_DIR")).args(["handout", TRAIN, VALIDATION]);
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
fn one_folder_has_one_run() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path();
    let child = started(ENDLESS, out);
    let before = text(out, "run.json");
    let holder = format!("in use by process {} on ", child.id());
    train("--epochs 1", out).ends(1, &[&holder]);
    train("--epochs 1 --overwrite", out).ends(1, &[&holder]);
    wait_until(|| out.join("history.csv").exists());
    assert_eq!(text(out, "run.json"), before);
    assert_eq!(run_json(out)["state"], "running");
    signal(&child, "KILL");
    ended(child);
    // The dead do not stand in the way; without a state there is nothing to lose either.
    fs::write(out.join(".rankone-x.partial"), "half").unwrap();
    resume(out, "").ends(3, &["checkpoint.safetensors", "no state to go on from"]);
    train("--epochs 1", out).ends(0, &[]);
    is_whole(out);
}

#[test]
fn an_unfinished_run_is_not_written_over_unasked() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path();
    for name in ["TERM", "KILL"] {
        let child = started(&format!("{ENDLESS} --checkpoint 0"), out);
        signal(&child, name);
        ended(child);
        let before = (text(out, "run.json"), fs::read(out.join("checkpoint.safetensors")).unwrap());
        let epoch = run_json(out)["checkpoint_epoch"].as_u64().unwrap();
        let words = [
            &format!("epoch {epoch}, "),
            " ago",
            "--resume",
            "--overwrite",
            &out.display().to_string(),
        ];
        train("--epochs 1", out).ends(2, &words.map(|word| word));
        assert!(
            before
                == (text(out, "run.json"), fs::read(out.join("checkpoint.safetensors")).unwrap())
        );
        train("--epochs 1 --overwrite", out).ends(0, &[]);
        assert_eq!(
            (&run_json(out)["state"], text(out, "history.csv").lines().count()),
            (&"finished".into(), 2)
        );
        // A finished one may be.
        train("--epochs 2", out).ends(0, &[]);
        is_whole(out);
    }
}

#[test]
fn an_earlier_good_run_stands_until_there_is_something_in_its_place() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path();
    train("--epochs 1", out).ends(0, &[]);
    let good = bytes(out);
    // A fault that is found before, in data, settings or options, touches nothing.
    let run = text(out, "run.json");
    rankone("train none.csv --out", &[out]).ends(3, &["none.csv"]);
    train("--epochs 1 --patience 0", out).ends(2, &[]);
    train("--epochs 1 --trace none/here.json", out)
        .ends(1, &["none/here.json: No such file or directory"]);
    assert_eq!((text(out, "run.json"), bytes(out)), (run, good.clone()));
    // Killed before its end: the model is the earlier one's, and nobody can take it for this one's.
    let child = started(ENDLESS, out);
    signal(&child, "KILL");
    ended(child);
    assert_eq!(fs::read(out.join("model.safetensors")).unwrap(), good[0]);
    let run = run_json(out);
    assert_eq!(run["state"], "running");
    let listed: Vec<_> = run["files"].as_object().unwrap().keys().collect();
    assert_eq!(listed, ["history.csv"]);
    // Its own state is not the earlier one's either, and a diverged run may be written over.
    resume(out, "").ends(3, &["it is not of the run"]);
    train("--epochs 30 --learning-rate 1e300 --checkpoint 0", out).ends(4, &["diverged"]);
    assert_eq!(run_json(out)["state"], "diverged");
    train("--epochs 1", out).ends(0, &[]);
    assert!(bytes(out) == good);
}

#[test]
fn the_best_epoch_is_named_and_kept() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let options = "--epochs 60 --learning-rate .3";
    let last = train(options, &at("last")).ends(0, &["best        epoch "]);
    let best = run_json(&at("last"))["result"]["best_epoch"].as_u64().unwrap();
    assert!(best < 60, "nothing is tested");
    assert_eq!(run_json(&at("last"))["result"]["kept_epoch"], 60);
    assert!(
        last.stderr.contains(&format!("best        epoch {best}: validation loss ")),
        "{}",
        last.stderr
    );
    assert!(text(&at("last"), "curve.svg").contains(&format!("in epoch {best}")));
    train(&format!("{options} --keep best"), &at("best")).ends(0, &[", kept"]);
    train(&format!("--learning-rate .3 --epochs {best}"), &at("short")).ends(0, &[]);
    let file = |folder: &str, name: &str| fs::read(at(folder).join(name)).unwrap();
    for name in ["model.safetensors", "train.labels", "validation.labels"] {
        assert!(file("best", name) == file("short", name), "{name}");
    }
    let metrics = text(&at("best"), "metrics.txt");
    assert_eq!(metrics.lines().count(), 2 * 60 + 2);
    let errors = |text: &str| text.lines().rev().take(2).map(String::from).collect::<Vec<_>>();
    assert_eq!(errors(&metrics), errors(&text(&at("short"), "metrics.txt")));
    let patient =
        train(&format!("{options} --patience 5"), &at("patient")).ends(0, &["ended by patience"]);
    assert!(!patient.stderr.contains("SIG"));
    let run = run_json(&at("patient"));
    assert_eq!((&run["state"], &run["ended_by"]), (&"finished".into(), &"patience".into()));
    assert_eq!(run["result"]["kept_epoch"], run["result"]["best_epoch"]);
    rankone(&format!("train {TRAIN} --keep best"), &[]).ends(2, &["no validation set"]);
}

#[test]
fn a_training_starts_from_given_parameters() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    train("--epochs 5", &at("five")).ends(0, &[]);
    train("--epochs 3", &at("three")).ends(0, &[]);
    let from = |file: &Path, out: &str, options: &str| {
        let line = format!("train {TRAIN} {VALIDATION} {options} --start-from");
        rankone(&line, &[file, "--out".as_ref(), &at(out)])
    };
    for file in ["model.safetensors", "checkpoint.safetensors"] {
        from(&at("three").join(file), file, "--epochs 2").ends(0, &[]);
        let parameters = |folder: &str| {
            rankone::Network::<f64>::load(at(folder).join("model.safetensors")).unwrap()
        };
        assert_eq!(parameters(file), parameters("five"));
    }
    let model = at("three/model.safetensors");
    from(&model, "f32", "--epochs 2 --precision f32").ends(0, &[]);
    from(&model, "wrong", "--hidden 5").ends(3, &["M, D, K", "(128, 4, 10)", "(128, 5, 10)"]);
    from(Path::new(TRAIN), "wrong", "").ends(3, &["not a rankone model"]);
    assert!(!at("wrong").exists());
}

#[test]
fn a_model_is_not_read_beyond_what_its_header_says() {
    let data = Path::new(VALIDATION);
    // As much memory as there is would not be enough.
    let start = Instant::now();
    rankone("predict", &["/dev/zero".as_ref(), data])
        .ends(3, &["/dev/zero: not a rankone model: header"]);
    assert!(start.elapsed() < Duration::from_secs(10));
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("model");
    let file = fs::File::create(&path).unwrap();
    file.set_len(3 << 30).unwrap();
    rankone("evaluate", &[&path, data]).ends(3, &["not a rankone model: header"]);
    fs::write(&path, [&100u64.to_le_bytes()[..], b"{}"].concat()).unwrap();
    rankone("evaluate", &[&path, data]).ends(3, &["it ends within its header"]);
    fs::write(&path, [&u64::MAX.to_le_bytes()[..], b"{}"].concat()).unwrap();
    rankone("evaluate", &[&path, data]).ends(3, &["a header of 18446744073709551615 bytes"]);
}

#[test]
fn output_that_nobody_takes_is_an_error_and_a_reader_that_has_enough_is_none() {
    let program = Command::cargo_bin("rankone").unwrap();
    let program = program.get_program().to_str().unwrap();
    let ends = |line: &str| {
        let output =
            Command::new("bash").args(["-c", &line.replace("rankone", program)]).output().unwrap();
        (output.status.code(), String::from_utf8(output.stderr).unwrap())
    };
    for line in
        ["rankone --help >/dev/full", "rankone train --help >/dev/full", "rankone info >/dev/full"]
    {
        let (code, stderr) = ends(line);
        assert_eq!(code, Some(1), "{line}");
        assert!(stderr.contains("standard output: No space left"), "{stderr}");
    }
    let start = Instant::now();
    // As many contests as would take an hour.
    let sizes = ["16"; 4000].join(",");
    let line = format!("set -o pipefail; rankone bench --hidden {sizes} --rounds 1 | head -1");
    assert_eq!(ends(&line).0, Some(0));
    assert_eq!(ends("set -o pipefail; rankone train --help | head -1"), (Some(0), String::new()));
    assert!(start.elapsed() < Duration::from_secs(60), "it worked on after nobody read");
}

#[test]
fn a_file_limit_is_an_error_and_not_the_end() {
    let folder = tempfile::tempdir().unwrap();
    let program = Command::cargo_bin("rankone").unwrap();
    let mut shell = Command::new("sh");
    shell.args(["-c", "ulimit -f 8; exec \"$0\" \"$@\""]).arg(program.get_program());
    shell
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .args(["train", TRAIN, "--hidden", "50", "--epochs", "1", "--out"]);
    let child =
        shell.arg(folder.path()).stderr(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    ended(child).ends(1, &["checkpoint.safetensors: File too large"]);
}
