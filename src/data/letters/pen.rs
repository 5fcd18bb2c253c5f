//! A shaky pen: draws one form of a letter onto a canvas.
//!
//! Every point of the strokes moves a little, the whole is slanted and stretched, fitted into the
//! image, and each dot whose centre lies within the pen's radius of a stroke turns black.

use super::strokes::Form;
use crate::random::Random;

/// Rows of an image.
pub const ROWS: usize = 16;
/// Columns of an image.
pub const COLUMNS: usize = 8;
/// Pixels of an image.
pub const PIXELS: usize = ROWS * COLUMNS;

/// Something to draw on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Canvas {
    /// Of pixels.
    pub rows: usize,
    /// Of pixels.
    pub columns: usize,
    /// Dots of a pixel in each direction: its value is how many of its dots are black.
    pub dots: usize,
}

impl Canvas {
    /// 16 x 8 pixels, 0 or 1: the handout's.
    pub const HANDOUT: Self = Self { rows: ROWS, columns: COLUMNS, dots: 1 };
    /// 28 x 28 pixels, 0 to 4: the shape of the digits of MNIST.
    pub const MNIST: Self = Self { rows: 28, columns: 28, dots: 2 };

    /// How many pixels it has.
    pub fn pixels(self) -> usize {
        self.rows * self.columns
    }

    /// Columns and rows of dots.
    fn size(self) -> [usize; 2] {
        [self.columns * self.dots, self.rows * self.dots]
    }
}

/// Straight pieces into which a bend of a stroke is cut.
const PIECES: usize = 4;

/// How far letters stray from their forms: each range is drawn from evenly.
mod habit {
    /// Sideways shift of a point, and its shift up or down, in hundredths of a small letter's
    /// height.
    pub(super) const JITTER: f64 = 16.5;
    /// Columns to the right for each row upward.
    pub(super) const SLANT: [f64; 2] = [-0.2, 0.5];
    /// Width by height, relative to the form's.
    pub(super) const STRETCH: [f64; 2] = [0.7, 1.2];
    /// Share of the image that the letter fills in the direction that is tight.
    pub(super) const SIZE: [f64; 2] = [0.8, 1.0];
    /// Share of the room left over that lies left of the letter, and above it.
    pub(super) const SHIFT: [[f64; 2]; 2] = [[0.0, 1.0], [0.2, 0.8]];
    /// Radius of the pen, in sixteenths of the canvas' height.
    pub(super) const RADIUS: [f64; 2] = [0.5, 0.7];
}

/// A point, later a dot's centre: x to the right, y downward.
type Point = [f64; 2];

/// A straight piece of a stroke.
type Segment = [Point; 2];

/// Draws one form: slanted, stretched, shaken, fitted into the canvas and inked; its pixels row by
/// row.
pub(super) fn draw(form: Form, canvas: Canvas, random: &mut Random) -> Vec<u8> {
    let mut within = |[low, high]: [f64; 2]| low + (high - low) * random.uniform();
    let slant = within(habit::SLANT);
    let stretch = within(habit::STRETCH);
    let size = within(habit::SIZE);
    let size_of_canvas = canvas.size();
    let radius = within(habit::RADIUS) * (size_of_canvas[1] as f64 / ROWS as f64);
    let shift = habit::SHIFT.map(&mut within);

    let mut segments = Vec::with_capacity(64);
    let mut polygon = Vec::with_capacity(16);
    for stroke in form {
        polygon.clear();
        polygon.extend(stroke.iter().map(|&(x, y)| {
            let x = f64::from(x) + within([-habit::JITTER, habit::JITTER]);
            let y = f64::from(y) + within([-habit::JITTER, habit::JITTER]);
            [stretch * x - slant * y, y]
        }));
        flatten(&polygon, &mut segments);
    }
    fit(&mut segments, size_of_canvas, radius, size, shift);
    let mut pixels = vec![0; canvas.pixels()];
    ink(&segments, size_of_canvas, radius, |column, row| {
        pixels[row / canvas.dots * canvas.columns + column / canvas.dots] += 1;
    });
    pixels
}

/// Cuts the quadratic B-spline over a control polygon into straight pieces.
fn flatten(polygon: &[Point], segments: &mut Vec<Segment>) {
    let last = polygon.len() - 1;
    let mut pen = polygon[0];
    let mut line_to = |to: Point| {
        segments.push([pen, to]);
        pen = to;
    };
    let mut start = polygon[0];
    for i in 1..last {
        let end =
            if i + 1 == last { polygon[last] } else { between(polygon[i], polygon[i + 1], 0.5) };
        for piece in 1..=PIECES {
            let t = piece as f64 / PIECES as f64;
            line_to(between(between(start, polygon[i], t), between(polygon[i], end, t), t));
        }
        start = end;
    }
    if last == 1 {
        line_to(polygon[1]);
    }
}

