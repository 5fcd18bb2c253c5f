//! The public interface as its documentation tells it, by someone who has not seen what is behind
//! it.

use ndarray::{Array1, Array2, ArrayView1, ArrayView2, array, s};
use rankone::engine::reference::{self, CrossEntropy, Linear, Sigmoid, Softmax, gradient_check};
use rankone::{
    Classes, Dataset, EngineKind, Epoch, Error, Init, Isa, IsaError, NameError, Network, Number,
    Outcome, Precision, PreparedDataset, Settings, Split, State, ThreadPool, Trainer, profile,
    train_and_test,
};
use std::cell::{Cell, RefCell};
use std::ops::ControlFlow;
use std::sync::Arc;
use std::{fmt, fs, str};

/// That something is refused with an error of this kind.
macro_rules! refused {
    ($call:expr, $error:pat $(if $so:expr)?) => {
        match $call.map(drop) {
            Err($error) $(if $so)? => {}
            other => panic!("{}: {other:?}", stringify!($call)),
        }
    };
}

macro_rules! in_both_precisions {
    ($($test:ident)*) => {
        mod double { $(#[test] fn $test() { super::$test::<f64>() })* }
        mod single { $(#[test] fn $test() { super::$test::<f32>() })* }
    };
}

in_both_precisions! {
    arrays_of_any_layout_are_taken_alike
    predictions_are_those_of_training_and_of_the_textbook
    many_examples_at_once_get_the_bits_of_one_by_one
    two_epochs_and_three_more_are_five_to_the_bit
    instructions_and_threads_change_no_bit
    a_model_file_keeps_every_bit_and_a_broken_one_is_refused
}

fn sample<T: Number>() -> (Dataset<T>, Dataset<T>) {
    let path = |name| format!("{}/data/sample/{name}.csv", env!("CARGO_MANIFEST_DIR"));
    let train = Dataset::from_csv(path("smallTrain")).unwrap();
    let validation = Dataset::from_csv_like(path("smallValidation"), &train).unwrap();
    (train, validation)
}

fn settings() -> Settings {
    let threads = Some(2);
    Settings { hidden: 7, epochs: 3, learning_rate: 0.1, seed: 4, threads, ..Default::default() }
}

/// N x M numbers from 0 to 1, every third 0.
fn grey<T: Number>(examples: usize, inputs: usize) -> Array2<T> {
    let grey = |i: usize| ((i % 3).min(1) * i * 7919 % 1009) as f64 / 1009.0;
    Array2::from_shape_fn((examples, inputs), |(n, m)| T::from_f64(grey(n * inputs + m)))
}

/// The bits of numbers that must be finite.
fn bits<'a, T: Number>(values: impl IntoIterator<Item = &'a T>) -> Vec<u64> {
    let bits = |value: f64| if value.is_finite() { value.to_bits() } else { panic!("{value}") };
    values.into_iter().map(|value| bits(value.as_f64())).collect()
}

fn weights<T: Number>(network: &Network<T>) -> (Vec<u64>, Vec<u64>) {
    (bits(network.parameters().0), bits(network.parameters().1))
}

fn losses<T>(outcome: &Outcome<T>) -> Vec<f64> {
    let both = |e: &Epoch| [Some(e.train_cross_entropy), e.validation_cross_entropy];
    outcome.history.iter().flat_map(both).flatten().collect()
}

fn close<T: Number>(found: T, expected: T, tolerance: f64) {
    let difference = (found - expected).abs().as_f64();
    assert!(difference <= tolerance, "{found}, expected {expected}");
}

#[test]
fn a_file_says_its_inputs_and_its_classes() {
    let file = tempfile::NamedTempFile::new().unwrap();
    fs::write(&file, "4,0,0.25,1\n0,1,0.5,0\n").unwrap();
    let data = Dataset::<f64>::from_csv(file.path()).unwrap();
    assert_eq!((data.examples(), data.inputs(), data.classes()), (2, 3, 2));
    assert_eq!(data.schema().classes, Classes::Names(vec!["0".into(), "4".into()]));
    assert_eq!(data.labels(), [1, 0]);
    assert_eq!(data.features(), array![[0.0, 0.25, 1.0], [1.0, 0.5, 0.0]]);
    let wider = data.clone().with_classes(10).unwrap();
    assert_eq!((wider.classes(), wider.labels()), (10, [4, 0].as_slice()));
    let in_memory = Dataset::new(data.features(), vec![4, 0], 10).unwrap();
    assert_eq!((in_memory.features(), in_memory.labels()), (wider.features(), wider.labels()));
    assert_eq!(Dataset::from_csv_like(&file, &wider).unwrap(), wider);
    assert_eq!(data.clone().with_classes(1 << 20).unwrap().classes(), 1 << 20);
    for classes in [0, 4, (1 << 20) + 1, usize::MAX] {
        refused!(data.clone().with_classes(classes), Error::Mismatch { .. });
    }
}

#[test]
fn a_fault_of_a_file_is_told_by_line_and_column() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let reader = Dataset::<f64>::reader().classes(10);
    let read = |text| fs::write(&file, text).map(|()| reader.read(&file)).unwrap();
    for (column, lines) in [
        (1, ["-1,0,1", "18446744073709551615,0,1", "18446744073709551616,0,1"]),
        (2, ["1,-0.5,1", "1,NaN,0", "1,,0"]),
        (3, ["1,0,1.5", "1,0,inf", "1,1,"]),
    ] {
        for line in lines {
            let place = (file.path().to_owned(), Some(2), Some(column));
            refused!(
                read(format!("0,1,0\n{line}\n")),
                Error::Data(fault) if (fault.path.clone(), fault.line, fault.column) == place
            );
        }
    }
    for text in ["", "0\n", "label,a,b\n", "0,1,0\n1,0\n", "0,1,0\n1,0,1,1\n"] {
        refused!(read(text.to_owned()), Error::Data(_));
    }
    let three = Dataset::<f64>::new(grey(2, 2).view(), vec![0, 2], 3).unwrap();
    for text in ["", "0,1\n", "0,1,0,1\n", "2,1,0\n3,1,0\n"] {
        fs::write(&file, text).unwrap();
        refused!(Dataset::from_csv_like(&file, &three), Error::Data(_));
    }
    refused!(Dataset::<f64>::from_csv("no/such.csv"), Error::Data(_) | Error::Io { .. });
}

#[test]
fn arrays_that_make_no_data_set_are_a_typed_error() {
    let new = |n, m, labels: &[usize], classes| {
        Dataset::<f64>::new(Array2::zeros((n, m)).view(), labels.to_vec(), classes)
    };
    assert!(new(2, 1, &[0, 1], 2).is_ok());
    refused!(new(2, 1, &[0, 2], 2), Error::Mismatch { .. });
    refused!(new(2, 1, &[0, usize::MAX], 2), Error::Mismatch { .. });
    for classes in [0, (1 << 20) + 1, usize::MAX] {
        refused!(new(2, 1, &[0, 0], classes), Error::Mismatch { .. });
    }
    for (n, m) in [(1, 1), (3, 1), (2, 0), (0, 1), (0, 0)] {
        refused!(new(n, m, &[0, 1], 2), Error::Mismatch { .. });
        refused!(new(0, m, &[], 2), Error::Mismatch { .. });
    }
    for wrong in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        refused!(Dataset::new(array![[0.0, wrong]].view(), vec![0], 1), Error::Mismatch { .. });
    }
    refused!(Dataset::<f64>::letters(0, 0, Split::Training), Error::Mismatch { .. });
}

#[test]
fn more_letters_than_memory_holds_are_a_typed_error() {
    let letters = Dataset::<f64>::letters(usize::MAX, 0, Split::Training);
    refused!(letters, Error::Mismatch { .. } | Error::Setting { .. });
}

fn arrays_of_any_layout_are_taken_alike<T: Number>() {
    let x = grey::<T>(70, 9);
    let columns = |x: ArrayView2<T>| x.t().as_standard_layout().into_owned().reversed_axes();
    let fortran = columns(x.view());
    assert!(!fortran.is_standard_layout() && fortran.t().is_standard_layout());
    let reversed = x.slice(s![..;-1, ..;-1]).to_owned();
    let mut strided = Array2::from_elem((140, 27), T::nan());
    strided.slice_mut(s![1..;2, ..;-3]).assign(&x);
    let network = Network::new(9, 5, 4, Init::Random, 1).unwrap();
    let data = |x| Dataset::new(x, (0..70).map(|n| n % 4).collect(), 4).unwrap();
    let y_hat = network.probabilities(x.view()).unwrap();
    let (reversed, strided) = (reversed.slice(s![..;-1, ..;-1]), strided.slice(s![1..;2, ..;-3]));
    for same in [fortran.view(), reversed, strided] {
        assert_eq!(network.predict(same).unwrap(), network.predict(x.view()).unwrap());
        assert_eq!(bits(&network.probabilities(same).unwrap()), bits(&y_hat));
        let example = |x: ArrayView2<T>| network.example(x.row(1), 2).unwrap();
        assert_eq!(example(same), example(x.view()));
        assert_eq!(data(same), data(x.view()));
    }
    let (alpha, beta) = network.parameters();
    let same = Network::from_parameters(columns(alpha), columns(beta)).unwrap();
    assert_eq!(bits(&same.probabilities(x.view()).unwrap()), bits(&y_hat));
    assert_eq!(same.into_parameters(), network.into_parameters());
}

fn predictions_are_those_of_training_and_of_the_textbook<T: Number>() {
    let (train, validation) = sample::<T>();
    let outcome = train_and_test(&train, &validation, &settings()).unwrap();
    let (network, test) = (&outcome.network, &outcome.train);
    let y_hat = network.probabilities(train.features()).unwrap();
    assert_eq!(y_hat.dim(), (train.examples(), train.classes()));
    let tolerance = 100.0 * T::epsilon().as_f64();
    let (mut loss, mut wrong) = (0.0, 0.0);
    for (n, (x, &y)) in train.features().rows().into_iter().zip(train.labels()).enumerate() {
        let (forward, row) = (reference::forward(network, x, y), y_hat.row(n));
        close(row.sum(), T::one(), tolerance);
        row.iter().zip(&forward.y_hat).for_each(|(&p, &q)| close(p, q, tolerance));
        assert!(row.iter().all(|&p| p <= row[test.predictions[n]]));
        loss += forward.j.as_f64() / train.examples() as f64;
        wrong += f64::from(test.predictions[n] != y);
    }
    close(test.cross_entropy, loss, tolerance);
    close(test.error, wrong / train.examples() as f64, 1e-15);
    let validated = outcome.validation.unwrap();
    for (data, test) in [(&train, &outcome.train), (&validation, &validated)] {
        assert_eq!(network.predict(data.features()).unwrap(), test.predictions);
        assert_eq!(network.evaluate(data).unwrap(), *test);
    }
    let network = Network::new(128, 2, 10, Init::Zero, 0).unwrap();
    assert_eq!(network.predict(train.features()).unwrap(), [0; 500], "the lowest of equals");
}

fn many_examples_at_once_get_the_bits_of_one_by_one<T: Number>() {
    let data = Dataset::<T>::letters(4999, 3, Split::Validation).unwrap();
    let network = Trainer::new(&sample().0, settings()).fit().unwrap().network;
    let labels = network.predict(data.features()).unwrap();
    let y_hat = network.probabilities(data.features()).unwrap();
    assert_eq!(network.evaluate(&data).unwrap().predictions, labels);
    assert!(labels.iter().any(|&label| label != labels[0]));
    for (n, &label) in labels.iter().enumerate() {
        let row = data.features().slice_move(s![n..=n, ..]);
        assert_eq!(network.predict(row).unwrap(), [label], "example {n}");
        assert_eq!(bits(&network.probabilities(row).unwrap()), bits(y_hat.row(n)), "example {n}");
    }
}

#[test]
fn what_a_network_cannot_be_asked_is_a_typed_error() {
    let network = Network::<f64>::new(3, 2, 4, Init::Random, 0).unwrap();
    let both_refuse = |x: ArrayView2<f64>| {
        refused!(network.predict(x), Error::Mismatch { .. });
        refused!(network.probabilities(x), Error::Mismatch { .. });
    };
    for shape in [(2, 2), (2, 4), (0, 3), (2, 0), (0, 0)] {
        both_refuse(Array2::zeros(shape).view());
    }
    let mut x = grey(3000, 3);
    for wrong in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        x[[2999, 2]] = wrong;
        both_refuse(x.view());
    }
    for (inputs, y) in [(2, 0), (4, 0), (0, 0), (3, 4), (3, usize::MAX)] {
        refused!(network.example(Array1::zeros(inputs).view(), y), Error::Mismatch { .. });
    }
    let data = |m, k| Dataset::new(grey(2, m).view(), vec![0, 1], k).unwrap();
    refused!(network.evaluate(&data(2, 4)), Error::Mismatch { .. });
    refused!(network.evaluate(&data(3, 3)), Error::Mismatch { .. });
    for wild in [f64::MAX, f64::INFINITY, f64::NAN] {
        let (alpha, beta) = (Array2::from_elem((2, 4), 9.0), Array2::from_elem((4, 3), wild));
        let made = Network::from_parameters(alpha, beta);
        let labels = made.and_then(|wild| wild.predict(grey(2, 3).view()));
        refused!(labels, Error::Scores { .. } | Error::Mismatch { .. });
    }
}

