//! Contestants over one task: checked first, then timed in turn.

mod task;

pub use task::Task;

use super::{Measurement, Peak, Spread, Verdict, Work};
use crate::blas;
use crate::number::Precision;
use crate::phases::{Phase, Phases};

/// How long a contest goes on.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    /// Epochs of one run, at least 1.
    pub epochs: usize,
    /// Timed runs of each contestant, at least 1, after one that is dropped.
    pub rounds: usize,
    /// Whether one more run, which is not among the timed ones, tells where its time goes.
    pub phases: bool,
}

/// One who takes part in a contest.
pub struct Contestant<'a> {
    name: String,
    precision: Precision,
    examples: usize,
    work: Work,
    threads: usize,
    library: Option<String>,
    /// Or why it cannot run.
    runner: std::result::Result<Box<dyn Runner + 'a>, String>,
}

/// An engine over its task, its precision forgotten.
trait Runner {
    /// What is wrong with the loss after one epoch, if anything.
    fn fault(&mut self) -> Option<String>;
    /// Seconds of `epochs` epochs from the start.
    fn seconds(&mut self, epochs: usize) -> f64;
    /// Where the time of `epochs` epochs from the start goes.
    fn phases(&mut self, epochs: usize) -> Phases;
}

/// Checks the contestants, times those that are right, and tells of all, in their order. `progress` is
/// called after every check and every run.
///
/// # Panics
/// Where the pace has no epochs or no rounds.
pub fn contest(
    mut contestants: Vec<Contestant>,
    pace: Pace,
    peak: Peak,
    mut progress: impl FnMut(),
) -> Vec<Measurement> {
    let Pace { epochs, rounds, phases } = pace;
    assert!(epochs > 0 && rounds > 0, "a contest without a run");
    let verdicts: Vec<_> = contestants
        .iter_mut()
        .map(|contestant| {
            let verdict = match &mut contestant.runner {
                Err(reason) => (Verdict::NotRun, Some(reason.clone())),
                Ok(runner) => match runner.fault() {
                    Some(fault) => (Verdict::Failed, Some(fault)),
                    None => (Verdict::Passed, None),
                },
            };
            progress();
            verdict
        })
        .collect();
    let mut seconds = vec![Vec::new(); contestants.len()];
    for round in 0..=rounds {
        let all = contestants.iter_mut().zip(&verdicts).zip(&mut seconds);
        for ((contestant, (check, _)), seconds) in all {
            if let (Ok(runner), Verdict::Passed) = (&mut contestant.runner, check) {
                let run = runner.seconds(epochs);
                // The first run finds cold caches and a slow clock.
                if round > 0 {
                    seconds.push(run);
                }
            }
            progress();
        }
    }
    let all = contestants.into_iter().zip(verdicts).zip(seconds);
    all.map(|((mut contestant, verdict), seconds)| {
        let phases = match (&mut contestant.runner, verdict.0) {
            (Ok(runner), Verdict::Passed) if phases => Some(runner.phases(epochs)),
            _ => None,
        };
        let spread = (!seconds.is_empty()).then(|| Spread::of(&seconds));
        contestant.measured(verdict, spread, pace, peak, phases)
    })
    .collect()
}

