//! `rankone bench compare` over the results of several builds, or over two measurements: merged,
//! tabled, drawn, and refused where they cannot be.

use crate::ran::ROOT;
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

/// The table and the picture of a folder of these results, or the error, which must be one of the
/// data.
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
        "| engine `blocked` | 410 (0.20) |   |",
        "| openblas: L 1.0 |   | 21000 (1.00) |",
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
    assert!(fault(&format!("{right}\n{{")).contains("line 2: found JSON that does not fit"));
    assert!(fault(&format!("{right}\n{{}}")).contains("line 2: found no engine and no operation"));
    assert!(fault(&format!("{right}\n3")).contains("line 2: found no engine and no operation"));
    let mut both = right.clone();
    both["operation"] = "ger".into();
    assert!(
        fault(&format!("{right}\n{both}"))
            .contains("line 2: found no engine and no operation, or both")
    );
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
        ("/hidden", "1.5"),
        ("/hidden", "\"fifty\""),
        ("/epochs", "null"),
        ("/ns_per_example/median", "0.0"),
        ("/ns_per_example/median", "-2.5"),
        ("/ns_per_example/median", "1e-300"),
    ] {
        let mut wrong = right.clone();
        *wrong.pointer_mut(place).unwrap() = serde_json::from_str(number).unwrap();
        let fault = compared(&format!("{right}\n{wrong}"), &environment("180")).unwrap_err();
        let name = place.strip_prefix('/').filter(|name| !name.contains('/')).unwrap_or("a run of");
        assert!(fault.contains(&format!("line 2: found {name} ")), "{place}: {fault}");
        assert!(fault.contains("1e-6 to 1e18") || fault.contains("from 1 to 2^31"), "{fault}");
    }
    let mut wrong = right.clone();
    wrong["times"] = json!([1e-3, -1e-3]);
    let fault = compared(&format!("{right}\n{wrong}"), &environment("180")).unwrap_err();
    assert!(fault.contains("line 2: found a run of -1"), "{fault}");
    for peak in ["0", "-90", "1e-300", "1e300", "1e999"] {
        let fault = compared(&format!("{right}\n"), &environment(peak)).unwrap_err();
        assert!(fault.contains("environment.json: found "), "{peak}: {fault}");
    }
}

/// The same result with raw runs, around so many nanoseconds an example, in a turn.
fn with_runs(provider: &str, turn: u64, ns: f64) -> Value {
    let mut record = line(provider, "blas", 50, 1, [ns, ns]);
    let run = |i: u64| 9000e-9 * ns * (1.0 + 0.004 * ((i * 7 + turn * 3) % 5) as f64);
    record["times"] = (0..7).map(run).collect();
    record["turn"] = turn.into();
    record
}

#[test]
fn providers_that_do_not_differ_are_the_same() {
    let all = [("openblas", 2000.0), ("mkl", 2002.0), ("blis", 2100.0)];
    let results = (1..4).flat_map(|turn| all.map(|(provider, ns)| with_runs(provider, turn, ns)));
    let [table, _] = compared(&lines(&results.collect::<Vec<_>>()), &environment("180")).unwrap();
    for words in [
        "| openblas: L 1.0 | 2016 (1.00) |",
        "| mkl: L 1.0 | 2018 (1.00, same) |",
        "| blis: L 1.0 | 2117 (1.05) |",
        "| openblas / mkl | 0.999 same |",
        "| openblas / blis | 0.952 |",
        "| mkl / blis | 0.953 |",
    ] {
        assert!(table.contains(words), "{words}\n{table}");
    }
}

/// What `bench compare` prints of two files of these texts, or its error.
fn beside(before: &str, after: &str) -> Result<String, String> {
    let folder = tempfile::tempdir().unwrap();
    let paths = ["before.jsonl", "after.json"].map(|name| folder.path().join(name));
    fs::write(&paths[0], before).unwrap();
    fs::write(&paths[1], after).unwrap();
    let mut command = Command::cargo_bin("rankone").unwrap();
    let output = command.args(["bench", "compare"]).args(&paths).output().unwrap();
    let [out, err] = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap());
    assert!(!err.contains("panicked"), "{err}");
    if output.status.success() { Ok(out) } else { Err(err) }
}

/// The cells of the row that begins so.
fn row(table: &str, start: &str) -> Vec<String> {
    let row = table.lines().find(|line| line.starts_with(&format!("| {start} ")));
    let row = row.unwrap_or_else(|| panic!("{start}: {table}"));
    row.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect()
}

