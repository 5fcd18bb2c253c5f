//! The dot product of two vectors, a thousand times, as the handout's Table A.1 has it: what is gained
//! before any network is trained.

use super::{Peak, Spread};
use crate::blas;
use crate::number::Number;
use crate::simd::isa::{Isa, Kernel};
use crate::simd::{Vector, settled};
use ndarray::ArrayView1;
use serde::Serialize;
use std::hint::black_box;
use std::time::Instant;

/// Values of each vector.
pub const LENGTH: usize = 500;
/// Products of one run.
pub const TIMES: usize = 1000;
/// Runs that count, after one that is dropped.
const ROUNDS: usize = 101;

/// What came of one way to compute the product: an object of `rankone bench dot --json`.
#[derive(Debug, Serialize)]
pub struct DotMeasurement {
    /// How it is computed.
    pub product: String,
    /// Values of each vector.
    pub length: usize,
    /// Products of one run.
    pub times: usize,
    /// Microseconds of one run; none where it could not run or its answer was wrong.
    pub us: Option<Spread>,
    /// Rate at the median, two flops a value.
    pub gflops: Option<f64>,
    /// That rate by the measured peak of one core.
    pub share_of_peak: Option<f64>,
    /// Why there is no time.
    pub reason: Option<String>,
}

type Product = Box<dyn Fn(&[f64], &[f64]) -> f64>;

/// Times all the ways in turn, with the library's threads as they are set; a way that is wrong by more
/// than 1e-12, relatively, or cannot run has no time. `isa` is what the lanes are to run under, or why they cannot.
pub fn measure(isa: Result<Isa, String>, peak: Peak) -> Vec<DotMeasurement> {
    measure_all(products(isa), peak)
}

/// The contestants, slowest first; or why one cannot run.
fn products(isa: Result<Isa, String>) -> Vec<(String, Result<Product, String>)> {
    let lanes = match &isa {
        Ok(isa) => format!("lanes ({isa})"),
        Err(_) => "lanes".to_owned(),
    };
    vec![
        ("Vec, loop over indices".to_owned(), Ok(Box::new(indexed) as Product)),
        ("iterator".to_owned(), Ok(Box::new(iterated))),
        (
            "ndarray dot".to_owned(),
            Ok(Box::new(|x, y| ArrayView1::from(x).dot(&ArrayView1::from(y)))),
        ),
        (format!("BLAS ddot, {}", blas::library()), Ok(Box::new(blas::dot))),
        (
            lanes,
            isa.map(|isa| {
                Box::new(move |x: &[f64], y: &[f64]| isa.run(InLanes { x, y })) as Product
            }),
        ),
    ]
}

fn measure_all(
    products: Vec<(String, Result<Product, String>)>,
    peak: Peak,
) -> Vec<DotMeasurement> {
    // No sum of them is exact, and none is large.
    let vector = |step: usize| -> Vec<f64> {
        (0..LENGTH).map(|i| ((i * step) % 101) as f64 / 101.0 + 0.1).collect()
    };
    let (x, y) = (vector(7), vector(13));
    let expected = indexed(&x, &y);
    let mut contestants: Vec<_> = products
        .into_iter()
        .map(|(name, product)| (name, product.and_then(|p| checked(p, &x, &y, expected)), vec![]))
        .collect();
    for round in 0..=ROUNDS {
        for (_, product, seconds) in &mut contestants {
            let Ok(product) = product else { continue };
            let start = Instant::now();
            for _ in 0..TIMES {
                black_box(product(black_box(&x), black_box(&y)));
            }
            if round > 0 {
                seconds.push(start.elapsed().as_secs_f64());
            }
        }
    }
    let measurement = |(name, product, seconds): (String, Result<Product, String>, Vec<f64>)| {
        let us = product.is_ok().then(|| Spread::of(&seconds).scaled(1e6));
        let gflops = us.map(|us| 2e-3 * (LENGTH * TIMES) as f64 / us.median);
        DotMeasurement {
            product: name,
            length: LENGTH,
            times: TIMES,
            us,
            gflops,
            share_of_peak: gflops.map(|gflops| gflops / peak.f64),
            reason: product.err(),
        }
    };
    contestants.into_iter().map(measurement).collect()
}

