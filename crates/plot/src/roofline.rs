//! Rooflines: the throughput of engines, and the limits of the machine that they run on.
//!
//! Both axes are logarithmic: y is GFLOP/s, and x is operational intensity, the number of flops per
//! byte of parameters that an engine reads and writes. At intensity `i`, a core that loads `w` GB/s
//! from a level of its memory computes at most `w i` GFLOP/s (the sloped lines), and never more
//! than its fused multiply-adds (the horizontal line). An engine that skips inputs that are zero
//! can be above a line, because it does not execute all the flops that are counted.

use crate::PlotError;
use crate::chart::{
    Area, Chart, Drawn, GRAY, INK, LINE_HEIGHT, Label, color, svg, text, text_on_white,
};
use crate::scale::{Scale, ends, ticks};
use plotters::style::text_anchor::{HPos, VPos};

/// The limits of one core in one precision, and what engines reach.
#[derive(Debug, Clone, PartialEq)]
pub struct Roofline {
    /// The text above the frame.
    pub title: String,
    /// Peak rate of fused multiply-adds in GFLOP/s, two flops each.
    pub peak_gflops: f64,
    /// The levels of memory.
    pub levels: Vec<MemoryLevel>,
    /// The engines; each has another color.
    pub engines: Vec<EngineLine>,
}

/// The rate at which one core loads from a level of its memory.
#[derive(Debug, Clone, PartialEq)]
pub struct MemoryLevel {
    /// Such as `L1`, `L2`, `L3` or `memory`.
    pub name: String,
    /// Measured rate in GB/s.
    pub gb_per_second: f64,
    /// Size of the array that was loaded, such as `48 KiB`.
    pub array: String,
}

/// The measurements of one engine.
#[derive(Debug, Clone, PartialEq)]
pub struct EngineLine {
    /// The engine.
    pub name: String,
    /// `(label, flops per byte, GFLOP/s)`; the label is drawn after the name, such as `D=50`.
    pub points: Vec<(String, f64, f64)>,
}

/// Size of one chart with all that belongs to it.
const WIDTH: i32 = 760;
const HEIGHT: i32 = 560;

/// Draws charts side by side as SVG, each 760 x 560 pixels.
///
/// # Errors
/// [`PlotError::Drawing`] if the drawing library fails.
pub fn roofline(charts: &[Roofline]) -> Result<String, PlotError> {
    svg((WIDTH * charts.len() as i32, HEIGHT), |area| {
        for (roofline, left) in charts.iter().zip((0..).step_by(WIDTH as usize)) {
            let chart = roofline.chart(area, left);
            let axes = ("operational intensity: flops a byte of parameters touched", "GFLOP/s");
            chart.frame(&roofline.title, axes, &ticks(&chart.x.steps()))?;
            roofline.draw_limits(&chart)?;
            roofline.draw_engines(&chart)?;
            roofline.draw_notes(area, left)?;
        }
        Ok(())
    })
}

impl Roofline {
    /// Returns a chart that contains all points and enough space around them for the limits.
    fn chart<'a, 'b>(&self, area: &'a Area<'b>, left: i32) -> Chart<'a, 'b> {
        let peak = self.peak_gflops;
        let points = || self.engines.iter().flat_map(|engine| &engine.points);
        let x = ends(points().map(|(_, x, _)| *x).chain([0.2]));
        let y = ends(points().map(|(.., y)| *y).chain([peak]));
        let rates = self.levels.iter().map(|level| level.gb_per_second);
        let right = (x.1 * 6.0).max(1.3 * peak / rates.fold(f64::INFINITY, f64::min));
        Chart {
            area,
            left: left + 72,
            top: 48,
            width: WIDTH - 96,
            height: HEIGHT - 164,
            x: Scale::log(x.0 / 6.0, right.clamp(4.0, 1000.0)),
            y: Scale::log(y.0 / 4.0, 1.8 * y.1),
        }
    }

    /// Draws the sloped line of each level of memory, with its rate near its lower end, and the
    /// horizontal line of the peak.
    fn draw_limits(&self, chart: &Chart) -> Drawn {
        let (Chart { x, y, .. }, peak) = (chart, self.peak_gflops);
        let slopes = self.levels.iter().map(|level| {
            let rate = level.gb_per_second;
            (level, x.low.max(y.low / rate), (peak / rate).min(x.high))
        });
        let slopes: Vec<_> = slopes.filter(|(_, from, to)| from < to).collect();
        for (level, from, to) in &slopes {
            let ends = [*from, *to].map(|x| (x, level.gb_per_second * x));
            chart.line(&ends, GRAY, false)?;
        }
        let labeled = slopes.iter().map(|(level, x, _)| (1.4 * x, 1.4 * x * level.gb_per_second));
        for ((level, ..), ((left, _), height)) in slopes.iter().zip(chart.spread(labeled)) {
            let rate = format!("{} {:.0} GB/s", level.name, level.gb_per_second);
            text_on_white(chart.area, (left - 36, height), &rate, GRAY)?;
        }
        let knee = slopes.iter().map(|(.., to)| *to).fold(x.high / 2.0, f64::min);
        chart.line(&[(knee, peak), (x.high, peak)], INK, false)?;
        let (left, middle) = chart.pixel((knee, peak));
        let rate = format!("fused multiply-adds {peak:.0} GFLOP/s");
        text(chart.area, (left - 8, middle), &rate, (13, INK), (HPos::Right, VPos::Center))
    }

    fn draw_engines(&self, chart: &Chart) -> Drawn {
        for (index, EngineLine { name, points }) in self.engines.iter().enumerate() {
            let color = color(index);
            let line: Vec<_> = points.iter().map(|(_, x, y)| (*x, *y)).collect();
            chart.discs(&line, color)?;
            chart.line(&line, color, false)?;
            let label = |(label, x, y): &(String, f64, f64)| Label {
                point: (*x, *y),
                text: format!("{name} {label}"),
                color,
            };
            let labels: Vec<_> = points.iter().map(label).collect();
            let right = line.iter().map(|&point| chart.pixel(point).0).max().unwrap_or(0);
            chart.labels(right + 28, &labels)?;
        }
        Ok(())
    }

    fn draw_notes(&self, area: &Area, left: i32) -> Drawn {
        let array = |level: &MemoryLevel| format!("{} for {}", level.array, level.name);
        let arrays = self.levels.iter().map(array).collect::<Vec<_>>().join(", ");
        let notes = [
            &format!("Loads from arrays of {arrays}."),
            "Flops are the textbook's. Bytes: alpha three times and beta four times an example; \
             in blocked, alpha",
            "twice a block and beta three times an example. blocked skips inputs that are zero, \
             so it can exceed a roof.",
        ];
        let top = HEIGHT - 4 - 3 * LINE_HEIGHT;
        (0..).zip(notes).try_for_each(|(i, note)| {
            let at = (left + 24, top + i * LINE_HEIGHT);
            text(area, at, note, (12, GRAY), (HPos::Left, VPos::Top))
        })
    }
}
