//! Which column of a file is what.

use super::fields::Fields;
use super::lines::Lines;
use super::schema::Schema;
use crate::error::{DataError, Remedy};
use rankone_kernels::named;
use serde::{Deserialize, Serialize};
use std::convert::Infallible;
use std::str::FromStr;

/// Whether a file's first line names its columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Header {
    /// If none of its fields is a number, or its label is none while the next line's is, or it
    /// counts its columns from 0, or it names a column that is asked for.
    #[default]
    Auto,
    /// It does.
    Yes,
    /// It does not.
    No,
}

named!(Header);

/// A column of a file, as a user says it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Column {
    /// The first one.
    First,
    /// The last one.
    Last,
    /// By its number, from 1.
    Number(usize),
    /// By its name in the header.
    Name(String),
    /// None of them.
    None,
}

impl Column {
    /// Its place from 0 among `count` columns, if it has one that its name does not tell.
    fn place(&self, count: usize) -> Option<usize> {
        match self {
            Self::First => Some(0),
            Self::Last => count.checked_sub(1),
            Self::Number(number) => number.checked_sub(1),
            Self::Name(_) | Self::None => None,
        }
    }
}

impl FromStr for Column {
    type Err = Infallible;

    /// `first`, `last`, `none`, a number from 1, or a name.
    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(match text {
            "first" => Self::First,
            "last" => Self::Last,
            "none" => Self::None,
            _ => match text.parse() {
                Ok(number) if number > 0 => Self::Number(number),
                _ => Self::Name(text.into()),
            },
        })
    }
}

/// Which column of a file is what, counted from 0.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Columns {
    /// How many there are.
    pub count: usize,
    /// That of the labels, if there is one.
    pub label: Option<usize>,
    /// Those of the M inputs, in the schema's order.
    pub inputs: Vec<usize>,
    /// The names of the columns, if the file has a header.
    pub names: Option<Vec<String>>,
}

/// What is asked for of a file's columns.
#[derive(Debug, Clone, Default)]
pub struct Selection {
    /// That of the labels. Where it is not said: that of the schema's name, or the first that is
    /// not ignored.
    pub label: Option<Column>,
    /// Those that are neither labels nor inputs.
    pub ignore: Vec<Column>,
    /// Whether there must be labels.
    pub needs_label: bool,
}

impl Selection {
    /// Whether a column that is asked for by name has it in this line.
    pub fn names_one_of(&self, fields: &Fields) -> bool {
        let mut names = (0..fields.len()).filter_map(|column| fields.text(column));
        let is_asked = |name| {
            let mut asked = self.ignore.iter().chain(&self.label);
            asked.any(|column| matches!(column, Column::Name(asked) if asked == name))
        };
        names.any(is_asked)
    }

    /// Where labels probably stand in a line of `count` columns, none of which is asked for by
    /// name.
    pub fn label_place(&self, count: usize) -> Option<usize> {
        let is_left = |n: &usize| !self.ignore.iter().any(|column| column.place(count) == Some(*n));
        match &self.label {
            Some(label) => label.place(count).filter(|place| *place < count),
            None => (0..count).find(is_left),
        }
    }

