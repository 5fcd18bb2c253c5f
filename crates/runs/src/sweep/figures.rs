//! The figures of a sweep: what its settings led to.

use super::folder::read_results;
use super::record::{Losses, TrialRecord};
use super::summary::{OfResults, RESULTS, Statistics};
use crate::run::{AFTER_EACH_EPOCH, SETS};
use rankone::{Error, Result};
use rankone_plot::{Line, Panel, Panels};
use serde_json::{Map, Value};
use std::collections::BTreeSet;
use std::path::Path;

/// A network's options, by name.
type TrialOptions = Map<String, Value>;

/// What repetitions differ in, and what no result depends on.
const NO_SETTING: [&str; 3] = ["seed", "fold", "threads"];

fn options(record: &TrialRecord) -> TrialOptions {
    match serde_json::to_value(&record.settings) {
        Ok(Value::Object(mut options)) => {
            options.retain(|name, _| !NO_SETTING.contains(&name.as_str()));
            options
        }
        _ => TrialOptions::new(),
    }
}

/// Records by their options: first one of them, and apart from it all others that differ at all, in
/// words.
struct Axis<'r> {
    /// Its values, where they are no numbers: they are counted from 0 then.
    names: Vec<String>,
    /// The words, and by x, in order, the records; those of small networks first.
    groups: Vec<(String, Group<'r>)>,
}

/// By x, in order, the records.
type Group<'r> = Vec<(f64, Vec<&'r TrialRecord>)>;

impl<'r> Axis<'r> {
    /// Along the option `x`; nothing, where it has no two values.
    fn new(records: &'r [TrialRecord], x: &str) -> Option<Self> {
        let all: Vec<_> = records.iter().map(|record| (options(record), record)).collect();
        let first = &all.first()?.0;
        let names = all.iter().flat_map(|(options, _)| options.keys()).collect::<BTreeSet<_>>();
        let differs =
            |name: &&String| all.iter().any(|(options, _)| options.get(*name) != first.get(*name));
        let differing: BTreeSet<_> = names.into_iter().filter(differs).cloned().collect();
        if !differing.contains(x) {
            return None;
        }
        let value = |options: &TrialOptions| options.get(x).unwrap_or(&Value::Null).clone();
        let is_number = all.iter().all(|(options, _)| value(options).is_number());
        let names = if is_number {
            BTreeSet::new()
        } else {
            all.iter().map(|(options, _)| words(&value(options))).collect()
        };
        let names = Vec::from_iter(names);
        let place = |value: Value| match value.as_f64().filter(|_| is_number) {
            Some(number) => number,
            None => names.iter().position(|name| *name == words(&value)).unwrap_or(0) as f64,
        };
        let mut groups = Vec::<(String, Group)>::new();
        for (options, record) in all.iter().rev() {
            let rest = options.iter().filter(|(name, _)| *name != x && differing.contains(*name));
            let rest =
                rest.map(|(name, value)| format!("{} {}", name.replace('_', " "), words(value)));
            let group = of_key(&mut groups, rest.collect::<Vec<_>>().join(", "));
            of_key(group, place(value(options))).push(record);
        }
        groups.iter_mut().for_each(|(_, group)| group.sort_by(|(a, _), (b, _)| a.total_cmp(b)));
        Some(Self { names, groups })
    }

    /// Quartiles of a result over x, of one group.
    fn points(group: &Group, of: OfResults) -> Vec<(f64, [f64; 3])> {
        let point = |(x, records): &(f64, Vec<&TrialRecord>)| {
            let numbers = records.iter().filter_map(|record| of(record.result.as_ref()?));
            Statistics::of(numbers.collect()).map(|numbers| (*x, numbers.quartiles))
        };
        group.iter().filter_map(point).collect()
    }
}

/// An option's value as people read it.
fn words(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => "none".into(),
        value => value.to_string(),
    }
}

/// What belongs to a key: nothing yet, where it is new.
fn of_key<K: PartialEq, V: Default>(all: &mut Vec<(K, V)>, key: K) -> &mut V {
    let place = all.iter().position(|(known, _)| *known == key).unwrap_or(all.len());
    if place == all.len() {
        all.push((key, V::default()));
    }
    &mut all[place].1
}

/// The name of a line: what it is of, and of which set.
fn name(of: &str, set: &str) -> String {
    if of.is_empty() { set.to_owned() } else { format!("{of}, {set}") }
}