/// `product`, if it is right.
fn checked(product: Product, x: &[f64], y: &[f64], expected: f64) -> Result<Product, String> {
    let found = product(x, y);
    let right = ((found - expected) / expected).abs() <= 1e-12;
    if right { Ok(product) } else { Err(format!("found {found}, expected {expected}")) }
}

fn indexed(x: &[f64], y: &[f64]) -> f64 {
    let mut sum = 0.0;
    for i in 0..x.len() {
        sum += x[i] * y[i];
    }
    sum
}

fn iterated(x: &[f64], y: &[f64]) -> f64 {
    x.iter().zip(y).map(|(x, y)| x * y).sum()
}

/// Sums that are added to in turn, so that an addition need not wait for the last.
const SUMS: usize = 4;

struct InLanes<'a> {
    x: &'a [f64],
    y: &'a [f64],
}

impl Kernel for InLanes<'_> {
    type Output = f64;

    #[inline(always)]
    fn run(self) -> f64 {
        const STEP: usize = SUMS * f64::WIDTH;
        let ((x, x_rest), (y, y_rest)) = (self.x.as_chunks::<STEP>(), self.y.as_chunks::<STEP>());
        let mut sums = [Vector::ZERO; SUMS];
        for (x, y) in x.iter().zip(y) {
            let (x, y) = (x.chunks_exact(f64::WIDTH), y.chunks_exact(f64::WIDTH));
            for (sum, (x, y)) in sums.iter_mut().zip(x.zip(y)) {
                *sum = Vector::load(x).mul_add(Vector::load(y), *sum);
            }
        }
        let (x, y) = (x_rest.chunks_exact(f64::WIDTH), y_rest.chunks_exact(f64::WIDTH));
        let last = Vector::load(x.remainder());
        sums[SUMS - 1] = last.mul_add(Vector::load(y.remainder()), sums[SUMS - 1]);
        for (sum, (x, y)) in sums.iter_mut().zip(x.zip(y)) {
            *sum = Vector::load(x).mul_add(Vector::load(y), *sum);
        }
        let [a, b, c, d] = settled(sums);
        ((a + b) + (c + d)).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_product_is_right_at_any_length() {
        for (name, product) in products(Ok(Isa::detect())) {
            let product = product.unwrap();
            for n in [1, 7, 8, 31, 32, 33, 63, 500] {
                let x: Vec<f64> = (1..=n).map(f64::from).collect();
                let squares = f64::from(n * (n + 1)) * f64::from(2 * n + 1) / 6.0;
                assert_eq!(product(&x, &x), squares, "{name}, {n}");
            }
        }
    }

    #[test]
    fn a_wrong_product_has_no_time() {
        let peak = Peak { f64: 10.0, f32: 20.0 };
        let wrong: Product = Box::new(|x, y| indexed(x, y) * (1.0 + 1e-9));
        let nan: Product = Box::new(|_, _| f64::NAN);
        let products = [("right", Ok(Box::new(indexed) as Product)), ("wrong", Ok(wrong))];
        let more = [("nan", Ok(nan)), ("absent", Err("no such instructions".to_owned()))];
        let all = products.into_iter().chain(more).map(|(name, p)| (name.to_owned(), p)).collect();
        let [right, wrong, nan, absent] = &measure_all(all, peak)[..] else { panic!("four") };
        let us = right.us.unwrap();
        assert!(0.0 < us.min && us.min <= us.median && us.median <= us.p90);
        assert_eq!(right.gflops, Some(1000.0 / us.median));
        for none in [wrong, nan] {
            assert!(none.us.is_none() && none.reason.as_ref().unwrap().contains("expected"));
        }
        assert_eq!(absent.reason.as_deref(), Some("no such instructions"));
    }
}
