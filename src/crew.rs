//! The threads of a training: one place that starts, counts, parks and ends them.
//!
//! The naive way starts a thread for each piece of work and waits for its end. Here the threads stay, and what is to
//! run beside the caller's own work is given to them as a job: the evaluation of an epoch, a share of the next one's
//! updates. A thread takes the jobs that are open in the order in which they were begun.

use std::any::Any;
use std::fmt;
use std::hint::spin_loop;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{Builder, JoinHandle, available_parallelism};

/// The caller's own thread, which has number 0, and helpers, numbered from 1.
pub struct Crew {
    shared: Arc<Shared>,
    helpers: Vec<JoinHandle<()>>,
}

#[derive(Default)]
struct Shared {
    board: Mutex<Board>,
    /// Told when a job begins, and at the end of the crew.
    begun: Condvar,
    /// Told when a helper is done with a job.
    done: Condvar,
    /// How often `begun` was told: helpers look at it for a while before they sleep.
    changes: AtomicUsize,
}

#[derive(Default)]
struct Board {
    /// Those that are open, in the order in which they began.
    jobs: Vec<Job>,
    /// How many ever began.
    count: usize,
    ended: bool,
}

/// What each helper is to be called with its number for.
type Call<'a> = dyn Fn(usize) + Sync + 'a;

struct Job {
    /// From 1, ascending.
    number: usize,
    /// Not for longer than the job is open, or `busy` with it.
    call: &'static Call<'static>,
    /// Whether a helper may still take it.
    is_open: bool,
    /// Helpers that are at it.
    busy: usize,
    panic: Option<Box<dyn Any + Send>>,
}

/// Looks at the board before a helper sleeps: some tens of microseconds.
const LOOKS: usize = 2000;

/// The most threads of a crew: who asks for more made a slip.
pub const MOST_THREADS: usize = 256;

/// Multiply-adds that are worth a thread of their own: some milliseconds of work.
const PRODUCTS_OF_A_THREAD: usize = 100_000_000;

impl Crew {
    /// A crew of `threads`, the caller's own included; of fewer, where that is more than [`MOST_THREADS`] or the system
    /// has no more.
    pub fn new(threads: usize) -> Self {
        let shared = Arc::new(Shared::default());
        shared.board().jobs.reserve(4);
        let start = |number| {
            let shared = Arc::clone(&shared);
            Builder::new().name(format!("crew {number}")).spawn(move || shared.help(number)).ok()
        };
        let helpers = (1..threads.min(MOST_THREADS)).map_while(start).collect();
        Self { shared, helpers }
    }

    /// As many threads as this machine has for `products` multiply-adds, if each gets so many that it is worth
    /// starting.
    pub fn for_products(products: usize) -> Self {
        let threads = available_parallelism().map_or(1, usize::from);
        Self::new(threads.min(products / PRODUCTS_OF_A_THREAD).max(1))
    }

    /// How many threads there are, the caller's included.
    pub fn size(&self) -> usize {
        1 + self.helpers.len()
    }

    /// Does `work`, while every helper that gets to it before `work` is over does `job` with its own number, once.
    /// Comes back when all of them are through with it.
    ///
    /// # Panics
    /// Where `work` or a helper did.
    pub fn beside<R>(&self, job: &Call<'_>, work: impl FnOnce() -> R) -> R {
        if self.helpers.is_empty() {
            return work();
        }
        // SAFETY: the reference is used by helpers that found it on the board, and those count as busy. `Open` takes
        // it from the board and waits until nobody is busy with it before this function ends, even if it unwinds.
        let call = unsafe { std::mem::transmute::<&Call<'_>, &'static Call<'static>>(job) };
        let open = Open { shared: &self.shared, number: self.shared.begin(call) };
        let result = work();
        match open.close() {
            Some(panic) => resume_unwind(panic),
            None => result,
        }
    }
}

impl fmt::Debug for Crew {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Crew").field("size", &self.size()).finish()
    }
}

impl Drop for Crew {
    fn drop(&mut self) {
        self.shared.board().ended = true;
        self.shared.tell();
        for helper in self.helpers.drain(..) {
            // It does not panic itself, and what a job panics with was told to its caller.
            let _ = helper.join();
        }
    }
}

impl Shared {
    fn board(&self) -> MutexGuard<'_, Board> {
        locked(&self.board)
    }

    fn tell(&self) {
        self.changes.fetch_add(1, Ordering::Release);
        self.begun.notify_all();
    }

    fn begin(&self, call: &'static Call<'static>) -> usize {
        let mut board = self.board();
        board.count += 1;
        let number = board.count;
        board.jobs.push(Job { number, call, is_open: true, busy: 0, panic: None });
        drop(board);
        self.tell();
        number
    }

    /// A helper's life.
    fn help(&self, me: usize) {
        let mut last = 0;
        loop {
            let changes = self.changes.load(Ordering::Acquire);
            let mut board = self.board();
            let next = board.jobs.iter_mut().find(|job| job.is_open && job.number > last);
            if let Some(job) = next {
                job.busy += 1;
                last = job.number;
                let call = job.call;
                drop(board);
                let result = catch_unwind(AssertUnwindSafe(|| call(me)));
                let mut board = self.board();
                let job = board.jobs.iter_mut().find(|job| job.number == last);
                let job = job.expect("a job with a busy helper stays");
                job.busy -= 1;
                job.panic = job.panic.take().or(result.err());
                drop(board);
                self.done.notify_all();
            } else if board.ended {
                return;
            } else {
                drop(board);
                let same = || self.changes.load(Ordering::Acquire) == changes;
                if (0..LOOKS).all(|_| {
                    spin_loop();
                    same()
                }) {
                    let board = self.board();
                    let _board = self.begun.wait_while(board, |_| same());
                }
            }
        }
    }
}

/// A job on the board; taken from it when this goes.
struct Open<'a> {
    shared: &'a Shared,
    number: usize,
}

impl Open<'_> {
    /// Gives what a helper panicked with.
    fn close(self) -> Option<Box<dyn Any + Send>> {
        let panic = self.wait();
        std::mem::forget(self);
        panic
    }

    fn wait(&self) -> Option<Box<dyn Any + Send>> {
        let mut board = self.shared.board();
        loop {
            // Found anew: jobs that began before it end after it, but helpers may take others meanwhile.
            let place = board.jobs.iter().position(|job| job.number == self.number);
            let place = place.expect("open until here");
            board.jobs[place].is_open = false;
            if board.jobs[place].busy == 0 {
                return board.jobs.remove(place).panic;
            }
            board = self.shared.done.wait(board).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

impl Drop for Open<'_> {
    fn drop(&mut self) {
        self.wait();
    }
}

/// The lock of `mutex`, whose holders leave nothing half done even where they panic.
pub fn locked<V>(mutex: &Mutex<V>) -> MutexGuard<'_, V> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
