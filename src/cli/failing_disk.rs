//! A test: whichever operation on the disk fails, a run ends with one error, and what it had learnt is there.

use super::{train, train_arguments};
use crate::whole_file::disk;
use crate::{Error, Result};
use safetensors::SafeTensors;
use std::fs;
use std::path::Path;
use std::process::ExitCode;

/// Runs `rankone` with these words, of which only `train` is known, where operation `n` on a disk fails in `folder`.
fn failing(folder: &Path, n: usize, line: &str) -> (Result<ExitCode>, bool) {
    let words: Vec<_> = line.split(' ').map(String::from).collect();
    let arguments = train_arguments(&words).unwrap();
    disk::failing(folder, n, || train::run(arguments, &words))
}

#[test]
fn whichever_operation_on_the_disk_fails_the_run_ends_with_one_error_and_goes_on() {
    const TRAIN: &str = "train data/sample/smallTrain.csv data/sample/smallValidation.csv --quiet";
    let folder = tempfile::tempdir().unwrap();
    // As the system knows it: the double compares paths.
    let folder = fs::canonicalize(folder.path()).unwrap();
    let begin = |out: &Path| {
        format!("{TRAIN} --hidden 3 --epochs 3 --threads 1 --checkpoint 0 --out {}", out.display())
    };
    let whole = folder.join("whole");
    failing(&folder.join("none"), 0, &begin(&whole)).0.unwrap();
    let read = |out: &Path, name: &str| fs::read(out.join(name)).unwrap();
    let (mut n, mut resumed) = (0, 0);
    loop {
        let out = folder.join(n.to_string());
        let (ended, failed) = failing(&out, n, &begin(&out));
        if !failed {
            ended.unwrap();
            break;
        }
        let error = ended.expect_err("an operation failed");
        assert!(matches!(error, Error::Io { .. }), "{error:?}");
        let said = error.to_string();
        assert!(
            said.contains(&*out.to_string_lossy()) && said.ends_with("(os error 28)"),
            "{said}"
        );
        let names =
            fs::read_dir(&out).into_iter().flatten().map(|entry| entry.unwrap().file_name());
        for name in names.map(|name| name.into_string().unwrap()) {
            let bytes = read(&out, &name);
            match name.as_str() {
                "run.json" => drop(serde_json::from_slice::<serde_json::Value>(&bytes).unwrap()),
                "history.csv" => assert!(bytes.ends_with(b"\n"), "{n}"),
                "checkpoint.safetensors" => drop(SafeTensors::deserialize(&bytes).unwrap()),
                ".rankone-lock" => {}
                other => assert!(read(&whole, other) == bytes, "{n}: half of {other}"),
            }
        }
        let again = if out.join("checkpoint.safetensors").exists() {
            resumed += 1;
            format!("train --quiet --resume {}", out.display())
        } else {
            begin(&out)
        };
        failing(&folder.join("none"), 0, &again).0.unwrap();
        for name in ["model.safetensors", "metrics.txt", "train.labels", "validation.labels"] {
            assert!(read(&out, name) == read(&whole, name), "{n}: {name}");
        }
        n += 1;
    }
    assert!(n > 40 && resumed > 20, "of {n} operations {resumed} came after a state");
}
