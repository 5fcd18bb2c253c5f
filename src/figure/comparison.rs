//! A comparison as a picture: GFLOP/s against hidden units.

use super::panel::{COLOURS, INK, Label, Panel};
use super::{Area, Drawn};
use crate::error::Result;
use crate::instrument::Comparison;
use crate::number::Precision;
use crate::words::count;
use plotters::prelude::*;

/// Room around a panel's frame.
const LEFT: i32 = 72;
const TOP: i32 = 48;
const BOTTOM: i32 = 60;
/// The frame itself.
const WIDTH: i32 = 400;
const HEIGHT: i32 = 380;

/// A comparison as SVG: a panel for each precision, downwards, and number of BLAS threads, to the right; in
/// each a line for each library and engine, GFLOP/s up to the measured peak.
///
/// # Errors
/// [`Error::Drawing`](crate::Error::Drawing) where the picture cannot be laid out.
pub fn comparison(comparison: &Comparison) -> Result<String> {
    let rows: Vec<Vec<(Precision, usize)>> =
        comparison.settings().chunk_by(|a, b| a.0 == b.0).map(<[_]>::to_vec).collect();
    let across = rows.iter().map(Vec::len).max().unwrap_or(1);
    let longest = comparison.entries.iter().map(|entry| entry.name.len()).max().unwrap_or(0);
    // The frame, and beside it the names.
    let step = (LEFT + WIDTH + 40 + 8 * longest as i32, TOP + HEIGHT + BOTTOM);
    let size = (step.0 * across as i32 + 12, step.1 * rows.len() as i32);
    super::svg(size, |area| {
        for (top, row) in (TOP..).step_by(step.1 as usize).zip(&rows) {
            for (left, &setting) in (LEFT..).step_by(step.0 as usize).zip(row) {
                panel(comparison, area, (left, top), setting)?;
            }
        }
        Ok(())
    })
}

fn panel(
    comparison: &Comparison,
    area: &Area,
    (left, top): (i32, i32),
    setting: (Precision, usize),
) -> Drawn {
    let (precision, threads) = setting;
    let peak = comparison.peak.of(precision);
    // One scale for all panels of a precision.
    let rates = comparison.cells.iter().filter(|cell| cell.precision == precision);
    let rates = rates.filter_map(|cell| Some(cell.outcome.as_ref().ok()?.gflops));
    let (low, high) = rates.fold((peak, peak), |(low, high), g| (low.min(g), high.max(g)));
    let high = if high > peak { 1.25 * high } else { peak };
    let sizes: Vec<f64> = comparison.sizes().into_iter().map(|d| d as f64).collect();
    let x = (sizes[0] / 1.3, sizes[sizes.len() - 1] * 1.3);
    let panel = Panel { left, top, width: WIDTH, height: HEIGHT, x, y: (low / 1.5, high) };
    let threads = count(threads, "BLAS thread");
    let title = format!("{precision}, {threads}; in bold the peak of one core, {peak:.0} GFLOP/s");
    panel.frame(area, &title, ("hidden units", "GFLOP/s"), &sizes)?;
    let roof = [panel.at(x.0, peak), panel.at(x.1, peak)];
    area.draw(&PathElement::new(roof, INK.stroke_width(2)))?;
    let mut labels = Vec::new();
    for (index, entry) in comparison.entries.iter().enumerate() {
        let cells = comparison.cells(setting).filter(|cell| cell.entry == index);
        let points =
            cells.filter_map(|cell| Some((cell.hidden as f64, cell.outcome.as_ref().ok()?.gflops)));
        let mut points: Vec<_> = points.collect();
        points.sort_by(|a, b| a.0.total_cmp(&b.0));
        let Some(&(x, y)) = points.last() else { continue };
        let colour = match entry.library {
            Some(_) => COLOURS[index % COLOURS.len()],
            None => INK,
        };
        panel.line(area, &points, colour)?;
        labels.push(Label { pixel: panel.at(x, y), text: entry.name.clone(), colour });
    }
    panel.labels(area, left + WIDTH + 24, &labels)?;
    Ok(())
}
