//! Where the engines stand between the machine's roofs: a roofline picture.
//!
//! A panel for each precision, both axes logarithmic. Upwards, GFLOP/s, counted from the textbook's formula
//! ([`Work::flops`]). To the right, operational intensity: those flops by the bytes of parameters that an
//! engine reads and writes for an example, [`Work::touched`] for the engines that follow the textbook and
//! [`Work::touched_in_blocks`] for `blocked`. A core that loads `w` bytes a second can at that intensity not do more
//! than `w` times it, the sloped roofs, nor ever more than its multiply-adds, the flat one. An engine that
//! skips the inputs that are zero can stand above a roof: it does not do all that it is credited with.

use super::panel::{COLOURS, GREY, INK, LINE, Label, Panel, Plate, steps, text};
use super::{Area, Drawn};
use crate::blocked::BLOCK;
use crate::engine::EngineKind;
use crate::error::Result;
use crate::instrument::{Bandwidth, Measurement, Peak, Work};
use crate::number::Precision;
use crate::words::kibibytes;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, VPos};

const WIDTH: i32 = 760;
const HEIGHT: i32 = 560;

/// The measurements that have a time, between the roofs of `peak` and `bandwidths` of a core of `cpu`, as SVG.
///
/// # Errors
/// [`Error::Drawing`](crate::Error::Drawing) where the picture cannot be laid out.
pub fn roofline(
    results: &[Measurement],
    cpu: &str,
    peak: Peak,
    bandwidths: &[Bandwidth],
) -> Result<String> {
    let mut precisions = vec![Precision::F64, Precision::F32];
    precisions.retain(|p| results.iter().any(|result| result.precision == *p));
    let width = WIDTH * i32::try_from(precisions.len()).unwrap_or(1);
    super::svg((width, HEIGHT), |area| {
        for (left, &precision) in (0..).step_by(WIDTH as usize).zip(&precisions) {
            let lines = lines(results, precision);
            Roofs { cpu, precision, peak: peak.of(precision), bandwidths }
                .draw(area, left, &lines)?;
        }
        Ok(())
    })
}

/// One engine at all sizes.
struct EngineLine {
    engine: String,
    /// Hidden units, flops by byte, GFLOP/s.
    points: Vec<(usize, f64, f64)>,
}

/// The engines of one precision in the order in which they came.
fn lines(results: &[Measurement], precision: Precision) -> Vec<EngineLine> {
    let mut lines: Vec<EngineLine> = Vec::new();
    for result in results.iter().filter(|result| result.precision == precision) {
        let Some(gflops) = result.gflops else { continue };
        let point = (result.hidden, intensity(result), gflops);
        match lines.iter_mut().find(|line| line.engine == result.engine) {
            Some(line) => line.points.push(point),
            None => lines.push(EngineLine { engine: result.engine.clone(), points: vec![point] }),
        }
    }
    lines
}

/// Flops by bytes of parameters touched.
fn intensity(result: &Measurement) -> f64 {
    let Measurement { inputs, hidden, classes, .. } = *result;
    let work = Work { inputs, hidden, classes };
    let touched = if result.engine == EngineKind::Blocked.to_string() {
        work.touched_in_blocks(BLOCK.min(inputs + 1))
    } else {
        work.touched()
    };
    let bytes = match result.precision {
        Precision::F64 => size_of::<f64>(),
        Precision::F32 => size_of::<f32>(),
    };
    work.flops() / (touched * bytes as f64)
}

/// What one core cannot exceed.
struct Roofs<'a> {
    cpu: &'a str,
    precision: Precision,
    /// GFLOP/s.
    peak: f64,
    bandwidths: &'a [Bandwidth],
}

