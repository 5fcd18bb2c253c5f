//! The two precisions a network is trained in.

use crate::kernels::Compiled;
use clap::ValueEnum;
use ndarray::NdFloat;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// `f32` or `f64`: the type of every input, parameter and gradient of one network.
pub trait Scalar: NdFloat + FromStr + Default + Compiled + private::Sealed {
    /// Which of the two it is.
    const PRECISION: Precision;

    /// The nearest value of this type.
    fn from_f64(value: f64) -> Self;

    /// The same value as an `f64`; exact.
    fn as_f64(self) -> f64 {
        self.into()
    }
}

/// A scalar type as a value, for the command line and for files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum Precision {
    /// Double precision, 64 bits
    F64,
    /// Single precision, 32 bits
    F32,
}

impl fmt::Display for Precision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::F64 => "f64",
            Self::F32 => "f32",
        })
    }
}

impl Scalar for f64 {
    const PRECISION: Precision = Precision::F64;

    fn from_f64(value: f64) -> Self {
        value
    }
}

impl Scalar for f32 {
    const PRECISION: Precision = Precision::F32;

    fn from_f64(value: f64) -> Self {
        value as Self
    }
}

mod private {
    pub trait Sealed {}
    impl Sealed for f32 {}
    impl Sealed for f64 {}
}
