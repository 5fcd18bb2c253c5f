//! Statistics of timed runs, and intervals for the ratio of two medians.

use rankone::{Random, Stream};
use serde::Serialize;
use std::fmt;

/// All timed runs of one candidate, in seconds and in the fields of hyperfine's `--export-json`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Samples {
    /// Mean of the runs.
    pub mean: f64,
    /// Sample standard deviation of the runs; NaN for a single run.
    pub stddev: f64,
    /// Median of the runs.
    pub median: f64,
    /// Mean CPU time of a run in user mode, all threads together; NaN where it is not known.
    pub user: f64,
    /// Mean CPU time of a run in the kernel.
    pub system: f64,
    /// The fastest run.
    pub min: f64,
    /// The slowest run.
    pub max: f64,
    /// Every run, in the order in which they ran.
    pub times: Vec<f64>,
}

impl Samples {
    /// Summarizes the `times` of runs that together took this CPU time, in user mode and in the
    /// kernel.
    ///
    /// # Panics
    /// If `times` is empty.
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

/// Minimum, median and 90th percentile of repeated measurements.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Spread {
    /// The minimum.
    pub min: f64,
    /// The median.
    pub median: f64,
    /// The smallest value that at least 90 % of the values do not exceed; the maximum of up to 9
    /// values.
    pub p90: f64,
}

impl Spread {
    /// Summarizes `values` in any order.
    ///
    /// # Panics
    /// If `values` is empty.
    pub fn of(values: &[f64]) -> Self {
        let mut sorted = values.to_vec();
        let median = median(&mut sorted);
        sorted.sort_by(f64::total_cmp);
        Self { min: sorted[0], median, p90: sorted[(9 * sorted.len()).div_ceil(10) - 1] }
    }

    /// Multiplies every value by `factor`.
    #[must_use]
    pub fn scaled(self, factor: f64) -> Self {
        let Self { min, median, p90 } = self;
        Self { min: factor * min, median: factor * median, p90: factor * p90 }
    }
}

/// Returns the median of `values`, and reorders them.
///
/// # Panics
/// If `values` is empty.
fn median(values: &mut [f64]) -> f64 {
    let (middle, even) = (values.len() / 2, values.len().is_multiple_of(2));
    let (below, &mut upper, _) = values.select_nth_unstable_by(middle, f64::total_cmp);
    let lower = below.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    if even { (lower + upper) / 2.0 } else { upper }
}

/// Number of resamples.
const RESAMPLES: usize = 4000;
/// With fewer runs than this there is no interval.
const FEWEST_RUNS: usize = 5;

/// The median of a candidate's runs, and its sampling distribution.
///
/// Runs of one start of the program are more alike than runs of two starts. Therefore a resample
/// draws starts with replacement, and from each as many of its runs as it has, with replacement:
/// the bootstrap for hierarchical data (Davison and Hinkley, Bootstrap Methods and their
/// Application, 1997, section 3.8). The same runs and seed always have the same resamples.
#[derive(Debug, Clone)]
pub struct Median {
    /// The median of all runs.
    pub value: f64,
    /// Number of starts of the program.
    pub starts: usize,
    /// The median of each resample; empty if there are too few runs.
    resampled: Vec<f64>,
}

impl Median {
    /// Computes the median and the resamples of the runs of each of `starts`.
    ///
    /// # Panics
    /// If there is no start, or one without runs.
    pub fn of(starts: &[Vec<f64>], seed: u64) -> Self {
        let mut all = starts.concat();
        let resamples = if all.len() < FEWEST_RUNS { 0 } else { RESAMPLES };
        let mut random = Random::new(seed, Stream::Resample);
        let resample = |_| {
            let mut drawn = Vec::with_capacity(all.len());
            for _ in starts {
                let start = &starts[random.below(starts.len())];
                drawn.extend(start.iter().map(|_| start[random.below(start.len())]));
            }
            median(&mut drawn)
        };
        let resampled = (0..resamples).map(resample).collect();
        Self { value: median(&mut all), starts: starts.len(), resampled }
    }

    /// Divides this median by another one.
    pub fn by(&self, other: &Self) -> Ratio {
        let both = self.resampled.iter().zip(&other.resampled);
        let mut ratios: Vec<_> = both.map(|(numerator, divisor)| numerator / divisor).collect();
        ratios.sort_by(f64::total_cmp);
        let cut = ratios.len() / 200;
        let interval = ratios.get(cut).copied().zip(ratios.iter().rev().nth(cut).copied());
        Ratio { value: self.value / other.value, interval }
    }
}

/// The ratio of two medians.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ratio {
    /// The ratio.
    pub value: f64,
    /// Its 99 % interval; `None` if there were too few runs.
    pub interval: Option<(f64, f64)>,
}

impl Ratio {
    /// Returns whether the two medians are equal within the noise, which is whether the interval
    /// contains 1; `None` without an interval.
    pub fn is_same(&self) -> Option<bool> {
        self.interval.map(|(low, high)| low <= 1.0 && 1.0 <= high)
    }
}

impl fmt::Display for Ratio {
    /// Writes `1.072`, or `1.004 same` if the medians are equal within the noise, or `1.072?`
    /// without an interval.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mark = match self.is_same() {
            Some(true) => " same",
            Some(false) => "",
            None => "?",
        };
        write!(f, "{:.3}{mark}", self.value)
    }
}
