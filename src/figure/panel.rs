//! A panel of a picture with logarithmic axes: its frame, ticks, and labels that keep out of each other's way.

use super::{Area, Drawn};
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

/// Text, lines that matter.
pub const INK: RGBColor = RGBColor(0x22, 0x22, 0x22);
/// Text that explains, lines that are roofs.
pub const GREY: RGBColor = RGBColor(0x66, 0x66, 0x66);
const GRID: RGBColor = RGBColor(0xe4, 0xe4, 0xe4);
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

/// Height of a line of labels.
pub const LINE: i32 = 16;

/// A rectangle of the picture, from the left top pixel on, that shows a range of values on each axis.
#[derive(Debug, Clone, Copy)]
pub struct Panel {
    pub left: i32,
    pub top: i32,
    pub width: i32,
    pub height: i32,
    pub x: (f64, f64),
    pub y: (f64, f64),
}

impl Panel {
    /// The pixel of a point.
    pub fn at(&self, x: f64, y: f64) -> (i32, i32) {
        let share = |value: f64, (low, high): (f64, f64)| (value / low).ln() / (high / low).ln();
        let right = share(x, self.x) * f64::from(self.width);
        let up = share(y, self.y) * f64::from(self.height);
        (self.left + right.round() as i32, self.top + self.height - up.round() as i32)
    }

