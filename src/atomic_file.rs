//! Files that are written whole or not at all, and files that grow by whole lines: every file that
//! is written, but for a directory's lock file, is written here.

use crate::error::{Error, Result};
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, BufWriter, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use tempfile::NamedTempFile;

/// Writes what `fill` writes to `path`: beside it first, brought to the disk, then renamed into
/// place, so that no one ever sees half a file, not after a power cut either. A device or pipe,
/// such as `/dev/null`, is written to as it is.
///
/// # Errors
/// [`Error::Io`] naming `path`; the file then is as it was before.
pub fn write(path: &Path, fill: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<()> {
    let target = target(path);
    let fill_file = |file: &File| {
        let mut writer = BufWriter::new(OnDisk { file, path: &target });
        fill(&mut writer)?;
        writer.flush()
    };
    let written = if is_device(&target) {
        OpenOptions::new().write(true).open(&target).and_then(|device| fill_file(&device))
    } else {
        beside(&target).and_then(|file| {
            fill_file(file.as_file())?;
            disk::may(&target)?;
            file.as_file().sync_all()?;
            place(file, &target)?;
            // The name too, where a folder can be brought to the disk: not on Windows, nor on some
            // networks' disks.
            let _ = File::open(folder(&target)).and_then(|folder| folder.sync_all());
            Ok(())
        })
    };
    written.map_err(Error::io(path))
}

/// Finds out whether [`write()`] could write to `path` now, and leaves nothing there; clears away
/// what writers beside it left half written when they were killed.
///
/// # Errors
/// [`Error::Io`] naming `path`.
pub fn prepare(path: &Path) -> Result<()> {
    let target = target(path);
    let writable = if target.is_dir() {
        Err(io::ErrorKind::IsADirectory.into())
    } else if is_device(&target) {
        Ok(())
    } else {
        remove_leftovers(folder(&target));
        beside(&target).map(drop)
    };
    writable.map_err(Error::io(path))
}

/// Makes a folder, and those that it lies in.
///
/// # Errors
/// [`Error::Io`] naming `path`.
pub fn create_folder(path: &Path) -> Result<()> {
    disk::may(path).and_then(|()| fs::create_dir_all(path)).map_err(Error::io(path))
}

/// Removes a file, if it is there.
///
/// # Errors
/// [`Error::Io`] naming `path`.
pub fn remove(path: &Path) -> Result<()> {
    match disk::may(path).and_then(|()| fs::remove_file(path)) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(Error::io(path)(error)),
        _ => Ok(()),
    }
}

/// Removes from `folder` what writers left half written when they were killed. What a living one
/// writes is locked, and stays.
pub fn remove_leftovers(folder: &Path) {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    for path in entries.map(|entry| entry.path()) {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if name.starts_with(PREFIX) && name.ends_with(SUFFIX) {
            // Locked until it is gone: whoever is about to lock it, having just made it, then makes
            // another.
            let left = File::open(&path).ok().filter(|file| file.try_lock().is_ok());
            // What cannot be removed disturbs nobody.
            let _ = left.map(|_locked| fs::remove_file(&path));
        }
    }
}

/// A file that grows, and ends with a whole line at every moment.
#[derive(Debug)]
pub struct LineFile {
    path: PathBuf,
    file: File,
    /// Bytes of its whole lines.
    length: u64,
}

impl LineFile {
    /// Puts a file that holds the lines of `head` in place of `path` in one step.
    ///
    /// # Errors
    /// [`Error::Io`] naming `path`.
    pub fn start(path: &Path, head: &[u8]) -> Result<Self> {
        let target = target(path);
        let file = beside(&target).and_then(|file| {
            OnDisk { file: file.as_file(), path: &target }.write_all(head)?;
            disk::may(&target)?;
            file.as_file().sync_all()?;
            place(file, &target)
        });
        let file = file.map_err(Error::io(path))?;
        Ok(Self { path: path.to_owned(), file, length: head.len() as u64 })
    }

    /// Bytes of its whole lines.
    pub fn length(&self) -> u64 {
        self.length
    }

    /// Adds whole lines; what a disk took only in part is cut off again.
    ///
    /// # Errors
    /// [`Error::Io`] naming the file.
    pub fn append(&mut self, lines: &[u8]) -> Result<()> {
        let mut file = &self.file;
        let written = OnDisk { file, path: &self.path }.write_all(lines);
        match &written {
            Ok(()) => self.length += lines.len() as u64,
            Err(_) => {
                let cut = file.set_len(self.length);
                let _ = cut.and_then(|()| file.seek(SeekFrom::Start(self.length)));
            }
        }
        written.map_err(Error::io(&self.path))
    }

    /// Brings them to the disk.
    ///
    /// # Errors
    /// [`Error::Io`] naming the file.
    pub fn sync(&self) -> Result<()> {
        disk::may(&self.path).and_then(|()| self.file.sync_all()).map_err(Error::io(&self.path))
    }
}

/// How the names of half-written files begin and end.
const PREFIX: &str = ".rankone-";
const SUFFIX: &str = ".partial";

/// What is written to at last: a link stays a link, and what it points to is replaced.
fn target(path: &Path) -> PathBuf {
    fs::canonicalize(path).unwrap_or_else(|_| path.to_owned())
}

fn is_device(target: &Path) -> bool {
    fs::metadata(target).is_ok_and(|found| !found.is_file() && !found.is_dir())
}

fn folder(target: &Path) -> &Path {
    match target.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    }
}

