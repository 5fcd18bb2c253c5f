//! One folder, one run: who is kept out, what is not written over, and what stands until something
//! takes its place.

use crate::runs::{
    ENDLESS, bytes, checkpoint_epoch, ended, is_whole, rankone, resume, run_json, signal, started,
    text, train, wait_until,
};
use std::fs;

#[test]
fn one_folder_has_one_run() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path();
    let child = started(ENDLESS, out);
    let before = text(out, "run.json");
    let holder = format!("in use by process {} on ", child.id());
    train("--epochs 1", out).ends(1, &[&holder]);
    train("--epochs 1 --overwrite", out).ends(1, &[&holder]);
    // At once: before data are read.
    rankone("train none.csv --out", &[out]).ends(1, &[&holder]);
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
        let epoch = checkpoint_epoch(out);
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
fn a_run_that_cannot_be_understood_is_not_written_over_unasked() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path();
    train("--epochs 1", out).ends(0, &[]);
    for (unknown, reason) in [("{", "EOF"), (r#"{"state": "paused"}"#, "unknown variant `paused`")]
    {
        fs::write(out.join("run.json"), unknown).unwrap();
        train("--epochs 1", out).ends(2, &["cannot be understood", reason, "--overwrite"]);
        resume(out, "").ends(3, &["run.json: ", reason]);
    }
    train("--epochs 1 --overwrite", out).ends(0, &[]);
    is_whole(out);
    // Something else in a file's place is found before the training.
    fs::remove_file(out.join("curve.svg")).unwrap();
    fs::create_dir(out.join("curve.svg")).unwrap();
    let before = text(out, "run.json");
    train("--epochs 1", out).ends(1, &["curve.svg: is a directory"]);
    assert_eq!(text(out, "run.json"), before);
}

#[test]
fn a_run_goes_on_elsewhere_whoever_writes_there() {
    let folder = tempfile::tempdir().unwrap();
    let (out, copy) = (folder.path().join("run"), folder.path().join("copy"));
    let child = started(&format!("{ENDLESS} --checkpoint 0"), &out);
    let options = format!("--epochs {} --out {}", 1000, copy.display());
    wait_until(|| checkpoint_epoch(&out) > 5);
    resume(&out, "").ends(1, &["in use by process "]);
    signal(&child, "TERM");
    ended(child);
    let before = fs::read_dir(&out).unwrap().count();
    let locked = out.join(".rankone-lock");
    fs::remove_file(&locked).unwrap();
    resume(&out, &options.replace("1000", "1")).ends(2, &["are done"]);
    let epochs = checkpoint_epoch(&out) + 3;
    resume(&out, &options.replace("1000", &epochs.to_string())).ends(0, &[]);
    assert_eq!(fs::read_dir(&out).unwrap().count(), before - 1, "only read");
    assert_eq!(run_json(&copy)["result"]["epochs"], epochs);
    is_whole(&copy);
}

#[test]
fn a_run_that_diverges_leaves_its_last_good_state() {
    let folder = tempfile::tempdir().unwrap();
    let (out, three) = (folder.path().join("run"), folder.path().join("three"));
    let options = "--learning-rate .1 --schedule step:1e300/3";
    train(&format!("--epochs 9 {options}"), &out).ends(4, &["diverged", "epoch 4"]);
    assert_eq!(run_json(&out)["state"], "diverged");
    resume(&out, "").ends(4, &["epoch 4"]);
    resume(&out, "--epochs 3").ends(0, &[]);
    train(&format!("--epochs 3 {options}"), &three).ends(0, &[]);
    assert!(bytes(&out) == bytes(&three));
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
    assert!(run["files"].as_object().unwrap().is_empty(), "{run}");
    // Its own state is not the earlier one's either, and a diverged run may be written over.
    resume(out, "").ends(3, &["it is not of the run"]);
    train("--epochs 30 --learning-rate 1e300 --checkpoint 0", out).ends(4, &["diverged"]);
    assert_eq!(run_json(out)["state"], "diverged");
    train("--epochs 1", out).ends(0, &[]);
    assert!(bytes(out) == good);
}
