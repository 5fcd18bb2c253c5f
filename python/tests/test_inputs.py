"""Arrays that are no data set, no labels or no parameters are refused, and the message tells what to mend."""

import numpy as np
import pytest
from rankone import Dataset, Diverged, Network
from shared import ALPHA, BETA, NETWORK, X, Y, fit, new_classifier, refuses, with_value

WHOLE = "expected whole numbers from 0"
FINITE = "expected a finite number"
SHAPES = "expected (D, M+1) and (K, D+1), none of D, M, K zero"


def no_numbers(name, kind):
    return TypeError, f"{name}: found an array of type {kind}, expected numbers"


@pytest.mark.parametrize(
    ("array", "error", "message"),
    [
        (X[0], ValueError, "X: found shape (4,), expected a matrix"),
        (X[np.newaxis], ValueError, "X: found shape (1, 12, 4), expected a matrix"),
        (np.float64(1), ValueError, "X: found shape (), expected a matrix"),
        ([], ValueError, "X: found shape (0,), expected a matrix"),
        ([[1.0, 2.0], [3.0]], ValueError, "inhomogeneous"),
        (X.astype(object), *no_numbers("X", "object")),
        (None, *no_numbers("X", "object")),
        ({}, *no_numbers("X", "object")),
        ((row for row in X), *no_numbers("X", "object")),
        (X + 0j, *no_numbers("X", "complex128")),
        (X.astype(str), *no_numbers("X", "<U32")),
        ("X", *no_numbers("X", "<U1")),
        (X.astype("S8"), *no_numbers("X", "|S8")),
        (np.zeros((12, 4), "datetime64[s]"), *no_numbers("X", "datetime64[s]")),
        (np.zeros((12, 4), "timedelta64[s]"), *no_numbers("X", "timedelta64[s]")),
        (np.zeros(12, [("a", "f8"), ("b", "f8")]), *no_numbers("X", "[('a', '<f8'), ('b', '<f8')]")),
    ],
)
def test_what_is_no_matrix(array, error, message):
    refuses(error, message, Dataset, array, Y)
    refuses(error, message, fit, (array, Y))
    refuses(error, message, fit, validation=(array, Y))
    refuses(error, message, NETWORK.predict, array)
    refuses(error, message, NETWORK.predict_proba, array)


NO_DATA = [
    (with_value(X, np.nan), f"X[1, 2]: found NaN, {FINITE}"),
    (with_value(X, np.inf), f"X[1, 2]: found inf, {FINITE}"),
    (with_value(X, -np.inf), f"X[1, 2]: found -inf, {FINITE}"),
    (X[:0], "X: found no example, expected at least one"),
    (np.empty((0, 0)), "X: found no example, expected at least one"),
    (X[:, :0], "found 12 examples of 0 inputs, expected at least one of each"),
]


@pytest.mark.parametrize(("array", "message"), NO_DATA)
def test_numbers_that_are_no_data(array, message):
    refuses(ValueError, message, Dataset, array, Y)
    refuses(ValueError, message, fit, validation=(array, Y))


@pytest.mark.parametrize(("array", "message"), NO_DATA[:4])
def test_numbers_that_are_not_to_be_predicted(array, message):
    for function in (NETWORK.predict, NETWORK.predict_proba):
        refuses(ValueError, message, function, array)


def test_other_number_of_inputs():
    for array in (X[:, :3], np.hstack([X, X]), X[:, :0]):
        found = array.shape[1]
        for function in (NETWORK.predict, NETWORK.predict_proba):
            refuses(ValueError, f"X: found {found} inputs, expected 4 as the network has", function, array)
        if found > 0:
            message = f"validation set: found {found} inputs and 3 classes, expected 4 inputs and 3 classes as in the"
            refuses(ValueError, message, fit, validation=(array, Y))


def test_too_large_for_float32():
    with np.errstate(over="ignore"):
        refuses(ValueError, f"X[0, 0]: found inf, {FINITE}", Dataset, X * 1e300, Y, precision="float32")
        refuses(ValueError, f"alpha[0, 0]: found inf, {FINITE}", Network, ALPHA * 1e300, BETA, precision="float32")


@pytest.mark.parametrize(
    ("labels", "error", "message"),
    [
        (Y[:7], ValueError, "y: found 7 labels, expected 12 as X has"),
        (np.arange(13) % 3, ValueError, "y: found 13 labels, expected 12 as X has"),
        ([], ValueError, "y: found 0 labels, expected 12 as X has"),
        (np.eye(3)[Y], ValueError, "y: found shape (12, 3), expected a vector"),
        (Y[np.newaxis], ValueError, "y: found shape (1, 12), expected a vector"),
        (Y[:, np.newaxis, np.newaxis], ValueError, "y: found shape (12, 1, 1), expected a vector"),
        (1, ValueError, "y: found shape (), expected a vector"),
        (Y - 1, ValueError, f"y: found -1, {WHOLE}"),
        (Y - 1.0, ValueError, f"y: found -1.0, {WHOLE}"),
        (with_value(Y, 0.25), ValueError, f"y: found 0.25, {WHOLE}"),
        (with_value(Y, np.nan), ValueError, f"y: found NaN, {WHOLE}"),
        (with_value(Y, np.inf), ValueError, f"y: found inf, {WHOLE}"),
        (with_value(Y, 1e300), ValueError, f"y: found 1e300, {WHOLE}"),
        (Y.astype(str), *no_numbers("y", "<U21")),
        (Y.astype(object), *no_numbers("y", "object")),
        (Y + 0j, *no_numbers("y", "complex128")),
        (None, *no_numbers("y", "object")),
    ],
)
def test_wrong_labels(labels, error, message):
    refuses(error, message, Dataset, X, labels)
    refuses(error, message, fit, (X, labels))
    message = message.replace("y: ", "validation y: ").replace("as X has", "as validation X has")
    refuses(error, message, fit, validation=(X, labels))


