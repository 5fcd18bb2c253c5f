//! A training stopped anywhere goes on to the same bits; and no file is taken for its state that is
//! not.

use proptest::prelude::*;
use rankone::{
    AnyState, Dataset, Ending, EngineKind, Error, Isa, Keep, Network, Number, Order, Outcome,
    Schedule, Settings, Split, State, Trainer,
};
use safetensors::tensor::{SafeTensors, serialize};
use std::fs;
use std::ops::ControlFlow;
use std::path::Path;

fn data<T: Number>() -> (Dataset<T>, Dataset<T>) {
    let set = |n, split| Dataset::letters(n, 3, split).unwrap();
    (set(150, Split::Training), set(60, Split::Validation))
}

fn settings(epochs: usize) -> Settings {
    Settings { hidden: 5, epochs, learning_rate: 0.1, threads: Some(1), ..Default::default() }
}

/// Trains, and gives the last state, through a file, too.
fn fitted<T: Number>(trainer: Trainer<T>) -> (Result<Outcome<T>, Error>, Option<State<T>>) {
    let mut last = None;
    let trainer = trainer.on_state(
        |_| false,
        |state| {
            last = Some(through_a_file(state));
            Ok(())
        },
    );
    let outcome = trainer.fit();
    (outcome, last)
}

/// Trains on `data`, from `state` if there is one.
fn trained<T: Number>(
    (train, validation): &(Dataset<T>, Dataset<T>),
    settings: Settings,
    state: Option<State<T>>,
) -> (Outcome<T>, State<T>) {
    let trainer = Trainer::new(train, settings).validation(validation);
    let trainer = match state {
        Some(state) => trainer.resume(state),
        None => trainer.notes("by a test"),
    };
    let (outcome, last) = fitted(trainer);
    (outcome.unwrap(), last.expect("the last state"))
}

fn through_a_file<T: Number>(state: &State<T>) -> State<T> {
    let file = tempfile::NamedTempFile::new().unwrap();
    state.save(file.path()).unwrap();
    let read = State::load(file.path()).unwrap();
    assert_eq!(read.notes, "by a test");
    assert_eq!(read.history, state.history);
    assert_eq!(read.best_epoch(), state.best_epoch());
    read
}

/// All that must be the same, to the bit.
fn bits<T: Number>(outcome: &Outcome<T>) -> (Vec<u64>, Vec<[Option<u64>; 3]>, String) {
    let (alpha, beta) = outcome.network.parameters();
    let parameters = alpha.iter().chain(beta).map(|w| w.as_f64().to_bits()).collect();
    let losses = outcome.history.iter().map(|e| {
        let losses =
            [Some(e.learning_rate), Some(e.train_cross_entropy), e.validation_cross_entropy];
        losses.map(|loss| loss.map(f64::to_bits))
    });
    let rest = (outcome.kept_epoch, outcome.ending, &outcome.train, &outcome.validation);
    (parameters, losses.collect(), format!("{rest:?}"))
}

fn goes_on_to_the_same_bits<T: Number>(base: Settings, other: impl Fn(Settings) -> Settings) {
    let data = data::<T>();
    let (whole, _) = trained(&data, base.clone(), None);
    for done in [1, 4, base.epochs] {
        let (_, state) = trained(&data, Settings { epochs: done, ..base.clone() }, None);
        let settings = other(Settings { epochs: base.epochs, ..state.settings.clone() });
        let (rest, _) = trained(&data, settings, Some(state));
        assert!(bits(&rest) == bits(&whole), "{} after {done}: {base:?}", T::PRECISION);
    }
}

#[test]
fn every_engine_goes_on_in_either_precision() {
    for engine in [EngineKind::Reference, EngineKind::Blas, EngineKind::Blocked] {
        let base = Settings { engine, ..settings(6) };
        goes_on_to_the_same_bits::<f64>(base.clone(), |settings| settings);
        goes_on_to_the_same_bits::<f32>(base, |settings| settings);
    }
}

