//! The settings of a sweep, as options that may be lists.

use crate::choices::{INITS, ORDERS, PRECISIONS, choice};
use crate::error::Result;
use clap::Args;
use rankone::{Init, Order, Precision, Schedule};
use rankone_runs::sweep::range::{real, whole};
use rankone_runs::sweep::{Grid, GridPoint};
use std::path::PathBuf;

/// Lists of settings, of which every combination is a network; or a file of them.
#[derive(Debug, Args)]
#[command(next_help_heading = "Settings, each one or a list")]
pub struct Axes {
    /// Numbers of hidden units
    #[arg(long, value_name = "D,...", value_delimiter = ',', value_parser = whole::<usize>, default_value = "50")]
    hidden: Vec<Vec<usize>>,

    /// Learning rates
    #[arg(long, value_name = "LR,...", value_delimiter = ',', value_parser = real, allow_negative_numbers = true, default_value = "0.01")]
    learning_rate: Vec<Vec<f64>>,

    /// Seeds of random starts and orders
    #[arg(long, value_name = "SEED,...", value_delimiter = ',', value_parser = whole::<u64>, default_value = "0")]
    seed: Vec<Vec<u64>>,

    /// Numbers of epochs
    #[arg(long, value_name = "E,...", value_delimiter = ',', value_parser = whole::<usize>, default_value = "100")]
    epochs: Vec<Vec<usize>>,

    /// How the weights start: random, zero or numpy
    #[arg(long, value_delimiter = ',', value_parser = choice::<Init>(INITS), default_value = "random", hide_possible_values = true)]
    init: Vec<Init>,

    /// Orders of the examples: file, shuffled or numpy
    #[arg(long, value_delimiter = ',', value_parser = choice::<Order>(ORDERS), default_value = "file", hide_possible_values = true)]
    order: Vec<Order>,

    /// How the rate goes from epoch to epoch: constant, inverse:H, step:F/E or cosine
    #[arg(long, value_delimiter = ',', default_value = "constant")]
    schedule: Vec<Schedule>,

    /// Types of parameters and arithmetic: f64 or f32
    #[arg(long, value_delimiter = ',', value_parser = choice::<Precision>(PRECISIONS), default_value = "f64", hide_possible_values = true)]
    precision: Vec<Precision>,

    /// Stop each network after N epochs without a lower validation cross-entropy
    #[arg(long, value_name = "N,...", value_delimiter = ',', value_parser = whole::<usize>)]
    patience: Vec<Vec<usize>>,

    /// A JSON object a line in place of these lists, such as {"hidden": 20, "seed": 3}; what it
    /// leaves out is as above
    #[arg(long, value_name = "FILE", conflicts_with_all = ["hidden", "learning_rate", "seed", "epochs", "init", "order", "schedule", "precision", "patience"])]
    settings: Option<PathBuf>,
}

impl Axes {
    /// What is to be trained: at least one network.
    pub fn points(&self) -> Result<Vec<GridPoint>> {
        if let Some(path) = &self.settings {
            return Ok(GridPoint::read_all(path)?);
        }
        let patience: Vec<_> = self.patience.concat().into_iter().map(Some).collect();
        let grid = Grid {
            hidden: self.hidden.concat(),
            learning_rate: self.learning_rate.concat(),
            seed: self.seed.concat(),
            epochs: self.epochs.concat(),
            init: self.init.clone(),
            order: self.order.clone(),
            schedule: self.schedule.clone(),
            precision: self.precision.clone(),
            patience: if patience.is_empty() { vec![None] } else { patience },
        };
        Ok(grid.points()?)
    }
}
