//! `rankone handout`

use super::input::Input;
use super::interrupt;
use crate::run_folder::{write_labels, write_metrics};
use crate::{Init, Result, Settings, Trainer, whole_file};
use clap::Args;
use std::path::PathBuf;
use std::process::ExitCode;

/// Train with the nine positional arguments of the course's handout
///
/// Ten classes, f64, seed 0. Writes the predicted labels of both sets and the metrics.
#[derive(Debug, Args)]
pub(super) struct HandoutArguments {
    /// CSV of the training set
    train: PathBuf,
    /// CSV of the validation set
    validation: PathBuf,
    /// Where the training set's labels go
    train_out: PathBuf,
    /// Where the validation set's labels go
    validation_out: PathBuf,
    /// Where the cross-entropies and errors go
    metrics_out: PathBuf,
    /// Number of epochs
    epochs: usize,
    /// Number of hidden units
    hidden: usize,
    /// 1: random weights; 2: zero weights
    #[arg(value_parser = clap::value_parser!(u8).range(1..=2))]
    init_flag: u8,
    /// Learning rate
    #[arg(allow_negative_numbers = true)]
    learning_rate: f64,
}

pub(super) fn run(arguments: &HandoutArguments) -> Result<ExitCode> {
    let input = Input::<f64>::read(&arguments.train, &arguments.validation, 10)?;
    let settings = Settings {
        isa: super::isa()?,
        hidden: arguments.hidden,
        epochs: arguments.epochs,
        learning_rate: arguments.learning_rate,
        init: if arguments.init_flag == 1 { Init::Random } else { Init::Zero },
        ..Settings::default()
    };
    interrupt::listen();
    let trainer = Trainer::new(&input.train, settings)?.validation(&input.validation)?;
    let outcome = trainer.on_epoch(|_| interrupt::wish()).fit()?;
    let train = [(&arguments.train_out, &outcome.train)].into_iter();
    let validation = outcome.validation.iter().map(|set| (&arguments.validation_out, set));
    for (path, set) in train.chain(validation) {
        whole_file::write(path, |out| write_labels(&set.predictions, out))?;
    }
    whole_file::write(&arguments.metrics_out, |out| write_metrics(&outcome, out))?;
    Ok(ExitCode::SUCCESS)
}
