//! The command as its users meet it: streams, exit codes, and the files that it leaves.

use crate::ran::{ROOT, Ran, rankone, rankone_under, text};
use ndarray::Array2;
use rankone::{Isa, Network, Number};
use safetensors::SafeTensors;
use serde_json::Value;
use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

const TRAIN: &str = "data/sample/smallTrain.csv";
const VALIDATION: &str = "data/sample/smallValidation.csv";
const FILES: [&str; 9] = [
    ".rankone-lock",
    "checkpoint.safetensors",
    "curve.svg",
    "history.csv",
    "metrics.txt",
    "model.safetensors",
    "run.json",
    "train.labels",
    "validation.labels",
];

/// Trains two quick epochs on the sample into a new folder.
fn trained(options: &str) -> (TempDir, Ran) {
    let folder = tempfile::tempdir().unwrap();
    let epochs = if options.contains("--epochs") { "" } else { "--epochs 2" };
    let line = format!("train {TRAIN} {VALIDATION} --hidden 6 {epochs} {options} --out");
    let ran = rankone(&line, &[folder.path()]).ends(0, &[]);
    (folder, ran)
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<_> =
        entries.map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn train_writes_its_files_and_says_so_on_stderr() {
    let (folder, ran) = trained("");
    assert_eq!(ran.stdout, "");
    for word in ["error", "time", "engine", "BLAS", "thread"] {
        assert!(ran.stderr.contains(word), "{}", ran.stderr);
    }
    let folder = folder.path();
    assert_eq!(names(folder), FILES);

    let metrics = text(folder, "metrics.txt");
    let lines: Vec<_> = metrics.lines().collect();
    let loss = |line: &str, head: &str| {
        let number = line.strip_prefix(head).unwrap();
        assert!(number.split_once('.').unwrap().1.len() >= 11, "{line}");
        number.parse::<f64>().unwrap()
    };
    let losses = [
        loss(lines[0], "epoch=1 crossentropy(train): "),
        loss(lines[1], "epoch=1 crossentropy(validation): "),
        loss(lines[2], "epoch=2 crossentropy(train): "),
        loss(lines[3], "epoch=2 crossentropy(validation): "),
    ];
    assert!(losses[2] < losses[0] && losses[3] < losses[1], "nothing was learnt: {losses:?}");
    assert!(lines[4].starts_with("error(train): 0.") && lines.len() == 6, "{metrics}");
    assert!(lines[5].starts_with("error(validation): 0."), "{metrics}");

    assert_eq!(text(folder, "train.labels").lines().count(), 500);
    assert_eq!(text(folder, "validation.labels").lines().count(), 100);
    let history = text(folder, "history.csv");
    let rows: Vec<_> = history.lines().map(|l| l.split(',').collect::<Vec<_>>()).collect();
    let header = "epoch,train_cross_entropy,validation_cross_entropy,\
                  sgd_seconds,evaluation_seconds,examples_per_second,learning_rate";
    assert_eq!(rows[0].join(","), header);
    assert_eq!((rows.len(), rows[1][0], rows[2][0]), (3, "1", "2"));
    assert_eq!(rows[2][1].parse::<f64>().unwrap(), losses[2]);

    let curve = text(folder, "curve.svg");
    assert!(curve.starts_with("<svg") && curve.trim_end().ends_with("</svg>"));
    assert!(curve.matches("<polyline").count() >= 2 && curve.contains("validation"));

    let run: Value = serde_json::from_str(&text(folder, "run.json")).unwrap();
    assert_eq!(run["hyperparameters"]["hidden"], 6);
    assert_eq!(run["train"]["sha256"].as_str().unwrap().len(), 64);
    let environment = &run["environment"];
    assert_eq!(environment["rankone"], env!("CARGO_PKG_VERSION"));
    assert!(environment["cpu"]["model"].is_string() && environment["blas"]["name"].is_string());

    let model = fs::read(folder.join("model.safetensors")).unwrap();
    let tensors = SafeTensors::deserialize(&model).unwrap();
    assert_eq!(tensors.tensor("alpha").unwrap().shape(), [6, 129]);
    assert_eq!(tensors.tensor("beta").unwrap().shape(), [10, 7]);
    let (_, header) = SafeTensors::read_metadata(&model).unwrap();
    assert_eq!(header.metadata().as_ref().unwrap()["learning_rate"], "0.01");
}

#[test]
fn json_is_one_object_on_stdout_and_quiet_is_quiet() {
    let (_folder, ran) = trained("--json --quiet --engine reference --precision f32");
    assert_eq!((ran.stdout.lines().count(), ran.stderr.as_str()), (1, ""));
    let run: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!((&run["engine"], &run["precision"]), (&"reference".into(), &"f32".into()));
    for key in ["train_error", "validation_error", "sgd_seconds", "examples_per_second"] {
        assert!(run["result"][key].is_number(), "{key}: {run}");
    }
    let seconds = |key: &str| run["result"][key].as_f64().unwrap();
    assert!(seconds("total_seconds") >= seconds("sgd_seconds"), "{run}");
    assert_eq!(run["environment"]["blas"]["num_threads"], 1);
}

#[test]
fn the_same_run_leaves_the_same_bytes_and_another_seed_others() {
    let bytes = |options| {
        let (folder, _) = trained(options);
        ["metrics.txt", "model.safetensors", "train.labels"]
            .map(|name| fs::read(folder.path().join(name)).unwrap())
    };
    for options in ["", "--precision f32", "--engine reference"] {
        assert!(bytes(options) == bytes(options), "{options}");
    }
    assert!(bytes("")[1] != bytes("--seed 1")[1]);
}

#[test]
fn neither_threads_nor_instructions_change_a_bit() {
    let train = |precision: &str, isa: Option<&str>, threads: &str| {
        let folder = tempfile::tempdir().unwrap();
        let options = format!("--hidden 21 --epochs 3 --precision {precision} {threads}");
        let line = format!("train {TRAIN} {VALIDATION} {options} --out");
        rankone_under(isa, &line, &[folder.path()]).ends(0, &[]);
        let history = text(folder.path(), "history.csv");
        let losses =
            history.lines().map(|line| line.splitn(4, ',').take(3).collect::<Vec<_>>().join(","));
        let losses: Vec<String> = losses.collect();
        assert_eq!(losses.len(), 4);
        (fs::read(folder.path().join("model.safetensors")).unwrap(), losses)
    };
    for precision in ["f64", "f32"] {
        let expected = train(precision, None, "");
        for threads in ["--threads 1", "--threads 2"] {
            for isa in Isa::available() {
                let found = train(precision, Some(isa.name()), threads);
                assert_eq!(found.1, expected.1, "{precision} {isa} {threads}");
                assert!(found.0 == expected.0, "{precision} {isa} {threads}: the models differ");
            }
        }
    }
    rankone_under(Some("mmx"), "train", &[]).ends(2, &["RANKONE_ISA", "mmx"]);
}

#[test]
fn the_summary_counts_one_as_one_and_keeps_a_huge_loss_short() {
    let ran = rankone(&format!("train {TRAIN} {VALIDATION} --hidden 1 --epochs 1"), &[]);
    let ran = ran.ends(0, &["1 epoch,", "1 hidden unit;", "1 thread"]);
    assert!(!ran.stderr.contains("1 epochs"), "{}", ran.stderr);
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data.csv");
    fs::write(&data, "0,0,1\n1,1,0\n").unwrap();
    let line = "train --hidden 2 --epochs 1 --init zero --learning-rate 1e150";
    let ran = rankone(line, &[&data, &data]).ends(0, &["e149  validation "]);
    assert!(ran.stderr.lines().all(|line| line.len() < 120), "{}", ran.stderr);
}

#[test]
fn an_older_run_is_replaced_and_an_unusable_folder_is_an_error() {
    let (folder, _) = trained("");
    let before = text(folder.path(), "metrics.txt");
    let line = format!("train {TRAIN} {VALIDATION} --hidden 3 --epochs 1 --out");
    rankone(&line, &[folder.path()]).ends(0, &[]);
    assert_eq!(names(folder.path()), FILES);
    assert_ne!(text(folder.path(), "metrics.txt"), before);
    assert_eq!(text(folder.path(), "history.csv").lines().count(), 2);
    rankone(&line, &[&folder.path().join("run.json/inside")]).ends(1, &["error: "]);
}

#[test]
fn predict_and_evaluate_repeat_what_training_found() {
    let (folder, _) = trained("");
    let model = folder.path().join("model.safetensors");
    let data: PathBuf = VALIDATION.into();
    let labels = rankone("predict", &[&model, &data]).ends(0, &[]).stdout;
    assert_eq!(labels, text(folder.path(), "validation.labels"));
    // The labels that the file has are not looked at, whatever they are.
    for other in ["99", "x", "", "-1.5", "\"a \"\"b\"\"\""] {
        let relabelled = folder.path().join("relabelled.csv");
        let lines = text(Path::new(ROOT), VALIDATION);
        let lines = lines.lines().map(|line| format!("{other}{}\n", &line[1..]));
        fs::write(&relabelled, lines.collect::<String>()).unwrap();
        assert_eq!(rankone("predict", &[&model, &relabelled]).ends(0, &[]).stdout, labels);
    }
    let file = folder.path().join("again.labels");
    let silent = rankone("predict", &[&model, &data, "--out".as_ref(), &file]).ends(0, &[]);
    assert_eq!((silent.stdout.as_str(), fs::read_to_string(&file).unwrap()), ("", labels.clone()));
    let table =
        rankone("predict", &[&model, &data, "--probabilities".as_ref()]).ends(0, &[]).stdout;
    let mut rows = table.lines();
    assert_eq!(rows.next().unwrap(), "label,0,1,2,3,4,5,6,7,8,9");
    for (row, label) in rows.zip(labels.lines()) {
        let (first, rest) = row.split_once(',').unwrap();
        let p: Vec<f64> = rest.split(',').map(|p| p.parse().unwrap()).collect();
        assert_eq!(first, label);
        assert!((p.iter().sum::<f64>() - 1.0).abs() <= 1e-12);
        assert!(p.iter().all(|other| *other <= p[label.parse::<usize>().unwrap()]));
    }
    let evaluation = rankone("evaluate", &[&model, &data]).ends(0, &[]).stdout;
    let metrics = text(folder.path(), "metrics.txt");
    let value = |text: &str, key: &str| -> String {
        text.lines().find_map(|l| l.strip_prefix(key)).unwrap().to_owned()
    };
    let key = "epoch=2 crossentropy(validation): ";
    assert_eq!(value(&evaluation, "crossentropy: "), value(&metrics, key));
    assert_eq!(value(&evaluation, "error: "), value(&metrics, "error(validation): "));
}

#[test]
fn handout_takes_nine_arguments() {
    let folder = tempfile::tempdir().unwrap();
    let [a, b, c] =
        ["train.labels", "validation.labels", "metrics.txt"].map(|n| folder.path().join(n));
    let line =
        format!("handout {TRAIN} {VALIDATION} {} {} {}", a.display(), b.display(), c.display());
    let ran = rankone(&format!("{line} 2 4 2 0.1"), &[]).ends(0, &[]);
    assert_eq!((ran.stdout.as_str(), ran.stderr.as_str()), ("", ""));
    let golden: Value =
        serde_json::from_str(&text(Path::new(ROOT), "tests/golden/zero-hidden4.json")).unwrap();
    let metrics = text(folder.path(), "metrics.txt");
    let first = metrics.lines().next().unwrap().rsplit(' ').next().unwrap();
    let expected = golden["train_cross_entropy"][0].as_f64().unwrap();
    assert!((first.parse::<f64>().unwrap() - expected).abs() <= 1e-9);
    assert!(metrics.ends_with(&format!("error(validation): {}\n", golden["validation_error"])));
    let labels = text(folder.path(), "validation.labels");
    let labels: Vec<u64> = labels.lines().map(|l| l.parse().unwrap()).collect();
    assert_eq!(Value::from(labels), golden["validation_labels"]);
    rankone(&format!("{line} 2 4 3 0.1"), &[]).ends(2, &["3"]);
    rankone(&format!("{line} 2 4 1"), &[]).ends(2, &[]);
    for (numbers, what) in [
        ("0 4 1 0.1", "number of epochs: found 0,"),
        ("2 0 1 0.1", "number of hidden units: found 0,"),
        ("2 4 1 -0.1", "learning rate: found -0.1,"),
    ] {
        let ran = rankone(&format!("{line} {numbers}"), &[]).ends(2, &[what]);
        assert!(!ran.stderr.contains("--"), "{}", ran.stderr);
    }
}

#[test]
fn the_short_help_of_train_fits_a_screen_and_is_grouped() {
    let help = rankone("train -h", &[]).ends(0, &[]).stdout;
    assert!(help.lines().count() <= 60, "{help}");
    for heading in ["Data:", "Network:", "Training:", "Output:"] {
        assert!(help.lines().any(|line| line == heading), "{heading}");
    }
    let long = rankone("train --help", &[]).ends(0, &[]).stdout;
    for formula in ["LR / (1 + e/H)", "LR F^floor(e/E)", "LR (1 + cos(pi e/epochs)) / 2"] {
        assert!(
            long.replace(char::is_whitespace, "").contains(&formula.replace(' ', "")),
            "{long}"
        );
    }
}

#[test]
fn usage_errors_end_with_2() {
    for wrong in [
        "",
        "learn",
        "train --hidden 0",
        "train --hidden 99999999999999999",
        "train --hidden -3",
        "train --epochs 0",
        "train --learning-rate 0",
        "train --learning-rate nan",
        "train --learning-rate inf",
        "train --learning-rate=-1",
        "train --learning-rate -1",
        "train --precision f32 --learning-rate 1e-60",
        "train --precision f32 --learning-rate 1e39",
        "train --init ones",
        "train --classes 0",
        "train --classes 99999999999",
        "train --engine fastest",
        "train --schedule linear",
        "train --schedule step:0.5",
        "train --order sorted",
        "train --patience 0",
        "train --keep worst",
        "train --checkpoint 5",
        "train --overwrite",
        "train --out runs/none --checkpoint=-1",
        "train --out runs/none --checkpoint nan",
        "train --out runs/none --checkpoint often",
        "train --validation-share 0.2",
        "train --label last",
        "train --values any",
        "train --threads 0",
        "train --threads 257",
        "train --blas-threads 0",
        "gradcheck --hidden 0",
        "data synthesize --size huge",
    ] {
        let ran = rankone(wrong, &[]).ends(2, &[]);
        assert!(ran.stdout.is_empty() && !ran.stderr.is_empty(), "{wrong}");
    }
    // The built-in letters have the classes that they have.
    rankone("train --classes 10", &[]).ends(2, &["TRAIN.csv"]);
    rankone("train --hidden 1 --epochs 1 --quiet", &[]).ends(0, &[]);
}

#[test]
fn bad_data_ends_with_3_and_writes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let (bad, out) = (folder.path().join("bad.csv"), folder.path().join("out"));
    fs::write(&bad, "3,0,1\n3,0,x\n").unwrap();
    let train = |validation: &Path| {
        let (train, flag) = (Path::new(TRAIN), Path::new("--out"));
        rankone("train --epochs 1", &[train, validation, flag, &out])
    };
    train(&bad).ends(3, &["bad.csv, line 1", "found 3 columns, expected 129"]);
    train(Path::new("none.csv")).ends(3, &["none.csv", "No such file"]);
    rankone("train", &[&bad, &bad, "--out".as_ref(), &out])
        .ends(3, &["bad.csv, line 2, column 3", "\"x\"", "a number from 0 to 1"]);
    rankone("data check", &[&bad]).ends(3, &["line 2"]);
    rankone("data render", &[&bad]).ends(3, &["bad.csv, line 1", "found 3 columns, expected 129"]);
    assert!(!out.exists());
    assert_eq!(names(folder.path()), ["bad.csv"]);
}