def test_labels_out_of_range():
    for labels in (Y + 1, np.full(12, 7), Y + 2**32, np.full(12, 2**63, np.uint64)):
        found = labels.max() if labels.max() < 10 else labels[0]
        message = f"label: found {found}, expected a label below the 3 classes"
        refuses(ValueError, message, Dataset, X, labels, classes=3)
        refuses(ValueError, message, fit, validation=(X, labels))
    refuses(ValueError, "number of classes: found 4294967299, expected at most 1048576", Dataset, X, Y + 2**32)
    for classes in (1, 2):
        message = f"label: found {classes}, expected a label below the {classes} classes"
        refuses(ValueError, message, Dataset, X, Y, classes=classes)


@pytest.mark.parametrize(
    ("number", "error", "message"),
    [
        (0, ValueError, "classes: found 0, expected at least 1"),
        (10**9, ValueError, "number of classes: found 1000000000, expected at most 1048576"),
        (-1, ValueError, "classes: found -1, expected at least 1"),
        (2**64, ValueError, "found 18446744073709551616, expected at most"),
        (2.5, TypeError, "classes: found 2.5, expected a whole number"),
        ("3", TypeError, "classes: found '3', expected a whole number"),
    ],
)
def test_wrong_number_of_classes(number, error, message):
    refuses(error, message, Dataset, X, Y, classes=number)


@pytest.mark.parametrize(
    ("alpha", "beta", "error", "message"),
    [
        (ALPHA[0], BETA, ValueError, "alpha: found shape (5,), expected a matrix"),
        (ALPHA, BETA[0], ValueError, "beta: found shape (6,), expected a matrix"),
        (ALPHA[:4], BETA, ValueError, f"shapes of alpha and beta: found (4, 5) and (3, 6), {SHAPES}"),
        (ALPHA, BETA[:, 1:], ValueError, f"shapes of alpha and beta: found (5, 5) and (3, 5), {SHAPES}"),
        (ALPHA[:0], BETA[:, :1], ValueError, f"shapes of alpha and beta: found (0, 5) and (3, 1), {SHAPES}"),
        (ALPHA[:, :1], BETA, ValueError, f"shapes of alpha and beta: found (5, 1) and (3, 6), {SHAPES}"),
        (ALPHA[:, :0], BETA, ValueError, f"shapes of alpha and beta: found (5, 0) and (3, 6), {SHAPES}"),
        (ALPHA, BETA[:0], ValueError, f"shapes of alpha and beta: found (5, 5) and (0, 6), {SHAPES}"),
        (with_value(ALPHA, np.nan), BETA, ValueError, f"alpha[0, 2]: found NaN, {FINITE}"),
        (ALPHA, with_value(BETA, -np.inf), ValueError, f"beta[0, 1]: found -inf, {FINITE}"),
        (ALPHA, np.full(BETA.shape, "cat", object), *no_numbers("beta", "object")),
        (ALPHA + 0j, BETA, *no_numbers("alpha", "complex128")),
        (None, BETA, *no_numbers("alpha", "object")),
        (ALPHA.astype(str), BETA, *no_numbers("alpha", "<U32")),
    ],
)
def test_wrong_parameters(alpha, beta, error, message):
    refuses(error, message, Network, alpha, beta)
    refuses(error, message, fit, hidden_units=5, start=(alpha, beta))


@pytest.mark.parametrize(
    ("x", "y", "error", "message"),
    [
        (X[:1], 0, ValueError, "x: found shape (1, 4), expected a vector"),
        (X[0, :3], 0, ValueError, "expected 4 finite numbers"),
        (np.full(4, np.nan), 0, ValueError, "found [NaN, NaN, NaN, NaN], expected 4 finite numbers"),
        (X[0], 3, ValueError, "label: found 3, expected below the 3 classes"),
        (X[0], -1, ValueError, f"y: found -1, {WHOLE}"),
        (X[0], 0.5, ValueError, f"y: found 0.5, {WHOLE}"),
        (X[0], "a", *no_numbers("y", "<U1")),
        (X[0].astype(str), 0, *no_numbers("x", "<U32")),
    ],
)
def test_wrong_example(x, y, error, message):
    refuses(error, message, NETWORK.example, x, y)