impl Roofs<'_> {
    fn draw(&self, area: &Area, left: i32, lines: &[EngineLine]) -> Drawn {
        let panel = self.panel(left, lines);
        let title = format!("{} on one core: {}", self.precision, self.cpu);
        let axes = ("operational intensity: flops a byte of parameters touched", "GFLOP/s");
        panel.frame(area, &title, axes, &steps(panel.x))?;
        for bandwidth in self.bandwidths {
            if let Some((from, to)) = self.slope(&panel, bandwidth) {
                area.draw(&PathElement::new([from, to], GREY.stroke_width(1)))?;
            }
        }
        let knee = self.bandwidths.iter().map(|b| self.peak / b.gb_per_second);
        let knee = knee.reduce(f64::min).unwrap_or(0.0).clamp(panel.x.0, panel.x.1);
        let flat = [panel.at(knee, self.peak), panel.at(panel.x.1, self.peak)];
        area.draw(&PathElement::new(flat, INK.stroke_width(2)))?;
        // Left of all points, above the steepest roof.
        let words = format!("fused multiply-adds {:.0} GFLOP/s", self.peak);
        let end = (flat[0].0.max(panel.left + 200), flat[0].1 - 5);
        text(area, end, &words, (13, GREY), (HPos::Right, VPos::Bottom))?;
        for (line, colour) in lines.iter().zip(COLOURS.into_iter().cycle()) {
            let points: Vec<_> = line.points.iter().map(|&(_, x, y)| (x, y)).collect();
            panel.line(area, &points, colour)?;
        }
        let points = lines.iter().flat_map(|line| &line.points);
        let mut plates: Vec<_> =
            points.map(|&(_, x, y)| Plate::around(panel.at(x, y), 2)).collect();
        for column in columns(lines, &panel) {
            let right = column.iter().map(|label| label.pixel.0).max().unwrap_or(0);
            plates.extend(panel.labels(area, right + 28, &column)?);
        }
        for bandwidth in self.bandwidths {
            let Some(slope) = self.slope(&panel, bandwidth) else { continue };
            let words = format!("{} {:.0} GB/s", bandwidth.level, bandwidth.gb_per_second);
            let plate = place(slope, words.len(), &plates);
            plate.draw(area, &words, GREY)?;
            plates.push(plate);
        }
        self.notes(area, left)
    }

    /// How it was counted and measured.
    fn notes(&self, area: &Area, left: i32) -> Drawn {
        let arrays =
            self.bandwidths.iter().map(|b| format!("{} for {}", kibibytes(b.bytes), b.level));
        let arrays = arrays.collect::<Vec<_>>().join(", ");
        let notes = [
            format!("Loads from arrays of {arrays}."),
            "Flops are the textbook's. Bytes: alpha three times and beta four times an example; in \
             blocked, alpha"
                .to_owned(),
            "twice a block and beta three times an example. blocked skips inputs that are zero, so it \
             can exceed a roof."
                .to_owned(),
        ];
        for (note, y) in notes.iter().zip((HEIGHT - 3 * LINE - 4..).step_by(LINE as usize)) {
            text(area, (left + 24, y), note, (12, GREY), (HPos::Left, VPos::Top))?;
        }
        Ok(())
    }

    /// A panel that holds all points, with room around them for the roofs.
    fn panel(&self, left: i32, lines: &[EngineLine]) -> Panel {
        let points = || lines.iter().flat_map(|line| &line.points);
        let least = |values: &mut dyn Iterator<Item = f64>| values.fold(f64::INFINITY, f64::min);
        let most = |values: &mut dyn Iterator<Item = f64>| values.fold(0.0, f64::max);
        let slowest = least(&mut self.bandwidths.iter().map(|b| b.gb_per_second));
        let (low, high) = (least(&mut points().map(|p| p.1)), most(&mut points().map(|p| p.1)));
        let x =
            (low.min(0.2) / 6.0, (high * 6.0).max(1.3 * self.peak / slowest).clamp(4.0, 1000.0));
        let bottom = least(&mut points().map(|p| p.2)).min(self.peak) / 4.0;
        let top = most(&mut points().map(|p| p.2)).max(self.peak);
        let (width, height) = (WIDTH - 96, HEIGHT - 164);
        Panel { left: left + 72, top: 48, width, height, x, y: (bottom, 1.8 * top) }
    }

    /// The roof of loads from one level, from the frame to the flat roof, in pixels.
    fn slope(&self, panel: &Panel, bandwidth: &Bandwidth) -> Option<((i32, i32), (i32, i32))> {
        let rate = bandwidth.gb_per_second;
        let from = panel.x.0.max(panel.y.0 / rate);
        let to = (self.peak / rate).min(panel.x.1);
        (from < to).then(|| (panel.at(from, rate * from), panel.at(to, rate * to)))
    }
}

