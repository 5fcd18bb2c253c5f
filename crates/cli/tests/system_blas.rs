//! One program over each libblas of the system: it says which one it runs on, and learns the same
//! on all.
#![cfg(all(feature = "system-blas", target_os = "linux"))]

use serde_json::Value;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The folders that hold a `libblas.so.3` beside others, as Debian keeps them.
fn folders() -> Vec<PathBuf> {
    let inside = |folder: PathBuf| fs::read_dir(folder).into_iter().flatten().flatten();
    let folders = inside("/usr/lib".into()).flat_map(|entry| inside(entry.path()));
    let mut folders: Vec<_> = folders.map(|entry| entry.path()).collect();
    folders.retain(|folder| folder.join("libblas.so.3").is_file());
    folders.sort();
    folders
}

/// What `rankone` prints on the library in `folder`.
fn rankone(folder: &Path, line: &str) -> Value {
    let mut command = Command::new(env!("CARGO_BIN_EXE_rankone"));
    command
        .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
        .args(line.split_whitespace());
    let output = command.env("LD_LIBRARY_PATH", folder).output().unwrap();
    let words = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{}: {words}", folder.display());
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn each_library_is_named_and_computes_the_same() {
    let folders = folders();
    for folder in &folders {
        let blas = &rankone(folder, "info --json")["blas"];
        let file = fs::canonicalize(folder.join("libblas.so.3")).unwrap();
        assert_eq!(blas["filepath"], file.to_str().unwrap());
        let name = folder.file_name().unwrap().to_str().unwrap();
        let known = [("openblas", "openblas"), ("blis", "blis"), ("blas", "netlib")];
        if let Some((_, kind)) = known.iter().find(|(start, _)| name.starts_with(start)) {
            assert_eq!(blas["internal_api"], *kind, "{name}");
        }
        let train = "train data/sample/smallTrain.csv data/sample/smallValidation.csv \
                     --hidden 20 --epochs 2 --json --quiet --engine";
        let loss = |engine| {
            let run = rankone(folder, &format!("{train} {engine}"));
            run["result"]["validation_cross_entropy"].as_f64().unwrap()
        };
        let (found, expected) = (loss("blas"), loss("reference"));
        assert!((found - expected).abs() <= 1e-9 * expected, "{name}: {found}, not {expected}");
        let _ = writeln!(std::io::stderr(), "\nsystem-blas: tested on {name}: {}", blas["name"]);
    }
    assert!(!folders.is_empty(), "no libblas.so.3 in a folder of its own was found");
}
