//! The two streams: data on stdout, words for people on stderr.

use crate::{Error, Result};
use serde::Serialize;
use std::io::{self, BufWriter, Write};
use std::path::Path;
use std::process::ExitCode;

/// Writes data to stdout. A reader that has seen enough, such as `head`, is no error.
pub(super) fn data(fill: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<ExitCode> {
    let mut stdout = BufWriter::new(io::stdout().lock());
    match fill(&mut stdout).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Error::io(Path::new("standard output"))(error))
        }
        _ => Ok(ExitCode::SUCCESS),
    }
}

/// Writes a piece of data to stdout at once, and says whether there is still a reader who may want more.
pub(super) fn piece(text: &[u8]) -> Result<bool> {
    let mut stdout = io::stdout().lock();
    match stdout.write_all(text).and_then(|()| stdout.flush()) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(false),
        Err(error) => Err(Error::io(Path::new("standard output"))(error)),
    }
}

/// Writes `object` to stdout as one line of JSON.
pub(super) fn json(object: &impl Serialize) -> Result<ExitCode> {
    data(|out| {
        serde_json::to_writer(&mut *out, object)?;
        writeln!(out)
    })
}

/// Tells people something. Where no one can listen there is no one to tell of that either.
pub(super) fn note(text: &str) {
    let _ = writeln!(io::stderr(), "{text}");
}
