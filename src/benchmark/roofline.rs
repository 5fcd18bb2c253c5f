//! Roofline.
use super::{Bandwidth, Measurement, Peak};
/// stub
pub fn svg(_m: &[Measurement], peak: Peak, bandwidths: &[Bandwidth]) -> crate::Result<String> {
    eprintln!("{peak:?} {bandwidths:?}");
    Ok(String::new())
}
