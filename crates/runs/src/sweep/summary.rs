//! `summary.csv`: a row a setting, over its seeds.

use super::record::TrialRecord;
use super::trial::Trial;
use crate::run::Results;
use rankone::{Result, atomic_file};
use std::path::Path;

/// The rows of `summary.csv`.
const SUMMARY: &str = "summary.csv";

/// What some numbers are together.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Statistics {
    /// Their mean.
    pub mean: f64,
    /// That of a sample, divided by n - 1; NaN for a single number.
    pub standard_deviation: f64,
    /// A quarter of them lies below the first, half below the second, a quarter above the third.
    pub quartiles: [f64; 3],
}

impl Statistics {
    /// Those of `numbers`, if there are any.
    pub fn of(mut numbers: Vec<f64>) -> Option<Self> {
        let n = numbers.len() as f64;
        numbers.sort_by(f64::total_cmp);
        let last = numbers.len().checked_sub(1)?;
        let mean = numbers.iter().sum::<f64>() / n;
        let squares: f64 = numbers.iter().map(|number| (number - mean).powi(2)).sum();
        // Between two numbers as far as the share says.
        let quantile = |share: f64| {
            let place = share * last as f64;
            let (low, rest) = (place.floor() as usize, place.fract());
            numbers[low] + rest * (numbers[(low + 1).min(last)] - numbers[low])
        };
        let quartiles = [0.25, 0.5, 0.75].map(quantile);
        Some(Self { mean, standard_deviation: (squares / (n - 1.0)).sqrt(), quartiles })
    }
}

/// Records that are in order, setting by setting.
pub fn by_setting(records: &[TrialRecord]) -> impl Iterator<Item = (Trial, &[TrialRecord])> {
    let settings = records.chunk_by(|a, b| a.settings.setting() == b.settings.setting());
    settings.map(|records| (records[0].settings.setting(), records))
}

/// The best of some records, if one of them is any good.
pub fn best_of<'r>(records: impl Iterator<Item = &'r TrialRecord>) -> Option<&'r TrialRecord> {
    let good = records.filter(|record| record.result.is_some());
    good.reduce(|best, record| if record.is_better(best) { record } else { best })
}

/// Takes a number out of results, if it is there.
pub type OfResults = fn(&Results) -> Option<f64>;

/// What the statistics are of.
pub const RESULTS: [(&str, OfResults); 5] = [
    ("train_cross_entropy", |result| Some(result.train_cross_entropy)),
    ("validation_cross_entropy", |result| result.validation_cross_entropy),
    ("train_error", |result| Some(result.train_error)),
    ("validation_error", |result| result.validation_error),
    ("best_epoch", |result| result.best_epoch.map(|epoch| epoch as f64)),
];

/// Writes the summary of these `records` to `folder`.
///
/// # Errors
/// [`Error::Io`](crate::Error::Io) where it cannot be written.
pub fn write(folder: &Path, records: &[TrialRecord]) -> Result<()> {
    let mut csv = String::from(
        "hidden,learning_rate,epochs,init,order,schedule,patience,keep,precision,engine,networks,diverged",
    );
    for (name, _) in RESULTS {
        csv += &format!(",{name}_mean,{name}_standard_deviation,{name}_median");
    }
    csv += ",best_seed,model\n";
    for (trial, records) in by_setting(records) {
        let s = &trial.settings;
        let results: Vec<_> = records.iter().filter_map(|record| record.result).collect();
        csv += &format!(
            "{},{},{},{},{},{},{},{},{},{},{},{}",
            s.hidden,
            s.learning_rate,
            s.epochs,
            s.init,
            s.order,
            s.schedule,
            s.patience.map_or(String::new(), |patience| patience.to_string()),
            s.kept(),
            trial.precision,
            trial.engine,
            results.len(),
            records.len() - results.len(),
        );
        for (_, of) in RESULTS {
            let of_none = [f64::NAN; 3];
            let numbers = Statistics::of(results.iter().filter_map(of).collect());
            let columns = numbers.map_or(of_none, |numbers| {
                [numbers.mean, numbers.standard_deviation, numbers.quartiles[1]]
            });
            for number in columns {
                csv += &if number.is_nan() { ",".into() } else { format!(",{number}") };
            }
        }
        let best = best_of(records.iter());
        let seed = best.map_or(String::new(), |best| best.settings.settings.seed.to_string());
        let model = best.map(|best| best.settings.model_name());
        let model = model.filter(|model| folder.join(model).exists()).unwrap_or_default();
        csv += &format!(",{seed},{model}\n");
    }
    atomic_file::write(&folder.join(SUMMARY), |out| out.write_all(csv.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::Statistics;

    #[test]
    fn statistics_are_those_of_a_sample() {
        let found = Statistics::of(vec![4.0, 1.0, 2.0, 3.0]).unwrap();
        assert_eq!((found.mean, found.quartiles), (2.5, [1.75, 2.5, 3.25]));
        assert!((found.standard_deviation - (5.0f64 / 3.0).sqrt()).abs() <= 1e-15);
        let single = Statistics::of(vec![7.0]).unwrap();
        assert_eq!((single.mean, single.quartiles), (7.0, [7.0; 3]));
        assert!(single.standard_deviation.is_nan());
        assert_eq!(Statistics::of(Vec::new()), None);
    }
}
