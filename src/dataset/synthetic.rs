//! Synthetic letters: the ten letters a e g i l n o r t u drawn with a shaky pen into 16 x 8 pixels.
//!
//! They stand in for scanned handwriting where that is not at hand. A [`Scribe`] picks one of a
//! letter's forms (`strokes.rs`) and draws it as no one else would (`pen.rs`).
//!
//! Only `+ - * /` and comparisons touch a float on the way, and the generator (`random.rs`) is
//! documented, so a seed gives the same bytes on every platform, for ever.

use std::io;

use super::pen;
pub use super::pen::{COLUMNS, PIXELS, ROWS};
use super::strokes::ALPHABET;
use crate::random::{Random, Stream};

/// Classes, labelled 0 to 9 in the order a e g i l n o r t u.
pub const CLASSES: usize = ALPHABET.len();

/// The handout's three sizes: examples for training and for validation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Size {
    /// 500 and 100
    Small,
    /// 5000 and 1000
    Medium,
    /// 9000 and 1000
    Large,
}

impl Size {
    /// How many examples for training and for validation.
    pub fn examples(self) -> (usize, usize) {
        match self {
            Self::Small => (500, 100),
            Self::Medium => (5000, 1000),
            Self::Large => (9000, 1000),
        }
    }
}

/// Which of the two sets under one seed: each is drawn from a stream of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Split {
    /// What a network learns from.
    Training,
    /// What it has not seen.
    Validation,
}

/// Labelled images: `labels[i]` belongs to `pixels[i * PIXELS..][..PIXELS]`, 0 or 1, row by row.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Letters {
    /// Classes, 0 to 9.
    pub labels: Vec<u8>,
    /// Images, one after the other.
    pub pixels: Vec<u8>,
}

impl Letters {
    /// Writes one line for each letter, `label,p0,...,p127`, ended by a line feed.
    pub fn write_csv(&self, mut out: impl io::Write) -> io::Result<()> {
        let mut line = [b','; 2 * PIXELS + 2];
        line[2 * PIXELS + 1] = b'\n';
        for (&label, image) in self.labels.iter().zip(self.pixels.chunks_exact(PIXELS)) {
            line[0] = b'0' + label;
            for (place, &pixel) in line[2..].iter_mut().step_by(2).zip(image) {
                *place = b'0' + pixel;
            }
            out.write_all(&line)?;
        }
        out.flush()
    }
}

/// Draws the training and the validation set of a size.
pub fn synthesize(size: Size, seed: u64) -> (Letters, Letters) {
    let (training, validation) = size.examples();
    (letters(training, seed, Split::Training), letters(validation, seed, Split::Validation))
}

/// Draws `n` letters. Fewer letters are the beginning of more letters.
pub fn letters(n: usize, seed: u64, split: Split) -> Letters {
    let mut letters =
        Letters { labels: Vec::with_capacity(n), pixels: Vec::with_capacity(n * PIXELS) };
    for (label, image) in Scribe::new(seed, split).take(n) {
        letters.labels.push(label);
        letters.pixels.extend_from_slice(&image);
    }
    letters
}

/// Writes letters without end: every ten of them are the whole alphabet, each time in a new order.
#[derive(Clone, Debug)]
pub struct Scribe {
    random: Random,
    /// The letters of the present ten: those before `place` are written.
    order: [u8; CLASSES],
    place: usize,
}

impl Scribe {
    /// A scribe at the beginning of a set.
    pub fn new(seed: u64, split: Split) -> Self {
        let stream = match split {
            Split::Training => Stream::TrainingLetters,
            Split::Validation => Stream::ValidationLetters,
        };
        Self {
            random: Random::new(seed, stream),
            order: std::array::from_fn(|label| label as u8),
            place: 0,
        }
    }
}

impl Iterator for Scribe {
    type Item = (u8, [u8; PIXELS]);

