"""Settings outside their range, of a wrong type or of no known name are refused, and the message tells what to mend."""

import numpy as np
import pytest
from rankone import Dataset, Diverged, Network, Trainer
from shared import ALPHA, BETA, NETWORK, X, Y, fit, new_classifier, refuses

ORDERS = "file, shuffled, numpy, an array or a function"
SCHEDULES = "constant, inverse:H, step:F/E or cosine, or a function"
POSITIVE = "expected a positive number of the precision's range"
MOST = 2**64 - 1


def refuses_setting(error, message, setting, value):
    refuses(error, message, fit, validation=(X, Y), **{setting: value})
    name = {"seed": "random_state"}.get(setting, setting)
    if name in new_classifier().get_params() and not (setting == "seed" and error is TypeError):
        refuses(error, message, new_classifier(**{name: value}).fit, X, Y, X, Y)


@pytest.mark.parametrize("name", ["foo", "", "FILE", "Constant "])
@pytest.mark.parametrize(
    ("setting", "known"),
    [
        ("init", "random, zero or numpy"),
        ("order", ORDERS),
        ("schedule", SCHEDULES),
        ("keep", "last or best"),
        ("engine", "auto, reference, blas or blocked"),
        ("precision", "float64 or float32"),
    ],
)
def test_unknown_name(setting, known, name):
    message = f'{setting}: found "{name}", expected {known}'
    refuses_setting(ValueError, message, setting, name)
    if setting == "precision":
        refuses(ValueError, message, Dataset, X, Y, precision=name)
        refuses(ValueError, message, Network, ALPHA, BETA, precision=name)


@pytest.mark.parametrize(
    "name",
    [
        "constant:1",
        "inverse",
        "inverse:",
        "inverse:0",
        "inverse:-1",
        "inverse:nan",
        "inverse:inf",
        "inverse:x",
        "step",
        "step:0.5",
        "step:0.5/0",
        "step:0/1",
        "step:-1/1",
        "step:nan/2",
        "step:0.5/-2",
        "step:0.5/1.5",
        "cosine:3",
    ],
)
def test_wrong_schedule(name):
    refuses(ValueError, f'schedule: found "{name}", expected {SCHEDULES}', fit, schedule=name)


@pytest.mark.parametrize(
    ("setting", "value", "message"),
    [
        *[(name, 0, f"{name}: found 0, expected at least 1") for name in ("hidden_units", "epochs")],
        *[(name, -1, f"{name}: found -1, expected at least 1") for name in ("hidden_units", "epochs")],
        *[(name, value, f"{name}: found {value}, expected at least 1") for name in ("patience", "n_threads")
          for value in (0, -1)],
        ("hidden_units", 10**15, "hidden units: found 1000000000000000 for 4 inputs and 3 classes, expected fewer"),
        ("hidden_units", 2**63 - 1, "hidden units: found 9223372036854775807 for 4 inputs"),
        ("hidden_units", 2**64, "hidden_units: found 18446744073709551616, expected at most 18446744073709551615"),
        ("seed", -1, "seed: found -1, expected at least 0"),
        ("seed", 2**64, f"seed: found 18446744073709551616, expected at most {MOST}"),
        *[("learning_rate", value, f"found {found}, {POSITIVE}") for value, found in
          [(0, "0.0"), (-0.0, "-0.0"), (-0.1, "-0.1"), (np.nan, "NaN"), (np.inf, "inf"), (-np.inf, "-inf")]],
        ("checkpoint_seconds", -1, "checkpoint_seconds: found -1, expected a number from 0"),
        ("checkpoint_seconds", np.nan, "checkpoint_seconds: found NaN, expected a number from 0"),
    ],
)  # fmt: skip
def test_setting_out_of_range(setting, value, message):
    refuses_setting(ValueError, message, setting, value)


@pytest.mark.parametrize(
    ("expected", "settings", "values"),
    [
        ("a whole number", ["hidden_units", "epochs", "patience", "n_threads", "seed"], [1.5, "x", np.nan, [3]]),
        ("a whole number", ["hidden_units", "epochs", "seed"], [None]),
        ("a number", ["learning_rate", "checkpoint_seconds"], [None, "x", 1j, [3]]),
        ("a name", ["init", "engine", "keep"], [3]),
        ("a name", ["init", "engine"], [None]),
        ("a name or a function", ["schedule"], [3, None]),
        ("a function", ["on_epoch"], [3, "x"]),
    ],
)
def test_setting_of_wrong_type(expected, settings, values):
    for setting in settings:
        for value in values:
            refuses_setting(TypeError, f"{setting}: found {value!r}, expected {expected}", setting, value)


@pytest.mark.parametrize("function", [Dataset, fit, Network])
def test_precision_of_wrong_type(function):
    arrays = {Dataset: (X, Y), fit: (), Network: (ALPHA, BETA)}[function]
    refuses(TypeError, "precision: found 3, expected a name", function, *arrays, precision=3)


