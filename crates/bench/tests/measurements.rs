//! Measurements: a candidate with a wrong result has no time, candidates run alternately, and the
//! statistics of their runs.

use rankone::engine::{Engine, Reference, blas};
use rankone::profile::Watch;
use rankone::{
    Dataset, EngineKind, Isa, Network, Number, Precision, PreparedDataset, Split, ThreadPool,
};
use rankone_bench::{
    Bandwidth, BenchRecord, Candidate, Implementation, MachineLimits, Median, Operands, Operation,
    Peak, Samples, Spread, TrainingTask, WorkSize, Workload, benchmark, product_candidate,
    product_candidates,
};
use rankone_kernels::Plan;
use serde_json::{Value, json};
use std::cell::RefCell;
use std::sync::Arc;

const LIMITS: MachineLimits =
    MachineLimits { peak: Peak { f64: 100.0, f32: 200.0 }, bandwidths: Vec::new() };

/// Trains like the reference engine, but with a multiple of the learning rate.
struct Wrong<'a, T: Number>(Reference<'a, T>, f64);

impl<T: Number> Engine<T> for Wrong<'_, T> {
    fn epoch(&mut self, network: &mut Network<T>, rate: T, watch: Watch) {
        self.0.epoch(network, rate * T::from_f64(self.1), watch);
    }

    fn replan(&mut self, plan: Arc<Plan<T>>) -> Arc<Plan<T>> {
        self.0.replan(plan)
    }
}

/// Benchmarks engines, and some that train with a wrong learning rate.
fn trained<T: Number>(wrong: &[f64]) -> Vec<BenchRecord> {
    let data = Dataset::<T>::letters(40, 0, Split::Training).unwrap();
    let data = PreparedDataset::new(&data, Isa::detect());
    let task = TrainingTask::new(&data, 5, 2).unwrap().phases(true);
    let pool = Arc::new(ThreadPool::new(1));
    let mut candidates = vec![task.engine(EngineKind::Blas, 1), task.engine(EngineKind::Auto, 2)];
    for &factor in wrong {
        let engine = Box::new(Wrong(Reference::new(data.examples()), factor));
        candidates.push(task.candidate("wrong", engine, &pool));
    }
    benchmark(candidates, 3, &LIMITS, || {})
}

/// Returns whether a record has no time at all.
fn has_no_time(record: &BenchRecord) -> bool {
    let keys = ["times", "median", "gflops", "ns_per_example", "ns_per_weight", "ns_per_call"];
    keys.iter().all(|key| record.field(key).is_null()) && record.runs().is_empty()
}

#[test]
fn a_wrong_training_has_no_time() {
    let results = trained::<f64>(&[1.0 + 1e-4, f64::NAN, 1.0 + 1e-12]);
    for wrong in &results[2..4] {
        assert_eq!(wrong.text("check"), "failed");
        assert!(has_no_time(wrong), "{wrong:?}");
        let reason = wrong.text("reason");
        assert!(reason.contains("the reference has") && reason.contains("1e-9"), "{reason}");
    }
    // Within the tolerance.
    assert_eq!(results[4].text("check"), "passed");
    let single = trained::<f32>(&[2.0]);
    assert_eq!(single[2].text("check"), "failed");
    for right in results[..2].iter().chain(&single[..2]) {
        assert_eq!(right.text("check"), "passed", "{right:?}");
        assert_eq!((right.runs().len(), right.size("rounds")), (3, 3));
        assert!(right.number("phases/update_hidden").unwrap() > 0.0);
    }
}

