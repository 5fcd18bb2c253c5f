"""What the tests of errors, copies and arrays share."""

import numpy as np
import pytest
import rankone
from rankone import Network, Trainer

X = np.random.default_rng(0).standard_normal((12, 4))
Y = np.arange(12) % 3
ALPHA = np.random.default_rng(1).standard_normal((5, 5))
BETA = np.random.default_rng(2).standard_normal((3, 6))
NETWORK = Network(ALPHA, BETA)
PRECISIONS = ["float64", "float32"]


def new_classifier(**settings):
    pytest.importorskip("sklearn", reason="RankOneClassifier needs scikit-learn")
    return rankone.RankOneClassifier(**{"hidden_units": 3, "epochs": 2, **settings})


def fit(train=(X, Y), validation=None, **settings):
    return Trainer(**{"hidden_units": 3, "epochs": 2, **settings}).fit(train, validation)


def with_value(array, value):
    array = array.astype(float)
    array.flat[len(array) // 2] = value
    return array


def refuses(error, message, function, *arguments, **settings):
    """Call the function: it has to raise this very type, and to say this."""
    with pytest.raises(error) as caught:
        function(*arguments, **settings)
    assert caught.type is error
    assert message in str(caught.value)
    return caught.value


def assert_same(found, expected):
    assert found.dtype == expected.dtype
    assert found.shape == expected.shape
    assert np.array_equal(found, expected)


def assert_same_network(found, expected):
    assert_same(found.alpha, expected.alpha)
    assert_same(found.beta, expected.beta)
