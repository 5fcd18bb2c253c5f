//! Two measurements of the same things, one beside the other: before and after.

use super::results::{self, Results};
use crate::error::Result;
use crate::instrument::{Median, Table};
use crate::phases::Phase;
use std::path::Path;

/// All that was measured both in `before` and in `after`, in Markdown: files of `rankone bench --json`, folders of
/// scripts/compare-backends, or the `run.json` of two runs. Where phases were measured too, each has its row.
///
/// # Errors
/// [`Error::Io`](crate::Error::Io) where a file cannot be read, [`Error::Data`](crate::Error::Data) where one does
/// not say what it must, or nothing was measured in both.
pub fn beside(before: &Path, after: &Path) -> Result<String> {
    let (old, mut new) = (results::read(before)?, results::read(after)?);
    let width = old.iter().map(|results| label(results).len()).max().unwrap_or(0).max(18);
    let columns =
        [("what", -(width as i32)), ("ns before", 10), ("ns after", 10), ("after / before", 14)];
    let table = Table::new(columns.into_iter().chain([("99 % interval", 14), ("verdict", -20)]));
    let mut lines = vec![table.heading()];
    let mut alone = Vec::new();
    for (seed, old) in (0..).step_by(2).zip(&old) {
        let Some(place) = new.iter().position(|new| new.key() == old.key()) else {
            alone.push(format!("Only before: {}", label(old)));
            continue;
        };
        let new = new.remove(place);
        let [before, after] = [old.median(seed), new.median(seed + 1)];
        let told = |median: &std::result::Result<Median, String>| match median {
            Ok(median) => format!("{:.1}", median.value),
            Err(reason) => reason.clone(),
        };
        let mut cells = vec![label(old), told(&before), told(&after)];
        if let (Ok(before), Ok(after)) = (before, after) {
            let ratio = after.by(&before);
            // Starts differ more than runs: one alone does not show how much.
            let once = if before.starts.min(after.starts) > 1 { "" } else { ", of one start" };
            let verdict = match ratio.is_same() {
                None => "too few runs to tell".into(),
                Some(true) => "same within noise".into(),
                Some(false) if ratio.value < 1.0 => format!("faster{once}"),
                Some(false) => format!("slower{once}"),
            };
            let interval = ratio
                .interval
                .map_or(String::new(), |(low, high)| format!("{low:.3} to {high:.3}"));
            cells.extend([format!("{:.3}", ratio.value), interval, verdict]);
        }
        lines.push(table.row(cells));
        for phase in Phase::ALL {
            let ns = [old, &new].map(|results| results.first.number(&format!("phases/{phase}")));
            if let [Some(before), Some(after)] = ns
                && before + after > 0.0
            {
                let [one, two] = [before, after].map(|ns| format!("{ns:.1}"));
                lines.push(table.row([
                    format!("  {phase}"),
                    one,
                    two,
                    format!("{:.3}", after / before),
                ]));
            }
        }
    }
    if lines.len() == 1 {
        let expected = format!("what was measured in {}", before.display());
        return Err(results::fault(
            after,
            None,
            "nothing that the other has too".into(),
            &expected,
        ));
    }
    alone.extend(new.iter().map(|new| format!("Only after: {}", label(new))));
    if !alone.is_empty() {
        lines.push(format!("\n{}", alone.join("\n")));
    }
    Ok(lines.join("\n"))
}

fn label(results: &Results) -> String {
    let (name, command, threads, _) = results.key();
    let is_told = name.is_empty() || command.split(' ').next() == Some(name);
    let name = if is_told { String::new() } else { format!("{name}: ") };
    let threads = if threads > 1 { format!(", {threads} BLAS threads") } else { String::new() };
    format!("{name}{command}{threads}")
}
