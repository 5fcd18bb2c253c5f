//! The provider's products are right, and the library is the one that the feature brings.

use rankone::Number;
use rankone::engine::blas::{
    Library, Shape, dot, gemv, gemv_transposed, ger, set_threads, threads,
};

/// 2 x 3 with a stride of 4: the first column of four is left out.
const SHAPE: Shape = Shape { rows: 2, columns: 3, stride: 4 };
const MATRIX: [f64; 7] = [1.0, 2.0, 3.0, f64::NAN, 4.0, 5.0, 6.0];

fn convert<T: Number>(values: &[f64]) -> Vec<T> {
    values.iter().map(|&v| T::from_f64(v)).collect()
}

fn products_are_right<T: Number>() {
    let a = convert::<T>(&MATRIX);
    let nan = T::from_f64(f64::NAN);
    // What was in the result before is not read, not even NaN.
    let mut y = vec![nan; 2];
    gemv(&a, SHAPE, &convert::<T>(&[1.0, 10.0, 100.0]), &mut y);
    assert_eq!(y, convert::<T>(&[321.0, 654.0]));
    let mut x = vec![nan; 3];
    gemv_transposed(&a, SHAPE, &convert::<T>(&[1.0, 10.0]), &mut x);
    assert_eq!(x, convert::<T>(&[41.0, 52.0, 63.0]));
    let mut a = convert::<T>(&[1.0, 2.0, 3.0, 7.0, 4.0, 5.0, 6.0]);
    let (u, v) = (convert::<T>(&[1.0, 2.0]), convert::<T>(&[1.0, 0.0, 3.0]));
    ger(&mut a, SHAPE, T::from_f64(-1.0), &u, &v);
    assert_eq!(a, convert::<T>(&[0.0, 2.0, 0.0, 7.0, 2.0, 5.0, 0.0]));
    // More than one stride of a vectorized loop, and a rest.
    let count: Vec<f64> = (1..=37).map(f64::from).collect();
    let squares = dot(&convert::<T>(&count), &convert::<T>(&count));
    assert_eq!(squares, T::from_f64(37.0 * 38.0 * 75.0 / 6.0));
}

#[test]
fn products_are_right_in_both_precisions() {
    products_are_right::<f64>();
    products_are_right::<f32>();
}

#[test]
#[should_panic(expected = "assertion")]
fn a_matrix_outside_its_slice_is_refused() {
    gemv(&MATRIX[..6], SHAPE, &[1.0; 3], &mut [0.0; 2]);
}

#[test]
fn threads_are_set_by_call() {
    set_threads(1);
    assert_eq!(threads(), 1);
}

/// What each feature brings, and that it was asked and not guessed.
#[test]
fn the_library_is_the_one_that_the_feature_brings() {
    let library = Library::now();
    let feature = library.feature;
    let kind = feature.split('-').find(|&word| word != "intel").unwrap();
    if kind != "system" {
        assert_eq!(library.internal_api, kind, "{library:?}");
    }
    assert_eq!(library.filepath.is_some(), feature != "none", "{library:?}");
    if ["openblas", "blis", "mkl"].contains(&kind) {
        assert!(library.version.unwrap().starts_with(|c: char| c.is_ascii_digit()));
        assert!(!library.architecture.unwrap().is_empty());
        assert!(library.threading_layer.is_some());
    }
    let file = library.filepath.unwrap_or_default();
    let program = std::env::current_exe().unwrap();
    let within = std::path::Path::new(&file) == program.canonicalize().unwrap();
    assert_eq!(within, feature.ends_with("-static") || feature == "netlib", "{file}");
}
