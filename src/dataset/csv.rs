//! Reads a data set from CSV: no header, each line a label and M values in `[0, 1]`.
//!
//! Lines are cut first and fields after, so that every fault is told by its line; the letters' lines,
//! all digits and commas, then take a short way past the field splitter of `csv-core`. The lines of a
//! regular file are counted before: the data set is allocated once, and the file is never held as a whole.

use super::{Dataset, MOST_CLASSES};
use crate::error::{DataError, Result};
use crate::number::Number;
use csv_core::{ReadRecordResult, ReaderBuilder, Terminator};
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek};
use std::path::Path;

/// Reads the data set in the file `path`.
///
/// `classes` is K and `inputs` is M where something, such as a training set or a model, has fixed it
/// already; otherwise the greatest label fixes the one and the first line the other. LF and CRLF line ends,
/// a UTF-8 byte order mark, a missing last newline and blank last lines are all accepted.
///
/// # Errors
/// [`Error::Data`](crate::Error::Data) names the file, line and column of the first fault, what was found
/// there and what was expected.
pub fn read<T: Number>(
    path: &Path,
    classes: impl Into<Option<usize>>,
    inputs: Option<usize>,
) -> Result<Dataset<T>> {
    read_tapped(path, classes, inputs, |_| {})
}

/// As [`read`], and shows `tap` all bytes of the file in order as they are read, to digest them, say.
///
/// # Errors
/// Those of [`read`].
pub fn read_tapped<T: Number>(
    path: &Path,
    classes: impl Into<Option<usize>>,
    inputs: Option<usize>,
    tap: impl FnMut(&[u8]),
) -> Result<Dataset<T>> {
    let fault = |found: &str| {
        let expected = "a CSV file of a label and values a line".into();
        DataError { path: path.to_owned(), line: None, column: None, found: found.into(), expected }
    };
    let unreadable = |error: io::Error| fault(&error.to_string());
    let mut file = File::open(path).map_err(unreadable)?;
    let metadata = file.metadata().map_err(unreadable)?;
    if metadata.is_dir() {
        return Err(fault("a directory").into());
    }
    let classes = classes.into();
    let mut parser = Parser::new(path, classes, inputs);
    if metadata.is_file() {
        parser.rows = Some(rows(&file).map_err(unreadable)?);
        file.rewind().map_err(unreadable)?;
    }
    let mut reader = BufReader::with_capacity(BUFFER, Tapped { file, tap });
    let mut line = Vec::new();
    loop {
        line.clear();
        // A line longer than this is no line: stop before it fills the memory.
        let limit = reader.by_ref().take(LONGEST_LINE).read_until(b'\n', &mut line);
        if limit.map_err(unreadable)? == 0 {
            break;
        }
        if line.len() as u64 == LONGEST_LINE {
            parser.number += 1;
            let found = format!("a line of {LONGEST_LINE} bytes and more");
            return Err(parser.fault(None, found, "a shorter one"));
        }
        parser.line(&line)?;
    }
    let Some(columns) = parser.columns.filter(|_| !parser.labels.is_empty()) else {
        return Err(fault("no example").into());
    };
    let greatest = parser.labels.iter().max().map_or(0, |label| label + 1);
    Dataset::from_rows(parser.x, columns - 1, parser.labels, classes.unwrap_or(greatest))
}

/// Bytes that are asked of a file at a time.
const BUFFER: usize = 1 << 18;

/// Bytes of the longest line that is still read.
const LONGEST_LINE: u64 = 1 << 28;

/// The number of lines, those after the last that is not blank left out.
fn rows(file: &File) -> io::Result<usize> {
    let mut reader = BufReader::with_capacity(BUFFER, file);
    let (mut ended, mut rows) = (0, 0);
    loop {
        let bytes = reader.fill_buf()?;
        if bytes.is_empty() {
            return Ok(rows);
        }
        let length = bytes.len();
        let last = bytes.iter().rposition(|byte| !byte.is_ascii_whitespace());
        let (text, blank) = bytes.split_at(last.map_or(0, |last| last + 1));
        ended += count(b'\n', text);
        if !text.is_empty() {
            rows = ended + 1;
        }
        ended += count(b'\n', blank);
        reader.consume(length);
    }
}

fn count(byte: u8, bytes: &[u8]) -> usize {
    memchr::memchr_iter(byte, bytes).count()
}

