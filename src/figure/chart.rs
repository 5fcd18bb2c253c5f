//! A chart: lines through points, each named where it ends.

use super::{Area, Drawn};
use plotters::element::DashedPathElement;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

/// Text, lines that matter.
pub const INK: RGBColor = RGBColor(0x22, 0x22, 0x22);
/// Text that explains, lines that are limits.
pub const GREY: RGBColor = RGBColor(0x66, 0x66, 0x66);
pub const GRID: RGBColor = RGBColor(0xe4, 0xe4, 0xe4);
/// Colours that are told apart by people who confuse red and green, too.
pub const COLOURS: [RGBColor; 11] = [
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

/// A colour for each of many lines.
pub fn colours() -> impl Iterator<Item = RGBColor> {
    COLOURS.into_iter().cycle()
}

/// Height of a line of text.
pub const LINE: i32 = 16;

/// How values are placed along an axis.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scale {
    Linear,
    Log,
}

impl Scale {
    /// Logarithmic where some positive values lie so many times apart.
    pub fn of((least, most): (f64, f64), apart: f64) -> Self {
        if least > 0.0 && most >= apart * least { Self::Log } else { Self::Linear }
    }

    /// How far along an axis of this range a value lies, from 0 to 1.
    fn share(self, value: f64, (low, high): (f64, f64)) -> f64 {
        match self {
            Self::Linear => (value - low) / (high - low),
            Self::Log => (value / low).ln() / (high / low).ln(),
        }
    }

    /// Round numbers in a range: 1, 2, 5, 10, ..., and their tenths; or four to ten at equal distances.
    pub fn steps(self, (low, high): (f64, f64)) -> Vec<f64> {
        let steps: Vec<f64> = match self {
            Self::Linear => {
                let rough = (high - low) / 6.0;
                let decade = 10f64.powf(rough.log10().floor());
                let step = [1.0, 2.0, 5.0, 10.0].map(|step| step * decade);
                let step = step.into_iter().find(|step| *step >= rough).unwrap_or(rough);
                let first = (low / step).ceil();
                (0..12).map(|count| (first + f64::from(count)) * step).collect()
            }
            Self::Log => {
                let decades = low.log10().floor() as i32..=high.log10().ceil() as i32;
                let of = |decade| [1.0, 2.0, 5.0].map(|step| step * 10f64.powi(decade));
                decades.flat_map(of).collect()
            }
        };
        steps.into_iter().filter(|&tick| low <= tick && tick <= high).collect()
    }
}

/// A rectangle of the picture, from the left top pixel on, that shows a range of values on each axis.
#[derive(Debug, Clone, Copy)]
pub struct Chart {
    pub left: i32,
    pub top: i32,
    pub width: i32,
    pub height: i32,
    pub x: (f64, f64),
    pub y: (f64, f64),
    pub scales: (Scale, Scale),
}

/// How a line looks.
#[derive(Debug, Clone, Copy)]
pub struct Stroke {
    pub colour: RGBColor,
    pub is_dashed: bool,
    /// A disc at each point: it was measured.
    pub has_discs: bool,
}

impl Stroke {
    /// An unbroken line without discs.
    pub fn plain(colour: RGBColor) -> Self {
        Self { colour, is_dashed: false, has_discs: false }
    }

    /// An unbroken line through what was measured.
    pub fn measured(colour: RGBColor) -> Self {
        Self { has_discs: true, ..Self::plain(colour) }
    }
}

/// A word about a point.
#[derive(Debug)]
pub struct Label {
    pub point: (f64, f64),
    pub text: String,
    pub colour: RGBColor,
}

impl Chart {
    /// The pixel of a point.
    pub fn at(&self, (x, y): (f64, f64)) -> (i32, i32) {
        let right = self.scales.0.share(x, self.x) * f64::from(self.width);
        let up = self.scales.1.share(y, self.y) * f64::from(self.height);
        (self.left + right.round() as i32, self.top + self.height - up.round() as i32)
    }

    /// Frame, grid, title above, and what the axes are; a tick of x for each of `ticks`, with its words where they have
    /// room.
    pub fn frame(
        &self,
        area: &Area,
        title: &str,
        axes: (&str, &str),
        ticks: &[(f64, String)],
    ) -> Drawn {
        let Self { left, top, width, height, .. } = *self;
        let (right, bottom) = (left + width, top + height);
        let mut free = i32::MIN;
        for (tick, words) in ticks {
            let (x, _) = self.at((*tick, self.y.0));
            area.draw(&PathElement::new([(x, top), (x, bottom)], GRID))?;
            if x >= free {
                text(area, (x, bottom + 6), words, (13, INK), (HPos::Center, VPos::Top))?;
                free = x + 34.max(8 * words.chars().count() as i32);
            }
        }
        for tick in self.scales.1.steps(self.y) {
            let (_, y) = self.at((self.x.0, tick));
            area.draw(&PathElement::new([(left, y), (right, y)], GRID))?;
            text(area, (left - 6, y), &number(tick), (13, INK), (HPos::Right, VPos::Center))?;
        }
        area.draw(&Rectangle::new([(left, top), (right, bottom)], GREY))?;
        text(area, (left, top - 12), title, (16, INK), (HPos::Left, VPos::Bottom))?;
        let middle = (left + width / 2, bottom + 26);
        text(area, middle, axes.0, (14, INK), (HPos::Center, VPos::Top))?;
        let style = TextStyle::from(("sans-serif", 14))
            .color(&INK)
            .transform(FontTransform::Rotate270)
            .pos(Pos::new(HPos::Center, VPos::Bottom));
        area.draw(&Text::new(axes.1.to_owned(), (left - 42, top + height / 2), style))?;
        Ok(())
    }

