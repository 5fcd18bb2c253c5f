//! `rankone bench compare` over the results of several builds: merged, tabled, drawn, and refused where they cannot
//! be.
#![cfg(feature = "cli")]

use assert_cmd::Command;
use serde_json::{Value, json};
use std::fs;

/// A result line: provider, engine, hidden, BLAS threads, least and median time.
fn line(provider: &str, engine: &str, hidden: usize, threads: usize, ns: [f64; 2]) -> Value {
    json!({
        "provider": provider, "engine": engine, "precision": "f64", "hidden": hidden,
        "threads": 1, "blas_threads": threads, "library": (engine == "blas").then_some("L 1.0"),
        "examples": 9000, "inputs": 128, "classes": 10, "epochs": 1, "rounds": 9,
        "ns_per_example": {"min": ns[0], "median": ns[1], "p90": 2.0 * ns[1]},
        "ns_per_weight": 1.0, "gflops": 1.0, "share_of_peak": 0.1, "check": "passed",
        "reason": null,
    })
}

fn without_time(provider: &str, check: &str) -> Value {
    let mut line = line(provider, "blas", 50, 1, [1.0, 1.0]);
    for key in ["ns_per_example", "ns_per_weight", "gflops", "share_of_peak"] {
        line[key] = Value::Null;
    }
    line["check"] = check.into();
    line["reason"] = "loss 3, where the reference has 2".into();
    line
}

fn environment(peak: &str) -> String {
    format!(
        r#"{{"environments": {{"blis": {{"cpu": {{"model": "Some CPU"}}}}}},
        "absent": [{{"provider": "mkl", "reason": "not asked for"}}],
        "peak_gflops": {{"f64": 90, "f32": {peak}}}}}"#
    )
}

/// The table and the picture of a folder of these results, or the error, which must be one of the data.
fn compared(results: &str, environment: &str) -> Result<[String; 2], String> {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("results.jsonl"), results).unwrap();
    fs::write(folder.path().join("environment.json"), environment).unwrap();
    let mut command = Command::cargo_bin("rankone").unwrap();
    let output = command.args(["bench", "compare"]).arg(folder.path()).output().unwrap();
    if output.status.success() {
        let text = |name| fs::read_to_string(folder.path().join(name)).unwrap();
        return Ok([text("compare.md"), text("compare.svg")]);
    }
    assert_eq!(output.status.code(), Some(3));
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
    Err(String::from_utf8(output.stderr).unwrap())
}

fn lines(results: &[Value]) -> String {
    results.iter().map(|line| format!("{line}\n")).collect()
}

/// Two providers and `blocked`, repeated, at two sizes; one also with two threads.
#[test]
fn results_of_one_setting_are_merged_into_a_table_and_a_picture() {
    let results = lines(&[
        line("openblas", "blas", 50, 1, [1900.0, 2000.0]),
        line("openblas", "blocked", 50, 1, [390.0, 400.0]),
        line("blis", "blas", 50, 1, [2400.0, 2600.0]),
        line("blis", "blocked", 50, 1, [410.0, 420.0]),
        line("openblas", "blas", 50, 1, [1950.0, 2200.0]),
        line("openblas", "blas", 50, 1, [1800.0, 1990.0]),
        line("openblas", "blas", 200, 1, [9000.0, 9100.0]),
        line("blis", "blas", 200, 1, [8000.0, 8100.0]),
        line("openblas", "blas", 200, 2, [20000.0, 21000.0]),
    ]);
    let [table, picture] = compared(&results, &environment("180")).unwrap();
    for words in [
        "9000 examples of 128 inputs in 10 classes, on Some CPU",
        "Measured peak of one core: 90.0 GFLOP/s in f64, 180.0 in f32.",
        "## f64, 1 BLAS thread\n",
        "## f64, 2 BLAS threads\n",
        "| openblas: L 1.0 | 2000 (1.00) | 9100 (1.12) |",
        "| blis: L 1.0 | 2600 (1.30) | 8100 (1.00) |",
        // Whatever the build, it is the same engine.
        "| engine `blocked` | 410 (0.20) | |",
        "| openblas: L 1.0 | | 21000 (1.00) |",
        "- mkl: not asked for",
    ] {
        assert!(table.contains(words), "{words}\n{table}");
    }
    assert!(!table.contains("Without a time"));
    for words in ["openblas", "blis", "blocked", "2 BLAS threads", "one core, 90 GFLOP/s"] {
        assert!(picture.contains(words), "{words}");
    }
    assert!(!picture.contains("NaN") && picture.trim_end().ends_with("</svg>"));
}

#[test]
fn one_wrong_answer_disqualifies() {
    let results = lines(&[
        line("good", "blas", 50, 1, [10.0, 20.0]),
        line("bad", "blas", 50, 1, [1.0, 2.0]),
        without_time("bad", "failed"),
        without_time("weak", "not run"),
    ]);
    let [table, picture] = compared(&results, &environment("180")).unwrap();
    for words in [
        "| good: L 1.0 | 20 (1.00) |",
        "| bad: L 1.0 | none |",
        "- bad, f64, D=50: disqualified: loss 3",
        "- weak, f64, D=50: not run: loss 3",
    ] {
        assert!(table.contains(words), "{words}\n{table}");
    }
    assert!(picture.contains("good") && !picture.contains("bad"));
}

#[test]
fn faults_are_told_by_line() {
    let fault = |results: &str| compared(results, &environment("180")).unwrap_err();
    let right = line("a", "blas", 50, 1, [1.0, 1.0]);
    assert!(fault("").contains("found no result"));
    assert!(fault(&format!("{right}\n{{}}")).contains("line 2: found JSON that does not fit"));
    let mut other = right.clone();
    other["inputs"] = 5.into();
    let found = fault(&format!("{right}\n{other}"));
    assert!(found.contains("line 2: found 9000 examples of 5 inputs"), "{found}");
}

#[test]
fn numbers_that_cannot_be_are_refused() {
    let right = line("a", "blas", 50, 1, [1.0, 1.0]);
    for (place, number) in [
        ("/hidden", "0"),
        ("/hidden", "18446744073709551615"),
        ("/inputs", "2147483649"),
        ("/inputs", "0"),
        ("/classes", "0"),
        ("/examples", "0"),
        ("/ns_per_example/min", "0.0"),
        ("/ns_per_example/median", "0.0"),
        ("/ns_per_example/median", "-2.5"),
        ("/ns_per_example/median", "1e-300"),
        ("/ns_per_example/p90", "1e300"),
    ] {
        let mut wrong = right.clone();
        *wrong.pointer_mut(place).unwrap() = serde_json::from_str(number).unwrap();
        let fault = compared(&format!("{right}\n{wrong}"), &environment("180")).unwrap_err();
        let name = place.rsplit('/').next().unwrap();
        assert!(fault.contains(&format!("line 2: found {name} ")), "{place}: {fault}");
        assert!(fault.contains("expected from 1"), "{place}: {fault}");
    }
    for peak in ["0", "-90", "1e-300", "1e300", "1e999"] {
        let fault = compared(&format!("{right}\n"), &environment(peak)).unwrap_err();
        assert!(fault.contains("environment.json: found "), "{peak}: {fault}");
    }
}
