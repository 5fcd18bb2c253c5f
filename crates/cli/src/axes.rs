//! The settings of a sweep, as options that may be lists.

use crate::choices::{INITS, ORDERS, PRECISIONS, choice};
use crate::error::Result;
use clap::Args;
use rankone::{Init, Order, Precision, Schedule};
use rankone_runs::sweep::{Grid, GridPoint};
use std::path::PathBuf;
use std::str::FromStr;

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

/// The most values of a range: more are a mistake.
const MOST_VALUES: usize = 100_000;

/// Parses a number or a range of them, `a..b` or `a..b..step`, both ends included; `at` counts
/// steps from `a`.
fn range<V>(
    text: &str,
    one: V,
    at: impl Fn(V, V, usize) -> Option<V>,
) -> std::result::Result<Vec<V>, String>
where
    V: FromStr<Err: ToString> + PartialOrd + Copy,
{
    let ends = text.split("..").map(|end| end.parse::<V>().map_err(|error| error.to_string()));
    let (first, last, step) = match ends.collect::<std::result::Result<Vec<_>, _>>()?[..] {
        [only] => return Ok(vec![only]),
        [first, last] => (first, last, one),
        [first, last, step] => (first, last, step),
        _ => return Err("expected a number, a..b or a..b..step".into()),
    };
    let values = (0..=MOST_VALUES).map_while(|count| at(first, step, count));
    let values: Vec<_> = values.take_while(|value| *value <= last).collect();
    match values.len() {
        0 => Err("expected a range that goes up".into()),
        1..=MOST_VALUES => Ok(values),
        _ => Err(format!("expected at most {MOST_VALUES} values")),
    }
}

/// Parses a whole number from 0, or a range.
fn whole<V>(text: &str) -> std::result::Result<Vec<V>, String>
where
    V: TryFrom<u64>,
{
    let at =
        |first: u64, step: u64, count: usize| first.checked_add(step.checked_mul(count as u64)?);
    let values = range(text, 1, at)?.into_iter();
    values.map(|value| V::try_from(value).map_err(|_| format!("{value} is too large"))).collect()
}

/// Parses a number, or a range of them, in which a step of 0.1 leads from 0.2 to 0.3: to twelve
/// digits.
fn real(text: &str) -> std::result::Result<Vec<f64>, String> {
    let at = |first: f64, step: f64, count: usize| {
        format!("{:.11e}", first + step * count as f64).parse().ok()
    };
    range(text, 1.0, at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_include_both_ends() {
        assert_eq!(whole::<u64>("7"), Ok(vec![7]));
        assert_eq!(whole::<usize>("0..3"), Ok(vec![0, 1, 2, 3]));
        assert_eq!(whole::<u64>("5..21..5"), Ok(vec![5, 10, 15, 20]));
        assert_eq!(real(".1...5...1"), Ok(vec![0.1, 0.2, 0.3, 0.4, 0.5]));
        assert_eq!(
            whole::<u64>("18446744073709551614..18446744073709551615").map(|v| v.len()),
            Ok(2)
        );
        for wrong in ["", "a", "3..1", "1..2..3..4", "0..9..0", "-1", "1..", "0..1e3", "0..999999"]
        {
            assert!(whole::<u64>(wrong).is_err(), "{wrong}");
        }
        for wrong in ["0..1..0", "nan..1", "0..inf", "0..1..-1"] {
            assert!(real(wrong).is_err(), "{wrong}");
        }
    }
}
