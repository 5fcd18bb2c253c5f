//! A folder, or a part of it, that one process at a time writes to.

use rankone::{Error, Result};
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read, Write};
use std::path::Path;
use sysinfo::System;

/// How the name of the file that is locked begins. It is never removed: another process might hold
/// the one that is gone.
const NAME: &str = ".rankone-lock";

/// Held as long as it lives, and free at once when its process ends, however that ends.
#[derive(Debug)]
pub struct Lock {
    #[expect(dead_code, reason = "open is locked")]
    file: File,
    /// Why nothing is locked, where the file system, as some of clusters, has no locks.
    pub trouble: Option<String>,
}

impl Lock {
    /// Locks `folder`; or what of it is written under names that end in `part`.
    ///
    /// # Errors
    /// [`Error::Io`] where another process holds it, which it names, or it cannot be written to.
    pub fn of(folder: &Path, part: &str) -> Result<Self> {
        let options =
            OpenOptions::new().read(true).write(true).create(true).truncate(false).clone();
        let mut file =
            options.open(folder.join(format!("{NAME}{part}"))).map_err(Error::io(folder))?;
        let mut trouble = None;
        match file.try_lock() {
            Ok(()) => {
                let host = System::host_name().unwrap_or_else(|| "an unnamed host".into());
                let holder = format!("process {} on {host}", std::process::id());
                // The lock is what counts; this is for people.
                let _ = file.set_len(0).and_then(|()| file.write_all(holder.as_bytes()));
            }
            Err(TryLockError::WouldBlock) => {
                let mut holder = String::new();
                let _ = file.read_to_string(&mut holder);
                let holder = if holder.is_empty() { "another process" } else { &holder };
                let busy = io::Error::other(format!("in use by {holder}"));
                return Err(Error::io(folder)(busy));
            }
            Err(TryLockError::Error(error)) => trouble = Some(error.to_string()),
        }
        Ok(Self { file, trouble })
    }
}
