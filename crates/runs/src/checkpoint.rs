//! How often the state of a run is written.

use serde::{Deserialize, Serialize};
use std::str::FromStr;
use std::time::{Duration, Instant};

/// How often the state of a run is written.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Checkpoint {
    /// Not at all.
    Never,
    /// After the first epoch that ends so many seconds after the last time, and at the end.
    #[serde(rename = "every_seconds")]
    Every(f64),
}

impl Default for Checkpoint {
    fn default() -> Self {
        Self::Every(30.0)
    }
}

impl FromStr for Checkpoint {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let is_time = |seconds: &f64| Duration::try_from_secs_f64(*seconds).is_ok();
        match text {
            "never" => Ok(Self::Never),
            seconds => match seconds.parse().ok().filter(is_time) {
                Some(seconds) => Ok(Self::Every(seconds)),
                None => Err("expected a number of seconds, or never"),
            },
        }
    }
}

impl Checkpoint {
    /// Tells, whenever it is asked, whether it is time; `None` where it never is.
    pub fn timer(self) -> Option<impl FnMut() -> bool> {
        let Self::Every(seconds) = self else { return None };
        let mut last = Instant::now();
        Some(move || {
            let is_due = last.elapsed().as_secs_f64() >= seconds;
            if is_due {
                last = Instant::now();
            }
            is_due
        })
    }
}
