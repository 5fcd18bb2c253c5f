//! Panels one below the other, each with lines of the same two quantities.

use super::chart::{COLOURS, Chart, GREY, LINE, Label, Scale, Stroke, text, ticks};
use super::{Area, Drawn};
use crate::error::Result;
use plotters::style::text_anchor::{HPos, VPos};
use std::fmt::Write;

/// A picture of panels.
#[derive(Debug)]
pub struct Panels {
    /// What both axes are.
    pub axes: (String, String),
    /// What the places 0, 1, ... along x are, where they are no numbers.
    pub names: Vec<String>,
    /// Epochs are counted at equal distances, however many there are.
    pub is_over_epochs: bool,
    pub panels: Vec<Panel>,
}

/// What is compared with each other.
#[derive(Debug)]
pub struct Panel {
    pub title: String,
    pub lines: Vec<Line>,
}

/// A line through medians, and the band between quartiles.
#[derive(Debug)]
pub struct Line {
    pub name: String,
    /// Lines of one colour are of one thing.
    pub colour: usize,
    pub is_dashed: bool,
    /// `(x, quartiles of y)`, by x.
    pub points: Vec<(f64, [f64; 3])>,
}

/// Sizes of a panel's frame, and of the room around it.
const WIDTH: i32 = 420;
const LEAST_HEIGHT: i32 = 300;
const LEFT: i32 = 76;
const TOP: i32 = 40;
const BOTTOM: i32 = 62;

/// From where on an axis is logarithmic: values so many times apart.
const APART: f64 = 12.0;

/// More points of a line than can be seen.
const MOST_POINTS: usize = 700;

impl Panels {
    /// Cross-entropies over the epochs.
    pub fn over_epochs(panels: Vec<Panel>) -> Self {
        let axes = ("epoch".to_owned(), "mean cross-entropy (nats)".to_owned());
        Self { axes, names: Vec::new(), is_over_epochs: true, panels }
    }

    /// It, if there is anything to see.
    pub fn if_any(mut self) -> Option<Self> {
        self.panels.retain(|panel| !panel.lines.is_empty());
        Some(self).filter(|figure| !figure.panels.is_empty())
    }

    /// The picture as SVG.
    ///
    /// # Errors
    /// [`Error::Drawing`](crate::Error::Drawing) where it cannot be laid out.
    pub fn svg(&self) -> Result<String> {
        let lines = || self.panels.iter().flat_map(|panel| &panel.lines);
        let letters = lines().map(|line| line.name.chars().count()).max().unwrap_or(0);
        // Room for the name of each line.
        let names = self.panels.iter().map(|panel| panel.lines.len() as i32).max().unwrap_or(0);
        let height = LEAST_HEIGHT.max(LINE * (names + 1));
        let step = TOP + height + BOTTOM;
        let size = (LEFT + WIDTH + 40 + 7 * letters as i32, step * self.panels.len() as i32 + 16);
        // One scale for all panels.
        let points = || lines().flat_map(|line| &line.points);
        let x = range(points().map(|(x, _)| *x));
        let y = range(points().flat_map(|(_, quartiles)| *quartiles));
        let mut values: Vec<_> = points().map(|(x, _)| *x).collect();
        values.sort_by(f64::total_cmp);
        values.dedup();
        let has_discs = values.len() <= 12;
        let apart = if self.is_over_epochs { f64::INFINITY } else { APART };
        let scales = (Scale::of(x, apart), Scale::of(y, APART));
        let (x, y) = match self.names.len() {
            0 => (around(scales.0, x), around(scales.1, y)),
            // Each in the middle of its share.
            names => ((-0.5, names as f64 - 0.5), around(scales.1, y)),
        };
        let ticks = match &self.names[..] {
            [] if has_discs => ticks(&values),
            [] => ticks(&scales.0.steps(x)),
            names => (0..).map(f64::from).zip(names.iter().cloned()).collect(),
        };
        super::svg(size, |area| {
            for (panel, top) in self.panels.iter().zip((TOP..).step_by(step as usize)) {
                let chart = Chart { left: LEFT, top, width: WIDTH, height, x, y, scales };
                chart.frame(area, &panel.title, (&self.axes.0, &self.axes.1), &ticks)?;
                panel.draw(area, &chart, has_discs)?;
            }
            let is_band = points().any(|(_, [lower, _, upper])| lower < upper);
            let words = match (is_band, lines().any(|line| line.is_dashed)) {
                (true, true) => "lines: medians; bands: quartiles; dashed: training set",
                (true, false) => "lines: medians; bands: quartiles",
                (false, true) => "dashed: training set",
                (false, false) => "",
            };
            let at = (LEFT, size.1 - 6);
            text(area, at, words, (12, GREY), (HPos::Left, VPos::Bottom))
        })
    }

