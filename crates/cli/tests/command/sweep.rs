//! A sweep: the bits of single trainings, whatever stops it, however it is cut into parts.

use crate::runs::{
    ROOT, Ran, TRAIN, VALIDATION, ended, rankone, run_json, signal, text, train, wait_until,
};
use assert_cmd::cargo::CommandCargoExt;
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// Some networks that take some time.
const MANY: &str = "--hidden 3,8,13 --learning-rate .1,.01 --seed 0..3 --epochs 40";

fn line(options: &str) -> String {
    format!("sweep {TRAIN} {VALIDATION} {options} --out")
}

fn sweep(options: &str, out: &Path) -> Ran {
    rankone(&line(options), &[out])
}

fn begun(options: &str, out: &Path) -> Child {
    let mut command = Command::cargo_bin("rankone").unwrap();
    command.current_dir(ROOT).args(line(options).split_whitespace());
    command.arg(out).stderr(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap()
}

/// Its lines, but for times; each of them whole.
fn results(out: &Path, name: &str) -> Vec<Value> {
    let text = text(out, name);
    assert!(text.is_empty() || text.ends_with('\n'));
    let lines = text.lines().map(|line| {
        let mut line: Value = serde_json::from_str(line).unwrap();
        line.as_object_mut().unwrap().retain(|key, _| !key.ends_with("_seconds"));
        line
    });
    lines.collect()
}

/// Results, summary and models: all that must be the same of two sweeps.
type All = (Vec<Value>, String, Vec<(String, Vec<u8>)>);

fn all_of(out: &Path) -> All {
    let models = fs::read_dir(out.join("models")).unwrap().map(|entry| {
        let path = entry.unwrap().path();
        (path.file_name().unwrap().to_string_lossy().into_owned(), fs::read(path).unwrap())
    });
    let mut models: Vec<_> = models.collect();
    models.sort();
    (results(out, "results.jsonl"), text(out, "summary.csv"), models)
}

#[test]
fn each_network_is_what_train_makes_of_its_settings() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    for (number, options) in [
        "--hidden 4 --epochs 3",
        "--hidden 200 --epochs 2 --precision f32 --seed 7",
        "--hidden 5 --epochs 9 --order shuffled --schedule cosine --learning-rate .3 --keep best",
        "--hidden 3 --epochs 60 --order numpy --init numpy --learning-rate .2 --patience 4",
        "--hidden 2 --epochs 2 --engine blas --init zero",
        "--hidden 2 --epochs 2 --engine reference --schedule step:.5/1",
    ]
    .iter()
    .enumerate()
    {
        let (sweep_out, train_out) = (at(&format!("sweep{number}")), at(&format!("train{number}")));
        sweep(&format!("{options} --models all"), &sweep_out).ends(0, &["1 of 1"]);
        rankone(&format!("train {TRAIN} {VALIDATION} {options} --out"), &[&train_out]).ends(0, &[]);
        let lines = results(&sweep_out, "results.jsonl");
        let model = lines[0]["model"].as_str().unwrap();
        assert!(
            fs::read(sweep_out.join(model)).unwrap()
                == fs::read(train_out.join("model.safetensors")).unwrap(),
            "{options}"
        );
        let run = run_json(&train_out);
        for (key, value) in lines[0]["result"].as_object().unwrap() {
            assert_eq!(value, &run["result"][key], "{options}: {key}");
        }
        let history = text(&train_out, "history.csv");
        let losses = lines[0]["history"]["validation_cross_entropy"].as_array().unwrap();
        let written = history.lines().skip(1).map(|line| line.split(',').nth(2).unwrap());
        let losses: Vec<_> =
            losses.iter().map(|loss| format!("{:.16}", loss.as_f64().unwrap())).collect();
        assert_eq!(losses, written.collect::<Vec<_>>(), "{options}");
    }
}

