"""Trainings in threads of Python, Ctrl-C during a training, and the memory that trainings leave."""

import gc
import json
import os
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
import rankone
from rankone import Dataset, Network, Trainer

GENERATOR = np.random.default_rng(0)
X = GENERATOR.standard_normal((60, 7))
Y = GENERATOR.integers(0, 4, 60)
STATM = Path("/proc/self/statm")


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


HEAD = """
import json, signal, sys, time
import numpy as np
import rankone

signal.signal(signal.SIGINT, signal.default_int_handler)
generator = np.random.default_rng(0)
X = generator.standard_normal((500, 40))
y = generator.integers(0, 4, 500)

def tell(**what):
    print(json.dumps(what), flush=True)
"""

TRAINER = """
trainer = rankone.Trainer(hidden_units=20, epochs=10**9, learning_rate=0.001)
tell(ready=True)
try:
    trainer.fit((X, y))
except KeyboardInterrupt as interrupt:
    outcome = interrupt.outcome
    epochs = len(outcome.history)
    same = rankone.Trainer(hidden_units=20, epochs=epochs, learning_rate=0.001).fit((X, y)).network
    tell(
        type=type(interrupt).__name__,
        epochs=epochs,
        ending=outcome.ending,
        kept=outcome.kept_epoch,
        free=not hasattr(outcome, "interrupt"),
        same=bool(np.array_equal(outcome.network.alpha, same.alpha)),
    )
"""

CLASSIFIER = """
classifier = rankone.RankOneClassifier(hidden_units=20, epochs=10**9, learning_rate=0.001)
tell(ready=True)
try:
    classifier.fit(X, y)
except KeyboardInterrupt as interrupt:
    same = rankone.RankOneClassifier(hidden_units=20, epochs=classifier.n_iter_, learning_rate=0.001).fit(X, y)
    tell(
        type=type(interrupt).__name__,
        epochs=classifier.n_iter_,
        losses=classifier.loss_curve_ == same.loss_curve_,
        same=bool(np.array_equal(classifier.network_.alpha, same.network_.alpha)),
        predicts=bool(np.array_equal(classifier.predict(X), same.predict(X))),
    )
"""

UNCAUGHT = """
tell(ready=True)
rankone.Trainer(hidden_units=20, epochs=10**9, learning_rate=0.001).fit((X, y))
"""

IN_A_THREAD = """
import threading

ended = []
stop = False

def work():
    ended.append(rankone.Trainer(hidden_units=20, epochs=10**9, on_epoch=lambda _: stop).fit((X, y)).ending)

thread = threading.Thread(target=work)
thread.start()
try:
    tell(ready=True)
    time.sleep(60)
except KeyboardInterrupt:
    time.sleep(0.1)
    running = thread.is_alive()
    stop = True
    thread.join()
    tell(running=running, ended=ended)
"""


def interrupted(script):
    """Run the script, send SIGINT while it trains, and return what it told, its exit and the seconds that took."""
    if os.name != "posix":
        pytest.skip("SIGINT is sent to one process where there is POSIX only")
    with subprocess.Popen(
        [sys.executable, "-c", HEAD + script], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as child:
        try:
            assert json.loads(child.stdout.readline()) == {"ready": True}
            time.sleep(0.4)
            assert child.poll() is None
            start = time.perf_counter()
            child.send_signal(signal.SIGINT)
            out, err = child.communicate(timeout=20)
            seconds = time.perf_counter() - start
        finally:
            child.kill()
    return out, err, child.returncode, seconds


def test_interrupt_of_a_trainer():
    out, err, code, seconds = interrupted(TRAINER)
    assert (code, err) == (0, "")
    told = json.loads(out)
    epochs = told.pop("epochs")
    assert epochs >= 1
    assert told == {"type": "KeyboardInterrupt", "ending": "stopped", "kept": epochs, "free": True, "same": True}
    assert seconds < 4


def test_interrupt_of_a_classifier():
    pytest.importorskip("sklearn", reason="RankOneClassifier needs scikit-learn")
    out, err, code, seconds = interrupted(CLASSIFIER)
    assert (code, err) == (0, "")
    told = json.loads(out)
    assert told.pop("epochs") >= 1
    assert told == {"type": "KeyboardInterrupt", "losses": True, "same": True, "predicts": True}
    assert seconds < 4


def test_interrupt_that_nothing_catches():
    out, err, code, seconds = interrupted(UNCAUGHT)
    assert out == ""
    assert err.splitlines()[-1].startswith("KeyboardInterrupt")
    assert code == -signal.SIGINT
    assert seconds < 3


def test_interrupt_goes_to_the_main_thread():
    """A training in another thread goes on, as any work of Python would."""
    out, err, code, _ = interrupted(IN_A_THREAD)
    assert (code, err) == (0, "")
    assert json.loads(out) == {"running": True, "ended": ["stopped"]}


@pytest.fixture
def interrupts():
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("interrupts")
def test_interrupt_leaves_the_next_training_alone():
    expected = small_training(3)
    for _ in range(3):
        with pytest.raises(KeyboardInterrupt) as caught:
            Trainer(hidden_units=3, epochs=100, on_epoch=lambda _: signal.raise_signal(signal.SIGINT)).fit((X, Y))
        assert len(caught.value.outcome.history) == 1
        assert_same_outcome(small_training(3), expected)


# Memory


def growth(work, times):
    """Return by how many bytes the process grows while the work is done so often, after a warm-up."""
    if not STATM.is_file():
        pytest.skip("no /proc/self/statm to read the resident size from")
    page = os.sysconf("SC_PAGE_SIZE")
    for _ in range(100):
        work()
    gc.collect()
    before = int(STATM.read_text().split()[1])
    for _ in range(times):
        work()
    gc.collect()
    return (int(STATM.read_text().split()[1]) - before) * page


# A data set of these takes 80 kB: 300 of them, were they kept, would take 24 MB; a thousand networks, 3 MB.
LARGER = GENERATOR.standard_normal((200, 50))
LARGER_LABELS = GENERATOR.integers(0, 4, 200)
LIMIT = 2_000_000


def larger_training(**settings):
    return Trainer(hidden_units=8, epochs=1, **settings).fit((LARGER, LARGER_LABELS))


def training_with_functions():
    places = np.arange(200)
    larger_training(on_epoch=lambda _: None, order=lambda _: places, schedule=lambda _: 0.1)


def fit_of_a_classifier():
    pytest.importorskip("sklearn", reason="RankOneClassifier needs scikit-learn")
    rankone.RankOneClassifier(hidden_units=8, epochs=1).fit(LARGER, LARGER_LABELS).predict_proba(LARGER)


def wrong_settings():
    with pytest.raises(ValueError, match="init"):
        larger_training(init="foo")
    with pytest.raises(rankone.Diverged):
        larger_training(learning_rate=1e305)


def training_that_a_function_ends():
    """The exception holds the outcome; were it the other way round too, nothing would free them."""

    def raise_one(_):
        raise KeyError("x")

    for setting in ("on_epoch", "order", "schedule"):
        with pytest.raises(KeyError):
            larger_training(**{setting: raise_one})


@pytest.mark.parametrize(
    "work",
    [larger_training, training_with_functions, fit_of_a_classifier, wrong_settings, training_that_a_function_ends],
)
def test_memory(work):
    assert growth(work, 1000 if work is larger_training else 300) < LIMIT
