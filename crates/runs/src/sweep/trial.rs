//! One network of many: what it is, and what it costs.

use crate::digest;
use rankone::{EngineKind, Keep, Precision, Settings, blas_of};
use serde::{Deserialize, Serialize};
use std::cmp::Reverse;

/// A network that is to be trained, or was: settings and all else that its bits depend on, but for
/// the data.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Trial {
    /// With one thread.
    #[serde(flatten)]
    pub settings: Settings,
    /// The type of every parameter.
    pub precision: Precision,
    /// What computes the updates; never [`EngineKind::Auto`].
    pub engine: EngineKind,
    /// The library of the engine `blas`, where that is the engine: another one rounds otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub blas: Option<String>,
    /// Which part of the examples it is tested on, from 1, where each part of them takes its turn.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fold: Option<usize>,
}

/// Instructions do not count: no bit depends on them.
impl PartialEq for Trial {
    fn eq(&self, other: &Self) -> bool {
        self.key() == other.key()
    }
}

impl Trial {
    /// A trial of these settings.
    pub fn new(settings: Settings, precision: Precision, fold: Option<usize>) -> Self {
        let engine = settings.engine.resolve();
        let settings = Settings { threads: Some(1), engine, ..settings };
        Self { settings, precision, engine, blas: blas_of(engine), fold }
    }

    /// It, with the settings' own engine as it was read: that goes without saying in settings.
    pub fn restored(self) -> Self {
        Self { settings: Settings { engine: self.engine, ..self.settings }, ..self }
    }

    /// What tells it from all others.
    pub fn key(&self) -> String {
        serde_json::to_string(self).expect("numbers and names")
    }

    /// The trial of which its like with other seeds, on other parts of the examples, are
    /// repetitions.
    pub fn setting(&self) -> Self {
        let settings = Settings { seed: 0, ..self.settings.clone() };
        Self { settings, fold: None, ..self.clone() }
    }

    /// How long it takes, in a unit of its own: about linear in the hidden units, half as long in
    /// single precision, as `benches/record` has it. It depends on nothing else, so that all parts
    /// of a sweep agree about it.
    pub fn cost(&self) -> u64 {
        let of_precision = if self.precision == Precision::F64 { 2 } else { 1 };
        let of_epoch = (self.settings.hidden as u64).saturating_add(50) * of_precision;
        of_epoch.saturating_mul(self.settings.epochs as u64)
    }

    /// Its place in all lists: the dearest first, then setting by setting, in each by seed.
    pub fn place(&self) -> impl Ord + use<> {
        (Reverse(self.cost()), self.setting().key(), self.settings.seed, self.fold)
    }

    /// The path of its model in the folder of its sweep.
    pub fn model_name(&self) -> String {
        format!("{MODELS}/{}.safetensors", self.name())
    }

    /// What its files are called: all of it in letters that a file's name may have, and shortened
    /// where that is too long.
    pub fn name(&self) -> String {
        let Self { settings, precision, engine, fold, .. } = self;
        let Settings { hidden, learning_rate, epochs, init, order, schedule, seed, .. } = settings;
        let mut name = format!(
            "hidden{hidden}-rate{learning_rate:?}-epochs{epochs}-{init}-{order}-{schedule}-{precision}"
        );
        if *engine != EngineKind::Blocked {
            name += &format!("-{engine}");
        }
        if let Some(patience) = settings.patience {
            name += &format!("-patience{patience}");
        }
        if settings.kept() == Keep::Best {
            name += "-best";
        }
        name = name.replace(|c: char| !(c.is_ascii_alphanumeric() || "-._".contains(c)), "_");
        if name.len() > MOST_LETTERS {
            name.truncate(MOST_LETTERS);
            name += &format!("-{}", &digest::of(self.setting().key().as_bytes())[..16]);
        }
        name += &format!("-seed{seed}");
        fold.map_or(name.clone(), |fold| format!("{name}-fold{fold}"))
    }
}

/// The folder of the models in that of a sweep.
pub(super) const MODELS: &str = "models";

/// More letters of a name are replaced by a checksum.
const MOST_LETTERS: usize = 120;