/// The point that lies `t` of the way from `a` to `b`.
fn between(a: Point, b: Point, t: f64) -> Point {
    [a[0] + t * (b[0] - a[0]), a[1] + t * (b[1] - a[1])]
}

/// Scales the strokes, both directions alike, until they and the pen's width fill `size` of the
/// canvas in the direction that is tight, and leaves `shift` of the free room left of them and
/// above them.
fn fit(segments: &mut [Segment], canvas: [usize; 2], radius: f64, size: f64, shift: Point) {
    let mut low = [f64::INFINITY; 2];
    let mut high = [f64::NEG_INFINITY; 2];
    for point in segments.iter().flatten() {
        for axis in 0..2 {
            low[axis] = low[axis].min(point[axis]);
            high[axis] = high[axis].max(point[axis]);
        }
    }
    let room = canvas.map(|dots| dots as f64 - 2.0 * radius);
    let extent = [high[0] - low[0], high[1] - low[1]];
    let scale = size * (room[0] / extent[0]).min(room[1] / extent[1]);
    for point in segments.iter_mut().flatten() {
        for axis in 0..2 {
            let free = room[axis] - scale * extent[axis];
            point[axis] = radius + shift[axis] * free + scale * (point[axis] - low[axis]);
        }
    }
}

/// Tells each dot, by column and row, once, whose centre is at most `radius` away from a segment.
fn ink(
    segments: &[Segment],
    canvas: [usize; 2],
    radius: f64,
    mut blacken: impl FnMut(usize, usize),
) {
    let mut black = vec![false; canvas[0] * canvas[1]];
    for &[from, to] in segments {
        let along = [to[0] - from[0], to[1] - from[1]];
        let length_squared = along[0] * along[0] + along[1] * along[1];
        let [columns, rows] = [0, 1].map(|axis| {
            // `as` rounds towards zero and stops at 0, so these are the dots the pen can reach.
            let first = from[axis].min(to[axis]) - radius;
            let last = from[axis].max(to[axis]) + radius;
            first as usize..(last as usize + 1).min(canvas[axis])
        });
        for row in rows {
            for column in columns.clone() {
                let centre = [column as f64 + 0.5, row as f64 + 0.5];
                let offset = [centre[0] - from[0], centre[1] - from[1]];
                let projection = offset[0] * along[0] + offset[1] * along[1];
                let t = if projection <= 0.0 {
                    0.0
                } else if projection >= length_squared {
                    1.0
                } else {
                    projection / length_squared
                };
                let gap = [offset[0] - t * along[0], offset[1] - t * along[1]];
                let is_new = !black[row * canvas[0] + column];
                if is_new && gap[0] * gap[0] + gap[1] * gap[1] <= radius * radius {
                    black[row * canvas[0] + column] = true;
                    blacken(column, row);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stroke_of_two_points_is_straight_and_a_bend_is_smooth() {
        let mut segments = Vec::new();
        flatten(&[[0.0, 0.0], [2.0, 6.0]], &mut segments);
        assert_eq!(segments, [[[0.0, 0.0], [2.0, 6.0]]]);

        segments.clear();
        flatten(&[[0.0, 0.0], [1.0, 0.0], [1.0, 1.0]], &mut segments);
        assert_eq!(segments.len(), PIECES);
        assert_eq!(segments[PIECES / 2][0], [0.75, 0.25]);
        assert!(segments.windows(2).all(|pair| pair[0][1] == pair[1][0]));
        assert_eq!(segments[PIECES - 1][1], [1.0, 1.0]);
    }

    #[test]
    fn strokes_fill_the_image_in_the_tight_direction() {
        let mut segments = [[[-3.0, 10.0], [1.0, 12.0]]];
        fit(&mut segments, Canvas::HANDOUT.size(), 0.5, 1.0, [0.0, 0.5]);
        assert_eq!(segments, [[[0.5, 6.25], [7.5, 9.75]]]);
    }

    /// The dots of a segment, by column and row.
    fn inked(segment: Segment) -> Vec<(usize, usize)> {
        let mut dots = Vec::new();
        // Twice: each dot is told once.
        ink(&[segment; 2], Canvas::HANDOUT.size(), 0.5, |column, row| dots.push((column, row)));
        dots
    }

    #[test]
    fn ink_lies_around_the_stroke_and_nowhere_else() {
        assert_eq!(inked([[2.5, 3.5], [2.5, 9.5]]), [3, 4, 5, 6, 7, 8, 9].map(|row| (2, row)));
    }

    #[test]
    fn a_stroke_without_length_is_a_dot() {
        assert_eq!(inked([[7.5, 15.5], [7.5, 15.5]]), [(7, 15)]);
    }
}