#[test]
fn killed_and_run_again_it_loses_nothing_and_does_nothing_twice() {
    let folder = tempfile::tempdir().unwrap();
    let (whole, killed) = (folder.path().join("whole"), folder.path().join("killed"));
    let options = format!("{MANY} --models all");
    sweep(&options, &whole).ends(0, &["24 of 24"]);
    for (number, name) in [(2, "KILL"), (6, "KILL"), (11, "TERM"), (15, "KILL")] {
        let count = |out: &Path| {
            fs::read_to_string(out.join("results.jsonl"))
                .map_or(0, |text| text.matches('\n').count())
        };
        let child = begun(&format!("{options} --checkpoint 0"), &killed);
        wait_until(|| count(&killed) >= number);
        signal(&child, name);
        let ran = ended(child);
        if name == "TERM" {
            ran.ends(5, &["stopped by SIGTERM with ", " left"]);
        }
        // What a line was when it was killed is no line.
        if name == "KILL" {
            let torn = text(&killed, "results.jsonl") + "{\"settings\":{\"hid";
            fs::write(killed.join("results.jsonl"), torn).unwrap();
        }
    }
    let ran = sweep(&options, &killed).ends(0, &["24 of 24, "]);
    assert!(ran.stderr.contains("of them before"), "{}", ran.stderr);
    assert!(all_of(&whole) == all_of(&killed));
    assert!(!killed.join("states").exists());
    let before = text(&killed, "results.jsonl");
    sweep(&options, &killed).ends(0, &["24 of 24, 24 of them before"]);
    assert_eq!(text(&killed, "results.jsonl"), before);
    // More seeds are more networks; the others stay what they are.
    sweep(&options.replace("0..3", "2..4"), &killed).ends(0, &["18 of 18, 12 of them before"]);
    assert_eq!(results(&killed, "results.jsonl").len(), 30);
    rankone("sweep merge", &[&killed]).ends(0, &["30 of 30 networks"]);
}

#[test]
fn the_parts_together_are_the_whole() {
    let folder = tempfile::tempdir().unwrap();
    let (whole, parts) = (folder.path().join("whole"), folder.path().join("parts"));
    sweep(MANY, &whole).ends(0, &[]);
    let children: Vec<_> = ["slice:1/3", "slice:3/3"]
        .map(|part| begun(&format!("{MANY} --partition {part}"), &parts))
        .into();
    children.into_iter().for_each(|child| drop(ended(child).ends(0, &["8 of 8"])));
    rankone("sweep merge", &[&parts]).ends(1, &["16 of 24 networks", "missing: hidden"]);
    let mut slurm = begun_as_task(&parts, "12", "10", "2");
    assert!(!slurm.wait().unwrap().success());
    let child = begun_as_task(&parts, "12", "11", "3");
    ended(child).ends(0, &["8 of 8"]);
    rankone("sweep merge", &[&parts]).ends(0, &["24 of 24 networks"]);
    assert!(all_of(&whole) == all_of(&parts));
    rankone("sweep merge", &[&parts]).ends(0, &["24 of 24 networks"]);
    assert!(all_of(&whole) == all_of(&parts));
    // The whole is what parts have done, too, where nobody merges them.
    fs::remove_file(parts.join("results.jsonl")).unwrap();
    sweep(MANY, &parts).ends(0, &["24 of 24, 24 of them before"]);
    assert!(all_of(&whole) == all_of(&parts));
    // Another sweep does not come in.
    let others = format!("sweep {VALIDATION} {TRAIN} {MANY} --partition slice:1/2 --out");
    rankone(&others, &[&parts]).ends(3, &["one of other data, or of another arithmetic, in "]);
    // Nor do lines of one.
    let own = text(&parts, "results.2-of-3.jsonl");
    for (old, new, reason) in [
        ("\"arithmetic\":1", "\"arithmetic\":2", "results of another arithmetic"),
        ("\"train\":\"", "\"train\":\"f", "results of other data"),
        ("\"seed\":1", "\"seed\":17", "other settings"),
        ("\"train_error\":0", "\"train_error\":1", "another result"),
        ("\"settings\"", "\"sittings\"", "missing field `settings`"),
    ] {
        assert!(own.contains(old), "{old}");
        fs::write(parts.join("results.2-of-3.jsonl"), own.replacen(old, new, 1)).unwrap();
        rankone("sweep merge", &[&parts]).ends(3, &["results.2-of-3.jsonl, line ", reason]);
    }
    rankone("sweep merge", &[folder.path()]).ends(1, &["no sweep.json"]);
}

