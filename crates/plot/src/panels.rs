//! Panels one below the other, all with the same axes.

use crate::PlotError;
use crate::chart::{Chart, Drawn, GRAY, LINE_HEIGHT, Label, color, svg, text};
use crate::scale::{Scale, range, ticks};
use plotters::style::text_anchor::{HPos, VPos};
use std::fmt::Write;

/// A figure of one or more panels, as SVG or as the numbers behind it in CSV.
///
/// All panels have the same scales. An axis is logarithmic if its values are positive and the
/// highest is at least 12 times the lowest; otherwise it is linear, from 0 if no value is negative.
/// Infinite values are drawn at the edge of the frame.
#[derive(Debug, Clone, PartialEq)]
pub struct Panels {
    /// Names of the axes x and y, with their units.
    pub axes: (String, String),
    /// Names of the categories at x = 0, 1, ...; empty if x is a number.
    pub names: Vec<String>,
    /// Whether x counts epochs: its axis is always linear then.
    pub is_over_epochs: bool,
    /// The panels, from top to bottom.
    pub panels: Vec<Panel>,
}

/// A chart whose lines are to be compared.
#[derive(Debug, Clone, PartialEq)]
pub struct Panel {
    /// The text above the frame.
    pub title: String,
    /// The lines, of any number of points each.
    pub lines: Vec<Line>,
}

/// A line through medians, with a band between the quartiles.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// The label at the right end of the line.
    pub name: String,
    /// Index of the color; the colors repeat after 11.
    pub color: usize,
    /// Whether the line is dashed; by convention losses of the training set are.
    pub is_dashed: bool,
    /// `(x, [lower quartile, median, upper quartile] of y)`, by ascending x. A single value of y is
    /// all three.
    pub points: Vec<(f64, [f64; 3])>,
    /// A point `(x, y)` of the line to draw a circle around, such as that of the best epoch.
    pub mark: Option<(f64, f64)>,
}

/// Size of the frame of a panel, and of the space around it, in pixels.
const WIDTH: i32 = 420;
const LEAST_HEIGHT: i32 = 300;
const LEFT: i32 = 76;
const TOP: i32 = 40;
const BOTTOM: i32 = 62;

/// An axis is logarithmic if the highest value is at least this many times the lowest.
const LOG_FROM: f64 = 12.0;

/// If x has at most this many values, each has a tick, and each point has a disc.
const MOST_DISCS: usize = 12;

impl Panels {
    /// Returns a figure of mean cross-entropies (nats) over epochs.
    pub fn over_epochs(panels: Vec<Panel>) -> Self {
        let axes = ("epoch".to_owned(), "mean cross-entropy (nats)".to_owned());
        Self { axes, names: Vec::new(), is_over_epochs: true, panels }
    }

    /// Removes panels without lines, and returns the figure if a panel is left.
    pub fn if_any(mut self) -> Option<Self> {
        self.panels.retain(|panel| !panel.lines.is_empty());
        Some(self).filter(|figure| !figure.panels.is_empty())
    }

    fn lines(&self) -> impl Iterator<Item = &Line> {
        self.panels.iter().flat_map(|panel| &panel.lines)
    }

    fn points(&self) -> impl Iterator<Item = &(f64, [f64; 3])> {
        self.lines().flat_map(|line| &line.points)
    }

