//! What labels stand for: the numbers 0 to K-1, or the labels that a training file holds.

use super::MOST_CLASSES;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::collections::HashMap;

/// The K classes, in order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Classes {
    /// The whole numbers 0 to K-1; this is K.
    Numbers(usize),
    /// K labels that differ: whole numbers in the order of their value, or names in the order of
    /// their bytes.
    Names(Vec<String>),
}

impl Classes {
    /// K.
    #[expect(clippy::len_without_is_empty, reason = "there is at least one")]
    pub fn len(&self) -> usize {
        match self {
            Self::Numbers(classes) => *classes,
            Self::Names(names) => names.len(),
        }
    }

    /// The label of a class below K.
    ///
    /// # Panics
    /// Where it is not below K.
    pub fn name(&self, class: usize) -> Cow<'_, str> {
        assert!(class < self.len(), "class {class} of {}", self.len());
        match self {
            Self::Numbers(_) => class.to_string().into(),
            Self::Names(names) => names[class].as_str().into(),
        }
    }

    /// The classes as an error lists them.
    fn listed(&self) -> String {
        const SHOWN: usize = 10;
        let names = (0..self.len().min(SHOWN)).map(|k| self.name(k).escape_debug().to_string());
        let more = if self.len() > SHOWN { ", ..." } else { "" };
        format!("{}{more}", names.collect::<Vec<_>>().join(", "))
    }
}

/// The value of a label that is a whole number.
fn whole(label: &str) -> Option<i64> {
    label.parse().ok()
}

/// The classes of labels while a file is read.
#[derive(Debug)]
pub(super) struct Labels {
    /// The classes, where they are known before.
    known: Option<Classes>,
    /// Whether labels are compared by their value: then they stand below as it is written.
    by_value: bool,
    /// The class of each label: where they are not known, in the order of appearance.
    class_of: HashMap<String, usize>,
    /// Those of labels of one digit, as far as they were met.
    digits: [Option<usize>; 10],
    /// The line in which each label that was not known appeared first.
    lines: Vec<u64>,
}

/// What is wrong with all labels of a file: the line, if it is in one; what is found, and what
/// expected.
pub(super) type ClassFault = (Option<u64>, String, &'static str);

impl Labels {
    pub(super) fn new(known: Option<Classes>) -> Self {
        let names = match &known {
            Some(Classes::Names(names)) => &names[..],
            _ => &[],
        };
        let class_of = names.iter().cloned().zip(0..).collect();
        let by_value = !names.is_empty() && names.iter().all(|name| whole(name).is_some());
        Self { known, by_value, class_of, digits: [None; 10], lines: Vec::new() }
    }

    /// The class of a label of one digit that was met before.
    #[inline(always)]
    pub(super) fn of_digit(&self, byte: u8) -> Option<usize> {
        *self.digits.get(usize::from(byte.wrapping_sub(b'0')))?
    }

    /// The class of the label of line `number`; or what labels are expected.
    pub(super) fn class(&mut self, label: &str, number: u64) -> Result<usize, String> {
        let class = match &self.known {
            Some(Classes::Numbers(classes)) => label.parse().ok().filter(|label| label < classes),
            _ => match whole(label).filter(|_| self.by_value) {
                Some(value) => self.class_of.get(&value.to_string()).copied(),
                None => self.class_of.get(label).copied(),
            },
        };
        let class = match (class, &self.known) {
            (Some(class), _) => class,
            (None, Some(Classes::Numbers(classes))) => {
                let greatest = classes.saturating_sub(1);
                return Err(format!(
                    "a label: an integer from 0 to {greatest} (the number of classes is {classes})"
                ));
            }
            (None, Some(names)) => return Err(format!("one of the labels {}", names.listed())),
            (None, None) if label.is_empty() => return Err("a label".into()),
            (None, None) if self.lines.len() == MOST_CLASSES => {
                return Err(format!("at most {MOST_CLASSES} different labels"));
            }
            (None, None) => {
                self.class_of.insert(label.into(), self.lines.len());
                self.lines.push(number);
                self.lines.len() - 1
            }
        };
        if let &[byte @ b'0'..=b'9'] = label.as_bytes() {
            self.digits[usize::from(byte - b'0')] = Some(class);
        }
        Ok(class)
    }

    /// All classes, now that all `labels` are read; puts these into the order of the classes.
    pub(super) fn finish(self, labels: &mut [usize]) -> Result<Classes, ClassFault> {
        if let Some(known) = self.known {
            return Ok(known);
        }
        let mut found: Vec<_> = self.class_of.into_iter().collect();
        let is_number = |label: &str| label.parse().is_ok_and(f64::is_finite);
        if found.iter().all(|(label, _)| is_number(label)) {
            let fractions = found.iter().filter(|(label, _)| whole(label).is_none());
            if let Some((label, class)) = fractions.min_by_key(|(_, class)| *class) {
                let expected = "labels that are whole numbers, or names";
                return Err((Some(self.lines[*class]), format!("the label {label:?}"), expected));
            }
        }
        let by_value = found.iter().all(|(label, _)| whole(label).is_some());
        found.sort_by(|(one, _), (other, _)| match by_value {
            true => whole(one).cmp(&whole(other)),
            false => one.cmp(other),
        });
        let (mut names, mut class_of) = (Vec::<String>::new(), vec![0; found.len()]);
        for (label, provisional) in found {
            // 1 and 01 are the same number.
            let name = if by_value { whole(&label).map(|v| v.to_string()) } else { None };
            let name = name.unwrap_or(label);
            if names.last() != Some(&name) {
                names.push(name);
            }
            class_of[provisional] = names.len() - 1;
        }
        if let [only] = &names[..] {
            let found = format!("no label but {only:?}");
            return Err((None, found, "labels of two classes or more"));
        }
        labels.iter_mut().for_each(|label| *label = class_of[*label]);
        let are_numbers = names.iter().zip(0..).all(|(name, class)| whole(name) == Some(class));
        Ok(if are_numbers { Classes::Numbers(names.len()) } else { Classes::Names(names) })
    }
}