/// Each round has a run of every candidate.
#[test]
fn candidates_alternate_and_the_first_run_is_dropped() {
    struct Logged<'a>(&'a RefCell<String>, char);
    impl Workload for Logged<'_> {
        fn check(&mut self) -> Result<(), String> {
            self.0.borrow_mut().push(self.1.to_ascii_uppercase());
            Ok(())
        }
        fn seconds(&mut self) -> f64 {
            self.0.borrow_mut().push(self.1);
            self.0.borrow().len() as f64
        }
        fn units(&self) -> usize {
            1
        }
        fn fields(&mut self, _: Spread, _: &MachineLimits) -> Value {
            Value::Null
        }
    }
    let log = RefCell::new(String::new());
    let candidates = ['a', 'b'].map(|name| Candidate {
        command: name.to_string(),
        fields: json!({}),
        precision: Precision::F64,
        flops: 1.0,
        library: None,
        workload: Box::new(Logged(&log, name)) as Box<dyn Workload>,
    });
    let mut steps = 0;
    let results = benchmark(candidates.into(), 2, &LIMITS, || steps += 1);
    assert_eq!(*log.borrow(), "ABababab");
    assert_eq!((steps, results[0].size("rounds")), (8, 2));
    // In the order in which they ran.
    assert_eq!(results[0].field("times"), &json!([5.0, 7.0]));
    assert_eq!(results[1].field("times"), &json!([6.0, 8.0]));
}

const ALL: [Operation; 4] =
    [Operation::Dot, Operation::Gemv, Operation::GemvTransposed, Operation::Ger];

/// Checks every implementation of each product, and a run of it, at shapes that fill no register.
fn right_products<T: Number>() {
    let level =
        |level: &str, size| Bandwidth { name: level.into(), size, bytes: 1, gb_per_second: 10.0 };
    let bandwidths = vec![level("L1", Some(1000)), level("memory", None)];
    let limits = MachineLimits { bandwidths, ..LIMITS };
    for operation in ALL {
        for shape in [(1, 1), (1, 500), (7, 33), (63, 16), (40, 129)] {
            let shape = if operation == Operation::Dot { (1, shape.1) } else { shape };
            let candidates = product_candidates::<T>(operation, shape, Isa::detect());
            for result in benchmark(candidates, 1, &limits, || {}) {
                assert_eq!(result.text("check"), "passed", "{result:?}");
                let numbers = shape.0 * shape.1 + shape.0 + shape.1;
                let fits = numbers * size_of::<T>() <= 1000;
                assert_eq!(result.text("level"), if fits { "L1" } else { "memory" });
                let number = |path| result.number(path).unwrap();
                let flops = 2.0 * (shape.0 * shape.1) as f64;
                let rate = number("gflops") * number("ns_per_call/median");
                assert!((rate / flops - 1.0).abs() <= 1e-9);
                let share = number("share_of_bandwidth") * 10.0;
                assert!((share / number("gb_per_second") - 1.0).abs() <= 1e-9);
            }
        }
    }
}

#[test]
fn every_product_is_right_in_both_precisions() {
    right_products::<f64>();
    right_products::<f32>();
}

/// Benchmarks one implementation of a product.
fn checked<T: Number>(
    operation: Operation,
    way: impl Fn(Operation, &mut Operands<T>) + 'static,
) -> BenchRecord {
    let way: Implementation<T> = Box::new(way);
    let shape = if operation == Operation::Dot { (1, 7) } else { (5, 7) };
    let candidate = product_candidate(operation, shape, "made up", way);
    benchmark(vec![candidate], 1, &LIMITS, || {}).remove(0)
}

/// The provider's products.
fn right<T: Number>(operation: Operation, o: &mut Operands<T>) {
    match operation {
        Operation::Dot => o.y[0] = blas::dot(&o.a[..o.x.len()], &o.x),
        Operation::Gemv => blas::gemv(&o.a, o.shape, &o.x, &mut o.y),
        Operation::GemvTransposed => blas::gemv_transposed(&o.a, o.shape, &o.y, &mut o.x),
        Operation::Ger => blas::ger(&mut o.a, o.shape, o.scale, &o.y, &o.x),
    }
}