#[test]
fn a_broken_model_ends_with_3() {
    let folder = tempfile::tempdir().unwrap();
    let model = folder.path().join("model");
    let data = Path::new(VALIDATION);
    rankone("predict", &[folder.path(), data]).ends(3, &["not a rankone model"]);
    rankone("evaluate", &[&model, data]).ends(3, &["No such file"]);
    for bytes in [b"".as_slice(), b"not a model", &[0xff; 64]] {
        fs::write(&model, bytes).unwrap();
        rankone("evaluate", &[&model, data]).ends(3, &["not a rankone model"]);
    }
    // A model of other inputs than the data has.
    let (other, small) = (folder.path().join("run"), folder.path().join("small.csv"));
    fs::write(&small, "0,0,1\n1,1,0\n").unwrap();
    let train = rankone("train --epochs 1 --hidden 2", &[&small, &small, "--out".as_ref(), &other]);
    train.ends(0, &[]);
    rankone("predict", &[&other.join("model.safetensors"), data]).ends(3, &["129 columns"]);
}

#[test]
fn a_model_of_huge_weights_ends_with_3_and_prints_nothing() {
    fn huge<T: Number>(path: &Path) {
        // Sums of two signs: infinity less infinity.
        let matrix = |rows, columns| {
            Array2::from_shape_fn((rows, columns), |(row, column)| {
                if (row + column) % 3 == 0 { T::max_value() } else { -T::max_value() }
            })
        };
        let network = Network::from_parameters(matrix(6, 129), matrix(10, 7)).unwrap();
        network.save(path).unwrap();
    }
    let folder = tempfile::tempdir().unwrap();
    let model = folder.path().join("model.safetensors");
    for write in [huge::<f64>, huge::<f32>] {
        write(&model);
        for command in ["evaluate", "predict", "predict --probabilities"] {
            let ran = rankone(command, &[&model, Path::new(VALIDATION)]);
            let ran = ran.ends(3, &["model.safetensors: the model's scores are not finite"]);
            assert_eq!(ran.stdout, "", "{command}");
        }
    }
}

