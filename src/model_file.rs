//! A network as a safetensors file: tensors `alpha`, D x (M+1), and `beta`, K x (D+1), bias in column 0,
//! and what they came from as metadata.

use crate::error::{Error, Result};
use crate::network::Network;
use crate::number::{Number, Precision};
use crate::whole_file;
use ndarray::{Array2, ArrayView2};
use safetensors::tensor::{Dtype, SafeTensors, TensorView, serialize};
use std::collections::HashMap;
use std::fs;
use std::io::Write;
use std::path::Path;

/// What stands under `format` in the metadata.
const FORMAT: &str = "rankone 1";

impl<T: Number> Network<T> {
    /// Writes the network to `path` as a safetensors file, whole or not at all.
    ///
    /// # Errors
    /// [`Error::Io`] where the file cannot be written, [`Error::Mismatch`] where a parameter is not finite.
    pub fn save(&self, path: impl AsRef<Path>) -> Result<()> {
        write(path.as_ref(), self, HashMap::new())
    }

    /// Reads what [`save`](Self::save), or `rankone train`, wrote.
    ///
    /// # Errors
    /// [`Error::Model`] where the file cannot be read or is no model, [`Error::Mismatch`] where it is one of
    /// the other precision.
    pub fn load(path: impl AsRef<Path>) -> Result<Self> {
        open(path.as_ref(), |precision, tensors| {
            if precision == T::PRECISION {
                return Ok(network(tensors));
            }
            Err(Error::Mismatch {
                what: "precision of the model",
                found: precision.to_string(),
                expected: T::PRECISION.to_string(),
            })
        })
    }
}

/// A network as a file holds it, in the precision that it was trained in.
#[derive(Debug, Clone, PartialEq)]
pub enum Model {
    /// Double precision.
    F64(Network<f64>),
    /// Single precision.
    F32(Network<f32>),
}

/// Writes `network` to `path` with `metadata` beside it.
///
/// # Errors
/// [`Error::Io`] where the file cannot be written, [`Error::Mismatch`] where a parameter is not finite.
pub fn write<T: Number>(
    path: &Path,
    network: &Network<T>,
    mut metadata: HashMap<String, String>,
) -> Result<()> {
    metadata.insert("format".into(), FORMAT.into());
    let dtype = match T::PRECISION {
        Precision::F64 => Dtype::F64,
        Precision::F32 => Dtype::F32,
    };
    let (alpha, beta) = network.parameters();
    if alpha.iter().chain(beta).any(|value| !value.is_finite()) {
        return Err(Error::Mismatch {
            what: "parameters",
            found: "one that is not finite".into(),
            expected: "finite numbers".into(),
        });
    }
    let (alpha_bytes, beta_bytes) = (bytes(alpha), bytes(beta));
    let tensor = |values, matrix: ArrayView2<T>| {
        TensorView::new(dtype, matrix.shape().to_vec(), values)
            .expect("the shape counts the values")
    };
    let tensors = [("alpha", tensor(&alpha_bytes, alpha)), ("beta", tensor(&beta_bytes, beta))];
    let file = serialize(tensors, Some(metadata)).expect("two named tensors serialize");
    let file = sorted(&file);
    whole_file::write(path, |writer| writer.write_all(&file))
}

/// The same safetensors file with the keys of its header sorted: as it is serialized, their order differs
/// from run to run.
fn sorted(file: &[u8]) -> Vec<u8> {
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

/// Reads what [`write()`] wrote, in whichever precision.
///
/// # Errors
/// [`Error::Model`] where the file cannot be read or is no model.
pub fn read(path: &Path) -> Result<Model> {
    open(path, |precision, tensors| {
        Ok(match precision {
            Precision::F64 => network(tensors).map(Model::F64),
            Precision::F32 => network(tensors).map(Model::F32),
        })
    })
}

/// What `take` makes of the model in a file, from its precision and its tensors, alpha and beta; or the reason why they are no
/// network.
fn open<R>(
    path: &Path,
    take: impl FnOnce(Precision, [TensorView; 2]) -> Result<std::result::Result<R, String>>,
) -> Result<R> {
    let fault = |reason: String| Error::Model { path: path.to_owned(), reason };
    let file = fs::read(path).map_err(|error| fault(error.to_string()))?;
    let (_, header) =
        SafeTensors::read_metadata(&file).map_err(|error| fault(error.to_string()))?;
    let format = header.metadata().as_ref().and_then(|m| m.get("format"));
    if format.map(String::as_str) != Some(FORMAT) {
        let found = format.map_or("nothing", String::as_str);
        return Err(fault(format!("format: found {found}, expected {FORMAT}")));
    }
    let tensors = SafeTensors::deserialize(&file).map_err(|error| fault(error.to_string()))?;
    let tensor = |name| tensors.tensor(name).map_err(|error| fault(error.to_string()));
    let (alpha, beta) = (tensor("alpha")?, tensor("beta")?);
    let precision = match (alpha.dtype(), beta.dtype()) {
        (Dtype::F64, Dtype::F64) => Precision::F64,
        (Dtype::F32, Dtype::F32) => Precision::F32,
        (alpha, beta) => {
            return Err(fault(format!("tensors of {alpha:?} and {beta:?}, not F64 or F32")));
        }
    };
    take(precision, [alpha, beta])?.map_err(fault)
}

/// The network of two tensors that hold numbers of its precision.
fn network<T: Number>(tensors: [TensorView; 2]) -> std::result::Result<Network<T>, String> {
    let matrix = |tensor: &TensorView| {
        let &[rows, columns] = tensor.shape() else {
            return Err(format!("a tensor of shape {:?}", tensor.shape()));
        };
        let values: Vec<T> = tensor.data().chunks_exact(size_of::<T>()).map(number).collect();
        if values.iter().any(|value| !value.is_finite()) {
            return Err("a parameter that is not finite".into());
        }
        Array2::from_shape_vec((rows, columns), values).map_err(|error| error.to_string())
    };
    let [alpha, beta] = &tensors;
    Network::from_parameters(matrix(alpha)?, matrix(beta)?).map_err(|error| error.to_string())
}

/// A number from its bytes, little-endian.
fn number<T: Number>(bytes: &[u8]) -> T {
    const SIZE: &str = "the bytes of one number";
    match T::PRECISION {
        Precision::F64 => T::from_f64(f64::from_le_bytes(bytes.try_into().expect(SIZE))),
        Precision::F32 => T::from_f64(f32::from_le_bytes(bytes.try_into().expect(SIZE)).into()),
    }
}

/// The values row by row, little-endian, as safetensors wants them.
fn bytes<T: Number>(matrix: ArrayView2<T>) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(matrix.len() * size_of::<T>());
    for value in matrix {
        match T::PRECISION {
            Precision::F64 => bytes.extend(value.as_f64().to_le_bytes()),
            Precision::F32 => bytes.extend((value.as_f64() as f32).to_le_bytes()),
        }
    }
    bytes
}
