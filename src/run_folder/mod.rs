//! What a run leaves behind: the folder of `--out`, file by file.

mod files;
mod history;
mod metrics;
mod profile;
mod run;

pub use files::RunFiles;
pub use history::Columns;
pub use metrics::{write as write_metrics, write_labels};
pub use profile::{Profile, trace};
pub use run::{Run, RunState, Source};

use crate::error::{Error, Result};
use crate::lock::Lock;
use crate::{digest, tensor_file, whole_file};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// The names of the two files that a run is gone on with by.
const RUN: &str = "run.json";
const CHECKPOINT: &str = "checkpoint.safetensors";

/// A folder that a run is about to write to, locked: what stands there of a run before.
#[derive(Debug)]
pub struct RunFolder {
    path: PathBuf,
    lock: Lock,
    /// What its `run.json` says, if there is one of ours.
    found: Found,
}

/// What matters of a `run.json`; of one that is not ours, nothing.
#[derive(Debug, Default, Deserialize)]
struct Found {
    state: Option<RunState>,
    #[serde(default)]
    checkpoint_epoch: usize,
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
}

impl Beginning {
    fn whole(bytes: &[u8]) -> Self {
        Self { bytes: bytes.len() as u64, sha256: digest::of(bytes) }
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
        let mut folder = Self::open(path)?;
        if let Some(run) = folder.unfinished().filter(|_| !overwrites) {
            return Err(Error::Setting {
                name: "out folder",
                found: format!("{}, which holds {run}", path.display()),
                expected: "--resume with it in place of --out, to go on; or --overwrite, to begin anew",
            });
        }
        Ok(Self { found: Found::default(), ..folder })
    }

    /// The folder of a run that left a state, locked.
    ///
    /// # Errors
    /// [`Error::State`] where there is none, [`Error::Io`] where another process writes there, which it names, or nobody
    /// can.
    pub fn of_run(path: &Path) -> Result<Self> {
        let state = path.join(CHECKPOINT);
        match fs::metadata(&state) {
            Ok(_) => Self::open(path),
            Err(error) => Err(Error::State { path: state, reason: error.to_string() }),
        }
    }

    fn open(path: &Path) -> Result<Self> {
        let lock = Lock::of(path)?;
        whole_file::check(&path.join(RUN))?;
        let text = fs::read(path.join(RUN)).unwrap_or_default();
        let found = serde_json::from_slice(&text).unwrap_or_default();
        Ok(Self { path: path.to_owned(), lock, found })
    }

    /// What it holds, where that is a run that was neither finished nor given up: how many epochs it had been through
    /// when its state was last written, and when that was.
    fn unfinished(&mut self) -> Option<String> {
        let is_open = matches!(self.found.state, Some(RunState::Running | RunState::Stopped));
        let checkpoint = fs::metadata(self.path.join(CHECKPOINT)).ok().filter(|_| is_open)?;
        self.checkpoint().ok()?;
        let age = checkpoint.modified().ok().and_then(|time| time.elapsed().ok());
        let ago = age.map_or("some time ago".into(), crate::words::ago);
        Some(format!(
            "a run that was not finished; it had come to epoch {}, {ago}",
            self.found.checkpoint_epoch
        ))
    }

    /// The bytes of the state that the run there came to.
    ///
    /// # Errors
    /// [`Error::State`] where there is none, or another than `run.json` tells of.
    pub fn checkpoint(&mut self) -> Result<Vec<u8>> {
        let bytes = tensor_file::read(&self.path.join(CHECKPOINT));
        let bytes = bytes.map_err(|reason| self.no_state(reason))?;
        let (found, known) = (Beginning::whole(&bytes), self.found.files.get_mut(CHECKPOINT));
        let Some(known) = known.filter(|known| known.contains(&found)) else {
            return Err(self.no_state(format!("it is not of the run that {RUN} tells of")));
        };
        // Of the two that there might be, it is this one.
        *known = vec![found];
        Ok(bytes)
    }

    /// The error that its state cannot be gone on from.
    pub fn no_state(&self, reason: String) -> Error {
        Error::State { path: self.path.join(CHECKPOINT), reason }
    }

    /// Whether it is the folder at `path`.
    pub fn is_at(&self, path: &Path) -> bool {
        let same = |path: &Path| fs::canonicalize(path).ok();
        same(path).is_some_and(|path| same(&self.path) == Some(path))
    }
}
