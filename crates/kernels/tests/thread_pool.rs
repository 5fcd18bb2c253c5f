//! A pool of threads: every helper does its jobs, and a panic comes out.

use rankone_kernels::thread_pool::ThreadPool;
use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Barrier, Mutex};

#[test]
fn every_helper_does_every_job_that_is_open_long_enough() {
    for threads in [1, 2, 5, 64] {
        let pool = ThreadPool::new(threads);
        assert_eq!(pool.size(), threads);
        for _ in 0..20 {
            let (all, seen) = (Barrier::new(threads), Mutex::new(BTreeSet::new()));
            // Two jobs, one within the other: both are done, and in this order.
            let log = |job: usize, me: usize| assert!(seen.lock().unwrap().insert((me, job)));
            let outer = |me| log(1, me);
            let inner = |me: usize| {
                assert!(seen.lock().unwrap().contains(&(me, 1)), "the outer job came first");
                log(2, me);
                all.wait();
            };
            let three = pool.beside(&outer, || {
                pool.beside(&inner, || {
                    all.wait();
                    3
                })
            });
            assert_eq!((three, seen.into_inner().unwrap().len()), (3, 2 * (threads - 1)));
        }
    }
}

#[test]
fn a_panic_beside_or_here_comes_out_when_all_are_through() {
    let pool = ThreadPool::new(3);
    let all = Barrier::new(3);
    for by in 0..3 {
        let job = |me| {
            all.wait();
            assert!(me != by, "helper {by}");
        };
        let panic = catch_unwind(AssertUnwindSafe(|| {
            pool.beside(&job, || {
                all.wait();
                assert!(by != 0, "helper {by}");
            });
        }));
        let panic = panic.unwrap_err();
        let found = panic.downcast_ref::<String>().expect("a message");
        assert_eq!(found, &format!("helper {by}"));
    }
    // And it goes on.
    pool.beside(
        &|_| {
            all.wait();
        },
        || all.wait(),
    );
}
