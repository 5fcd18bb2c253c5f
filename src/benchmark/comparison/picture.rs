//! A comparison as a picture: GFLOP/s against hidden units.

use super::super::panel::{COLOURS, INK, Label, Panel};
use super::Comparison;
use crate::error::Result;
use crate::picture::{self, Area, Drawn};
use crate::scalar::Precision;
use plotters::prelude::*;

/// Room around a panel's frame.
const LEFT: i32 = 72;
const TOP: i32 = 48;
const BOTTOM: i32 = 60;
/// The frame itself.
const WIDTH: i32 = 400;
const HEIGHT: i32 = 380;

impl Comparison {
    /// The comparison as SVG: a panel for each precision, downwards, and number of BLAS threads, to the
    /// right; in each a line for each contestant, GFLOP/s up to the measured peak.
    ///
    /// # Errors
    /// [`Error::Drawing`](crate::Error::Drawing) where the picture cannot be laid out.
    pub fn svg(&self) -> Result<String> {
        let rows: Vec<Vec<(Precision, usize)>> =
            self.settings().chunk_by(|a, b| a.0 == b.0).map(<[_]>::to_vec).collect();
        let across = rows.iter().map(Vec::len).max().unwrap_or(1);
        let longest = self.contestants.iter().map(|c| c.name.len()).max().unwrap_or(0);
        // The frame, and beside it the names.
        let step = (LEFT + WIDTH + 40 + 8 * longest as i32, TOP + HEIGHT + BOTTOM);
        let size = (step.0 * across as i32 + 12, step.1 * rows.len() as i32);
        picture::svg(size, |area| {
            for (top, row) in (TOP..).step_by(step.1 as usize).zip(&rows) {
                for (left, &setting) in (LEFT..).step_by(step.0 as usize).zip(row) {
                    self.panel(area, (left, top), setting)?;
                }
            }
            Ok(())
        })
    }

    fn panel(&self, area: &Area, (left, top): (i32, i32), setting: (Precision, usize)) -> Drawn {
        let (precision, threads) = setting;
        let peak = self.peak.of(precision);
        // One scale for all panels of a precision.
        let rates = self.cells.iter().filter(|cell| cell.precision == precision);
        let rates = rates.filter_map(|cell| Some(cell.outcome.as_ref().ok()?.gflops));
        let (low, high) = rates.fold((peak, peak), |(low, high), g| (low.min(g), high.max(g)));
        let high = if high > peak { 1.25 * high } else { peak };
        let sizes: Vec<f64> = self.sizes().into_iter().map(|d| d as f64).collect();
        let x = (sizes[0] / 1.3, sizes[sizes.len() - 1] * 1.3);
        let panel = Panel { left, top, width: WIDTH, height: HEIGHT, x, y: (low / 1.5, high) };
        let plural = if threads == 1 { "" } else { "s" };
        let title = format!(
            "{precision}, {threads} BLAS thread{plural}; in bold the peak of one core, {peak:.0} GFLOP/s"
        );
        panel.frame(area, &title, ("hidden units", "GFLOP/s"), &sizes)?;
        let roof = [panel.at(x.0, peak), panel.at(x.1, peak)];
        area.draw(&PathElement::new(roof, INK.stroke_width(2)))?;
        let mut labels = Vec::new();
        for (index, contestant) in self.contestants.iter().enumerate() {
            let cells = self.cells(setting).filter(|cell| cell.contestant == index);
            let points = cells
                .filter_map(|cell| Some((cell.hidden as f64, cell.outcome.as_ref().ok()?.gflops)));
            let mut points: Vec<_> = points.collect();
            points.sort_by(|a, b| a.0.total_cmp(&b.0));
            let Some(&(x, y)) = points.last() else { continue };
            let colour = match contestant.library {
                Some(_) => COLOURS[index % COLOURS.len()],
                None => INK,
            };
            panel.line(area, &points, colour)?;
            labels.push(Label { pixel: panel.at(x, y), text: contestant.name.clone(), colour });
        }
        panel.labels(area, left + WIDTH + 24, &labels)?;
        Ok(())
    }
}
