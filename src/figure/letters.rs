//! A sheet of letters as a picture: random images of each class that has any, one row a class (the
//! handout's Figure 1.1).

use crate::dataset::Dataset;
use crate::dataset::letters::{COLUMNS, PIXELS, ROWS};
use crate::error::{Error, Result};
use crate::number::Number;
use crate::random::{Random, Stream};

/// Side of a letter's pixel in the picture's pixels.
const SCALE: usize = 4;
/// Room around each letter in the picture's pixels.
const GAP: usize = 6;
/// The room's grey; an input of 0 is white and an input of 1 black.
const PAPER: u8 = 0xd8;

/// Draws `per_class` images of each class of `data`, chosen by `seed`, as a PNG file; a class that has
/// fewer leaves its row short, and one that has none has no row.
///
/// # Errors
/// [`Error::Mismatch`] where the examples are not letters of 16 x 8 pixels, [`Error::Drawing`] where the
/// picture would be larger than a PNG file can be.
pub fn letters<T: Number>(data: &Dataset<T>, per_class: usize, seed: u64) -> Result<Vec<u8>> {
    if data.inputs() != PIXELS {
        return Err(Error::Mismatch {
            what: "values an example",
            found: data.inputs().to_string(),
            expected: format!("{PIXELS}, an image of {ROWS} rows of {COLUMNS} pixels"),
        });
    }
    let chosen = choose(data, per_class, seed);
    let across = chosen.iter().map(Vec::len).max().unwrap_or(0);
    let (width, height) =
        (across * (COLUMNS * SCALE + GAP) + GAP, chosen.len() * (ROWS * SCALE + GAP) + GAP);
    let mut picture = vec![PAPER; width * height];
    for (row, examples) in chosen.iter().enumerate() {
        for (column, &example) in examples.iter().enumerate() {
            let top = GAP + row * (ROWS * SCALE + GAP);
            let left = GAP + column * (COLUMNS * SCALE + GAP);
            let pixels = data.features();
            let pixels = pixels.row(example);
            for (y, line) in
                picture.chunks_exact_mut(width).skip(top).take(ROWS * SCALE).enumerate()
            {
                for (x, grey) in line[left..].iter_mut().take(COLUMNS * SCALE).enumerate() {
                    let ink = pixels[y / SCALE * COLUMNS + x / SCALE].as_f64();
                    *grey = (255.0 * (1.0 - ink)).round() as u8;
                }
            }
        }
    }
    encode(&picture, width, height).map_err(|error| Error::Drawing(error.to_string()))
}

/// For each class that has any, up to `per_class` of its examples, drawn without replacement.
fn choose<T: Number>(data: &Dataset<T>, per_class: usize, seed: u64) -> Vec<Vec<usize>> {
    let mut classes = vec![Vec::new(); data.classes()];
    for (example, &label) in data.labels().iter().enumerate() {
        classes[label].push(example);
    }
    classes.retain(|class| !class.is_empty());
    let mut random = Random::new(seed, Stream::Sheet);
    for class in &mut classes {
        let wanted = per_class.min(class.len());
        for place in 0..wanted {
            let other = place + random.below(class.len() - place);
            class.swap(place, other);
        }
        class.truncate(wanted);
    }
    classes
}

fn encode(
    grey: &[u8],
    width: usize,
    height: usize,
) -> std::result::Result<Vec<u8>, png::EncodingError> {
    let side = |n| u32::try_from(n).unwrap_or(u32::MAX);
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, side(width), side(height));
    encoder.set_color(png::ColorType::Grayscale);
    let mut writer = encoder.write_header()?;
    writer.write_image_data(grey)?;
    writer.finish()?;
    Ok(file)
}
