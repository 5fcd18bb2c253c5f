//! Where the engines stand between the machine's roofs: a roofline picture.
//!
//! A chart for each precision, both axes logarithmic. Upwards, GFLOP/s, counted from the textbook's formula
//! ([`Work::flops`](crate::instrument::Work::flops)). To the right, operational intensity: those flops by the bytes
//! of parameters that an engine reads and writes for an example. A core that loads `w` bytes a second can at that
//! intensity not do more than `w` times it, the sloped roofs, nor ever more than its multiply-adds, the flat one. An
//! engine that skips the inputs that are zero can stand above a roof: it does not do all that it is credited with.

use super::chart::{
    Chart, GREY, INK, LINE, Label, Scale, Stroke, apart, colours, on_paper, text, ticks,
};
use super::{Area, Drawn};
use crate::blocked::BLOCK;
use crate::engine::EngineKind;
use crate::error::Result;
use crate::instrument::{Record, Roofs, Work};
use crate::number::Precision;
use crate::words::kibibytes;
use plotters::style::text_anchor::{HPos, VPos};

const WIDTH: i32 = 760;
const HEIGHT: i32 = 560;

/// The trainings that have a time, between the `roofs` of a core of `cpu`, as SVG.
///
/// # Errors
/// [`Error::Drawing`](crate::Error::Drawing) where the picture cannot be laid out.
pub fn roofline(results: &[Record], cpu: &str, roofs: &Roofs) -> Result<String> {
    let mut precisions = vec![Precision::F64, Precision::F32];
    precisions.retain(|p| results.iter().any(|result| result.text("precision") == p.to_string()));
    let width = WIDTH * i32::try_from(precisions.len()).unwrap_or(1);
    super::svg((width, HEIGHT), |area| {
        for (left, &precision) in (0..).step_by(WIDTH as usize).zip(&precisions) {
            let title = format!("{precision} on one core: {cpu}");
            draw(area, left, &title, roofs, roofs.peak.of(precision), &lines(results, precision))?;
        }
        Ok(())
    })
}

/// An engine's name, and at each size its hidden units and its point: flops by byte, GFLOP/s.
type Line<'a> = (&'a str, Vec<(usize, (f64, f64))>);

/// The engines of one precision in the order in which they came.
fn lines(results: &[Record], precision: Precision) -> Vec<Line<'_>> {
    let mut lines: Vec<Line> = Vec::new();
    let bytes = match precision {
        Precision::F64 => size_of::<f64>(),
        Precision::F32 => size_of::<f32>(),
    };
    for result in results.iter().filter(|result| result.text("precision") == precision.to_string())
    {
        let Some(gflops) = result.number("gflops") else { continue };
        let [inputs, hidden, classes] = ["inputs", "hidden", "classes"].map(|key| result.size(key));
        let (engine, work) = (result.text("engine"), Work { inputs, hidden, classes });
        let touched = if engine == EngineKind::Blocked.to_string() {
            work.touched_in_blocks(BLOCK.min(inputs + 1))
        } else {
            work.touched()
        };
        let point = (hidden, (work.flops() / (touched * bytes as f64), gflops));
        match lines.iter_mut().find(|line| line.0 == engine) {
            Some((_, points)) => points.push(point),
            None => lines.push((engine, vec![point])),
        }
    }
    lines
}

fn draw(area: &Area, left: i32, title: &str, roofs: &Roofs, peak: f64, lines: &[Line]) -> Drawn {
    let points = || lines.iter().flat_map(|(_, points)| points.iter().map(|(_, point)| *point));
    let chart = chart(left, roofs, peak, points());
    let axes = ("operational intensity: flops a byte of parameters touched", "GFLOP/s");
    chart.frame(area, title, axes, &ticks(&Scale::Log.steps(chart.x)))?;
    let slopes = roofs.bandwidths.iter().map(|level| {
        let rate = level.gb_per_second;
        (level, chart.x.0.max(chart.y.0 / rate), (peak / rate).min(chart.x.1))
    });
    let slopes: Vec<_> = slopes.filter(|(_, from, to)| from < to).collect();
    for (level, from, to) in &slopes {
        let ends = [*from, *to].map(|x| (x, level.gb_per_second * x));
        chart.line(area, &ends, Stroke::plain(GREY))?;
    }
    // As on the contours of a map, near their lower ends.
    let middles: Vec<_> =
        slopes.iter().map(|(level, x, _)| (1.4 * x, 1.4 * x * level.gb_per_second)).collect();
    let wanted: Vec<_> = middles.iter().map(|&middle| chart.at(middle).1).collect();
    let places = apart(&wanted, LINE, chart.top + chart.height - LINE / 2);
    for ((level, ..), (middle, y)) in slopes.iter().zip(middles.iter().zip(places)) {
        let words = format!("{} {:.0} GB/s", level.name, level.gb_per_second);
        on_paper(area, (chart.at(*middle).0 - 36, y), &words, GREY)?;
    }
    let knee = slopes.iter().map(|(.., to)| *to).fold(chart.x.1 / 2.0, f64::min);
    chart.line(area, &[(knee, peak), (chart.x.1, peak)], Stroke::plain(INK))?;
    let words = format!("fused multiply-adds {peak:.0} GFLOP/s");
    let (x, y) = chart.at((knee, peak));
    text(area, (x - 8, y), &words, (13, INK), (HPos::Right, VPos::Center))?;
    for ((engine, line), colour) in lines.iter().zip(colours()) {
        let all: Vec<_> = line.iter().map(|(_, point)| *point).collect();
        chart.line(area, &all, Stroke::measured(colour))?;
        let label =
            |&(hidden, point)| Label { point, text: format!("{engine} D={hidden}"), colour };
        let labels: Vec<_> = line.iter().map(label).collect();
        let right = all.iter().map(|&point| chart.at(point).0).max().unwrap_or(0);
        chart.labels(area, right + 28, &labels)?;
    }
    let arrays = roofs.bandwidths.iter().map(|b| format!("{} for {}", kibibytes(b.bytes), b.name));
    let notes = format!(
        "Loads from arrays of {}.\n\
         Flops are the textbook's. Bytes: alpha three times and beta four times an example; in blocked, alpha\n\
         twice a block and beta three times an example. blocked skips inputs that are zero, so it can exceed a roof.",
        arrays.collect::<Vec<_>>().join(", ")
    );
    for (note, y) in notes.lines().zip((HEIGHT - 3 * LINE - 4..).step_by(LINE as usize)) {
        text(area, (left + 24, y), note, (12, GREY), (HPos::Left, VPos::Top))?;
    }
    Ok(())
}

/// A chart that holds all points, with room around them for the roofs.
fn chart(left: i32, roofs: &Roofs, peak: f64, points: impl Iterator<Item = (f64, f64)>) -> Chart {
    let ((x0, x1), (y0, y1)) =
        points.fold(((0.2, 0.0), (peak, peak)), |(x, y): ((f64, f64), _), (px, py)| {
            ((x.0.min(px), x.1.max(px)), (f64::min(y.0, py), f64::max(y.1, py)))
        });
    let slowest = roofs.bandwidths.iter().map(|b| b.gb_per_second).fold(f64::INFINITY, f64::min);
    let x = (x0 / 6.0, (x1 * 6.0).max(1.3 * peak / slowest).clamp(4.0, 1000.0));
    Chart {
        left: left + 72,
        top: 48,
        width: WIDTH - 96,
        height: HEIGHT - 164,
        x,
        y: (y0 / 4.0, 1.8 * y1),
        scales: (Scale::Log, Scale::Log),
    }
}
