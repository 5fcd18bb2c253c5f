//! A training between two epochs, as a value and as a file: all that the rest of it depends on.

use super::prepared::PreparedDataset;
use super::{Ending, Epoch, Keep, Settings, best_epoch};
use crate::atomic_file;
use crate::data::Schema;
use crate::engine::EngineKind;
use crate::engine::blas::Library;
use crate::error::{Error, Result};
use crate::network::Network;
use crate::network::model_file::{self, Model};
use crate::network::tensor_file::{self, Tensor, TensorFile, Texts};
use ndarray::{Array2, ArrayView1};
use rankone_kernels::profile::{Phase, Phases};
use rankone_kernels::{Number, Precision};
use serde::{Deserialize, Serialize};
use std::path::Path;

/// The number of this program's arithmetic: raised whenever a change of it changes a bit of what is
/// trained, as the golden hashes of `tests/engines/bits.rs` tell. A state of another number is not
/// gone on from.
pub const ARITHMETIC: u32 = 1;

/// A training after one of its epochs: all that the rest of it depends on, but for the data.
///
/// A [`Trainer`](crate::Trainer) [gives](crate::Trainer::on_state) and
/// [takes](crate::Trainer::resume) it: 60 epochs, and 40 more from their state, are bit for bit 100
/// epochs in one go. An order and a random start need no random state: they come from the seed and
/// the epoch alone.
///
/// ```
/// use rankone::{Dataset, Settings, Split, State, Trainer};
///
/// # fn main() -> rankone::Result<()> {
/// # let folder = tempfile::tempdir().unwrap();
/// # let file = folder.path().join("state.safetensors");
/// let letters = Dataset::<f64>::letters(200, 0, Split::Training)?;
/// let sixty = Settings { epochs: 60, ..Default::default() };
/// // Every ten epochs, and at the end.
/// let due = |epoch: &rankone::Epoch| epoch.epoch % 10 == 0;
/// Trainer::new(&letters, sixty).on_state(due, |state| state.save(&file)).fit()?;
///
/// let state = State::load(&file)?;
/// let hundred = Settings { epochs: 100, ..state.settings.clone() };
/// let outcome = Trainer::new(&letters, hundred).resume(state).fit()?;
/// assert_eq!(outcome.history.len(), 100);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct State<T> {
    /// What the training is. The number of epochs, the threads and the instructions may be others
    /// for the rest of it.
    pub settings: Settings,
    /// What inputs and labels mean.
    pub schema: Schema,
    /// The network after the last epoch.
    pub network: Network<T>,
    /// Each epoch so far, in order.
    pub history: Vec<Epoch>,
    /// What its keeper wants to find again with it.
    pub notes: String,
    pub(super) data: Checksums,
    /// The best epoch so far, if there is a validation set.
    pub(super) best: Option<Epoch>,
    /// The network of that epoch, if it is to be kept.
    pub(super) best_network: Option<Network<T>>,
}

/// Checksums of the data that a training sees: 64 bits of XXH3 over what they mean, labels and
/// values, hexadecimal.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checksums {
    /// Of the training set.
    pub train: String,
    /// Of the validation set, if there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub validation: Option<String>,
}

impl Checksums {
    /// Those of two data sets.
    pub fn of<T: Number>(
        train: &PreparedDataset<T>,
        validation: Option<&PreparedDataset<T>>,
    ) -> Self {
        Self { train: train.checksum(), validation: validation.map(PreparedDataset::checksum) }
    }
}

/// What the file says beside its tensors.
#[derive(Serialize, Deserialize)]
struct StateHeader {
    /// The version of the program that wrote it.
    rankone: String,
    arithmetic: u32,
    engine: EngineKind,
    /// The library of the engine `blas`, where that is the engine: another one rounds otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    blas: Option<String>,
    settings: Settings,
    data: Checksums,
}

/// The BLAS library that the bits of what `engine` computes depend on, if they do.
pub fn blas_of(engine: EngineKind) -> Option<String> {
    (engine == EngineKind::Blas).then(|| Library::now().to_string())
}

/// Keys of the texts, and what stands under the first.
const FORMAT: &str = "format";
const FORMAT_OF_STATE: &str = "rankone state 2";
const WORDS: &str = "state";
const SCHEMA: &str = "schema";
const NOTES: &str = "notes";
const HISTORY_COLUMNS: &str = "history_columns";
/// The tensor of the history, E x columns; and what the names of the best network's begin with.
const HISTORY: &str = "history";
const BEST: &str = "best.";

impl<T: Number> State<T> {
    /// Before the first epoch.
    pub(super) fn new(
        settings: Settings,
        schema: Schema,
        network: Network<T>,
        data: Checksums,
    ) -> Self {
        let (history, notes) = (Vec::new(), String::new());
        Self { settings, schema, network, history, notes, data, best: None, best_network: None }
    }

    /// The epoch with the lowest cross-entropy of the validation set so far, the earliest of
    /// equals, if there is such a set.
    pub fn best_epoch(&self) -> Option<Epoch> {
        self.best
    }

