//! The two streams: data on stdout, words for people on stderr.

use crate::{Error, Result};
use serde::Serialize;
use std::io::{self, BufWriter, Write};
use std::path::Path;
use std::process::ExitCode;

/// What errors call stdout.
const STDOUT: &str = "standard output";

/// Writes data to stdout, at once.
pub(super) fn data(fill: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<ExitCode> {
    let mut stdout = BufWriter::new(io::stdout().lock());
    let written = fill(&mut stdout).and_then(|()| stdout.flush());
    written.map(|()| ExitCode::SUCCESS).map_err(Error::io(Path::new(STDOUT)))
}

/// Whether an error says that the reader of stdout, such as `head`, has seen enough: no reason to complain, but to end.
pub(super) fn is_read_no_more(error: &Error) -> bool {
    matches!(error, Error::Io { path, source }
        if path == Path::new(STDOUT) && source.kind() == io::ErrorKind::BrokenPipe)
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
