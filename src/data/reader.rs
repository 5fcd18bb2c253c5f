//! Reads data sets from CSV, as it comes. The lines of a regular file are counted before: the data
//! set is allocated once.

use super::Dataset;
use super::classes::{Classes, Labels};
use super::columns::{Column, Columns, Header, Selection};
use super::fields::{Delimiter, Fields};
use super::lines::Lines;
use super::rows::Rows;
use super::scaling::Values;
use super::schema::Schema;
use crate::error::{DataError, Remedy, Result};
use ndarray::Array2;
use rankone_kernels::Number;
use std::io::Read;
use std::marker::PhantomData;
use std::path::Path;

/// How data files are read. From [`Dataset::reader`]: each setting is left as the handout has it,
/// where it is not said.
///
/// A file is CSV in UTF-8, an example a line: a label, and M values. LF and CRLF line ends, a byte
/// order mark, quotes around whole fields, blanks around fields, a missing last newline and blank
/// last lines are all accepted.
#[derive(Debug, Clone)]
pub struct Reader<T> {
    header: Header,
    delimiter: Delimiter,
    columns: Selection,
    classes: Option<usize>,
    values: Values,
    limit: usize,
    schema: Option<Schema>,
    numbers: PhantomData<T>,
}

impl<T> Default for Reader<T> {
    fn default() -> Self {
        Self {
            header: Header::Auto,
            delimiter: Delimiter::Comma,
            columns: Selection::default(),
            classes: None,
            values: Values::Unit,
            limit: usize::MAX,
            schema: None,
            numbers: PhantomData,
        }
    }
}

impl<T: Number> Reader<T> {
    /// Whether the first line names the columns; if that is not said, the line tells itself.
    #[must_use]
    pub fn header(self, header: Header) -> Self {
        Self { header, ..self }
    }

    /// What stands between two fields; a comma, if that is not said.
    #[must_use]
    pub fn delimiter(self, delimiter: Delimiter) -> Self {
        Self { delimiter, ..self }
    }

    /// The column of labels; the first one, or that of the same name as in the data set or model
    /// which the file is to be [`like`](Self::like), if it is not said.
    #[must_use]
    pub fn label(mut self, column: Column) -> Self {
        self.columns.label = Some(column);
        self
    }

    /// Columns that are neither labels nor inputs.
    #[must_use]
    pub fn ignore(mut self, columns: impl IntoIterator<Item = Column>) -> Self {
        self.columns.ignore = columns.into_iter().collect();
        self
    }

    /// K: labels are then the whole numbers 0 to K-1. If it is not said, the classes are the labels
    /// that the file holds: whole numbers in the order of their value, otherwise names in the order
    /// of their bytes.
    #[must_use]
    pub fn classes(self, classes: impl Into<Option<usize>>) -> Self {
        Self { classes: classes.into(), ..self }
    }

    /// Which values there may be, and what is done to them.
    #[must_use]
    pub fn values(self, values: Values) -> Self {
        Self { values, ..self }
    }

    /// The first so many examples of a file, and no more.
    #[must_use]
    pub fn limit(self, examples: usize) -> Self {
        Self { limit: examples, ..self }
    }

    /// Inputs, classes and values as `schema` has them, that of a training set or a model. Where
    /// both have names, the inputs are found by theirs.
    #[must_use]
    pub fn like(self, schema: &Schema) -> Self {
        Self { values: schema.values, schema: Some(schema.clone()), ..self }
    }

    /// Reads the data set in the file `path`.
    ///
    /// # Errors
    /// [`Error::Data`](crate::Error::Data) names the file, line and column of the first fault, what
    /// was found there and what was expected.
    pub fn read(&self, path: impl AsRef<Path>) -> Result<Dataset<T>> {
        self.read_tapped(path.as_ref(), |_| {})
    }

