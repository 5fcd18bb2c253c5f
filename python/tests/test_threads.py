"""Trainings in threads of Python."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import rankone
from rankone import Dataset, Network, Trainer

GENERATOR = np.random.default_rng(0)
X = GENERATOR.standard_normal((60, 7))
Y = GENERATOR.integers(0, 4, 60)


def settings_of(number):
    return {
        "hidden_units": 3 + number % 4,
        "epochs": 2 + number % 3,
        "learning_rate": 0.05,
        "order": ["file", "shuffled", "numpy"][number % 3],
        "init": ["random", "numpy"][number % 2],
        "schedule": ["constant", "cosine"][number // 2 % 2],
        "engine": ["auto", "reference", "blas", "blocked"][number // 4 % 4],
        "precision": ["float64", "float32"][number // 16 % 2],
        "n_threads": 1 + number % 2,
        "seed": number,
    }


def small_training(number):
    return Trainer(**settings_of(number)).fit((X, Y), (X[:20], Y[:20]))


def assert_same_outcome(found, expected):
    for name in ("alpha", "beta"):
        array, other = getattr(found.network, name), getattr(expected.network, name)
        assert array.dtype == other.dtype
        assert np.array_equal(array, other)
    assert len(found.history) == len(expected.history)
    for epoch, other in zip(found.history, expected.history, strict=True):
        assert epoch.train_cross_entropy == other.train_cross_entropy
        assert epoch.validation_cross_entropy == other.validation_cross_entropy
    assert np.array_equal(found.train.predictions, expected.train.predictions)


def test_hundred_trainings_in_four_threads():
    numbers = list(range(100))
    expected = [small_training(number) for number in numbers]
    assert not np.array_equal(expected[0].network.beta, expected[48].network.beta)
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(small_training, numbers))
    for outcome, other in zip(found, expected, strict=True):
        assert_same_outcome(outcome, other)


def test_threads_share_a_data_set_and_a_network():
    data = Dataset(X, Y)
    network = Trainer(hidden_units=5, epochs=2).fit(data).network
    probabilities = network.predict_proba(X)

    def work(number):
        outcome = Trainer(hidden_units=5, epochs=3, seed=number, order="shuffled", start=network).fit(data, data)
        return outcome, network.predict_proba(X)

    expected = [work(number)[0] for number in range(20)]
    with ThreadPoolExecutor(4) as pool:
        for (outcome, answer), other in zip(pool.map(work, range(20)), expected, strict=True):
            assert_same_outcome(outcome, other)
            assert np.array_equal(answer, probabilities)


def test_callbacks_in_four_threads():
    """Each training calls its own function, in the thread that fits."""

    def work(number):
        calls = []

        def on_epoch(epoch):
            calls.append((epoch.epoch, threading.get_ident()))

        Trainer(hidden_units=3, epochs=5, seed=number, on_epoch=on_epoch).fit((X, Y))
        return calls == [(epoch, threading.get_ident()) for epoch in range(1, 6)]

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(work, range(40))) == [True] * 40


def test_one_training_fails_and_the_others_go_on():
    def work(number):
        try:
            return Trainer(hidden_units=3, epochs=5, learning_rate=1e305 if number % 2 else 0.1).fit((X, Y))
        except rankone.Diverged:
            return None

    expected = Trainer(hidden_units=3, epochs=5, learning_rate=0.1).fit((X, Y))
    with ThreadPoolExecutor(4) as pool:
        outcomes = list(pool.map(work, range(40)))
    assert outcomes[1::2] == [None] * 20
    for outcome in outcomes[::2]:
        assert_same_outcome(outcome, expected)


def test_classifiers_in_four_threads():
    pytest.importorskip("sklearn", reason="RankOneClassifier needs scikit-learn")

    def work(number):
        settings = {"hidden_units": 4, "epochs": 3, "order": "shuffled", "validation_fraction": 0.2}
        return rankone.RankOneClassifier(random_state=number, **settings).fit(X, Y).predict_proba(X)

    expected = [work(number) for number in range(20)]
    assert not np.array_equal(expected[0], expected[1])
    with ThreadPoolExecutor(4) as pool:
        for found, other in zip(pool.map(work, range(20)), expected, strict=True):
            assert np.array_equal(found, other)


def ticks_during(work):
    """Return how often another thread woke up while the work was done, and how many seconds that took."""
    ticks = 0
    done = threading.Event()

    def tick():
        nonlocal ticks
        while not done.wait(0.001):
            ticks += 1

    thread = threading.Thread(target=tick)
    thread.start()
    while ticks == 0:
        time.sleep(0.001)
    before, start = ticks, time.perf_counter()
    work()
    after, seconds = ticks, time.perf_counter() - start
    done.set()
    thread.join()
    return after - before, seconds


def test_another_thread_runs_meanwhile():
    """Within one epoch, or one prediction, where no function of Python is called."""
    data = Dataset(GENERATOR.standard_normal((4000, 200)), GENERATOR.integers(0, 10, 4000))
    trainer = Trainer(hidden_units=200, epochs=1, n_threads=1)
    network = Network(GENERATOR.standard_normal((300, 201)), GENERATOR.standard_normal((10, 301)))
    examples = GENERATOR.standard_normal((20_000, 200))
    for work in (lambda: trainer.fit(data), lambda: network.predict_proba(examples)):
        ticks, seconds = ticks_during(work)
        assert seconds > 0.02
        assert ticks >= 8
