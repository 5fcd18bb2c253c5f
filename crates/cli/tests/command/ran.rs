//! The command, run.

use assert_cmd::Command;
use std::fs;
use std::path::Path;
use std::process::Output;

/// The project's folder.
pub const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");

/// What a command printed and how it ended.
pub struct Ran {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

/// Runs `rankone` with the words of `line`, and then `more`, in the project's folder.
pub fn rankone(line: &str, more: &[&Path]) -> Ran {
    rankone_under(None, line, more)
}

/// As [`rankone`], under an instruction set where one is named.
pub fn rankone_under(isa: Option<&str>, line: &str, more: &[&Path]) -> Ran {
    let mut command = Command::cargo_bin("rankone").unwrap();
    command.current_dir(ROOT).args(line.split_whitespace()).args(more);
    command.env_remove("RANKONE_ISA").envs(isa.map(|isa| ("RANKONE_ISA", isa)));
    Ran::of(command.output().unwrap())
}

impl Ran {
    pub fn of(output: Output) -> Self {
        Self {
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    #[track_caller]
    pub fn ends(self, code: i32, words: &[&str]) -> Self {
        assert_eq!(self.code, Some(code), "{}", self.stderr);
        assert!(!self.stderr.contains("panicked"), "{}", self.stderr);
        words.iter().for_each(|w| assert!(self.stderr.contains(w), "{w}: {}", self.stderr));
        self
    }
}

/// What a file of a folder holds.
pub fn text(folder: &Path, name: &str) -> String {
    fs::read_to_string(folder.join(name)).unwrap()
}
