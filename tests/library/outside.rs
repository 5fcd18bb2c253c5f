//! A program of one's own on the library alone: what it costs to depend on, and that it does what
//! the example says.

use std::fs;
use std::path::Path;
use std::process::Command;

/// A crate that depends on this one without default features. Its programs are an example, and one
/// that looks closer.
fn program(folder: &Path) {
    let project = Path::new(env!("CARGO_MANIFEST_DIR"));
    let manifest = format!(
        "[package]\nname = \"outside\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n\
         [dependencies]\n\
         rankone = {{ path = {project:?}, default-features = false }}\n\n[workspace]\n"
    );
    fs::write(folder.join("Cargo.toml"), manifest).unwrap();
    fs::create_dir_all(folder.join("src/bin")).unwrap();
    fs::copy(project.join("examples/own_data.rs"), folder.join("src/main.rs")).unwrap();
    let closer = project.join("tests/library/outside/closer.rs");
    fs::copy(closer, folder.join("src/bin/closer.rs")).unwrap();
    // The versions that this crate is tested with, which are here already.
    fs::copy(project.join("Cargo.lock"), folder.join("Cargo.lock")).unwrap();
}

/// What `cargo` prints, run in `folder`.
fn cargo(folder: &Path, line: &str) -> String {
    let mut command = Command::new(env!("CARGO"));
    command.current_dir(folder).args(line.split_whitespace()).arg("--offline");
    command.env("CARGO_PROFILE_DEV_DEBUG", "false").env("CARGO_INCREMENTAL", "0");
    command.env("CARGO_TARGET_DIR", Path::new(env!("CARGO_TARGET_TMPDIR")).join("outside"));
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn the_library_alone_is_small_and_trains() {
    let folder = tempfile::tempdir().unwrap();
    program(folder.path());
    let printed = cargo(folder.path(), "run --quiet --bin outside");
    for words in [
        "epoch 200: cross-entropy 0.0",
        "the centre is inside with probability 1.000",
        "three columns: shape of x: found (1, 3), expected (N, 2)",
    ] {
        assert!(printed.contains(words), "{words}: {printed}");
    }
    let printed = cargo(folder.path(), "run --quiet --bin closer");
    assert_eq!(printed, "reference 0.0\nblas 0.0\nblocked 0.0\n");
    let tree = |line| -> Vec<String> {
        let tree = cargo(folder.path(), line);
        let names = tree.lines().filter_map(|line| line.split_whitespace().next());
        let mut names: Vec<_> = names.map(str::to_owned).collect();
        names.sort();
        names.dedup();
        names
    };
    let mut crates = tree("tree -p rankone -e normal --prefix none");
    crates.retain(|name| !["rankone", "rankone-kernels"].contains(&name.as_str()));
    assert!((20..=41).contains(&crates.len()), "{} crates: {crates:?}", crates.len());
    let all = tree("tree -p rankone -e normal,build --prefix none");
    for name in ["clap", "plotters", "png", "indicatif", "signal-hook", "cc", "cmake", "pkg-config"]
    {
        assert!(!all.iter().any(|found| found == name), "{name}: {all:?}");
    }
}
