//! Ranges of settings, as they are written: `a..b` or `a..b..step`, both ends included.

use std::str::FromStr;

/// The most values of a range: more are a mistake.
const MOST_VALUES: usize = 100_000;

/// Parses a number or a range of them, `a..b` or `a..b..step`, both ends included; `at` counts
/// steps from `a`.
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
///
/// # Errors
/// What is expected, or which value is too large.
pub fn whole<V>(text: &str) -> Result<Vec<V>, String>
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
pub fn real(text: &str) -> Result<Vec<f64>, String> {
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
