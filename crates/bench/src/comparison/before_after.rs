//! Two measurements of the same candidates, before and after a change.

use super::candidate_results::{self, CandidateResults};
use crate::markdown_table::MarkdownTable;
use crate::samples::Median;
use rankone::Result;
use rankone::profile::Phase;
use std::path::Path;

/// Compares everything that was measured both in `before` and in `after`, as a Markdown table. Both
/// are files of `rankone bench --json`, directories of scripts/compare-backends, or runs with a
/// `run.json`. Phases have a row each where both measured them.
///
/// # Errors
/// [`Error::Io`] if a file cannot be read, [`Error::Data`] if its content is invalid, or nothing
/// was measured in both.
///
/// [`Error::Io`]: rankone::Error::Io
/// [`Error::Data`]: rankone::Error::Data
pub fn compare_measurements(before: &Path, after: &Path) -> Result<String> {
    let (old, mut new) = (candidate_results::read(before)?, candidate_results::read(after)?);
    let width = old.iter().map(|results| label(results).len()).max().unwrap_or(0).max(18);
    let table = MarkdownTable::new([
        ("what", -(width as i32)),
        ("ns before", 10),
        ("ns after", 10),
        ("after / before", 14),
        ("99 % interval", 14),
        ("verdict", -20),
    ]);
    let mut lines = vec![table.heading()];
    let mut unpaired = Vec::new();
    // Each result has a seed, so that the intervals are independent.
    for (seed, old) in (0..).step_by(2).zip(&old) {
        let Some(index) = new.iter().position(|new| new.key() == old.key()) else {
            unpaired.push(format!("Only before: {}", label(old)));
            continue;
        };
        let new = new.remove(index);
        lines.push(table.row(cells(old, [old.median(seed), new.median(seed + 1)])));
        lines.extend(phases(old, &new).map(|cells| table.row(cells)));
    }
    if lines.len() == 1 {
        let (found, expected) = ("nothing that the other has too", "what was measured in");
        let expected = format!("{expected} {}", before.display());
        return Err(candidate_results::invalid(after, None, found.into(), &expected));
    }
    unpaired.extend(new.iter().map(|new| format!("Only after: {}", label(new))));
    if !unpaired.is_empty() {
        lines.push(format!("\n{}", unpaired.join("\n")));
    }
    Ok(lines.join("\n"))
}

/// Returns the cells of a candidate, given its medians before and after.
fn cells(results: &CandidateResults, medians: [Result<Median, String>; 2]) -> Vec<String> {
    let times = medians.each_ref().map(|median| match median {
        Ok(median) => format!("{:.1}", median.value),
        Err(reason) => reason.clone(),
    });
    let mut cells = vec![label(results)];
    cells.extend(times);
    if let [Ok(before), Ok(after)] = medians {
        let ratio = after.by(&before);
        // A single start does not show by how much starts differ.
        let once = if before.starts.min(after.starts) > 1 { "" } else { ", of one start" };
        let verdict = match ratio.is_same() {
            None => "too few runs to tell".into(),
            Some(true) => "same within noise".into(),
            Some(false) if ratio.value < 1.0 => format!("faster{once}"),
            Some(false) => format!("slower{once}"),
        };
        let interval = ratio.interval.map(|(low, high)| format!("{low:.3} to {high:.3}"));
        cells.extend([format!("{:.3}", ratio.value), interval.unwrap_or_default(), verdict]);
    }
    cells
}

/// Returns the cells of each phase that both measured.
fn phases(old: &CandidateResults, new: &CandidateResults) -> impl Iterator<Item = [String; 4]> {
    Phase::ALL.into_iter().filter_map(|phase| {
        let ns = |results: &CandidateResults| results.first.number(&format!("phases/{phase}"));
        let (before, after) = (ns(old)?, ns(new)?);
        let [one, two] = [before, after].map(|ns| format!("{ns:.1}"));
        let ratio = format!("{:.3}", after / before);
        (before + after > 0.0).then(|| [format!("  {phase}"), one, two, ratio])
    })
}

/// Describes a candidate, with its provider unless that is clear.
fn label(results: &CandidateResults) -> String {
    let (name, command, threads, _) = results.key();
    let is_clear = name.is_empty() || command.split(' ').next() == Some(name);
    let name = if is_clear { String::new() } else { format!("{name}: ") };
    let threads = if threads > 1 { format!(", {threads} BLAS threads") } else { String::new() };
    format!("{name}{command}{threads}")
}
