//! Tables as people have them: names in, names out.

use crate::ran::{rankone, text};
use assert_cmd::Command;
use serde_json::Value;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use tempfile::TempDir;

/// Of the Iris data set (R. A. Fisher; UCI Machine Learning Repository, CC BY 4.0).
const IRIS: &str = "\
sepal_length,sepal_width,petal_length,petal_width,species
5.1,3.5,1.4,0.2,setosa
4.9,3.0,1.4,0.2,setosa
4.7,3.2,1.3,0.2,setosa
5.0,3.6,1.4,0.2,setosa
7.0,3.2,4.7,1.4,versicolor
6.4,3.2,4.5,1.5,versicolor
5.5,2.3,4.0,1.3,versicolor
5.7,2.8,4.5,1.3,versicolor
6.3,3.3,6.0,2.5,virginica
5.8,2.7,5.1,1.9,virginica
7.1,3.0,5.9,2.1,virginica
6.3,2.9,5.6,1.8,virginica
";
const OPTIONS: &str =
    "--label species --values standardize --order shuffled --hidden 10 --learning-rate 0.3";

/// A folder with `iris.csv` and a model of it, `run/model.safetensors`.
fn trained(options: &str) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let (iris, run) = (folder.path().join("iris.csv"), folder.path().join("run"));
    fs::write(&iris, IRIS).unwrap();
    let line = format!("train {OPTIONS} {options}");
    rankone(&line, &[&iris, "--out".as_ref(), &run]).ends(0, &[]);
    let model = run.join("model.safetensors");
    (folder, model)
}

/// The labels of IRIS.
fn species() -> String {
    IRIS.lines().skip(1).map(|line| line.rsplit_once(',').unwrap().1.to_owned() + "\n").collect()
}

/// IRIS without them.
fn unlabelled() -> String {
    IRIS.lines().map(|line| line.rsplit_once(',').unwrap().0.to_owned() + "\n").collect()
}

#[test]
fn names_go_in_and_come_out() {
    let (folder, model) = trained("");
    let iris = folder.path().join("iris.csv");
    let path = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::write(&path, text).unwrap();
        path
    };
    let bare = path("bare.csv", &unlabelled());
    let nameless = path("nameless.csv", unlabelled().split_once('\n').unwrap().1);
    let turned: String = IRIS
        .lines()
        .map(|line| line.split(',').rev().collect::<Vec<_>>().join(";") + "\n")
        .collect();
    let turned = path("turned.csv", &turned);
    for data in [&iris, &bare, &nameless] {
        let ran = rankone("predict", &[&model, data]).ends(0, &[]);
        assert_eq!(ran.stdout, species(), "{}", data.display());
    }
    let ran = rankone("predict --delimiter ;", &[&model, &turned]).ends(0, &[]);
    assert_eq!(ran.stdout, species());
    let table = rankone("predict --probabilities", &[&model, &bare]).ends(0, &[]).stdout;
    assert!(table.starts_with("label,setosa,versicolor,virginica\nsetosa,0.9"), "{table}");
    assert_eq!(text(&folder.path().join("run"), "train.labels"), species());

    let ran = rankone("evaluate --confusion", &[&model, &iris]).ends(0, &[]);
    assert!(ran.stdout.contains("error: 0\n"), "{}", ran.stdout);
    let table = "\
label       setosa  versicolor  virginica   error
setosa           4           0          0  0.0000
versicolor       0           4          0  0.0000
virginica        0           0          4  0.0000
";
    assert!(ran.stdout.ends_with(table), "{}", ran.stdout);
    let json = rankone("evaluate --json --confusion", &[&model, &iris]).ends(0, &[]).stdout;
    let json: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["confusion"][2], Value::from(vec![0, 0, 4]));
    assert_eq!(
        (&json["classes"][1]["label"], &json["classes"][1]["error"]),
        (&"versicolor".into(), &0.0.into())
    );
    rankone("evaluate", &[&model, &bare]).ends(3, &["bare.csv, line 1", "no column \"species\""]);
    rankone("evaluate", &[&model, &nameless]).ends(3, &["4 columns", "5 (a label and 4 values)"]);
}

