//! The lines of a data file, one after the other, each known by its number.
//!
//! Lines are cut first and fields after, so that every fault is told by its line. The file is never
//! held as a whole.

use crate::error::{DataError, Result};
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek};
use std::path::Path;

/// Where lines come from, and the one at hand.
pub struct Lines<'a> {
    path: &'a Path,
    reader: BufReader<Box<dyn Read + 'a>>,
    /// With its end.
    line: Vec<u8>,
    /// The next one, if it was [peeked](Self::peek) at.
    ahead: Vec<u8>,
    /// The number of the line at hand, from 1.
    number: u64,
}

/// Bytes that are asked of a file at a time.
const BUFFER: usize = 1 << 18;

/// Bytes of the longest line that is still read.
const LONGEST_LINE: u64 = 1 << 28;

impl<'a> Lines<'a> {
    /// The lines of the file at `path`, whose bytes are shown to `tap` as they are read; and how
    /// many there are, if it is a regular file.
    pub fn open(path: &'a Path, tap: impl FnMut(&[u8]) + 'a) -> Result<(Self, Option<usize>)> {
        let unreadable = |error: io::Error| of_file(path, &error.to_string());
        let mut file = File::open(path).map_err(unreadable)?;
        let metadata = file.metadata().map_err(unreadable)?;
        if metadata.is_dir() {
            return Err(of_file(path, "a directory").into());
        }
        let count = metadata.is_file().then(|| count_lines(&file)).transpose();
        let count = count.map_err(unreadable)?;
        if count.is_some() {
            file.rewind().map_err(unreadable)?;
        }
        Ok((Self::of(path, Tapped { file, tap }), count))
    }

    /// The lines of what `reader` reads, which errors call `path`.
    pub fn of(path: &'a Path, reader: impl Read + 'a) -> Self {
        let reader = BufReader::with_capacity(BUFFER, Box::new(reader) as Box<dyn Read + 'a>);
        Self { path, reader, line: Vec::new(), ahead: Vec::new(), number: 0 }
    }

    /// Goes to the next line, and says whether there is one. LF and CRLF line ends, a UTF-8 byte
    /// order mark, a missing last newline and blank last lines are all accepted.
    pub fn advance(&mut self) -> Result<bool> {
        let mut blank = None;
        loop {
            self.peek()?;
            std::mem::swap(&mut self.line, &mut self.ahead);
            self.ahead.clear();
            if self.line.is_empty() {
                return Ok(false);
            }
            self.number += 1;
            if self.line.len() as u64 == LONGEST_LINE {
                let found = format!("a line of {LONGEST_LINE} bytes and more");
                return Err(self.fault(None, found, "a shorter one").into());
            }
            if self.text().trim_ascii().is_empty() {
                blank.get_or_insert(self.number);
            } else if let Some(blank) = blank {
                self.number = blank;
                return Err(self.fault(None, "a blank line", "blank lines at the end only").into());
            } else {
                return Ok(true);
            }
        }
    }

    /// The line after the one at hand, with its end; nothing where that is the last.
    pub fn peek(&mut self) -> Result<&[u8]> {
        if self.ahead.is_empty() {
            // A line longer than this is no line: stop before it fills the memory.
            let read = self.reader.by_ref().take(LONGEST_LINE).read_until(b'\n', &mut self.ahead);
            read.map_err(|error| of_file(self.path, &error.to_string()))?;
        }
        Ok(&self.ahead)
    }

    /// The line at hand, without its end.
    pub fn text(&self) -> &[u8] {
        let mut text = self.line.strip_suffix(b"\n").unwrap_or(&self.line);
        text = text.strip_suffix(b"\r").unwrap_or(text);
        if self.number == 1 {
            text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
        }
        text
    }

    /// The number of the line at hand, from 1.
    pub fn number(&self) -> u64 {
        self.number
    }

    /// Whether the next line is there already, and need not be waited for.
    pub fn has_more_at_hand(&self) -> bool {
        self.reader.buffer().contains(&b'\n')
    }

    /// Reads what is left, as bytes.
    pub fn drain(&mut self) -> Result<()> {
        let copied = io::copy(&mut self.reader, &mut io::sink());
        copied.map_err(|error| of_file(self.path, &error.to_string()))?;
        Ok(())
    }

    /// A fault of the line at hand, or of its column, from 0.
    pub fn fault(
        &self,
        column: Option<usize>,
        found: impl Into<String>,
        expected: impl Into<String>,
    ) -> DataError {
        let column = column.map(|column| column + 1);
        DataError { column, ..DataError::new(self.path, Some(self.number), found, expected) }
    }

    /// A fault of the file as a whole.
    pub fn fault_of_file(&self, found: &str) -> DataError {
        of_file(self.path, found)
    }
}

fn of_file(path: &Path, found: &str) -> DataError {
    DataError::new(path, None, found, "a CSV file of a label and values a line")
}

/// The number of lines, those after the last that is not blank left out.
fn count_lines(file: &File) -> io::Result<usize> {
    let mut reader = BufReader::with_capacity(BUFFER, file);
    let (mut ended, mut lines) = (0, 0);
    loop {
        let bytes = reader.fill_buf()?;
        if bytes.is_empty() {
            return Ok(lines);
        }
        let length = bytes.len();
        let last = bytes.iter().rposition(|byte| !byte.is_ascii_whitespace());
        let (text, blank) = bytes.split_at(last.map_or(0, |last| last + 1));
        let count = |bytes| memchr::memchr_iter(b'\n', bytes).count();
        ended += count(text);
        if !text.is_empty() {
            lines = ended + 1;
        }
        ended += count(blank);
        reader.consume(length);
    }
}

/// A file whose bytes are shown to `tap` as they are read.
struct Tapped<F> {
    file: File,
    tap: F,
}

impl<F: FnMut(&[u8])> Read for Tapped<F> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read(buffer)?;
        (self.tap)(&buffer[..read]);
        Ok(read)
    }
}
