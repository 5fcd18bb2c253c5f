//! Synthetic letters: the ten letters a e g i l n o r t u drawn with a shaky pen into 16 x 8 pixels.
//!
//! They stand in for scanned handwriting where that is not at hand. A [`Scribe`] picks one of a
//! letter's forms (`strokes.rs`) and draws it as no one else would (`pen.rs`).
//!
//! Only `+ - * /` and comparisons touch a float on the way, and the generator (`random.rs`) is
//! documented, so a seed gives the same bytes on every platform, for ever.

use super::pen;
pub use super::pen::{COLUMNS, PIXELS, ROWS};
use super::strokes::ALPHABET;
use crate::named::named;
use crate::random::{Random, Stream};
use serde::{Deserialize, Serialize};
use std::io;

/// Classes, labelled 0 to 9 in the order a e g i l n o r t u.
pub const CLASSES: usize = ALPHABET.len();

/// The handout's three sizes: examples for training and for validation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Size {
    /// 500 and 100.
    Small,
    /// 5000 and 1000.
    Medium,
    /// 9000 and 1000.
    Large,
}

named!(Size);

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
    (draw(training, seed, Split::Training), draw(validation, seed, Split::Validation))
}

/// Draws `n` letters. Fewer letters are the beginning of more letters.
pub fn draw(n: usize, seed: u64, split: Split) -> Letters {
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
