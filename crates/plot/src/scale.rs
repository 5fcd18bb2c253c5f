//! Scales: the positions of values along an axis, and its ticks.

/// The range of an axis, and whether equal distances are equal ratios.
#[derive(Debug, Clone, Copy)]
pub struct Scale {
    pub low: f64,
    pub high: f64,
    pub is_log: bool,
}

/// A logarithmic scale of more decades has ticks at powers of ten only.
const MOST_DECADES: f64 = 8.0;

impl Scale {
    /// Returns a logarithmic scale; both ends must be positive.
    pub fn log(low: f64, high: f64) -> Self {
        Self { low, high, is_log: true }
    }

    /// Returns a scale for a range and a margin around it: logarithmic if the range is positive and
    /// its high end is at least `log_from` times the low end, otherwise linear, from 0 if possible.
    pub fn around((low, high): (f64, f64), log_from: f64) -> Self {
        let (low, high, is_log) = if low > 0.0 && high >= log_from * low {
            (low / 1.25, high * 1.25, true)
        } else if low >= 0.0 {
            (0.0, high * 1.05, false)
        } else {
            (low - 0.05 * (high - low), high + 0.05 * (high - low), false)
        };
        Self { low, high: high.min(f64::MAX), is_log }
    }

    /// Returns the position of a value: 0 at the low end and below, 1 at the high end and above.
    pub fn position(self, value: f64) -> f64 {
        let Self { low, high, is_log } = self;
        let (part, whole) = if is_log {
            ((value / low).ln(), (high / low).ln())
        } else {
            (value - low, high - low)
        };
        (part / whole).clamp(0.0, 1.0)
    }

    /// Returns round numbers in the range: 1, 2, 5, 10, ... on a logarithmic scale, four to ten
    /// multiples of such a number on a linear scale.
    pub fn steps(self) -> Vec<f64> {
        let Self { low, high, is_log } = self;
        let steps: Vec<f64> = if is_log && high.log10() - low.log10() > MOST_DECADES {
            let exponents = Self { low: low.log10(), high: high.log10(), is_log: false };
            exponents.steps().into_iter().map(|exponent| 10f64.powi(exponent as i32)).collect()
        } else if is_log {
            let decades = low.log10().floor() as i32..=high.log10().ceil() as i32;
            let in_decade = |n| [1.0, 2.0, 5.0].map(|step| step * 10f64.powi(n));
            decades.flat_map(in_decade).collect()
        } else {
            let rough = (high - low) / 6.0;
            let decade = 10f64.powf(rough.log10().floor());
            let steps = [1.0, 2.0, 5.0, 10.0].map(|step| step * decade);
            let step = steps.into_iter().find(|step| *step >= rough).unwrap_or(rough);
            let first = (low / step).ceil();
            (0..12).map(|count| (first + f64::from(count)) * step).collect()
        };
        steps.into_iter().filter(|&step| low <= step && step <= high).collect()
    }
}

/// Returns the lowest and the highest of the finite numbers.
pub fn ends(numbers: impl Iterator<Item = f64>) -> (f64, f64) {
    let none = (f64::INFINITY, f64::NEG_INFINITY);
    let finite = numbers.filter(|number| number.is_finite());
    finite.fold(none, |(low, high), number| (low.min(number), high.max(number)))
}

/// Returns the lowest and the highest of the finite numbers, made different if they are equal, or
/// 0 and 1 if there are none.
pub fn range(numbers: impl Iterator<Item = f64>) -> (f64, f64) {
    match ends(numbers) {
        (low, high) if low < high => (low, high),
        (low, high) if low == high => (low - 1e-9, low + low.abs().max(1e-9)),
        _ => (0.0, 1.0),
    }
}

/// Returns a tick for each of some numbers: the number and its text.
pub fn ticks(numbers: &[f64]) -> Vec<(f64, String)> {
    numbers.iter().map(|&at| (at, number(at))).collect()
}

/// Formats the number of a tick.
pub fn number(value: f64) -> String {
    if value == 0.0 || (1e-5..1e6).contains(&value.abs()) {
        // Powers of ten below one are not exact.
        return format!("{}", (value * 1e6).round() / 1e6);
    }
    let text = format!("{value:.5e}");
    let (digits, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    format!("{}e{exponent}", digits.trim_end_matches('0').trim_end_matches('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_few_and_short_on_any_range() {
        let texts = |low, high, is_log| {
            let steps = Scale { low, high, is_log }.steps();
            steps.into_iter().map(number).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(texts(0.0, 105.0, false), "0 20 40 60 80 100");
        assert_eq!(texts(0.0, 3e300, false), "0 5e299 1e300 1.5e300 2e300 2.5e300 3e300");
        assert_eq!([1048576.0, -0.25, 2e-6].map(number), ["1.04858e6", "-0.25", "2e-6"]);
        assert_eq!(texts(0.03, 2.0, true), "0.05 0.1 0.2 0.5 1 2");
        assert_eq!(texts(0.5, 1e40, true), "1 1e10 1e20 1e30 1e40");
        let widest = range([f64::INFINITY, 5e-324, f64::MAX].into_iter());
        assert!(Scale::around(widest, 12.0).steps().len() <= 12);
    }
}