#[test]
fn sizes_that_make_no_network_are_a_typed_error() {
    let shaped = |alpha, beta| {
        let (alpha, beta) = (Array2::<f64>::zeros(alpha), Array2::zeros(beta));
        Network::from_parameters(alpha, beta)
    };
    assert!(shaped((2, 4), (5, 3)).is_ok());
    for alpha in [(1, 4), (3, 4), (0, 4), (2, 1), (2, 0), (0, 0)] {
        refused!(shaped(alpha, (5, 3)), Error::Mismatch { .. });
    }
    for beta in [(5, 2), (5, 4), (5, 1), (0, 3), (5, 0), (0, 0)] {
        refused!(shaped((2, 4), beta), Error::Mismatch { .. });
    }
    refused!(shaped((0, 4), (5, 1)), Error::Mismatch { .. });
    for n in [0, 1 << 31, usize::MAX] {
        for (inputs, hidden, classes) in [(n, 2, 2), (2, n, 2), (2, 2, n), (n, n, n)] {
            let network = Network::<f32>::new(inputs, hidden, classes, Init::Zero, 0);
            refused!(network, Error::Setting { .. });
            refused!(gradient_check::check_all(inputs, hidden, classes, 0), Error::Setting { .. });
        }
    }
}

#[test]
fn a_setting_outside_its_range_is_a_typed_error() {
    let (train, _) = sample::<f64>();
    let new = |settings| Trainer::new(&train, settings).prepare();
    for hidden in [0, 1 << 31, usize::MAX] {
        refused!(new(Settings { hidden, ..settings() }), Error::Setting { .. });
    }
    refused!(new(Settings { epochs: 0, ..settings() }), Error::Setting { .. });
    for learning_rate in [0.0, -0.0, -0.1, f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        refused!(new(Settings { learning_rate, ..settings() }), Error::Setting { .. });
    }
    let wild = Settings { learning_rate: 1e300, ..settings() };
    refused!(Trainer::new(&train, wild.clone()).fit(), Error::Diverged { epoch: 1, .. });
    refused!(Trainer::new(&sample::<f32>().0, wild).prepare(), Error::Setting { .. });
}

