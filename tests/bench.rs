//! `rankone bench` as its users meet it: columns, fields, files and errors; never how long anything took.
#![cfg(feature = "cli")]

use assert_cmd::Command;
use serde_json::{Value, json};
use std::fs;
use std::path::Path;

/// A quick contest on the sample.
const QUICK: &str = "bench data/sample/smallTrain.csv --hidden 3,5 --rounds 2";

/// What a command printed and how it ended.
struct Ran {
    stdout: String,
    stderr: String,
}

/// Runs `rankone` with the words of `line` and then `more`, which must end with `code`.
#[track_caller]
fn rankone(line: &str, more: &[&Path], isa: Option<&str>, code: i32) -> Ran {
    let mut command = Command::cargo_bin("rankone").unwrap();
    command.current_dir(env!("CARGO_MANIFEST_DIR")).args(line.split_whitespace()).args(more);
    command.env_remove("RANKONE_ISA").envs(isa.map(|isa| ("RANKONE_ISA", isa)));
    let output = command.output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    let ran = Ran { stdout: text(output.stdout), stderr: text(output.stderr) };
    assert_eq!(output.status.code(), Some(code), "{}", ran.stderr);
    assert!(!ran.stderr.contains("panicked"), "{}", ran.stderr);
    ran
}

fn json_lines(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn a_table_has_a_line_for_each_contestant_and_says_what_it_counts() {
    let ran = rankone(QUICK, &[], None, 0);
    assert_eq!(ran.stderr, "");
    for words in [
        "data/sample/smallTrain.csv: 500 examples, 128 inputs, 10 classes",
        "peak of one core, measured: ",
        "timed runs: 2, of epochs: 1; threads of rankone: 1",
        "forward 2D(M+1) + 2K(D+1), backward 2KD, updates 2D(M+1) + 2K(D+1)",
    ] {
        assert!(ran.stdout.contains(words), "{words}: {}", ran.stdout);
    }
    let rows: Vec<Vec<&str>> =
        ran.stdout.lines().map(|line| line.split_whitespace().collect()).collect();
    let heading = rows.iter().position(|row| row.first() == Some(&"D")).unwrap();
    let columns = "D engine ns: min median p90 ns/weight GFLOP/s of peak";
    assert_eq!(rows[heading].join(" "), columns);
    let who: Vec<_> = rows[heading + 1..].iter().map(|row| row[..3].join(" ")).collect();
    assert_eq!(who, ["3 blas f64", "3 blocked f64", "5 blas f64", "5 blocked f64"]);
    for row in &rows[heading + 1..] {
        let numbers: Vec<f64> = row[3..9].iter().map(|n| n.parse().unwrap()).collect();
        assert!(numbers.len() == 6 && numbers.iter().all(|n| *n >= 0.0), "{row:?}");
        assert!(numbers[0] <= numbers[1] && numbers[1] <= numbers[2], "{row:?}");
    }
}

#[test]
fn json_is_the_environment_and_then_an_object_a_contestant() {
    let line = format!(
        "{QUICK} --engine reference,blas,blocked --precision f64,f32 --epochs 2 --threads 2 --json"
    );
    let objects = json_lines(&rankone(&line, &[], None, 0).stdout);
    assert_eq!(objects.len(), 1 + 2 * 2 * 3);
    assert!(objects[0]["environment"].is_object(), "{}", objects[0]);
    assert_eq!(objects[0]["data"]["examples"], 500);
    let peaks = ["f64", "f32"].map(|p| objects[0]["peak_gflops"][p].as_f64().unwrap());
    for result in &objects[1..] {
        for (key, value) in [
            ("threads", json!(2)),
            ("blas_threads", json!(1)),
            ("examples", json!(500)),
            ("inputs", json!(128)),
            ("classes", json!(10)),
            ("epochs", json!(2)),
            ("rounds", json!(2)),
            ("check", json!("passed")),
            ("reason", Value::Null),
        ] {
            assert_eq!(result[key], value, "{key}: {result}");
        }
        let number = |value: &Value| value.as_f64().unwrap();
        let median = number(&result["ns_per_example"]["median"]);
        let d = number(&result["hidden"]);
        let weights = d * 129.0 + 10.0 * (d + 1.0);
        let gflops = (4.0 * weights + 20.0 * d) / median;
        let peak = peaks[usize::from(result["precision"] == "f32")];
        for (key, expected) in [
            ("ns_per_weight", median / weights),
            ("gflops", gflops),
            ("share_of_peak", gflops / peak),
        ] {
            let found = number(&result[key]);
            assert!((found / expected - 1.0).abs() <= 1e-9, "{key}: {result}");
        }
        assert_eq!(result["library"].is_string(), result["engine"] == "blas", "{result}");
    }
    let precisions: Vec<_> = objects[1..].iter().map(|o| o["precision"].clone()).collect();
    assert_eq!(precisions.iter().filter(|p| **p == "f32").count(), 6);
}

#[test]
fn an_engine_that_cannot_run_says_why_beside_those_that_can() {
    let line = format!("{QUICK} --json");
    let objects = json_lines(&rankone(&line, &[], Some("mmx"), 0).stdout);
    let [blas, blocked] = [&objects[1], &objects[2]];
    assert_eq!((&blas["engine"], &blas["check"]), (&json!("blas"), &json!("passed")));
    assert_eq!((&blocked["engine"], &blocked["check"]), (&json!("blocked"), &json!("not run")));
    assert!(blocked["reason"].as_str().unwrap().contains("mmx"), "{blocked}");
    for key in ["ns_per_example", "ns_per_weight", "gflops", "share_of_peak"] {
        assert!(blocked[key].is_null(), "{key}: {blocked}");
    }
    let table = rankone(QUICK, &[], Some("mmx"), 0).stdout;
    assert!(table.contains("blocked   f64    not run: RANKONE_ISA: "), "{table}");
}

#[test]
fn the_roofline_is_a_picture_with_both_engines() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("roofline.svg");
    let ran = rankone(&format!("{QUICK} --precision f64,f32 --roofline"), &[&path], None, 0);
    assert!(ran.stderr.contains("roofline.svg"), "{}", ran.stderr);
    let picture = fs::read_to_string(&path).unwrap();
    for words in
        ["blas D=3", "blocked D=5", "GFLOP/s", "memory ", "f64 on one core", "f32 on one core"]
    {
        assert!(picture.contains(words), "{words}");
    }
    let nowhere = folder.path().join("none/roofline.svg");
    rankone(&format!("{QUICK} --roofline"), &[&nowhere], None, 1);
}