impl Contestant<'_> {
    fn measured(
        self,
        (check, reason): (Verdict, Option<String>),
        seconds: Option<Spread>,
        Pace { epochs, rounds, .. }: Pace,
        peak: Peak,
        phases: Option<Phases>,
    ) -> Measurement {
        let ns = seconds.map(|s| s.scaled(1e9 / (epochs * self.examples) as f64));
        let ns_of_phase = |(phase, seconds): (Phase, f64)| {
            (phase.name().to_owned(), 1e9 * seconds / (epochs * self.examples) as f64)
        };
        let phases = phases.map(|phases| phases.iter().map(ns_of_phase).collect());
        let gflops = ns.map(|ns| self.work.flops() / ns.median);
        Measurement {
            engine: self.name,
            precision: self.precision,
            hidden: self.work.hidden,
            threads: self.threads,
            blas_threads: blas::threads(),
            library: self.library,
            examples: self.examples,
            inputs: self.work.inputs,
            classes: self.work.classes,
            epochs,
            rounds,
            ns_per_example: ns,
            ns_per_weight: ns.map(|ns| ns.median / self.work.weights()),
            gflops,
            share_of_peak: gflops.map(|gflops| gflops / peak.of(self.precision)),
            phases,
            check,
            reason,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::Dataset;
    use crate::dataset::letters::Split;
    use crate::engine::{Engine, EngineKind};
    use crate::network::Network;
    use crate::number::Number;
    use crate::phases::Watch;
    use crate::simd::isa::Isa;

    const PEAK: Peak = Peak { f64: 100.0, f32: 200.0 };
    const PACE: Pace = Pace { epochs: 2, rounds: 3, phases: true };

    /// Trains as the reference does, but for one weight a little off, or NaN.
    struct Wrong<'a, T>(Box<dyn Engine<T> + 'a>, T);

    impl<T: Number> Engine<T> for Wrong<'_, T> {
        fn epoch(&mut self, network: &mut Network<T>, rate: T, watch: Watch) {
            self.0.epoch(network, rate, watch);
            network.parameters_mut().1[[0, 0]] += self.1;
        }
    }

    fn field<T: Number>(errors: &[f64]) -> Vec<Measurement> {
        let data = Dataset::<T>::letters(40, 0, Split::Training).unwrap();
        let task = Task::new(&data, 5, Ok(Isa::detect())).unwrap();
        let mut contestants =
            vec![task.engine(EngineKind::Blas, 1), task.engine(EngineKind::Auto, 2)];
        for &error in errors {
            let right = EngineKind::Reference.engine(task.prepared(), 5);
            let wrong = Box::new(Wrong(right, T::from_f64(error)));
            contestants.push(task.contestant("wrong", Ok(wrong), 1));
        }
        let missing = Err("this CPU has no `avx512` instructions".to_owned());
        contestants.push(task.contestant("absent", missing, 1));
        contest(contestants, PACE, PEAK, || {})
    }

    #[test]
    fn a_wrong_answer_has_no_time() {
        let results = field::<f64>(&[1e-5, f64::NAN, 1e-13]);
        for wrong in &results[2..4] {
            assert_eq!(wrong.check, Verdict::Failed);
            assert_eq!((wrong.ns_per_example, wrong.gflops), (None, None));
            let reason = wrong.reason.as_ref().unwrap();
            assert!(reason.contains("the reference has") && reason.contains("1e-9"), "{reason}");
        }
        // Within the bound.
        assert_eq!(results[4].check, Verdict::Passed);
        let single = field::<f32>(&[0.5]);
        assert_eq!(single[2].check, Verdict::Failed);
        assert!(single[..2].iter().all(|right| right.check == Verdict::Passed), "{single:?}");
    }

    #[test]
    fn one_that_cannot_run_says_why() {
        let results = field::<f64>(&[]);
        let absent = results.last().unwrap();
        assert_eq!(absent.check, Verdict::NotRun);
        assert!(absent.reason.as_ref().unwrap().contains("no `avx512` instructions"));
        assert!(absent.ns_per_example.is_none());
    }

    /// The rounds of all, not all the rounds of one.
    #[test]
    fn contestants_alternate_and_the_first_run_is_dropped() {
        use std::cell::RefCell;
        struct Notes<'a>(&'a RefCell<Vec<char>>, char, Box<dyn Engine<f64> + 'a>);
        impl Engine<f64> for Notes<'_> {
            fn epoch(&mut self, network: &mut Network<f64>, rate: f64, watch: Watch) {
                self.0.borrow_mut().push(self.1);
                self.2.epoch(network, rate, watch);
            }
        }
        let data = Dataset::letters(9, 0, Split::Training).unwrap();
        let (task, notes) =
            (Task::new(&data, 2, Ok(Isa::detect())).unwrap(), RefCell::new(Vec::new()));
        let contestants = ['a', 'b'].map(|name| {
            let engine = EngineKind::Reference.engine(task.prepared(), 2);
            task.contestant("noted", Ok(Box::new(Notes(&notes, name, engine))), 1)
        });
        let mut steps = 0;
        let pace = Pace { epochs: 1, rounds: 2, phases: false };
        let results = contest(contestants.into(), pace, PEAK, || steps += 1);
        // Checked, then one run that is dropped and two that count.
        assert_eq!(notes.into_inner().iter().collect::<String>(), "abababab");
        assert_eq!((steps, results[0].rounds), (8, 2));
    }
}
