//! The course's handout: its nine arguments as settings, its three output files.

use crate::data::{DataSpec, FileForm};
use crate::error::Result;
use crate::run::{write_labels, write_metrics};
use rankone::{Epoch, Header, Init, Order, Outcome, Settings, Trainer, atomic_file};
use serde::{Deserialize, Serialize};
use std::ops::ControlFlow;
use std::path::PathBuf;

/// A course's way to initialize the weights and to go through the examples.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Edition {
    /// The examples in the order of the file, random weights from our own generator.
    #[serde(rename = "10-315")]
    Of315,
    /// The order of the examples, and random weights, from NumPy's generator.
    #[serde(rename = "10-301")]
    Of301,
}

impl Edition {
    /// Returns the settings for random weights, or for weights that are zero.
    pub fn settings(self, random: bool) -> Settings {
        let (init, order) = match self {
            Self::Of315 => (Init::Random, Order::File),
            Self::Of301 => (Init::Numpy, Order::Numpy),
        };
        let init = if random { init } else { Init::Zero };
        Settings { init, order, ..Settings::default() }
    }
}

/// The files that the handout names.
#[derive(Debug, Clone)]
pub struct HandoutFiles {
    /// CSV of the training set: no header, labels 0 to 9.
    pub train: PathBuf,
    /// CSV of the validation set.
    pub validation: PathBuf,
    /// Where the predicted labels of the training set go.
    pub train_out: PathBuf,
    /// Where the predicted labels of the validation set go.
    pub validation_out: PathBuf,
    /// Where the cross-entropies and errors go.
    pub metrics_out: PathBuf,
}

impl HandoutFiles {
    /// Trains and tests with these settings, and writes the outputs. Calls `start` when everything
    /// was checked, and `on_epoch` after each epoch, which may end the training.
    ///
    /// # Errors
    /// Those of reading the data, of [`Trainer::fit`] and of writing the files.
    pub fn train(
        &self,
        settings: Settings,
        start: impl FnOnce(),
        on_epoch: impl FnMut(&Epoch) -> ControlFlow<()>,
    ) -> Result<Outcome<f64>> {
        let form = FileForm { header: Header::No, ..FileForm::default() };
        let (train, validation) = (Some(self.train.clone()), Some(self.validation.clone()));
        let spec = DataSpec { train, validation, form, classes: Some(10), ..DataSpec::default() };
        let input = spec.read::<f64>(0)?;
        let outputs = [&self.train_out, &self.validation_out, &self.metrics_out];
        outputs.into_iter().try_for_each(|path| atomic_file::prepare(path))?;
        let trainer = Trainer::new(&input.train, settings).validation(input.validation.as_ref());
        let training = trainer.on_epoch(on_epoch).prepare()?;
        start();
        let outcome = training.run()?;
        let classes = &input.train.schema().classes;
        let sets = [Some(&outcome.train), outcome.validation.as_ref()];
        for (path, set) in outputs.into_iter().zip(sets.into_iter().flatten()) {
            atomic_file::write(path, |out| write_labels(&set.predictions, classes, out))?;
        }
        atomic_file::write(&self.metrics_out, |out| write_metrics(&outcome, out))?;
        Ok(outcome)
    }
}
