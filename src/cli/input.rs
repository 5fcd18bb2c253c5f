//! The data sets of a training: files, or the built-in letters.

use super::output;
use crate::dataset::letters::{self, Letters, Size};
use crate::run_folder::Source;
use crate::words::count;
use crate::{Dataset, Number, Reader, Result};
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::io;
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
        let mut hash = Sha256::new();
        let tap = |bytes: &[u8]| hash.update(bytes);
        let (train, validation) = reader.read_split_tapped(path, share, seed, tap)?;
        let (name, hash) = (path.display(), hexadecimal(hash));
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
            let mut hash = HashWriter(Sha256::new());
            letters.write_csv(&mut hash).expect("a hash takes any bytes");
            let data = Dataset::from_letters(letters).expect("there are letters");
            let source = Source::new(name.into(), hexadecimal(hash.0), &data);
            (data, source)
        };
        let (train, train_source) = set(&train, "built-in letters, large, training");
        let (validation, source) = set(&validation, "built-in letters, large, validation");
        Self { train, validation: Some(validation), train_source, validation_source: Some(source) }
    }

    /// Tells people what in the data may surprise them; `in_order` where training follows the file's order.
    pub(super) fn tell_traps(&self, in_order: bool) {
        let (train, labels) = (&self.train, self.train.labels());
        let seen = labels.iter().collect::<std::collections::HashSet<_>>().len();
        let changes = labels.windows(2).filter(|pair| pair[0] != pair[1]).count();
        if in_order && seen > 1 && changes + 1 == seen && labels.len() > seen {
            output::note(
                "note: the training set is sorted by label: in file order the first labels are forgotten \
                 (--order shuffled mends it)",
            );
        }
        if seen < train.classes() {
            let (seen, classes) = (count(seen, "label"), train.classes());
            output::note(&format!(
                "note: the training set holds {seen} of the {classes} there may be"
            ));
        }
        let is_constant = |m: &usize| {
            let column = train.features();
            let column = column.column(*m);
            column.iter().all(|value| *value == column[0])
        };
        let constant: Vec<_> = (0..train.inputs()).filter(is_constant).collect();
        if !constant.is_empty() {
            let name = |&m: &usize| match &train.schema().input_names {
                Some(names) => names[m].clone(),
                None => (m + 1).to_string(),
            };
            let names: Vec<_> = constant.iter().take(10).map(name).collect();
            let more = if constant.len() > 10 { ", ..." } else { "" };
            let (inputs, names) = (count(constant.len(), "input"), names.join(", "));
            output::note(&format!("note: constant in the training set: {inputs} ({names}{more})"));
        }
        let Some(validation) = &self.validation else { return };
        let mut rows: HashMap<_, Vec<_>> = HashMap::new();
        for (x, label) in validation.iter() {
            rows.entry(row_hash(x, label)).or_default().push((x, label));
        }
        let all = rows.values().map(Vec::len).sum::<usize>();
        for (x, label) in train.iter() {
            if let Some(same) = rows.get_mut(&row_hash(x, label)) {
                same.retain(|row| *row != (x, label));
            }
        }
        let shared = all - rows.values().map(Vec::len).sum::<usize>();
        if shared > 0 {
            let examples = count(shared, "example");
            output::note(&format!(
                "note: {examples} of the validation set are in the training set too"
            ));
        }
    }
}

/// A number that rows of the same values and label share, and others hardly ever.
pub(super) fn row_hash<T: Number>(x: &[T], label: usize) -> u64 {
    const ODD: u64 = 0x9e37_79b9_7f4a_7c15;
    // The pieces of a row are mixed side by side, as each waits for the one before.
    let mut hashes = [label as u64; 4];
    for values in x.chunks(4) {
        for (hash, value) in hashes.iter_mut().zip(values) {
            *hash = (hash.rotate_left(23) ^ value.as_f64().to_bits()).wrapping_mul(ODD);
        }
    }
    hashes.into_iter().fold(0, |all: u64, hash| (all.rotate_left(23) ^ hash).wrapping_mul(ODD))
}

/// Reads one file.
pub(super) fn read<T: Number>(reader: &Reader<T>, path: &Path) -> Result<(Dataset<T>, Source)> {
    let mut hash = Sha256::new();
    let data = reader.read_tapped(path, |bytes| hash.update(bytes))?;
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