    /// Draws the figure as SVG. A panel is about 400 pixels high, or higher if it has many lines.
    /// The width depends on the longest name of a line.
    ///
    /// # Errors
    /// [`PlotError::Drawing`] if the drawing library fails.
    pub fn svg(&self) -> Result<String, PlotError> {
        let letters = self.lines().map(|line| line.name.chars().count()).max().unwrap_or(0);
        let labels = self.panels.iter().map(|panel| panel.lines.len()).max().unwrap_or(0);
        let height = LEAST_HEIGHT.max(LINE_HEIGHT * (labels as i32 + 1));
        let step = TOP + height + BOTTOM;
        let size = (LEFT + WIDTH + 40 + 7 * letters as i32, step * self.panels.len() as i32 + 16);
        let mut values: Vec<_> = self.points().map(|(x, _)| *x).collect();
        values.sort_by(f64::total_cmp);
        values.dedup();
        let has_discs = values.len() <= MOST_DISCS;
        let log_from = if self.is_over_epochs { f64::INFINITY } else { LOG_FROM };
        let x = match self.names.len() {
            0 => Scale::around(range(values.iter().copied()), log_from),
            // Each name is in the middle of its part of the axis.
            names => Scale { low: -0.5, high: names as f64 - 0.5, is_log: false },
        };
        let y = Scale::around(range(self.points().flat_map(|(_, quartiles)| *quartiles)), LOG_FROM);
        let ticks = match &self.names[..] {
            [] if has_discs => ticks(&values),
            [] => ticks(&x.steps()),
            names => (0..).map(f64::from).zip(names.iter().cloned()).collect(),
        };
        svg(size, |area| {
            for (panel, top) in self.panels.iter().zip((TOP..).step_by(step as usize)) {
                let chart = Chart { area, left: LEFT, top, width: WIDTH, height, x, y };
                chart.frame(&panel.title, (&self.axes.0, &self.axes.1), &ticks)?;
                panel.draw(&chart, has_discs)?;
            }
            let at = (LEFT, size.1 - 6);
            text(area, at, self.note(), (12, GRAY), (HPos::Left, VPos::Bottom))
        })
    }

    /// Returns the legend below the last panel.
    fn note(&self) -> &'static str {
        let has_bands = self.points().any(|(_, [lower, _, upper])| lower < upper);
        match (has_bands, self.lines().any(|line| line.is_dashed)) {
            (true, true) => "lines: medians; bands: quartiles; dashed: training set",
            (true, false) => "lines: medians; bands: quartiles",
            (false, true) => "dashed: training set",
            (false, false) => "",
        }
    }

    /// Formats the numbers as CSV with a header, one row per point.
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
    /// Draws the lines in a chart whose frame has been drawn.
    fn draw(&self, chart: &Chart, has_discs: bool) -> Drawn {
        let mut labels = Vec::new();
        for line in &self.lines {
            let color = color(line.color);
            let points = thinned(&line.points);
            if points.iter().any(|(_, [lower, _, upper])| lower < upper) {
                chart.band(&points, color)?;
            }
            let medians: Vec<_> = points.iter().map(|&(x, [_, median, _])| (x, median)).collect();
            if has_discs {
                chart.discs(&medians, color)?;
            }
            chart.line(&medians, color, line.is_dashed)?;
            if let Some(mark) = line.mark {
                chart.circle(mark, color)?;
            }
            if let Some(&point) = medians.last() {
                labels.push(Label { point, text: line.name.clone(), color });
            }
        }
        chart.labels(LEFT + WIDTH + 24, &labels)
    }
}

/// Returns the points of a line that can be seen: of those in one column of pixels the first, the
/// last, the one with the lowest lower quartile, and the one with the highest upper quartile.
fn thinned(points: &[(f64, [f64; 3])]) -> Vec<(f64, [f64; 3])> {
    let per_column = points.len().div_ceil(WIDTH as usize);
    if per_column <= 4 {
        return points.to_vec();
    }
    let seen = |column: &[(f64, [f64; 3])]| {
        let lowest = column.iter().min_by(|a, b| a.1[0].total_cmp(&b.1[0]));
        let highest = column.iter().max_by(|a, b| a.1[2].total_cmp(&b.1[2]));
        let seen = [column.first(), lowest, highest, column.last()];
        let mut seen: Vec<_> = seen.into_iter().flatten().copied().collect();
        seen.sort_by(|a, b| a.0.total_cmp(&b.0));
        seen.dedup();
        seen
    };
    points.chunks(per_column).flat_map(seen).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_many_points_keeps_its_ends_and_its_peaks() {
        let few: Vec<_> = (0..1680).map(|e| (f64::from(e), [1.0; 3])).collect();
        assert_eq!(thinned(&few), few);
        let mut many: Vec<_> =
            (0..1_000_000).map(|e| (f64::from(e), [1.0 / f64::from(e + 1); 3])).collect();
        many[777_777].1[2] = 5.0;
        many[333_333].1[0] = -5.0;
        let seen = thinned(&many);
        assert!(seen.len() <= 4 * WIDTH as usize && seen.is_sorted_by(|a, b| a.0 < b.0));
        assert!(seen.contains(&many[777_777]) && seen.contains(&many[333_333]));
        assert_eq!((seen[0], seen.last()), (many[0], many.last()));
    }
}
