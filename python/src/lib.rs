//! The native half of the Python package `rankone`: arrays and settings in, the library's answers
//! and errors out. Nothing is computed here.
//!
//! Modules depend only on modules listed above them:
//!
//! | module | contents |
//! |---|---|
//! | `error` | the library's errors as Python exceptions; running work without the GIL and catching its panics |
//! | `value` | conversion of settings |
//! | `array` | conversion of arrays, labels and classes |
//! | `dataset`, `network` | the classes `Dataset` and `Network`, in either precision |
//! | `csv` | `read_csv` |
//! | `outcome` | the result of a training and of each epoch |
//! | `training` | one training: options and callbacks |
//! | `textbook` | the handout's functions |

mod array;
mod csv;
mod dataset;
mod error;
mod network;
mod outcome;
mod textbook;
mod training;
mod value;

#[pyo3::pymodule]
mod _rankone {
    #[pymodule_export]
    use super::csv::read_csv;
    #[pymodule_export]
    use super::dataset::Dataset;
    #[pymodule_export]
    use super::error::{DataError, Diverged};
    #[pymodule_export]
    use super::network::Network;
    #[pymodule_export]
    use super::outcome::{Epoch, Evaluation, Outcome};
    #[pymodule_export]
    use super::textbook::{
        backward, cross_entropy_backward, cross_entropy_forward, forward, linear_backward,
        linear_forward, sigmoid_backward, sigmoid_forward, softmax_backward, softmax_forward,
    };
    #[pymodule_export]
    use super::training::fit;
    #[pymodule_export]
    use super::value::{real, text, whole};
    #[pymodule_export]
    #[allow(non_upper_case_globals)]
    const __version__: &str = env!("CARGO_PKG_VERSION");
}
