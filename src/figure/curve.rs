//! The learning curve as a picture: both cross-entropies over the epochs.

use super::chart::{COLOURS, GRID};
use super::{Area, Drawn};
use crate::error::Result;
use crate::training::{Epoch, best_epoch};
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
    let of = |loss: fn(&Epoch) -> Option<f64>| {
        let points = history.iter().map(|e| Some((e.epoch as f64, loss(e)?)));
        points.flatten().collect::<Vec<_>>()
    };
    let (train, validation) =
        (of(|e| Some(e.train_cross_entropy)), of(|e| e.validation_cross_entropy));
    let best = best_epoch(history);
    let top = train.iter().chain(&validation).fold(0.0, |top: f64, (_, j)| top.max(*j));
    let last = history.last().map_or(1, |e| e.epoch).max(2) as f64;
    let mut chart = ChartBuilder::on(area)
        .caption("Mean cross-entropy after each epoch", ("sans-serif", 18))
        .margin(14)
        .margin_right(30)
        .x_label_area_size(42)
        .y_label_area_size(58)
        // Above the curves there is room for their names.
        .build_cartesian_2d(1.0..last, 0.0..top.max(f64::MIN_POSITIVE) * 1.25)?;
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
    let least = best.and_then(|best| Some((best.epoch as f64, best.validation_cross_entropy?)));
    let series = [("training", TRAIN, train, None), ("validation", VALIDATION, validation, least)];
    for (set, colour, points, least) in series {
        let Some((_, end)) = points.last() else { continue };
        let mut name = format!("{set}, {} at the end", loss(*end, 4));
        if let Some((epoch, least)) = least {
            name += &format!("; best {} in epoch {epoch}", loss(least, 4));
            chart.draw_series([Circle::new((epoch, least), 4, colour.stroke_width(2))])?;
        }
        // A single epoch is a point, which a line would not show.
        if let [point] = points[..] {
            chart.draw_series([Circle::new(point, 3, colour.filled())])?;
        }
        chart
            .draw_series(LineSeries::new(thinned(points), colour.stroke_width(2)))?
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

/// Columns of epochs that a curve is drawn in: about as many as the picture is wide.
const COLUMNS: usize = 700;

/// What can be seen of a curve: where several points would stand in one column of the picture, the first, the lowest, the
/// highest and the last of them.
fn thinned(points: Vec<(f64, f64)>) -> Vec<(f64, f64)> {
    let together = points.len().div_ceil(COLUMNS);
    if together <= 4 {
        return points;
    }
    let mut seen = Vec::new();
    for column in points.chunks(together) {
        let by_loss = |a: &usize, b: &usize| column[*a].1.total_cmp(&column[*b].1);
        let all = 0..column.len();
        let (low, high) = (all.clone().min_by(by_loss), all.clone().max_by(by_loss));
        let mut places = [Some(0), low, high, all.last()].map(|place| place.unwrap_or(0));
        places.sort_unstable();
        seen.extend(places.map(|place| column[place]));
    }
    seen
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_curve_of_many_epochs_keeps_its_ends_and_its_peaks() {
        let few: Vec<_> = (0..2800).map(|e| (f64::from(e), 1.0)).collect();
        assert_eq!(thinned(few.clone()), few);
        let mut many: Vec<_> =
            (0..1_000_000).map(|e| (f64::from(e), 1.0 / f64::from(e + 1))).collect();
        many[777_777].1 = 5.0;
        many[333_333].1 = -5.0;
        let seen = thinned(many.clone());
        assert!(seen.len() <= 4 * COLUMNS && seen.is_sorted_by(|a, b| a.0 <= b.0));
        assert!(seen.contains(&many[777_777]) && seen.contains(&many[333_333]));
        assert_eq!((seen[0], seen.last()), (many[0], many.last()));
    }
}
