//! Orders of the examples, learning rates that change, and patience.

use rankone::{
    Dataset, EngineKind, Error, Network, Number, Order, Outcome, Schedule, ScheduleError, Settings,
    Split, Trainer,
};
use std::ops::ControlFlow;

const ENGINES: [EngineKind; 3] = [EngineKind::Reference, EngineKind::Blas, EngineKind::Blocked];

fn settings() -> Settings {
    Settings { hidden: 9, epochs: 3, learning_rate: 0.1, ..Settings::default() }
}

/// The examples of `data` in another order.
fn reordered<T: Number>(data: &Dataset<T>, order: &[usize]) -> Dataset<T> {
    let labels = order.iter().map(|&example| data.labels()[example]).collect();
    let features = data.features().select(ndarray::Axis(0), order);
    Dataset::new(features.view(), labels, data.classes()).unwrap()
}

fn bits<T: Number>(network: &Network<T>) -> Vec<u64> {
    let (alpha, beta) = network.parameters();
    alpha.iter().chain(beta).map(|weight| weight.as_f64().to_bits()).collect()
}

fn fit<T: Number>(data: &Dataset<T>, settings: Settings) -> Outcome<T> {
    Trainer::new(data, settings).fit().unwrap()
}

#[test]
fn numpy_draws_these_permutations() {
    // Printed by NumPy 2.4.6: np.random.seed(epoch); np.random.permutation(N).
    let order = |examples, epoch| Order::Numpy.of_epoch(examples, 99, epoch);
    assert_eq!(order(10, 0), [2, 8, 4, 9, 1, 6, 7, 3, 0, 5]);
    assert_eq!(order(10, 1), [2, 9, 6, 4, 0, 3, 1, 7, 8, 5]);
    assert_eq!(order(10, 7), [8, 5, 0, 2, 1, 9, 7, 3, 6, 4]);
    let many = order(9000, 3);
    assert_eq!(many[..5], [4989, 1680, 5511, 4854, 2053]);
    assert_eq!(many[8995..], [2707, 8981, 6400, 1688, 5994]);
}

#[test]
fn shuffled_orders_never_change() {
    // From an independent ChaCha8 in Python.
    let order = |seed, epoch| Order::Shuffled.of_epoch(10, seed, epoch);
    assert_eq!(order(0, 0), [2, 7, 8, 0, 5, 6, 3, 4, 1, 9]);
    assert_eq!(order(0, 1), [6, 2, 8, 7, 1, 9, 5, 4, 3, 0]);
    assert_eq!(order((1 << 40) + 5, 3), [8, 7, 4, 2, 3, 1, 5, 9, 6, 0]);
    assert_eq!(Order::Shuffled.of_epoch(1, 0, 0), [0]);
    assert_eq!(Order::File.of_epoch(3, 7, 7), [0, 1, 2]);
}

fn letters<T: Number>(examples: usize) -> Dataset<T> {
    Dataset::letters(examples, 3, Split::Training).unwrap()
}

fn an_order_is_a_file_in_that_order<T: Number>(data: &Dataset<T>) {
    let n = data.examples();
    let order = Order::Shuffled.of_epoch(n, 5, 0);
    for engine in ENGINES {
        for hidden in [9, 200] {
            let settings = Settings { engine, hidden, epochs: 2, ..settings() };
            let trainer = Trainer::new(data, settings.clone());
            let found = trainer.order(|_| order.clone()).fit().unwrap();
            let expected = fit(&reordered(data, &order), settings.clone());
            assert_eq!(bits(&found.network), bits(&expected.network), "{engine} {hidden}");
            assert_ne!(bits(&found.network), bits(&fit(data, settings).network), "{engine}");
        }
    }
}

#[test]
fn an_order_is_a_file_in_that_order_for_every_kind_of_inputs() {
    an_order_is_a_file_in_that_order(&letters::<f64>(133));
    an_order_is_a_file_in_that_order(&letters::<f32>(64));
    let letters = letters::<f64>(100);
    for grey in [0.0, 0.5] {
        let features = letters.features().mapv(|v| (v + grey) / (1.5 + grey));
        let labels = letters.labels().to_vec();
        an_order_is_a_file_in_that_order(&Dataset::new(features.view(), labels, 10).unwrap());
    }
}

#[test]
fn no_bit_of_a_shuffled_training_depends_on_threads() {
    let data = Dataset::<f64>::letters(300, 1, Split::Training).unwrap();
    for order in [Order::Shuffled, Order::Numpy] {
        for hidden in [20, 200] {
            let by = |threads| {
                fit(&data, Settings { hidden, order, threads: Some(threads), ..settings() })
            };
            let expected = by(1);
            for threads in [2, 3, 5] {
                let found = by(threads);
                assert_eq!(bits(&found.network), bits(&expected.network), "{order} {threads}");
                assert_eq!(found.train, expected.train);
            }
            let other = Settings { hidden, order, seed: 1, ..settings() };
            assert_ne!(bits(&fit(&data, other).network), bits(&expected.network), "{order}");
        }
    }
}