#[test]
fn orders_rates_patience_and_the_best_epoch_go_on() {
    for order in [Order::Shuffled, Order::Numpy] {
        let schedule = Schedule::Inverse { half: 3.0 };
        goes_on_to_the_same_bits::<f64>(Settings { order, schedule, ..settings(6) }, |s| s);
    }
    // So large a rate that the last epoch is not the best.
    let base = Settings { learning_rate: 0.5, keep: Some(Keep::Best), ..settings(25) };
    goes_on_to_the_same_bits::<f64>(base.clone(), |s| s);
    goes_on_to_the_same_bits::<f64>(Settings { patience: Some(4), ..base }, |s| s);
}

#[test]
fn threads_and_instructions_may_be_others_in_each_half() {
    // Two shards, of which each of two threads takes one.
    let base = Settings { hidden: 200, ..settings(5) };
    for isa in Isa::available().into_iter().map(Some) {
        goes_on_to_the_same_bits::<f64>(base.clone(), |s| Settings { threads: Some(2), isa, ..s });
        goes_on_to_the_same_bits::<f64>(Settings { threads: Some(3), isa, ..base.clone() }, |s| {
            Settings { threads: Some(1), isa: None, ..s }
        });
    }
    goes_on_to_the_same_bits::<f64>(base, |s| Settings { threads: None, ..s });
}

#[test]
fn the_best_epoch_is_kept_where_it_is_asked_for() {
    let data = data::<f64>();
    let base = Settings { learning_rate: 0.5, ..settings(25) };
    let (last, _) = trained(&data, base.clone(), None);
    let loss = |epoch: usize| last.history[epoch - 1].validation_cross_entropy.unwrap();
    let best = (1..=25).rev().min_by(|a, b| loss(*a).total_cmp(&loss(*b))).unwrap();
    assert!(best < 25, "the last epoch is the best, and nothing is tested");
    assert_eq!((last.kept_epoch, last.ending), (25, Ending::Done));
    let (kept, state) = trained(&data, Settings { keep: Some(Keep::Best), ..base.clone() }, None);
    assert_eq!((kept.kept_epoch, state.best_epoch().unwrap().epoch), (best, best));
    assert_eq!(kept.history.len(), 25);
    // It is the network that so many epochs give, and so are its figures.
    let (short, _) = trained(&data, Settings { epochs: best, ..base.clone() }, None);
    assert_eq!(kept.network, short.network);
    assert_eq!((kept.train, kept.validation), (short.train, short.validation));
    // Patience means it, unless told otherwise.
    let patient = Settings { patience: Some(3), ..base };
    let (kept, _) = trained(&data, patient.clone(), None);
    assert_eq!((kept.ending, kept.history.len()), (Ending::OutOfPatience, kept.kept_epoch + 3));
    let (last, _) = trained(&data, Settings { keep: Some(Keep::Last), ..patient }, None);
    assert_eq!(last.kept_epoch, last.history.len());
}

#[test]
fn the_first_of_equally_good_epochs_is_the_best() {
    let data = data::<f64>();
    let settings = Settings { keep: Some(Keep::Best), ..settings(4) };
    let trainer = Trainer::new(&data.0, settings).validation(&data.1);
    // Nothing is learnt after the second epoch.
    let rate = |epoch| if epoch < 2 { 0.05 } else { 0.0 };
    let outcome = trainer.learning_rate(rate).fit().unwrap();
    assert_eq!(outcome.kept_epoch, 2);
}

