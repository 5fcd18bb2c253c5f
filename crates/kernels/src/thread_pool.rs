//! The threads of a training: one place that starts, counts, parks and ends them.
//!
//! The naive way starts a thread for each piece of work and waits for its end. Here the threads
//! stay, and what is to run beside the caller's own work is given to them as a job: the evaluation
//! of an epoch, a share of the next one's updates. A thread takes the jobs that are open in the
//! order in which they were begun.

use std::any::Any;
use std::fmt;
use std::hint::spin_loop;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{Builder, JoinHandle, available_parallelism};

/// The caller's own thread, which has number 0, and helpers, numbered from 1.
pub struct ThreadPool {
    shared: Arc<Shared>,
    helpers: Vec<JoinHandle<()>>,
}

#[derive(Default)]
struct Shared {
    board: Mutex<Board>,
    /// Told when a job begins, and at the end of the pool.
    begun: Condvar,
    /// How often that was told: helpers look at it for a while before they sleep.
    changes: AtomicUsize,
    /// Told when a helper is done with a job.
    done: Condvar,
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

/// What a thread panicked with.
type Panic = Box<dyn Any + Send>;

struct Job {
    /// From 1, ascending.
    number: usize,
    /// Not for longer than the job is on the board.
    call: &'static Call<'static>,
    /// Whether a helper may still take it.
    is_open: bool,
    /// Helpers that are at it.
    busy: usize,
    panic: Option<Panic>,
}

impl Board {
    fn job(&mut self, number: usize) -> &mut Job {
        let job = self.jobs.iter_mut().find(|job| job.number == number);
        job.expect("it stays until it is closed and nobody is busy with it")
    }
}

/// Looks for a change before a helper sleeps: some tens of microseconds.
const LOOKS: usize = 2000;

/// Multiply-adds that are worth a thread of their own: some milliseconds of work.
const PRODUCTS_OF_A_THREAD: usize = 100_000_000;

impl ThreadPool {
    /// The most threads of a pool: more are a mistake.
    pub const MOST_THREADS: usize = 256;

    /// A pool of `threads`, the caller's own included; of fewer, where that is more than
    /// [`MOST_THREADS`](Self::MOST_THREADS) or the system has no more.
    pub fn new(threads: usize) -> Self {
        let shared = Arc::new(Shared::default());
        shared.board().jobs.reserve(4);
        let start = |number| {
            let shared = Arc::clone(&shared);
            Builder::new().name(format!("pool {number}")).spawn(move || shared.help(number)).ok()
        };
        let helpers = (1..threads.min(Self::MOST_THREADS)).map_while(start).collect();
        Self { shared, helpers }
    }

    /// As many threads as this machine has for `products` multiply-adds, if each gets so many that
    /// it is worth starting.
    pub fn for_products(products: usize) -> Self {
        let threads = available_parallelism().map_or(1, usize::from);
        Self::new(threads.min(products / PRODUCTS_OF_A_THREAD).max(1))
    }

    /// How many threads there are, the caller's included.
    pub fn size(&self) -> usize {
        1 + self.helpers.len()
    }

    /// Does `work`, while every helper that gets to it before `work` is over does `job` with its
    /// own number, once. Comes back when all of them are through with it.
    ///
    /// # Panics
    /// Where `work` or a helper did.
    pub fn beside<R>(&self, job: &Call<'_>, work: impl FnOnce() -> R) -> R {
        if self.helpers.is_empty() {
            return work();
        }
        // SAFETY: helpers use the reference while they count as busy with the job, and `close`
        // waits until none does. It comes before the end of this function whatever `work` does, a
        // panic included.
        let call = unsafe { std::mem::transmute::<&Call<'_>, &'static Call<'static>>(job) };
        let number = self.shared.open(call);
        let result = catch_unwind(AssertUnwindSafe(work));
        match (result, self.shared.close(number)) {
            (Ok(result), None) => result,
            (Err(panic), _) | (_, Some(panic)) => resume_unwind(panic),
        }
    }
}

impl fmt::Debug for ThreadPool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ThreadPool").field("size", &self.size()).finish()
    }
}

impl Drop for ThreadPool {
    fn drop(&mut self) {
        let mut board = self.shared.board();
        board.ended = true;
        self.shared.tell(board);
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

    /// Tells the helpers that the board has changed.
    fn tell(&self, board: MutexGuard<'_, Board>) {
        self.changes.fetch_add(1, Ordering::Relaxed);
        drop(board);
        self.begun.notify_all();
    }

    /// Puts a job onto the board, and gives its number.
    fn open(&self, call: &'static Call<'static>) -> usize {
        let mut board = self.board();
        board.count += 1;
        let number = board.count;
        board.jobs.push(Job { number, call, is_open: true, busy: 0, panic: None });
        self.tell(board);
        number
    }

    /// Takes it off, when no helper is busy with it any more; gives what one panicked with.
    fn close(&self, number: usize) -> Option<Panic> {
        let mut board = self.board();
        board.job(number).is_open = false;
        let is_busy = |board: &mut Board| board.job(number).busy > 0;
        let mut board =
            self.done.wait_while(board, is_busy).unwrap_or_else(PoisonError::into_inner);
        let panic = board.job(number).panic.take();
        board.jobs.retain(|job| job.number != number);
        panic
    }

    /// A helper's life.
    fn help(&self, me: usize) {
        let mut last = 0;
        let mut board = self.board();
        while !board.ended {
            if let Some(job) = board.jobs.iter_mut().find(|job| job.is_open && job.number > last) {
                job.busy += 1;
                last = job.number;
                let call = job.call;
                drop(board);
                let result = catch_unwind(AssertUnwindSafe(|| call(me)));
                board = self.board();
                let job = board.job(last);
                job.busy -= 1;
                job.panic = job.panic.take().or(result.err());
                self.done.notify_all();
                continue;
            }
            let changes = self.changes.load(Ordering::Relaxed);
            let is_same = || self.changes.load(Ordering::Relaxed) == changes;
            drop(board);
            let mut looks = 0..LOOKS;
            while looks.next().is_some() && is_same() {
                spin_loop();
            }
            let sleep = self.begun.wait_while(self.board(), |_| is_same());
            board = sleep.unwrap_or_else(PoisonError::into_inner);
        }
    }
}

/// The lock of `mutex`, whose holders leave nothing half done even where they panic.
pub fn locked<V>(mutex: &Mutex<V>) -> MutexGuard<'_, V> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