    /// As [`read`](Self::read), and shows `tap` all bytes of the file in order as they are read, to
    /// compute a checksum of them.
    ///
    /// # Errors
    /// Those of [`read`](Self::read).
    pub fn read_tapped(&self, path: &Path, tap: impl FnMut(&[u8])) -> Result<Dataset<T>> {
        let mut data = self.read_unscaled(path, tap)?;
        data.scale()?;
        Ok(data)
    }

    /// Reads a file and puts a `share` of its examples, drawn at random from `seed`, apart, for
    /// validation.
    ///
    /// Of N examples these are the nearest whole number to `share` N, halves rounded up. Both parts
    /// keep the order of the file. Values are scaled by those of the training part; the classes are
    /// those of the file as a whole.
    ///
    /// # Errors
    /// Those of [`read`](Self::read); [`Error::Setting`](crate::Error::Setting) where a part would
    /// be empty.
    pub fn read_split(
        &self,
        path: impl AsRef<Path>,
        share: f64,
        seed: u64,
    ) -> Result<(Dataset<T>, Dataset<T>)> {
        self.read_split_tapped(path.as_ref(), share, seed, |_| {})
    }

    /// [`read_split`](Self::read_split), as [`read_tapped`](Self::read_tapped).
    ///
    /// # Errors
    /// Those of [`read_split`](Self::read_split).
    pub fn read_split_tapped(
        &self,
        path: &Path,
        share: f64,
        seed: u64,
        tap: impl FnMut(&[u8]),
    ) -> Result<(Dataset<T>, Dataset<T>)> {
        scaled(self.read_unscaled(path, tap)?.split(share, seed)?)
    }

    /// Reads a file whose examples are cut at random, from `seed`, into so many `folds`: for each
    /// of them the training set without it, and it as the validation set, both as
    /// [`read_split`](Self::read_split) gives them.
    ///
    /// # Errors
    /// Those of [`read`](Self::read) and of [`Dataset::folds`].
    pub fn read_folds(
        &self,
        path: &Path,
        folds: usize,
        seed: u64,
        tap: impl FnMut(&[u8]),
    ) -> Result<Vec<(Dataset<T>, Dataset<T>)>> {
        let turns = self.read_unscaled(path, tap)?.folds(folds, seed)?;
        turns.into_iter().map(scaled).collect()
    }

    /// The inputs of a file alone, N x M. It may have labels or not, as the number or the names of
    /// its columns tell; they are not read.
    ///
    /// # Errors
    /// Those of [`read`](Self::read).
    pub fn read_features(&self, path: impl AsRef<Path>) -> Result<Array2<T>> {
        let (lines, count) = Lines::open(path.as_ref(), |_| {})?;
        let mut rows = self.rows(lines, false)?;
        let (mut x, mut n) = (Vec::new(), 0);
        let inputs = rows.columns.inputs.len();
        // There may be a fault to tell before so much is needed.
        let _ = x.try_reserve_exact(count.unwrap_or(0).min(self.limit).saturating_mul(inputs));
        while rows.advance()? {
            rows.make_room(&mut x, n)?;
            rows.inputs(&mut x)?;
            n += 1;
        }
        Ok(Array2::from_shape_vec((n, inputs), x).expect("n rows"))
    }

    /// The examples that `reader` reads, one after the other; errors call it `name`.
    ///
    /// # Errors
    /// The first fault of its first line.
    pub fn stream<'a>(&self, name: &'a Path, reader: impl Read + 'a) -> Result<Rows<'a, T>> {
        self.rows(Lines::of(name, reader), false)
    }

