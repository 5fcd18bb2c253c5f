//! The examples do what they say. Cargo builds them with all tests; for these alone, `cargo build
//! --examples` first.

use std::env::{self, consts::EXE_SUFFIX};
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

const PROJECT: &str = env!("CARGO_MANIFEST_DIR");

/// Runs the example `name` at the root of the project, with `folder` for temporary files.
fn run(name: &str, arguments: &[&str], folder: &Path) -> Output {
    let test = env::current_exe().unwrap();
    let profile = test.ancestors().nth(2).expect("a test is in target/PROFILE/deps");
    let example = profile.join("examples").join(format!("{name}{EXE_SUFFIX}"));
    let mut command = Command::new(&example);
    command.current_dir(PROJECT).args(arguments).envs(["TMPDIR", "TMP"].map(|name| (name, folder)));
    command.output().unwrap_or_else(|error| panic!("{}: {error}", example.display()))
}

/// What it prints where all goes well, and the names of the files that it leaves.
fn printed(name: &str) -> (String, Vec<String>) {
    let folder = tempfile::tempdir().unwrap();
    let output = run(name, &[], folder.path());
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let files = fs::read_dir(&folder).unwrap();
    let files = files.map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
    (String::from_utf8(output.stdout).unwrap(), files)
}

/// a, z, b, y_hat, J; g_b, g_beta, g_z, g_a, g_alpha; alpha, beta, J and J after the update:
/// computed in NumPy.
const BY_HAND: &str = "
    0.2000 -0.4000   0.5498 0.4013   0.3304 0.0253 0.1051   0.3944 0.2907 0.3149   1.1556
    0.3944 0.2907 -0.6851
    0.3944 0.2169 0.1583   0.2907 0.1598 0.1167   -0.6851 -0.3767 -0.2750
    -0.1557 0.1080   -0.0385 0.0259
    -0.0385 -0.0193 -0.0077   0.0259 0.0130 0.0052
    0.1193 0.4096 -0.4961   -0.3130 0.1935 -1.0026
    -0.0972 0.0916 0.2209   -0.1454 -0.1799 0.1417   0.2426 0.4884 0.2375
    1.1556 0.7019";

#[test]
fn one_example_prints_the_numbers_of_another_program() {
    let (text, _) = printed("one_example");
    let words = text.split(|c: char| !(c.is_ascii_digit() || "-.".contains(c)));
    let four_decimals = |word: &&str| word.split_once('.').is_some_and(|(_, d)| d.len() == 4);
    let numbers: Vec<_> = words.filter(four_decimals).collect();
    assert_eq!(numbers, BY_HAND.split_whitespace().collect::<Vec<_>>(), "{text}");
}

#[test]
fn quickstart_saves_its_network_and_reads_the_first_letter() {
    let (text, files) = printed("quickstart");
    assert_eq!(text, "the first example is a 0\n");
    assert_eq!(files, ["quickstart.safetensors"]);
}

/// Its program, with the name of a file where the example has one in the temporary folder.
#[test]
fn quickstart_is_that_of_the_readme_and_of_the_documentation() {
    let read = |name| fs::read_to_string(Path::new(PROJECT).join(name)).unwrap();
    let example = read("examples/quickstart.rs");
    let (_, program) = example.split_once("\n\n").expect("its program follows its title");
    let folder = "    let model = std::env::temp_dir().join(\"quickstart.safetensors\");\n";
    assert!(program.contains(folder));
    let program = program.replace(folder, "").replace("&model", "\"model.safetensors\"");
    let documentation = read("src/lib.rs").replace("//! ", "").replace("//!", "");
    assert!(read("README.md").contains(&program), "{program}");
    assert!(documentation.contains(&program), "{program}");
}

#[test]
fn own_data_learns_the_circle() {
    let (text, files) = printed("own_data");
    let lines: Vec<_> = text.lines().collect();
    let [.., last, wrong, centre, mismatch] = lines[..] else { panic!("{text}") };
    assert!(last.starts_with("epoch 200: cross-entropy 0.0"), "{text}");
    assert!(wrong.ends_with(" % of the points are on the wrong side"), "{text}");
    assert_eq!(centre, "the centre is inside with probability 1.000");
    assert_eq!(mismatch, "three columns: shape of x: found (1, 3), expected (N, 2), N at least 1");
    assert_eq!(files, ["own_data.safetensors"]);
}

#[test]
fn drift_is_rounding_alone() {
    let (text, _) = printed("drift");
    let (head, table) = text.split_once("\n\n").unwrap();
    assert!(head.starts_with("data/sample/smallTrain.csv, data/sample/smallValidation.csv, BLAS"));
    let rows: Vec<Vec<_>> = table.lines().map(|line| line.split(" | ").collect()).collect();
    assert_eq!(rows.len(), 2 + 15, "{text}");
    for row in &rows[2..] {
        let double = row[..2].iter().all(|name| name.ends_with("f64"));
        let most = if double { 1e-10 } else { 1e-2 };
        let losses = row[2..4].iter().map(|loss| loss.parse::<f64>().unwrap());
        assert!(losses.into_iter().all(|loss| loss < most), "{row:?}");
        assert!(!double || row[4] == "0 |", "{row:?}");
    }
    let output = run("drift", &["data/sample/smallTrain.csv"], &env::temp_dir());
    let error = String::from_utf8(output.stderr).unwrap();
    assert_eq!((output.status.code(), error.lines().count()), (Some(2), 1), "{error}");
    assert!(error.starts_with("usage: drift"), "{error}");
}