/// What the splitter would let pass in a line: the column, what is found there, and what is expected.
fn careless(text: &[u8]) -> Option<(usize, String, &'static str)> {
    #[derive(Clone, Copy)]
    enum In {
        Start,
        Bare,
        Quotes,
        /// Or between the two quotes that stand for one.
        Closed,
    }
    memchr::memchr2(b'"', b'\r', text)?;
    let (mut place, mut column) = (In::Start, 0);
    for (i, &byte) in text.iter().enumerate() {
        let fault = |what, from, expected| {
            Some((column, format!("{what} {}", shown(&text[from..])), expected))
        };
        place = match (place, byte) {
            (_, b'\r') => {
                let expected = "lines that end with a line feed, alone or after one";
                return fault("a carriage return within the line, before", i + 1, expected);
            }
            (In::Start | In::Closed, b'"') => In::Quotes,
            (In::Quotes, b'"') => In::Closed,
            (In::Quotes, _) => In::Quotes,
            (_, b',') => {
                column += 1;
                In::Start
            }
            (In::Closed, _) => {
                return fault("text after a closing quote,", i, "a comma, or the line's end");
            }
            (In::Bare, b'"') => {
                return fault("a quote inside a field,", i, "quotes around the whole field");
            }
            (In::Start | In::Bare, _) => In::Bare,
        };
    }
    None
}

/// Bytes as an error shows them: in quotes, escaped, short.
fn shown(bytes: &[u8]) -> String {
    const LONGEST: usize = 40;
    let more = if bytes.len() > LONGEST { "..." } else { "" };
    format!("\"{}{more}\"", bytes[..bytes.len().min(LONGEST)].escape_ascii())
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

/// Turns lines into examples.
struct Parser<'a, T> {
    path: &'a Path,
    /// K, where it is known.
    classes: Option<usize>,
    /// N as it will be, where it is known and room has not been made yet.
    rows: Option<usize>,
    /// M + 1, label and values, once it is known.
    columns: Option<usize>,
    /// The line at hand, from 1.
    number: u64,
    /// The first of the blank lines just passed.
    blank: Option<u64>,
    /// N x (M+1) so far, `x[0] = 1`.
    x: Vec<T>,
    /// N so far.
    labels: Vec<usize>,
    splitter: csv_core::Reader,
    /// The line's fields one after the other, and where each ends.
    fields: Vec<u8>,
    ends: Vec<usize>,
}

impl<'a, T: Number> Parser<'a, T> {
    fn new(path: &'a Path, classes: Option<usize>, inputs: Option<usize>) -> Self {
        // The line is cut already: a carriage return within it is a fault of its field.
        let mut splitter = ReaderBuilder::new().terminator(Terminator::Any(b'\n')).build();
        // It drops a byte order mark before the first bytes that it sees: let those be no line's.
        splitter.read_record(b"\n", &mut [0], &mut [0]);
        Self {
            path,
            classes,
            rows: None,
            columns: inputs.map(|m| m + 1),
            number: 0,
            blank: None,
            x: Vec::new(),
            labels: Vec::new(),
            splitter,
            fields: Vec::new(),
            ends: Vec::new(),
        }
    }

    fn line(&mut self, line: &[u8]) -> Result<()> {
        self.number += 1;
        let mut text = line.strip_suffix(b"\n").unwrap_or(line);
        text = text.strip_suffix(b"\r").unwrap_or(text);
        if self.number == 1 {
            text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
        }
        if text.trim_ascii().is_empty() {
            self.blank.get_or_insert(self.number);
            return Ok(());
        }
        if let Some(blank) = self.blank {
            self.number = blank;
            return Err(self.fault(None, "a blank line".into(), "blank lines at the end only"));
        }
        if !self.digits(text)? {
            self.general(text)?;
        }
        Ok(())
    }

    /// Makes room for one example more; the first time for all, where their number is known.
    fn make_room(&mut self, columns: usize) -> Result<()> {
        if let Some(rows) = self.rows.take() {
            // There may be a fault to tell before so much is needed.
            let _ = self.x.try_reserve_exact(rows.saturating_mul(columns));
            let _ = self.labels.try_reserve_exact(rows);
        }
        let room = self.x.try_reserve(columns).and_then(|()| self.labels.try_reserve(1));
        room.map_err(|_| {
            let found = format!("more than {} examples", self.labels.len());
            self.fault(None, found, "a data set that fits into the memory")
        })
    }

    /// Takes a line of one-digit fields, `d,d,...,d` with values 0 or 1, and says whether it was one.
    fn digits(&mut self, text: &[u8]) -> Result<bool> {
        let columns = text.len().div_ceil(2);
        if text.len().is_multiple_of(2) || self.columns != Some(columns) {
            return Ok(false);
        }
        let label = usize::from(text[0].wrapping_sub(b'0'));
        let pairs = text[1..].chunks_exact(2);
        let good = pairs
            .clone()
            .fold(true, |good, pair| good & (pair[0] == b',') & (pair[1] & !1 == b'0'));
        if !good || label > 9 || label >= self.most_classes() {
            return Ok(false);
        }
        self.make_room(columns)?;
        self.labels.push(label);
        self.x.push(T::one());
        self.x.extend(pairs.map(|pair| match pair[1] {
            b'0' => T::zero(),
            _ => T::one(),
        }));
        Ok(true)
    }

