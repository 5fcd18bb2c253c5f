//! Timed runs, and what may be concluded from them.

use crate::random::{Random, Stream};
use serde::Serialize;
use std::fmt;

/// All timed runs of one contestant, in the fields of hyperfine's `--export-json` and its unit, seconds.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Samples {
    /// Mean of the runs.
    pub mean: f64,
    /// Their standard deviation, that of a sample; NaN of a single run.
    pub stddev: f64,
    /// Their median.
    pub median: f64,
    /// Mean processor time of a run in the program, all threads; NaN where it is not known.
    pub user: f64,
    /// Mean processor time of a run in the kernel.
    pub system: f64,
    /// The quickest run.
    pub min: f64,
    /// The slowest.
    pub max: f64,
    /// Every run, in the order in which they ran.
    pub times: Vec<f64>,
}

impl Samples {
    /// Of the `times` of runs that took so much processor time altogether, in the program and in the kernel.
    ///
    /// # Panics
    /// Where there are none.
    pub fn new(times: Vec<f64>, [user, system]: [f64; 2]) -> Self {
        let n = times.len() as f64;
        let mean = times.iter().sum::<f64>() / n;
        let squares: f64 = times.iter().map(|time| (time - mean).powi(2)).sum();
        Self {
            mean,
            stddev: (squares / (n - 1.0)).sqrt(),
            median: median(&mut times.clone()),
            user: user / n,
            system: system / n,
            min: times.iter().copied().fold(f64::INFINITY, f64::min),
            max: times.iter().copied().fold(0.0, f64::max),
            times,
        }
    }
}

/// How repeated measurements of one thing spread.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Spread {
    /// The smallest.
    pub min: f64,
    /// The middle one, or the mean of the middle two.
    pub median: f64,
    /// The smallest that nine tenths do not exceed: of nine or fewer, the largest.
    pub p90: f64,
}

impl Spread {
    /// Of `values` in any order.
    ///
    /// # Panics
    /// Where there are none.
    pub fn of(values: &[f64]) -> Self {
        let mut sorted = values.to_vec();
        let median = median(&mut sorted);
        sorted.sort_by(f64::total_cmp);
        Self { min: sorted[0], median, p90: sorted[(9 * sorted.len()).div_ceil(10) - 1] }
    }

    /// Every value times `factor`.
    pub fn scaled(self, factor: f64) -> Self {
        let Self { min, median, p90 } = self;
        Self { min: factor * min, median: factor * median, p90: factor * p90 }
    }
}

/// The middle one of `values`, which are put into another order, or the mean of the middle two.
///
/// # Panics
/// Where there are none.
pub fn median(values: &mut [f64]) -> f64 {
    let (middle, even) = (values.len() / 2, values.len().is_multiple_of(2));
    let (below, &mut upper, _) = values.select_nth_unstable_by(middle, f64::total_cmp);
    let lower = below.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    if even { (lower + upper) / 2.0 } else { upper }
}

/// Medians of so many resamples.
const RESAMPLES: usize = 4000;
/// With fewer runs than this nothing is concluded.
const FEWEST: usize = 5;

/// The median of a contestant's runs, and how it might have come out otherwise.
///
/// Runs that one start of the program measured resemble each other more than those of two starts. So a resample draws
/// starts with replacement, and from each that it drew as many runs as that had, with replacement: the bootstrap of
/// hierarchical data (Davison and Hinkley, Bootstrap Methods and their Application, 1997, section 3.8). Always the same
/// draws for the same numbers.
#[derive(Debug, Clone)]
pub struct Median {
    /// Of all runs.
    pub value: f64,
    /// How often the program was started for them.
    pub starts: usize,
    /// Of each resample; none where there are too few runs.
    resampled: Vec<f64>,
}

impl Median {
    /// Of the runs of these starts.
    ///
    /// # Panics
    /// Where there are none, or a start is empty.
    pub fn of(starts: &[Vec<f64>], seed: u64) -> Self {
        let mut all = starts.concat();
        let enough = if all.len() < FEWEST { 0 } else { RESAMPLES };
        let mut random = Random::new(seed, Stream::Resample);
        let resample = |_| {
            let mut drawn = Vec::with_capacity(all.len());
            for _ in starts {
                let start = &starts[random.below(starts.len())];
                drawn.extend(start.iter().map(|_| start[random.below(start.len())]));
            }
            median(&mut drawn)
        };
        let resampled = (0..enough).map(resample).collect();
        Self { value: median(&mut all), starts: starts.len(), resampled }
    }

    /// This median by another, with its interval.
    pub fn by(&self, other: &Self) -> Ratio {
        let both = self.resampled.iter().zip(&other.resampled);
        let mut ratios: Vec<_> = both.map(|(mine, others)| mine / others).collect();
        ratios.sort_by(f64::total_cmp);
        let cut = ratios.len() / 200;
        let interval = ratios.get(cut).copied().zip(ratios.iter().rev().nth(cut).copied());
        Ratio { value: self.value / other.value, interval }
    }
}

/// A ratio of two medians.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ratio {
    /// Itself.
    pub value: f64,
    /// Between what 99 in 100 resamples lie; none where there were too few runs.
    pub interval: Option<(f64, f64)>,
}

impl Ratio {
    /// Whether the two are the same within the noise: 1 is in the interval. `None` where that cannot be told.
    pub fn is_same(&self) -> Option<bool> {
        self.interval.map(|(low, high)| low <= 1.0 && 1.0 <= high)
    }
}

/// `1.072`, or `1.004 same` where the two are the same within the noise, or `1.072?` where that cannot be told.
impl fmt::Display for Ratio {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mark = match self.is_same() {
            Some(true) => " same",
            Some(false) => "",
            None => "?",
        };
        write!(f, "{:.3}{mark}", self.value)
    }
}
