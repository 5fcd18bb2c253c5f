//! Measurements as lines of text.

use super::dot::DotMeasurement;
use super::{Measurement, Verdict};
use crate::phases::Phase;

/// The line above [`row`]s.
pub fn heading() -> String {
    format!(
        "{:>5}  {:<10}{:<5}{:>10}{:>10}{:>10}  {:>9}{:>9}{:>9}",
        "D", "engine", "", "ns: min", "median", "p90", "ns/weight", "GFLOP/s", "of peak"
    )
}

/// One contestant: its times and those of its phases, or why it has none.
pub fn row(measurement: &Measurement) -> String {
    let Measurement { engine, precision, hidden, check, reason, .. } = measurement;
    let who = format!("{hidden:>5}  {engine:<10}{:<5}", precision.to_string());
    let times = (
        measurement.ns_per_example,
        measurement.ns_per_weight,
        measurement.gflops,
        measurement.share_of_peak,
    );
    let (Verdict::Passed, (Some(ns), Some(weight), Some(gflops), Some(share))) = (check, times)
    else {
        return format!("{who}  {check}: {}", reason.as_deref().unwrap_or("no time"));
    };
    let mut row = format!(
        "{who}{:>10.0}{:>10.0}{:>10.0}  {weight:>9.4}{gflops:>9.2}{:>7.1} %",
        ns.min,
        ns.median,
        ns.p90,
        100.0 * share
    );
    for phase in Phase::ALL.map(Phase::name) {
        let ns = measurement.phases.as_ref().and_then(|phases| phases.get(phase));
        if let Some(ns) = ns.filter(|&&ns| ns > 0.0) {
            row += &format!("\n{:>24}{phase:<20}{ns:>8.0}", "");
        }
    }
    row
}

/// The line above [`dot_row`]s.
pub fn dot_heading() -> String {
    format!(
        "{:<40}{:>10}{:>10}{:>10}{:>9}{:>9}",
        "dot product", "us: min", "median", "p90", "GFLOP/s", "of peak"
    )
}

/// One way to compute a dot product: its times, or why it has none.
pub fn dot_row(measurement: &DotMeasurement) -> String {
    let DotMeasurement { product, us, gflops, share_of_peak, reason, .. } = measurement;
    let (Some(us), Some(gflops), Some(share)) = (us, gflops, share_of_peak) else {
        return format!("{product:<40}  no time: {}", reason.as_deref().unwrap_or("unknown"));
    };
    format!(
        "{product:<40}{:>10.1}{:>10.1}{:>10.1}{gflops:>9.2}{:>7.1} %",
        us.min,
        us.median,
        us.p90,
        100.0 * share
    )
}