    /// Labels are below this.
    fn most_classes(&self) -> usize {
        self.classes.unwrap_or(MOST_CLASSES)
    }

    /// Takes any line.
    fn general(&mut self, text: &[u8]) -> Result<()> {
        if let Some((column, found, expected)) = careless(text) {
            return Err(self.fault(Some(column), found, expected));
        }
        let closed = self.split(text);
        let found = self.ends.len();
        let columns = *self.columns.get_or_insert(found);
        if found == 1 || columns != found {
            let expected = match self.columns {
                Some(columns) if columns > 1 => {
                    format!("{columns} (a label and {} values)", columns - 1)
                }
                _ => "at least 2 (a label and a value)".into(),
            };
            let plural = if found == 1 { "column" } else { "columns" };
            return Err(self.fault(None, format!("{found} {plural}"), &expected));
        }
        if !closed {
            let found = format!("an open quote before {}", self.quoted(columns - 1));
            return Err(self.fault(Some(columns - 1), found, "a quote that closes it"));
        }
        if self.number == 1 && std::str::from_utf8(&self.fields).is_ok() && self.is_header() {
            let found = format!("what looks like a header row ({})", self.quoted(0));
            let expected = "data from the first line on; drop the header with: tail -n +2 FILE";
            return Err(self.fault(None, found, expected));
        }
        let label = self.text(0)?.parse().ok().filter(|&l| l < self.most_classes());
        let Some(label) = label else {
            let greatest = self.most_classes().saturating_sub(1);
            let mut expected = format!("a label: an integer from 0 to {greatest}");
            if let Some(classes) = self.classes {
                expected += &format!(" (the number of classes is {classes})");
            }
            return Err(self.fault(Some(0), self.quoted(0), &expected));
        };
        self.make_room(columns)?;
        self.x.push(T::one());
        for column in 1..columns {
            let value = self.text(column)?.parse().ok();
            // NaN is in no range.
            let Some(value) = value.filter(|v| (T::zero()..=T::one()).contains(v)) else {
                let found = self.quoted(column);
                return Err(self.fault(Some(column), found, "a number from 0 to 1"));
            };
            self.x.push(value);
        }
        self.labels.push(label);
        Ok(())
    }

    /// Cuts the line into `fields` and `ends` and says whether its last quote is closed.
    fn split(&mut self, text: &[u8]) -> bool {
        // With room to spare, as the splitter wants it.
        self.fields.resize(text.len() + 2, 0);
        self.ends.resize(count(b',', text) + 2, 0);
        let (_, _, before, ended) =
            self.splitter.read_record(text, &mut self.fields, &mut self.ends);
        // The line feed ends the record, or belongs to a field whose quote is open.
        let (result, _, _, last) =
            self.splitter.read_record(b"\n", &mut self.fields[before..], &mut self.ends[ended..]);
        let closed = matches!(result, ReadRecordResult::Record);
        self.fields.truncate(before);
        self.ends.truncate(ended + last);
        if !closed {
            self.ends.push(before);
        }
        closed
    }

    /// A header has a label that is no number, and a value that is none or outside `[0, 1]`; or it
    /// counts its columns, 0, 1, 2, ...
    fn is_header(&self) -> bool {
        let number = |column| self.text(column).ok()?.parse::<f64>().ok();
        let mut values = 1..self.ends.len();
        let named = number(0).is_none()
            && values.any(|column| !number(column).is_some_and(|v| (0.0..=1.0).contains(&v)));
        let mut all = 0..self.ends.len();
        named || (all.len() > 2 && all.all(|column| number(column) == Some(column as f64)))
    }

    fn field(&self, column: usize) -> &[u8] {
        let start = column.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.fields[start..self.ends[column]]
    }

    /// The field without the blanks around it.
    fn text(&self, column: usize) -> Result<&str> {
        let field = self.field(column);
        match std::str::from_utf8(field) {
            Ok(text) => Ok(text.trim()),
            Err(_) => Err(self.fault(
                Some(column),
                format!("bytes that are not UTF-8, {}", self.quoted(column)),
                "plain text",
            )),
        }
    }

    /// The field as an error shows it.
    fn quoted(&self, column: usize) -> String {
        shown(self.field(column))
    }

    fn fault(&self, column: Option<usize>, found: String, expected: &str) -> crate::Error {
        DataError {
            path: self.path.to_owned(),
            line: Some(self.number),
            column: column.map(|c| c + 1),
            found,
            expected: expected.into(),
        }
        .into()
    }
}