#[test]
fn a_wrong_product_is_disqualified() {
    type WrongProduct = fn(Operation, &mut Operands<f64>);
    for operation in ALL {
        assert_eq!(checked::<f64>(operation, right).text("check"), "passed");
        let wrong: [(&str, WrongProduct); 4] = [
            ("nothing done", |_, _| {}),
            ("a little off", |operation, o| {
                right(operation, o);
                let off = 1.0 + 1e-12;
                match operation {
                    Operation::Dot => o.y[0] *= off,
                    Operation::Gemv => o.y[4] *= off,
                    Operation::GemvTransposed => o.x[6] *= off,
                    Operation::Ger => o.a[3] *= off,
                }
            }),
            // beta = 1 instead of 0: the NaN in the result is added.
            ("added to what was there", |operation, o| {
                let before = o.clone();
                right(operation, o);
                match operation {
                    Operation::Dot | Operation::Gemv => o.y[0] += before.y[0],
                    Operation::GemvTransposed => o.x[0] += before.x[0],
                    // Twice.
                    Operation::Ger => right(operation, o),
                }
            }),
            ("as if no column were left out", |operation, o| {
                let shape = o.shape;
                o.shape.stride = shape.columns;
                right(operation, o);
                o.shape = shape;
                if operation == Operation::Dot {
                    o.y[0] = 0.0;
                }
            }),
        ];
        for (what, way) in wrong {
            let result = checked(operation, way);
            assert_eq!(result.text("check"), "failed", "{operation}, {what}");
            assert!(
                has_no_time(&result) && !result.text("reason").is_empty(),
                "{operation}, {what}"
            );
        }
    }
    // Only one direction of gemv is right.
    let no_transpose = |operation, o: &mut Operands<f64>| match operation {
        Operation::GemvTransposed => o.x.fill(0.0),
        _ => right(operation, o),
    };
    let result = checked(Operation::Gemv, no_transpose);
    let reason = result.text("reason");
    assert!(
        reason.starts_with("gemv-t of 5x7, rows 7 apart: number 0: found 0, expected "),
        "{reason}"
    );
    let outside = |operation, o: &mut Operands<f64>| {
        right(operation, o);
        if o.shape.stride > o.shape.columns {
            o.a[o.shape.columns] = 3.0;
        }
    };
    let result = checked(Operation::Ger, outside);
    let reason = "ger of 5x7, rows 8 apart: number 7: found 3, expected NaN";
    assert_eq!(result.text("reason"), reason);
}

#[test]
fn samples_have_the_statistics_of_hyperfine() {
    let samples = Samples::new(vec![2.0, 4.0, 4.0, 6.0], [10.0, 2.0]);
    assert_eq!((samples.mean, samples.median, samples.min, samples.max), (4.0, 4.0, 2.0, 6.0));
    // The sample standard deviation: the sum of squares by n - 1.
    assert!((samples.stddev - (8.0f64 / 3.0).sqrt()).abs() <= 1e-15);
    assert_eq!((samples.user, samples.system), (2.5, 0.5));
    assert_eq!(samples.times, [2.0, 4.0, 4.0, 6.0]);
    // An unknown value is null in JSON.
    let one = json!(Samples::new(vec![3.0], [f64::NAN; 2]));
    assert_eq!(
        (&one["stddev"], &one["user"], &one["median"]),
        (&Value::Null, &Value::Null, &json!(3.0))
    );
}

#[test]
fn percentiles_are_of_the_sorted_values() {
    let spread = |min, median, p90| Spread { min, median, p90 };
    assert_eq!(Spread::of(&[4.0]), spread(4.0, 4.0, 4.0));
    assert_eq!(Spread::of(&[3.0, 1.0, 2.0]), spread(1.0, 2.0, 3.0));
    assert_eq!(Spread::of(&[9.0, 1.0, 2.0, 4.0]), spread(1.0, 3.0, 9.0));
    let twenty: Vec<f64> = (1..=20).rev().map(f64::from).collect();
    assert_eq!(Spread::of(&twenty), spread(1.0, 10.5, 18.0));
    assert_eq!(spread(1.0, 2.0, 3.0).scaled(1e3), spread(1e3, 2e3, 3e3));
}

/// Runs around `center` with a spread in percent: five starts of three runs.
fn turns(center: f64, percent: f64, seed: usize) -> Vec<Vec<f64>> {
    let run = |i: usize| {
        center * (1.0 + percent / 100.0 * (((i * 37 + seed * 11) % 29) as f64 / 14.0 - 1.0))
    };
    (0..5).map(|turn| (0..3).map(|i| run(3 * turn + i)).collect()).collect()
}

