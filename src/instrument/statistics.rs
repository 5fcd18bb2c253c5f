//! Minimum, median and 90th percentile.

use serde::{Deserialize, Serialize};

/// How repeated measurements of one thing spread.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
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
        sorted.sort_by(f64::total_cmp);
        Self {
            min: sorted[0],
            median: median_of_sorted(&sorted),
            p90: sorted[(9 * sorted.len()).div_ceil(10) - 1],
        }
    }

    /// Of several series of one thing: the smallest minimum, the median of the medians, and the median of
    /// the 90th percentiles.
    ///
    /// # Panics
    /// Where there are none.
    pub fn merged(series: &[Self]) -> Self {
        let of = |value: fn(&Self) -> f64| {
            let mut values: Vec<f64> = series.iter().map(value).collect();
            values.sort_by(f64::total_cmp);
            values
        };
        Self {
            min: of(|s| s.min)[0],
            median: median_of_sorted(&of(|s| s.median)),
            p90: median_of_sorted(&of(|s| s.p90)),
        }
    }

    /// Every value times `factor`.
    pub fn scaled(self, factor: f64) -> Self {
        let Self { min, median, p90 } = self;
        Self { min: factor * min, median: factor * median, p90: factor * p90 }
    }
}

fn median_of_sorted(sorted: &[f64]) -> f64 {
    let middle = sorted.len() / 2;
    if sorted.len() % 2 == 1 { sorted[middle] } else { (sorted[middle - 1] + sorted[middle]) / 2.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spread(min: f64, median: f64, p90: f64) -> Spread {
        Spread { min, median, p90 }
    }

    #[test]
    fn percentiles_are_of_the_sorted_values() {
        assert_eq!(Spread::of(&[4.0]), spread(4.0, 4.0, 4.0));
        assert_eq!(Spread::of(&[3.0, 1.0, 2.0]), spread(1.0, 2.0, 3.0));
        assert_eq!(Spread::of(&[9.0, 1.0, 2.0, 4.0]), spread(1.0, 3.0, 9.0));
        let ten: Vec<f64> = (1..=10).rev().map(f64::from).collect();
        assert_eq!(Spread::of(&ten), spread(1.0, 5.5, 9.0));
        let twenty: Vec<f64> = (1..=20).map(f64::from).collect();
        assert_eq!(Spread::of(&twenty), spread(1.0, 10.5, 18.0));
    }

    #[test]
    fn series_are_merged_by_their_least_minimum_and_median_median() {
        let series = [spread(2.0, 5.0, 6.0), spread(3.0, 4.0, 9.0), spread(1.0, 9.0, 99.0)];
        assert_eq!(Spread::merged(&series), spread(1.0, 5.0, 9.0));
        assert_eq!(Spread::merged(&series[..1]), series[0]);
    }

    #[test]
    fn a_unit_is_changed_in_all_three() {
        assert_eq!(spread(1.0, 2.0, 3.0).scaled(1e3), spread(1e3, 2e3, 3e3));
    }
}
