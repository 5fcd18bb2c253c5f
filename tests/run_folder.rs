//! One folder, one run: who is kept out, what is not written over, and what stands until something takes its place.
#![cfg(all(feature = "cli", unix))]

#[path = "support/runs.rs"]
mod runs;

use runs::{
    ENDLESS, bytes, ended, is_whole, rankone, resume, run_json, signal, started, text, train,
    wait_until,
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
    assert!(run["files"].as_object().unwrap().is_empty(), "{run}");
    // Its own state is not the earlier one's either, and a diverged run may be written over.
    resume(out, "").ends(3, &["it is not of the run"]);
    train("--epochs 30 --learning-rate 1e300 --checkpoint 0", out).ends(4, &["diverged"]);
    assert_eq!(run_json(out)["state"], "diverged");
    train("--epochs 1", out).ends(0, &[]);
    assert!(bytes(out) == good);
}