#[test]
fn no_thread_at_all_is_a_typed_error() {
    let none = Settings { threads: Some(0), ..settings() };
    refused!(Trainer::new(&sample::<f64>().0, none).prepare(), Error::Setting { .. });
}

#[test]
fn what_does_not_fit_the_training_set_is_a_typed_error() {
    let (train, _) = sample::<f64>();
    let new = || Trainer::new(&train, settings());
    let data = |m, k| Dataset::new(grey(2, m).view(), vec![0, 1], k).unwrap();
    let network = |m, d, k| Network::new(m, d, k, Init::Random, 0).unwrap();
    assert!(new().validation(&data(128, 10)).prepare().is_ok());
    assert!(new().start(network(128, 7, 10)).prepare().is_ok());
    for (inputs, classes) in [(127, 10), (129, 10), (128, 9), (128, 11)] {
        let wrong = data(inputs, classes);
        refused!(new().validation(&wrong).prepare(), Error::Mismatch { .. });
        refused!(new().start(network(inputs, 7, classes)).prepare(), Error::Mismatch { .. });
    }
    refused!(new().start(network(128, 6, 10)).prepare(), Error::Mismatch { .. });
}

/// Something that a trainer is told.
type Step<'s, 'a> = &'s dyn Fn(Trainer<'a, f64>) -> Trainer<'a, f64>;