#[test]
fn states_are_given_when_they_are_due_and_at_the_end() {
    let data = data::<f64>();
    // With more than one, the next epoch's updates have begun when a state is taken.
    for threads in [1, 2, 3] {
        let mut given = Vec::new();
        let trainer = Trainer::new(&data.0, Settings { threads: Some(threads), ..settings(7) });
        let trainer = trainer.on_state(
            |epoch| epoch.epoch % 3 == 0,
            |state| {
                given.push((state.history.len(), state.network.clone()));
                Ok(())
            },
        );
        let stops = |epoch: &rankone::Epoch| match epoch.epoch {
            5 => ControlFlow::Break(()),
            _ => ControlFlow::Continue(()),
        };
        let outcome = trainer.on_epoch(stops).fit().unwrap();
        assert_eq!(outcome.ending, Ending::Stopped);
        assert_eq!(given.iter().map(|(epoch, _)| *epoch).collect::<Vec<_>>(), [3, 5]);
        for (epochs, network) in given {
            let trainer = Trainer::new(&data.0, settings(epochs));
            assert!(
                trainer.fit().unwrap().network == network,
                "{threads} threads, {epochs} epochs"
            );
        }
    }
    // Whoever cannot take it ends the training.
    let refuses =
        |_: &State<f64>| Err(Error::State { path: "here".into(), reason: "no room".into() });
    let trainer = Trainer::new(&data.0, settings(7)).on_state(|_| true, refuses);
    assert!(matches!(trainer.fit(), Err(Error::State { .. })));
}

#[test]
fn of_a_training_that_diverges_the_last_good_state_is_given() {
    let data = data::<f64>();
    for threads in [1, 3] {
        let settings = Settings {
            schedule: Schedule::Step { factor: 1e300, every: 3 },
            keep: Some(Keep::Best),
            threads: Some(threads),
            ..settings(9)
        };
        let trainer = Trainer::new(&data.0, settings.clone()).notes("by a test");
        let (outcome, state) = fitted(trainer.validation(&data.1));
        assert!(matches!(outcome, Err(Error::Diverged { epoch: 4, .. })));
        // As far as it went well it is a training like any other.
        let (outcome, _) = trained(&data, Settings { epochs: 3, ..settings.clone() }, state);
        let (whole, _) = trained(&data, Settings { epochs: 3, ..settings }, None);
        assert!(bits(&outcome) == bits(&whole), "{threads} threads");
    }
    let wild = Settings { learning_rate: 1e300, ..settings(9) };
    let (outcome, state) = fitted(Trainer::new(&data.0, wild));
    assert!(matches!(outcome, Err(Error::Diverged { epoch: 1, .. })) && state.is_none());
}

#[test]
fn a_state_belongs_to_the_library_that_it_was_computed_with() {
    let path = tempfile::NamedTempFile::new().unwrap();
    let blas = Settings { engine: EngineKind::Blas, ..settings(2) };
    let (_, state) = trained(&data::<f64>(), blas, None);
    state.save(path.path()).unwrap();
    let bytes = fs::read(path.path()).unwrap();
    assert!(said(path.path(), &bytes).is_ok());
    let reason = said(path.path(), &with(&bytes, "blas\\\":", "plas\\\":")).unwrap_err();
    assert!(reason.contains("BLAS library none; this program has "), "{reason}");
}

