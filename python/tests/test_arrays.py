"""Arrays of every layout and type give the bits of a C-ordered float64 array of the same values."""

import numpy as np
import pytest
from rankone import Dataset, Trainer

INTEGERS = ["int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", ">i2", ">i4", ">i8", ">u4"]
FLOATS = ["float16", "float32", "float64", ">f2", ">f4", ">f8", "longdouble"]
LABELS = np.arange(24) % 3

# Multiples of 1/8: exact in float16 too.
EIGHTHS = np.random.default_rng(0).integers(-16, 17, (24, 5)) / 8
WHOLE = np.random.default_rng(1).integers(0, 100, (24, 5)).astype(np.float64)
BITS = np.random.default_rng(2).integers(0, 2, (24, 5)).astype(np.float64)
ALPHA = np.random.default_rng(3).integers(-16, 17, (4, 6)) / 8
BETA = np.random.default_rng(4).integers(-16, 17, (3, 5)) / 8


def fortran(array):
    return np.asfortranarray(array)


def every_second_row(array):
    wide = np.full((2 * array.shape[0], array.shape[1]), 77.0)
    wide[::2] = array
    return wide[::2]


def every_third_column(array):
    wide = np.full((array.shape[0], 3 * array.shape[1]), 77.0)
    wide[:, 1::3] = array
    return wide[:, 1::3]


def inner_block(array):
    wide = np.full((array.shape[0] + 2, array.shape[1] + 2), 77.0)
    wide[1:-1, 1:-1] = array
    return wide[1:-1, 1:-1]


def reversed_rows(array):
    return array[::-1].copy()[::-1]


def reversed_columns(array):
    return array[:, ::-1].copy()[:, ::-1]


def reversed_both(array):
    return array[::-1, ::-1].copy()[::-1, ::-1]


def transposed(array):
    return array.T.copy().T


def read_only(array):
    array = array.copy()
    array.flags.writeable = False
    return array


def unaligned(array):
    buffer = np.zeros(array.nbytes + 1, np.uint8)
    view = buffer[1:].view(np.float64).reshape(array.shape)
    view[:] = array
    return view


def lists(array):
    return array.tolist()


def tuples(array):
    return tuple(tuple(row) for row in array)


def list_of_arrays(array):
    return list(array)


LAYOUTS = [
    fortran,
    every_second_row,
    every_third_column,
    inner_block,
    reversed_rows,
    reversed_columns,
    reversed_both,
    transposed,
    read_only,
    unaligned,
    lists,
    tuples,
    list_of_arrays,
]
PRECISIONS = ["float64", "float32"]


def assert_same(found, expected):
    assert found.dtype == expected.dtype
    assert found.shape == expected.shape
    assert np.isfinite(expected).all()
    assert np.array_equal(found, expected)


def plain(array):
    return np.array(array, dtype=np.float64, order="C")


def trained(X, y, precision="float64"):
    return Trainer(hidden_units=4, epochs=4, learning_rate=0.3, precision=precision).fit((X, y)).network


def assert_all_same(array, precision):
    """Hold a data set, a training and a network's answers of an array against those of the plain array."""
    expected = plain(array)
    assert_same(Dataset(array, LABELS, precision=precision).X, Dataset(expected, LABELS, precision=precision).X)
    network = trained(expected, LABELS, precision)
    assert_same(trained(array, LABELS, precision).alpha, network.alpha)
    assert_same(trained(array, LABELS, precision).beta, network.beta)
    assert_same(network.predict(array), network.predict(expected))
    assert_same(network.predict_proba(array), network.predict_proba(expected))


def assert_classifier_same(array):
    sklearn_classifier = pytest.importorskip("sklearn", reason="scikit-learn is missing") and _classifier()
    expected = plain(array)
    network = sklearn_classifier.fit(expected, LABELS).network_
    probabilities = sklearn_classifier.predict_proba(expected)
    labels = sklearn_classifier.predict(expected)
    assert_same(sklearn_classifier.predict_proba(array), probabilities)
    assert_same(sklearn_classifier.predict(array), labels)
    again = _classifier().fit(array, LABELS)
    assert_same(again.network_.alpha, network.alpha)
    assert_same(again.network_.beta, network.beta)


def _classifier():
    return None