    /// The numbers as CSV: a row a point.
    pub fn csv(&self) -> String {
        let quoted = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
        let mut csv = format!(
            "panel,line,{},lower_quartile,median,upper_quartile\n",
            self.axes.0.replace(' ', "_")
        );
        for panel in &self.panels {
            for line in &panel.lines {
                for (x, [lower, median, upper]) in &line.points {
                    let (panel, line) = (quoted(&panel.title), quoted(&line.name));
                    let x = self.names.get(*x as usize).map_or(x.to_string(), |name| quoted(name));
                    let _ = writeln!(csv, "{panel},{line},{x},{lower},{median},{upper}");
                }
            }
        }
        csv
    }
}

impl Panel {
    /// Its lines in a chart that has its frame, with a disc at each point where they are few.
    fn draw(&self, area: &Area, chart: &Chart, has_discs: bool) -> Drawn {
        let mut labels = Vec::new();
        for line in &self.lines {
            let colour = COLOURS[line.colour % COLOURS.len()];
            let seen = line.seen();
            let medians: Vec<_> = seen.iter().map(|(x, [_, median, _])| (*x, *median)).collect();
            if seen.iter().any(|(_, [lower, _, upper])| lower < upper) {
                let band: Vec<_> =
                    seen.iter().map(|&(x, [lower, _, upper])| (x, lower, upper)).collect();
                chart.band(area, &band, colour)?;
            }
            chart.line(area, &medians, Stroke { colour, is_dashed: line.is_dashed, has_discs })?;
            if let Some(&point) = medians.last() {
                labels.push(Label { point, text: line.name.clone(), colour });
            }
        }
        chart.labels(area, LEFT + WIDTH + 24, &labels)
    }
}

impl Line {
    /// What can be seen of its points.
    fn seen(&self) -> Vec<(f64, [f64; 3])> {
        let every = self.points.len().div_ceil(MOST_POINTS).max(1);
        let last = self.points.len().saturating_sub(1);
        let is_seen = |(place, _): &(usize, _)| place % every == 0 || *place == last;
        self.points.iter().copied().enumerate().filter(is_seen).map(|(_, point)| point).collect()
    }
}

/// An axis with some room around the numbers on it.
fn around(scale: Scale, (low, high): (f64, f64)) -> (f64, f64) {
    match scale {
        Scale::Log => (low / 1.25, high * 1.25),
        // Losses and errors are seen from nothing on.
        Scale::Linear if low >= 0.0 => (0.0, high * 1.05),
        Scale::Linear => (low - 0.05 * (high - low), high + 0.05 * (high - low)),
    }
}

/// The least and the most of some numbers, never the same.
fn range(numbers: impl Iterator<Item = f64>) -> (f64, f64) {
    let (low, high) = numbers.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), number| {
        (low.min(number), high.max(number))
    });
    if low < high {
        (low, high)
    } else if low.is_finite() {
        (low - 1e-9, low + low.abs().max(1e-9))
    } else {
        (0.0, 1.0)
    }
}
