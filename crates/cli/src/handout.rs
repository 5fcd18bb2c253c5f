//! `rankone handout`

use crate::choices::{EDITIONS, choice};
use crate::error::Result;
use crate::{interrupt, isa};
use clap::Args;
use rankone::{Ending, Settings};
use rankone_runs::handout::{Edition, HandoutFiles};
use std::path::PathBuf;
use std::process::ExitCode;

/// Train with the nine positional arguments of the course's handout
///
/// Ten classes, f64, seed 0; --edition tells apart what courses have done since. Writes the
/// predicted labels of both sets and the metrics.
#[derive(Debug, Args)]
pub struct HandoutArguments {
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

    /// Whose numbers
    #[arg(long, value_parser = choice::<Edition>(EDITIONS), default_value = "10-315")]
    edition: Edition,
}

pub fn run(arguments: &HandoutArguments) -> Result<ExitCode> {
    let files = HandoutFiles {
        train: arguments.train.clone(),
        validation: arguments.validation.clone(),
        train_out: arguments.train_out.clone(),
        validation_out: arguments.validation_out.clone(),
        metrics_out: arguments.metrics_out.clone(),
    };
    let settings = Settings {
        isa: Some(isa()?),
        hidden: arguments.hidden,
        epochs: arguments.epochs,
        learning_rate: arguments.learning_rate,
        ..arguments.edition.settings(arguments.init_flag == 1)
    };
    let outcome = files.train(settings, interrupt::listen, |_| interrupt::wish())?;
    Ok(match outcome.ending {
        Ending::Stopped => interrupt::stopped(outcome.history.len(), arguments.epochs, None),
        Ending::Done | Ending::OutOfPatience => ExitCode::SUCCESS,
    })
}
