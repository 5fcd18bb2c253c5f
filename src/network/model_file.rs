//! A network as a safetensors file: tensors `alpha`, D x (M+1), and `beta`, K x (D+1), bias in
//! column 0; as metadata what inputs and labels mean (`schema`, in JSON, where there is anything to
//! say), and where it came from.

use crate::atomic_file;
use crate::data::{Schema, Values};
use crate::error::{Error, Result};
use crate::network::Network;
use crate::network::tensor_file::{self, Tensor, TensorFile};
use rankone_kernels::{Number, Precision};
use std::collections::{BTreeMap, HashMap};
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
    /// [`Error::Mismatch`] where M or K of the two differ, or parts of the schema contradict each
    /// other.
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
    /// [`Error::Io`] where the file cannot be written, [`Error::Mismatch`] where a parameter is not
    /// finite.
    pub fn save(&self, path: impl AsRef<Path>) -> Result<()> {
        write(path.as_ref(), &self.network, &self.schema)
    }

    /// Reads what [`save`](Self::save), or `rankone train`, wrote.
    ///
    /// # Errors
    /// [`Error::Model`] where the file cannot be read or is no model, [`Error::Mismatch`] where it
    /// is one of the other precision.
    pub fn load(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        let file = open(path)?;
        let precision = precision(&file).map_err(fault(path))?;
        if precision != T::PRECISION {
            return Err(Error::Mismatch {
                what: "precision of the model",
                found: precision.to_string(),
                expected: T::PRECISION.to_string(),
            });
        }
        model(&file).map_err(fault(path))
    }
}

impl<T: Number> Network<T> {
    /// Writes the network to `path` as the file of a [`Model`] of nameless inputs and classes.
    ///
    /// # Errors
    /// Those of [`Model::save`].
    pub fn save(&self, path: impl AsRef<Path>) -> Result<()> {
        let schema = Schema::of_shape(self.inputs(), self.classes());
        write(path.as_ref(), self, &schema)
    }

    /// The bytes of the file of a [`Model`] of this network, trained on data of this `schema`, with
    /// texts about its `origin`.
    ///
    /// # Errors
    /// [`Error::Mismatch`] where a parameter is not finite.
    pub fn to_bytes(
        &self,
        schema: &Schema,
        mut origin: HashMap<String, String>,
    ) -> Result<Vec<u8>> {
        origin.insert(FORMAT.into(), FORMAT_1.into());
        if !schema.is_plain() {
            let json = serde_json::to_string(schema).expect("names and finite numbers");
            origin.insert(SCHEMA.into(), json);
        }
        Ok(tensor_file::to_bytes(tensors("", self)?.into(), origin))
    }

    /// Reads the parameters in any safetensors file that has alpha and beta, rounded to `T` where
    /// they are of a wider type.
    ///
    /// # Errors
    /// [`Error::Model`] where the file cannot be read or is none.
    pub fn load_parameters(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        TensorFile::read(path).and_then(|file| network(&file, "")).map_err(fault(path))
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

/// Writes `network`, trained on data of this `schema`, to `path`.
fn write<T: Number>(path: &Path, network: &Network<T>, schema: &Schema) -> Result<()> {
    let file = network.to_bytes(schema, HashMap::new())?;
    atomic_file::write(path, |writer| writer.write_all(&file))
}

/// Alpha and beta as tensors whose names begin with `prefix`.
///
/// # Errors
/// [`Error::Mismatch`] where a parameter is not finite.
pub fn tensors<T: Number>(prefix: &str, network: &Network<T>) -> Result<[(String, Tensor); 2]> {
    let (alpha, beta) = network.parameters();
    if alpha.iter().chain(beta).any(|value| !value.is_finite()) {
        return Err(Error::Mismatch {
            what: "parameters",
            found: "one that is not finite".into(),
            expected: "finite numbers".into(),
        });
    }
    let tensor = |name, matrix| (format!("{prefix}{name}"), Tensor::of(matrix));
    Ok([tensor("alpha", alpha), tensor("beta", beta)])
}

/// The network of the tensors alpha and beta, whose names begin with `prefix`; or the reason why
/// there is none.
pub fn network<T: Number>(file: &TensorFile, prefix: &str) -> Result<Network<T>, String> {
    let matrix = |name| file.matrix::<T>(&format!("{prefix}{name}"));
    let (alpha, beta) = (matrix("alpha")?, matrix("beta")?);
    if alpha.iter().chain(&beta).any(|value| !value.is_finite()) {
        return Err("a parameter that is not finite".into());
    }
    Network::from_parameters(alpha, beta).map_err(|error| error.to_string())
}

impl AnyModel {
    /// Reads what [`Model::save`], or `rankone train`, wrote, in whichever precision.
    ///
    /// # Errors
    /// [`Error::Model`] where the file cannot be read or is no model.
    pub fn load(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        let file = open(path)?;
        let model = match precision(&file) {
            Ok(Precision::F64) => model(&file).map(Self::F64),
            Ok(Precision::F32) => model(&file).map(Self::F32),
            Err(reason) => Err(reason),
        };
        model.map_err(fault(path))
    }

    /// Reads where the model in a file came from: the texts beside what inputs and labels mean.
    ///
    /// # Errors
    /// Those of [`load`](Self::load).
    pub fn origin(path: impl AsRef<Path>) -> Result<BTreeMap<String, String>> {
        let file = open(path.as_ref())?;
        let origin = file.texts().filter(|(key, _)| ![FORMAT, SCHEMA].contains(key));
        Ok(origin.map(|(key, text)| (key.to_owned(), text.to_owned())).collect())
    }
}

fn fault(path: &Path) -> impl FnOnce(String) -> Error {
    move |reason| Error::Model { path: path.to_owned(), reason }
}

/// Opens a file that says that it is a model.
fn open(path: &Path) -> Result<TensorFile> {
    let file = TensorFile::read(path).map_err(fault(path))?;
    match file.text(FORMAT) {
        Some(FORMAT_1) => Ok(file),
        format => {
            let found = format.unwrap_or("nothing");
            Err(fault(path)(format!("format: found {found}, expected {FORMAT_1}")))
        }
    }
}

/// The precision that alpha and beta share.
pub fn precision(file: &TensorFile) -> Result<Precision, String> {
    match (file.precision("alpha")?, file.precision("beta")?) {
        (alpha, beta) if alpha == beta => Ok(alpha),
        (alpha, beta) => Err(format!("tensors of {alpha} and {beta}")),
    }
}

/// The model of a file whose parameters are of precision `T`.
fn model<T: Number>(file: &TensorFile) -> Result<Model<T>, String> {
    let network = network(file, "")?;
    let schema = match file.text(SCHEMA) {
        Some(json) => serde_json::from_str(json).map_err(|error| format!("{SCHEMA}: {error}"))?,
        None => {
            let plain = Schema::of_shape(network.inputs(), network.classes());
            Schema { values: Values::Unit, ..plain }
        }
    };
    Model::new(network, schema).map_err(|error| error.to_string())
}
