//! What the benches run on: the real letters if they are here, else the built-in ones, and which.

#[path = "../../tests/support/real_letters.rs"]
mod real_letters;

use rankone::dataset::csv;
use rankone::dataset::synthetic::{Split, letters};
use rankone::{Dataset, Scalar};

/// 9000 letters, and what they are.
pub fn large<T: Scalar>() -> (Dataset<T>, &'static str) {
    match real_letters::folder() {
        Some(folder) => {
            let data = csv::read(&folder.join("largeTrain.csv"), 10, None);
            (data.expect("a data file"), "real letters")
        }
        None => (Dataset::from_letters(&letters(9000, 0, Split::Training)), "built-in letters"),
    }
}