    /// Finds the columns of a file whose line at hand is cut into `fields`: names, if it is a
    /// header.
    ///
    /// Where the file and the `schema` both have names, the schema's inputs are found by theirs,
    /// and what is left over is not read. Otherwise inputs are all columns but the label's and the
    /// ignored ones.
    pub fn find(
        &self,
        lines: &Lines,
        fields: &Fields,
        is_header: bool,
        schema: Option<&Schema>,
    ) -> Result<Columns, DataError> {
        let count = fields.len();
        let names = is_header.then(|| names(lines, fields)).transpose()?;
        let place = |column: &Column| place(lines, column, count, names.as_deref());
        let asked = self.label.as_ref().map(place).transpose()?;
        let ignored = self.ignore.iter().map(place).collect::<Result<Vec<_>, _>>()?;
        let left = || (0..count).filter(|column| !ignored.contains(&Some(*column)));
        let known = schema.map(|schema| schema.inputs);
        let input_names = schema.and_then(|schema| schema.input_names.as_ref()).zip(names.as_ref());
        let (label, inputs) = if let Some((wanted, names)) = input_names {
            let place = |name: &String| place_of_name(lines, name, names);
            let label_name = schema.and_then(|schema| schema.label_name.as_ref());
            let label_name = label_name.filter(|name| self.needs_label || names.contains(name));
            let label = match asked {
                Some(label) => label,
                None => label_name.map(place).transpose()?,
            };
            (label, wanted.iter().map(place).collect::<Result<Vec<_>, _>>()?)
        } else {
            let label = match asked {
                Some(label) => label,
                // As many columns as inputs: none is left for labels.
                None if !self.needs_label && known == Some(left().count()) => None,
                None => left().next(),
            };
            (label, left().filter(|column| Some(*column) != label).collect())
        };
        let columns = Columns { count, label, inputs, names };
        let inputs = known.unwrap_or(columns.inputs.len().max(1));
        if columns.inputs.len() != inputs {
            let expected = count + inputs - columns.inputs.len();
            return Err(columns.wrong_count(lines, count, expected));
        }
        if self.needs_label && label.is_none() {
            return Err(lines.fault(None, "no column of labels", "one"));
        }
        Ok(columns)
    }
}

impl Columns {
    /// Whether fields are the label and then all inputs, in order.
    pub fn are_plain(&self) -> bool {
        self.label == Some(0) && self.inputs.iter().copied().eq(1..self.count)
    }

    /// The fault of a line of `found` columns where there should be `expected`.
    pub fn wrong_count(&self, lines: &Lines, found: usize, expected: usize) -> DataError {
        let plural = if found == 1 { "column" } else { "columns" };
        let label = usize::from(self.label.is_some());
        let inputs = expected - (self.count - self.inputs.len());
        let ignored = expected - inputs - label;
        let mut parts = vec![match inputs {
            1 => "a value".into(),
            inputs => format!("{inputs} values"),
        }];
        if label == 1 {
            parts.insert(0, "a label".into());
        }
        if ignored > 0 {
            parts.push(format!("{ignored} not read"));
        }
        let at_least = if self.inputs.is_empty() && inputs == 1 { "at least " } else { "" };
        let expected = format!("{at_least}{expected} ({})", parts.join(" and "));
        let other = found == 1 && memchr::memchr3(b',', b';', b'\t', lines.text()).is_some();
        let remedy = other.then_some(Remedy::Delimiter);
        DataError { remedy, ..lines.fault(None, format!("{found} {plural}"), expected) }
    }
}

/// The names that a header gives the columns.
fn names(lines: &Lines, fields: &Fields) -> Result<Vec<String>, DataError> {
    let name = |column| match fields.text(column) {
        Some(name) => Ok(name.to_owned()),
        None => Err(lines.fault(Some(column), fields.shown(column), "a name in UTF-8")),
    };
    (0..fields.len()).map(name).collect()
}

/// The place of a column from 0, if one is meant.
fn place(
    lines: &Lines,
    column: &Column,
    count: usize,
    names: Option<&[String]>,
) -> Result<Option<usize>, DataError> {
    match (column, names) {
        (Column::Number(number), _) if *number > count => {
            Err(lines.fault(None, format!("{count} columns"), format!("a column {number}")))
        }
        (Column::Name(name), Some(names)) => place_of_name(lines, name, names).map(Some),
        (Column::Name(name), None) => {
            let expected = format!("a header with the column {name:?}");
            Err(lines.fault(None, "no header", expected))
        }
        _ => Ok(column.place(count)),
    }
}

/// The place of the one column of this name.
fn place_of_name(lines: &Lines, name: &String, names: &[String]) -> Result<usize, DataError> {
    let mut places = (0..names.len()).filter(|&column| names[column] == *name);
    match (places.next(), places.next()) {
        (Some(place), None) => Ok(place),
        (Some(_), Some(second)) => {
            let found = format!("a second {name:?}");
            Err(lines.fault(Some(second), found, "names that tell columns apart"))
        }
        (None, _) => {
            let distance = |other: &&String| strsim::damerau_levenshtein(other, name);
            let nearest = names.iter().min_by_key(distance).map_or("", String::as_str);
            let found = format!("no column {name:?}");
            Err(lines.fault(None, found, format!("one; the nearest is {nearest:?}")))
        }
    }
}
