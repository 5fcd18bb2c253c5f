//! The folder of a run: whose it is, and the state that it holds.

use super::record::RunState;
use crate::digest;
use crate::lock::Lock;
use rankone::{AnyState, Error, Result, atomic_file};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// The names of the two files that a run is gone on with by.
pub(super) const RUN: &str = "run.json";
pub(super) const CHECKPOINT: &str = "checkpoint.safetensors";

/// A folder that a run is about to write to, locked.
#[derive(Debug)]
pub struct RunFolder {
    pub(super) path: PathBuf,
    pub(super) lock: Lock,
    /// What of it is this run's own already: the state that it goes on from.
    pub(super) files: Files,
}

/// What matters of a `run.json`; where there is none, nothing.
#[derive(Debug, Default, Deserialize)]
struct FoundRun {
    state: Option<RunState>,
    #[serde(default)]
    files: Files,
}

/// Which files of a folder belong to its run, and how they are known: by one of these. A file that
/// is not listed is another run's, or not written yet.
pub(super) type Files = BTreeMap<String, Vec<Beginning>>;

/// The beginning of a file, or all of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Beginning {
    pub(super) bytes: u64,
    /// SHA-256 of these bytes.
    pub(super) sha256: String,
    /// Epochs that a state has been through.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) epoch: Option<usize>,
}

impl Beginning {
    pub(super) fn whole(bytes: &[u8]) -> Self {
        Self { bytes: bytes.len() as u64, sha256: digest::of(bytes), epoch: None }
    }
}

impl RunFolder {
    /// The folder for a new run, made where there is none, and locked. What a run before wrote
    /// there will be replaced; one that was neither finished nor given up only if `overwrites`.
    ///
    /// # Errors
    /// [`Error::Io`] where another process writes there, which it names, or nobody can;
    /// [`Error::Setting`] where there is an unfinished run.
    pub fn for_new_run(path: &Path, overwrites: bool) -> Result<Self> {
        atomic_file::create_folder(path)?;
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
    /// [`Error::State`] where there is none, or another than `run.json` tells of, and [`Error::Io`]
    /// where another process writes there, which it names, or nobody can.
    pub fn of_run(path: &Path) -> Result<(Self, AnyState)> {
        // Without a state there is nothing to lock.
        fs::metadata(path.join(CHECKPOINT)).map_err(|error| no_state(path, error.to_string()))?;
        let lock = Lock::of(path, "")?;
        let (bytes, known) = known_state(path)?;
        let state = AnyState::from_bytes(bytes, &path.join(CHECKPOINT))?;
        let files = [(CHECKPOINT.to_owned(), vec![known])].into();
        Ok((Self { path: path.to_owned(), lock, files }, state))
    }
}

/// The bytes of the state that the run in `folder` came to, and what its `run.json` knows of that.
///
/// # Errors
/// [`Error::State`] where there is none, or another than `run.json` tells of.
fn known_state(folder: &Path) -> Result<(Vec<u8>, Beginning)> {
    let no_state = |reason: String| no_state(folder, reason);
    let bytes = fs::read(folder.join(CHECKPOINT)).map_err(|error| no_state(error.to_string()))?;
    let sha256 = digest::of(&bytes);
    let known = found(folder).map_err(no_state)?.files.remove(CHECKPOINT).unwrap_or_default();
    let known = known.into_iter().find(|known| known.sha256 == sha256);
    let known =
        known.ok_or_else(|| no_state(format!("it is not of the run that {RUN} tells of")))?;
    Ok((bytes, known))
}

/// The state that the run in `folder` came to, whoever writes there.
///
/// # Errors
/// Those of [`RunFolder::of_run`], but for the lock.
pub fn read_state(folder: &Path) -> Result<AnyState> {
    AnyState::from_bytes(known_state(folder)?.0, &folder.join(CHECKPOINT))
}

/// The error that there is no going on from the state in `folder`.
pub(super) fn no_state(folder: &Path, reason: String) -> Error {
    Error::State { path: folder.join(CHECKPOINT), reason }
}

/// What the `run.json` in `folder` says, or why that cannot be known.
fn found(folder: &Path) -> Result<FoundRun, String> {
    match fs::read(folder.join(RUN)) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(FoundRun::default()),
        text => {
            let text = text.map_err(|error| format!("{RUN}: {error}"))?;
            serde_json::from_slice(&text).map_err(|error| format!("{RUN}: {error}"))
        }
    }
}

/// What `folder` holds, where that is a run that was neither finished nor given up, or none that
/// can be understood.
fn unfinished(folder: &Path) -> Option<String> {
    match found(folder) {
        Err(reason) => return Some(format!("a run that cannot be understood ({reason})")),
        Ok(FoundRun { state: Some(RunState::Running | RunState::Stopped), .. }) => {}
        Ok(_) => return None,
    }
    let (_, known) = known_state(folder).ok()?;
    let written = fs::metadata(folder.join(CHECKPOINT)).and_then(|found| found.modified());
    let age = written.ok().and_then(|time| time.elapsed().ok());
    let ago = age.map_or("some time ago".into(), crate::text::ago);
    let epoch = known.epoch.unwrap_or_default();
    Some(format!("a run that was not finished; it had come to epoch {epoch}, {ago}"))
}

/// Whether two paths are of one folder.
pub fn is_same(one: &Path, other: &Path) -> bool {
    let same = |path: &Path| fs::canonicalize(path).ok();
    same(one).is_some_and(|one| same(other) == Some(one))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A state of another format cannot be resumed, but it is not lost either.
    #[test]
    fn an_unfinished_run_of_another_format_is_not_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path();
        let bytes = b"a state of another format";
        fs::write(path.join(CHECKPOINT), bytes).unwrap();
        let known = Beginning { epoch: Some(4), ..Beginning::whole(bytes) };
        let files = Files::from([(CHECKPOINT.to_owned(), vec![known])]);
        let run = serde_json::json!({ "state": RunState::Stopped, "files": files });
        fs::write(path.join(RUN), run.to_string()).unwrap();
        let error = RunFolder::for_new_run(path, false).unwrap_err().to_string();
        assert!(error.contains("it had come to epoch 4"), "{error}");
        assert!(RunFolder::of_run(path).unwrap_err().to_string().contains("no state"));
        RunFolder::for_new_run(path, true).unwrap();
    }
}
