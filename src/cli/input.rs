//! The data sets of a training: files, or the built-in letters.

use crate::dataset::letters::{self, Letters, Size};
use crate::digest::Digest;
use crate::run_folder::Source;
use crate::{Dataset, Number, Reader, Result};
use std::path::Path;

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
        let (train, validation) = reader.read_split_tapped(path, share, seed, tap)?;
        let (name, hash) = (path.display(), hash.hexadecimal());
        let source = |what: &str, data| Source::new(format!("{name}, {what}"), hash.clone(), data);
        let of_train = source("training part", &train);
        let of_validation = Some(source("validation part", &validation));
        let (train_source, validation_source) = (of_train, of_validation);
        Ok(Self { train, validation: Some(validation), train_source, validation_source })
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
