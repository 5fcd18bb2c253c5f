//! What is read no further than it has to be, and what is written as long as somebody reads.

use crate::runs::{ROOT, TRAIN, VALIDATION, rankone, train};
use assert_cmd::cargo::CommandCargoExt;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

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
fn a_closed_pipe_is_no_error() {
    let rankone = env!("CARGO_BIN_EXE_rankone");
    let folder = tempfile::tempdir().unwrap();
    train("--epochs 1", folder.path()).ends(0, &[]);
    let model = folder.path().join("model.safetensors");
    let line = format!("'{rankone}' predict '{}' {TRAIN} | true", model.display());
    let output =
        std::process::Command::new("sh").current_dir(ROOT).args(["-c", &line]).output().unwrap();
    assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
}