    fn read_unscaled(&self, path: &Path, tap: impl FnMut(&[u8])) -> Result<Dataset<T>> {
        let (lines, count) = Lines::open(path, tap)?;
        let mut rows = self.rows(lines, true)?;
        let known = self.schema.as_ref().map(|schema| &schema.classes);
        let known = self.classes.map(Classes::Numbers).or(known.cloned());
        let mut classes = Labels::new(known);
        let (mut x, mut labels) = (Vec::new(), Vec::new());
        let (inputs, count) = (rows.columns.inputs.len(), count.unwrap_or(0).min(self.limit));
        let _ = x.try_reserve_exact(count.saturating_mul(inputs + 1));
        let _ = labels.try_reserve_exact(count);
        while rows.advance()? {
            rows.make_room(&mut x, labels.len())?;
            x.push(T::one());
            labels.push(rows.example(&mut classes, &mut x)?);
        }
        // Whoever watches the bytes wants all of them.
        rows.lines.drain()?;
        let classes = classes.finish(&mut labels).map_err(|(line, found, expected)| DataError {
            line,
            column: line.and(rows.columns.label).map(|column| column + 1),
            expected: expected.into(),
            remedy: Some(Remedy::Label),
            ..rows.lines.fault_of_file(&found)
        })?;
        let Columns { label, inputs: places, .. } = &rows.columns;
        let name = |column: usize| rows.columns.names.as_ref().map(|names| names[column].clone());
        let schema = match &self.schema {
            Some(known) => Schema { classes, ..known.clone() },
            None => Schema {
                inputs,
                input_names: places.iter().map(|&column| name(column)).collect(),
                label_name: label.and_then(name),
                classes,
                values: self.values,
                scaling: None,
            },
        };
        Dataset::from_rows(x, labels, schema)
    }

    /// Reads the header, if there is one, and finds the columns.
    fn rows<'a>(&self, mut lines: Lines<'a>, needs_label: bool) -> Result<Rows<'a, T>> {
        if !lines.advance()? {
            return Err(lines.fault_of_file("no example").into());
        }
        let mut fields = Fields::default();
        fields.cut_line(&lines, self.delimiter)?;
        let is_header = match self.header {
            Header::Yes => true,
            Header::No => false,
            Header::Auto => {
                self.columns.names_one_of(&fields) || self.is_header(&fields, &mut lines)?
            }
        };
        let schema = self.schema.as_ref();
        let selection = Selection { needs_label, ..self.columns.clone() };
        let columns = selection.find(&lines, &fields, is_header, schema)?;
        if is_header && !lines.advance()? {
            return Err(lines.fault_of_file("no example, but a header").into());
        }
        let is_plain = columns.are_plain() && self.delimiter != Delimiter::Space;
        Ok(Rows {
            lines,
            fields,
            delimiter: self.delimiter,
            digits: is_plain.then(|| 2 * columns.count - 1),
            columns,
            values: self.values,
            scaling: schema.and_then(|schema| schema.scaling.clone()),
            left: self.limit,
            is_next_at_hand: true,
            numbers: PhantomData,
        })
    }

    /// Whether the first line, cut into `fields`, looks like a header.
    fn is_header(&self, fields: &Fields, lines: &mut Lines) -> Result<bool> {
        let mut all = 0..fields.len();
        if all.clone().all(|column| fields.number(column).is_none()) {
            return Ok(true);
        }
        if all.len() > 2 && all.all(|column| fields.number(column) == Some(column as f64)) {
            return Ok(true);
        }
        let Some(label) = self.columns.label_place(fields.len()) else { return Ok(false) };
        if fields.number(label).is_some() {
            return Ok(false);
        }
        let mut next = Fields::default();
        let is_cut = next.cut(lines.peek()?, self.delimiter).is_ok();
        Ok(is_cut && label < next.len() && next.number(label).is_some())
    }
}

/// A training set, and a validation set that is scaled like it, if they are not scaled yet.
fn scaled<T: Number>(
    (mut train, mut validation): (Dataset<T>, Dataset<T>),
) -> Result<(Dataset<T>, Dataset<T>)> {
    if train.schema.scaling.is_none() {
        train.scale()?;
        validation.scale_like(&train)?;
    }
    Ok((train, validation))
}