    /// Frame, grid, title above, and what the axes are; a tick of x for each of `ticks` that has room.
    pub fn frame(&self, area: &Area, title: &str, axes: (&str, &str), ticks: &[f64]) -> Drawn {
        let Self { left, top, width, height, .. } = *self;
        let (right, bottom) = (left + width, top + height);
        let mut free = i32::MIN;
        for &tick in ticks {
            let (x, _) = self.at(tick, self.y.0);
            area.draw(&PathElement::new([(x, top), (x, bottom)], GRID))?;
            if x >= free {
                text(area, (x, bottom + 6), &number(tick), (13, INK), (HPos::Center, VPos::Top))?;
                free = x + 34;
            }
        }
        for tick in steps(self.y) {
            let (_, y) = self.at(self.x.0, tick);
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

    /// A line through points, each with a disc.
    pub fn line(&self, area: &Area, points: &[(f64, f64)], colour: RGBColor) -> Drawn {
        let pixels: Vec<_> = points.iter().map(|&(x, y)| self.at(x, y)).collect();
        for &pixel in &pixels {
            area.draw(&Circle::new(pixel, 4, colour.filled()))?;
        }
        area.draw(&PathElement::new(pixels, colour.stroke_width(2)))?;
        Ok(())
    }

    /// Labels in a column that begins at the pixel `column`, each beside the pixel that it belongs to as
    /// far as the others let it, and tied to it by a thin line; gives their plates.
    pub fn labels(
        &self,
        area: &Area,
        column: i32,
        labels: &[Label],
    ) -> std::result::Result<Vec<Plate>, Box<dyn std::error::Error>> {
        let mut plates = Vec::new();
        let wanted: Vec<_> = labels.iter().map(|label| label.pixel.1).collect();
        let range = (self.top + LINE / 2, self.top + self.height - LINE / 2);
        for (label, y) in labels.iter().zip(spread(&wanted, LINE, range)) {
            let (x, point) = label.pixel;
            let tie = [(x + 6, point), (column - 10, y), (column - 3, y)];
            area.draw(&PathElement::new(tie, label.colour.mix(0.5)))?;
            let plate = Plate::from((column, y), label.text.chars().count());
            plate.draw(area, &label.text, label.colour)?;
            plates.push(plate);
        }
        Ok(plates)
    }
}

/// A word about a point.
#[derive(Debug)]
pub struct Label {
    /// The point's pixel.
    pub pixel: (i32, i32),
    pub text: String,
    pub colour: RGBColor,
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

/// A rectangle of paper under a word, so that a line beneath is interrupted and not read along.
#[derive(Debug, Clone, Copy)]
pub struct Plate {
    /// Its left edge, and its middle in height.
    at: (i32, i32),
    width: i32,
}

impl Plate {
    /// For words of this many letters that begin at a pixel.
    pub fn from(at: (i32, i32), letters: usize) -> Self {
        // A letter is about so wide.
        Self { at, width: i32::try_from(letters).unwrap_or(0) * 13 / 2 }
    }

    /// For words of this many letters around a pixel.
    pub fn around(at: (i32, i32), letters: usize) -> Self {
        let Self { width, .. } = Self::from(at, letters);
        Self { at: (at.0 - width / 2, at.1), width }
    }

    /// Whether there is paper between the two.
    pub fn is_clear_of(&self, other: &Self) -> bool {
        let apart =
            self.at.0 + self.width + 8 < other.at.0 || other.at.0 + other.width + 8 < self.at.0;
        apart || (self.at.1 - other.at.1).abs() >= LINE
    }

    /// Draws it, and `words` on it.
    pub fn draw(&self, area: &Area, words: &str, colour: RGBColor) -> Drawn {
        let ((left, middle), width) = (self.at, self.width);
        let corners = [(left - 3, middle - LINE / 2), (left + width + 3, middle + LINE / 2)];
        area.draw(&Rectangle::new(corners, WHITE.filled()))?;
        text(area, self.at, words, (13, colour), (HPos::Left, VPos::Center))
    }
}

/// 1, 2, 5, 10, ... within a range, and their tenths.
pub fn steps((low, high): (f64, f64)) -> Vec<f64> {
    let decades = low.log10().floor() as i32..=high.log10().ceil() as i32;
    let all = decades.flat_map(|decade| [1.0, 2.0, 5.0].map(|step| step * 10f64.powi(decade)));
    all.filter(|&tick| low <= tick && tick <= high).collect()
}

/// A number as a tick shows it.
fn number(value: f64) -> String {
    // Powers of ten below one are not exact.
    format!("{}", (value * 1e6).round() / 1e6)
}

/// Moves `wanted` places apart until each is `gap` from the next, as little as may be, in their order and
/// within `range` if they fit into it.
fn spread(wanted: &[i32], gap: i32, range: (i32, i32)) -> Vec<i32> {
    let mut order: Vec<_> = (0..wanted.len()).collect();
    order.sort_by_key(|&i| wanted[i]);
    // Neighbours that are too close become one group around the mean of what they want.
    let mut groups: Vec<(i64, Vec<usize>)> = Vec::new();
    let gap = i64::from(gap);
    let first = |(middle, members): &(i64, Vec<usize>)| {
        let height = gap * (members.len() as i64 - 1);
        let highest = i64::from(range.0);
        (middle - height / 2).min(i64::from(range.1) - height).max(highest)
    };
    for i in order {
        groups.push((i64::from(wanted[i]), vec![i]));
        while let [.., upper, lower] = &groups[..]
            && first(upper) + gap * upper.1.len() as i64 > first(lower)
        {
            let (_, below) = groups.pop().expect("two groups");
            let (_, mut members) = groups.pop().expect("two groups");
            members.extend(below);
            let sum: i64 = members.iter().map(|&i| i64::from(wanted[i])).sum();
            groups.push((sum / members.len() as i64, members));
        }
    }
    let mut places = vec![0; wanted.len()];
    for group in &groups {
        for (place, &i) in (first(group)..).step_by(gap as usize).zip(&group.1) {
            places[i] = place as i32;
        }
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_point_lies_where_its_logarithm_does() {
        let panel =
            Panel { left: 10, top: 20, width: 100, height: 60, x: (1.0, 100.0), y: (0.1, 100.0) };
        assert_eq!(panel.at(1.0, 0.1), (10, 80));
        assert_eq!(panel.at(100.0, 100.0), (110, 20));
        assert_eq!(panel.at(10.0, 1.0), (60, 60));
    }

    #[test]
    fn ticks_are_round_numbers() {
        assert_eq!(steps((0.5, 20.0)), [0.5, 1.0, 2.0, 5.0, 10.0, 20.0]);
        assert_eq!(number(0.1 + 0.2), "0.3");
        assert_eq!(number(1000.0), "1000");
    }

    #[test]
    fn plates_side_by_side_are_clear_of_each_other() {
        let plate = Plate::around((100, 50), 10);
        assert_eq!((plate.at, plate.width), ((68, 50), 65));
        for (x, y, clear) in [(100, 55, false), (100, 66, true), (170, 50, false), (180, 50, true)]
        {
            assert_eq!(plate.is_clear_of(&Plate::around((x, y), 10)), clear, "{x} {y}");
        }
    }

    #[test]
    fn labels_never_overlap_and_stay_where_there_is_room() {
        let range = (0, 1000);
        assert_eq!(spread(&[100, 300, 200], 16, range), [100, 300, 200]);
        assert_eq!(spread(&[100, 100], 16, range), [92, 108]);
        assert_eq!(spread(&[], 16, range), [0; 0]);
        for wanted in [vec![5, 5, 5, 6, 40], vec![990, 1000, 995, 3], vec![50, 58, 66, 90, 81, 70]]
        {
            let mut places = spread(&wanted, 16, range);
            assert!(places.iter().all(|y| (0..=1000).contains(y)), "{places:?}");
            places.sort_unstable();
            assert!(places.windows(2).all(|pair| pair[1] - pair[0] >= 16), "{places:?}");
        }
    }
}