    fn next(&mut self) -> Option<Self::Item> {
        // Fisher and Yates, one step a letter: whatever is left of the ten may come next.
        let chosen = self.place + self.random.below(CLASSES - self.place);
        self.order.swap(self.place, chosen);
        let label = self.order[self.place];
        self.place = (self.place + 1) % CLASSES;
        let (_, forms) = ALPHABET[usize::from(label)];
        let form = forms[self.random.below(forms.len())];
        Some((label, pen::draw(form, &mut self.random)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn csv(letters: &Letters) -> Vec<u8> {
        let mut bytes = Vec::new();
        letters.write_csv(&mut bytes).unwrap();
        bytes
    }

    /// FNV-1a, 64 bits.
    fn checksum(bytes: &[u8]) -> u64 {
        bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, &byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        })
    }

    #[test]
    fn the_small_set_never_changes() {
        let (training, validation) = synthesize(Size::Small, 0);
        assert_eq!(checksum(&csv(&training)), 0x5209_6077_9e49_d0f4, "training");
        assert_eq!(checksum(&csv(&validation)), 0xc79a_7fe6_7eb3_02e4, "validation");
    }

    #[test]
    fn a_seed_is_one_set_and_another_seed_or_split_another() {
        let set = |seed, split| letters(50, seed, split).pixels;
        assert_eq!(set(3, Split::Training), set(3, Split::Training));
        assert_ne!(set(3, Split::Training), set(4, Split::Training));
        assert_ne!(set(3, Split::Training), set(3, Split::Validation));
    }

    #[test]
    fn fewer_letters_are_the_beginning_of_more() {
        let (few, many) = (letters(7, 1, Split::Training), letters(95, 1, Split::Training));
        assert_eq!(few.labels, many.labels[..7]);
        assert_eq!(few.pixels, many.pixels[..7 * PIXELS]);
        assert_eq!(letters(0, 1, Split::Training), Letters::default());
    }

    #[test]
    fn classes_are_balanced_and_in_mixed_order() {
        for size in [Size::Small, Size::Medium, Size::Large] {
            let (training, validation) = synthesize(size, 5);
            assert_eq!((training.labels.len(), validation.labels.len()), size.examples());
            for labels in [training.labels, validation.labels] {
                let n = labels.len();
                for class in 0..CLASSES as u8 {
                    assert_eq!(labels.iter().filter(|&&label| label == class).count(), n / CLASSES);
                }
                // In an even shuffle of each ten, 1 % of neighbours are alike and 10 % rise by one.
                let share = |step: u8| {
                    let pairs = labels.windows(2).filter(|pair| pair[0] + step == pair[1]);
                    pairs.count() as f64 / n as f64
                };
                assert!(share(0) <= 0.04 && share(1) <= 0.2, "{} {}", share(0), share(1));
            }
        }
    }

    #[test]
    fn pixels_are_0_or_1_and_about_a_fifth_is_ink() {
        let letters = letters(2000, 8, Split::Training);
        assert!(letters.pixels.iter().all(|&pixel| pixel <= 1));
        let ink = letters.pixels.iter().filter(|&&pixel| pixel == 1).count() as f64;
        let share = ink / letters.pixels.len() as f64;
        assert!((0.15..=0.25).contains(&share), "{share}");
        for image in letters.pixels.chunks_exact(PIXELS) {
            let ink = image.iter().filter(|&&pixel| pixel == 1).count();
            assert!((4..=80).contains(&ink), "{ink} pixels");
        }
    }

    #[test]
    fn no_two_classes_look_alike_on_average() {
        let letters = letters(10_000, 9, Split::Training);
        let mut means = [[0.0; PIXELS]; CLASSES];
        for (&label, image) in letters.labels.iter().zip(letters.pixels.chunks_exact(PIXELS)) {
            for (mean, &pixel) in means[usize::from(label)].iter_mut().zip(image) {
                *mean += f64::from(pixel) / 1000.0;
            }
        }
        for one in 0..CLASSES {
            for other in 0..one {
                let pairs = means[one].iter().zip(&means[other]);
                let distance = pairs.map(|(a, b)| (a - b) * (a - b)).sum::<f64>().sqrt();
                assert!(
                    distance > 0.7,
                    "{} and {}: {distance}",
                    ALPHABET[one].0,
                    ALPHABET[other].0
                );
            }
        }
    }

    #[test]
    fn csv_is_a_label_and_128_pixels_a_line() {
        let letters = letters(3, 2, Split::Validation);
        let text = String::from_utf8(csv(&letters)).unwrap();
        assert!(text.ends_with('\n') && !text.contains('\r'));
        let rows: Vec<Vec<u8>> = text
            .lines()
            .map(|line| line.split(',').map(|value| value.parse().unwrap()).collect())
            .collect();
        assert_eq!(rows.len(), 3);
        for (i, row) in rows.iter().enumerate() {
            assert_eq!(row[0], letters.labels[i]);
            assert_eq!(row[1..], letters.pixels[i * PIXELS..][..PIXELS]);
        }
    }
}
