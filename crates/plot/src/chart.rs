//! A chart: a frame with ticks, lines and bands in it, and a label beside the end of each line.

use crate::PlotError;
use crate::scale::{Scale, number};
use plotters::coord::Shift;
use plotters::element::DashedPathElement;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

/// Text and lines of the figure itself.
pub const INK: RGBColor = RGBColor(0x22, 0x22, 0x22);
/// Notes, frames and limits.
pub const GRAY: RGBColor = RGBColor(0x66, 0x66, 0x66);
const GRID: RGBColor = RGBColor(0xe4, 0xe4, 0xe4);
/// Colors of lines, chosen so that people with red-green color blindness can distinguish them, too.
const COLORS: [RGBColor; 11] = [
    RGBColor(0xd0, 0x5a, 0x1e),
    RGBColor(0x1f, 0x5f, 0xa8),
    RGBColor(0x00, 0x8f, 0x6b),
    RGBColor(0xb0, 0x57, 0x9a),
    RGBColor(0xb8, 0x86, 0x0b),
    RGBColor(0x2f, 0x9f, 0xd0),
    RGBColor(0x55, 0x55, 0x55),
    RGBColor(0x9c, 0x1c, 0x2e),
    RGBColor(0x6a, 0x3d, 0x9a),
    RGBColor(0x6b, 0x7a, 0x00),
    RGBColor(0xe3, 0x77, 0xc2),
];

/// Returns the color of the line with an index; the colors repeat.
pub fn color(index: usize) -> RGBColor {
    COLORS[index % COLORS.len()]
}

/// Height of a line of text.
pub const LINE_HEIGHT: i32 = 16;

/// The surface of an SVG figure.
pub type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;
/// The result of drawing one element.
pub type Drawn = Result<(), DrawingAreaErrorKind<std::io::Error>>;

/// Returns as SVG what `draw` draws on a white surface of this width and height.
///
/// # Errors
/// [`PlotError::Drawing`] if `draw` fails.
pub fn svg(
    (width, height): (i32, i32),
    draw: impl FnOnce(&Area) -> Drawn,
) -> Result<String, PlotError> {
    let mut svg = String::new();
    let size = (width.unsigned_abs(), height.unsigned_abs());
    let area = SVGBackend::with_string(&mut svg, size).into_drawing_area();
    let drawn = area.fill(&WHITE).and_then(|()| draw(&area)).and_then(|()| area.present());
    drop(area);
    drawn.map(|()| svg).map_err(|error| PlotError::Drawing(error.to_string()))
}

/// The frame of a chart in the figure, and the scales of its axes.
#[derive(Clone, Copy)]
pub struct Chart<'a, 'b> {
    pub area: &'a Area<'b>,
    pub left: i32,
    pub top: i32,
    pub width: i32,
    pub height: i32,
    pub x: Scale,
    pub y: Scale,
}

/// Text that belongs to a point.
#[derive(Debug)]
pub struct Label {
    pub point: (f64, f64),
    pub text: String,
    pub color: RGBColor,
}

impl Chart<'_, '_> {
    /// Returns the pixel of a point.
    pub fn pixel(&self, (x, y): (f64, f64)) -> (i32, i32) {
        let right = self.x.position(x) * f64::from(self.width);
        let up = self.y.position(y) * f64::from(self.height);
        (self.left + right.round() as i32, self.top + self.height - up.round() as i32)
    }

    /// Draws the frame, the grid, the title above it and the names of both axes. Each of `ticks` on
    /// the x axis has a grid line, and its text if there is enough space for it.
    pub fn frame(&self, title: &str, axes: (&str, &str), ticks: &[(f64, String)]) -> Drawn {
        let Self { area, left, top, width, height, .. } = *self;
        let (right, bottom) = (left + width, top + height);
        let mut free = i32::MIN;
        for (tick, name) in ticks {
            let (x, _) = self.pixel((*tick, self.y.low));
            area.draw(&PathElement::new([(x, top), (x, bottom)], GRID))?;
            if x >= free {
                text(area, (x, bottom + 6), name, (13, INK), (HPos::Center, VPos::Top))?;
                free = x + 34.max(8 * name.chars().count() as i32);
            }
        }
        for tick in self.y.steps() {
            let (_, y) = self.pixel((self.x.low, tick));
            area.draw(&PathElement::new([(left, y), (right, y)], GRID))?;
            text(area, (left - 6, y), &number(tick), (13, INK), (HPos::Right, VPos::Center))?;
        }
        area.draw(&Rectangle::new([(left, top), (right, bottom)], GRAY))?;
        text(area, (left, top - 12), title, (16, INK), (HPos::Left, VPos::Bottom))?;
        let middle = (left + width / 2, bottom + 26);
        text(area, middle, axes.0, (14, INK), (HPos::Center, VPos::Top))?;
        let style = TextStyle::from(("sans-serif", 14))
            .color(&INK)
            .transform(FontTransform::Rotate270)
            .pos(Pos::new(HPos::Center, VPos::Bottom));
        area.draw(&Text::new(axes.1, (left - 42, top + height / 2), style))
    }

