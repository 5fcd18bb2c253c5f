//! What one core of this machine can do at most, measured with the vectors of the kernels.

use rankone::{Isa, Number, Precision};
use rankone_kernels::simd::Vector;
use rankone_kernels::simd::isa::Kernel;
use rankone_runs::Caches;
use serde::{Deserialize, Serialize};
use std::hint::black_box;
use std::time::Instant;

/// The limits of one core.
#[derive(Debug, Clone, PartialEq)]
pub struct MachineLimits {
    /// Its arithmetic.
    pub peak: Peak,
    /// Its loads from each level of memory, nearest first; empty where they were not measured.
    pub bandwidths: Vec<Bandwidth>,
}

/// The rate of fused multiply-adds of one core in GFLOP/s, two flops each.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Peak {
    /// In double precision.
    pub f64: f64,
    /// In single precision.
    pub f32: f64,
}

/// The rate at which one core loads from a level of its memory.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Bandwidth {
    /// `L1`, `L2`, `L3` or `memory`.
    pub name: String,
    /// Size in bytes; `None` for the memory.
    pub size: Option<usize>,
    /// Bytes of the array that was loaded.
    pub bytes: usize,
    /// Rate in GB/s.
    pub gb_per_second: f64,
}

impl MachineLimits {
    /// Returns the nearest level that holds `bytes`; `None` where the caches are not known.
    pub fn level(&self, bytes: usize) -> Option<&Bandwidth> {
        let mut levels = self.bandwidths.iter().filter(|_| self.bandwidths.len() > 1);
        levels.find(|level| level.size.is_none_or(|size| bytes <= size))
    }
}

/// The shortest run that is timed, in seconds.
const SHORTEST_RUN: f64 = 2e-3;
/// Number of runs, of which the fastest counts.
const RUNS: usize = 12;
/// Number of runs whose times are compared with each other.
const STEADINESS_RUNS: usize = 60;
/// Bounds of the array that is too large for the caches, in bytes.
const MEMORY_ARRAY: (usize, usize) = (256 << 20, 1 << 30);

impl Peak {
    /// Measures for about 0.2 seconds, with the widest instructions of this CPU whatever
    /// `RANKONE_ISA` is.
    pub fn measure() -> Self {
        Self { f64: gflops::<f64>(), f32: gflops::<f32>() }
    }

    /// Returns the rate in `precision`.
    pub fn of(self, precision: Precision) -> f64 {
        match precision {
            Precision::F64 => self.f64,
            Precision::F32 => self.f32,
        }
    }
}

impl Bandwidth {
    /// Measures each level of `caches`, those of this CPU, and the memory. Takes about one second,
    /// mostly to fill an array twice as large as the last cache.
    ///
    /// The array for a level has the geometric mean of the sizes of this level and the previous
    /// one, so that it fits well into the one and not at all into the other.
    pub fn measure(caches: &Caches) -> Vec<Self> {
        let caches: Vec<_> = [caches.l1d, caches.l2, caches.l3].into_iter().flatten().collect();
        let mut previous = caches.first().map_or(0, |size| size / 4);
        let mut levels = Vec::new();
        for (level, &size) in (1..).zip(&caches) {
            let bytes = (previous as f64 * size as f64).sqrt() as usize;
            levels.push(Self::of(format!("L{level}"), Some(size), bytes));
            previous = size;
        }
        let bytes = (2 * previous).clamp(MEMORY_ARRAY.0, MEMORY_ARRAY.1);
        levels.push(Self::of("memory".into(), None, bytes));
        levels
    }

    fn of(name: String, size: Option<usize>, bytes: usize) -> Self {
        // A multiple of 16 vectors, so that both loops read all of them.
        let values = vec![Vector::splat(1.0f64); bytes / size_of::<Vector<f64>>() / 16 * 16];
        let bytes = size_of_val(values.as_slice());
        let isa = Isa::detect();
        // The registers of AVX2 hold 4 sums, those of AVX-512 hold 16.
        let narrow = rate(|rounds| isa.run(Loads::<4> { values: &values, rounds }));
        let wide = rate(|rounds| isa.run(Loads::<16> { values: &values, rounds }));
        Self { name, size, bytes, gb_per_second: 1e-9 * bytes as f64 * narrow.max(wide) }
    }
}

/// Returns the seconds of many runs of the same arithmetic on one core, each about three
/// milliseconds long.
pub(crate) fn steadiness_runs() -> Vec<f64> {
    let isa = Isa::detect();
    let run = |rounds| isa.run(Chains::<f64, 10> { rounds, half: 0.5 });
    let rounds = enough_rounds(run);
    (0..STEADINESS_RUNS).map(|_| seconds(run, rounds)).collect()
}

/// Measures the rate of fused multiply-adds in GFLOP/s.
fn gflops<T: Number>() -> f64 {
    let isa = Isa::detect();
    // As many chains as hide the latency of a multiply-add and still fit into the registers: 5
    // vectors on AVX2, where a vector takes two registers, and 10 on AVX-512.
    let narrow = 5.0 * rate(|rounds| isa.run(Chains::<T, 5> { rounds, half: T::from_f64(0.5) }));
    let wide = 10.0 * rate(|rounds| isa.run(Chains::<T, 10> { rounds, half: T::from_f64(0.5) }));
    1e-9 * 2.0 * T::WIDTH as f64 * narrow.max(wide)
}

/// Measures the rounds per second of the fastest of several runs; `run` takes the number of rounds.
fn rate(run: impl Fn(usize)) -> f64 {
    let rounds = enough_rounds(&run);
    let first = seconds(&run, rounds);
    // A run that is much longer than necessary is repeated less often.
    let runs = ((RUNS as f64 * SHORTEST_RUN * 4.0 / first) as usize).clamp(2, RUNS);
    let fastest = (0..runs).map(|_| seconds(&run, rounds)).fold(first, f64::min);
    rounds as f64 / fastest
}

/// Returns the number of rounds, a power of two, that take at least [`SHORTEST_RUN`].
fn enough_rounds(run: impl Fn(usize)) -> usize {
    let mut rounds = 1;
    while seconds(&run, rounds) < SHORTEST_RUN {
        rounds *= 2;
    }
    rounds
}

fn seconds(run: impl Fn(usize), rounds: usize) -> f64 {
    let start = Instant::now();
    run(rounds);
    start.elapsed().as_secs_f64()
}

/// `C` independent chains of fused multiply-adds.
struct Chains<T, const C: usize> {
    rounds: usize,
    half: T,
}

impl<T: Number, const C: usize> Kernel for Chains<T, C> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let (factor, addend) = black_box((Vector::splat(self.half), Vector::splat(T::one())));
        let mut sums = black_box([addend; C]);
        for _ in 0..self.rounds {
            // x / 2 + 1 stays between 1 and 2.
            for sum in &mut sums {
                *sum = sum.mul_add(factor, addend);
            }
        }
        black_box(sums);
    }
}

/// Loads of every vector of an array, each added to one of `C` sums.
struct Loads<'a, const C: usize> {
    values: &'a [Vector<f64>],
    rounds: usize,
}

impl<const C: usize> Kernel for Loads<'_, C> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let mut sums = [Vector::ZERO; C];
        for _ in 0..self.rounds {
            // To the compiler the array may have changed, so it has to be loaded again.
            for chunk in black_box(self.values).chunks_exact(C) {
                for (sum, &value) in sums.iter_mut().zip(chunk) {
                    *sum = *sum + value;
                }
            }
        }
        black_box(sums);
    }
}