#[test]
fn medians_differ_only_beyond_the_noise() {
    let median = |turns: &[Vec<f64>], seed| Median::of(turns, seed);
    let (one, same, other) = (turns(100.0, 3.0, 0), turns(100.4, 3.0, 1), turns(106.0, 3.0, 2));
    let (one, same, other) = (median(&one, 0), median(&same, 1), median(&other, 2));
    assert_eq!(same.by(&one).is_same(), Some(true), "{:?}", same.by(&one));
    let ratio = other.by(&one);
    assert_eq!(ratio.is_same(), Some(false), "{ratio:?}");
    let (low, high) = ratio.interval.unwrap();
    assert!(1.0 < low && low < ratio.value && ratio.value < high && high < 1.12, "{ratio:?}");
    // The same runs always have the same interval.
    assert_eq!(median(&turns(106.0, 3.0, 2), 2).by(&one), ratio);
    // Runs that agree within each start, but not from start to start: the starts decide.
    let drifting: Vec<_> = [100.0, 108.0, 101.0, 107.0, 104.0].map(|turn| vec![turn; 3]).into();
    let steady = vec![vec![101.0; 3]; 5];
    assert_eq!(median(&drifting, 3).by(&median(&steady, 4)).is_same(), Some(true));
    let few = median(&[vec![1.0, 2.0, 3.0, 4.0]], 0);
    assert_eq!((few.value, few.by(&one).is_same()), (2.5, None));
}

/// About one equal pair in a hundred is called different, also if runs differ from start to start.
#[test]
fn the_interval_covers_99_percent() {
    let mut state = 1u64;
    let mut noise = || {
        let mut uniform = || {
            state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            (state >> 11) as f64 / (1u64 << 53) as f64
        };
        // Approximately normal, with standard deviation 1.
        2f64.sqrt() * (0..6).map(|_| uniform() - 0.5).sum::<f64>()
    };
    for (starts, runs) in [(1, 15), (5, 3)] {
        let mut median = |seed| {
            let mut start = || {
                let center = 100.0 + if starts > 1 { noise() } else { 0.0 };
                (0..runs).map(|_| center + noise()).collect()
            };
            Median::of(&(0..starts).map(|_| start()).collect::<Vec<Vec<f64>>>(), seed)
        };
        let differ = (0..100).filter(|_| median(0).by(&median(1)).is_same() == Some(false)).count();
        assert!(differ <= 4, "{differ} of 100 pairs of {starts} starts");
    }
}

/// Counts the multiplications, additions and touched weights of one example in the reference
/// computation.
fn counted(WorkSize { inputs: m, hidden: d, classes: k }: WorkSize) -> (f64, f64) {
    let (mut flops, mut touched) = (0.0, 0.0);
    let mut each = |rows: usize, columns: usize, reads_and_writes: f64| {
        for _ in 0..rows {
            for _ in 0..columns {
                // Multiply and add.
                flops += 2.0;
                touched += reads_and_writes;
            }
        }
    };
    // alpha x, beta z, beta^T g_b without the bias; the updates of beta and alpha.
    each(d, m + 1, 1.0);
    each(k, d + 1, 1.0);
    each(d, k, 1.0);
    each(k, d + 1, 2.0);
    each(d, m + 1, 2.0);
    (flops, touched)
}

#[test]
fn the_formulas_count_what_loops_count() {
    for (inputs, hidden, classes) in [(128, 50, 10), (1, 1, 1), (7, 3, 20)] {
        let work = WorkSize { inputs, hidden, classes };
        assert_eq!((work.flops(), work.touched()), counted(work));
    }
    let letters = WorkSize { inputs: 128, hidden: 50, classes: 10 };
    assert_eq!((letters.weights(), letters.flops()), (6960.0, 28_840.0));
    assert_eq!(letters.touched_in_blocks(1), 2.0 * 6450.0 + 3.0 * 510.0);
}

/// A loop that the compiler removed would be faster than any machine.
#[test]
fn the_limits_are_rates_that_a_core_can_have() {
    let peak = Peak::measure();
    for rate in [peak.f64, peak.f32] {
        assert!(rate > 1e-3 && rate < 5000.0, "{peak:?}");
    }
    let levels = Bandwidth::measure(&Default::default());
    assert_eq!(levels.len(), 1);
    assert!(levels[0].gb_per_second > 1e-2 && levels[0].gb_per_second < 5000.0, "{levels:?}");
}