/// What comes of a trainer that is told all this, in whatever order: of any two steps each comes
/// first once.
fn in_any_order<'a, R: PartialEq + fmt::Debug>(
    new: impl Fn() -> Trainer<'a, f64>,
    steps: &[Step<'_, 'a>],
    end: impl Fn(Trainer<'a, f64>) -> R,
) -> R {
    let count = steps.len();
    let told = |order: &[usize]| end(order.iter().fold(new(), |trainer, &i| steps[i](trainer)));
    let expected = told(&(0..count).collect::<Vec<_>>());
    for first in 0..count {
        let mut order: Vec<_> = (first..first + count).map(|i| i % count).collect();
        assert_eq!(told(&order), expected, "{order:?}");
        order.reverse();
        assert_eq!(told(&order), expected, "{order:?}");
    }
    expected
}

#[test]
fn a_trainer_may_be_told_everything_in_any_order() {
    let (train, validation) = sample::<f64>();
    let (seen, given) = (Cell::new(0), RefCell::new(Vec::<State<f64>>::new()));
    let observe = |_: &Epoch| {
        seen.set(seen.get() + 1);
        ControlFlow::Continue(())
    };
    let take = |state: &State<f64>| {
        given.borrow_mut().push(state.clone());
        Ok(())
    };
    let network = Network::new(128, 7, 10, Init::Random, 77).unwrap();

    let steps: [Step; 8] = [
        &|trainer| trainer.validation(&validation),
        &|trainer| trainer.order(|epoch| (0..500).map(|n| (n + 100 * epoch) % 500).collect()),
        &|trainer| trainer.learning_rate(|epoch| 0.1 / (epoch + 1) as f64),
        &|trainer| trainer.start(network.clone()),
        &|trainer| trainer.on_epoch(observe),
        &|trainer| trainer.on_state(|epoch| epoch.epoch == 2, take),
        &|trainer| trainer.notes("by a test"),
        &|trainer| trainer.profile(profile::nanoseconds),
    ];
    let end = |trainer: Trainer<f64>| {
        let outcome = trainer.fit().unwrap();
        let is_profiled = |epoch: &Epoch| epoch.phases.is_some();
        assert!(!outcome.spans.is_empty() && outcome.history.iter().any(is_profiled));
        let states = given.take().into_iter().map(|state| (state.history.len(), state.notes));
        let told = (seen.take(), states.collect::<Vec<_>>());
        let trained = (weights(&outcome.network), bits(&losses(&outcome)));
        ((trained, outcome.train, outcome.validation), told)
    };
    let new = |epochs| Trainer::new(&train, Settings { epochs, ..settings() });
    let (whole, told) = in_any_order(|| new(3), &steps, end);
    let states = |epochs: [usize; 2]| epochs.map(|epoch| (epoch, "by a test".into())).to_vec();
    assert!(whole.2.is_some());
    assert_eq!(told, (3, states([2, 3])));

    steps.iter().fold(new(1), |trainer, step| step(trainer)).fit().unwrap();
    let state = given.take().pop().unwrap();
    seen.set(0);
    let resumed: Step = &|trainer| trainer.resume(state.clone());
    let (rest, told) = in_any_order(|| new(3), &[&steps[..], &[resumed]].concat(), end);
    assert_eq!(rest, whole, "a state comes before a network to start from");
    assert_eq!(told, (2, states([2, 3])));
}