/// A temporary file in the folder of `target`, with the permissions of any new file, locked while
/// it is written.
fn beside(target: &Path) -> io::Result<NamedTempFile> {
    let open = |path: &Path| OpenOptions::new().read(true).write(true).create_new(true).open(path);
    disk::may(target)?;
    let mut builder = tempfile::Builder::new();
    builder.prefix(PREFIX).suffix(SUFFIX);
    loop {
        let file = builder.make_in(folder(target), open)?;
        match file.as_file().try_lock() {
            // Before it was locked, another process took it for a dead writer's.
            Err(TryLockError::WouldBlock) => {}
            Ok(()) if !file.path().exists() => {}
            // A file system without locks: there nothing is taken for a dead writer's.
            Ok(()) | Err(TryLockError::Error(_)) => return Ok(file),
        }
    }
}

/// Renames `file` to `target`.
fn place(file: NamedTempFile, target: &Path) -> io::Result<File> {
    disk::may(target)?;
    let file = file.persist(target).map_err(|error| error.error)?;
    let _ = file.unlock();
    Ok(file)
}

/// A file as the disk takes it.
struct OnDisk<'a> {
    file: &'a File,
    /// What it is to be.
    path: &'a Path,
}

impl Write for OnDisk<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if let Err(error) = disk::may(self.path) {
            // As a disk that becomes full.
            let _ = self.file.write(&bytes[..bytes.len() / 2]);
            return Err(error);
        }
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Asked before each operation on a disk.
#[cfg(not(any(test, feature = "fault-injection")))]
mod disk {
    /// Nobody says no.
    pub fn may(_: &std::path::Path) -> std::io::Result<()> {
        Ok(())
    }
}

/// A double of the disk, for tests: in one folder it fails when it is told to.
#[cfg(any(test, feature = "fault-injection"))]
pub mod disk {
    use rankone_kernels::thread_pool::locked;
    use std::io;
    use std::path::{Path, PathBuf};
    use std::sync::Mutex;

    /// The folder, and how many operations there go well before one fails.
    static FAULT: Mutex<Option<(PathBuf, usize)>> = Mutex::new(None);

    /// Runs `work`, in which operation number `n` in `folder` fails, from 0; says whether there
    /// were so many.
    pub fn failing<R>(folder: &Path, n: usize, work: impl FnOnce() -> R) -> (R, bool) {
        static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
        let _turn = locked(&ONE_AT_A_TIME);
        *locked(&FAULT) = Some((folder.to_owned(), n));
        let result = work();
        let is_left = locked(&FAULT).take().is_some();
        (result, !is_left)
    }

    pub(super) fn may(path: &Path) -> io::Result<()> {
        let mut fault = locked(&FAULT);
        match &mut *fault {
            Some((folder, left)) if path.starts_with(&*folder) => match left {
                0 => {
                    *fault = None;
                    Err(io::Error::from_raw_os_error(28))
                }
                _ => {
                    *left -= 1;
                    Ok(())
                }
            },
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_write_leaves_the_old_file_and_nothing_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        write(&path, |file| file.write_all(b"old")).unwrap();
        let failed = write(&path, |file| {
            file.write_all(b"new")?;
            Err(io::Error::other("disk full"))
        });
        assert!(failed.unwrap_err().to_string().contains("disk full"));
        assert_eq!(fs::read(&path).unwrap(), b"old");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_line_that_the_disk_takes_in_part_is_cut_off() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("lines");
        let mut lines = LineFile::start(&path, b"head\n").unwrap();
        lines.append(b"first line\n").unwrap();
        let (failed, _) = disk::failing(folder.path(), 0, || lines.append(b"second line\n"));
        assert!(failed.unwrap_err().to_string().contains("lines: No space"));
        assert_eq!(fs::read(&path).unwrap(), b"head\nfirst line\n");
        lines.append(b"third line\n").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"head\nfirst line\nthird line\n");
    }

    #[test]
    fn what_the_dead_left_is_removed_and_what_the_living_write_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let (dead, other) =
            (folder.path().join(".rankone-dead.partial"), folder.path().join("other.partial"));
        fs::write(&dead, "half").unwrap();
        fs::write(&other, "whole").unwrap();
        let living = beside(&folder.path().join("living")).unwrap();
        remove_leftovers(folder.path());
        assert!(!dead.exists() && other.exists() && living.path().exists());
    }

    #[test]
    fn whoever_clears_away_hits_no_one_who_begins_to_write() {
        let folder = tempfile::tempdir().unwrap();
        let done = std::sync::atomic::AtomicBool::new(false);
        std::thread::scope(|scope| {
            let clear = || {
                while !done.load(std::sync::atomic::Ordering::Relaxed) {
                    remove_leftovers(folder.path());
                }
            };
            scope.spawn(clear);
            let path = folder.path().join("file");
            let written: Result<Vec<_>> =
                (0..2000).map(|_| write(&path, |file| file.write_all(b"whole"))).collect();
            done.store(true, std::sync::atomic::Ordering::Relaxed);
            written.unwrap();
        });
    }

    #[test]
    fn the_systems_own_reason_is_told_and_not_the_temporary_files_name() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("none/file");
        for error in [write(&path, |_| Ok(())), prepare(&path)] {
            let error = error.unwrap_err().to_string();
            assert_eq!(
                error,
                format!("{}: No such file or directory (os error 2)", path.display())
            );
        }
        prepare(&folder.path().join("file")).unwrap();
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[cfg(unix)]
    #[test]
    fn a_device_is_written_to_and_not_replaced() {
        use std::os::unix::fs::FileTypeExt;
        write(Path::new("/dev/null"), |file| file.write_all(b"gone")).unwrap();
        let kind = fs::metadata("/dev/null").unwrap().file_type();
        assert!(kind.is_char_device());
    }
}
