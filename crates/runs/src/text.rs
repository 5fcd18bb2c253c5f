//! Numbers as people read them.

use std::time::Duration;

/// A loss with so many `digits` after its point.
pub fn loss(value: f64, digits: usize) -> String {
    // A diverging one would be hundreds of digits long.
    if value < 1e6 { format!("{value:.digits$}") } else { format!("{value:.digits$e}") }
}

/// The size of a cache, or of an array to fill it, in KiB, or in MiB from one on.
pub fn kibibytes(bytes: usize) -> String {
    match bytes >> 10 {
        kib @ 0..1024 => format!("{kib} KiB"),
        kib if kib % 1024 == 0 => format!("{} MiB", kib >> 10),
        kib => format!("{:.1} MiB", kib as f64 / 1024.0),
    }
}

/// So many of a noun.
pub fn count(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

/// How long ago something was, in its largest unit.
pub fn ago(age: Duration) -> String {
    let seconds = age.as_secs();
    let (number, unit) = match seconds {
        0..120 => (seconds, "second"),
        120..7200 => (seconds / 60, "minute"),
        7200..172_800 => (seconds / 3600, "hour"),
        _ => (seconds / 86_400, "day"),
    };
    format!("{} ago", count(number as usize, unit))
}

/// A time as people say it.
pub fn duration(seconds: f64) -> String {
    match seconds {
        0.0..120.0 => format!("{seconds:.1} s"),
        120.0..7200.0 => format!("{:.0} min", seconds / 60.0),
        _ => format!("{:.1} h", seconds / 3600.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_loss_is_short_however_large() {
        assert_eq!(loss(0.25, 4), "0.2500");
        assert_eq!(loss(999_999.5, 2), "999999.50");
        assert_eq!(loss(1.5e6, 2), "1.50e6");
        assert_eq!(loss(1e300, 6), "1.000000e300");
    }

    #[test]
    fn sizes_are_read_as_people_write_them() {
        let sizes = [48 << 10, 2 << 20, 1280 << 10, 480 << 20].map(kibibytes);
        assert_eq!(sizes, ["48 KiB", "2 MiB", "1.2 MiB", "480 MiB"]);
        assert_eq!([1, 2].map(|n| count(n, "epoch")), ["1 epoch", "2 epochs"]);
        let times = [1.25, 119.0, 120.0, 7000.0, 7200.0].map(duration);
        assert_eq!(times, ["1.2 s", "119.0 s", "2 min", "117 min", "2.0 h"]);
        let ages = [1, 119, 120, 7199, 7200, 200_000].map(|s| ago(Duration::from_secs(s)));
        let words = ["1 second", "119 seconds", "2 minutes", "119 minutes", "2 hours", "2 days"];
        assert_eq!(ages, words.map(|age| format!("{age} ago")));
    }
}
