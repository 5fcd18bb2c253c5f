//! What the benches run on: the real letters if they are here, else the built-in ones, and which.

#[path = "../../tests/support/real_letters.rs"]
mod real_letters;

use rankone::{Dataset, Number, Split};

/// 9000 letters, and what they are.
pub fn large<T: Number>() -> (Dataset<T>, &'static str) {
    match read("largeTrain.csv") {
        Some(data) => (data, "real letters"),
        None => (letters(9000, Split::Training), "built-in letters"),
    }
}

/// 1000 letters to validate with.
#[allow(dead_code, reason = "not every bench evaluates")]
pub fn validation<T: Number>() -> Dataset<T> {
    let built_in = || letters(1000, Split::Validation);
    read("largeValidation.csv").unwrap_or_else(built_in)
}

fn letters<T: Number>(n: usize, split: Split) -> Dataset<T> {
    Dataset::letters(n, 0, split).expect("there are letters")
}

fn read<T: Number>(name: &str) -> Option<Dataset<T>> {
    let path = real_letters::folder()?.join(name);
    Some(Dataset::from_csv(path).expect("a data file"))
}