#[test]
fn divergence_ends_with_4_and_names_epoch_and_rate() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    for (precision, rate) in [("f64", "1e308"), ("f32", "3e38")] {
        let line =
            format!("train {TRAIN} {VALIDATION} --learning-rate {rate} --precision {precision}");
        let ran = rankone(&line, &["--out".as_ref(), &out]);
        ran.ends(4, &["diverged", "epoch 1", &format!("learning rate {rate};")]);
        assert_eq!(names(&out), [".rankone-lock", "history.csv", "run.json"]);
    }
}

#[test]
fn gradcheck_and_the_data_commands_answer_on_stdout() {
    let ran = rankone("gradcheck --inputs 9 --hidden 4 --seed 3", &[]).ends(0, &[]);
    assert_eq!(ran.stdout.matches("right").count(), 5, "{}", ran.stdout);
    let ran = rankone(&format!("data check {TRAIN} {TRAIN}"), &[]).ends(0, &[]);
    for word in ["examples    500", "128 values", "9: 50", "% nonzero", "500 examples stand in"] {
        assert!(ran.stdout.contains(word), "{word}: {}", ran.stdout);
    }
    // Once for each time that the file is named.
    assert_eq!(ran.stdout.matches("duplicates  0 examples").count(), 2, "{}", ran.stdout);
    let folder = tempfile::tempdir().unwrap();
    rankone("data synthesize --size small --out", &[folder.path()]).ends(0, &[]);
    assert_eq!(
        fs::read(folder.path().join("smallTrain.csv")).unwrap(),
        fs::read(Path::new(ROOT).join(TRAIN)).unwrap()
    );
    let picture = folder.path().join("letters.png");
    rankone(&format!("data render {TRAIN} --per-class 3 --out"), &[&picture]).ends(0, &[]);
    // Classes without an example have no row.
    let many = folder.path().join("many.png");
    let line = format!("data render {TRAIN} --per-class 3 --classes 1048576 --out");
    rankone(&line, &[&many]).ends(0, &[]);
    assert_eq!(fs::read(&many).unwrap(), fs::read(&picture).unwrap());
    let mut reader =
        png::Decoder::new(std::io::Cursor::new(fs::read(&picture).unwrap())).read_info().unwrap();
    let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
    reader.next_frame(&mut pixels).unwrap();
    assert!(pixels.contains(&0) && pixels.contains(&255), "ink and paper");
    assert_eq!(reader.info().height, 10 * (16 * 4 + 6) + 6);
}

