//! Threads that share a block, in all interleavings: `scripts/check-exchange`.
#![cfg(loom)]

use loom::sync::Arc;
use loom::thread;
use rankone_kernels::simd::Vector;
use rankone_kernels::team::{Meeting, Member, Team};

type Parts = [Vector<f64>; 2];

/// Example `number` by thread `me`, whose score is its own number times that of the example.
fn example(team: &Team<u64>, me: usize, number: u64) {
    let mut member = Member { team, me, number };
    let mut parts: Parts = [Vector::ZERO; 2];
    let part = |who: usize| Vector::splat((10 + who) as f64 * number as f64);
    let mut b = [Vector::ZERO];
    member.tell::<f64, 1>(&[part(me)], &mut parts);
    member.hear::<f64, 1>(&mut b, &mut parts);
    assert_eq!(b[0][0], 21.0 * number as f64);
}

/// Three examples of one block: each slot is used, and one again.
#[test]
fn the_exchange() {
    loom::model(|| {
        let team = Arc::new(Team::new(vec![0, 0], 1));
        let other = Arc::clone(&team);
        let helper = thread::spawn(move || (3..6).for_each(|t| example(&other, 1, t)));
        (3..6).for_each(|t| example(&team, 0, t));
        helper.join().unwrap();
    });
}

/// A call, a block for all, a rest, and the end: what lies on the seat is worked on once, by its
/// owner.
#[test]
fn the_protocol_of_blocks() {
    let mut model = loom::model::Builder::new();
    model.preemption_bound = Some(3);
    model.check(|| {
        let team = Arc::new(Team::new(vec![0, 0], 1));
        let mut leader = team.lead(1);
        let other = Arc::clone(&team);
        let helper = thread::spawn(move || {
            other.help(1, |seat, blocks| {
                for block in blocks {
                    *seat += block;
                    example(&other, 1, 2 * block);
                }
            });
        });
        let mut expected = 0;
        if leader.are_all_here() || leader.are_all_here() {
            leader.seats().for_each(|mut seat| *seat = 100);
            leader.go();
            example(&team, 0, 2);
            leader.done();
            leader.rest().for_each(|mut seat| *seat += 1000);
            expected = 1101;
        }
        drop(leader);
        helper.join().unwrap();
        let leader = team.lead(9);
        assert_eq!(*leader.seats().next().unwrap(), expected);
    });
}