#[test]
fn what_is_not_the_same_training_is_refused() {
    let data = data::<f64>();
    let (_, state) = trained(&data, settings(3), None);
    let refused = |settings: Settings, train: &Dataset<f64>, validation: Option<&Dataset<f64>>| {
        let trainer = Trainer::new(train, settings).validation(validation);
        trainer.resume(state.clone()).prepare().err().expect("refused").to_string()
    };
    let (train, validation) = (&data.0, Some(&data.1));
    let others = Dataset::letters(150, 4, Split::Training).unwrap();
    let error = refused(settings(9), &others, validation);
    assert!(error.starts_with("training set: found data of checksum"), "{error}");
    assert!(refused(settings(9), train, Some(&others)).starts_with("validation set: found data"));
    assert!(
        refused(settings(9), train, None).starts_with("validation set: found none, expected data")
    );
    assert!(refused(settings(2), train, validation).contains("2, where 3 are done"));
    for (other, words) in [
        (Settings { seed: 1, ..settings(9) }, "found seed 1, expected seed "),
        (Settings { hidden: 6, ..settings(9) }, "found hidden 6, expected hidden "),
        (
            Settings { learning_rate: 0.2, ..settings(9) },
            "found learning rate 0.2, expected learning",
        ),
        (
            Settings { engine: EngineKind::Reference, ..settings(9) },
            "found engine reference, expected",
        ),
        (
            Settings { order: Order::Shuffled, ..settings(9) },
            "found order \"shuffled\", expected order",
        ),
        (Settings { keep: Some(Keep::Best), ..settings(9) }, "found keep \"best\", expected none"),
    ] {
        let error = refused(other, train, validation);
        assert!(error.starts_with(&format!("settings: {words}")), "{error}");
    }
    let cosine = |epochs| Settings { schedule: Schedule::Cosine, ..settings(epochs) };
    let (_, state) = trained(&data, cosine(3), None);
    let trainer = |epochs| Trainer::new(train, cosine(epochs)).validation(validation);
    let error = trainer(4).resume(state.clone()).prepare().err().expect("refused").to_string();
    assert!(error.contains("cosine"), "{error}");
    assert!(trainer(3).resume(state.clone()).prepare().is_ok());
    // Nor is a state that somebody changed, or a validation set that the state knows nothing of.
    let mut other = state.clone();
    other.settings.keep = Some(Keep::Best);
    let trainer = Trainer::new(train, other.settings.clone()).validation(validation);
    let error = trainer.resume(other).prepare().err().expect("refused").to_string();
    assert!(error.contains("network of the best epoch"), "{error}");
    let (_, alone) = fitted(Trainer::new(train, settings(3)).notes("by a test"));
    let trainer = Trainer::new(train, settings(4)).resume(alone.unwrap());
    let error = trainer.validation(validation).prepare().err().expect("refused").to_string();
    assert!(error.starts_with("validation set: found data of checksum "), "{error}");
    assert!(error.ends_with(", expected none"), "{error}");
    let keeps = Trainer::new(train, Settings { keep: Some(Keep::Best), ..settings(1) });
    let error = keeps.fit().expect_err("refused").to_string();
    assert!(error.contains("no validation set"), "{error}");
}

/// The state of three epochs, as a file.
fn file(path: &Path, keep: Option<Keep>) -> Vec<u8> {
    let (_, state) = trained(&data::<f64>(), Settings { keep, ..settings(3) }, None);
    state.save(path).unwrap();
    fs::read(path).unwrap()
}

/// What loading these bytes says.
fn said(path: &Path, bytes: &[u8]) -> Result<State<f64>, String> {
    fs::write(path, bytes).unwrap();
    State::load(path).map_err(|error| error.to_string())
}

/// The bytes with `old` in their header replaced by as many bytes.
fn with(bytes: &[u8], old: &str, new: &str) -> Vec<u8> {
    assert_eq!(old.len(), new.len());
    let place = bytes.windows(old.len()).position(|window| window == old.as_bytes());
    let place = place.unwrap_or_else(|| panic!("no {old}"));
    let mut bytes = bytes.to_vec();
    bytes[place..place + new.len()].copy_from_slice(new.as_bytes());
    bytes
}

#[test]
fn a_file_that_is_no_state_is_refused_with_the_reason() {
    let folder = tempfile::tempdir().unwrap();
    let path = &folder.path().join("state");
    let bytes = file(path, Some(Keep::Best));
    assert!(said(path, &bytes).is_ok());
    for (old, new, reason) in [
        ("rankone state 2", "rankone state 3", "format: found rankone state 3"),
        (
            "arithmetic\\\":1",
            "arithmetic\\\":9",
            "whose arithmetic is number 9; this program's is number 1",
        ),
        ("hidden\\\":5", "hidden\\\":6", "networks of other sizes"),
        ("epochs\\\":3", "epochs\\\":2", "3 epochs of 2"),
        ("best.alpha", "next.alpha", "no tensor best.alpha"),
        ("sgd_seconds", "sad_seconds", "history_columns: others than learning_rate,"),
        ("learning_rate\\\":0.1", "learning_rate\\\":-.1", "state: "),
        ("\\\"inputs\\\":128", "\\\"inputs\\\":127", "inputs and classes of the schema"),
    ] {
        let found = said(path, &with(&bytes, old, new)).unwrap_err();
        assert!(
            found.contains(reason) && found.contains("no state to go on from"),
            "{old}: {found}"
        );
    }
    let (mut nan, end) = (bytes.clone(), bytes.len());
    // The first number of alpha.
    let start = 8 + u64::from_le_bytes(bytes[..8].try_into().unwrap()) as usize;
    nan[start..start + 8].copy_from_slice(&f64::NAN.to_le_bytes());
    assert!(said(path, &nan).unwrap_err().contains("not finite"));
    assert!(
        said(path, &bytes[..end - 1]).unwrap_err().contains("bytes, where its header tells of")
    );
    assert!(said(path, b"").unwrap_err().contains("no header"));
    assert!(State::<f64>::load(folder.path()).is_err());
    fs::write(path, &bytes).unwrap();
    let error = State::<f32>::load(path).unwrap_err().to_string();
    assert!(error.contains("precision: found f64, expected f32"), "{error}");
    Network::<f64>::from_parameters(ndarray::Array2::zeros((2, 3)), ndarray::Array2::zeros((2, 3)))
        .unwrap()
        .save(path)
        .unwrap();
    assert!(State::<f64>::load(path).unwrap_err().to_string().contains("format: found rankone 1"));
}

