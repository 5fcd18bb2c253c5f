//! What a training run leaves behind, as text and pictures.

pub mod curve;
pub mod history;
pub mod metrics;
pub mod profile;
pub mod run;
pub mod sheet;

/// A loss for people to read, with so many `digits` after its point.
pub fn loss(value: f64, digits: usize) -> String {
    // A diverging one would be hundreds of digits long.
    if value < 1e6 { format!("{value:.digits$}") } else { format!("{value:.digits$e}") }
}

#[cfg(test)]
mod tests {
    use super::loss;

    #[test]
    fn a_loss_is_short_however_large() {
        assert_eq!(loss(0.25, 4), "0.2500");
        assert_eq!(loss(999_999.5, 2), "999999.50");
        assert_eq!(loss(1.5e6, 2), "1.50e6");
        assert_eq!(loss(1e300, 6), "1.000000e300");
    }
}
