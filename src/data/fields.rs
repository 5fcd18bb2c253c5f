//! A line of CSV, cut into fields.
//!
//! Libraries for CSV take what is almost CSV, each in its own way: a quote left open, text after a
//! closing one. In a table of numbers that is a slip whose meaning nobody knows, so here it is
//! refused (RFC 4180 has no such lines either).

use super::lines::Lines;
use crate::error::DataError;
use rankone_kernels::named;
use serde::{Deserialize, Serialize};

/// What stands between two fields of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Delimiter {
    /// A comma.
    #[default]
    #[serde(rename = ",")]
    Comma,
    /// A semicolon.
    #[serde(rename = ";")]
    Semicolon,
    /// A tab.
    #[serde(rename = "tab")]
    Tab,
    /// One space or more; those at the ends of a line separate nothing.
    #[serde(rename = "space")]
    Space,
}

named!(Delimiter);

impl Delimiter {
    /// The byte.
    pub(super) fn byte(self) -> u8 {
        match self {
            Self::Comma => b',',
            Self::Semicolon => b';',
            Self::Tab => b'\t',
            Self::Space => b' ',
        }
    }
}

/// The fields of one line.
#[derive(Debug, Default)]
pub struct Fields {
    /// One after the other, with a byte between them.
    bytes: Vec<u8>,
    /// Where each ends.
    ends: Vec<usize>,
}

/// Where in a field the next byte stands.
#[derive(Clone, Copy, PartialEq)]
enum In {
    Start,
    Bare,
    Quotes,
    /// Or between the two quotes that stand for one.
    Closed,
}

/// What is wrong with a line: in which column, from 0, what is found there, what is expected.
pub type FieldFault = (usize, String, &'static str);

impl Fields {
    /// Cuts `line`.
    pub fn cut(&mut self, line: &[u8], delimiter: Delimiter) -> Result<(), FieldFault> {
        self.bytes.clear();
        self.ends.clear();
        if delimiter == Delimiter::Space || memchr::memchr2(b'"', b'\r', line).is_some() {
            return self.cut_by_byte(line, delimiter);
        }
        self.bytes.extend_from_slice(line);
        self.ends.extend(memchr::memchr_iter(delimiter.byte(), line));
        self.ends.push(line.len());
        Ok(())
    }

    /// Cuts the line at hand.
    pub fn cut_line(&mut self, lines: &Lines, delimiter: Delimiter) -> Result<(), DataError> {
        let fault = |(column, found, expected)| lines.fault(Some(column), found, expected);
        self.cut(lines.text(), delimiter).map_err(fault)
    }

    /// [`cut`](Self::cut) for any line, quotes and all.
    fn cut_by_byte(&mut self, line: &[u8], delimiter: Delimiter) -> Result<(), FieldFault> {
        let (by_spaces, separator) = (delimiter == Delimiter::Space, delimiter.byte());
        let mut place = In::Start;
        // Where the open quote of a field stands.
        let mut opened = 0;
        for (i, &byte) in line.iter().enumerate() {
            let column = self.ends.len();
            let fault = |what: &str, from: usize, expected| {
                Err((column, format!("{what} {}", shown(&line[from..])), expected))
            };
            place = match (place, byte) {
                (_, b'\r') => {
                    let expected = "lines that end with a line feed, alone or after one";
                    return fault("a carriage return within the line, before", i + 1, expected);
                }
                (In::Start, b' ') if by_spaces => In::Start,
                (In::Start, b'"') => {
                    opened = i + 1;
                    In::Quotes
                }
                (In::Quotes, b'"') => In::Closed,
                (In::Quotes, byte) => {
                    self.bytes.push(byte);
                    In::Quotes
                }
                (In::Closed, b'"') => {
                    self.bytes.push(b'"');
                    In::Quotes
                }
                (_, byte) if byte == separator => {
                    self.end();
                    In::Start
                }
                (In::Closed, _) => {
                    let expected = "a delimiter, or the line's end";
                    return fault("text after a closing quote,", i, expected);
                }
                (In::Bare, b'"') => {
                    return fault("a quote inside a field,", i, "quotes around the whole field");
                }
                (In::Start | In::Bare, byte) => {
                    self.bytes.push(byte);
                    In::Bare
                }
            };
        }
        if place == In::Quotes {
            let found = format!("an open quote before {}", shown(&line[opened..]));
            return Err((self.ends.len(), found, "a quote that closes it"));
        }
        if !(by_spaces && place == In::Start) {
            self.end();
        }
        Ok(())
    }

    fn end(&mut self) {
        self.ends.push(self.bytes.len());
        // What stands between two fields.
        self.bytes.push(0);
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// The field of a column, from 0.
    pub fn bytes(&self, column: usize) -> &[u8] {
        let start = column.checked_sub(1).map_or(0, |before| self.ends[before] + 1);
        &self.bytes[start..self.ends[column]]
    }

    /// The field without the blanks around it; `None` where it is not UTF-8.
    pub fn text(&self, column: usize) -> Option<&str> {
        std::str::from_utf8(self.bytes(column)).ok().map(str::trim)
    }

    /// The field as a number, if it is a finite one.
    pub fn number(&self, column: usize) -> Option<f64> {
        self.text(column)?.parse().ok().filter(|number: &f64| number.is_finite())
    }

    /// The field as an error shows it.
    pub fn shown(&self, column: usize) -> String {
        match self.bytes(column) {
            field if field.trim_ascii().is_empty() => "an empty field".into(),
            field => shown(field),
        }
    }
}

/// Bytes as an error shows them: in quotes, escaped, short.
fn shown(bytes: &[u8]) -> String {
    const LONGEST: usize = 40;
    let more = if bytes.len() > LONGEST { "..." } else { "" };
    format!("\"{}{more}\"", bytes[..bytes.len().min(LONGEST)].escape_ascii())
}
