//! How the learning rate goes from epoch to epoch.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::str::FromStr;

/// How the learning rate goes from epoch to epoch: `lr` is the one of the settings, `e` the epoch
/// from 0.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub enum Schedule {
    /// `lr`.
    #[default]
    Constant,
    /// `lr / (1 + e / half)`: half of it after `half` epochs.
    Inverse {
        /// H, positive.
        half: f64,
    },
    /// `lr factor^floor(e / every)`.
    Step {
        /// F, positive.
        factor: f64,
        /// E, at least 1.
        every: usize,
    },
    /// `lr (1 + cos(pi e / epochs)) / 2`, of all epochs that are asked for.
    Cosine,
}

impl Schedule {
    /// The rate of `epoch`, from 0, of `epochs`.
    pub fn rate(self, learning_rate: f64, epoch: usize, epochs: usize) -> f64 {
        let e = epoch as f64;
        match self {
            Self::Constant => learning_rate,
            Self::Inverse { half } => learning_rate / (1.0 + e / half),
            Self::Step { factor, every } => {
                learning_rate * libm::pow(factor, (epoch / every) as f64)
            }
            Self::Cosine => {
                let turn = std::f64::consts::PI * e / epochs as f64;
                learning_rate * (1.0 + libm::cos(turn)) / 2.0
            }
        }
    }
}

/// A schedule that is none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "expected constant, inverse:H, step:F/E or cosine, with H and F positive and E a whole number from 1"
)]
pub struct ScheduleError;

impl FromStr for Schedule {
    type Err = ScheduleError;

    /// `constant`, `inverse:H`, `step:F/E` or `cosine`.
    fn from_str(text: &str) -> Result<Self, ScheduleError> {
        let positive = |text: &str| text.parse().ok().filter(|v: &f64| *v > 0.0 && v.is_finite());
        let (name, figures) = text.split_once(':').unwrap_or((text, ""));
        let schedule = match name {
            "constant" if figures.is_empty() => Some(Self::Constant),
            "cosine" if figures.is_empty() => Some(Self::Cosine),
            "inverse" => positive(figures).map(|half| Self::Inverse { half }),
            "step" => figures.split_once('/').and_then(|(factor, every)| {
                let every = every.parse().ok().filter(|every| *every > 0)?;
                Some(Self::Step { factor: positive(factor)?, every })
            }),
            _ => None,
        };
        schedule.ok_or(ScheduleError)
    }
}

impl fmt::Display for Schedule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Constant => write!(f, "constant"),
            Self::Inverse { half } => write!(f, "inverse:{half}"),
            Self::Step { factor, every } => write!(f, "step:{factor}/{every}"),
            Self::Cosine => write!(f, "cosine"),
        }
    }
}

impl Serialize for Schedule {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Schedule {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}