#[test]
fn what_standard_input_asks_is_answered_as_it_comes() {
    let (_folder, model) = trained("");
    let predict = || {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_rankone"));
        command.arg("predict").arg(&model).arg("-");
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    };
    let mut child = predict();
    let mut answers = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut questions = child.stdin.take().unwrap();
    for (question, answer) in unlabelled().lines().skip(1).zip(species().lines()) {
        writeln!(questions, "{question}").unwrap();
        // Would wait for ever, were the answer not written before the next question.
        assert_eq!(answers.next().unwrap().unwrap(), answer);
    }
    drop(questions);
    assert!(answers.next().is_none() && child.wait().unwrap().success());

    let mut command = Command::cargo_bin("rankone").unwrap();
    command.args(["predict", "--limit", "3"]).arg(&model).arg("-").write_stdin(unlabelled());
    command.assert().success().stdout("setosa\n".repeat(3));

    // Many at once; and a fault after some that are answered.
    let many = unlabelled().split_once('\n').unwrap().1.repeat(2000);
    let mut command = Command::cargo_bin("rankone").unwrap();
    command.arg("predict").arg(&model).arg("-").write_stdin(many.clone() + "\n\n");
    command.assert().success().stdout(species().repeat(2000));
    let mut command = Command::cargo_bin("rankone").unwrap();
    command.arg("predict").arg(&model).arg("-").write_stdin(many + "1,2,x,4\n");
    let output = command.output().unwrap();
    // All before the fault is answered.
    assert_eq!(output.stdout, species().repeat(2000).as_bytes());
    let error = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(3));
    assert!(error.contains("standard input, line 24001, column 3: found \"x\""), "{error}");
}

#[test]
fn one_example_is_told_number_by_number() {
    let (folder, model) = trained("--epochs 3");
    let iris = folder.path().join("iris.csv");
    let line = "inspect --example 6 --gradients --json";
    let found: Value =
        serde_json::from_str(&rankone(line, &[&model, &iris]).ends(0, &[]).stdout).unwrap();
    let vector = |name: &str| -> Vec<f64> { serde_json::from_value(found[name].clone()).unwrap() };
    let lengths = ["x", "a", "z", "b", "y_hat", "g_b", "g_z", "g_a"].map(|name| vector(name).len());
    assert_eq!(lengths, [5, 10, 10, 3, 3, 3, 10, 10]);
    assert_eq!((found["y"].as_str(), vector("x")[0]), (Some("versicolor"), 1.0));
    let y_hat = vector("y_hat");
    assert!((found["J"].as_f64().unwrap() + y_hat[1].ln()).abs() <= 1e-15);
    for (a, z) in vector("a").into_iter().zip(vector("z")) {
        assert!((1.0 / (1.0 + (-a).exp()) - z).abs() <= 1e-15);
    }
    let matrix =
        |name: &str| -> Vec<Vec<f64>> { serde_json::from_value(found[name].clone()).unwrap() };
    assert!((matrix("g_beta")[1][0] - (y_hat[1] - 1.0)).abs() <= 1e-15);
    assert_eq!((matrix("g_alpha").len(), matrix("g_alpha")[0].len()), (10, 5));

    let people = rankone("inspect --example 6", &[&model, &iris]).ends(0, &[]).stdout;
    assert!(people.contains("y: versicolor\n") && !people.contains("g_a"), "{people}");
    rankone("inspect --example 13", &[&model, &iris]).ends(3, &["at most 12"]);
    let whole = rankone("inspect", &[&model]).ends(0, &[]).stdout;
    for line in ["inputs: 4", "classes: setosa, versicolor, virginica", "values: standardize"] {
        assert!(whole.lines().any(|found| found == line), "{line}: {whole}");
    }
    let seed: Value = serde_json::from_str(&rankone("inspect --json", &[&model]).stdout).unwrap();
    assert_eq!(seed["origin"]["seed"], "0");
    assert_eq!(seed["schema"]["scaling"]["divisor"].as_array().unwrap().len(), 4);
}

#[test]
fn without_a_validation_set_nothing_speaks_of_one() {
    let (folder, model) = trained("--epochs 2");
    let run = model.parent().unwrap();
    assert!(!run.join("validation.labels").exists());
    for name in ["history.csv", "metrics.txt", "run.json", "curve.svg"] {
        assert!(!text(run, name).contains("validation"), "{name}");
    }
    let iris = folder.path().join("iris.csv");
    let ran = rankone(&format!("train {OPTIONS} --epochs 2"), &[&iris]).ends(0, &[]);
    assert!(!ran.stderr.contains("validation"), "{}", ran.stderr);
    let out: &[&Path] = &[&iris, "--out".as_ref(), run];
    rankone(&format!("train {OPTIONS} --patience 2"), out).ends(2, &["no validation set"]);
    assert!(model.exists(), "a refusal takes nothing away");
}

