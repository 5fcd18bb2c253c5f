//! Synthetic letters: the ten letters a e g i l n o r t u drawn with a shaky pen, into 16 x 8
//! pixels unless another canvas is asked for.
//!
//! They stand in for scanned handwriting where that is not at hand. A [`Scribe`] picks one of a
//! letter's forms (`strokes.rs`) and draws it as no one else would (`pen.rs`).
//!
//! Only `+ - * /` and comparisons touch a float on the way, and the generator (`random.rs`) is
//! documented, so a seed gives the same bytes on every platform, for ever.

mod pen;
mod strokes;

use crate::random::{Random, Stream};
pub use pen::{COLUMNS, Canvas, PIXELS, ROWS};
use rankone_kernels::named;
use serde::{Deserialize, Serialize};
use std::io;
use strokes::ALPHABET;

/// Classes, labelled 0 to 9 in the order a e g i l n o r t u.
pub const CLASSES: usize = ALPHABET.len();

/// The handout's three sizes and one more: examples for training and for validation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Size {
    /// 500 and 100.
    Small,
    /// 5000 and 1000.
    Medium,
    /// 9000 and 1000.
    Large,
    /// 60000 and 10000, of 28 x 28 pixels in shades of grey: the shape of MNIST.
    Mnist,
}

named!(Size);

impl Size {
    /// How many examples for training and for validation.
    pub fn examples(self) -> (usize, usize) {
        match self {
            Self::Small => (500, 100),
            Self::Medium => (5000, 1000),
            Self::Large => (9000, 1000),
            Self::Mnist => (60_000, 10_000),
        }
    }

    /// What they are drawn on.
    pub fn canvas(self) -> Canvas {
        match self {
            Self::Small | Self::Medium | Self::Large => Canvas::HANDOUT,
            Self::Mnist => Canvas::MNIST,
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

/// Labelled images: `labels[i]` belongs to `pixels[i * P..][..P]` with the canvas' number of pixels
/// P, row by row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letters {
    /// What they are drawn on.
    pub canvas: Canvas,
    /// Classes, 0 to 9.
    pub labels: Vec<u8>,
    /// Images, one after the other.
    pub pixels: Vec<u8>,
}

impl Letters {
    /// Writes one line for each letter, `label,p0,p1,...`, pixels from 0 to 1, ended by a line
    /// feed.
    pub fn write_csv(&self, mut out: impl io::Write) -> io::Result<()> {
        let dots = self.canvas.dots.pow(2);
        let value = |black| format!(",{}", black as f64 / dots as f64).into_bytes();
        let values: Vec<_> = (0..=dots).map(value).collect();
        let mut line = Vec::new();
        for (&label, image) in self.labels.iter().zip(self.pixels.chunks(self.canvas.pixels())) {
            line.clear();
            line.push(b'0' + label);
            image.iter().for_each(|&black| line.extend_from_slice(&values[usize::from(black)]));
            line.push(b'\n');
            out.write_all(&line)?;
        }
        out.flush()
    }
}

/// Draws the training and the validation set of a size.
pub fn synthesize(size: Size, seed: u64) -> (Letters, Letters) {
    let (training, validation) = size.examples();
    let draw = |n, split| draw_on(size.canvas(), n, seed, split);
    (draw(training, Split::Training), draw(validation, Split::Validation))
}

/// Draws `n` letters of 16 x 8 pixels. Fewer letters are the beginning of more letters.
pub fn draw(n: usize, seed: u64, split: Split) -> Letters {
    draw_on(Canvas::HANDOUT, n, seed, split)
}

/// Draws `n` letters on `canvas`.
pub fn draw_on(canvas: Canvas, n: usize, seed: u64, split: Split) -> Letters {
    let (labels, pixels) = (Vec::with_capacity(n), Vec::with_capacity(n * canvas.pixels()));
    let mut letters = Letters { canvas, labels, pixels };
    for (label, image) in Scribe::new(canvas, seed, split).take(n) {
        letters.labels.push(label);
        letters.pixels.extend_from_slice(&image);
    }
    letters
}

/// Writes letters without end: every ten of them are the whole alphabet, each time in a new order.
#[derive(Clone, Debug)]
pub struct Scribe {
    canvas: Canvas,
    random: Random,
    /// The letters of the present ten: those before `place` are written.
    order: [u8; CLASSES],
    place: usize,
}

impl Scribe {
    /// A scribe at the beginning of a set.
    pub fn new(canvas: Canvas, seed: u64, split: Split) -> Self {
        let stream = match split {
            Split::Training => Stream::TrainingLetters,
            Split::Validation => Stream::ValidationLetters,
        };
        Self {
            canvas,
            random: Random::new(seed, stream),
            order: std::array::from_fn(|label| label as u8),
            place: 0,
        }
    }
}

impl Iterator for Scribe {
    type Item = (u8, Vec<u8>);

    fn next(&mut self) -> Option<Self::Item> {
        // Fisher and Yates, one step a letter: whatever is left of the ten may come next.
        let chosen = self.place + self.random.below(CLASSES - self.place);
        self.order.swap(self.place, chosen);
        let label = self.order[self.place];
        self.place = (self.place + 1) % CLASSES;
        let (_, forms) = ALPHABET[usize::from(label)];
        let form = forms[self.random.below(forms.len())];
        Some((label, pen::draw(form, self.canvas, &mut self.random)))
    }
}
