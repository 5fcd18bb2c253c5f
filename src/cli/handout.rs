//! `rankone handout`

use super::input::Input;
use super::{choice, interrupt};
use crate::named::named;
use crate::run_folder::{write_labels, write_metrics};
use crate::{Ending, Header, Init, Order, Reader, Result, Settings, Trainer, whole_file};
use clap::Args;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;
use std::process::ExitCode;

/// Train with the nine positional arguments of the course's handout
///
/// Ten classes, f64, seed 0; --edition tells apart what courses have done since. Writes the predicted labels of both sets and the metrics.
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

    /// Whose numbers
    #[arg(long, value_parser = choice::<Edition>(EDITIONS), default_value_t = Edition::Of315)]
    edition: Edition,
}

/// A course's way to begin and to go through the examples.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
enum Edition {
    #[serde(rename = "10-315")]
    Of315,
    #[serde(rename = "10-301")]
    Of301,
}

named!(Edition);

const EDITIONS: [(&str, &str); 2] = [
    ("10-315", "The examples in the file's order, random weights from our own generator"),
    (
        "10-301",
        "The examples in NumPy's order: before each epoch, from 0, np.random.seed(epoch) and np.random.permutation(N); random \
         weights from NumPy: np.random.seed(rows * columns), uniform(-0.1, 0.1), biases 0",
    ),
];

pub(super) fn run(arguments: &HandoutArguments) -> Result<ExitCode> {
    let reader = Reader::<f64>::default().header(Header::No).classes(10);
    let input = Input::read(&reader, &arguments.train, Some(&arguments.validation))?;
    let settings = Settings {
        isa: super::isa()?,
        hidden: arguments.hidden,
        epochs: arguments.epochs,
        learning_rate: arguments.learning_rate,
        init: match (arguments.init_flag, arguments.edition) {
            (1, Edition::Of315) => Init::Random,
            (1, Edition::Of301) => Init::Numpy,
            _ => Init::Zero,
        },
        order: match arguments.edition {
            Edition::Of315 => Order::File,
            Edition::Of301 => Order::Numpy,
        },
        ..Settings::default()
    };
    let outputs = [&arguments.train_out, &arguments.validation_out, &arguments.metrics_out];
    outputs.into_iter().try_for_each(|path| whole_file::prepare(path))?;
    let trainer = Trainer::new(&input.train, settings)?.validation(input.validation.as_ref())?;
    interrupt::listen();
    let outcome = trainer.on_epoch(|_| interrupt::wish()).fit()?;
    let classes = &input.train.schema().classes;
    let train = [(&arguments.train_out, &outcome.train)].into_iter();
    let validation = outcome.validation.iter().map(|set| (&arguments.validation_out, set));
    for (path, set) in train.chain(validation) {
        whole_file::write(path, |out| write_labels(&set.predictions, classes, out))?;
    }
    whole_file::write(&arguments.metrics_out, |out| write_metrics(&outcome, out))?;
    Ok(match outcome.ending {
        Ending::Stopped => interrupt::stopped(outcome.history.len(), arguments.epochs, None),
        Ending::Done | Ending::OutOfPatience => ExitCode::SUCCESS,
    })
}
