//! What a training is, besides its data, and which values make one.

use super::order::Order;
use super::schedule::Schedule;
use crate::engine::EngineKind;
use crate::error::{Error, Result};
use crate::network::Init;
use rankone_kernels::Isa;
use rankone_kernels::Number;
use rankone_kernels::named;
use rankone_kernels::thread_pool::ThreadPool;
use serde::{Deserialize, Serialize};
use std::thread;

/// Which epoch's network a training is to give.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Keep {
    /// The last one's, as the handout has it.
    Last,
    /// That with the lowest cross-entropy of the validation set, the earliest of equals.
    Best,
}

named!(Keep);

/// What a training is, besides its data.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Settings {
    /// D, the number of hidden units, at least 1.
    pub hidden: usize,
    /// The number of epochs, passes over the training set, at least 1.
    pub epochs: usize,
    /// The learning rate, the step size of each update, that the schedule begins with: positive and
    /// finite in the precision of the training.
    pub learning_rate: f64,
    /// How the weights start.
    pub init: Init,
    /// The seed of a random start, and of a random order.
    pub seed: u64,
    /// The order of the examples.
    pub order: Order,
    /// How the learning rate goes from epoch to epoch.
    pub schedule: Schedule,
    /// The training ends after so many epochs, at least 1, without a lower cross-entropy of the
    /// validation set.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub patience: Option<usize>,
    /// Which epoch's network is wanted; `None` for the best where there is patience, and the last
    /// elsewhere.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub keep: Option<Keep>,
    /// What computes the updates; the answer differs by rounding alone.
    #[serde(skip)]
    pub engine: EngineKind,
    /// Threads, at least 1; `None` for all cores. The others evaluate an epoch while the next one
    /// trains, and share the updates, as far as it pays, from 192 hidden units on in f64, 384 in
    /// f32. No bit of the answer depends on it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub threads: Option<usize>,
    /// The instructions of the blocked engine and of evaluation; `None` for the widest of this CPU.
    /// No bit of the answer depends on it either.
    #[serde(skip)]
    pub isa: Option<Isa>,
}

impl Default for Settings {
    /// 50 hidden units, 100 epochs in file order at a learning rate of 0.01, a random start from
    /// seed 0, the fastest engine, all cores and the widest instructions.
    fn default() -> Self {
        Self {
            hidden: 50,
            epochs: 100,
            learning_rate: 0.01,
            init: Init::Random,
            seed: 0,
            order: Order::File,
            schedule: Schedule::Constant,
            patience: None,
            keep: None,
            engine: EngineKind::Auto,
            threads: None,
            isa: None,
        }
    }
}

impl Settings {
    /// Which epoch's network is wanted, said or not.
    pub fn kept(&self) -> Keep {
        let unsaid = if self.patience.is_some() { Keep::Best } else { Keep::Last };
        self.keep.unwrap_or(unsaid)
    }

    /// The number of threads that is asked for: that of all cores, if none is set.
    pub fn threads_or_all(&self) -> usize {
        let all =
            || thread::available_parallelism().map_or(1, usize::from).min(ThreadPool::MOST_THREADS);
        self.threads.unwrap_or_else(all)
    }

    /// The instructions that are asked for: the widest of this CPU, if none are set.
    pub fn isa_or_widest(&self) -> Isa {
        self.isa.unwrap_or_else(Isa::detect)
    }

    /// What these say otherwise than `others`, of all that the bits of a training depend on but the
    /// number of epochs.
    pub(super) fn unlike(&self, others: &Self) -> String {
        let said = |settings: &Self| -> Vec<String> {
            let json = serde_json::to_value(settings).expect("numbers and names");
            let all = json.as_object().into_iter().flatten();
            let words = all.map(|(name, value)| format!("{} {value}", name.replace('_', " ")));
            let engine = format!("engine {}", settings.engine.resolve());
            let is_free =
                |word: &String| word.starts_with("epochs ") || word.starts_with("threads ");
            words.filter(|word| !is_free(word)).chain([engine]).collect()
        };
        let others = said(others);
        let words = said(self).into_iter().filter(|word| !others.contains(word));
        let words: Vec<_> = words.collect();
        if words.is_empty() && said(self).len() != others.len() {
            "none".into()
        } else {
            words.join(", ")
        }
    }

    /// Checks the ranges of what is no size of the network.
    pub(super) fn check<T: Number>(&self) -> Result<()> {
        let fault = |name, found, expected| Err(Error::Setting { name, found, expected });
        if self.threads == Some(0) {
            return fault("number of threads", "0".into(), "at least 1");
        }
        if self.epochs == 0 {
            return fault("number of epochs", "0".into(), "at least 1");
        }
        if self.patience == Some(0) {
            return fault("patience", "0".into(), "at least 1 epoch");
        }
        let learning_rate = T::from_f64(self.learning_rate);
        if !(learning_rate > T::zero() && learning_rate.is_finite()) {
            let found = format!("{:?}", self.learning_rate);
            return fault("learning rate", found, "a positive number of the precision's range");
        }
        Ok(())
    }
}
