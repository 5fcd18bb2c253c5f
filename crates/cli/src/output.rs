//! The two streams: data on stdout, messages for people on stderr.

use crate::error::{Error, Result};
use rankone::atomic_file;
use serde::Serialize;
use std::io::{self, BufWriter, Write};
use std::path::Path;
use std::process::ExitCode;

/// What errors call stdout.
const STDOUT: &str = "standard output";

/// Writes data to stdout, and flushes it.
pub fn data(fill: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<ExitCode> {
    let mut stdout = BufWriter::new(io::stdout().lock());
    let written = fill(&mut stdout).and_then(|()| stdout.flush());
    written.map_err(rankone::Error::io(Path::new(STDOUT)))?;
    Ok(ExitCode::SUCCESS)
}

/// Returns whether an error says that the reader of stdout, such as `head`, reads no more.
pub fn is_closed_pipe(error: &Error) -> bool {
    matches!(error, Error::Run(rankone_runs::Error::Library(rankone::Error::Io { path, source }))
        if path == Path::new(STDOUT) && source.kind() == io::ErrorKind::BrokenPipe)
}

/// Writes `object` to stdout as one line of JSON.
pub fn json(object: &impl Serialize) -> Result<ExitCode> {
    data(|out| {
        serde_json::to_writer(&mut *out, object)?;
        writeln!(out)
    })
}

/// Prints a message to stderr. Where stderr is closed, the message is lost without an error.
pub fn note(text: &str) {
    let _ = writeln!(io::stderr(), "{text}");
}

/// Writes a file, whole or not at all, and prints its name to stderr.
pub fn file(path: &Path, fill: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<()> {
    atomic_file::write(path, fill)?;
    note(&format!("written {}", path.display()));
    Ok(())
}
