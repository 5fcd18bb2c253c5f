//! The settings of a sweep, as options that may be lists.

use super::settings::{INITS, ORDERS};
use super::{PRECISIONS, choice};
use crate::{DataError, Error, Init, Order, Precision, Result, Schedule, Settings};
use clap::Args;
use serde::Deserialize;
use std::fs;
use std::path::PathBuf;
use std::str::FromStr;

/// Lists of settings, of which every combination is a network; or a file of them.
#[derive(Debug, Args)]
#[command(next_help_heading = "Settings, each one or a list")]
pub(super) struct Axes {
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

    /// A JSON object a line in place of these lists, such as {"hidden": 20, "seed": 3}; what it leaves out is as above
    #[arg(long, value_name = "FILE", conflicts_with_all = ["hidden", "learning_rate", "seed", "epochs", "init", "order", "schedule", "precision", "patience"])]
    settings: Option<PathBuf>,
}

/// The settings of one network that may differ from those of another.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Point {
    hidden: usize,
    learning_rate: f64,
    pub(super) seed: u64,
    epochs: usize,
    init: Init,
    order: Order,
    schedule: Schedule,
    pub(super) precision: Precision,
    patience: Option<usize>,
}

impl Default for Point {
    fn default() -> Self {
        let Settings {
            hidden, learning_rate, seed, epochs, init, order, schedule, patience, ..
        } = Settings::default();
        let precision = Precision::F64;
        Self { hidden, learning_rate, seed, epochs, init, order, schedule, precision, patience }
    }
}

impl Point {
    /// The settings that it makes of others.
    pub(super) fn settings(&self, rest: &Settings) -> Settings {
        let Self { hidden, learning_rate, seed, epochs, init, order, schedule, patience, .. } =
            *self;
        let rest = rest.clone();
        Settings { hidden, learning_rate, seed, epochs, init, order, schedule, patience, ..rest }
    }
}

impl Axes {
    /// What is to be trained: at least one.
    ///
    /// # Errors
    /// Where the file of settings cannot be read, or says nothing that can be understood.
    pub(super) fn points(&self) -> Result<Vec<Point>> {
        if let Some(path) = &self.settings {
            let text = fs::read_to_string(path).map_err(Error::io(path))?;
            let fault =
                |line, found: String| DataError::new(path, line, found, "a JSON object a line");
            let lines = (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty());
            let points = lines.map(|(number, line)| {
                serde_json::from_str(line).map_err(|error| fault(Some(number), error.to_string()))
            });
            let points: Vec<_> = points.collect::<Result<_, _>>()?;
            return match points.is_empty() {
                true => Err(fault(None, "nothing".into()).into()),
                false => Ok(points),
            };
        }
        let (hidden, rates) = (self.hidden.concat(), self.learning_rate.concat());
        let (epochs, seeds) = (self.epochs.concat(), self.seed.concat());
        let patience: Vec<_> = self.patience.concat().into_iter().map(Some).collect();
        let patience = if patience.is_empty() { vec![None] } else { patience };
        let counts = [
            hidden.len(),
            rates.len(),
            epochs.len(),
            self.init.len(),
            self.order.len(),
            self.schedule.len(),
            self.precision.len(),
            patience.len(),
            seeds.len(),
        ];
        let networks = counts.into_iter().fold(1, usize::saturating_mul);
        if networks > MOST_NETWORKS {
            return Err(Error::Setting {
                name: "number of networks",
                found: networks.to_string(),
                expected: "at most a million",
            });
        }
        let points = vec![Point::default()];
        let points = each(points, &hidden, |point, hidden| point.hidden = hidden);
        let points = each(points, &rates, |point, rate| point.learning_rate = rate);
        let points = each(points, &epochs, |point, epochs| point.epochs = epochs);
        let points = each(points, &self.init, |point, init| point.init = init);
        let points = each(points, &self.order, |point, order| point.order = order);
        let points = each(points, &self.schedule, |point, schedule| point.schedule = schedule);
        let points = each(points, &self.precision, |point, precision| point.precision = precision);
        let points = each(points, &patience, |point, patience| point.patience = patience);
        Ok(each(points, &seeds, |point, seed| point.seed = seed))
    }
}

/// Each point with each of some values.
fn each<V: Copy>(points: Vec<Point>, values: &[V], set: fn(&mut Point, V)) -> Vec<Point> {
    let with = |point: &Point, value| {
        let mut point = point.clone();
        set(&mut point, value);
        point
    };
    points.iter().flat_map(|point| values.iter().map(move |&value| with(point, value))).collect()
}

/// The most networks of a sweep: more are a slip.
const MOST_NETWORKS: usize = 1_000_000;

/// The most values of a range: more are a slip.
const MOST_VALUES: usize = 100_000;

/// Parses a number or a range of them, `a..b` or `a..b..step`, both ends included; `at` counts steps from `a`.
fn range<V>(text: &str, one: V, at: impl Fn(V, V, usize) -> Option<V>) -> Result<Vec<V>, String>
where
    V: FromStr<Err: ToString> + PartialOrd + Copy,
{
    let ends = text.split("..").map(|end| end.parse::<V>().map_err(|error| error.to_string()));
    let (first, last, step) = match ends.collect::<Result<Vec<_>, _>>()?[..] {
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
fn whole<V>(text: &str) -> Result<Vec<V>, String>
where
    V: TryFrom<u64>,
{
    let at =
        |first: u64, step: u64, count: usize| first.checked_add(step.checked_mul(count as u64)?);
    let values = range(text, 1, at)?.into_iter();
    values.map(|value| V::try_from(value).map_err(|_| format!("{value} is too large"))).collect()
}

/// Parses a number, or a range of them, in which a step of 0.1 leads from 0.2 to 0.3: to twelve digits.
fn real(text: &str) -> Result<Vec<f64>, String> {
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
