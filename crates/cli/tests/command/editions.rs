//! The numbers of either course, as a plain NumPy program comes to them, where NumPy is there to be
//! asked.

use crate::ran::ROOT;
use assert_cmd::Command;
use serde_json::Value;
use std::io::Write;

const SETS: [&str; 2] = ["data/sample/smallTrain.csv", "data/sample/smallValidation.csv"];

/// What `program` prints in the project's folder, if it can be run.
fn printed(program: &str, arguments: &[&str]) -> Option<String> {
    let output =
        std::process::Command::new(program).current_dir(ROOT).args(arguments).output().ok()?;
    output.status.success().then(|| String::from_utf8(output.stdout).unwrap())
}

#[test]
fn the_handout_command_agrees_with_numpy() {
    let python = std::env::var("PYTHON").unwrap_or_else(|_| "python3".into());
    if printed(&python, &["-c", "import numpy"]).is_none() {
        let _ = writeln!(std::io::stderr(), "\nNumPy: NOT TESTED, {python} has none");
        return;
    }
    for (edition, order, flag, init, epochs) in [
        ("10-301", "numpy", "1", "numpy", "6"),
        // Later NumPy's own rounding breaks the symmetry of the hidden units.
        ("10-301", "numpy", "2", "zero", "2"),
        ("10-315", "file", "1", "random", "3"),
        ("10-315", "file", "2", "zero", "2"),
    ] {
        let mut words = vec!["scripts/golden.py", SETS[0], SETS[1], "--hidden", "12"];
        words.extend(["--learning-rate", "0.1", "--order", order, "--init", init]);
        words.extend(["--epochs", epochs]);
        let numpy: Value = serde_json::from_str(&printed(&python, &words).unwrap()).unwrap();

        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        let mut command = Command::cargo_bin("rankone").unwrap();
        command.current_dir(ROOT).arg("handout").args(SETS);
        command.args([path("train.labels"), path("validation.labels"), path("metrics.txt")]);
        command.args([epochs, "12", flag, "0.1", "--edition", edition]).assert().success();

        let metrics = std::fs::read_to_string(path("metrics.txt")).unwrap();
        let number = |line: &str| line.rsplit_once(' ').unwrap().1.parse::<f64>().unwrap();
        let found: Vec<_> = metrics.lines().map(number).collect();
        let losses = |set: &str| numpy[format!("{set}_cross_entropy")].as_array().unwrap().clone();
        let pairs = losses("train").into_iter().zip(losses("validation"));
        let mut expected: Vec<_> =
            pairs.flat_map(|(t, v)| [t, v]).map(|loss| loss.as_f64().unwrap()).collect();
        expected
            .extend(["train", "validation"].map(|s| numpy[format!("{s}_error")].as_f64().unwrap()));
        assert_eq!(found.len(), expected.len());
        for (found, expected) in found.iter().zip(&expected) {
            assert!((found - expected).abs() <= 1e-12, "{edition} {init}: {found} {expected}");
        }
        let labels = std::fs::read_to_string(path("train.labels")).unwrap();
        let expected = numpy["train_labels"].as_array().unwrap();
        assert!(labels.lines().eq(expected.iter().map(Value::to_string)), "{edition} {init}");
    }
    let _ = writeln!(std::io::stderr(), "\nNumPy: tested");
}
