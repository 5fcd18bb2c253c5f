//! What in the data may surprise whoever trains on them.

use crate::text::count;
use rankone::{Dataset, Number};
use std::collections::{HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};

/// What to tell of them; `in_order` where training follows the order of the file.
pub fn notes<T: Number>(
    train: &Dataset<T>,
    validation: Option<&Dataset<T>>,
    in_order: bool,
) -> Vec<String> {
    let shared = validation.and_then(|validation| shared(train, validation));
    let sorted = in_order.then(|| sorted(train.labels())).flatten();
    [sorted, missing(train), constant(train), shared].into_iter().flatten().collect()
}

/// Per-example SGD in the order of a sorted file learns the last class last, and forgets the first.
fn sorted(labels: &[usize]) -> Option<String> {
    let changes = labels.windows(2).filter(|pair| pair[0] != pair[1]).count();
    let is_sorted = changes > 0 && changes + 1 == seen(labels) && labels.len() > changes + 1;
    is_sorted.then(|| {
        "the training set is sorted by label: in file order the first labels are forgotten \
         (--order shuffled mends it)"
            .into()
    })
}

fn seen(labels: &[usize]) -> usize {
    labels.iter().collect::<HashSet<_>>().len()
}

fn missing<T: Number>(train: &Dataset<T>) -> Option<String> {
    let (seen, classes) = (seen(train.labels()), train.classes());
    let labels = count(seen, "label");
    (seen < classes)
        .then(|| format!("the training set holds {labels} of the {classes} there may be"))
}

/// Inputs that a note names.
const MOST_NAMES: usize = 10;

fn constant<T: Number>(train: &Dataset<T>) -> Option<String> {
    let features = train.features();
    let columns = features.columns().into_iter().enumerate();
    let constant = columns.filter(|(_, column)| column.iter().all(|value| *value == column[0]));
    let name = |(m, _): (usize, _)| match &train.schema().input_names {
        Some(names) => names[m].escape_debug().to_string(),
        None => (m + 1).to_string(),
    };
    let names: Vec<String> = constant.map(name).collect();
    let (inputs, more) =
        (count(names.len(), "input"), if names.len() > MOST_NAMES { ", ..." } else { "" });
    let shown = names[..names.len().min(MOST_NAMES)].join(", ");
    (!names.is_empty()).then(|| format!("constant in the training set: {inputs} ({shown}{more})"))
}

/// Examples of both sets, label and all.
fn shared<T: Number>(train: &Dataset<T>, validation: &Dataset<T>) -> Option<String> {
    let mut rows: HashMap<_, Vec<_>> = HashMap::new();
    for row in validation.iter() {
        rows.entry(row_hash(row)).or_default().push(row);
    }
    for row in train.iter() {
        if let Some(same) = rows.get_mut(&row_hash(row)) {
            same.retain(|other| *other != row);
        }
    }
    let shared = validation.examples() - rows.values().map(Vec::len).sum::<usize>();
    let examples = count(shared, "example");
    (shared > 0).then(|| format!("{examples} of the validation set are in the training set too"))
}

/// A number that examples of the same values and label share, and others hardly ever.
pub fn row_hash<T: Number>((x, label): (&[T], usize)) -> u64 {
    let mut hash = DefaultHasher::new();
    label.hash(&mut hash);
    x.iter().for_each(|value| value.as_f64().to_bits().hash(&mut hash));
    hash.finish()
}