#[test]
fn orders_that_are_none_are_a_typed_error() {
    let data = Dataset::<f64>::letters(5, 1, Split::Training).unwrap();
    for wrong in [vec![0, 1, 2, 3], vec![0, 1, 2, 3, 3], vec![0, 1, 2, 3, 5], vec![]] {
        for threads in [1, 2] {
            // The second epoch's is made beside the first.
            let order = |epoch| if epoch == 1 { wrong.clone() } else { (0..5).collect() };
            let trainer = Trainer::new(&data, Settings { threads: Some(threads), ..settings() });
            let error = trainer.order(order).fit().unwrap_err();
            assert!(matches!(error, Error::Setting { .. }), "{error}");
        }
    }
}

#[test]
fn the_learning_rate_of_each_epoch_is_told_and_used() {
    let data = Dataset::<f64>::letters(50, 1, Split::Training).unwrap();
    let schedule = "step:0.5/1".parse::<Schedule>().unwrap();
    let found = fit(&data, Settings { schedule, ..settings() });
    let rates: Vec<_> = found.history.iter().map(|epoch| epoch.learning_rate).collect();
    assert_eq!(rates, [0.1, 0.05, 0.025]);
    let own = Trainer::new(&data, settings()).learning_rate(|epoch| rates[epoch]);
    assert_eq!(bits(&own.fit().unwrap().network), bits(&found.network));
    let mut network = None;
    for rate in &rates {
        let one = Settings { epochs: 1, learning_rate: *rate, ..settings() };
        let trainer = Trainer::new(&data, one);
        let trainer = match network {
            Some(network) => trainer.start(network),
            None => trainer,
        };
        network = Some(trainer.fit().unwrap().network);
    }
    assert_eq!(bits(&network.unwrap()), bits(&found.network));
    for wrong in [-1.0, f64::NAN, f64::INFINITY] {
        let trainer = Trainer::new(&data, settings()).learning_rate(|_| wrong);
        assert!(matches!(trainer.fit(), Err(Error::Setting { .. })), "{wrong}");
    }
}

#[test]
fn rates_follow_their_formulas() {
    let rates = |text: &str| {
        let schedule: Schedule = text.parse().unwrap();
        assert_eq!(schedule.to_string(), text);
        [0, 1, 2, 4].map(|epoch| schedule.rate(0.5, epoch, 4))
    };
    assert_eq!(rates("constant"), [0.5; 4]);
    assert_eq!(rates("inverse:2"), [0.5, 0.5 / 1.5, 0.25, 0.5 / 3.0]);
    assert_eq!(rates("step:0.5/2"), [0.5, 0.5, 0.25, 0.125]);
    let cosine = rates("cosine");
    assert_eq!([cosine[0], cosine[3]], [0.5, 0.0]);
    assert!((cosine[1] - 0.25 * (1.0 + 0.5f64.sqrt())).abs() <= 1e-16, "{cosine:?}");
    assert!((cosine[2] - 0.25).abs() <= 1e-16, "{cosine:?}");
    for wrong in
        ["", "linear", "inverse", "inverse:0", "inverse:nan", "step:1", "step:1/0", "cosine:1"]
    {
        assert_eq!(wrong.parse::<Schedule>(), Err(ScheduleError), "{wrong}");
    }
}

#[test]
fn patience_ends_a_training_that_does_not_get_better() {
    let train = Dataset::<f64>::letters(60, 1, Split::Training).unwrap();
    let validation = Dataset::letters(30, 1, Split::Validation).unwrap();
    for threads in [Some(1), Some(2)] {
        let settings = |patience, epochs| Settings { threads, patience, epochs, ..settings() };
        let run = |settings| Trainer::new(&train, settings).validation(&validation).fit().unwrap();
        let all = run(settings(None, 300));
        let losses = || all.history.iter().map(|epoch| epoch.validation_cross_entropy.unwrap());
        let best = losses().enumerate().min_by(|(_, a), (_, b)| a.total_cmp(b)).unwrap().0 + 1;
        assert!(best + 3 < 300, "the test is of no use: the best epoch is {best}");
        let patient = run(settings(Some(3), 300));
        assert_eq!(patient.history.len(), best + 3);
        assert_eq!(bits(&patient.network), bits(&run(settings(None, best)).network));
        // An observer may end it before.
        let trainer = Trainer::new(&train, settings(Some(3), 300));
        let observed = trainer.validation(&validation).on_epoch(|_| ControlFlow::Break(()));
        assert_eq!(observed.fit().unwrap().history.len(), 1);
        let alone = Trainer::new(&train, settings(Some(3), 3)).fit();
        assert!(matches!(alone, Err(Error::Setting { name: "patience", .. })));
    }
    let none = Settings { patience: Some(0), ..settings() };
    assert!(Trainer::new(&train, none).validation(&validation).fit().is_err());
}
