//! How data files are read, as options of the commands that read some.

use super::choice;
use crate::dataset::MOST_CLASSES;
use crate::{Column, Delimiter, Error, Header, Number, Reader, Remedy, Result, Values};
use clap::Args;

/// The heading of these options in a `--help`.
pub(super) const DATA: &str = "Data";

/// The form of a file.
#[derive(Debug, Args)]
#[command(next_help_heading = DATA)]
pub(super) struct FormArguments {
    /// Whether the first line names the columns
    #[arg(long, value_parser = choice::<Header>(HEADERS), default_value_t = Header::Auto, hide_possible_values = true)]
    header: Header,

    /// Column of the labels: first, last, none, a number from 1, or a name [default: first, or that of the model's name]
    #[arg(long, value_name = "COLUMN")]
    label: Option<Column>,

    /// What stands between two fields: , or ; or tab or space
    #[arg(long, value_parser = choice::<Delimiter>(DELIMITERS), default_value_t = Delimiter::Comma, hide_possible_values = true)]
    delimiter: Delimiter,

    /// Columns that are neither label nor input, by number or name
    #[arg(long, value_name = "COLUMN,...", value_delimiter = ',')]
    ignore: Vec<Column>,

    /// Read the first N examples only
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    limit: Option<u64>,
}

/// What labels and values mean.
#[derive(Debug, Args)]
#[command(next_help_heading = DATA)]
pub(super) struct MeaningArguments {
    /// Labels are 0 to K-1 [default: those that the training set holds]
    ///
    /// Those may be numbers or names.
    #[arg(long, value_name = "K", value_parser = classes)]
    classes: Option<usize>,

    /// Which values there may be, and how they are scaled
    #[arg(long, value_parser = choice::<Values>(VALUES), default_value_t = Values::Unit, hide_possible_values = true)]
    values: Values,
}

impl FormArguments {
    pub(super) fn reader<T: Number>(&self) -> Reader<T> {
        let limit = self.limit.and_then(|limit| usize::try_from(limit).ok());
        let reader = Reader::default()
            .header(self.header)
            .delimiter(self.delimiter)
            .ignore(self.ignore.clone())
            .limit(limit.unwrap_or(usize::MAX));
        match &self.label {
            Some(label) => reader.label(label.clone()),
            None => reader,
        }
    }

    /// Whether anything was said of files.
    fn is_said(&self) -> bool {
        let Self { header, label, delimiter, ignore, limit } = self;
        *header != Header::Auto
            || *delimiter != Delimiter::Comma
            || label.is_some()
            || !ignore.is_empty()
            || limit.is_some()
    }
}

impl MeaningArguments {
    /// Refuses what is said of files where there is none.
    pub(super) fn check_unsaid(&self, form: &FormArguments) -> Result<()> {
        if form.is_said() || self.classes.is_some() || self.values != Values::Unit {
            return Err(Error::Setting {
                name: "options about data files",
                found: "no file".into(),
                expected: "TRAIN.csv with them",
            });
        }
        Ok(())
    }

    pub(super) fn reader<T: Number>(&self, form: &FormArguments) -> Reader<T> {
        form.reader().values(self.values).classes(self.classes)
    }
}

/// Parses K.
pub(super) fn classes(text: &str) -> Result<usize, String> {
    let classes = text.parse().ok().filter(|k| (1..=MOST_CLASSES).contains(k));
    classes.ok_or_else(|| format!("expected a number from 1 to {MOST_CLASSES}"))
}

/// The options that may help against a fault.
pub(super) fn remedy(remedy: Remedy) -> &'static str {
    match remedy {
        Remedy::Label => {
            "--label says which column holds the labels, --classes that they are 0 to K-1"
        }
        Remedy::Delimiter => "--delimiter says what stands between two fields",
        Remedy::Classes => "--classes says that labels are the numbers 0 to K-1",
        Remedy::Values => {
            "--values any, scale or standardize takes others, when a model is trained"
        }
    }
}

const HEADERS: [(&str, &str); 3] = [
    (
        "auto",
        "If none of its fields is a number, or its label is none while the next line's is, or it counts its columns from 0",
    ),
    ("yes", "It does"),
    ("no", "It does not"),
];

const DELIMITERS: [(&str, &str); 4] =
    [(",", "A comma"), (";", "A semicolon"), ("tab", "A tab"), ("space", "One space or more")];

const VALUES: [(&str, &str); 4] = [
    ("unit", "From 0 to 1, as they are"),
    ("any", "Any number, as it is"),
    (
        "scale",
        "Any; an input's least and greatest of the training set become 0 and 1, others may go beyond",
    ),
    (
        "standardize",
        "Any; minus an input's mean in the training set, by its standard deviation there",
    ),
];
