//! Runs that are gone on with: the same bytes as in one go, from the same data, and nothing said
//! anew that is theirs.

use crate::runs::{TRAIN, VALIDATION, bytes, is_whole, rankone, resume, run_json, text, train};
use std::fs;
use std::path::Path;

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
        resume(&halves, "--epochs 100 --threads 1").ends(0, &["s since epoch "]);
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
        resume(&halves, "").ends(0, &["none needed: all epochs were done"]);
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
        .ends(3, &["moved.csv: found data of checksum ", ", expected data of checksum "]);
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
