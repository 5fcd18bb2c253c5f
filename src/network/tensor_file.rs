//! Safetensors files: arrays by name, and texts by key. The same content is always the same bytes,
//! and what is read is not trusted.

use ndarray::{Array2, ArrayView2};
use rankone_kernels::{Number, Precision};
use safetensors::View;
use safetensors::tensor::{Dtype, Metadata, TensorInfo, serialize};
use std::borrow::Cow;
use std::collections::HashMap;
use std::fs::File;
use std::io::Read;
use std::path::Path;

/// Texts by key.
pub type Texts = HashMap<String, String>;

/// An array to be written.
pub struct Tensor {
    dtype: Dtype,
    shape: Vec<usize>,
    /// The values row by row, little-endian.
    bytes: Vec<u8>,
}

impl Tensor {
    /// Of the shape of `matrix`, and of its precision.
    pub fn of<T: Number>(matrix: ArrayView2<T>) -> Self {
        let mut bytes = Vec::with_capacity(matrix.len() * size_of::<T>());
        for value in matrix {
            match T::PRECISION {
                Precision::F64 => bytes.extend(value.as_f64().to_le_bytes()),
                Precision::F32 => bytes.extend((value.as_f64() as f32).to_le_bytes()),
            }
        }
        let dtype = match T::PRECISION {
            Precision::F64 => Dtype::F64,
            Precision::F32 => Dtype::F32,
        };
        Self { dtype, shape: matrix.shape().to_vec(), bytes }
    }
}

impl View for Tensor {
    fn dtype(&self) -> Dtype {
        self.dtype
    }

    fn shape(&self) -> &[usize] {
        &self.shape
    }

    fn data(&self) -> Cow<'_, [u8]> {
        Cow::Borrowed(&self.bytes)
    }

    fn data_len(&self) -> usize {
        self.bytes.len()
    }
}

/// The bytes of a file of these tensors and texts. The keys of its header are sorted: as they are
/// serialized, their order differs from run to run.
pub fn to_bytes(tensors: Vec<(String, Tensor)>, texts: Texts) -> Vec<u8> {
    let file = serialize(tensors, Some(texts)).expect("named tensors serialize");
    let (length, rest) = file.split_first_chunk().expect("a header's length");
    let (header, values) = rest.split_at(u64::from_le_bytes(*length) as usize);
    let header: serde_json::Value = serde_json::from_slice(header).expect("a header of JSON");
    let mut header = header.to_string();
    // Spaces at its end keep the values aligned.
    while !header.len().is_multiple_of(8) {
        header.push(' ');
    }
    [&(header.len() as u64).to_le_bytes(), header.as_bytes(), values].concat()
}

/// Bytes of the number before the header: the header's length.
const LENGTH: usize = size_of::<u64>();
/// The most bytes that a header may have.
const MOST_HEADER: u64 = 100_000_000;

/// What was read.
pub struct TensorFile {
    /// What it says of the tensors and texts.
    header: Metadata,
    bytes: Vec<u8>,
    /// Where in the bytes the values of the tensors begin.
    start: usize,
}

impl TensorFile {
    /// A file whose bytes were read before.
    ///
    /// # Errors
    /// The reason why it is none.
    pub fn from_bytes(bytes: Vec<u8>) -> Result<Self, String> {
        let length = length_of_header(bytes.first_chunk())?;
        let start = LENGTH + length as usize;
        let header = header(&bytes, start)?;
        let end = (start as u64).saturating_add(header.data_len() as u64);
        match bytes.len() as u64 {
            found if found == end => Ok(Self { header, bytes, start }),
            found => Err(format!("{found} bytes, where its header tells of {end}")),
        }
    }

    /// The file at `path`, of which no more is read than its header says that there is.
    ///
    /// # Errors
    /// The reason why there is none.
    pub fn read(path: &Path) -> Result<Self, String> {
        let file = File::open(path).map_err(|error| error.to_string())?;
        let mut bytes = Vec::new();
        let take = |count: u64, bytes: &mut Vec<u8>| {
            let taken = (&file).take(count).read_to_end(bytes);
            taken.map_err(|error| error.to_string())
        };
        take(LENGTH as u64, &mut bytes)?;
        let length = length_of_header(bytes.first_chunk())?;
        let start = LENGTH + length as usize;
        take(length, &mut bytes)?;
        let header = header(&bytes, start)?;
        let end = (start as u64).saturating_add(header.data_len() as u64);
        let tells = |found| format!("{found}, where its header tells of {end}");
        // What lies on a disk has a size; what comes through a pipe ends, or goes on, after it was
        // read.
        let size = file.metadata().ok().filter(|found| found.is_file()).map(|found| found.len());
        if let Some(size) = size.filter(|size| *size != end) {
            return Err(tells(format!("{size} bytes")));
        }
        take(end.saturating_add(1) - start as u64, &mut bytes)?;
        let found = bytes.len() as u64;
        if found != end {
            return Err(tells(format!("{found} bytes or more")));
        }
        Ok(Self { header, bytes, start })
    }

    /// The text under `key`.
    pub fn text(&self, key: &str) -> Option<&str> {
        self.texts().find(|(found, _)| *found == key).map(|(_, text)| text)
    }

    /// All keys and texts.
    pub fn texts(&self) -> impl Iterator<Item = (&str, &str)> {
        let texts = self.header.metadata().iter().flatten();
        texts.map(|(key, text)| (key.as_str(), text.as_str()))
    }

    /// The type of a tensor's numbers.
    pub fn precision(&self, name: &str) -> Result<Precision, String> {
        match self.info(name)?.dtype {
            Dtype::F64 => Ok(Precision::F64),
            Dtype::F32 => Ok(Precision::F32),
            other => Err(format!("tensor {name} of {other:?}, not F64 or F32")),
        }
    }

    /// A tensor of two dimensions, rounded to `T` where it is of a wider type.
    pub fn matrix<T: Number>(&self, name: &str) -> Result<Array2<T>, String> {
        let TensorInfo { shape, data_offsets: (start, end), .. } = self.info(name)?;
        let &[rows, columns] = &shape[..] else {
            return Err(format!("tensor {name} of shape {shape:?}, not a matrix"));
        };
        let bytes = &self.bytes[self.start..][*start..*end];
        let values: Vec<T> = match self.precision(name)? {
            Precision::F64 => numbers(bytes, f64::from_le_bytes).map(T::from_f64).collect(),
            Precision::F32 => {
                numbers(bytes, f32::from_le_bytes).map(|v| T::from_f64(v.into())).collect()
            }
        };
        Array2::from_shape_vec((rows, columns), values).map_err(|error| error.to_string())
    }

    fn info(&self, name: &str) -> Result<&TensorInfo, String> {
        self.header.info(name).ok_or_else(|| format!("no tensor {name}"))
    }
}

fn length_of_header(length: Option<&[u8; LENGTH]>) -> Result<u64, String> {
    match length.map(|length| u64::from_le_bytes(*length)) {
        Some(length) if length <= MOST_HEADER => Ok(length),
        Some(length) => Err(format!("a header of {length} bytes")),
        None => Err("no header".into()),
    }
}

/// The header, which ends at `start`.
fn header(bytes: &[u8], start: usize) -> Result<Metadata, String> {
    let header = bytes.get(LENGTH..start).ok_or("it ends within its header")?;
    serde_json::from_slice(header).map_err(|error| format!("header: {error}"))
}

fn numbers<const N: usize, V>(bytes: &[u8], of: fn([u8; N]) -> V) -> impl Iterator<Item = V> {
    let (numbers, _) = bytes.as_chunks();
    numbers.iter().map(move |number| of(*number))
}
