//! What the benches run on: the real letters if they are here, else the built-in ones, and which.

#[path = "../../tests/support/real_letters.rs"]
mod real_letters;

use rankone::dataset::csv;
use rankone::dataset::synthetic::{Split, letters};
use rankone::{Dataset, Scalar};

/// 9000 letters, and what they are.
pub fn large<T: Scalar>() -> (Dataset<T>, &'static str) {
    match read("largeTrain.csv") {
        Some(data) => (data, "real letters"),
        None => (Dataset::from_letters(&letters(9000, 0, Split::Training)), "built-in letters"),
    }
}

/// 1000 letters to validate with.
#[allow(dead_code, reason = "not every bench evaluates")]
pub fn validation<T: Scalar>() -> Dataset<T> {
    let built_in = || Dataset::from_letters(&letters(1000, 0, Split::Validation));
    read("largeValidation.csv").unwrap_or_else(built_in)
}

fn read<T: Scalar>(name: &str) -> Option<Dataset<T>> {
    let path = real_letters::folder()?.join(name);
    Some(csv::read(&path, 10, None).expect("a data file"))
}