#[test]
fn of_several_faults_a_trainer_tells_the_same_in_any_order() {
    let (train, validation) = sample::<f64>();
    let narrow = Dataset::new(grey(2, 127).view(), vec![0, 1], 10).unwrap();
    let other = Network::new(128, 6, 10, Init::Random, 0).unwrap();
    let state = RefCell::new(None);
    let take = |taken: &State<f64>| {
        state.replace(Some(taken.clone()));
        Ok(())
    };
    Trainer::new(&train, settings()).on_state(|_| false, take).fit().unwrap();
    let state = state.into_inner().unwrap();
    let validated: Step = &|trainer| trainer.validation(&validation);
    let narrowed: Step = &|trainer| trainer.validation(&narrow);
    let started: Step = &|trainer| trainer.start(other.clone());
    let resumed: Step = &|trainer| trainer.resume(state.clone());
    let noted: Step = &|trainer| trainer.notes("by a test");
    let patient = Settings { patience: Some(2), ..settings() };
    let none = Settings { epochs: 0, ..settings() };
    for (settings, steps, words) in [
        (settings(), [narrowed, started, noted], "validation set: found 127 inputs and 10 classes"),
        (settings(), [validated, started, noted], "M, D, K of the network to start from: found "),
        (settings(), [validated, started, resumed], "validation set: found data of checksum "),
        (settings(), [narrowed, started, resumed], "validation set: found 127 inputs"),
        (patient.clone(), [started, resumed, noted], "patience: found no validation set"),
        (patient, [narrowed, started, resumed], "validation set: found 127 inputs"),
        (none, [narrowed, started, resumed], "number of epochs: found 0"),
    ] {
        let new = || Trainer::new(&train, settings.clone());
        let end = |trainer: Trainer<f64>| trainer.prepare().map(drop).unwrap_err().to_string();
        let found = in_any_order(new, &steps, end);
        assert!(found.starts_with(words), "{words}: {found}");
    }
}

