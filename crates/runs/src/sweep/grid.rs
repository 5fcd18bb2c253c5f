//! The settings of the networks of a sweep: every combination of some lists, or a file of them.

use rankone::{DataError, Error, Init, Order, Precision, Result, Schedule, Settings};
use serde::Deserialize;
use std::fs;
use std::path::Path;

/// The settings of one network that may differ from those of another.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct GridPoint {
    hidden: usize,
    learning_rate: f64,
    seed: u64,
    epochs: usize,
    init: Init,
    order: Order,
    schedule: Schedule,
    pub(super) precision: Precision,
    patience: Option<usize>,
}

impl Default for GridPoint {
    fn default() -> Self {
        let Settings {
            hidden, learning_rate, seed, epochs, init, order, schedule, patience, ..
        } = Settings::default();
        let precision = Precision::F64;
        Self { hidden, learning_rate, seed, epochs, init, order, schedule, precision, patience }
    }
}

impl GridPoint {
    /// These settings, and for everything else those of `rest`.
    pub(super) fn settings(&self, rest: &Settings) -> Settings {
        let Self { hidden, learning_rate, seed, epochs, init, order, schedule, patience, .. } =
            *self;
        let rest = rest.clone();
        Settings { hidden, learning_rate, seed, epochs, init, order, schedule, patience, ..rest }
    }

    /// Reads a file of a JSON object per line.
    ///
    /// # Errors
    /// [`Error::Io`] where it cannot be read, [`Error::Data`] where a line is no settings, or there
    /// is none.
    pub fn read_all(path: &Path) -> Result<Vec<Self>> {
        let text = fs::read_to_string(path).map_err(Error::io(path))?;
        let fault = |line, found: String| DataError::new(path, line, found, "a JSON object a line");
        let lines = (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty());
        let points = lines.map(|(number, line)| {
            serde_json::from_str(line).map_err(|error| fault(Some(number), error.to_string()))
        });
        let points: Vec<_> = points.collect::<Result<_, _>>()?;
        match points.is_empty() {
            true => Err(fault(None, "nothing".into()).into()),
            false => Ok(points),
        }
    }
}

/// Lists of settings, of which every combination is a network.
#[derive(Debug, Clone)]
pub struct Grid {
    /// Numbers of hidden units.
    pub hidden: Vec<usize>,
    /// Learning rates.
    pub learning_rate: Vec<f64>,
    /// Seeds.
    pub seed: Vec<u64>,
    /// Numbers of epochs.
    pub epochs: Vec<usize>,
    /// How the weights start.
    pub init: Vec<Init>,
    /// Orders of the examples.
    pub order: Vec<Order>,
    /// How the learning rate changes.
    pub schedule: Vec<Schedule>,
    /// Types of parameters.
    pub precision: Vec<Precision>,
    /// Epochs of patience; none for no early stopping.
    pub patience: Vec<Option<usize>>,
}

/// The most networks of a sweep: more are a mistake.
const MOST_NETWORKS: usize = 1_000_000;

impl Grid {
    /// Every combination.
    ///
    /// # Errors
    /// [`Error::Setting`] where there are more than a million.
    pub fn points(&self) -> Result<Vec<GridPoint>> {
        let counts = [
            self.hidden.len(),
            self.learning_rate.len(),
            self.epochs.len(),
            self.init.len(),
            self.order.len(),
            self.schedule.len(),
            self.precision.len(),
            self.patience.len(),
            self.seed.len(),
        ];
        let networks = counts.into_iter().fold(1, usize::saturating_mul);
        if networks > MOST_NETWORKS {
            return Err(Error::Setting {
                name: "number of networks",
                found: networks.to_string(),
                expected: "at most a million",
            });
        }
        let points = vec![GridPoint::default()];
        let points = each(points, &self.hidden, |point, hidden| point.hidden = hidden);
        let points = each(points, &self.learning_rate, |point, rate| point.learning_rate = rate);
        let points = each(points, &self.epochs, |point, epochs| point.epochs = epochs);
        let points = each(points, &self.init, |point, init| point.init = init);
        let points = each(points, &self.order, |point, order| point.order = order);
        let points = each(points, &self.schedule, |point, schedule| point.schedule = schedule);
        let points = each(points, &self.precision, |point, precision| point.precision = precision);
        let points = each(points, &self.patience, |point, patience| point.patience = patience);
        Ok(each(points, &self.seed, |point, seed| point.seed = seed))
    }
}

/// Each point with each of some values.
fn each<V: Copy>(
    points: Vec<GridPoint>,
    values: &[V],
    set: fn(&mut GridPoint, V),
) -> Vec<GridPoint> {
    let with = |point: &GridPoint, value| {
        let mut point = point.clone();
        set(&mut point, value);
        point
    };
    points.iter().flat_map(|point| values.iter().map(move |&value| with(point, value))).collect()
}