/// A part as the task of a Slurm array.
fn begun_as_task(out: &Path, id: &str, least: &str, count: &str) -> Child {
    let mut command = Command::cargo_bin("rankone").unwrap();
    command.current_dir(ROOT);
    command.args(line(&format!("{MANY} --partition slurm")).split_whitespace()).arg(out);
    command.env("SLURM_ARRAY_TASK_ID", id).env("SLURM_ARRAY_TASK_MIN", least);
    command.env("SLURM_ARRAY_TASK_COUNT", count).env("SLURM_ARRAY_TASK_MAX", "13");
    command.stderr(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap()
}

#[test]
fn what_diverged_is_a_result_and_tried_again_only_if_asked() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path();
    let options = "--hidden 3 --learning-rate .01,1e300 --epochs 2";
    sweep(options, out).ends(0, &["2 of 2, 1 diverged"]);
    let of = |learning_rate: f64| {
        let lines = results(out, "results.jsonl");
        lines.into_iter().find(|line| line["settings"]["learning_rate"] == learning_rate).unwrap()
    };
    assert!(of(1e300)["diverged"].as_str().unwrap().contains("not finite after epoch 1"));
    assert!(of(0.01).get("diverged").is_none() && of(1e300).get("result").is_none());
    sweep(options, out).ends(0, &["2 of 2, 2 of them before"]);
    sweep(&format!("{options} --retry"), out).ends(0, &["2 of 2, 1 of them before, 1 diverged"]);
    assert_eq!(results(out, "results.jsonl").len(), 2);
    assert!(text(out, "summary.csv").contains(",0,1,,,"));
}

#[test]
fn settings_come_from_lists_or_from_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let (lists, file) = (folder.path().join("lists"), folder.path().join("file"));
    sweep("--hidden 2..4..2 --seed 1,0..1 --epochs 2 --brief --models none", &lists)
        .ends(0, &["4 of 4"]);
    assert!(!lists.join("models").exists());
    let settings = folder.path().join("settings.jsonl");
    let write = |text: &str| fs::write(&settings, text).unwrap();
    let from_file = || {
        let line = format!("sweep {TRAIN} {VALIDATION} --brief --models none --settings");
        rankone(&line, &[&settings, "--out".as_ref(), &file])
    };
    let line =
        |hidden, seed| format!("{{\"hidden\": {hidden}, \"seed\": {seed}, \"epochs\": 2}}\n");
    write(&[line(4, 0), line(2, 1), String::from("\n"), line(2, 0), line(4, 1)].concat());
    from_file().ends(0, &["4 of 4"]);
    assert_eq!(results(&lists, "results.jsonl"), results(&file, "results.jsonl"));
    let losses = &results(&file, "results.jsonl")[0]["history"]["train_cross_entropy"];
    assert!(losses["first"].as_f64() > losses["last"].as_f64(), "{losses}");
    assert_eq!(losses.as_object().unwrap().len(), 3);
    assert_eq!(losses["best"], losses["last"]);
    write("{\"hidden\": 4}\n{\"width\": 4}\n");
    from_file().ends(3, &["settings.jsonl, line 2", "unknown field `width`"]);
    write("");
    from_file().ends(3, &["settings.jsonl: found nothing"]);
    for wrong in [
        "--hidden 0",
        "--hidden 5..3",
        "--seed x",
        "--patience 0",
        "--learning-rate -1",
        "--hidden 1..1001 --seed 0..9999",
        "--partition slice:1/18446744073709551615",
    ] {
        sweep(&format!("{wrong} --epochs 1"), &folder.path().join("wrong")).ends(2, &[]);
    }
    assert!(!folder.path().join("wrong").exists());
}