#[test]
fn a_data_set_is_prepared_once_for_many_trainings() {
    let (train, validation) = sample::<f64>();
    let prepare = |data| PreparedDataset::new(data, Isa::detect());
    let shared = (prepare(&train), prepare(&validation));
    let pool = Arc::new(ThreadPool::new(3));
    for engine in [EngineKind::Reference, EngineKind::Blas, EngineKind::Blocked] {
        for hidden in [7, 200] {
            let settings = Settings { engine, hidden, epochs: 2, ..settings() };
            let alone = Trainer::new(&train, settings.clone()).validation(&validation);
            let alone = alone.fit().unwrap();
            let several = (shared.0.with_pool(&pool), shared.1.with_pool(&pool));
            for (threads, (train, validation)) in [(1, shared.clone()), (3, several)] {
                let trainer = Trainer::on(train, settings.clone());
                let training = trainer.prepared_validation(Some(validation)).prepare().unwrap();
                assert_eq!(training.threads(), threads, "those of the data, not of the settings");
                let outcome = training.run().unwrap();
                assert_eq!(weights(&outcome.network), weights(&alone.network), "{engine}");
                assert_eq!(bits(&losses(&outcome)), bits(&losses(&alone)));
                assert_eq!(outcome.validation, alone.validation);
            }
        }
    }
    let (data, inputs) = (shared.0.data(), shared.0.inputs());
    assert_eq!((inputs.examples(), inputs.columns()), (data.examples(), data.inputs() + 1));
    assert_eq!((shared.0.checksum(), shared.0.examples().len()), (prepare(data).checksum(), 500));
}

#[test]
fn validation_is_optional_and_changes_no_weight() {
    let (train, validation) = sample::<f64>();
    let alone = Trainer::new(&train, settings()).fit().unwrap();
    assert!(alone.validation.is_none());
    assert!(alone.history.iter().all(|epoch| epoch.validation_cross_entropy.is_none()));
    let both = Trainer::new(&train, settings()).validation(&validation).fit().unwrap();
    assert_eq!(weights(&both.network), weights(&alone.network));
    assert_eq!(both.train, alone.train);
    assert_eq!(losses(&both).len(), 6);
    let last = both.history[2];
    assert_eq!(last.validation_cross_entropy, both.validation.map(|test| test.cross_entropy));
    assert_eq!(last.train_cross_entropy, both.train.cross_entropy);
    assert!(last.train_cross_entropy < alone.history[0].train_cross_entropy, "it learns");
}

fn two_epochs_and_three_more_are_five_to_the_bit<T: Number>() {
    let (train, _) = sample::<T>();
    for engine in [EngineKind::Reference, EngineKind::Blas, EngineKind::Blocked] {
        let new = |epochs| Trainer::new(&train, Settings { engine, epochs, ..settings() });
        let (five, two) = (new(5).fit().unwrap(), new(2).fit().unwrap());
        assert_ne!(weights(&two.network), weights(&five.network));
        let three = new(3).start(two.network).fit().unwrap();
        assert_eq!(weights(&three.network), weights(&five.network), "{engine}");
        assert_eq!(bits(&losses(&three)), bits(&losses(&five)[2..]), "{engine}");
    }
}