    /// Draws a solid or dashed line through points.
    pub fn line(&self, points: &[(f64, f64)], color: RGBColor, is_dashed: bool) -> Drawn {
        let pixels: Vec<_> = points.iter().map(|&point| self.pixel(point)).collect();
        let style = color.stroke_width(2);
        if is_dashed {
            self.area.draw(&DashedPathElement::new(pixels, 6, 4, style))
        } else {
            self.area.draw(&PathElement::new(pixels, style))
        }
    }

    /// Draws a disc at each point, to show that it was measured.
    pub fn discs(&self, points: &[(f64, f64)], color: RGBColor) -> Drawn {
        let disc = |&point| self.area.draw(&Circle::new(self.pixel(point), 4, color.filled()));
        points.iter().try_for_each(disc)
    }

    /// Draws a circle around a point.
    pub fn circle(&self, point: (f64, f64), color: RGBColor) -> Drawn {
        self.area.draw(&Circle::new(self.pixel(point), 7, color.stroke_width(2)))
    }

    /// Fills the area between the lower and the upper quartiles.
    pub fn band(&self, points: &[(f64, [f64; 3])], color: RGBColor) -> Drawn {
        let low = points.iter().map(|&(x, [low, ..])| self.pixel((x, low)));
        let high = points.iter().rev().map(|&(x, [.., high])| self.pixel((x, high)));
        self.area.draw(&Polygon::new(low.chain(high).collect::<Vec<_>>(), color.mix(0.18).filled()))
    }

    /// Returns the pixels of points, and for each the height of a label: that of the point, or as
    /// close to it as the other labels allow.
    pub fn spread(&self, points: impl Iterator<Item = (f64, f64)>) -> Vec<((i32, i32), i32)> {
        let pixels: Vec<_> = points.map(|point| self.pixel(point)).collect();
        let wanted: Vec<_> = pixels.iter().map(|pixel| pixel.1).collect();
        let lowest = self.top + self.height - LINE_HEIGHT / 2;
        pixels.into_iter().zip(spread(&wanted, LINE_HEIGHT, lowest)).collect()
    }

    /// Draws labels in a column that starts at the pixel `column`, and a thin line from each to its
    /// point.
    pub fn labels(&self, column: i32, labels: &[Label]) -> Drawn {
        let places = self.spread(labels.iter().map(|label| label.point));
        for (Label { text, color, .. }, ((x, point), y)) in labels.iter().zip(places) {
            let tie = [(x + 6, point), (column - 10, y), (column - 3, y)];
            self.area.draw(&PathElement::new(tie, color.mix(0.5)))?;
            text_on_white(self.area, (column, y), text, *color)?;
        }
        Ok(())
    }
}

/// Draws text to the right of a pixel, on a white rectangle that hides the lines behind it.
pub fn text_on_white(
    area: &Area,
    (left, middle): (i32, i32),
    words: &str,
    color: RGBColor,
) -> Drawn {
    // A letter is about this wide.
    let width = words.chars().count() as i32 * 13 / 2;
    let corners =
        [(left - 3, middle - LINE_HEIGHT / 2), (left + width + 3, middle + LINE_HEIGHT / 2)];
    area.draw(&Rectangle::new(corners, WHITE.filled()))?;
    text(area, (left, middle), words, (13, color), (HPos::Left, VPos::Center))
}

/// Draws text at a pixel.
pub fn text(
    area: &Area,
    at: (i32, i32),
    words: &str,
    (size, color): (i32, RGBColor),
    (horizontal, vertical): (HPos, VPos),
) -> Drawn {
    let style =
        TextStyle::from(("sans-serif", size)).color(&color).pos(Pos::new(horizontal, vertical));
    area.draw(&Text::new(words, at, style))
}

/// Returns places near the `wanted` ones, each at least `gap` from the next. First moves them down,
/// starting from the top one; then, if the last is below `lowest`, up again, starting from it.
fn spread(wanted: &[i32], gap: i32, lowest: i32) -> Vec<i32> {
    let mut order: Vec<_> = (0..wanted.len()).collect();
    order.sort_by_key(|&i| wanted[i]);
    let mut places = wanted.to_vec();
    let mut free = i32::MIN;
    for &i in &order {
        places[i] = places[i].max(free);
        free = places[i] + gap;
    }
    let mut free = lowest;
    for &i in order.iter().rev() {
        places[i] = places[i].min(free);
        free = places[i] - gap;
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_never_overlap_and_stay_in_place_if_possible() {
        assert_eq!(spread(&[100, 300, 200], 16, 1000), [100, 300, 200]);
        assert_eq!(spread(&[100, 100], 16, 1000), [100, 116]);
        assert_eq!(spread(&[990, 1000, 995, 3], 16, 1000), [968, 1000, 984, 3]);
    }
}
