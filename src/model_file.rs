//! A network as a safetensors file: tensors `alpha`, D x (M+1), and `beta`, K x (D+1), bias in column 0; as metadata
//! what inputs and labels mean (`schema`, in JSON, where there is anything to say), and where it came from.

use crate::dataset::{Schema, Values};
use crate::error::{Error, Result};
use crate::network::Network;
use crate::number::{Number, Precision};
use crate::whole_file;
use ndarray::{Array2, ArrayView2};
use safetensors::tensor::{Dtype, SafeTensors, TensorView, serialize};
use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::io::Write;
use std::path::Path;

/// Keys of the metadata, and what stands under the first.
const FORMAT: &str = "format";
const SCHEMA: &str = "schema";
const FORMAT_1: &str = "rankone 1";

/// A network, and what its inputs and labels mean.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Model<T> {
    /// The parameters.
    pub network: Network<T>,
    /// Names, classes, scaling: data files are read [like](crate::Reader::like) it.
    pub schema: Schema,
}

impl<T: Number> Model<T> {
    /// A model of `network`, trained on data of this `schema`.
    ///
    /// # Errors
    /// [`Error::Mismatch`] where M or K of the two differ, or parts of the schema contradict each other.
    pub fn new(network: Network<T>, schema: Schema) -> Result<Self> {
        let found = (schema.inputs, schema.classes.len());
        let expected = (network.inputs(), network.classes());
        if found != expected || !schema.is_consistent() {
            return Err(Error::Mismatch {
                what: "inputs and classes of the schema, with as many names and figures",
                found: format!("{found:?}"),
                expected: format!("{expected:?} as in the network"),
            });
        }
        Ok(Self { network, schema })
    }

    /// Writes the model to `path` as a safetensors file, whole or not at all.
    ///
    /// # Errors
    /// [`Error::Io`] where the file cannot be written, [`Error::Mismatch`] where a parameter is not finite.
    pub fn save(&self, path: impl AsRef<Path>) -> Result<()> {
        write(path.as_ref(), &self.network, &self.schema, HashMap::new())
    }

    /// Reads what [`save`](Self::save), or `rankone train`, wrote.
    ///
    /// # Errors
    /// [`Error::Model`] where the file cannot be read or is no model, [`Error::Mismatch`] where it is one of
    /// the other precision.
    pub fn load(path: impl AsRef<Path>) -> Result<Self> {
        open(path.as_ref(), |precision, tensors, metadata| {
            if precision == T::PRECISION {
                return Ok(model(tensors, metadata));
            }
            Err(Error::Mismatch {
                what: "precision of the model",
                found: precision.to_string(),
                expected: T::PRECISION.to_string(),
            })
        })
    }
}

impl<T: Number> Network<T> {
    /// Writes the network to `path` as the file of a [`Model`] of nameless inputs and classes.
    ///
    /// # Errors
    /// Those of [`Model::save`].
    pub fn save(&self, path: impl AsRef<Path>) -> Result<()> {
        let schema = Schema::of_shape(self.inputs(), self.classes());
        write(path.as_ref(), self, &schema, HashMap::new())
    }

    /// Reads the network of a [`Model`]'s file.
    ///
    /// # Errors
    /// Those of [`Model::load`].
    pub fn load(path: impl AsRef<Path>) -> Result<Self> {
        Ok(Model::load(path)?.network)
    }
}

/// A model in the precision that it was trained in.
#[derive(Debug, Clone, PartialEq)]
pub enum AnyModel {
    /// Double precision.
    F64(Model<f64>),
    /// Single precision.
    F32(Model<f32>),
}

/// Writes `network`, trained on data of this `schema`, to `path`, with more `metadata`.
///
/// # Errors
/// Those of [`Model::save`].
pub fn write<T: Number>(
    path: &Path,
    network: &Network<T>,
    schema: &Schema,
    mut metadata: HashMap<String, String>,
) -> Result<()> {
    metadata.insert(FORMAT.into(), FORMAT_1.into());
    if !schema.is_plain() {
        let json = serde_json::to_string(schema).expect("names and finite numbers");
        metadata.insert(SCHEMA.into(), json);
    }
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
pub fn read(path: &Path) -> Result<AnyModel> {
    open(path, |precision, tensors, metadata| {
        Ok(match precision {
            Precision::F64 => model(tensors, metadata).map(AnyModel::F64),
            Precision::F32 => model(tensors, metadata).map(AnyModel::F32),
        })
    })
}

/// Where the model in a file came from: what its metadata say beside what inputs and labels mean.
///
/// # Errors
/// Those of [`read`].
pub fn origin(path: &Path) -> Result<BTreeMap<String, String>> {
    let is_origin = |(key, _): &(&String, &String)| ![FORMAT, SCHEMA].contains(&key.as_str());
    let copy = |(key, value): (&String, &String)| (key.clone(), value.clone());
    open(path, |_, _, metadata| Ok(Ok(metadata.iter().filter(is_origin).map(copy).collect())))
}

type Metadata = HashMap<String, String>;

/// What `take` makes of the model in a file, from its precision, alpha and beta, and metadata; or the reason why it is none.
fn open<R>(
    path: &Path,
    take: impl FnOnce(Precision, [TensorView; 2], &Metadata) -> Result<Result<R, String>>,
) -> Result<R> {
    let fault = |reason: String| Error::Model { path: path.to_owned(), reason };
    let file = fs::read(path).map_err(|error| fault(error.to_string()))?;
    let (_, header) =
        SafeTensors::read_metadata(&file).map_err(|error| fault(error.to_string()))?;
    let nothing = HashMap::new();
    let metadata = header.metadata().as_ref().unwrap_or(&nothing);
    let format = metadata.get(FORMAT).map(String::as_str);
    if format != Some(FORMAT_1) {
        let found = format.unwrap_or("nothing");
        return Err(fault(format!("format: found {found}, expected {FORMAT_1}")));
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
    take(precision, [alpha, beta], metadata)?.map_err(fault)
}

/// The model of two tensors that hold numbers of its precision, and of metadata.
fn model<T: Number>(tensors: [TensorView; 2], metadata: &Metadata) -> Result<Model<T>, String> {
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
    let network = Network::from_parameters(matrix(alpha)?, matrix(beta)?);
    let network = network.map_err(|error| error.to_string())?;
    let schema = match metadata.get(SCHEMA) {
        Some(json) => serde_json::from_str(json).map_err(|error| format!("{SCHEMA}: {error}"))?,
        None => {
            let plain = Schema::of_shape(network.inputs(), network.classes());
            Schema { values: Values::Unit, ..plain }
        }
    };
    Model::new(network, schema).map_err(|error| error.to_string())
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