#[test]
fn two_files_are_set_beside_each_other() {
    let product = |ns: f64| {
        let times: Vec<_> = (0..9).map(|i| 1e-7 * ns * (1.0 + 0.001 * f64::from(i % 3))).collect();
        json!({
            "operation": "ger", "product": "BLAS", "precision": "f64", "rows": 3, "columns": 4, "calls": 100,
            "command": "ger f64 3x4 BLAS", "blas_threads": 1, "check": "passed", "times": times,
        })
    };
    let head = json!({"environment": {}, "peak_gflops": {}});
    let before = [
        head.clone(),
        with_runs("a", 1, 100.0),
        with_runs("b", 1, 100.0),
        with_runs("c", 1, 50.0),
        product(10.0),
    ];
    let after = [
        head,
        with_runs("b", 1, 100.1),
        with_runs("a", 1, 80.0),
        with_runs("d", 1, 50.0),
        product(12.0),
    ];
    let table = beside(&lines(&before), &lines(&after)).unwrap();
    let faster = row(&table, "a: blas f64 D=50");
    assert_eq!(
        (&faster[1..4], faster[5].as_str()),
        (&["100.8", "80.6", "0.800"].map(String::from)[..], "faster, of one start")
    );
    assert_eq!(row(&table, "b: blas f64 D=50")[5], "same within noise");
    let slower = row(&table, "ger f64 3x4 BLAS");
    assert_eq!((slower[3].as_str(), slower[5].as_str()), ("1.200", "slower, of one start"));
    let (low, high) = slower[4].split_once(" to ").unwrap();
    let [low, high]: [f64; 2] = [low, high].map(|bound| bound.parse().unwrap());
    assert!((1.19..=1.2).contains(&low) && (1.2..1.21).contains(&high), "{slower:?}");
    assert!(
        table.contains("Only before: c: blas f64 D=50\nOnly after: d: blas f64 D=50"),
        "{table}"
    );
    // One run, or none, is not enough to tell.
    let one = lines(&[line("a", "blas", 50, 1, [90.0, 90.0])]);
    let told = row(&beside(&one, &one).unwrap(), "a: blas f64 D=50");
    assert_eq!(told[1..], ["90.0", "90.0", "1.000", "", "too few runs to tell"].map(String::from));
    let told =
        row(&beside(&one, &lines(&[without_time("a", "failed")])).unwrap(), "a: blas f64 D=50");
    assert!(told[2].starts_with("disqualified: loss 3"), "{told:?}");
    // A result that is wrong or not there, before it knows how many calls it would make.
    let mut absent = product(10.0);
    absent["check"] = "not run".into();
    absent["reason"] = "no such instructions".into();
    absent["calls"] = Value::Null;
    absent["times"] = Value::Null;
    let told =
        row(&beside(&lines(&[product(10.0)]), &lines(&[absent])).unwrap(), "ger f64 3x4 BLAS");
    assert_eq!(told[2], "not run: no such instructions");
    // Other data are another thing.
    let mut other = with_runs("a", 1, 100.0);
    other["examples"] = 500.into();
    assert!(beside(&lines(&[with_runs("a", 1, 100.0)]), &lines(&[other])).is_err());
    let fault = beside(&one, &lines(&[line("b", "blas", 50, 1, [1.0, 1.0])])).unwrap_err();
    assert!(fault.contains("after.json: found nothing that the other has too"), "{fault}");
}

/// Files appended to each other: every head begins another start of the program.
#[test]
fn starts_are_told_apart_by_their_heads() {
    let head = json!({"environment": {}});
    let of_starts = |starts: &[f64]| {
        let record = |ns: &f64| {
            let mut record = with_runs("a", 1, *ns);
            record.as_object_mut().unwrap().remove("turn");
            [head.clone(), record]
        };
        lines(&starts.iter().flat_map(record).collect::<Vec<_>>())
    };
    // Five starts that differ by 8 % among themselves do not differ from five others.
    let (one, other) = ([100.0, 108.0, 101.0, 107.0, 104.0], [103.0, 99.0, 106.0, 107.5, 100.0]);
    let told = row(&beside(&of_starts(&one), &of_starts(&other)).unwrap(), "a: blas f64 D=50");
    assert_eq!(told[5], "same within noise");
    // The same runs of one start each do.
    let told =
        row(&beside(&of_starts(&one[..1]), &of_starts(&one[1..2])).unwrap(), "a: blas f64 D=50");
    assert_eq!(told[5], "slower, of one start");
}

#[test]
fn two_profiles_are_compared_phase_by_phase() {
    let bench = |update: f64| {
        let mut record = line("", "blocked", 50, 1, [300.0, 300.0]);
        record["phases"] =
            json!({"forward_hidden": 100.0, "update_hidden": update, "backward": 0.0});
        lines(&[record])
    };
    let table = beside(&bench(90.0), &bench(180.0)).unwrap();
    assert_eq!(
        row(&table, "  forward_hidden")[1..4],
        ["100.0", "100.0", "1.000"].map(String::from)
    );
    assert_eq!(row(&table, "  update_hidden")[1..4], ["90.0", "180.0", "2.000"].map(String::from));
    assert!(!table.contains("backward"), "{table}");
}

/// The `run.json` of two runs, as their folders.
#[test]
fn two_runs_are_compared_phase_by_phase() {
    let folder = tempfile::tempdir().unwrap();
    let runs = ["one", "two"].map(|name| folder.path().join(name));
    for run in &runs {
        let mut command = Command::cargo_bin("rankone").unwrap();
        command.current_dir(ROOT).args(["train", "data/sample/smallTrain.csv"]);
        command
            .args(["data/sample/smallValidation.csv", "--epochs", "3", "--quiet", "--profile"])
            .arg("--out")
            .arg(run);
        assert!(command.output().unwrap().status.success());
    }
    let mut command = Command::cargo_bin("rankone").unwrap();
    let output = command
        .args(["bench", "compare"])
        .arg(&runs[0])
        .arg(runs[1].join("run.json"))
        .output()
        .unwrap();
    let table = String::from_utf8(output.stdout).unwrap();
    let whole: f64 = row(&table, "blocked f64 D=50")[1].parse().unwrap();
    let phases = table.lines().filter(|line| line.starts_with("|   "));
    let ns = |line: &str| line.split('|').nth(2).unwrap().trim().parse::<f64>().unwrap();
    let sum: f64 = phases.map(ns).sum();
    assert!((sum / whole - 1.0).abs() <= 0.01, "{table}");
}
