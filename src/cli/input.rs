//! The data sets of a command: files, or the built-in letters.

use crate::dataset::csv;
use crate::dataset::letters::{self, Letters, Size};
use crate::run_folder::Source;
use crate::{Dataset, Number, Result};
use sha2::{Digest, Sha256};
use std::io;
use std::path::Path;

/// A training and a validation set, and what they are.
pub(super) struct Input<T> {
    pub(super) train: Dataset<T>,
    pub(super) validation: Dataset<T>,
    pub(super) train_source: Source,
    pub(super) validation_source: Source,
}

impl<T: Number> Input<T> {
    /// Reads two files, the second with as many inputs as the first.
    pub(super) fn read(train: &Path, validation: &Path, classes: usize) -> Result<Self> {
        let (train, train_source) = read(train, classes, None)?;
        let (validation, validation_source) = read(validation, classes, Some(train.inputs()))?;
        Ok(Self { train, validation, train_source, validation_source })
    }

    /// Draws the built-in letters, always the same.
    pub(super) fn built_in() -> Self {
        let (train, validation) = letters::synthesize(Size::Large, 0);
        let set = |letters: &Letters, name: &str| {
            let mut hash = HashWriter(Sha256::new());
            letters.write_csv(&mut hash).expect("a hash takes any bytes");
            let data = Dataset::from_letters(letters).expect("there are letters");
            let source = Source::new(name.into(), hexadecimal(hash.0), &data);
            (data, source)
        };
        let (train, train_source) = set(&train, "built-in letters, large, training");
        let (validation, validation_source) =
            set(&validation, "built-in letters, large, validation");
        Self { train, validation, train_source, validation_source }
    }
}

/// Reads one file, whose examples must have `inputs` values where that is said.
pub(super) fn read<T: Number>(
    path: &Path,
    classes: usize,
    inputs: Option<usize>,
) -> Result<(Dataset<T>, Source)> {
    let mut hash = Sha256::new();
    let data = csv::read_tapped(path, classes, inputs, |bytes| hash.update(bytes))?;
    let source = Source::new(path.display().to_string(), hexadecimal(hash), &data);
    Ok((data, source))
}

fn hexadecimal(hash: Sha256) -> String {
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What is written to it, it digests.
struct HashWriter(Sha256);

impl io::Write for HashWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
