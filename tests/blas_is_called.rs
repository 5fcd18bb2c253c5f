//! The engine `blas` calls the provider, and not a loop of its own, exactly as often as it says:
//! this binary's own `cblas_*` stand before those of the library that is linked, count, and answer.
#![cfg(feature = "_provider")]

use rankone::engine::{Blas, Engine, Reference};
use rankone::{Dataset, Init, Isa, Network, Number, PreparedDataset, Split};
use std::slice;
use std::sync::atomic::{AtomicUsize, Ordering};

static GEMV: AtomicUsize = AtomicUsize::new(0);
static GEMV_TRANSPOSED: AtomicUsize = AtomicUsize::new(0);
static GER: AtomicUsize = AtomicUsize::new(0);

const ROW_MAJOR: i32 = 101;
const TRANSPOSED: i32 = 112;

macro_rules! stand_in {
    ($gemv:ident, $ger:ident, $t:ty) => {
        /// # Safety
        /// As BLAS asks: the arrays hold what the sizes say.
        #[unsafe(no_mangle)]
        unsafe extern "C" fn $gemv(
            layout: i32,
            transpose: i32,
            m: i32,
            n: i32,
            scale: $t,
            a: *const $t,
            lda: i32,
            x: *const $t,
            x_step: i32,
            old: $t,
            y: *mut $t,
            y_step: i32,
        ) {
            assert_eq!((layout, x_step, y_step), (ROW_MAJOR, 1, 1));
            assert_eq!((scale, old), (1.0, 0.0));
            let transposed = transpose == TRANSPOSED;
            let counter = if transposed { &GEMV_TRANSPOSED } else { &GEMV };
            counter.fetch_add(1, Ordering::Relaxed);
            let (m, n, lda) = (m as usize, n as usize, lda as usize);
            let (inputs, outputs) = if transposed { (m, n) } else { (n, m) };
            // SAFETY: the caller says so.
            let (a, x, y) = unsafe {
                (
                    slice::from_raw_parts(a, (m - 1) * lda + n),
                    slice::from_raw_parts(x, inputs),
                    slice::from_raw_parts_mut(y, outputs),
                )
            };
            for (i, y) in y.iter_mut().enumerate() {
                let at = |j: usize| if transposed { a[j * lda + i] } else { a[i * lda + j] };
                *y = x.iter().enumerate().map(|(j, x)| at(j) * x).sum();
            }
        }

        /// # Safety
        /// As BLAS asks: the arrays hold what the sizes say.
        #[unsafe(no_mangle)]
        unsafe extern "C" fn $ger(
            layout: i32,
            m: i32,
            n: i32,
            scale: $t,
            x: *const $t,
            x_step: i32,
            y: *const $t,
            y_step: i32,
            a: *mut $t,
            lda: i32,
        ) {
            assert_eq!((layout, x_step, y_step), (ROW_MAJOR, 1, 1));
            GER.fetch_add(1, Ordering::Relaxed);
            let (m, n, lda) = (m as usize, n as usize, lda as usize);
            // SAFETY: the caller says so.
            let (x, y, a) = unsafe {
                (
                    slice::from_raw_parts(x, m),
                    slice::from_raw_parts(y, n),
                    slice::from_raw_parts_mut(a, (m - 1) * lda + n),
                )
            };
            for (row, x) in a.chunks_mut(lda).zip(x) {
                row.iter_mut().zip(y).for_each(|(a, y)| *a += scale * x * y);
            }
        }
    };
}

stand_in!(cblas_dgemv, cblas_dger, f64);
stand_in!(cblas_sgemv, cblas_sger, f32);

fn calls_of_an_epoch<T: Number>(n: usize) {
    let data = Dataset::<T>::letters(n, 0, Split::Training).unwrap();
    let examples = PreparedDataset::new(&data, Isa::detect()).examples();
    let start = Network::new(128, 9, 10, Init::Random, 0).unwrap();
    let epoch = |engine: &mut dyn Engine<T>| {
        let mut network = start.clone();
        engine.epoch(&mut network, T::from_f64(0.1), None);
        network
    };
    let counters = [&GEMV, &GEMV_TRANSPOSED, &GER];
    counters.iter().for_each(|counter| counter.store(0, Ordering::Relaxed));
    let expected = epoch(&mut Reference::new(examples));
    assert!(counters.iter().all(|counter| counter.load(Ordering::Relaxed) == 0));
    let found = epoch(&mut Blas::new(examples, 9));
    let calls = counters.map(|counter| counter.load(Ordering::Relaxed));
    assert_eq!(calls, [2 * n, n, 2 * n], "gemv, gemv^T, ger in {}", T::PRECISION);
    let differences = (&found.parameters().0 - &expected.parameters().0).mapv(|d| d.abs().as_f64());
    assert!(differences.iter().all(|d| *d <= 1e-5));
}

/// One test, as the counters count for the whole process.
#[test]
fn an_example_is_two_gemv_one_transposed_and_two_ger() {
    calls_of_an_epoch::<f64>(30);
    calls_of_an_epoch::<f32>(30);
}
