"""Ctrl-C during a training."""

import json
import os
import signal
import subprocess
import sys
import time

import pytest
from rankone import Trainer
from shared import X, Y, assert_same_network, fit

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
    expected = fit()
    for _ in range(3):
        with pytest.raises(KeyboardInterrupt) as caught:
            Trainer(hidden_units=3, epochs=100, on_epoch=lambda _: signal.raise_signal(signal.SIGINT)).fit((X, Y))
        assert len(caught.value.outcome.history) == 1
        assert_same_network(fit().network, expected.network)