#[test]
fn the_observer_sees_every_epoch_and_can_end_the_training() {
    let (train, _) = sample::<f64>();
    for threads in [Some(1), Some(3)] {
        let mut seen = Vec::new();
        let new = |epochs| Trainer::new(&train, Settings { threads, epochs, ..settings() });
        let observed = new(3).on_epoch(|epoch| {
            seen.push((epoch.epoch, epoch.train_cross_entropy));
            ControlFlow::Continue(())
        });
        let whole = observed.fit().unwrap();
        assert!(seen.into_iter().eq((1..=3).zip(losses(&whole))));
        let endless = new(usize::MAX).on_epoch(|epoch| match epoch.epoch {
            3 => ControlFlow::Break(()),
            _ => ControlFlow::Continue(()),
        });
        let stopped = endless.fit().unwrap();
        assert_eq!(weights(&stopped.network), weights(&whole.network));
        assert_eq!((losses(&stopped), stopped.train), (losses(&whole), whole.train));
    }
}

fn instructions_and_threads_change_no_bit<T: Number>() {
    let (train, validation) = sample::<T>();
    let run = |isa, threads| {
        let (isa, threads) = (Some(isa), Some(threads));
        let settings = Settings { isa, threads, engine: EngineKind::Blocked, ..settings() };
        let outcome = train_and_test(&train, &validation, &settings).unwrap();
        let losses = bits(&losses(&outcome));
        (weights(&outcome.network), losses, outcome.train, outcome.validation)
    };
    let expected = run(Isa::detect(), 2);
    for isa in Isa::available() {
        for threads in [1, 2, 5, usize::MAX] {
            assert_eq!(run(isa, threads), expected, "{isa}, {threads}");
        }
    }
}

fn a_model_file_keeps_every_bit_and_a_broken_one_is_refused<T: Number>() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("model.safetensors");
    let trained = Trainer::new(&sample::<T>().0, settings()).fit().unwrap().network;
    let (most, tiny) = (T::max_value(), T::min_positive_value() * T::epsilon());
    let (alpha, beta) = (array![[most, tiny]], array![[T::neg_zero(), -tiny]]);
    let odd = Network::from_parameters(alpha, beta).unwrap();
    for network in [&trained, &odd] {
        network.save(&path).unwrap();
        assert_eq!(weights(&Network::<T>::load(&path).unwrap()), weights(network));
    }
    match T::PRECISION {
        Precision::F64 => refused!(Network::<f32>::load(&path), Error::Mismatch { .. }),
        Precision::F32 => refused!(Network::<f64>::load(&path), Error::Mismatch { .. }),
    }
    let whole = fs::read(&path).unwrap();
    for length in 0..whole.len() {
        fs::write(&path, &whole[..length]).unwrap();
        refused!(Network::<T>::load(&path), Error::Model { .. });
    }
    for broken in [[&whole[..], b"more"].concat(), [&[255; 8], &whole[8..]].concat()] {
        fs::write(&path, broken).unwrap();
        refused!(Network::<T>::load(&path), Error::Model { .. });
    }
    refused!(trained.save(folder.path().join("no/such/model")), Error::Io { .. });
    refused!(Network::<T>::load("no/such/model"), Error::Model { .. } | Error::Io { .. });
}

#[test]
fn what_is_saved_can_be_loaded() {
    let file = tempfile::NamedTempFile::new().unwrap();
    for value in [f64::NAN, f64::INFINITY] {
        let made = Network::from_parameters(array![[0.0, value]], array![[0.0, 1.0]]);
        if made.and_then(|network| network.save(&file)).is_ok() {
            assert!(Network::<f64>::load(&file).is_ok(), "{value} was saved");
        }
    }
}