@pytest.mark.parametrize("setting", ["checkpoint", "resume"])
def test_setting_that_is_no_path(setting):
    refuses(TypeError, f"{setting}: found 3, expected a path", fit, **{setting: 3})


def test_unknown_setting():
    refuses(TypeError, "momentum", Trainer, momentum=0.9)
    refuses(TypeError, "positional", Trainer, 50)


@pytest.mark.parametrize("state", ["a", 1.5, np.random.default_rng(0)])
def test_random_state_of_another_kind(state):
    refuses(ValueError, "cannot be used to seed", new_classifier(random_state=state).fit, X, Y)


@pytest.mark.parametrize("share", [0, 1, -0.5, 1.5, np.nan, np.inf, 0.001, 0.999])
def test_wrong_share(share):
    found = "NaN" if np.isnan(share) else share
    message = f"share of the examples for validation: found {found} of 12, expected one that leaves examples on either"
    refuses(ValueError, message, Dataset(X, Y).split, share)
    if share != 0:
        refuses(ValueError, message, new_classifier(validation_fraction=share).fit, X, Y)


@pytest.mark.parametrize(
    ("seed", "error", "message"),
    [
        (-1, ValueError, "seed: found -1, expected at least 0"),
        (2**64, ValueError, f"seed: found 18446744073709551616, expected at most {MOST}"),
        (1.5, TypeError, "seed: found 1.5, expected a whole number"),
    ],
)
def test_seed_of_a_split(seed, error, message):
    refuses(error, message, Dataset(X, Y).split, 0.5, seed=seed)


def test_learning_rate_too_large():
    assert issubclass(Diverged, ArithmeticError)
    for rate, precision in ((1e305, "float64"), (1e308, "float64"), (1e38, "float32")):
        settings = {"learning_rate": rate, "precision": precision}
        message = "the cross-entropy is not finite after epoch 1 with learning rate 1e3"
        assert "try a smaller learning rate" in str(refuses(Diverged, message, fit, **settings))
        refuses(Diverged, message, new_classifier(**settings).fit, X, Y)
    refuses(ValueError, f"found 1e39, {POSITIVE}", fit, learning_rate=1e39, precision="float32")


@pytest.mark.parametrize("settings", [{"patience": 1}, {"keep": "best"}, {"patience": 1, "keep": "last"}])
def test_patience_without_validation_set(settings):
    refuses(ValueError, "found no validation set, expected one", fit, **settings)
    refuses(ValueError, "found no validation set, expected one", new_classifier(**settings).fit, X, Y)


def test_epochs_beyond_a_cosine_schedule():
    classifier = new_classifier(schedule="cosine").partial_fit(X, Y).partial_fit(X, Y)
    losses = classifier.loss_curve_
    refuses(ValueError, "epochs: found 2, which are done: a cosine schedule ends there", classifier.partial_fit, X, Y)
    assert classifier.loss_curve_ == losses
    assert new_classifier(schedule="cosine").fit(X, Y).loss_curve_ == losses
    assert classifier.set_params(epochs=3).partial_fit(X, Y).n_iter_ == 3


@pytest.mark.parametrize("value", [None, "x"])
def test_epochs_of_wrong_type_in_partial_fit(value):
    message = f"epochs: found {value!r}, expected a whole number"
    refuses(TypeError, message, new_classifier(epochs=value).partial_fit, X, Y)
    classifier = new_classifier(schedule="cosine").partial_fit(X, Y).set_params(epochs=value)
    refuses(TypeError, message, classifier.partial_fit, X, Y)


@pytest.mark.parametrize(
    ("start", "hidden_units", "found", "expected"),
    [
        ((ALPHA[:, :4], BETA), 5, "(3, 5, 3)", "(4, 5, 3)"),
        ((ALPHA, BETA[:2]), 5, "(4, 5, 2)", "(4, 5, 3)"),
        (NETWORK, 9, "(4, 5, 3)", "(4, 9, 3)"),
    ],
)
def test_start_of_other_shape(start, hidden_units, found, expected):
    message = f"M, D, K of the network to start from: found {found}, expected {expected}"
    refuses(ValueError, message, fit, hidden_units=hidden_units, start=start)


def test_start_of_another_kind():
    single = Dataset(X, Y, precision="float32")
    message = "network to start from: found float64, expected float32 as the training set has"
    refuses(ValueError, message, fit, single, hidden_units=5, start=NETWORK)
    for start in (3, "x", (ALPHA,), (ALPHA, BETA, BETA)):
        message = f"start: found {type(start).__name__}, expected a network or (alpha, beta)"
        refuses(TypeError, message, fit, hidden_units=5, start=start)