/// The table's rows, by name: seconds.
fn profile(ran: &Ran) -> HashMap<String, f64> {
    let rows = ran.stderr.lines().skip_while(|line| !line.starts_with("phase ")).skip(1);
    let row = |line: &str| {
        let (name, rest) = line.split_at_checked(20)?;
        Some((name.trim().to_owned(), rest.split_whitespace().next()?.parse().ok()?))
    };
    rows.filter_map(row).collect()
}

#[test]
fn a_profile_accounts_for_no_more_than_the_wall_time() {
    for threads in [1, 2] {
        let (folder, ran) = trained(&format!("--epochs 9 --profile --threads {threads}"));
        let profile = profile(&ran);
        assert!(profile["forward_hidden"] > 0.0 && profile["output_pass"] > 0.0, "{profile:?}");
        assert!(profile["in all"] > 0.0, "{profile:?}");
        // Each row is rounded to a tenth of a millisecond.
        assert!(profile["in all"] <= profile["of wall time"] + 1e-4, "{profile:?}");
        let history = text(folder.path(), "history.csv");
        let columns = history.lines().next().unwrap();
        assert!(
            columns.contains("waiting_seconds") && columns.contains("softmax_and_loss_seconds")
        );
    }
    let (_, ran) = trained("--order shuffled --profile --threads 1");
    assert!(profile(&ran)["planning"] > 0.0, "{}", ran.stderr);
    let (_, ran) = trained("");
    assert!(profile(&ran).is_empty(), "{}", ran.stderr);
}

