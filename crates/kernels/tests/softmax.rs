//! The step of the scores, held against the formula.

use rankone_kernels::simd::Vector;
use rankone_kernels::softmax::step;

/// Three classes, whose places in the vector are followed by nothing.
const CLASSES: [f64; 8] = [0.0, 1.0, 2.0, -1.0, -1.0, -1.0, -1.0, -1.0];

#[test]
fn steps_of_scores_of_every_size() {
    let classes = [Vector::load(&CLASSES)];
    for scores in [[0.1, -2.0, 1.5], [299.0, 300.0, -299.0], [800.0, 801.0, -900.0], [-1e4; 3]] {
        let highest = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let weights = scores.map(|b| (b - highest).exp());
        let sum = weights.iter().sum::<f64>();
        let mut b = [Vector::load(&scores)];
        step(&mut b, &classes, 1.0, 0.5);
        for k in 0..8 {
            let wanted = match k {
                0..3 => 0.5 * (f64::from(u8::from(k == 1)) - weights[k] / sum),
                _ => 0.0,
            };
            assert!((b[0][k] - wanted).abs() <= 1e-15, "{scores:?} {k}: {} {wanted}", b[0][k]);
        }
    }
}

#[test]
fn a_score_that_is_no_number_is_not_hidden() {
    let classes = [Vector::load(&CLASSES)];
    for bad in [f64::NAN, f64::INFINITY] {
        let mut b = [Vector::load(&[0.0, bad, 1.0])];
        step(&mut b, &classes, 1.0, 0.5);
        assert!(b[0].as_slice()[..3].iter().any(|step| !step.is_finite()), "{b:?}");
    }
}