    /// A line through points.
    pub fn line(&self, area: &Area, points: &[(f64, f64)], stroke: Stroke) -> Drawn {
        let pixels: Vec<_> = points.iter().map(|&point| self.at(point)).collect();
        for &pixel in pixels.iter().filter(|_| stroke.has_discs) {
            area.draw(&Circle::new(pixel, 4, stroke.colour.filled()))?;
        }
        let style = stroke.colour.stroke_width(2);
        match stroke.is_dashed {
            true => area.draw(&DashedPathElement::new(pixels, 6, 4, style)),
            false => area.draw(&PathElement::new(pixels, style)),
        }?;
        Ok(())
    }

    /// What lies between two values of y at each x, `(x, low, high)`.
    pub fn band(&self, area: &Area, points: &[(f64, f64, f64)], colour: RGBColor) -> Drawn {
        let low = points.iter().map(|&(x, low, _)| self.at((x, low)));
        let high = points.iter().rev().map(|&(x, _, high)| self.at((x, high)));
        area.draw(&Polygon::new(low.chain(high).collect::<Vec<_>>(), colour.mix(0.18).filled()))?;
        Ok(())
    }

    /// Labels in a column that begins at the pixel `column`, each beside the point that it belongs to as far as the
    /// others let it, and tied to it by a thin line.
    pub fn labels(&self, area: &Area, column: i32, labels: &[Label]) -> Drawn {
        let pixels: Vec<_> = labels.iter().map(|label| self.at(label.point)).collect();
        let wanted: Vec<_> = pixels.iter().map(|pixel| pixel.1).collect();
        let places = apart(&wanted, LINE, self.top + self.height - LINE / 2);
        for ((Label { text: words, colour, .. }, (x, point)), y) in
            labels.iter().zip(pixels).zip(places)
        {
            let tie = [(x + 6, point), (column - 10, y), (column - 3, y)];
            area.draw(&PathElement::new(tie, colour.mix(0.5)))?;
            on_paper(area, (column, y), words, *colour)?;
        }
        Ok(())
    }
}

/// Words to the right of a pixel, on paper that keeps lines from running through them.
pub fn on_paper(area: &Area, (left, middle): (i32, i32), words: &str, colour: RGBColor) -> Drawn {
    // A letter is about so wide.
    let width = words.chars().count() as i32 * 13 / 2;
    let paper = [(left - 3, middle - LINE / 2), (left + width + 3, middle + LINE / 2)];
    area.draw(&Rectangle::new(paper, WHITE.filled()))?;
    text(area, (left, middle), words, (13, colour), (HPos::Left, VPos::Center))
}

/// Words at a pixel, of a size and colour.
pub fn text(
    area: &Area,
    at: (i32, i32),
    words: &str,
    (size, colour): (i32, RGBColor),
    (horizontal, vertical): (HPos, VPos),
) -> Drawn {
    let style =
        TextStyle::from(("sans-serif", size)).color(&colour).pos(Pos::new(horizontal, vertical));
    area.draw(&Text::new(words.to_owned(), at, style))?;
    Ok(())
}

/// A tick for each of some numbers.
pub fn ticks(numbers: &[f64]) -> Vec<(f64, String)> {
    numbers.iter().map(|&at| (at, number(at))).collect()
}

/// A number as a tick shows it.
fn number(value: f64) -> String {
    if value != 0.0 && value.abs() < 1e-5 {
        return format!("{value:.0e}");
    }
    // Powers of ten below one are not exact.
    format!("{}", (value * 1e6).round() / 1e6)
}

/// The `wanted` places, each at least `gap` from the next: first pushed down from the highest on, and where that ends
/// below `lowest`, up again from the lowest on.
pub fn apart(wanted: &[i32], gap: i32, lowest: i32) -> Vec<i32> {
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
    fn labels_never_overlap_and_stay_where_there_is_room() {
        assert_eq!(apart(&[100, 300, 200], 16, 1000), [100, 300, 200]);
        assert_eq!(apart(&[100, 100], 16, 1000), [100, 116]);
        assert_eq!(apart(&[990, 1000, 995, 3], 16, 1000), [968, 1000, 984, 3]);
    }
}
