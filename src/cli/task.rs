//! A training as it was asked for: begun, or gone on with.

use super::train::TrainArguments;
use crate::run_folder::{self, Checkpoint};
use crate::tensor_file::TensorFile;
use crate::{Error, Network, Number, Result, Settings, State, model_file};
use serde::{Deserialize, Serialize};
use std::path::{self, Path, PathBuf};

/// How a run was asked for: its state keeps it as notes.
#[derive(Debug, Serialize, Deserialize)]
struct Origin {
    /// The words of its command line.
    words: Vec<String>,
    /// Where its data files lie, if it has any.
    train: Option<PathBuf>,
    validation: Option<PathBuf>,
    checkpoint: Checkpoint,
}

impl Origin {
    /// As the notes of a state.
    fn notes(&self) -> String {
        serde_json::to_string(self).expect("words and paths")
    }
}

/// A training as it was asked for.
pub(super) struct Task<T> {
    pub(super) arguments: TrainArguments,
    pub(super) settings: Settings,
    /// Those of its states: how it was asked for.
    pub(super) notes: String,
    /// What it starts from, if not from the weights that the settings say.
    pub(super) network: Option<Network<T>>,
    /// What it goes on from, if it was begun before.
    pub(super) state: Option<State<T>>,
}

/// The path as it is found from wherever it is looked for; one that is not UTF-8 has to be given again.
fn absolute(path: &Path) -> PathBuf {
    let path = path::absolute(path).unwrap_or_else(|_| path.to_owned());
    path.to_string_lossy().into_owned().into()
}

/// Of a run that these arguments begin, as the `words` of the command line are understood.
pub(super) fn begun<T: Number>(arguments: TrainArguments, words: &[String]) -> Result<Task<T>> {
    let network = arguments.start_from.as_deref().map(model_file::read_parameters).transpose()?;
    let settings = arguments.settings.settings(network.as_ref().map(Network::hidden))?;
    let origin = Origin {
        words: words.into(),
        train: arguments.data.train.as_deref().map(absolute),
        validation: arguments.data.validation.as_deref().map(absolute),
        checkpoint: arguments.checkpoint.unwrap_or_default(),
    };
    Ok(Task { arguments, settings, notes: origin.notes(), network, state: None })
}

/// Of the run in `folder`, whose state is `file`, with what these arguments say anew.
pub(super) fn resumed<T: Number>(
    anew: TrainArguments,
    folder: &Path,
    file: &TensorFile,
) -> Result<Task<T>> {
    let no_state = |reason| run_folder::no_state(folder, reason);
    let state = State::<T>::from_file(file).map_err(no_state)?;
    let origin = serde_json::from_str(&state.notes).map_err(|error| error.to_string());
    let Origin { words, train, validation, checkpoint } = origin.map_err(no_state)?;
    let begun = super::train_arguments(&words).map_err(no_state)?;
    if anew.data.validation.is_some() && begun.data.validation_share.is_some() {
        return Err(Error::Setting {
            name: "validation file",
            found: "one".into(),
            expected: "none: the run put a share of its training file apart",
        });
    }
    let settings = anew.settings.over(&state.settings, begun.settings.threads)?;
    let train = anew.data.train.as_deref().map(absolute).or(train);
    let validation = anew.data.validation.as_deref().map(absolute).or(validation);
    let checkpoint = anew.checkpoint.unwrap_or(checkpoint);
    let mut data = begun.data;
    (data.train, data.validation) = (train.clone(), validation.clone());
    let arguments = TrainArguments {
        data,
        checkpoint: Some(checkpoint),
        profile: anew.profile || begun.profile || begun.trace.is_some(),
        out: anew.out,
        overwrite: anew.overwrite,
        trace: anew.trace,
        quiet: anew.quiet,
        json: anew.json,
        ..begun
    };
    let origin = Origin { words, train, validation, checkpoint };
    Ok(Task { arguments, settings, notes: origin.notes(), network: None, state: Some(state) })
}
