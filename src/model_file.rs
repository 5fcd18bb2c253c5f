//! A network as a safetensors file: tensors `alpha`, D x (M+1), and `beta`, K x (D+1), bias in column 0; where its
//! inputs were scaled, `offset` and `divisor`, M each. As metadata what inputs and labels mean, and where it came from.

use crate::dataset::{Classes, Scaling, Schema, Values};
use crate::error::{Error, Result};
use crate::network::Network;
use crate::number::{Number, Precision};
use crate::whole_file;
use ndarray::{Array2, ArrayView1, ArrayView2};
use safetensors::tensor::{Dtype, SafeTensors, TensorView, serialize};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::io::Write;
use std::path::Path;

/// What stands under `format` in the metadata.
const FORMAT: &str = "rankone 1";

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
    /// [`Error::Mismatch`] where M or K of the two differ.
    pub fn new(network: Network<T>, schema: Schema) -> Result<Self> {
        let found = (schema.inputs, schema.classes.len());
        let expected = (network.inputs(), network.classes());
        if found != expected {
            return Err(Error::Mismatch {
                what: "inputs and classes of the schema",
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
        open(path.as_ref(), |precision, file| {
            if precision == T::PRECISION {
                return Ok(model(file));
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
    let mut say = |key: &str, value: String| metadata.insert(key.into(), value);
    say("format", FORMAT.into());
    // What is as in the handout is not said.
    if schema.values != Values::Unit {
        say(VALUES, schema.values.to_string());
    }
    if let Some(names) = &schema.input_names {
        say(INPUTS, json(names));
    }
    if let Some(name) = &schema.label_name {
        say(LABEL, name.clone());
    }
    if let Classes::Names(names) = &schema.classes {
        say(CLASSES, json(names));
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
    let mut parts = vec![
        ("alpha", dtype, alpha.shape().to_vec(), bytes(alpha)),
        ("beta", dtype, beta.shape().to_vec(), bytes(beta)),
    ];
    if let Some(scaling) = &schema.scaling {
        for (name, figures) in [(OFFSET, &scaling.offset), (DIVISOR, &scaling.divisor)] {
            let bytes = bytes(ArrayView1::from(figures).insert_axis(ndarray::Axis(0)));
            parts.push((name, Dtype::F64, vec![figures.len()], bytes));
        }
    }
    let tensors = parts.iter().map(|(name, dtype, shape, bytes)| {
        let tensor = TensorView::new(*dtype, shape.clone(), bytes);
        (*name, tensor.expect("the shape counts the values"))
    });
    let file = serialize(tensors, Some(metadata)).expect("named tensors serialize");
    let file = sorted(&file);
    whole_file::write(path, |writer| writer.write_all(&file))
}

/// Keys of the metadata, and names of tensors, of what a schema says.
const VALUES: &str = "values";
const INPUTS: &str = "inputs";
const LABEL: &str = "label";
const CLASSES: &str = "classes";
const OFFSET: &str = "offset";
const DIVISOR: &str = "divisor";

fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("strings")
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
    open(path, |precision, file| {
        Ok(match precision {
            Precision::F64 => model(file).map(AnyModel::F64),
            Precision::F32 => model(file).map(AnyModel::F32),
        })
    })
}

/// Where the model in a file came from: what its metadata say beside what inputs and labels mean.
///
/// # Errors
/// Those of [`read`].
pub fn origin(path: &Path) -> Result<BTreeMap<String, String>> {
    let is_origin = |(key, _): &(&String, &String)| {
        !["format", VALUES, INPUTS, LABEL, CLASSES].contains(&key.as_str())
    };
    let copy = |(key, value): (&String, &String)| (key.clone(), value.clone());
    open(path, |_, file| Ok(Ok(file.metadata.iter().filter(is_origin).map(copy).collect())))
}

/// What a file holds.
struct File<'a> {
    tensors: SafeTensors<'a>,
    metadata: &'a HashMap<String, String>,
}

/// What `take` makes of the model in a file, whose parameters are of one precision; or the reason why it is none.
fn open<R>(
    path: &Path,
    take: impl FnOnce(Precision, &File) -> Result<Result<R, String>>,
) -> Result<R> {
    let fault = |reason: String| Error::Model { path: path.to_owned(), reason };
    let file = fs::read(path).map_err(|error| fault(error.to_string()))?;
    let (_, header) =
        SafeTensors::read_metadata(&file).map_err(|error| fault(error.to_string()))?;
    let nothing = HashMap::new();
    let metadata = header.metadata().as_ref().unwrap_or(&nothing);
    let format = metadata.get("format").map(String::as_str);
    if format != Some(FORMAT) {
        let found = format.unwrap_or("nothing");
        return Err(fault(format!("format: found {found}, expected {FORMAT}")));
    }
    let tensors = SafeTensors::deserialize(&file).map_err(|error| fault(error.to_string()))?;
    let file = File { tensors, metadata };
    let dtype = |name| file.tensor(name).map(|tensor| tensor.dtype()).map_err(fault);
    let precision = match (dtype("alpha")?, dtype("beta")?) {
        (Dtype::F64, Dtype::F64) => Precision::F64,
        (Dtype::F32, Dtype::F32) => Precision::F32,
        (alpha, beta) => {
            return Err(fault(format!("tensors of {alpha:?} and {beta:?}, not F64 or F32")));
        }
    };
    take(precision, &file)?.map_err(fault)
}

/// The model of a file whose parameters are of this precision.
fn model<T: Number>(file: &File) -> Result<Model<T>, String> {
    let network = Network::from_parameters(file.matrix("alpha")?, file.matrix("beta")?);
    let network = network.map_err(|error| error.to_string())?;
    let classes = match file.said::<Vec<String>>(CLASSES)? {
        Some(names) => Classes::Names(names),
        None => Classes::Numbers(network.classes()),
    };
    let values = match file.metadata.get(VALUES) {
        Some(values) => values.parse().map_err(|error| format!("{VALUES}: {error}"))?,
        None => Values::Unit,
    };
    let is_scaled = matches!(values, Values::Scale | Values::Standardize);
    let figures = |name| file.vector(name, network.inputs());
    let scaling = match is_scaled {
        true => Some(Scaling { offset: figures(OFFSET)?, divisor: figures(DIVISOR)? }),
        false => None,
    };
    let input_names = file.said::<Vec<String>>(INPUTS)?;
    let schema = Schema {
        inputs: input_names.as_ref().map_or(network.inputs(), Vec::len),
        input_names,
        label_name: file.metadata.get(LABEL).cloned(),
        classes,
        values,
        scaling,
    };
    Model::new(network, schema).map_err(|error| error.to_string())
}

impl File<'_> {
    fn tensor(&self, name: &str) -> Result<TensorView<'_>, String> {
        self.tensors.tensor(name).map_err(|error| error.to_string())
    }

    /// A matrix of the model's precision.
    fn matrix<T: Number>(&self, name: &str) -> Result<Array2<T>, String> {
        let tensor = self.tensor(name)?;
        let &[rows, columns] = tensor.shape() else {
            return Err(format!("a tensor of shape {:?}", tensor.shape()));
        };
        Array2::from_shape_vec((rows, columns), numbers(&tensor)?)
            .map_err(|error| error.to_string())
    }

    /// So many f64.
    fn vector(&self, name: &str, length: usize) -> Result<Vec<f64>, String> {
        let tensor = self.tensor(name)?;
        match (tensor.dtype(), tensor.shape()) {
            (Dtype::F64, &[found]) if found == length => numbers(&tensor),
            (dtype, shape) => {
                Err(format!("{name}: found {dtype:?} {shape:?}, expected F64 [{length}]"))
            }
        }
    }

    /// What the metadata says as JSON, if it says it.
    fn said<V: DeserializeOwned>(&self, key: &str) -> Result<Option<V>, String> {
        let said = self.metadata.get(key).map(|text| serde_json::from_str(text));
        said.transpose().map_err(|error| format!("{key}: {error}"))
    }
}

/// The numbers of a tensor that holds numbers of this type.
fn numbers<T: Number>(tensor: &TensorView) -> Result<Vec<T>, String> {
    let values: Vec<T> = tensor.data().chunks_exact(size_of::<T>()).map(number).collect();
    match values.iter().all(|value| value.is_finite()) {
        true => Ok(values),
        false => Err("a number that is not finite".into()),
    }
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
