//! What a run is: everything that has to be known to repeat or to resume it.

use crate::checkpoint::Checkpoint;
use crate::data::DataSpec;
use rankone::{EngineKind, Precision, Settings};
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// A run, as it was asked for. It is part of `run.json`, and the notes of every checkpoint are one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunSpec {
    /// The version of this format: [`FORMAT`](Self::FORMAT).
    pub format: u32,
    /// The data sets, and how they are read.
    pub data: DataSpec,
    /// The settings of the training; their engine and instructions are not serialized.
    #[serde(rename = "hyperparameters")]
    pub settings: Settings,
    /// What computes the updates; never [`EngineKind::Auto`].
    pub engine: EngineKind,
    /// The type of every parameter.
    pub precision: Precision,
    /// The file whose parameters the training starts from, in place of those that the settings say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start_from: Option<PathBuf>,
    /// The number of threads of the BLAS library.
    pub blas_threads: usize,
    /// How often the state is written.
    pub checkpoint: Checkpoint,
    /// Whether the phases of each epoch are timed.
    pub profile: bool,
}

impl RunSpec {
    /// The version of the format that this program writes and reads.
    pub const FORMAT: u32 = 1;

    /// A run with these settings, in double precision on the built-in letters.
    pub fn new(settings: Settings) -> Self {
        Self {
            format: Self::FORMAT,
            data: DataSpec::default(),
            engine: settings.engine.resolve(),
            settings,
            precision: Precision::F64,
            start_from: None,
            blas_threads: 1,
            checkpoint: Checkpoint::default(),
            profile: false,
        }
    }

    /// Reads a specification from JSON, or returns the reason why it cannot be read.
    ///
    /// # Errors
    /// Where the text is none, or one of another format.
    pub fn from_json(text: &str) -> Result<Self, String> {
        #[derive(Deserialize)]
        struct Written {
            format: u32,
        }
        let parsed = |error: serde_json::Error| format!("the description of the run: {error}");
        let Written { format } = serde_json::from_str(text).map_err(parsed)?;
        if format != Self::FORMAT {
            return Err(format!(
                "the run is described in format {format}; rankone {} reads format {}",
                rankone::build::VERSION,
                Self::FORMAT
            ));
        }
        let spec: Self = serde_json::from_str(text).map_err(parsed)?;
        let settings = Settings { engine: spec.engine, ..spec.settings };
        Ok(Self { settings, ..spec })
    }

    /// The specification as JSON.
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).expect("numbers, names and paths")
    }

    /// The same run, whose files are found from everywhere.
    #[must_use]
    pub fn with_absolute_paths(&self) -> Self {
        Self { data: self.data.with_absolute_paths(), ..self.clone() }
    }
}