/// Cross-entropies of both sets against hidden units, where there are several sizes: the first
/// figure of the handout's written part.
pub fn hidden(records: &[TrialRecord]) -> Option<Panels> {
    let axis = Axis::new(records, "hidden")?;
    let of_sets: [OfResults; 2] =
        [|result| result.validation_cross_entropy, |result| Some(result.train_cross_entropy)];
    let lines = axis.groups.iter().enumerate().flat_map(|(color, (words, group))| {
        SETS.iter().zip(of_sets).map(move |(&(set, is_dashed), of)| {
            let points = Axis::points(group, of);
            // Of a single thing the sets have colors of their own.
            let color = if words.is_empty() { usize::from(is_dashed) } else { color };
            Line { name: name(words, set), color, is_dashed, points, mark: None }
        })
    });
    let lines = lines.filter(|line| !line.points.is_empty()).collect();
    let title = "Final cross-entropy against hidden units".to_owned();
    let axes = ("hidden units".into(), "mean cross-entropy (nats)".into());
    let panels = vec![Panel { title, lines }];
    Panels { axes, names: axis.names, is_over_epochs: false, panels }.if_any()
}

/// Cross-entropies of both sets over the epochs, a color a learning rate, where there are several:
/// the second figure of the handout's written part. Networks of other settings have panels of their
/// own.
pub fn rates(records: &[TrialRecord]) -> Option<Panels> {
    let axis = Axis::new(records, "learning_rate")?;
    let panels = axis.groups.iter().map(|(words, group)| {
        let lines = group.iter().enumerate().flat_map(|(color, (rate, records))| {
            SETS.map(|(set, is_dashed)| {
                let losses = records.iter().filter_map(|record| match is_dashed {
                    true => Some(&record.history.train_cross_entropy),
                    false => record.history.validation_cross_entropy.as_ref(),
                });
                let name = name(&format!("rate {rate}"), set);
                Line { name, color, is_dashed, points: over_epochs(losses), mark: None }
            })
        });
        let lines = lines.filter(|line| !line.points.is_empty()).collect();
        let of = if words.is_empty() { String::new() } else { format!(": {words}") };
        Panel { title: format!("{AFTER_EACH_EPOCH}{of}"), lines }
    });
    Panels::over_epochs(panels.collect()).if_any()
}

/// Quartiles of the losses of several networks, epoch by epoch: of those that have it.
fn over_epochs<'r>(losses: impl Iterator<Item = &'r Losses>) -> Vec<(f64, [f64; 3])> {
    let all = losses.filter_map(|losses| match losses {
        Losses::All(losses) => Some(losses),
        Losses::Brief { .. } => None,
    });
    let all: Vec<_> = all.collect();
    let epochs = all.iter().map(|losses| losses.len()).max().unwrap_or(0);
    let point = |epoch: usize| {
        let numbers = all.iter().filter_map(|losses| losses.get(epoch).copied()).collect();
        Statistics::of(numbers).map(|numbers| ((epoch + 1) as f64, numbers.quartiles))
    };
    (0..epochs).filter_map(point).collect()
}

/// The figures of the sweep in `folder`, by the names of their files: of an option x and a result y
/// if they are named, or else [`hidden`] and [`rates`], of which there may be none.
///
/// # Errors
/// Those of [`read_results`]; [`Error::Setting`] where one of the names is none of the sweep.
pub fn of_sweep(folder: &Path, names: Option<(&str, &str)>) -> Result<Vec<(String, Panels)>> {
    let records = read_results(folder)?;
    let Some((x, y)) = names else {
        let figures = [("hidden", hidden(&records)), ("rates", rates(&records))].into_iter();
        return Ok(figures.filter_map(|(name, figure)| Some((name.into(), figure?))).collect());
    };
    let figure = chosen(&records, x, y).map_err(|found| Error::Setting {
        name: "figure",
        found,
        expected: "an option of at least two values, and a result",
    })?;
    Ok(vec![(format!("{y}-{x}"), figure)])
}

/// Any result against any setting: a color for each combination of the others.
///
/// # Errors
/// Which names there are, where one of these is none of them or has no two values.
pub fn chosen(records: &[TrialRecord], x: &str, y: &str) -> Result<Panels, String> {
    let of = RESULTS.iter().find(|(name, _)| *name == y).map(|(_, of)| *of).ok_or_else(|| {
        format!("no result {y}; there are {}", RESULTS.map(|(name, _)| name).join(", "))
    })?;
    let axis = Axis::new(records, x).ok_or_else(|| {
        let names = records.first().map_or(TrialOptions::new(), options);
        let names = names.keys().cloned().collect::<Vec<_>>().join(", ");
        format!("no two values of {x}; there are {names}")
    })?;
    let line = |(color, (words, group)): (usize, &(String, Group))| {
        let points = Axis::points(group, of);
        Line { name: words.clone(), color, is_dashed: false, points, mark: None }
    };
    let lines = axis.groups.iter().enumerate().map(line).filter(|line| !line.points.is_empty());
    let spaced = |name: &str| name.replace('_', " ");
    let title = format!("{} against {}", spaced(y), spaced(x));
    let panels = vec![Panel { title, lines: lines.collect() }];
    let axes = (spaced(x), spaced(y));
    let figure = Panels { axes, names: axis.names, is_over_epochs: false, panels };
    figure.if_any().ok_or_else(|| format!("no network has a {}", spaced(y)))
}
