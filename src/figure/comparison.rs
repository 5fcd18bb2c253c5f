//! A comparison as a picture: GFLOP/s against hidden units.

use super::chart::{self, Chart, INK, Label, Scale, Stroke, colours};
use super::{Area, Drawn};
use crate::error::Result;
use crate::instrument::{Comparison, Setting};
use crate::words::count;

/// Room around a chart's frame.
const LEFT: i32 = 72;
const TOP: i32 = 48;
const BOTTOM: i32 = 60;
/// The frame itself.
const WIDTH: i32 = 400;
const HEIGHT: i32 = 380;

/// A comparison as SVG: a chart for each precision, downwards, and number of BLAS threads, to the right; in
/// each a line for each library and engine, GFLOP/s up to the measured peak.
///
/// # Errors
/// [`Error::Drawing`](crate::Error::Drawing) where the picture cannot be laid out.
pub fn comparison(comparison: &Comparison) -> Result<String> {
    let precisions: Vec<_> =
        comparison.settings.chunk_by(|a, b| a.precision == b.precision).collect();
    let across = precisions.iter().map(|settings| settings.len()).max().unwrap_or(1);
    let names =
        comparison.settings.iter().flat_map(|setting| &setting.rows).map(|row| row.name.len());
    // The frame, and beside it the names.
    let step = (LEFT + WIDTH + 40 + 8 * names.max().unwrap_or(0) as i32, TOP + HEIGHT + BOTTOM);
    let size = (step.0 * across as i32 + 12, step.1 * precisions.len() as i32);
    super::svg(size, |area| {
        for (top, settings) in (TOP..).step_by(step.1 as usize).zip(&precisions) {
            // One scale for all charts of a precision.
            let peak = comparison.peak().of(settings[0].precision);
            let rows = settings.iter().flat_map(|setting| &setting.rows);
            let points = rows.flat_map(|row| row.points(&comparison.sizes));
            let (low, high) =
                points.fold((peak, peak), |(low, high), (_, y)| (low.min(y), high.max(y)));
            let y = (low / 1.5, if high > peak { 1.25 * high } else { peak });
            for (left, setting) in (LEFT..).step_by(step.0 as usize).zip(*settings) {
                chart(&comparison.sizes, setting, area, (left, top), (peak, y))?;
            }
        }
        Ok(())
    })
}

fn chart(
    sizes: &[usize],
    Setting { precision, blas_threads, rows }: &Setting,
    area: &Area,
    (left, top): (i32, i32),
    (peak, y): (f64, (f64, f64)),
) -> Drawn {
    let ticks: Vec<f64> = sizes.iter().map(|&d| d as f64).collect();
    let x = (ticks[0] / 1.3, ticks[ticks.len() - 1] * 1.3);
    let chart =
        Chart { left, top, width: WIDTH, height: HEIGHT, x, y, scales: (Scale::Log, Scale::Log) };
    let threads = count(*blas_threads, "BLAS thread");
    let title = format!("{precision}, {threads}; in bold the peak of one core, {peak:.0} GFLOP/s");
    chart.frame(area, &title, ("hidden units", "GFLOP/s"), &chart::ticks(&ticks))?;
    chart.line(area, &[(x.0, peak), (x.1, peak)], Stroke::plain(INK))?;
    let mut labels = Vec::new();
    for (row, colour) in rows.iter().zip(colours()) {
        let points: Vec<_> = row.points(sizes).collect();
        let Some(&point) = points.last() else { continue };
        let colour = if row.library.is_some() { colour } else { INK };
        chart.line(area, &points, Stroke::measured(colour))?;
        labels.push(Label { point, text: row.name.clone(), colour });
    }
    chart.labels(area, left + WIDTH + 24, &labels)
}
