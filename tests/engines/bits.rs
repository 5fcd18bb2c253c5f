//! Same bits everywhere: the blocked engine's parameters and the losses are the same under every
//! instruction set of this CPU, any number of threads, and on every machine.

use ndarray::Array2;
use rankone::{
    Dataset, EngineKind, Init, Isa, Network, Number, PreparedDataset, Settings, Split, ThreadPool,
    train_and_test,
};
use rankone_kernels::InputKind;
use std::io::Write;
use std::sync::Arc;

/// FNV-1a, 64 bits, of alpha and then beta as f64 in little-endian order.
fn hash<T: Number>(network: &Network<T>) -> u64 {
    let (alpha, beta) = network.parameters();
    let values = alpha.into_iter().chain(beta);
    let bytes = values.flat_map(|v| v.as_f64().to_le_bytes());
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

/// The built-in letters; the same ones as dense grey; in thin ink; and of many classes.
fn sets<T: Number>() -> [Dataset<T>; 4] {
    let ink = Dataset::<T>::letters(500, 0, Split::Training).unwrap();
    let n = ink.examples();
    let grey = Array2::from_shape_fn((n, 128), |(i, j)| {
        let other = ink.features()[[(i + 1) % n, j]];
        (ink.features()[[i, j]] + other + T::from_f64(0.25)) / T::from_f64(2.25)
    });
    let grey = Dataset::new(grey.view(), ink.labels().to_vec(), 10).unwrap();
    let set = |scale: f64, labels, classes| {
        let features = ink.features().mapv(|value| value * T::from_f64(scale));
        Dataset::new(features.view(), labels, classes).unwrap()
    };
    let thin = set(0.7, ink.labels().to_vec(), 10);
    let many =
        set(1.0, ink.labels().iter().enumerate().map(|(i, y)| (3 * y + i % 4) % 33).collect(), 33);
    [ink, grey, thin, many]
}

/// The hash of the parameters after five epochs of 53 hidden units, for each set.
fn hashes<T: Number>(isa: Isa) -> [u64; 4] {
    sets::<T>().map(|data| {
        let mut network = Network::new(128, 53, data.classes(), Init::Random, 0).unwrap();
        let mut engine = PreparedDataset::new(&data, isa).engine(EngineKind::Blocked, 53);
        (0..5).for_each(|_| engine.epoch(&mut network, T::from_f64(0.05), None));
        hash(&network)
    })
}

/// Of each of the sets.
const GOLDEN_F64: [u64; 4] =
    [0x938d_bd03_5b45_bf84, 0x1209_d679_0e5f_8b83, 0x22d0_4f96_4baf_91cc, 0x8ea1_9cdc_1043_7ea1];
const GOLDEN_F32: [u64; 4] =
    [0x00c7_9ec8_c7e1_7abc, 0x413f_3419_e56e_028d, 0x0c69_fc3b_ae3a_f3be, 0x0ed1_76e2_d0c4_6f9d];

#[test]
fn the_golden_bits_under_every_instruction_set() {
    for isa in Isa::available() {
        let found = (hashes::<f64>(isa), hashes::<f32>(isa));
        assert_eq!(found, (GOLDEN_F64, GOLDEN_F32), "{isa}: {found:#018x?}");
        let _ = writeln!(std::io::stderr(), "\nsame bits: tested under {isa}");
    }
}

/// The updates that threads share, for a network and data of any shape: (N, M, D, K).
const SHAPES: [(usize, usize, usize, usize); 12] = [
    (100, 40, 1, 3),
    (100, 40, 191, 10),
    (100, 40, 192, 10),
    (333, 40, 193, 10),
    (250, 128, 383, 1),
    (250, 128, 384, 11),
    (97, 33, 385, 33),
    (1, 40, 767, 10),
    (3, 2, 768, 10),
    (100, 6, 800, 10),
    (49, 40, 1536, 2),
    (600, 128, 200, 10),
];

/// N examples of M inputs, K classes: 0 or 1, other values among many 0, or all other values.
fn examples<T: Number>(n: usize, m: usize, k: usize, ink: InputKind) -> Dataset<T> {
    let features = Array2::from_shape_fn((n, m), |(t, i)| {
        let number = (t * 31 + i * 17 + t * i % 13) % 64;
        let value = if ink == InputKind::Binary { 1.0 } else { number as f64 / 50.0 };
        T::from_f64(if ink == InputKind::Dense || number < 13 { value } else { 0.0 })
    });
    let labels = (0..n).map(|t| t * t % k).collect();
    Dataset::new(features.view(), labels, k).unwrap()
}

fn threads_share_the_updates<T: Number>(isas: &[Isa]) {
    for (n, m, d, k) in SHAPES {
        for ink in [InputKind::Binary, InputKind::Valued, InputKind::Dense] {
            let data = examples::<T>(n, m, k, ink);
            let after = |isa, threads| {
                let mut network = Network::new(m, d, k, Init::Random, 0).unwrap();
                let pool = Arc::new(ThreadPool::new(threads));
                let prepared = PreparedDataset::for_pool(&data, isa, &pool);
                let mut engine = prepared.engine(EngineKind::Blocked, d);
                (0..2).for_each(|_| engine.epoch(&mut network, T::from_f64(0.05), None));
                (hash(&network), engine.threads())
            };
            let expected = after(isas[0], 1).0;
            for &isa in isas {
                for threads in [1, 2, 3, 5, 8] {
                    let (found, shared) = after(isa, threads);
                    let case = format!("{isa} {threads} threads: {n} {m} {d} {k} {ink:?}");
                    assert_eq!(found, expected, "{case}");
                    let possible = 1 << threads.min(d / (12 * T::WIDTH)).max(1).ilog2();
                    assert_eq!(shared.0, possible, "{case}");
                }
            }
        }
    }
}

#[test]
fn threads_that_share_the_updates_change_no_bit() {
    let isas = Isa::available();
    threads_share_the_updates::<f64>(&isas);
    threads_share_the_updates::<f32>(&isas);
}

/// After twelve epochs of 400 hidden units, four shards.
const GOLDEN_SHARDS: u64 = 0x7a3b_dd99_5448_9f1d;

/// That they do share them, and to the same bits: in so many epochs they find the time.
#[test]
fn two_threads_share_updates_and_change_no_bit() {
    let data = Dataset::<f64>::letters(2000, 0, Split::Training).unwrap();
    let after = |threads| {
        let mut network = Network::new(128, 400, 10, Init::Random, 0).unwrap();
        let pool = Arc::new(ThreadPool::new(threads));
        let prepared = PreparedDataset::for_pool(&data, Isa::detect(), &pool);
        let mut engine = prepared.engine(EngineKind::Blocked, 400);
        let mut shared = 0;
        for _ in 0..12 {
            engine.epoch(&mut network, 0.01, None);
            shared += usize::from(engine.threads().1 > 1);
        }
        (hash(&network), shared)
    };
    let (expected, alone) = after(1);
    assert_eq!((expected, alone), (GOLDEN_SHARDS, 0), "{expected:#018x}");
    for threads in [2, 4] {
        let (found, shared) = after(threads);
        assert_eq!(found, expected, "{threads} threads");
        assert!(shared > 0, "{threads} threads never worked together");
    }
}

#[test]
fn threads_change_no_bit_of_a_training() {
    let [train, validation, ..] = sets::<f64>();
    for hidden in [20, 200] {
        let run = |threads| {
            let settings =
                Settings { hidden, epochs: 6, threads: Some(threads), ..Settings::default() };
            let outcome = train_and_test(&train, &validation, &settings).unwrap();
            let losses: Vec<_> = outcome
                .history
                .iter()
                .map(|e| {
                    (e.train_cross_entropy.to_bits(), e.validation_cross_entropy.unwrap().to_bits())
                })
                .collect();
            (hash(&outcome.network), losses, outcome.validation.unwrap().predictions)
        };
        let expected = run(1);
        for threads in [2, 3, 5, 8] {
            assert_eq!(run(threads), expected, "{threads} threads");
        }
    }
}
