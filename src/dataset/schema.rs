//! What the columns and labels of examples mean: what a model keeps, and other files are read by.

use super::classes::Classes;
use super::scaling::{Scaling, Values};

/// What the numbers of a data set mean. A model is trained on one, and understands others by it.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Schema {
    /// M, the number of inputs.
    pub inputs: usize,
    /// Their names, where the file had a header.
    pub input_names: Option<Vec<String>>,
    /// The name of the column of labels, where it had one.
    pub label_name: Option<String>,
    /// The K classes.
    pub classes: Classes,
    /// Which values there may be.
    pub values: Values,
    /// What was done to them, where they were scaled.
    pub scaling: Option<Scaling>,
}

impl Schema {
    /// Of nameless inputs of any value, whose labels are the numbers 0 to K-1.
    pub(crate) fn of_shape(inputs: usize, classes: usize) -> Self {
        Self {
            inputs,
            input_names: None,
            label_name: None,
            classes: Classes::Numbers(classes),
            values: Values::Any,
            scaling: None,
        }
    }
}
