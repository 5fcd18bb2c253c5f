//! A sheet of letters as an image: random examples of each class, one row a class (the handout's
//! Figure 1.1).

use crate::error::Result;
use rankone::letters::{COLUMNS, PIXELS, ROWS};
use rankone::{Dataset, Error, Number, Random, Stream};
use rankone_plot::image_sheet;

/// Draws up to `per_class` examples of each class that has any, chosen by `seed`, as a PNG file.
///
/// # Errors
/// [`Error::Mismatch`] where the examples are not letters of 16 x 8 pixels;
/// [`Figure`](crate::Error::Figure) where the image would be larger than a PNG file can be.
pub fn letters_sheet<T: Number>(data: &Dataset<T>, per_class: usize, seed: u64) -> Result<Vec<u8>> {
    if data.inputs() != PIXELS {
        return Err(Error::Mismatch {
            what: "values an example",
            found: data.inputs().to_string(),
            expected: format!("{PIXELS}, an image of {ROWS} rows of {COLUMNS} pixels"),
        }
        .into());
    }
    let pixels = |&example: &usize| -> Vec<f64> {
        data.example(example).0[1..].iter().map(|value| value.as_f64()).collect()
    };
    let chosen = choose(data.labels(), data.classes(), per_class, seed);
    let rows: Vec<Vec<_>> = chosen.iter().map(|row| row.iter().map(pixels).collect()).collect();
    let rows: Vec<Vec<_>> =
        rows.iter().map(|row| row.iter().map(Vec::as_slice).collect()).collect();
    Ok(image_sheet(&rows, ROWS, COLUMNS)?)
}

/// Chooses up to `per_class` examples of each class that has any, without replacement.
fn choose(labels: &[usize], classes: usize, per_class: usize, seed: u64) -> Vec<Vec<usize>> {
    let mut examples = vec![Vec::new(); classes];
    for (example, &label) in labels.iter().enumerate() {
        examples[label].push(example);
    }
    examples.retain(|class| !class.is_empty());
    let mut random = Random::new(seed, Stream::Sheet);
    for class in &mut examples {
        let chosen = per_class.min(class.len());
        for place in 0..chosen {
            let other = place + random.below(class.len() - place);
            class.swap(place, other);
        }
        class.truncate(chosen);
    }
    examples
}
