//! `rankone bench` as its users meet it: columns, fields, files and errors; never how long anything
//! took.

use crate::ran::{Ran, rankone_under};
use serde_json::{Value, json};
use std::fs;
use std::path::Path;

/// A quick contest on the sample.
const QUICK: &str = "bench data/sample/smallTrain.csv --hidden 3,5 --rounds 2";

/// Runs `rankone` with the words of `line` and then `more`, which must end with `code`.
#[track_caller]
fn rankone(line: &str, more: &[&Path], isa: Option<&str>, code: i32) -> Ran {
    rankone_under(isa, line, more).ends(code, &[])
}

fn json_lines(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn a_table_has_a_line_for_each_contestant_and_says_what_it_counts() {
    let ran = rankone(QUICK, &[], None, 0);
    // What else this machine does while it tests is told of, and nothing else.
    assert!(ran.stderr.lines().all(|line| line.starts_with("warning: ")), "{}", ran.stderr);
    for words in [
        "data/sample/smallTrain.csv: 500 examples, 128 inputs, 10 classes",
        "peak of one core, measured: ",
        "timed runs: 2, of epochs: 1; threads of rankone: 1",
        "forward 2D(M+1) + 2K(D+1), backward 2KD, updates 2D(M+1) + 2K(D+1)",
    ] {
        assert!(ran.stdout.contains(words), "{words}: {}", ran.stdout);
    }
    let rows = table(&ran.stdout);
    assert_eq!(rows[0].join("|"), "D|engine|type|ns: min|median|p90|ns/weight|GFLOP/s|of peak");
    let who: Vec<_> = rows[1..].iter().map(|row| row[..3].join(" ")).collect();
    assert_eq!(who, ["3 blas f64", "3 blocked f64", "5 blas f64", "5 blocked f64"]);
    for row in &rows[1..] {
        let numbers: Vec<f64> = row[3..8].iter().map(|n| n.parse().unwrap()).collect();
        assert!(numbers.iter().all(|n| *n >= 0.0) && row[8].ends_with(" %"), "{row:?}");
        assert!(numbers[0] <= numbers[1] && numbers[1] <= numbers[2], "{row:?}");
    }
}

/// The cells of a Markdown table, titles first.
fn table(text: &str) -> Vec<Vec<String>> {
    let rows = text.lines().filter(|line| line.starts_with('|') && !line.starts_with("| --"));
    let cells = |row: &str| {
        let inside = row.trim_matches('|').split('|');
        inside.map(|cell| cell.trim().to_owned()).collect()
    };
    rows.map(cells).collect()
}

/// That a record holds its runs in the order in which they ran, with the fields of hyperfine's
/// export.
fn check_runs(record: &Value, rounds: usize) {
    let number = |key: &str| record[key].as_f64().unwrap();
    let times: Vec<f64> =
        record["times"].as_array().unwrap().iter().map(|t| t.as_f64().unwrap()).collect();
    assert_eq!((times.len(), &record["rounds"]), (rounds, &json!(rounds)), "{record}");
    let mean = times.iter().sum::<f64>() / times.len() as f64;
    assert!((number("mean") / mean - 1.0).abs() <= 1e-12, "{record}");
    assert!(times.iter().all(|time| number("min") <= *time && *time <= number("max")), "{record}");
    assert!(times.contains(&number("min")) && times.contains(&number("max")), "{record}");
    assert!(number("min") <= number("median") && number("median") <= number("max"), "{record}");
    assert!(
        number("stddev") >= 0.0 && number("user") >= 0.0 && number("system") >= 0.0,
        "{record}"
    );
    assert_eq!((&record["schema"], record["command"].is_string()), (&json!(2), true), "{record}");
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
    for part in ["cpu", "machine", "variables", "blas"] {
        assert!(objects[0]["environment"][part].is_object(), "{}", objects[0]);
    }
    assert!(objects[0]["environment"]["machine"]["memory_bytes"].as_f64().unwrap() > 1e6);
    assert!(objects[0]["warnings"].is_array() && objects[0]["schema"] == 2, "{}", objects[0]);
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
        check_runs(result, 2);
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
fn an_instruction_set_that_is_none_is_an_error_and_not_left_out() {
    for line in [QUICK, "bench dot --rounds 1"] {
        let ran = rankone(line, &[], Some("mmx"), 2);
        assert!(ran.stdout.is_empty() && ran.stderr.contains("RANKONE_ISA"), "{}", ran.stderr);
    }
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
fn dot_products_are_timed_five_ways_beside_the_published_figures() {
    let text = rankone("bench dot", &[], None, 0).stdout;
    let rows = table(&text);
    for (row, way) in ["Vec, loop over indices", "iterator", "ndarray dot", "BLAS dot", "lanes"]
        .iter()
        .enumerate()
    {
        assert!(rows[1 + row][1].starts_with(way), "{way}: {text}");
        let ms: f64 = rows[1 + row][11].parse().unwrap();
        assert!(ms > 0.0, "{text}");
    }
    // The handout's Table A.1.
    let published = [
        ("Python list", "200.99"),
        ("NumPy array", "1.01"),
        ("Java float[]", "4.00"),
        ("C++ vector<float>", "0.81"),
    ];
    for (row, (what, ms)) in published.iter().enumerate() {
        assert_eq!(rows[6 + row][1], format!("{what}, as published"));
        assert_eq!((rows[6 + row][0].as_str(), rows[6 + row][11].as_str()), ("500", *ms));
    }
    assert!(text.contains("the handout's Table A.1, measured on another machine"), "{text}");
    let line = "bench dot --length 500,33 --precision f64,f32 --rounds 7 --json";
    let objects = json_lines(&rankone(line, &[], Some("baseline"), 0).stdout);
    assert!(objects[0]["environment"].is_object());
    assert_eq!(objects.len(), 1 + 2 * 2 * 5);
    for (result, length) in objects[1..].iter().zip([[500; 10], [33; 10]].concat()) {
        assert_eq!((&result["length"], &result["calls"]), (&json!(length), &json!(1000)));
        assert!(result["us"]["median"].is_number() && result["gflops"].is_number(), "{result}");
        check_runs(result, 7);
    }
    assert_eq!(objects[0]["environment"]["cpu"]["instruction_sets"]["chosen"], "baseline");
    let shown = table(&rankone("bench dot --length 33 --rounds 1", &[], None, 0).stdout);
    assert_eq!(shown.len(), 6, "{shown:?}");
}

#[test]
fn products_are_timed_on_the_library_and_in_plain_rust() {
    let objects =
        json_lines(&rankone("bench gemv --shape 200x129,30x785 --json", &[], None, 0).stdout);
    let library = objects[0]["environment"]["blas"]["name"] != "none (plain Rust)";
    let ways: &[&str] = if library { &["BLAS", "plain Rust"] } else { &["plain Rust"] };
    assert_eq!(objects.len(), 1 + 2 * ways.len());
    assert!(
        objects[0]["bandwidths"].as_array().unwrap().iter().any(|level| level["name"] == "memory")
    );
    for (i, result) in objects[1..].iter().enumerate() {
        let (rows, columns) = [(200, 129), (30, 785)][i / ways.len()];
        let way = ways[i % ways.len()];
        assert_eq!(
            (&result["operation"], &result["product"]),
            (&json!("gemv"), &json!(way)),
            "{result}"
        );
        assert_eq!(
            (&result["rows"], &result["columns"]),
            (&json!(rows), &json!(columns)),
            "{result}"
        );
        assert_eq!(
            (&result["check"], result["library"].is_string()),
            (&json!("passed"), way == "BLAS"),
            "{result}"
        );
        check_runs(result, 21);
        let number = |path| result.pointer(path).unwrap().as_f64().unwrap();
        let ns = number("/ns_per_call/median");
        let (flops, numbers) =
            (2.0 * f64::from(rows * columns), f64::from(rows * columns + rows + columns));
        assert!((number("/gflops") * ns / flops - 1.0).abs() <= 1e-9, "{result}");
        assert!((number("/gb_per_second") * ns / (8.0 * numbers) - 1.0).abs() <= 1e-9, "{result}");
        assert!(number("/share_of_peak") > 0.0, "{result}");
        // Where the system tells of its caches.
        let known = objects[0]["environment"]["cpu"]["caches"]["l1d"].is_number();
        assert_eq!(result["level"].is_string(), known, "{result}");
        assert!(!known || number("/share_of_bandwidth") > 0.0, "{result}");
    }
    for operation in ["gemv-t", "ger"] {
        let line = format!("bench {operation} --shape 5x7 --precision f32 --rounds 2");
        let text = rankone(&line, &[], None, 0).stdout;
        let rows = table(&text);
        let titles = "shape|product|type|ns: min|median|p90|GFLOP/s|of peak|GB/s|cache|of its loads|ms of 1000";
        assert_eq!((rows[0].join("|").as_str(), rows.len()), (titles, 1 + ways.len()), "{text}");
        assert!(text.starts_with(&format!("{operation}: ")), "{text}");
    }
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
    assert!(ran.stderr.contains("/none: No such file"), "{}", ran.stderr);
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
        "bench compare a b c",
        "bench dot 3",
        "bench dot --length 0",
        "bench dot --length 99999999",
        "bench gemv --shape 3",
        "bench gemv --shape 3x",
        "bench gemv --shape 0x4",
        "bench gemv-t --shape 3x4x5",
        "bench ger --shape 99999x99999",
        "bench ger --rounds 0",
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