@pytest.mark.parametrize("value", [3, NETWORK, (X,), (X, Y, Y), {"X": X, "y": Y}, "ab"], ids=str)
def test_what_is_no_data_set(value):
    message = f"set: found {type(value).__name__}, expected (X, y)"
    refuses(TypeError, f"training {message}", fit, value)
    refuses(TypeError, f"validation {message}", fit, validation=value)


def test_validation_set_of_another_kind():
    message = "validation set: found float32, expected float64 as the training set has"
    refuses(ValueError, message, fit, validation=Dataset(X, Y, precision="float32"))
    message = "validation set: found 4 inputs and 5 classes, expected 4 inputs and 3 classes as in the training set"
    refuses(ValueError, message, fit, validation=Dataset(X, Y, classes=5))


@pytest.mark.parametrize(
    ("array", "message"),
    [
        (X[0], "2D array"),
        (X[np.newaxis], "dim 3"),
        (with_value(X, np.nan), "NaN"),
        (with_value(X, -np.inf), "infinity"),
        (X[:0], "0 sample"),
        (X[:, :0], "0 feature"),
        (X + 0j, "Complex"),
        (np.full((12, 4), "cat", object), "cat"),
        (None, "None"),
    ],
)
def test_wrong_inputs_of_the_classifier(array, message):
    """These are scikit-learn's words."""
    classifier = new_classifier().fit(X, Y)
    for function in (classifier.predict, classifier.predict_proba):
        refuses(ValueError, message, function, array)
    for function in (new_classifier().fit, new_classifier().partial_fit):
        refuses(ValueError, message, function, array, Y)


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        (X[:, 0], "continuous"),
        (np.stack([Y, Y], axis=1), "1d array"),
        (with_value(Y, np.nan), "NaN"),
        (Y[:5], "12, 5"),
        (None, "requires y"),
    ],
)
def test_wrong_labels_of_the_classifier(labels, message):
    refuses(ValueError, message, new_classifier().fit, X, labels)
    with pytest.raises((ValueError, TypeError)):
        new_classifier().partial_fit(X, Y).partial_fit(X, labels)


def test_classifier_of_other_data():
    refuses(ValueError, "expecting 4 features", new_classifier().fit(X, Y).predict, X[:, :3])
    refuses(ValueError, "expecting 4 features", new_classifier().fit(X, Y).partial_fit, X[:, :3], Y)
    fit_too = new_classifier().fit
    refuses(ValueError, "expecting 4 features", fit_too, X, Y, X[:, :3], Y)
    refuses(ValueError, "12, 3", fit_too, X, Y, X, Y[:3])
    refuses(ValueError, "y_val: found label 3, expected one of [0 1 2]", fit_too, X, Y, X, Y + 1)
    other = "found None, expected the other half of the validation set of"
    refuses(ValueError, f"y_val: {other} X_val", fit_too, X, Y, X)
    refuses(ValueError, f"X_val: {other} y_val", fit_too, X, Y, None, Y)
    refuses(ValueError, "y: found label 2, expected one of [0 1]", new_classifier().partial_fit, X, Y, [0, 1])
    begun = new_classifier().partial_fit(X, Y).partial_fit
    refuses(ValueError, "classes: found [0 1 2 3], expected [0 1 2] as before", begun, X, Y, [0, 1, 2, 3])
    refuses(ValueError, "y: found label 3, expected one of [0 1 2]", begun, X, Y + 1)


FAILURES = [
    (Diverged, (X, Y), {"learning_rate": 1e305}),
    (ValueError, (X, Y), {"epochs": -1}),
    (ValueError, (with_value(X, np.nan), Y), {}),
    (ValueError, (X, Y, X), {}),
]


@pytest.mark.parametrize(("error", "data", "settings"), FAILURES)
def test_classifier_after_a_fit_that_failed(error, data, settings):
    """It is unfitted, as it was before its first fit; the next fit finds nothing of it."""
    exceptions = pytest.importorskip("sklearn.exceptions", reason="RankOneClassifier needs scikit-learn")
    unfitted, classifier = new_classifier(), new_classifier().fit(X, Y)
    expected = classifier.predict_proba(X)
    refuses(error, "", classifier.set_params(**settings).fit, *data)
    for each in (unfitted, classifier):
        for function in (each.predict, each.predict_proba):
            refuses(exceptions.NotFittedError, "not fitted yet", function, X)
    classifier.set_params(learning_rate=0.01, epochs=2).partial_fit(X, Y).partial_fit(X, Y)
    assert np.array_equal(classifier.predict_proba(X), expected)


@pytest.mark.parametrize(("error", "data", "settings"), FAILURES[:3])
def test_classifier_after_a_partial_fit_that_failed(error, data, settings):
    """It answers as before."""
    classifier = new_classifier().partial_fit(X, Y)
    before = classifier.predict_proba(X)
    refuses(error, "", classifier.set_params(**settings).partial_fit, *data)
    assert np.array_equal(classifier.predict_proba(X), before)
    assert classifier.n_iter_ == 1
