"""Functions that a training calls: what they raise comes through, and what they answer is looked at."""

import numpy as np
import pytest
from rankone import Diverged
from shared import X, Y, assert_same_network, fit, refuses

PLACES = np.arange(12)
BACKWARDS = PLACES[::-1]


class Mine(Exception):
    """With two arguments, so that it cannot be made anew from its message."""

    def __init__(self, first, second):
        super().__init__(first, second)


ERRORS = [
    lambda: Mine(1, 2),
    lambda: KeyError("x"),
    StopIteration,
    KeyboardInterrupt,
    lambda: SystemExit(3),
    lambda: Diverged("mine"),
]


def third_call(error, answer):
    """Return a function that gives an answer twice, then raises the error."""
    calls = []

    def function(_epoch):
        calls.append(_epoch)
        if len(calls) == 3:
            raise error
        return answer

    return function


@pytest.mark.parametrize("new_error", ERRORS)
def test_on_epoch_that_raises(new_error):
    error = new_error()
    assert refuses(type(error), "", fit, epochs=9, on_epoch=third_call(error, None)) is error
    outcome = error.outcome
    assert [epoch.epoch for epoch in outcome.history] == [1, 2, 3]
    assert outcome.kept_epoch == 3
    assert outcome.ending == "stopped"
    assert not hasattr(outcome, "interrupt")
    assert_same_network(outcome.network, fit(epochs=3).network)


@pytest.mark.parametrize("new_error", ERRORS)
@pytest.mark.parametrize(("setting", "answer"), [("order", BACKWARDS), ("schedule", 0.1)])
def test_order_or_schedule_that_raises(setting, answer, new_error):
    """It is the error of a setting: there is no outcome, unlike after on_epoch."""
    error = new_error()
    arguments = error.args
    assert refuses(type(error), "", fit, epochs=9, **{setting: third_call(error, answer)}) is error
    assert error.args == arguments
    assert error.__cause__ is None
    assert not hasattr(error, "outcome")


def test_checkpoint_of_an_order_that_raises(tmp_path):
    """What there was is not lost: the checkpoint keeps it."""
    path = tmp_path / "state"
    error = KeyboardInterrupt()
    answers = third_call(error, BACKWARDS)
    refuses(KeyboardInterrupt, "", fit, epochs=3, order=answers, checkpoint=path, checkpoint_seconds=0)
    resumed = fit(epochs=3, order=lambda _epoch: BACKWARDS, resume=path)
    assert_same_network(resumed.network, fit(epochs=3, order=BACKWARDS).network)


def test_ending():
    assert fit(on_epoch=lambda _epoch: None).ending == "done"
    outcome = fit(epochs=9, on_epoch=lambda epoch: epoch.epoch == 2)
    assert outcome.ending == "stopped"
    assert len(outcome.history) == 2


def test_function_of_another_form():
    for setting in ("on_epoch", "order", "schedule"):
        refuses(TypeError, "positional", fit, **{setting: lambda: None})
    refuses(ValueError, "ambiguous", fit, on_epoch=lambda _epoch: np.zeros(3))
    order = "order of the examples: found an array of type <U4, expected numbers"
    refuses(TypeError, order, fit, order=lambda _epoch: "file")


ONCE = "places, expected each of the numbers 0 to N-1 once"


@pytest.mark.parametrize(
    ("order", "error", "message"),
    [
        (PLACES[:3], ValueError, f"found 3 {ONCE}"),
        (np.arange(13), ValueError, f"found 13 {ONCE}"),
        ([], ValueError, f"found 0 {ONCE}"),
        (PLACES + 1, ValueError, f"found 12 {ONCE}"),
        (PLACES // 2, ValueError, f"found 12 {ONCE}"),
        (PLACES > 0, ValueError, f"found 12 {ONCE}"),
        (PLACES - 1, ValueError, "found -1, expected whole numbers from 0"),
        (PLACES + 0.5, ValueError, "found 0.5, expected whole numbers from 0"),
        (PLACES * np.nan, ValueError, "found NaN, expected whole numbers from 0"),
        (PLACES.reshape(3, 4), ValueError, "found shape (3, 4), expected a vector"),
        (3, ValueError, "found shape (), expected a vector"),
        (PLACES.astype(str), TypeError, "found an array of type <U21, expected numbers"),
        (None, TypeError, "found an array of type object, expected numbers"),
        (iter(range(12)), TypeError, "found an array of type object, expected numbers"),
    ],
)
def test_wrong_order(order, error, message):
    message = f"order of the examples: {message}"
    refuses(error, message, fit, order=order)
    refuses(error, message, fit, order=lambda epoch: order if epoch == 1 else PLACES)


@pytest.mark.parametrize(
    ("rate", "error", "message"),
    [
        (
            -1.0,
            ValueError,
            "found -1.0 in epoch 2, expected a number from 0 up, of the precision's range",
        ),
        (np.nan, ValueError, "learning rate: found NaN in epoch 2"),
        (np.inf, ValueError, "learning rate: found inf in epoch 2"),
        (1e305, Diverged, "after epoch 2 with learning rate 1e305"),
        (None, TypeError, "must be real number, not NoneType"),
        ("0.1", TypeError, "must be real number, not str"),
        pytest.param(
            np.array([0.1]),
            TypeError,
            "0-dim",
            marks=pytest.mark.skipif(
                np.lib.NumpyVersion(np.__version__) < "2.4.0", reason="this NumPy takes an array of one number for it"
            ),
        ),
        (np.array([0.1, 0.2]), TypeError, "arrays can be converted to Python scalars"),
    ],
)
def test_wrong_rate(rate, error, message):
    refuses(error, message, fit, schedule=lambda epoch: rate if epoch == 1 else 0.1)


def test_rate_of_zero_changes_nothing():
    assert_same_network(
        fit((X, Y), epochs=2, schedule=lambda epoch: 0.1 * (epoch == 0)).network,
        fit(epochs=1, learning_rate=0.1).network,
    )