#[test]
fn folds_take_turns_and_a_dry_run_trains_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let line = format!("sweep {TRAIN} --folds 4 --hidden 2 --epochs 2 --seed 0,1");
    let foreseen = rankone(&format!("{line} --dry-run"), &[]).ends(0, &["8 networks, 8 to train"]);
    assert_eq!(foreseen.stdout.lines().count(), 8);
    rankone(&format!("{line} --out"), &[&out]).ends(0, &["8 of 8"]);
    rankone(&format!("{line} --dry-run --out"), &[&out]).ends(0, &["8 networks, 0 to train"]);
    let lines = results(&out, "results.jsonl");
    let of =
        |key: &str| lines.iter().map(|line| line["data"][key].to_string()).collect::<BTreeSet<_>>();
    assert_eq!((of("train").len(), of("validation").len()), (4, 4));
    assert_eq!(lines.iter().filter(|line| line["settings"]["fold"] == 3).count(), 2);
    assert_eq!(text(&out, "summary.csv").lines().count(), 2);
    rankone(&format!("sweep {TRAIN} --folds 1000 --out"), &[&out]).ends(2, &["number of folds"]);
    rankone(&format!("{line} --validation-share .1 --out"), &[&out]).ends(2, &[]);
}

#[test]
fn one_file_of_results_has_one_writer() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path();
    let endless = "--hidden 4 --epochs 10000000 --seed 0..3 --checkpoint 0";
    let states = || fs::read_dir(out.join("states")).map_or(0, Iterator::count);
    let child = begun(endless, out);
    wait_until(|| states() > 0);
    sweep(endless, out).ends(1, &[&format!("in use by process {}", child.id())]);
    rankone("sweep merge", &[out]).ends(1, &["in use by process "]);
    signal(&child, "TERM");
    ended(child).ends(5, &["4 networks left; the same command goes on"]);
    assert!(states() > 0, "what was on its way is lost");
}

#[test]
fn figures_are_drawn_of_what_there_is() {
    let folder = tempfile::tempdir().unwrap();
    let (out, one) = (folder.path().join("many"), folder.path().join("one"));
    sweep(MANY, &out).ends(0, &[]);
    rankone("figure --data", &[&out]).ends(0, &["hidden.svg", "rates.svg"]);
    let hidden = text(&out, "hidden.svg");
    for words in ["hidden units", "learning rate 0.1, validation", "learning rate 0.01, training"] {
        assert!(hidden.contains(words), "{words}");
    }
    let rates = text(&out, "rates.csv");
    // Three panels, of two rates and two sets each, over 40 epochs.
    assert_eq!(rates.lines().count(), 1 + 3 * 2 * 2 * 40);
    // The median of four seeds.
    let losses = results(&out, "results.jsonl");
    let losses = losses
        .iter()
        .filter(|line| line["settings"]["hidden"] == 8 && line["settings"]["learning_rate"] == 0.1);
    let mut last: Vec<_> = losses
        .map(|line| line["history"]["validation_cross_entropy"][39].as_f64().unwrap())
        .collect();
    last.sort_by(f64::total_cmp);
    let median = (last[1] + last[2]) / 2.0;
    let row = rates
        .lines()
        .find(|row| row.contains("hidden 8\"") && row.contains("rate 0.1, validation\",40,"));
    let found: f64 = row.unwrap().split(',').rev().nth(1).unwrap().parse().unwrap();
    assert!((found - median).abs() <= 1e-15, "{found} {median}");
    rankone("figure --x hidden --y best_epoch", &[&out]).ends(0, &["best_epoch-hidden.svg"]);
    rankone("figure --x size --y best_epoch", &[&out]).ends(2, &["there are ", "hidden", "order"]);
    rankone("figure --x hidden --y beauty", &[&out]).ends(2, &["no result beauty"]);
    rankone("figure --x seed --y train_error", &[&out]).ends(2, &["no two values of seed"]);
    sweep("--hidden 3 --epochs 2 --order file,shuffled", &one).ends(0, &[]);
    rankone("figure", &[&one]).ends(0, &["one size and one rate"]);
    rankone("figure --data --x order --y train_error", &[&one]).ends(0, &["train_error-order.svg"]);
    let rows = text(&one, "train_error-order.csv");
    assert!(rows.contains(",\"file\",") && rows.contains(",\"shuffled\","), "{rows}");
    let (first, second) = (folder.path().join("first"), folder.path().join("second"));
    train("--epochs 3", &first).ends(0, &[]);
    train("--epochs 5 --learning-rate .1", &second).ends(0, &[]);
    rankone("figure", &[&first, &second]).ends(0, &["first/curves.svg"]);
    let curves = text(&first, "curves.svg");
    assert!(curves.contains("first, validation") && curves.contains("second, training"));
    rankone("figure", &[folder.path()]).ends(1, &["history.csv"]);
}
