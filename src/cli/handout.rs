//! `rankone handout`

use super::input::Input;
use super::interrupt;
use clap::Args;
use rankone::report::metrics;
use rankone::{Hyperparameters, Init, Result, Trainer, whole_file};
use std::path::PathBuf;
use std::process::ExitCode;

/// Train as the course's handout has it, from nine arguments
///
/// Ten classes, f64, seed 0. Writes the predicted labels of both sets and the metrics.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// CSV to learn
    train: PathBuf,
    /// CSV to validate with
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

pub(crate) fn run(arguments: &Arguments) -> Result<ExitCode> {
    let input = Input::<f64>::read(&arguments.train, &arguments.validation, 10)?;
    let hyperparameters = Hyperparameters {
        hidden: arguments.hidden,
        epochs: arguments.epochs,
        learning_rate: arguments.learning_rate,
        init: if arguments.init_flag == 1 { Init::Random } else { Init::Zero },
        ..Hyperparameters::default()
    };
    interrupt::listen();
    let mut trainer = Trainer::new(&input.train, &input.validation, &hyperparameters)?;
    let network = trainer.start();
    let outcome = trainer.fit(network, |_| interrupt::wish())?;
    for (path, labels) in [
        (&arguments.train_out, &outcome.train_predictions),
        (&arguments.validation_out, &outcome.validation_predictions),
    ] {
        whole_file::write(path, |out| metrics::write_labels(labels, out))?;
    }
    whole_file::write(&arguments.metrics_out, |out| metrics::write(&outcome, out))?;
    Ok(ExitCode::SUCCESS)
}