#[test]
fn dot_products_are_timed_five_ways() {
    let table = rankone("bench dot", &[], None, 0).stdout;
    for words in ["Vec, loop over indices", "iterator", "ndarray dot", "BLAS ddot, ", "lanes ("] {
        assert!(table.contains(words), "{words}: {table}");
    }
    let objects = json_lines(&rankone("bench dot --json", &[], Some("baseline"), 0).stdout);
    assert!(objects[0]["environment"].is_object());
    assert_eq!(objects.len(), 6);
    for result in &objects[1..] {
        assert_eq!((&result["length"], &result["times"]), (&json!(500), &json!(1000)));
        assert!(result["us"]["median"].is_number() && result["gflops"].is_number(), "{result}");
    }
    assert_eq!(objects[5]["product"], "lanes (baseline)");
}

/// The results of a bench as compare-backends would leave them, under two names.
fn results(folder: &Path) {
    let objects = json_lines(&rankone(&format!("{QUICK} --json"), &[], None, 0).stdout);
    let mut lines = String::new();
    for provider in ["one", "other"] {
        for result in &objects[1..] {
            let mut result = result.clone();
            result["provider"] = provider.into();
            lines += &format!("{result}\n");
        }
    }
    fs::write(folder.join("results.jsonl"), lines).unwrap();
    let environment = json!({
        "environments": {"one": objects[0]["environment"], "other": objects[0]["environment"]},
        "absent": [{"provider": "third", "reason": "its library is not installed"}],
        "peak_gflops": objects[0]["peak_gflops"],
    });
    fs::write(folder.join("environment.json"), environment.to_string()).unwrap();
}

#[test]
fn providers_are_compared_in_a_table_and_a_picture() {
    let folder = tempfile::tempdir().unwrap();
    results(folder.path());
    let ran = rankone("bench compare", &[folder.path()], None, 0);
    assert!(ran.stderr.contains("compare.md") && ran.stderr.contains("compare.svg"));
    let table = fs::read_to_string(folder.path().join("compare.md")).unwrap();
    for words in ["| D=3 | D=5 |", "| one: ", "| other: ", "| engine `blocked` |", "(1.00)"] {
        assert!(table.contains(words), "{words}: {table}");
    }
    assert!(table.contains("- third: its library is not installed"), "{table}");
    let picture = fs::read_to_string(folder.path().join("compare.svg")).unwrap();
    for words in ["one", "other", "blocked", "peak of one core"] {
        assert!(picture.contains(words), "{words}");
    }
}

#[test]
fn what_cannot_be_compared_is_told_by_file_and_line() {
    let folder = tempfile::tempdir().unwrap();
    let none = folder.path().join("none");
    let ran = rankone("bench compare", &[&none], None, 1);
    assert!(ran.stderr.contains("none/results.jsonl: "), "{}", ran.stderr);
    fs::write(folder.path().join("results.jsonl"), "{\"provider\": 1}\n").unwrap();
    let ran = rankone("bench compare", &[folder.path()], None, 3);
    assert!(ran.stderr.contains("results.jsonl, line 1: found"), "{}", ran.stderr);
    results(folder.path());
    fs::write(folder.path().join("environment.json"), "{}").unwrap();
    let ran = rankone("bench compare", &[folder.path()], None, 3);
    assert!(ran.stderr.contains("environment.json: found"), "{}", ran.stderr);
    let mut names: Vec<_> =
        fs::read_dir(folder.path()).unwrap().map(|e| e.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(names, ["environment.json", "results.jsonl"]);
}

#[test]
fn bad_lists_and_numbers_end_with_2() {
    for wrong in [
        "bench --engine fastest",
        "bench --engine blas,",
        "bench --precision f16",
        "bench --hidden 0",
        "bench --hidden 16,,50",
        "bench --hidden 99999999",
        "bench --hidden ten",
        "bench --rounds 0",
        "bench --epochs 0",
        "bench --threads 0",
        "bench --threads 1025",
        "bench --blas-threads 0",
        "bench --classes 0",
        "bench compare",
        "bench dot 3",
    ] {
        let ran = rankone(wrong, &[], None, 2);
        assert!(ran.stdout.is_empty() && !ran.stderr.is_empty(), "{wrong}");
    }
    // The built-in letters have the classes that they have.
    let ran = rankone("bench --classes 10", &[], None, 2);
    assert!(ran.stderr.contains("TRAIN.csv"), "{}", ran.stderr);
    rankone("bench --hidden 1 --rounds 1 --engine blocked", &[], None, 0);
    let large = "bench data/sample/smallTrain.csv --classes 1048576 --hidden 65535";
    let ran = rankone(large, &[], None, 2);
    assert!(ran.stderr.contains("fewer than 2^31 weights in each layer"), "{}", ran.stderr);
    let ran = rankone("bench none.csv", &[], None, 3);
    assert!(ran.stderr.contains("none.csv") && ran.stdout.is_empty(), "{}", ran.stderr);
}
