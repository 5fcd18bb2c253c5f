//! The data sets of a run: files, or the built-in letters.

use crate::digest::Digest;
use rankone::letters::{self, Letters, Size};
use rankone::{Column, Dataset, Delimiter, Error, Header, Number, Reader, Result, Values};
use serde::{Deserialize, Serialize};
use std::path::{self, Path, PathBuf};

/// The form of a data file.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct FileForm {
    /// Whether the first line names the columns.
    pub header: Header,
    /// What stands between two fields.
    pub delimiter: Delimiter,
    /// The column of labels; `None` for the first, or that of the model's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<Column>,
    /// Columns that are neither label nor input.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ignore: Vec<Column>,
    /// The most examples that are read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<u64>,
}

impl FileForm {
    /// A reader of such files.
    pub fn reader<T: Number>(&self) -> Reader<T> {
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
}

/// A data file, and its form.
#[derive(Debug, Clone, Copy)]
pub struct DataFile<'a> {
    /// Where it is.
    pub path: &'a Path,
    /// How it is read.
    pub form: &'a FileForm,
}

impl DataFile<'_> {
    /// A reader of such files.
    pub fn reader<T: Number>(&self) -> Reader<T> {
        self.form.reader()
    }
}

/// Which data sets, and how they are read.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct DataSpec {
    /// The file of the training set; `None` for the built-in letters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub train: Option<PathBuf>,
    /// The file of the validation set, if there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub validation: Option<PathBuf>,
    /// The form of both.
    #[serde(flatten)]
    pub form: FileForm,
    /// K, whose labels are 0 to K-1; `None` for the labels that the training set holds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub classes: Option<usize>,
    /// Which values there may be, and how they are scaled.
    pub values: Values,
    /// The share of the training file's examples that is held out for validation, if any is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub validation_share: Option<f64>,
    /// The seed of that split.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub split_seed: Option<u64>,
}

/// A path as it is found from everywhere; one that is not UTF-8 cannot be kept in JSON as it is.
fn absolute(path: &PathBuf) -> PathBuf {
    let path = path::absolute(path).unwrap_or_else(|_| path.clone());
    path.to_string_lossy().into_owned().into()
}

impl DataSpec {
    /// The same data, found from everywhere.
    #[must_use]
    pub fn with_absolute_paths(&self) -> Self {
        let (train, validation) =
            (self.train.as_ref().map(absolute), self.validation.as_ref().map(absolute));
        Self { train, validation, ..self.clone() }
    }

    fn reader<T: Number>(&self) -> Reader<T> {
        self.form.reader().values(self.values).classes(self.classes)
    }

    /// Reads the data sets, or draws the built-in letters; a share is drawn from `seed` where no
    /// other is set.
    ///
    /// # Errors
    /// Those of [`Reader::read`] and [`Reader::read_split`]; [`Error::Setting`] for options about
    /// files where there is none.
    pub fn read<T: Number>(&self, seed: u64) -> Result<Input<T>> {
        let Some(train) = &self.train else {
            if *self != Self::default() {
                return Err(Error::Setting {
                    name: "options about data files",
                    found: "no file".into(),
                    expected: "TRAIN.csv with them",
                });
            }
            return Ok(Input::built_in());
        };
        let reader = self.reader();
        match self.validation_share {
            Some(share) => {
                Input::read_split(&reader, train, share, self.split_seed.unwrap_or(seed))
            }
            None => Input::read(&reader, train, self.validation.as_deref()),
        }
    }

    /// Reads the training file, whose examples are cut at random into so many `folds`, each of
    /// which is for validation in its turn; from `seed` where no other is set.
    ///
    /// # Errors
    /// Those of [`Reader::read_folds`].
    ///
    /// # Panics
    /// Where there is no training file.
    pub fn read_folds<T: Number>(&self, folds: usize, seed: u64) -> Result<Vec<Input<T>>> {
        let path = self.train.as_deref().expect("folds are of a file");
        let seed = self.split_seed.unwrap_or(seed);
        let mut hash = Digest::default();
        let turns = self.reader().read_folds(path, folds, seed, |bytes| hash.update(bytes))?;
        let hash = hash.hexadecimal();
        Ok(turns.into_iter().map(|parts| Input::of_parts(path, &hash, parts)).collect())
    }
}

/// A data set: where it came from and what it is.
#[derive(Debug, Clone, Serialize)]
pub struct Source {
    /// File name, or what else it is called.
    pub name: String,
    /// SHA-256 of the CSV file, hexadecimal.
    pub sha256: String,
    /// N.
    pub examples: usize,
    /// M.
    pub inputs: usize,
    /// K.
    pub classes: usize,
}

impl Source {
    /// The data set `data`, which `name` holds as a CSV file of checksum `sha256`.
    fn new<T: Number>(name: String, sha256: String, data: &Dataset<T>) -> Self {
        let (examples, inputs, classes) = (data.examples(), data.inputs(), data.classes());
        Self { name, sha256, examples, inputs, classes }
    }
}

/// A training set, a validation set if there is one, and what they are.
#[derive(Debug)]
pub struct Input<T> {
    /// The training set.
    pub train: Dataset<T>,
    /// The validation set.
    pub validation: Option<Dataset<T>>,
    /// What the training set is.
    pub train_source: Source,
    /// What the validation set is.
    pub validation_source: Option<Source>,
}

impl<T: Number> Input<T> {
    /// Reads two files, the second like the first; or one, all for training.
    ///
    /// # Errors
    /// Those of [`Reader::read`].
    pub fn read(reader: &Reader<T>, train: &Path, validation: Option<&Path>) -> Result<Self> {
        let (train, train_source) = read(reader, train)?;
        let reader = reader.clone().like(train.schema());
        let validation = validation.map(|path| read(&reader, path)).transpose()?;
        let (validation, validation_source) = validation.unzip();
        Ok(Self { train, validation, train_source, validation_source })
    }

    /// Reads a file of which a `share` of the examples, drawn from `seed`, is for validation.
    fn read_split(reader: &Reader<T>, path: &Path, share: f64, seed: u64) -> Result<Self> {
        let mut hash = Digest::default();
        let parts = reader.read_split_tapped(path, share, seed, |bytes| hash.update(bytes))?;
        Ok(Self::of_parts(path, &hash.hexadecimal(), parts))
    }

    fn of_parts(path: &Path, hash: &str, (train, validation): (Dataset<T>, Dataset<T>)) -> Self {
        let name = path.display();
        let source =
            |what: &str, data| Source::new(format!("{name}, {what}"), hash.to_owned(), data);
        let train_source = source("training part", &train);
        let validation_source = Some(source("validation part", &validation));
        Self { train, validation: Some(validation), train_source, validation_source }
    }

    /// Draws the built-in letters, always the same.
    pub fn built_in() -> Self {
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
///
/// # Errors
/// Those of [`Reader::read`].
pub fn read<T: Number>(reader: &Reader<T>, path: &Path) -> Result<(Dataset<T>, Source)> {
    let mut hash = Digest::default();
    let data = reader.read_tapped(path, |bytes| hash.update(bytes))?;
    let source = Source::new(path.display().to_string(), hash.hexadecimal(), &data);
    Ok((data, source))
}
