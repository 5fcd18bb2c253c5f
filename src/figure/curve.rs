//! The learning curve as a picture: both cross-entropies over the epochs.

use super::chart::{COLOURS, GRID};
use super::{Area, Drawn};
use crate::error::Result;
use crate::training::Epoch;
use crate::words::loss;
use plotters::data::float::FloatPrettyPrinter;
use plotters::prelude::*;

const TRAIN: RGBColor = COLOURS[1];
const VALIDATION: RGBColor = COLOURS[0];

/// Draws the learning curve of `history` as SVG.
///
/// # Errors
/// [`Error::Drawing`](crate::Error::Drawing) where the picture cannot be laid out.
pub fn curve(history: &[Epoch]) -> Result<String> {
    super::svg((720, 420), |area| draw(history, area))
}

fn draw(history: &[Epoch], area: &Area) -> Drawn {
    let epochs = || history.iter().map(|e| e.epoch as f64);
    let train: Vec<_> = epochs().zip(history.iter().map(|e| e.train_cross_entropy)).collect();
    let validation = history.iter().filter_map(|e| e.validation_cross_entropy);
    let validation: Vec<_> = epochs().zip(validation).collect();
    let top = train.iter().chain(&validation).fold(0.0, |top: f64, (_, j)| top.max(*j));
    let last = history.last().map_or(1, |e| e.epoch).max(2) as f64;
    let mut chart = ChartBuilder::on(area)
        .caption("Mean cross-entropy after each epoch", ("sans-serif", 18))
        .margin(14)
        .x_label_area_size(42)
        .y_label_area_size(58)
        .build_cartesian_2d(1.0..last, 0.0..top.max(f64::MIN_POSITIVE) * 1.05)?;
    // As plotters would print it, but for a loss that would be hundreds of digits long.
    let numbers =
        FloatPrettyPrinter { allow_scientific: top >= 1e6, min_decimal: 1, max_decimal: 5 };
    chart
        .configure_mesh()
        .light_line_style(WHITE)
        .bold_line_style(GRID)
        .x_desc("epoch")
        .y_desc("cross-entropy (nats)")
        .x_label_formatter(&|epoch| {
            if epoch.fract() == 0.0 { format!("{epoch}") } else { String::new() }
        })
        .y_label_formatter(&|loss| numbers.print(*loss))
        .label_style(("sans-serif", 13))
        .axis_desc_style(("sans-serif", 15))
        .draw()?;
    let series = [("training", TRAIN, train), ("validation", VALIDATION, validation)];
    for (set, colour, points) in series {
        let Some((_, end)) = points.last() else { continue };
        let name = format!("{set}, {} at the end", loss(*end, 4));
        // A single epoch is a point, which a line would not show.
        if let [point] = points[..] {
            chart.draw_series([Circle::new(point, 3, colour.filled())])?;
        }
        chart
            .draw_series(LineSeries::new(points, colour.stroke_width(2)))?
            .label(name)
            .legend(move |(x, y)| PathElement::new([(x, y), (x + 18, y)], colour.stroke_width(2)));
    }
    chart
        .configure_series_labels()
        .position(SeriesLabelPosition::UpperRight)
        .background_style(WHITE)
        .border_style(RGBColor(0xc0, 0xc0, 0xc0))
        .label_font(("sans-serif", 14))
        .draw()?;
    Ok(())
}
