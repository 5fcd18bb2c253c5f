//! The order in which an epoch goes through the examples, and the plan of the next epoch's, made
//! while one trains.

use super::prepared::PreparedDataset;
use crate::error::{Error, Result};
use crate::network::numpy::NumPy;
use crate::random::Random;
use rankone_kernels::Number;
use rankone_kernels::Plan;
use rankone_kernels::named;
use rankone_kernels::profile::{Laps, Stopwatch, Work};
use rankone_kernels::thread_pool::locked;
use serde::{Deserialize, Serialize};
use std::sync::{Arc, Mutex};
use std::time::Instant;

/// The order in which an epoch goes through the examples.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Order {
    /// That of the file, in every epoch.
    #[default]
    File,
    /// A fresh permutation each epoch, from the seed and the epoch alone: a Fisher-Yates shuffle of
    /// 0, 1, ..., N-1 from the top. For `i` from N-1 down to 1, places `i` and `below(i + 1)`
    /// change their contents, where `below(n)` is Lemire's unbiased number below `n` from ChaCha8
    /// (key: the seed in little-endian order and 24 zero bytes; nonce: 2^32 + the epoch, from 0;
    /// counter: 0).
    Shuffled,
    /// A fresh permutation each epoch, as the starter code of CMU's 10-301 has it:
    /// `np.random.seed(epoch)`, the epoch from 0, and `np.random.permutation(N)`.
    Numpy,
}

named!(Order);

impl Order {
    /// The order of `epoch`, from 0, through `examples` examples.
    pub fn of_epoch(self, examples: usize, seed: u64, epoch: usize) -> Vec<usize> {
        match self {
            Self::File => (0..examples).collect(),
            Self::Shuffled => {
                let mut random = Random::of_epoch(seed, epoch);
                shuffled(examples, |i| random.below(i + 1))
            }
            Self::Numpy => {
                let mut random = NumPy::seed(epoch as u32);
                shuffled(examples, |i| random.at_most(i as u64) as usize)
            }
        }
    }
}

/// 0, 1, ..., n-1, shuffled from the top; `draw(i)` is a random number of 0 to `i`.
fn shuffled(n: usize, mut draw: impl FnMut(usize) -> usize) -> Vec<usize> {
    let mut order: Vec<_> = (0..n).collect();
    for i in (1..n).rev() {
        order.swap(i, draw(i));
    }
    order
}

/// Gives the order of an epoch, from 0.
pub(super) type OrderOfEpoch<'a> = Box<dyn Fn(usize) -> Vec<usize> + Sync + 'a>;

/// Makes plans of other orders than the file's: the next epoch's beside the present one.
pub(super) struct Planner<'a, T: Number> {
    train: PreparedDataset<'a, T>,
    /// B of the engine, if it goes in blocks.
    block: Option<usize>,
    order: OrderOfEpoch<'a>,
    watch: Option<Stopwatch>,
    /// The plan that was made last, and for which epoch, from 1.
    made: Mutex<Option<(usize, Result<Plan<T>>)>>,
    /// Whose memory the next one may take.
    used: Mutex<Option<Plan<T>>>,
}

impl<'a, T: Number> Planner<'a, T> {
    pub(super) fn new(
        train: PreparedDataset<'a, T>,
        block: Option<usize>,
        order: OrderOfEpoch<'a>,
        watch: Option<Stopwatch>,
    ) -> Self {
        Self { train, block, order, watch, made: Mutex::new(None), used: Mutex::new(None) }
    }

    /// Makes the plan of `epoch`, from 1, as a job for a pool: who comes first makes it.
    pub(super) fn job(&self, epoch: usize) -> impl Fn(usize) + Sync {
        let open = Mutex::new(true);
        move |me| {
            if std::mem::take(&mut *locked(&open)) {
                let plan = self.plan(epoch, me);
                *locked(&self.made) = Some((epoch, plan));
            }
        }
    }

    /// The plan of `epoch`, from 1: made here, if nobody did before.
    ///
    /// # Errors
    /// [`Error::Setting`] where the order is no permutation of the examples.
    pub(super) fn take(&self, epoch: usize) -> Result<Arc<Plan<T>>> {
        let plan = match locked(&self.made).take() {
            Some((made, plan)) if made == epoch => plan,
            _ => self.plan(epoch, 0),
        };
        plan.map(Arc::new)
    }

    /// Takes back a plan that is done with, for its memory: unless another engine goes by it.
    pub(super) fn give_back(&self, plan: Arc<Plan<T>>) {
        *locked(&self.used) = Arc::into_inner(plan);
    }

    fn plan(&self, epoch: usize, me: usize) -> Result<Plan<T>> {
        let start = Instant::now();
        let order = (self.order)(epoch - 1);
        check(&order, self.train.data.examples())?;
        let used = locked(&self.used).take();
        let plan = self.train.plan(order, self.block, used);
        if let Some(watch) = &self.watch {
            watch.of_epoch(epoch).of_thread(me).span(Work::Planning, start);
        }
        Ok(plan)
    }
}

fn check(order: &[usize], examples: usize) -> Result<()> {
    let mut seen = vec![false; examples];
    let mut is_new =
        |&place: &usize| seen.get_mut(place).is_some_and(|s| !std::mem::replace(s, true));
    if order.len() == examples && order.iter().all(&mut is_new) {
        return Ok(());
    }
    Err(Error::Setting {
        name: "order of the examples",
        found: format!("{} places", order.len()),
        expected: "each of the numbers 0 to N-1 once",
    })
}
