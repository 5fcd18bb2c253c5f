//! What a run leaves behind: the folder of `--out`, file by file.

mod checkpoint;
mod files;
mod history;
mod metrics;
mod profile;
mod run;

pub use checkpoint::Checkpoint;
pub use files::{RunFiles, origin};
pub use history::{Columns, read_history};
pub use metrics::{write as write_metrics, write_labels};
pub use profile::{Profile, trace};
pub use run::{Results, Run, RunState, Source};

use crate::error::{Error, Result};
use crate::lock::Lock;
use crate::tensor_file::TensorFile;
use crate::{digest, whole_file};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// The names of the two files that a run is gone on with by.
const RUN: &str = "run.json";
const CHECKPOINT: &str = "checkpoint.safetensors";
/// And of that which grows by a line an epoch.
const HISTORY: &str = "history.csv";

/// A folder that a run is about to write to, locked.
#[derive(Debug)]
pub struct RunFolder {
    path: PathBuf,
    lock: Lock,
    /// What of it is this run's own already: the state that it goes on from.
    files: Files,
}

/// What matters of a `run.json`; where there is none, nothing.
#[derive(Debug, Default, Deserialize)]
struct Found {
    state: Option<RunState>,
    #[serde(default)]
    files: Files,
}

/// Which files of a folder belong to its run, and how they are known: by one of these. A file that is not listed is
/// another run's, or not written yet.
type Files = BTreeMap<String, Vec<Beginning>>;

/// The beginning of a file, or all of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Beginning {
    bytes: u64,
    /// SHA-256 of these bytes.
    sha256: String,
    /// Epochs that a state has been through.
    #[serde(skip_serializing_if = "Option::is_none")]
    epoch: Option<usize>,
}

impl Beginning {
    fn whole(bytes: &[u8]) -> Self {
        Self { bytes: bytes.len() as u64, sha256: digest::of(bytes), epoch: None }
    }
}

impl RunFolder {
    /// The folder for a new run, made where there is none, and locked. What a run before wrote there will be replaced;
    /// one that was neither finished nor given up only if `overwrites`.
    ///
    /// # Errors
    /// [`Error::Io`] where another process writes there, which it names, or nobody can; [`Error::Setting`] where there is
    /// an unfinished run.
    pub fn for_new_run(path: &Path, overwrites: bool) -> Result<Self> {
        whole_file::create_folder(path)?;
        let folder = Self { path: path.to_owned(), lock: Lock::of(path, "")?, files: Files::new() };
        if let Some(run) = unfinished(path).filter(|_| !overwrites) {
            return Err(Error::Setting {
                name: "out folder",
                found: format!("{}, which holds {run}", path.display()),
                expected: "--resume with it in place of --out, to go on; or --overwrite, to begin anew",
            });
        }
        Ok(folder)
    }

    /// The folder of a run that left a state, locked, and that state.
    ///
    /// # Errors
    /// Those of [`state`], and [`Error::Io`] where another process writes there, which it names, or nobody can.
    pub fn of_run(path: &Path) -> Result<(Self, TensorFile)> {
        // Without a state there is nothing to lock.
        fs::metadata(path.join(CHECKPOINT)).map_err(|error| no_state(path, error.to_string()))?;
        let lock = Lock::of(path, "")?;
        let (file, known) = state(path)?;
        let files = [(CHECKPOINT.to_owned(), vec![known])].into();
        Ok((Self { path: path.to_owned(), lock, files }, file))
    }
}

/// The state that the run in `folder` came to, and what its `run.json` knows of that.
///
/// # Errors
/// [`Error::State`] where there is none, or another than `run.json` tells of.
fn state(folder: &Path) -> Result<(TensorFile, Beginning)> {
    let no_state = |reason| no_state(folder, reason);
    let file = TensorFile::read(&folder.join(CHECKPOINT)).map_err(no_state)?;
    let sha256 = digest::of(file.bytes());
    let known = found(folder).map_err(no_state)?.files.remove(CHECKPOINT).unwrap_or_default();
    let known = known.into_iter().find(|known| known.sha256 == sha256);
    let known =
        known.ok_or_else(|| no_state(format!("it is not of the run that {RUN} tells of")))?;
    Ok((file, known))
}

/// The state that the run in `folder` came to, whoever writes there.
///
/// # Errors
/// Those of [`RunFolder::of_run`], but for the lock.
pub fn read_state(folder: &Path) -> Result<TensorFile> {
    state(folder).map(|(file, _)| file)
}

/// The error that there is no going on from the state in `folder`.
pub fn no_state(folder: &Path, reason: String) -> Error {
    Error::State { path: folder.join(CHECKPOINT), reason }
}

/// What the `run.json` in `folder` says, or why that cannot be known.
fn found(folder: &Path) -> Result<Found, String> {
    match fs::read(folder.join(RUN)) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Found::default()),
        text => {
            let text = text.map_err(|error| format!("{RUN}: {error}"))?;
            serde_json::from_slice(&text).map_err(|error| format!("{RUN}: {error}"))
        }
    }
}

/// What `folder` holds, where that is a run that was neither finished nor given up, or none that can be understood.
fn unfinished(folder: &Path) -> Option<String> {
    match found(folder) {
        Err(reason) => return Some(format!("a run that cannot be understood ({reason})")),
        Ok(Found { state: Some(RunState::Running | RunState::Stopped), .. }) => {}
        Ok(_) => return None,
    }
    let (_, known) = state(folder).ok()?;
    let written = fs::metadata(folder.join(CHECKPOINT)).and_then(|found| found.modified());
    let age = written.ok().and_then(|time| time.elapsed().ok());
    let ago = age.map_or("some time ago".into(), crate::words::ago);
    let epoch = known.epoch.unwrap_or_default();
    Some(format!("a run that was not finished; it had come to epoch {epoch}, {ago}"))
}

/// Whether two paths are of one folder.
pub fn is_same(one: &Path, other: &Path) -> bool {
    let same = |path: &Path| fs::canonicalize(path).ok();
    same(one).is_some_and(|one| same(other) == Some(one))
}