    /// Adds an epoch, and says whether it is the best so far.
    pub(super) fn add(&mut self, epoch: Epoch) -> bool {
        self.history.push(epoch);
        let is_best = epoch.validation_cross_entropy.is_some()
            && self.best.is_none_or(|best| epoch.is_better(&best));
        if is_best {
            self.best = Some(epoch);
        }
        is_best
    }

    /// Why there is no other epoch to come, if there is none.
    pub fn ending(&self) -> Option<Ending> {
        let done = self.history.len();
        let since_best = done.saturating_sub(self.best.map_or(0, |best| best.epoch));
        if done >= self.settings.epochs {
            Some(Ending::Done)
        } else if self.settings.patience.is_some_and(|patience| since_best >= patience) {
            Some(Ending::OutOfPatience)
        } else {
            None
        }
    }

    /// Writes the state to `path` as a safetensors file, whole or not at all.
    ///
    /// # Errors
    /// [`Error::Io`] where the file cannot be written, [`Error::Mismatch`] where a parameter is not
    /// finite.
    pub fn save(&self, path: impl AsRef<Path>) -> Result<()> {
        let bytes = self.to_bytes()?;
        atomic_file::write(path.as_ref(), |out| out.write_all(&bytes))
    }

    /// Reads what [`save`](Self::save) wrote.
    ///
    /// # Errors
    /// [`Error::State`] where the file cannot be read, is no state, or one of another precision or
    /// of other arithmetic.
    pub fn load(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        let fault = |reason| Error::State { path: path.to_owned(), reason };
        TensorFile::read(path).and_then(|file| Self::from_file(&file)).map_err(fault)
    }

    /// The bytes of the file that [`save`](Self::save) writes.
    ///
    /// # Errors
    /// [`Error::Mismatch`] where a parameter is not finite.
    pub fn to_bytes(&self) -> Result<Vec<u8>> {
        let words = StateHeader {
            rankone: env!("CARGO_PKG_VERSION").to_owned(),
            arithmetic: ARITHMETIC,
            engine: self.settings.engine.resolve(),
            blas: blas_of(self.settings.engine),
            settings: self.settings.clone(),
            data: self.data.clone(),
        };
        let words = serde_json::to_string(&words).expect("numbers and names");
        let schema = serde_json::to_string(&self.schema).expect("names and finite numbers");
        let texts = [
            (FORMAT, FORMAT_OF_STATE.into()),
            (WORDS, words),
            (SCHEMA, schema),
            (NOTES, self.notes.clone()),
            (HISTORY_COLUMNS, columns()),
        ];
        let texts: Texts = texts.map(|(key, text)| (key.to_owned(), text)).into();
        let mut tensors = vec![(HISTORY.to_owned(), Tensor::of(table(&self.history).view()))];
        tensors.extend(model_file::tensors("", &self.network)?);
        if let Some(best) = &self.best_network {
            tensors.extend(model_file::tensors(BEST, best)?);
        }
        Ok(tensor_file::to_bytes(tensors, texts))
    }

    /// The state in a file, or the reason why there is none.
    fn from_file(file: &TensorFile) -> Result<Self, String> {
        let text = |key| file.text(key).ok_or_else(|| format!("nothing under {key}"));
        check_format(file)?;
        // What another program means by the rest is not for this one to say.
        #[derive(Deserialize)]
        struct Written {
            arithmetic: u32,
            rankone: String,
        }
        let Written { arithmetic, rankone } = parsed(WORDS, text(WORDS)?)?;
        if arithmetic != ARITHMETIC {
            return Err(format!(
                "written by rankone {rankone}, whose arithmetic is number {arithmetic}; this \
                 program's is number {ARITHMETIC}, and the rest would not be the same to the bit"
            ));
        }
        let StateHeader { engine, blas: library, settings, data, .. } =
            parsed(WORDS, text(WORDS)?)?;
        if library != blas_of(engine) {
            let of = |library: Option<String>| library.unwrap_or("none".into());
            let (found, here) = (of(library), of(blas_of(engine)));
            return Err(format!("computed with the BLAS library {found}; this program has {here}"));
        }
        let settings = Settings { engine, ..settings };
        settings.check::<T>().map_err(|error| error.to_string())?;
        let precision = model_file::precision(file)?;
        if precision != T::PRECISION {
            return Err(format!("precision: found {precision}, expected {}", T::PRECISION));
        }
        let network = model_file::network::<T>(file, "")?;
        let model = Model::new(network, parsed(SCHEMA, text(SCHEMA)?)?);
        let Model { network, schema } = model.map_err(|error| error.to_string())?;
        if text(HISTORY_COLUMNS)? != columns() {
            return Err(format!("{HISTORY_COLUMNS}: others than {}", columns()));
        }
        let history = epochs(&file.matrix(HISTORY)?)?;
        let best = best_epoch(&history);
        let is_kept = settings.kept() == Keep::Best;
        let best_network = is_kept.then(|| model_file::network::<T>(file, BEST)).transpose()?;
        let other = best_network.as_ref().is_some_and(|best| best.shape() != network.shape());
        if network.hidden() != settings.hidden || other {
            return Err("networks of other sizes than the settings say".into());
        }
        let has_losses = |epoch: &Epoch| {
            let validation = epoch.validation_cross_entropy;
            epoch.train_cross_entropy.is_finite()
                && validation.is_none_or(f64::is_finite)
                && validation.is_some() == data.validation.is_some()
        };
        if !history.iter().all(has_losses) || is_kept && best.is_none() {
            return Err("a history that does not fit the data sets and settings".into());
        }
        if history.len() > settings.epochs {
            return Err(format!("{} epochs of {}", history.len(), settings.epochs));
        }
        let notes = text(NOTES)?.to_owned();
        Ok(Self { settings, schema, network, history, notes, data, best, best_network })
    }
}

