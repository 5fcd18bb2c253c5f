//! A network as a safetensors file: tensors `alpha`, D x (M+1), and `beta`, K x (D+1), bias in column 0,
//! and what they came from as metadata.

use crate::error::{Error, Result};
use crate::network::Network;
use crate::scalar::{Precision, Scalar};
use crate::whole_file;
use ndarray::{Array2, ArrayView2};
use safetensors::tensor::{Dtype, SafeTensors, TensorView, serialize};
use std::collections::HashMap;
use std::fs;
use std::io::Write;
use std::path::Path;

/// What stands under `format` in the metadata.
const FORMAT: &str = "rankone 1";

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
/// [`Error::Io`] where the file cannot be written.
pub fn write<T: Scalar>(
    path: &Path,
    network: &Network<T>,
    mut metadata: HashMap<String, String>,
) -> Result<()> {
    metadata.insert("format".into(), FORMAT.into());
    let dtype = match T::PRECISION {
        Precision::F64 => Dtype::F64,
        Precision::F32 => Dtype::F32,
    };
    let (alpha, beta) = (bytes(network.alpha()), bytes(network.beta()));
    let tensor = |values, matrix: ArrayView2<T>| {
        TensorView::new(dtype, matrix.shape().to_vec(), values)
            .expect("the shape counts the values")
    };
    let tensors =
        [("alpha", tensor(&alpha, network.alpha())), ("beta", tensor(&beta, network.beta()))];
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

/// Reads what [`write()`] wrote.
///
/// # Errors
/// [`Error::Model`] where the file cannot be read or is no model.
pub fn read(path: &Path) -> Result<Model> {
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
    let alpha = tensors.tensor("alpha").map_err(|e| fault(e.to_string()))?;
    let beta = tensors.tensor("beta").map_err(|e| fault(e.to_string()))?;
    let model = match (alpha.dtype(), beta.dtype()) {
        (Dtype::F64, Dtype::F64) => network(&alpha, &beta, f64::from_le_bytes).map(Model::F64),
        (Dtype::F32, Dtype::F32) => network(&alpha, &beta, f32::from_le_bytes).map(Model::F32),
        (found, other) => Err(format!("tensors of {found:?} and {other:?}, not F64 or F32")),
    };
    model.map_err(fault)
}

fn network<T: Scalar, const SIZE: usize>(
    alpha: &TensorView,
    beta: &TensorView,
    from_bytes: fn([u8; SIZE]) -> T,
) -> std::result::Result<Network<T>, String> {
    let matrix = |tensor: &TensorView| {
        let &[rows, columns] = tensor.shape() else {
            return Err(format!("a tensor of shape {:?}", tensor.shape()));
        };
        let values = tensor.data().chunks_exact(SIZE);
        let values = values.map(|v| from_bytes(v.try_into().expect("SIZE bytes")));
        let values: Vec<T> = values.collect();
        if values.iter().any(|value| !value.is_finite()) {
            return Err("a parameter that is not finite".into());
        }
        Array2::from_shape_vec((rows, columns), values).map_err(|error| error.to_string())
    };
    Network::from_parameters(matrix(alpha)?, matrix(beta)?).map_err(|error| error.to_string())
}

/// The values row by row, little-endian, as safetensors wants them.
fn bytes<T: Scalar>(matrix: ArrayView2<T>) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(matrix.len() * size_of::<T>());
    for value in matrix {
        match T::PRECISION {
            Precision::F64 => bytes.extend(value.as_f64().to_le_bytes()),
            Precision::F32 => bytes.extend((value.as_f64() as f32).to_le_bytes()),
        }
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::Init;

    #[test]
    fn a_model_comes_back_to_the_bit() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("model.safetensors");
        let double = Network::<f64>::new(5, 3, 2, Init::Random, 1);
        write(&path, &double, HashMap::new()).unwrap();
        assert_eq!(read(&path).unwrap(), Model::F64(double));
        let single = Network::<f32>::new(5, 3, 2, Init::Random, 1);
        write(&path, &single, HashMap::new()).unwrap();
        assert_eq!(read(&path).unwrap(), Model::F32(single));
    }

    #[test]
    fn what_is_no_model_is_refused_with_a_reason() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("model.safetensors");
        let reason = || read(&path).unwrap_err().to_string();
        assert!(reason().contains("No such file"), "{}", reason());
        fs::write(&path, b"not a model").unwrap();
        assert!(reason().contains("not a rankone model"), "{}", reason());
        let network = Network::<f64>::new(5, 3, 2, Init::Zero, 0);
        write(&path, &network, HashMap::new()).unwrap();
        let whole = fs::read(&path).unwrap();
        for length in 0..whole.len() {
            fs::write(&path, &whole[..length]).unwrap();
            assert!(read(&path).is_err(), "cut to {length} bytes");
        }
    }
}
