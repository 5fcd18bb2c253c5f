//! Files that are written whole or not at all.

use crate::error::{Error, Result};
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use tempfile::NamedTempFile;

/// Writes what `fill` writes to `path`: beside it first, then renamed into place, so that no one ever
/// sees half a file. A device or pipe, such as `/dev/null`, is written to as it is.
///
/// # Errors
/// [`Error::Io`] naming `path`; the file then is as it was before.
pub fn write(
    path: &Path,
    fill: impl FnOnce(&mut BufWriter<&File>) -> io::Result<()>,
) -> Result<()> {
    // A link stays a link: what it points to is replaced.
    let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let fill_file = |file: &File| {
        let mut writer = BufWriter::new(file);
        fill(&mut writer)?;
        writer.flush()
    };
    if fs::metadata(&target).is_ok_and(|found| !found.is_file() && !found.is_dir()) {
        let device = fs::OpenOptions::new().write(true).open(&target);
        return device.and_then(|device| fill_file(&device)).map_err(Error::io(path));
    }
    beside(&target)
        .and_then(|file| {
            fill_file(file.as_file())?;
            file.persist(&target).map_err(|error| error.error)?;
            Ok(())
        })
        .map_err(Error::io(path))
}

/// Puts a file that holds `head` in place of `path` in one step and leaves it open for appending.
pub fn start(path: &Path, head: &[u8]) -> Result<File> {
    beside(path)
        .and_then(|mut file| {
            file.write_all(head)?;
            file.persist(path).map_err(|error| error.error)
        })
        .map_err(Error::io(path))
}

/// A temporary file in the folder of `path`, with the permissions of any new file.
fn beside(path: &Path) -> io::Result<NamedTempFile> {
    let folder = match path.parent() {
        Some(folder) if folder != Path::new("") => folder.to_owned(),
        _ => PathBuf::from("."),
    };
    let mut builder = tempfile::Builder::new();
    builder.prefix(".rankone-").suffix(".partial");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    // Without the temporary file's name, which no one asked for.
    builder.tempfile_in(folder).map_err(|error| error.kind().into())
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

    #[cfg(unix)]
    #[test]
    fn a_device_is_written_to_and_not_replaced() {
        use std::os::unix::fs::FileTypeExt;
        write(Path::new("/dev/null"), |file| file.write_all(b"gone")).unwrap();
        let kind = fs::metadata("/dev/null").unwrap().file_type();
        assert!(kind.is_char_device());
    }
}
