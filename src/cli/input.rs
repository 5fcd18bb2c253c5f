//! The data sets of a training: files, or the built-in letters.

use super::reading::{DATA, FormArguments, MeaningArguments};
use super::{output, traps};
use crate::dataset::letters::{self, Letters, Size};
use crate::digest::Digest;
use crate::run_folder::Source;
use crate::{Dataset, Number, Reader, Result};
use clap::Args;
use std::path::{Path, PathBuf};

/// Which data sets, and how they are read.
#[derive(Debug, Args)]
pub(super) struct DataArguments {
    /// CSV of the training set
    #[arg(value_name = "TRAIN.csv")]
    pub(super) train: Option<PathBuf>,

    /// CSV of the validation set, if there is one
    #[arg(value_name = "VALIDATION.csv")]
    pub(super) validation: Option<PathBuf>,

    #[command(flatten)]
    form: FormArguments,

    #[command(flatten)]
    meaning: MeaningArguments,

    /// Share of the training file's examples to put apart for validation
    ///
    /// Drawn at random, from --split-seed.
    #[arg(long, value_name = "P", value_parser = share, group = "parts", requires = "train", conflicts_with = "validation", help_heading = DATA)]
    pub(super) validation_share: Option<f64>,

    /// Seed of that choice [default: that of --seed; 0 in a sweep]
    #[arg(long, value_name = "SEED", requires = "parts", help_heading = DATA)]
    split_seed: Option<u64>,
}

/// Parses a share of examples.
fn share(text: &str) -> Result<f64, String> {
    let share = text.parse().ok().filter(|share| (0.0..1.0).contains(share) && *share > 0.0);
    share.ok_or_else(|| "expected a number between 0 and 1".into())
}

impl DataArguments {
    /// Reads them, or draws the built-in letters; a share is drawn from `seed` where no other is said.
    pub(super) fn input<T: Number>(&self, seed: u64) -> Result<Input<T>> {
        let reader = self.meaning.reader::<T>(&self.form);
        let Some(train) = &self.train else {
            self.meaning.check_unsaid(&self.form)?;
            return Ok(Input::built_in());
        };
        match self.validation_share {
            Some(share) => {
                Input::read_split(&reader, train, share, self.split_seed.unwrap_or(seed))
            }
            None => Input::read(&reader, train, self.validation.as_deref()),
        }
    }

    /// Reads the training file, whose examples are cut into so many `folds`, each of which is for validation in its turn;
    /// from `seed` where no other is said.
    pub(super) fn folds<T: Number>(&self, folds: usize, seed: u64) -> Result<Vec<Input<T>>> {
        let reader = self.meaning.reader::<T>(&self.form);
        let train = self.train.as_deref().expect("clap asks for it");
        Input::read_folds(&reader, train, folds, self.split_seed.unwrap_or(seed))
    }
}

/// A training set, a validation set if there is one, and what they are.
pub(super) struct Input<T> {
    pub(super) train: Dataset<T>,
    pub(super) validation: Option<Dataset<T>>,
    pub(super) train_source: Source,
    pub(super) validation_source: Option<Source>,
}

impl<T: Number> Input<T> {
    /// Reads two files, the second like the first; or one, all for training.
    pub(super) fn read(
        reader: &Reader<T>,
        train: &Path,
        validation: Option<&Path>,
    ) -> Result<Self> {
        let (train, train_source) = read(reader, train)?;
        let reader = reader.clone().like(train.schema());
        let validation = validation.map(|path| read(&reader, path)).transpose()?;
        let (validation, validation_source) = validation.unzip();
        Ok(Self { train, validation, train_source, validation_source })
    }

    /// Reads a file of which a `share` of the examples, drawn from `seed`, is for validation.
    pub(super) fn read_split(
        reader: &Reader<T>,
        path: &Path,
        share: f64,
        seed: u64,
    ) -> Result<Self> {
        let mut hash = Digest::default();
        let tap = |bytes: &[u8]| hash.update(bytes);
        let parts = reader.read_split_tapped(path, share, seed, tap)?;
        Ok(Self::of_parts(path, &hash.hexadecimal(), parts))
    }

    /// Reads a file whose examples are cut at random, from `seed`, into so many `folds`, each of which is for validation in
    /// its turn.
    fn read_folds(reader: &Reader<T>, path: &Path, folds: usize, seed: u64) -> Result<Vec<Self>> {
        let mut hash = Digest::default();
        let turns = reader.read_folds(path, folds, seed, |bytes| hash.update(bytes))?;
        let hash = hash.hexadecimal();
        Ok(turns.into_iter().map(|parts| Self::of_parts(path, &hash, parts)).collect())
    }

    fn of_parts(path: &Path, hash: &str, (train, validation): (Dataset<T>, Dataset<T>)) -> Self {
        let name = path.display();
        let source =
            |what: &str, data| Source::new(format!("{name}, {what}"), hash.to_owned(), data);
        let of_train = source("training part", &train);
        let of_validation = Some(source("validation part", &validation));
        let (train_source, validation_source) = (of_train, of_validation);
        Self { train, validation: Some(validation), train_source, validation_source }
    }

    /// Tells people what in the data may surprise them; `in_order` where training follows the order of the file.
    pub(super) fn tell_traps(&self, in_order: bool) {
        let notes = traps::notes(&self.train, self.validation.as_ref(), in_order);
        notes.iter().for_each(|note| output::note(&format!("note: {note}")));
    }

    /// Draws the built-in letters, always the same.
    pub(super) fn built_in() -> Self {
        let (train, validation) = letters::synthesize(Size::Large, 0);
        let set = |letters: &Letters, name: &str| {
            let mut hash = Digest::default();
            letters.write_csv(&mut hash).expect("a hash takes any bytes");
            let data = Dataset::from_letters(letters).expect("there are letters");
            let source = Source::new(name.into(), hash.hexadecimal(), &data);
            (data, source)
        };
        let (train, train_source) = set(&train, "built-in letters, large, training");
        let (validation, source) = set(&validation, "built-in letters, large, validation");
        Self { train, validation: Some(validation), train_source, validation_source: Some(source) }
    }
}

/// Reads one file.
pub(super) fn read<T: Number>(reader: &Reader<T>, path: &Path) -> Result<(Dataset<T>, Source)> {
    let mut hash = Digest::default();
    let data = reader.read_tapped(path, |bytes| hash.update(bytes))?;
    let source = Source::new(path.display().to_string(), hash.hexadecimal(), &data);
    Ok((data, source))
}
