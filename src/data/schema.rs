//! What the columns and labels of examples mean: what a model keeps, and other files are read by.

use super::classes::Classes;
use super::scaling::{Scaling, Values};
use serde::{Deserialize, Serialize};

/// What the numbers of a data set mean. A model is trained on one, and understands others by it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Schema {
    /// M, the number of inputs.
    pub inputs: usize,
    /// Their names, where the file had a header.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub input_names: Option<Vec<String>>,
    /// The name of the column of labels, where it had one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label_name: Option<String>,
    /// The K classes.
    pub classes: Classes,
    /// Which values there may be.
    pub values: Values,
    /// What was done to them, where they were scaled.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scaling: Option<Scaling>,
}

impl Schema {
    /// Of M nameless inputs of any value, whose labels are the numbers 0 to K-1.
    pub fn of_shape(inputs: usize, classes: usize) -> Self {
        Self {
            inputs,
            input_names: None,
            label_name: None,
            classes: Classes::Numbers(classes),
            values: Values::Any,
            scaling: None,
        }
    }

    /// Whether it says nothing but the numbers of inputs and classes, and what holds where nothing
    /// is said.
    pub(crate) fn is_plain(&self) -> bool {
        let plain =
            Self { values: Values::Unit, ..Self::of_shape(self.inputs, self.classes.len()) };
        *self == plain
    }

    /// Whether its parts are of one size.
    pub(crate) fn is_consistent(&self) -> bool {
        let names = self.input_names.as_ref().map(Vec::len);
        let scaling = self.scaling.as_ref();
        let figures = scaling.map(|scaling| [scaling.offset.len(), scaling.divisor.len()]);
        let mut lengths = names.into_iter().chain(figures.into_iter().flatten());
        lengths.all(|length| length == self.inputs)
            && self.scaling.is_some() == self.values.are_scaled()
    }
}
