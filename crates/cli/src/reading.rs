//! Which data files are read, and how: options that several commands share.

use crate::choices::{DELIMITERS, HEADERS, VALUES, choice};
use clap::Args;
use rankone::{Column, Delimiter, Header, MOST_CLASSES, Remedy, Values};
use rankone_runs::{DataSpec, FileForm};
use std::path::PathBuf;

/// The heading of these options in a `--help`.
pub const DATA: &str = "Data";

/// The form of a file.
#[derive(Debug, Args)]
#[command(next_help_heading = DATA)]
pub struct FormArguments {
    /// Whether the first line names the columns
    #[arg(long, value_parser = choice::<Header>(HEADERS), default_value_t = Header::Auto, hide_possible_values = true)]
    header: Header,

    /// Column of the labels: first, last, none, a number from 1, or a name [default: first, or that
    /// of the model's name]
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
pub struct MeaningArguments {
    /// Labels are 0 to K-1 [default: those that the training set holds]
    ///
    /// Those may be numbers or names.
    #[arg(long, value_name = "K", value_parser = classes)]
    pub classes: Option<usize>,

    /// Which values there may be, and how they are scaled
    #[arg(long, value_parser = choice::<Values>(VALUES), default_value_t = Values::Unit, hide_possible_values = true)]
    pub values: Values,
}

/// Which data sets, and how they are read.
#[derive(Debug, Args)]
pub struct DataArguments {
    /// CSV of the training set
    #[arg(value_name = "TRAIN.csv")]
    pub train: Option<PathBuf>,

    /// CSV of the validation set, if there is one
    #[arg(value_name = "VALIDATION.csv")]
    pub validation: Option<PathBuf>,

    #[command(flatten)]
    form: FormArguments,

    #[command(flatten)]
    meaning: MeaningArguments,

    #[command(flatten)]
    split: SplitArguments,
}

/// The part of the training file that is held out.
#[derive(Debug, Args)]
#[command(next_help_heading = DATA)]
pub struct SplitArguments {
    /// Share of the training file's examples to put apart for validation
    ///
    /// Drawn at random, from --split-seed.
    #[arg(long, value_name = "P", value_parser = share, group = "parts", requires = "train", conflicts_with = "validation")]
    validation_share: Option<f64>,

    /// Seed of that choice [default: that of --seed; 0 in a sweep]
    #[arg(long, value_name = "SEED", requires = "parts")]
    split_seed: Option<u64>,
}

impl FormArguments {
    /// Returns the form that the options give.
    pub fn form(&self) -> FileForm {
        let Self { header, label, delimiter, ignore, limit } = self;
        let (label, ignore) = (label.clone(), ignore.clone());
        FileForm { header: *header, delimiter: *delimiter, label, ignore, limit: *limit }
    }
}

impl DataArguments {
    /// Returns the data sets that the options give.
    pub fn spec(&self) -> DataSpec {
        DataSpec {
            train: self.train.clone(),
            validation: self.validation.clone(),
            form: self.form.form(),
            classes: self.meaning.classes,
            values: self.meaning.values,
            validation_share: self.split.validation_share,
            split_seed: self.split.split_seed,
        }
    }
}

/// Parses a share of examples.
fn share(text: &str) -> Result<f64, String> {
    let share = text.parse().ok().filter(|share| (0.0..1.0).contains(share) && *share > 0.0);
    share.ok_or_else(|| "expected a number between 0 and 1".into())
}

/// Parses K.
pub fn classes(text: &str) -> Result<usize, String> {
    let classes = text.parse().ok().filter(|k| (1..=MOST_CLASSES).contains(k));
    classes.ok_or_else(|| format!("expected a number from 1 to {MOST_CLASSES}"))
}

/// Returns what the option does that may help against an error in a data file.
pub fn remedy(remedy: Remedy) -> &'static str {
    match remedy {
        Remedy::Label => {
            "--label says which column holds the labels, --classes that they are 0 to K-1"
        }
        Remedy::Delimiter => "--delimiter says what stands between two fields",
        Remedy::Classes => "--classes says that labels are the numbers 0 to K-1",
        Remedy::Values => {
            "--values any, scale or standardize takes others, when a model is trained"
        }
        _ => "see --help",
    }
}
