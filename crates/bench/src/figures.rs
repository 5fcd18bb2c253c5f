//! The figures: engines below the limits of one core, and the throughput of several BLAS libraries.

use crate::bench_record::BenchRecord;
use crate::comparison::{Comparison, ComparisonGroup};
use crate::machine_limits::MachineLimits;
use crate::work_size::WorkSize;
use rankone::{EngineKind, Precision};
use rankone_kernels::BLOCK;
use rankone_plot::{EngineLine, MemoryLevel, Roofline, ThroughputChart, ThroughputLine};
use rankone_runs::Result;
use rankone_runs::text::{count, kibibytes};

/// Makes a roofline for each precision in `records`.
pub(crate) fn rooflines(
    records: &[BenchRecord],
    cpu: &str,
    limits: &MachineLimits,
) -> Vec<Roofline> {
    let mut charts = Vec::new();
    for (precision, bytes) in
        [(Precision::F64, size_of::<f64>()), (Precision::F32, size_of::<f32>())]
    {
        let name = precision.to_string();
        let of: Vec<_> = records.iter().filter(|record| record.text("precision") == name).collect();
        if of.is_empty() {
            continue;
        }
        let levels = limits.bandwidths.iter().map(|level| MemoryLevel {
            name: level.name.clone(),
            gb_per_second: level.gb_per_second,
            array: kibibytes(level.bytes),
        });
        charts.push(Roofline {
            title: format!("{precision} on one core: {cpu}"),
            peak_gflops: limits.peak.of(precision),
            levels: levels.collect(),
            engines: engine_lines(&of, bytes),
        });
    }
    charts
}

/// Makes the line of each engine in `records`, whose numbers have `bytes` bytes.
fn engine_lines(records: &[&BenchRecord], bytes: usize) -> Vec<EngineLine> {
    let mut lines: Vec<EngineLine> = Vec::new();
    for record in records {
        let Some(gflops) = record.number("gflops") else { continue };
        let [inputs, hidden, classes] = ["inputs", "hidden", "classes"].map(|key| record.size(key));
        let (name, work) = (record.text("engine"), WorkSize { inputs, hidden, classes });
        let touched = if name == EngineKind::Blocked.to_string() {
            work.touched_in_blocks(BLOCK.min(inputs + 1))
        } else {
            work.touched()
        };
        let point = (format!("D={hidden}"), work.flops() / (touched * bytes as f64), gflops);
        match lines.iter_mut().find(|line| line.name == name) {
            Some(line) => line.points.push(point),
            None => lines.push(EngineLine { name: name.to_owned(), points: vec![point] }),
        }
    }
    lines
}

/// Returns the names and contents of the files that present a comparison: `compare.md` with its
/// [`markdown`](Comparison::markdown), and `compare.svg` with the throughput of all libraries and
/// engines.
///
/// # Errors
/// [`PlotError::Drawing`](rankone_plot::PlotError::Drawing) if the drawing library fails.
pub fn comparison_files(comparison: &Comparison) -> Result<[(&'static str, String); 2]> {
    let sizes: Vec<f64> = comparison.sizes.iter().map(|&hidden| hidden as f64).collect();
    let svg = rankone_plot::throughput(&sizes, &throughput_charts(comparison))?;
    Ok([("compare.md", comparison.markdown()), ("compare.svg", svg)])
}

/// Makes a row of charts for each precision.
fn throughput_charts(comparison: &Comparison) -> Vec<Vec<ThroughputChart>> {
    let chart = |group: &ComparisonGroup| {
        let lines = group.rows.iter().map(|row| ThroughputLine {
            name: row.name.clone(),
            is_library: row.library.is_some(),
            points: row.points(&comparison.sizes).collect(),
        });
        let threads = count(group.blas_threads, "BLAS thread");
        ThroughputChart {
            title: format!("{}, {threads}", group.precision),
            peak_gflops: comparison.peak().of(group.precision),
            lines: lines.collect(),
        }
    };
    let rows = comparison.groups.chunk_by(|a, b| a.precision == b.precision);
    rows.map(|groups| groups.iter().map(chart).collect()).collect()
}