/// Refuses a file of another format, and names the version of the program that can read it.
fn check_format(file: &TensorFile) -> Result<(), String> {
    let found = file.text(FORMAT).unwrap_or("nothing");
    if found == FORMAT_OF_STATE {
        return Ok(());
    }
    #[derive(Deserialize)]
    struct Written {
        rankone: String,
    }
    let written = file.text(WORDS).and_then(|words| serde_json::from_str(words).ok());
    let hint = written.map_or(String::new(), |Written { rankone }| {
        format!("; rankone {rankone} wrote it, and can resume it")
    });
    Err(format!("format: found {found}, expected {FORMAT_OF_STATE}{hint}"))
}

/// A state in the precision that it was trained in.
#[derive(Debug, Clone)]
pub enum AnyState {
    /// Double precision.
    F64(State<f64>),
    /// Single precision.
    F32(State<f32>),
}

impl AnyState {
    /// Reads the bytes of a file that [`State::save`] wrote to `path`, in whichever precision.
    ///
    /// # Errors
    /// Those of [`State::load`], except for another precision.
    pub fn from_bytes(bytes: Vec<u8>, path: &Path) -> Result<Self> {
        let parse = || {
            let file = TensorFile::from_bytes(bytes)?;
            check_format(&file)?;
            Ok(match model_file::precision(&file)? {
                Precision::F64 => Self::F64(State::from_file(&file)?),
                Precision::F32 => Self::F32(State::from_file(&file)?),
            })
        };
        parse().map_err(|reason| Error::State { path: path.to_owned(), reason })
    }
}

fn parsed<'a, R: Deserialize<'a>>(key: &str, json: &'a str) -> Result<R, String> {
    serde_json::from_str(json).map_err(|error| format!("{key}: {error}"))
}

/// The columns of a history, but for the seconds of each phase. NaN is what an epoch has none of.
const COLUMNS: [&str; 7] = [
    "learning_rate",
    "train_cross_entropy",
    "validation_cross_entropy",
    "sgd_seconds",
    "threads",
    "evaluation_seconds",
    "waiting_seconds",
];

/// The names of all columns.
fn columns() -> String {
    let phases = Phase::ALL.map(|phase| format!("{phase}_seconds"));
    let names = COLUMNS.map(String::from).into_iter().chain(phases);
    names.collect::<Vec<_>>().join(",")
}

/// A history as numbers, a row an epoch.
fn table(history: &[Epoch]) -> Array2<f64> {
    let row = |e: &Epoch| {
        let validation = e.validation_cross_entropy.unwrap_or(f64::NAN);
        let (sgd, evaluation, waiting) = (e.sgd_seconds, e.evaluation_seconds, e.waiting_seconds);
        let losses = [e.learning_rate, e.train_cross_entropy, validation];
        let rest = [sgd, e.threads as f64, evaluation, waiting];
        let phases = e.phases.map_or([f64::NAN; _], |phases| Phase::ALL.map(|p| phases.of(p)));
        [&losses[..], &rest, &phases].concat()
    };
    let numbers: Vec<_> = history.iter().flat_map(row).collect();
    let shape = (history.len(), COLUMNS.len() + Phase::ALL.len());
    Array2::from_shape_vec(shape, numbers).expect("rows of one length")
}

/// The epochs of a table.
fn epochs(table: &Array2<f64>) -> Result<Vec<Epoch>, String> {
    let epoch = |(i, row): (usize, ArrayView1<f64>)| {
        let (numbers, phases) = row.as_slice()?.split_first_chunk()?;
        let &[learning_rate, train, validation, sgd, threads, evaluation, waiting] = numbers;
        let phases: [f64; Phase::ALL.len()] = phases.try_into().ok()?;
        Some(Epoch {
            epoch: i + 1,
            learning_rate,
            train_cross_entropy: train,
            validation_cross_entropy: Some(validation).filter(|loss| !loss.is_nan()),
            sgd_seconds: sgd,
            threads: threads as usize,
            evaluation_seconds: evaluation,
            waiting_seconds: waiting,
            phases: phases.iter().all(|s| s.is_finite()).then(|| Phases::from_seconds(phases)),
        })
    };
    let epochs: Option<Vec<_>> = table.rows().into_iter().enumerate().map(epoch).collect();
    let found = || format!("a history of shape {:?}", table.dim());
    epochs.filter(|epochs| !epochs.is_empty()).ok_or_else(found)
}
