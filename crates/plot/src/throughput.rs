//! Throughput against the number of hidden units, one line per BLAS library.

use crate::PlotError;
use crate::chart::{Chart, Drawn, INK, Label, color, svg};
use crate::scale::{Scale, ends, ticks};

/// The measurements of one precision and number of BLAS threads.
#[derive(Debug, Clone, PartialEq)]
pub struct ThroughputChart {
    /// What all lines have in common, such as `f64, 1 BLAS thread`.
    pub title: String,
    /// Measured peak rate of one core in GFLOP/s.
    pub peak_gflops: f64,
    /// The lines, in the same order in each chart, so that each has the same color everywhere.
    pub lines: Vec<ThroughputLine>,
}

/// The measurements of one BLAS library, or of an engine that needs none.
#[derive(Debug, Clone, PartialEq)]
pub struct ThroughputLine {
    /// The label at the right end of the line.
    pub name: String,
    /// Whether it is a BLAS library, and has a color; other lines are black.
    pub is_library: bool,
    /// `(hidden units, GFLOP/s)` by ascending hidden units; a line without points is left out.
    pub points: Vec<(f64, f64)>,
}

/// Size of the frame of a chart, and of the space around it, in pixels.
const WIDTH: i32 = 400;
const HEIGHT: i32 = 380;
const LEFT: i32 = 72;
const TOP: i32 = 48;
const BOTTOM: i32 = 60;

/// Draws a grid of charts as SVG, one row per precision and one column per number of BLAS threads.
/// `sizes` are the numbers of hidden units in ascending order: the ticks of each chart. All charts
/// of a row have the same scales. A black line without discs is the peak of one core.
///
/// # Errors
/// [`PlotError::Drawing`] if the drawing library fails.
pub fn throughput(sizes: &[f64], rows: &[Vec<ThroughputChart>]) -> Result<String, PlotError> {
    let across = rows.iter().map(Vec::len).max().unwrap_or(1);
    let names = rows.iter().flatten().flat_map(|chart| &chart.lines).map(|line| line.name.len());
    // Beside each frame there is space for the names.
    let step = (LEFT + WIDTH + 40 + 8 * names.max().unwrap_or(0) as i32, TOP + HEIGHT + BOTTOM);
    let [least, most] = [sizes.first(), sizes.last()].map(|size| size.copied().unwrap_or(1.0));
    let x = Scale::log(least / 1.3, most * 1.3);
    svg((step.0 * across as i32 + 12, step.1 * rows.len() as i32), |area| {
        for (charts, top) in rows.iter().zip((TOP..).step_by(step.1 as usize)) {
            let peak = charts.iter().map(|chart| chart.peak_gflops).fold(0.0, f64::max);
            let points = charts.iter().flat_map(|chart| &chart.lines).flat_map(|line| &line.points);
            let (low, high) = ends(points.map(|&(_, y)| y).chain([peak]));
            let y = Scale::log(low / 1.5, if high > peak { 1.25 * high } else { peak });
            for (chart, left) in charts.iter().zip((LEFT..).step_by(step.0 as usize)) {
                let frame = Chart { area, left, top, width: WIDTH, height: HEIGHT, x, y };
                chart.draw(&frame, sizes)?;
            }
        }
        Ok(())
    })
}

impl ThroughputChart {
    fn draw(&self, chart: &Chart, sizes: &[f64]) -> Drawn {
        let Self { title, peak_gflops: peak, lines } = self;
        let title = format!("{title}; in bold the peak of one core, {peak:.0} GFLOP/s");
        chart.frame(&title, ("hidden units", "GFLOP/s"), &ticks(sizes))?;
        let ends = [(chart.x.low, *peak), (chart.x.high, *peak)];
        chart.line(&ends, INK, false)?;
        let mut labels = Vec::new();
        for (index, ThroughputLine { name, is_library, points }) in lines.iter().enumerate() {
            let Some(&point) = points.last() else { continue };
            let color = if *is_library { color(index) } else { INK };
            chart.discs(points, color)?;
            chart.line(points, color, false)?;
            labels.push(Label { point, text: name.clone(), color });
        }
        chart.labels(chart.left + WIDTH + 24, &labels)
    }
}