/// Centred differences of `j` at `point` against the gradient that is claimed.
fn check(g: ArrayView1<f64>, point: ArrayView1<f64>, j: impl Fn(ArrayView1<f64>) -> f64) {
    let moved = |i, step| {
        let mut point = point.to_owned();
        point[i] += step;
        j(point.view())
    };
    assert_eq!(g.len(), point.len());
    assert!(g.iter().any(|g| g.abs() > 1e-3), "a gradient to see");
    let slope = |i| (moved(i, 1e-5) - moved(i, -1e-5)) / 2e-5;
    g.iter().enumerate().for_each(|(i, &g)| close(g, slope(i), 1e-9));
}

#[test]
fn the_gradients_of_an_example_are_centred_differences() {
    let network = Network::<f64>::new(4, 3, 5, Init::Random, 9).unwrap();
    let (x, y) = (array![0.9, 0.0, 0.4, 1.0], 2);
    let (alpha, beta) = network.parameters();
    let step = network.example(x.view(), y).unwrap();
    let (forward, backward) = (&step.forward, &step.backward);
    assert_eq!(*forward, reference::forward(&network, x.view(), y));
    assert_eq!(*backward, reference::backward(&network, x.view(), y, forward));
    assert_eq!((backward.g_alpha.dim(), backward.g_beta.dim()), (alpha.dim(), beta.dim()));

    let of_b = |b: ArrayView1<f64>| CrossEntropy::forward(Softmax::forward(b).view(), y);
    let of_z = |z: ArrayView1<f64>| of_b(Linear::forward(beta, z).view());
    check(backward.g_b.view(), forward.b.view(), of_b);
    check(backward.g_z.view(), forward.z.view(), of_z);
    check(backward.g_a.view(), forward.a.view(), |a| of_z(Sigmoid::forward(a).view()));
    let (flat_alpha, flat_beta) = (alpha.flatten(), beta.flatten());
    let of_weights = |flat_alpha: ArrayView1<f64>, flat_beta: ArrayView1<f64>| {
        let alpha = flat_alpha.to_shape(alpha.dim()).unwrap().into_owned();
        let beta = flat_beta.to_shape(beta.dim()).unwrap().into_owned();
        let network = Network::from_parameters(alpha, beta).unwrap();
        network.example(x.view(), y).unwrap().forward.j
    };
    let of_alpha = |alpha: ArrayView1<f64>| of_weights(alpha, flat_beta.view());
    let of_beta = |beta: ArrayView1<f64>| of_weights(flat_alpha.view(), beta);
    check(backward.g_alpha.flatten().view(), flat_alpha.view(), of_alpha);
    check(backward.g_beta.flatten().view(), flat_beta.view(), of_beta);
    for (m, d, k, seed) in [(128, 50, 10, 0), (1, 1, 1, 1), (5, 3, 2, 2), (3, 7, 40, 3)] {
        let checks = gradient_check::check_all(m, d, k, seed).unwrap();
        assert!(checks.len() == 5 && checks.iter().all(|check| check.passes()), "{checks:?}");
    }
}

fn named<T: fmt::Debug + fmt::Display + str::FromStr + PartialEq>(values: &[T], names: &[&str]) {
    assert!(values.iter().map(T::to_string).eq(names.iter().copied()), "{values:?}");
    let parsed: Vec<T> = names.iter().filter_map(|name| name.parse().ok()).collect();
    assert_eq!(parsed, values);
    assert!("nothing of the kind".parse::<T>().is_err() && "".parse::<T>().is_err());
}

#[test]
fn what_has_a_name_is_read_back_from_it() {
    use EngineKind::{Auto, Blas, Blocked, Reference};
    named(&[Auto, Reference, Blas, Blocked], &["auto", "reference", "blas", "blocked"]);
    named(&[Init::Random, Init::Zero], &["random", "zero"]);
    named(&[f64::PRECISION, f32::PRECISION], &["f64", "f32"]);
    assert_eq!([Precision::F64, Precision::F32], [f64::PRECISION, f32::PRECISION]);
    for isa in Isa::available() {
        assert_eq!(Isa::named(&isa.to_string()), Ok(isa));
    }
    assert_eq!(Isa::named("sse9"), Err(IsaError::Unknown("sse9".into())));
    let error: NameError = "fast".parse::<EngineKind>().unwrap_err();
    let expected = "unknown variant `fast`, expected one of `auto`, `reference`, `blas`, `blocked`";
    assert_eq!(error.to_string(), expected);
}
