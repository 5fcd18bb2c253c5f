//! The figures of a sweep: what its settings led to; and the curves of runs over each other.

use super::panels::{Line, Panel, Panels};
use crate::sweep::{Losses, OfResults, RESULTS, Record, Statistics};
use serde_json::{Map, Value};
use std::collections::BTreeSet;

/// A network's options, by name.
type Options = Map<String, Value>;

/// What repetitions differ in, and what no result depends on.
const NO_SETTING: [&str; 3] = ["seed", "fold", "threads"];

fn options(record: &Record) -> Options {
    match serde_json::to_value(&record.settings) {
        Ok(Value::Object(mut options)) => {
            options.retain(|name, _| !NO_SETTING.contains(&name.as_str()));
            options
        }
        _ => Options::new(),
    }
}

/// Records by their options: first one of them, and apart from it all others that differ at all, in words.
struct Axis<'r> {
    /// Its values, where they are no numbers: they are counted from 0 then.
    names: Vec<String>,
    /// The words, and by x, in order, the records; those of small networks first.
    groups: Vec<(String, Group<'r>)>,
}

/// By x, in order, the records.
type Group<'r> = Vec<(f64, Vec<&'r Record>)>;

impl<'r> Axis<'r> {
    /// Along the option `x`; nothing, where it has no two values.
    fn new(records: &'r [Record], x: &str) -> Option<Self> {
        let all: Vec<_> = records.iter().map(|record| (options(record), record)).collect();
        let first = &all.first()?.0;
        let names = all.iter().flat_map(|(options, _)| options.keys()).collect::<BTreeSet<_>>();
        let differs =
            |name: &&String| all.iter().any(|(options, _)| options.get(*name) != first.get(*name));
        let differing: BTreeSet<_> = names.into_iter().filter(differs).cloned().collect();
        if !differing.contains(x) {
            return None;
        }
        let value = |options: &Options| options.get(x).unwrap_or(&Value::Null).clone();
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
        let point = |(x, records): &(f64, Vec<&Record>)| {
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

/// The training set's lines are dashed.
const SETS: [(&str, bool); 2] = [("validation", false), ("training", true)];

/// The title of losses over the epochs.
const AFTER_EACH_EPOCH: &str = "Cross-entropy after each epoch";

/// The name of a line: what it is of, and of which set.
fn name(of: &str, set: &str) -> String {
    if of.is_empty() { set.to_owned() } else { format!("{of}, {set}") }
}

/// Cross-entropies of both sets against hidden units, where there are several sizes: the first figure of the handout's
/// written part.
pub fn hidden(records: &[Record]) -> Option<Panels> {
    let axis = Axis::new(records, "hidden")?;
    let of_sets: [OfResults; 2] =
        [|result| result.validation_cross_entropy, |result| Some(result.train_cross_entropy)];
    let lines = axis.groups.iter().enumerate().flat_map(|(colour, (words, group))| {
        SETS.iter().zip(of_sets).map(move |(&(set, is_dashed), of)| {
            let points = Axis::points(group, of);
            // Of a single thing the sets have colours of their own.
            let colour = if words.is_empty() { usize::from(is_dashed) } else { colour };
            Line { name: name(words, set), colour, is_dashed, points }
        })
    });
    let lines = lines.filter(|line| !line.points.is_empty()).collect();
    let title = "Final cross-entropy against hidden units".to_owned();
    let axes = ("hidden units".into(), "mean cross-entropy (nats)".into());
    let panels = vec![Panel { title, lines }];
    Panels { axes, names: axis.names, is_over_epochs: false, panels }.if_any()
}

/// Cross-entropies of both sets over the epochs, a colour a learning rate, where there are several: the second figure of
/// the handout's written part. Networks of other settings have panels of their own.
pub fn rates(records: &[Record]) -> Option<Panels> {
    let axis = Axis::new(records, "learning_rate")?;
    let panels = axis.groups.iter().map(|(words, group)| {
        let lines = group.iter().enumerate().flat_map(|(colour, (rate, records))| {
            SETS.map(|(set, is_dashed)| {
                let losses = records.iter().filter_map(|record| match is_dashed {
                    true => Some(&record.history.train_cross_entropy),
                    false => record.history.validation_cross_entropy.as_ref(),
                });
                let name = name(&format!("rate {rate}"), set);
                Line { name, colour, is_dashed, points: over_epochs(losses) }
            })
        });
        let lines = lines.filter(|line| !line.points.is_empty()).collect();
        let of = if words.is_empty() { String::new() } else { format!(": {words}") };
        Panel { title: format!("{AFTER_EACH_EPOCH}{of}"), lines }
    });
    Panels::over_epochs(panels.collect()).if_any()
}

/// Cross-entropies over the epochs, a colour a run: of each its name, and those of the validation and of the training set.
pub fn curves(runs: &[(String, [Vec<f64>; 2])]) -> Panels {
    let lines = runs.iter().enumerate().flat_map(|(colour, (run, losses))| {
        SETS.iter().zip(losses).map(move |(&(set, is_dashed), losses)| {
            let points = losses.iter().enumerate().map(|(e, &loss)| ((e + 1) as f64, [loss; 3]));
            Line { name: name(run, set), colour, is_dashed, points: points.collect() }
        })
    });
    let lines = lines.filter(|line| !line.points.is_empty()).collect();
    Panels::over_epochs(vec![Panel { title: AFTER_EACH_EPOCH.to_owned(), lines }])
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

/// Any result against any setting: a colour for each combination of the others.
///
/// # Errors
/// Which names there are, where one of these is none of them or has no two values.
pub fn chosen(records: &[Record], x: &str, y: &str) -> Result<Panels, String> {
    let of = RESULTS.iter().find(|(name, _)| *name == y).map(|(_, of)| *of).ok_or_else(|| {
        format!("no result {y}; there are {}", RESULTS.map(|(name, _)| name).join(", "))
    })?;
    let axis = Axis::new(records, x).ok_or_else(|| {
        let names = records.first().map_or(Options::new(), options);
        let names = names.keys().cloned().collect::<Vec<_>>().join(", ");
        format!("no two values of {x}; there are {names}")
    })?;
    let line = |(colour, (words, group)): (usize, &(String, Group))| {
        let points = Axis::points(group, of);
        Line { name: words.clone(), colour, is_dashed: false, points }
    };
    let lines = axis.groups.iter().enumerate().map(line).filter(|line| !line.points.is_empty());
    let spaced = |name: &str| name.replace('_', " ");
    let title = format!("{} against {}", spaced(y), spaced(x));
    let panels = vec![Panel { title, lines: lines.collect() }];
    let axes = (spaced(x), spaced(y));
    let figure = Panels { axes, names: axis.names, is_over_epochs: false, panels };
    figure.if_any().ok_or_else(|| format!("no network has a {}", spaced(y)))
}
