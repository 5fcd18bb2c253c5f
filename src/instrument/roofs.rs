//! What one core of this machine can do at most, measured with the vectors that the engines are made of.

use crate::environment::Caches;
use crate::number::{Number, Precision};
use crate::simd::Vector;
use crate::simd::isa::{Isa, Kernel};
use serde::{Deserialize, Serialize};
use std::hint::black_box;
use std::time::Instant;

/// What one core cannot exceed.
#[derive(Debug, Clone, PartialEq)]
pub struct Roofs {
    /// Its arithmetic.
    pub peak: Peak,
    /// Its loads from each level of memory, the nearest first; none where they were not measured.
    pub bandwidths: Vec<Bandwidth>,
}

/// The rate of fused multiply-adds of one core, in 10^9 flops a second, two to a multiply-add.
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
    /// Bytes that it holds; `None` of the memory.
    pub size: Option<usize>,
    /// Bytes of the array that was read again and again.
    pub bytes: usize,
    /// 10^9 bytes a second.
    pub gb_per_second: f64,
}

impl Roofs {
    /// The level that holds so many bytes; none where the caches are not known.
    pub fn level(&self, bytes: usize) -> Option<&Bandwidth> {
        let mut levels = self.bandwidths.iter().filter(|_| self.bandwidths.len() > 1);
        levels.find(|level| level.size.is_none_or(|size| bytes <= size))
    }
}

/// The shortest run that is timed, in seconds.
const MOMENT: f64 = 2e-3;
/// Runs of which the quickest counts.
const TRIES: usize = 12;
/// Moments whose rates are compared.
const MOMENTS: usize = 60;

impl Peak {
    /// Measures for about a fifth of a second, with the widest instructions of this CPU, whatever
    /// `RANKONE_ISA` asks for.
    pub fn measure() -> Self {
        Self { f64: multiply_adds::<f64>(), f32: multiply_adds::<f32>() }
    }

    /// The rate in `precision`.
    pub fn of(self, precision: Precision) -> f64 {
        match precision {
            Precision::F64 => self.f64,
            Precision::F32 => self.f32,
        }
    }
}

impl Bandwidth {
    /// Measures each level of `caches`, those of this CPU, and the memory: for about a second, most of it to fill
    /// an array of twice the last cache.
    ///
    /// A level is read from an array whose size is the geometric mean of its own and the level's before,
    /// so that it lies well inside the one and well outside the other.
    pub fn measure(caches: &Caches) -> Vec<Self> {
        let caches: Vec<_> = [caches.l1d, caches.l2, caches.l3].into_iter().flatten().collect();
        let mut before = caches.first().map_or(0, |size| size / 4);
        let mut levels = Vec::new();
        for (level, &size) in (1..).zip(&caches) {
            let bytes = (before as f64 * size as f64).sqrt() as usize;
            levels.push(Self::of(format!("L{level}"), Some(size), bytes));
            before = size;
        }
        let bytes = (2 * before).clamp(LEAST_MEMORY, MOST_MEMORY);
        levels.push(Self::of("memory".into(), None, bytes));
        levels
    }

    fn of(name: String, size: Option<usize>, bytes: usize) -> Self {
        // As many as both loops read.
        let values = vec![Vector::splat(1.0f64); bytes / size_of::<Vector<f64>>() / 16 * 16];
        let bytes = size_of_val(values.as_slice());
        let isa = Isa::detect();
        // Four sums go into the registers of AVX2, sixteen into those of AVX-512.
        let narrow = rate(|rounds| isa.run(Loads::<4> { values: &values, rounds }));
        let wide = rate(|rounds| isa.run(Loads::<16> { values: &values, rounds }));
        Self { name, size, bytes, gb_per_second: 1e-9 * bytes as f64 * narrow.max(wide) }
    }
}

/// Bounds of the array that stands for the memory.
const LEAST_MEMORY: usize = 256 << 20;
const MOST_MEMORY: usize = 1 << 30;

/// Seconds that the same arithmetic takes on one core from moment to moment, each of about three milliseconds.
pub fn moments() -> Vec<f64> {
    let isa = Isa::detect();
    let run = |rounds| isa.run(Chains::<f64, 10> { rounds, half: 0.5 });
    let rounds = rounds_of_a_moment(run);
    (0..MOMENTS).map(|_| seconds(run, rounds)).collect()
}

/// 10^9 flops a second.
fn multiply_adds<T: Number>() -> f64 {
    let isa = Isa::detect();
    // Each in flight at once must hide the latency of the others and still fit into the registers: five
    // vectors on AVX2, where one takes two registers, ten on AVX-512.
    let narrow = 5.0 * rate(|rounds| isa.run(Chains::<T, 5> { rounds, half: T::from_f64(0.5) }));
    let wide = 10.0 * rate(|rounds| isa.run(Chains::<T, 10> { rounds, half: T::from_f64(0.5) }));
    1e-9 * 2.0 * T::WIDTH as f64 * narrow.max(wide)
}

/// Rounds a second of `run` at its best, which takes the number of rounds.
fn rate(run: impl Fn(usize)) -> f64 {
    let rounds = rounds_of_a_moment(&run);
    let first = seconds(&run, rounds);
    // What takes long by itself need not be repeated as often.
    let tries = ((TRIES as f64 * MOMENT * 4.0 / first) as usize).clamp(2, TRIES);
    let best = (0..tries).map(|_| seconds(&run, rounds)).fold(first, f64::min);
    rounds as f64 / best
}

/// As many rounds of `run` as take a moment.
fn rounds_of_a_moment(run: impl Fn(usize)) -> usize {
    let mut rounds = 1;
    while seconds(&run, rounds) < MOMENT {
        rounds *= 2;
    }
    rounds
}

fn seconds(run: impl Fn(usize), rounds: usize) -> f64 {
    let start = Instant::now();
    run(rounds);
    start.elapsed().as_secs_f64()
}

/// `C` chains of fused multiply-adds, each waiting only for itself.
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

/// Every vector of an array loaded and added to one of `C` sums.
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
            // Anything may have been written to it since: it must be read again.
            for chunk in black_box(self.values).chunks_exact(C) {
                for (sum, &value) in sums.iter_mut().zip(chunk) {
                    *sum = *sum + value;
                }
            }
        }
        black_box(sums);
    }
}