#[test]
fn slices_of_a_traced_thread_do_not_overlap_but_for_phases_in_their_epoch() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("trace.json");
    trained(&format!("--epochs 4 --threads 2 --order shuffled --trace {}", file.display()));
    let trace: Value = serde_json::from_str(&fs::read_to_string(file).unwrap()).unwrap();
    let events = trace["traceEvents"].as_array().unwrap();
    for key in ["name", "cat", "ph", "pid", "tid", "ts"] {
        assert!(events.iter().all(|event| !event[key].is_null()), "{key}");
    }
    let is_whole = |slice: &Value| {
        let name = slice["name"].as_str().unwrap();
        ["updates ", "evaluation ", "planning ", "waiting "]
            .iter()
            .any(|whole| name.starts_with(whole))
    };
    let number = |slice: &Value, key| slice[key].as_f64().unwrap();
    for thread in [0, 1] {
        let slices = events.iter().filter(|e| e["ph"] == "X" && e["tid"] == thread + 1);
        let mut slices: Vec<_> = slices
            .filter(|slice| is_whole(slice))
            .map(|slice| (number(slice, "ts"), number(slice, "dur")))
            .collect();
        slices.sort_by(|a, b| a.0.total_cmp(&b.0));
        let mut end = 0.0;
        for (start, length) in slices {
            // Sums of seconds, rounded; a thousandth of a microsecond is none.
            assert!(start >= end - 1e-3 && length > 0.0, "thread {thread}: {start} {end}");
            end = start + length;
        }
        // The other thread may have been too late for everything.
        assert!(end > 0.0 || thread > 0);
    }
    // The last phase of the training's own updates ends within them.
    let ends = |name: &str| {
        let of = events.iter().filter(move |e| e["tid"] == 1 && e["name"] == name);
        of.map(move |slice| number(slice, "ts") + number(slice, "dur")).collect::<Vec<_>>()
    };
    let last = ends("output_pass");
    assert_eq!(last.len(), 4);
    for (epoch, end) in (1..).zip(last) {
        assert!(ends(&format!("updates {epoch}")).iter().all(|updates| end <= *updates));
    }
    for name in ["waiting 4", "output_pass", "updates 4", "evaluation 4"] {
        assert!(events.iter().any(|event| event["name"] == name), "{name}");
    }
}

