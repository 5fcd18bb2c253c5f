//! Threads that share a block: what passes between them, who does what, and how a panic ends.

use rankone_kernels::simd::Vector;
use rankone_kernels::team::{Meeting, Member, Team};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Barrier;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// Rows of eight scores through teams of several sizes, with rests in between: every thread has the
/// sum of all.
#[test]
fn everybody_hears_everybody() {
    for threads in [2, 4, 8] {
        let team = Team::new(vec![0; threads], 8);
        let heard = AtomicUsize::new(0);
        let one = |me: usize, first: u64| {
            let mut member = Member { team: &team, me, number: first };
            let mut parts = vec![Vector::splat(f64::NAN); threads];
            for t in first..first + 50 {
                let part = Vector::splat((t * 10 + me as u64) as f64);
                let mut b = [Vector::splat(f64::NAN)];
                member.tell::<f64, 8>(&[part], &mut parts);
                member.hear::<f64, 8>(&mut b, &mut parts);
                let n = threads as u64;
                assert_eq!(b[0][7], (n * t * 10 + n * (n - 1) / 2) as f64);
                heard.fetch_add(1, Ordering::Relaxed);
            }
        };
        thread::scope(|scope| {
            let leader = team.lead(1);
            for me in 1..threads {
                let (team, one) = (&team, &one);
                scope.spawn(move || {
                    team.help(me, |seat, blocks| {
                        for block in blocks {
                            assert_eq!(*seat, block / 2 * 2, "what the leader put there");
                            one(me, block * 50);
                        }
                    });
                });
            }
            let mut leader = leader;
            for block in 1..20 {
                if block % 2 == 0 {
                    while !leader.are_all_here() {
                        thread::yield_now();
                    }
                    leader.seats().for_each(|mut seat| *seat = block);
                }
                if block > 1 {
                    leader.go();
                    one(0, block * 50);
                }
                if block % 2 == 1 {
                    assert_eq!(leader.rest().count(), threads - 1);
                }
                leader.done();
            }
        });
        assert_eq!(heard.into_inner(), threads * 18 * 50);
    }
}

/// A thread that panics takes the others with it, whoever it is.
#[test]
fn a_panic_is_no_hang() {
    for who in 0..2 {
        let team = Team::new(vec![(); 2], 8);
        let both = Barrier::new(2);
        let one = |me: usize, number| {
            let mut member = Member { team: &team, me, number };
            let mut rows = [Vector::splat(0.0); 3];
            let (b, parts) = rows.split_at_mut(1);
            // Both are at it, or the leader's end would send a late helper home.
            if number == 3 {
                both.wait();
            }
            assert!(me != who || number < 3, "thread {me}");
            member.tell::<f64, 8>(&[Vector::ZERO], parts);
            member.hear::<f64, 8>(b, parts);
        };
        let panics = thread::scope(|scope| {
            let leader = team.lead(1);
            let helper = scope.spawn(|| team.help(1, |(), blocks| blocks.for_each(|b| one(1, b))));
            let leading = catch_unwind(AssertUnwindSafe(|| {
                let mut leader = leader;
                while !leader.are_all_here() {
                    thread::yield_now();
                }
                for number in 1..10 {
                    leader.go();
                    one(0, number);
                    leader.done();
                }
            }));
            [leading, helper.join()]
        });
        assert!(panics.iter().all(Result::is_err), "{who}: {panics:?}");
    }
}