#[test]
fn a_state_of_the_first_format_is_refused_and_names_the_program_that_wrote_it() {
    let path = tempfile::NamedTempFile::new().unwrap();
    let path = path.path();
    let bytes = file(path, None);
    let (_, header) = SafeTensors::read_metadata(&bytes).unwrap();
    let texts = header.metadata().clone().unwrap();
    let this = format!("\"rankone\":\"{}\"", rankone::build::VERSION);
    assert!(texts["state"].contains(&this), "{}", texts["state"]);
    // The program that wrote that format.
    let old = texts["state"].replace(&this, "\"rankone\":\"0.1.0\"");
    let reason = "format: found rankone state 1, expected rankone state 2";
    for (words, hint) in [
        (old.as_str(), "; rankone 0.1.0 wrote it, and can resume it"),
        ("{\"version\":\"of another kind\"}", ""),
    ] {
        let mut texts = texts.clone();
        texts.insert("format".into(), "rankone state 1".into());
        texts.insert("state".into(), words.into());
        let tensors = SafeTensors::deserialize(&bytes).unwrap().tensors();
        let written = serialize(tensors, Some(texts)).unwrap();
        let expected = format!("{}: no state to go on from: {reason}{hint}", path.display());
        assert_eq!(said(path, &written).unwrap_err(), expected);
        let any = AnyState::from_bytes(written, path).unwrap_err();
        assert_eq!(any.to_string(), expected);
    }
}

#[test]
fn a_state_says_its_precision() {
    fn read<T: Number>() -> AnyState {
        let (_, state) = trained::<T>(&data(), settings(2), None);
        AnyState::from_bytes(state.to_bytes().unwrap(), Path::new("state")).unwrap()
    }
    assert!(matches!(read::<f64>(), AnyState::F64(state) if state.notes == "by a test"));
    assert!(matches!(read::<f32>(), AnyState::F32(state) if state.history.len() == 2));
}

proptest! {
    /// Whatever happens to its bytes: an answer, and no panic. What is taken can be gone on from.
    #[test]
    fn no_bytes_make_it_panic(changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6)) {
        static BYTES: std::sync::LazyLock<Vec<u8>> = std::sync::LazyLock::new(|| {
            file(tempfile::NamedTempFile::new().unwrap().path(), None)
        });
        let mut bytes = BYTES.clone();
        // Most of it is numbers; what tells of them is worth more.
        let header = 8 + u64::from_le_bytes(bytes[..8].try_into().unwrap()) as usize;
        for (index, byte) in changes {
            bytes[index.index(header)] = byte;
        }
        let path = tempfile::NamedTempFile::new().unwrap();
        if let Ok(state) = said(path.path(), &bytes) {
            let (train, validation) = data();
            let settings = Settings { epochs: state.history.len() + 1, ..state.settings.clone() };
            let trainer = Trainer::new(&train, Settings { threads: Some(1), ..settings });
            let _ = trainer.validation(&validation).resume(state).fit();
        }
    }
}