#[test]
fn info_tells_what_computes() {
    let text = rankone("info", &[]).ends(0, &[]).stdout;
    let info: Value =
        serde_json::from_str(&rankone("info --json", &[]).ends(0, &[]).stdout).unwrap();
    assert_eq!(info["rankone"], env!("CARGO_PKG_VERSION"));
    for value in [&info["profile"], &info["target"], &info["cpu"]["model"], &info["blas"]["name"]] {
        let value = value.as_str().unwrap();
        assert!(!value.is_empty() && text.contains(value), "{value}: {text}");
    }
    assert!(info["cpu"]["cores"].as_u64().unwrap() >= 1);
    assert!(info["target"].as_str().unwrap().starts_with(std::env::consts::ARCH), "{info}");
    let release = info["profile"] != "debug" && info["profile"] != "dev";
    assert_eq!(release, !cfg!(debug_assertions), "{info}");
    // In bytes, growing from level to level.
    let caches = ["l1d", "l2"].map(|level| info["cpu"]["caches"][level].as_u64());
    let sizes: Vec<_> = caches.into_iter().flatten().collect();
    assert!(sizes.iter().all(|size| (1 << 12..1 << 28).contains(size)), "{info}");
    assert!(sizes.is_sorted(), "{info}");
    let sets = &info["cpu"]["instruction_sets"];
    assert!(sets["found"].as_array().unwrap().contains(&sets["chosen"]), "{sets}");
    // As threadpoolctl has it.
    let blas = &info["blas"];
    for key in ["prefix", "filepath", "version", "threading_layer", "architecture"] {
        let value = &blas[key];
        assert!(value.is_null() || text.contains(value.as_str().unwrap()), "{key}: {text}");
    }
    assert_eq!(blas["user_api"], "blas");
    assert!(blas["num_threads"].as_u64().unwrap() >= 1);
    assert_eq!(blas["internal_api"] == "none", cfg!(not(feature = "_provider")));
    if blas["internal_api"] == "none" {
        assert_eq!(blas["name"], "none (plain Rust)");
    } else {
        assert!(Path::new(blas["filepath"].as_str().unwrap()).is_file(), "{blas}");
    }
}

#[test]
fn an_instruction_set_that_is_not_there_is_wrong_usage() {
    let ran = rankone_under(Some("mmx"), "info", &[]).ends(2, &[]);
    assert_eq!(ran.stdout, "");
}
