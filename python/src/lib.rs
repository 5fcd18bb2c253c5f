//! The native half of the Python package `rankone`: arrays and settings in, the library's answers and errors out. Nothing
//! is computed here.
//!
//! | file | what it is |
//! |---|---|
//! | `error` | the library's errors as Python's exceptions; work without the GIL, whose panics stay inside |
//! | `value` | settings of any kind, or what is wrong with them |
//! | `array` | arrays and labels of any kind, as the library takes them |
//! | `dataset`, `network` | the library's values, in either precision |
//! | `outcome` | what a training came to |
//! | `training` | one training: settings, callbacks |
//! | `textbook` | the handout's modules |

mod array;
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
    use super::dataset::{Dataset, read_csv};
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
