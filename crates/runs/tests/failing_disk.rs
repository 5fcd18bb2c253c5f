//! Whichever operation on the disk fails, a run ends with one error, and what it had learnt is
//! there.

use rankone::atomic_file::disk;
use rankone::{Isa, Settings};
use rankone_runs::run::{self, Observer, ResumeRequest, RunOutput, RunReport};
use rankone_runs::{Checkpoint, DataSpec, Error, Result, RunSpec};
use safetensors::SafeTensors;
use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

/// Sees nothing.
struct Blind;

impl Observer for Blind {
    fn note(&self, _: &str) {}
    fn start(&self, _: usize, _: usize) {}
    fn epoch(&self, _: &rankone::Epoch) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }
    fn end(&self) {}
    fn signal(&self) -> Option<&str> {
        None
    }
    fn clock(&self) -> fn() -> u64 {
        rankone::profile::nanoseconds
    }
}

/// Begins a run in `out`, three epochs with a checkpoint after each.
fn begin(out: &Path) -> Result<RunReport> {
    let sample = |name: &str| {
        let project = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        Some(project.join("data/sample").join(name))
    };
    let data = DataSpec {
        train: sample("smallTrain.csv"),
        validation: sample("smallValidation.csv"),
        ..DataSpec::default()
    };
    let settings = Settings { hidden: 3, epochs: 3, threads: Some(1), ..Settings::default() };
    let checkpoint = Checkpoint::Every(0.0);
    let spec = RunSpec { data, checkpoint, ..RunSpec::new(settings) };
    let output = RunOutput { out: Some(out.to_owned()), ..RunOutput::default() };
    run::train(spec, true, output, Isa::detect(), &Blind)
}

fn resume(folder: &Path) -> Result<RunReport> {
    let request = ResumeRequest {
        folder: folder.to_owned(),
        epochs: None,
        threads: None,
        checkpoint: None,
        train: None,
        validation: None,
        profile: false,
    };
    run::resume(request, RunOutput::default(), Isa::detect(), &Blind)
}

#[test]
fn whichever_operation_on_the_disk_fails_the_run_ends_with_one_error_and_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    // As the system knows it: the double compares paths.
    let folder = fs::canonicalize(folder.path()).unwrap();
    let whole = folder.join("whole");
    begin(&whole).unwrap();
    let read = |out: &Path, name: &str| fs::read(out.join(name)).unwrap();
    let (mut n, mut resumed) = (0, 0);
    loop {
        let out: PathBuf = folder.join(n.to_string());
        let (ended, failed) = disk::failing(&out, n, || begin(&out));
        if !failed {
            ended.unwrap();
            break;
        }
        let error = ended.expect_err("an operation failed");
        assert!(matches!(error, Error::Library(rankone::Error::Io { .. })), "{error:?}");
        let said = error.to_string();
        assert!(
            said.contains(&*out.to_string_lossy()) && said.ends_with("(os error 28)"),
            "{said}"
        );
        let names =
            fs::read_dir(&out).into_iter().flatten().map(|entry| entry.unwrap().file_name());
        for name in names.map(|name| name.into_string().unwrap()) {
            let bytes = read(&out, &name);
            match name.as_str() {
                "run.json" => drop(serde_json::from_slice::<serde_json::Value>(&bytes).unwrap()),
                "history.csv" => assert!(bytes.ends_with(b"\n"), "{n}"),
                "checkpoint.safetensors" => drop(SafeTensors::deserialize(&bytes).unwrap()),
                ".rankone-lock" => {}
                other => assert!(read(&whole, other) == bytes, "{n}: half of {other}"),
            }
        }
        if out.join("checkpoint.safetensors").exists() {
            resumed += 1;
            resume(&out).unwrap();
        } else {
            begin(&out).unwrap();
        }
        for name in ["model.safetensors", "metrics.txt", "train.labels", "validation.labels"] {
            assert!(read(&out, name) == read(&whole, name), "{n}: {name}");
        }
        n += 1;
    }
    assert!(n > 40 && resumed > 20, "of {n} operations {resumed} came after a state");
}