/// A plate for words of this many letters on a line, as on a contour of a map: near its lower end, where it
/// is clear of the others.
fn place(
    ((left, bottom), (right, top)): ((i32, i32), (i32, i32)),
    letters: usize,
    others: &[Plate],
) -> Plate {
    let at = |twentieth: i32| {
        let between = |from: i32, to: i32| from + (to - from) * twentieth / 20;
        Plate::around((between(left, right), between(bottom, top)), letters)
    };
    let is_clear = |plate: &Plate| others.iter().all(|other| plate.is_clear_of(other));
    (4..20).map(at).find(is_clear).unwrap_or_else(|| at(4))
}

/// The labels of all points in columns: engines of like intensity share one.
fn columns(lines: &[EngineLine], panel: &Panel) -> Vec<Vec<Label>> {
    let mut columns: Vec<Vec<Label>> = Vec::new();
    for (line, colour) in lines.iter().zip(COLOURS.into_iter().cycle()) {
        let labels: Vec<_> = line
            .points
            .iter()
            .map(|&(hidden, x, y)| {
                let text = format!("{} D={hidden}", line.engine);
                Label { pixel: panel.at(x, y), text, colour }
            })
            .collect();
        let near = |column: &&mut Vec<Label>| (column[0].pixel.0 - labels[0].pixel.0).abs() < 150;
        match columns.iter_mut().find(near) {
            Some(column) => column.extend(labels),
            None => columns.push(labels),
        }
    }
    columns
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::instrument::{Spread, Verdict};

    fn measurement(engine: &str, hidden: usize, gflops: Option<f64>) -> Measurement {
        Measurement {
            engine: engine.into(),
            precision: Precision::F64,
            hidden,
            threads: 1,
            blas_threads: 1,
            library: None,
            examples: 9000,
            inputs: 128,
            classes: 10,
            epochs: 1,
            rounds: 3,
            ns_per_example: gflops.map(|g| Spread { min: g, median: g, p90: g }),
            ns_per_weight: gflops,
            gflops,
            share_of_peak: gflops,
            phases: None,
            check: if gflops.is_some() { Verdict::Passed } else { Verdict::Failed },
            reason: None,
        }
    }

    #[test]
    fn blocks_raise_the_intensity() {
        let textbook = intensity(&measurement("blas", 200, Some(1.0)));
        // 4 flops by 3 values of 8 bytes, and a little for beta.
        assert!((textbook - 1.0 / 6.0).abs() < 0.01, "{textbook}");
        assert!(intensity(&measurement("blocked", 200, Some(1.0))) > 8.0 * textbook);
        let mut single = measurement("blas", 200, Some(1.0));
        single.precision = Precision::F32;
        assert_eq!(intensity(&single), 2.0 * textbook);
    }

    #[test]
    fn the_picture_names_roofs_engines_and_sizes() {
        let results = [
            measurement("blas", 50, Some(8.0)),
            measurement("blas", 200, Some(9.0)),
            measurement("blocked", 50, Some(60.0)),
            measurement("blocked", 200, None),
        ];
        let bandwidth = |level: &str, gb_per_second| Bandwidth {
            level: level.into(),
            bytes: 1 << 14,
            gb_per_second,
        };
        let levels = [bandwidth("L1", 300.0), bandwidth("memory", 12.0)];
        let picture =
            roofline(&results, "Some CPU", Peak { f64: 90.0, f32: 180.0 }, &levels).unwrap();
        for words in [
            "f64 on one core: Some CPU",
            "16 KiB for L1",
            "L1 300 GB/s",
            "memory 12 GB/s",
            "90 GFLOP/s",
            "blas D=50",
            "blas D=200",
            "blocked D=50",
        ] {
            assert!(picture.contains(words), "{words}");
        }
        // It was wrong and has no place; nor has a panel in which no one ran.
        assert!(!picture.contains("blocked D=200") && !picture.contains("f32"));
        assert!(picture.trim_end().ends_with("</svg>"));
    }

    #[test]
    fn nothing_to_show_is_a_picture_of_the_roofs() {
        let nothing = [measurement("blas", 50, None)];
        let picture = roofline(&nothing, "Some CPU", Peak { f64: 90.0, f32: 180.0 }, &[]).unwrap();
        assert!(picture.contains("fused multiply-adds 90 GFLOP/s") && !picture.contains("NaN"));
    }
}