#[test]
fn a_share_is_put_apart_by_its_own_seed() {
    let folder = tempfile::tempdir().unwrap();
    let iris = folder.path().join("iris.csv");
    fs::write(&iris, IRIS).unwrap();
    let run = |options: &str| {
        let line =
            format!("train {OPTIONS} --epochs 1 --validation-share 0.25 --json -q {options}");
        let run = rankone(&line, &[&iris]).ends(0, &[]).stdout;
        serde_json::from_str::<Value>(&run).unwrap()
    };
    let [zero, seeded, split] = ["", "--seed 1", "--seed 1 --split-seed 0"].map(run);
    for run in [&zero, &seeded, &split] {
        assert_eq!(
            (&run["train"]["examples"], &run["validation"]["examples"]),
            (&9.into(), &3.into())
        );
    }
    let loss = |run: &Value| run["result"]["validation_cross_entropy"].as_f64().unwrap();
    assert!(loss(&zero) != loss(&seeded) && loss(&seeded) != loss(&split));
    let line = "train --validation-share 0.01 --label species --values any";
    rankone(line, &[&iris]).ends(2, &["0.01 of 12"]);
    rankone("train --validation-share 1", &[&iris]).ends(2, &["between 0 and 1"]);
    rankone("train --validation-share 0.1", &[&iris, &iris]).ends(2, &["cannot be used with"]);
}

#[test]
fn traps_speak_once_on_stderr() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("data.csv");
    let notes = |text: &str, options: &str| {
        fs::write(&path, text).unwrap();
        let line = format!("train --epochs 1 --hidden 2 {options}");
        let ran = rankone(&line, &[&path, &path]).ends(0, &[]);
        let notes = ran.stderr.lines().filter(|line| line.starts_with("note: "));
        notes.map(str::to_owned).collect::<Vec<_>>()
    };
    let sorted = notes("0,0,1\n0,1,1\n1,0.5,1\n", "--classes 4");
    let words =
        ["sorted by label", "2 labels of the 4", "1 input (2)", "3 examples of the validation"];
    assert_eq!(sorted.len(), words.len(), "{sorted:?}");
    for (note, words) in sorted.iter().zip(words) {
        assert!(note.contains(words), "{words}: {note}");
    }
    assert!(sorted[0].contains("--order shuffled"));
    let shuffled = notes("0,0,1\n0,1,1\n1,0.5,1\n", "--classes 4 --order shuffled");
    assert_eq!(shuffled, sorted[1..]);
    assert!(!notes("0,0\n1,1\n0,0.5\n", "")[0].contains("sorted"));
    assert_eq!(notes("0,0\n1,1\n0,0.5\n", "--quiet"), [""; 0]);
}

#[test]
fn faults_name_the_options_that_help() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("data.csv");
    for (text, words) in [
        ("0,5\n1,0\n", &["column 2: found \"5\"", "--values any, scale or standardize"][..]),
        ("0;1\n1;0\n", &["1 column", "--delimiter"]),
        ("0,1\n0,0\n", &["no label but \"0\"", "--label", "--classes"]),
        ("0.5,1\n1.5,0\n", &["column 1: found the label \"0.5\"", "--label"]),
    ] {
        fs::write(&path, text).unwrap();
        rankone("train", &[&path]).ends(3, words);
    }
    let validation = folder.path().join("validation.csv");
    fs::write(&path, "0,1\n1,0\n").unwrap();
    fs::write(&validation, "0,1\n2,0\n").unwrap();
    rankone("train", &[&path, &validation])
        .ends(3, &["validation.csv, line 2, column 1: found \"2\"", "--classes"]);
}

/// The two files as people have them, where they lie beside the real letters.
#[test]
fn iris_and_digits_are_learnt_from_one_file() {
    let other = crate::real_letters::folder().map(|folder| folder.join("other"));
    let Some(other) = other.filter(|other| other.is_dir()) else { return };
    let median = |name: &str, options: &str| {
        let mut errors: Vec<_> = (0..5)
            .map(|seed| {
                let line = format!("train {options} --validation-share 0.2 --order shuffled");
                let line = format!("{line} --seed {seed} --json --quiet");
                let run = rankone(&line, &[&other.join(name)]).ends(0, &[]).stdout;
                let run: Value = serde_json::from_str(&run).unwrap();
                run["result"]["validation_error"].as_f64().unwrap()
            })
            .collect();
        errors.sort_by(f64::total_cmp);
        errors[2]
    };
    let iris = median("iris.csv", "--label species --values standardize --learning-rate 0.1");
    assert!(iris <= 2.0 / 30.0, "{iris}");
    let digits = median("digits.csv", "--label last --values scale");
    assert!(digits <= 0.04, "{digits}");
}
