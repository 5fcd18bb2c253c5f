"""Arrays of every layout and type give the bits of a C-ordered float64 array of the same values."""

import numpy as np
import pytest
import rankone
from rankone import Dataset, Network, Trainer
from shared import PRECISIONS, assert_same

INTEGERS = ["int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", ">i2", ">i4", ">i8", ">u4"]
SIGNED = ["int8", "int16", "int32", "int64", ">i4"]
FLOATS = ["float16", "float32", "float64", ">f2", ">f4", ">f8", "longdouble"]
LABELS = np.arange(24) % 3

# Multiples of 1/8: exact in float16 too.
EIGHTHS = np.random.default_rng(0).integers(-16, 17, (24, 5)) / 8
WHOLE = np.random.default_rng(1).integers(0, 100, (24, 5)).astype(np.float64)
BITS = np.random.default_rng(2).integers(0, 2, (24, 5)).astype(np.float64)
ALPHA = np.random.default_rng(3).integers(-16, 17, (4, 6)) / 8
BETA = np.random.default_rng(4).integers(-16, 17, (3, 5)) / 8


def within(shape, place):
    """Return a function that gives an array as part of a wider one."""

    def layout(array):
        wide = np.full([size * times + more for size, (times, more) in zip(array.shape, shape, strict=True)], 77.0)
        wide[place] = array
        return wide[place]

    return layout


def read_only(array):
    array = array.copy()
    array.flags.writeable = False
    return array


def unaligned(array):
    view = np.zeros(array.nbytes + 1, np.uint8)[1:].view(np.float64).reshape(array.shape)
    view[:] = array
    return view


def field_of_records(array):
    """Numbers that lie a byte apart from multiples of their size, row after row."""
    records = np.zeros(len(array), [("label", "u1"), ("values", array.dtype, array.shape[1:])])
    records["values"] = array
    return records["values"]


LAYOUTS = {
    "field of records": field_of_records,
    "fortran": np.asfortranarray,
    "every second row": within([(2, 0), (1, 0)], np.s_[::2]),
    "every third column": within([(1, 0), (3, 0)], np.s_[:, 1::3]),
    "inner block": within([(1, 2), (1, 2)], np.s_[1:-1, 1:-1]),
    "reversed rows": lambda array: array[::-1].copy()[::-1],
    "reversed columns": lambda array: array[:, ::-1].copy()[:, ::-1],
    "reversed both": lambda array: array[::-1, ::-1].copy()[::-1, ::-1],
    "read-only": read_only,
    "unaligned": unaligned,
    "lists": np.ndarray.tolist,
    "tuples": lambda array: tuple(map(tuple, array)),
    "list of arrays": list,
}


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


def new_classifier(**settings):
    pytest.importorskip("sklearn", reason="RankOneClassifier needs scikit-learn")
    return rankone.RankOneClassifier(hidden_units=4, epochs=4, learning_rate=0.3, **settings)


def assert_classifier_same(array):
    classifier = new_classifier().fit(plain(array), LABELS)
    again = new_classifier().fit(array, LABELS)
    assert_same(again.network_.alpha, classifier.network_.alpha)
    assert_same(again.network_.beta, classifier.network_.beta)
    assert_same(classifier.predict(array), classifier.predict(plain(array)))
    assert_same(classifier.predict_proba(array), classifier.predict_proba(plain(array)))


def test_the_data_tell_classes_apart():
    for X in (EIGHTHS, WHOLE, BITS):
        network = trained(X, LABELS)
        assert not np.array_equal(network.alpha, trained(X[::-1].copy(), LABELS).alpha)
        assert len(np.unique(network.predict_proba(X), axis=0)) > 8


@pytest.mark.parametrize("precision", PRECISIONS)
@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)
def test_layout(layout, precision):
    array = layout(EIGHTHS)
    assert np.array_equal(plain(array), EIGHTHS)
    assert_all_same(array, precision)
    if precision == "float64":
        assert_classifier_same(array)


@pytest.mark.parametrize("precision", PRECISIONS)
@pytest.mark.parametrize("dtype", [*INTEGERS, *FLOATS, "bool"])
def test_type(dtype, precision):
    values = EIGHTHS if dtype in FLOATS else BITS if dtype == "bool" else WHOLE - 50 * (dtype in SIGNED)
    array = values.astype(dtype)
    assert np.array_equal(plain(array), values)
    assert_all_same(array, precision)
    if precision == "float64":
        assert_classifier_same(array)


@pytest.mark.parametrize("dtype", ["float32", "float16", ">f4", "int16", "bool"])
@pytest.mark.parametrize("layout", [np.asfortranarray, lambda array: array[::-1, ::-1], lambda array: array[::2, 1:4]])
def test_type_and_layout_together(layout, dtype):
    array = layout(BITS.astype(dtype))
    labels = LABELS[: len(array)]
    network = trained(plain(array), labels)
    assert_same(trained(array, labels).alpha, network.alpha)
    assert_same(network.predict_proba(array), network.predict_proba(plain(array)))


@pytest.mark.parametrize("mode", ["r", "r+", "c"])
@pytest.mark.parametrize("order", ["C", "F"])
def test_memmap(tmp_path, order, mode):
    path = tmp_path / "X.npy"
    file = np.lib.format.open_memmap(path, "w+", np.float64, EIGHTHS.shape, fortran_order=order == "F")
    file[:] = EIGHTHS
    file.flush()
    before = path.read_bytes()
    array = np.load(path, mmap_mode=mode)
    assert isinstance(array, np.memmap)
    assert_all_same(array, "float64")
    assert_classifier_same(array)
    assert path.read_bytes() == before


def test_broadcast_rows():
    array = np.broadcast_to(EIGHTHS[3], EIGHTHS.shape)
    assert array.strides[0] == 0
    assert_all_same(array, "float64")


def test_one_example_and_one_input():
    column = EIGHTHS[:, :1]
    assert_same(trained(column, LABELS).alpha, trained(column.copy(), LABELS).alpha)
    network = trained(EIGHTHS, LABELS)
    assert_same(network.predict_proba(EIGHTHS[7:8]), network.predict_proba(EIGHTHS)[7:8])


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)
def test_parameters_layout(layout):
    expected = Network(ALPHA, BETA)
    network = Network(layout(ALPHA), layout(BETA))
    assert_same(network.alpha, ALPHA)
    assert_same(network.beta, BETA)
    assert_same(network.predict_proba(EIGHTHS), expected.predict_proba(EIGHTHS))
    start = Trainer(hidden_units=4, epochs=2, start=(layout(ALPHA), layout(BETA))).fit((EIGHTHS, LABELS)).network
    assert_same(start.alpha, Trainer(hidden_units=4, epochs=2, start=expected).fit((EIGHTHS, LABELS)).network.alpha)


@pytest.mark.parametrize("dtype", ["float16", ">f8", "int8", ">i4", "int64"])
def test_parameters_type(dtype):
    alpha, beta = np.round(ALPHA), np.round(BETA)
    network = Network(alpha.astype(dtype), beta.astype(dtype))
    assert_same(network.alpha, alpha)
    assert_same(network.beta, beta)
    assert_same(network.predict_proba(EIGHTHS), Network(alpha, beta).predict_proba(EIGHTHS))


@pytest.mark.parametrize("dtype", [*INTEGERS, *FLOATS, "bool"])
def test_labels_type(dtype):
    labels = LABELS.astype(dtype)
    assert_same(Dataset(EIGHTHS, labels).y, labels.astype(np.int64))
    assert_same(trained(EIGHTHS, labels).alpha, trained(EIGHTHS, labels.astype(np.int64)).alpha)


@pytest.mark.parametrize("dtype", ["int64", "uint8", "float32"])
def test_labels_layout(dtype):
    labels = LABELS.astype(dtype)
    wide = np.stack([labels, labels + 1], axis=1)
    frozen = labels.copy()
    frozen.flags.writeable = False
    forms = {
        "list": labels.tolist(),
        "tuple": tuple(labels),
        "strided": wide[:, 0],
        "reversed": labels[::-1].copy()[::-1],
        "read-only": frozen,
        "column": labels[:, np.newaxis],
        "strided column": wide[:, :1],
        "column in a list": labels[:, np.newaxis].tolist(),
    }
    expected = trained(EIGHTHS, LABELS).alpha
    for name, form in forms.items():
        assert np.array_equal(Dataset(EIGHTHS, form).y, LABELS), name
        assert np.array_equal(trained(EIGHTHS, form).alpha, expected), name


@pytest.mark.parametrize("dtype", [*INTEGERS, "float16", "float32", "float64"])
def test_classifier_labels_type(dtype):
    classifier = new_classifier().fit(EIGHTHS, LABELS.astype(dtype))
    assert_same(classifier.classes_, np.arange(3).astype(dtype))
    assert_same(classifier.predict(EIGHTHS), new_classifier().fit(EIGHTHS, LABELS).predict(EIGHTHS).astype(dtype))
    assert_same(classifier.network_.alpha, trained(EIGHTHS, LABELS).alpha)


def test_classifier_labels_column():
    exceptions = pytest.importorskip("sklearn.exceptions", reason="RankOneClassifier needs scikit-learn")
    with pytest.warns(exceptions.DataConversionWarning, match="1d array"):
        classifier = new_classifier().fit(EIGHTHS, LABELS[:, np.newaxis])
    assert_same(classifier.network_.alpha, trained(EIGHTHS, LABELS).alpha)


@pytest.mark.parametrize("dtype", ["int8", "uint16", ">i4", "int64", "float64"])
def test_order_type(dtype):
    order = np.random.default_rng(5).permutation(len(LABELS))
    settings = {"hidden_units": 4, "epochs": 3}
    expected = Trainer(order=order, **settings).fit((EIGHTHS, LABELS)).network.alpha
    assert_same(Trainer(order=order.astype(dtype), **settings).fit((EIGHTHS, LABELS)).network.alpha, expected)
    assert_same(Trainer(order=order.tolist(), **settings).fit((EIGHTHS, LABELS)).network.alpha, expected)
    function = Trainer(order=lambda _epoch: order[::-1].astype(dtype)[::-1], **settings)
    assert_same(function.fit((EIGHTHS, LABELS)).network.alpha, expected)
    assert not np.array_equal(Trainer(**settings).fit((EIGHTHS, LABELS)).network.alpha, expected)


@pytest.mark.parametrize("precision", PRECISIONS)
def test_inputs_are_not_changed(precision):
    X, y, order = EIGHTHS.copy(), LABELS.copy(), np.arange(len(LABELS))[::-1].copy()
    alpha, beta = ALPHA.copy(), BETA.copy()
    data = Dataset(X, y, precision=precision)
    trainer = Trainer(hidden_units=4, epochs=3, order=order, start=(alpha, beta), precision=precision)
    outcome = trainer.fit((X, y), (X, y))
    Network(alpha, beta).predict_proba(X)
    outcome.network.predict(X)
    outcome.network.example(X[0], 1)
    data.split(0.25)
    classifier = new_classifier(precision=precision, validation_fraction=0.25, order="shuffled").fit(X, y)
    classifier.partial_fit(X, y).predict_proba(X)
    assert np.array_equal(X, EIGHTHS)
    assert np.array_equal(y, LABELS)
    assert np.array_equal(order, np.arange(len(LABELS))[::-1])
    assert np.array_equal(alpha, ALPHA)
    assert np.array_equal(beta, BETA)
    assert X.flags.writeable
    assert y.flags.writeable


def test_results_share_no_memory_with_arrays():
    X, y, alpha, beta = EIGHTHS.copy(), LABELS.copy(), ALPHA.copy(), BETA.copy()
    data, network = Dataset(X, y), Network(alpha, beta)
    for array in (X, alpha, beta):
        array[:] = 5.0
    y[:] = 0
    assert_same(data.X, EIGHTHS)
    assert_same(data.y, LABELS)
    assert_same(network.alpha, ALPHA)
    assert_same(network.beta, BETA)


def test_arrays_changed_during_a_training():
    X, y = EIGHTHS.copy(), LABELS.copy()

    def spoil(_epoch):
        X[:] = 5.0
        y[:] = 0

    network = Trainer(hidden_units=4, epochs=4, learning_rate=0.3, on_epoch=spoil).fit((X, y)).network
    assert X[0, 0] == 5.0
    assert_same(network.alpha, trained(EIGHTHS, LABELS).alpha)


def test_float32_outputs():
    X = np.random.default_rng(6).standard_normal((24, 5))
    data = Dataset(X, LABELS, precision="float32")
    assert data.precision == "float32"
    assert_same(data.X, X.astype(np.float32))
    network = trained(X, LABELS, "float32")
    assert network.precision == "float32"
    for array in (network.alpha, network.beta, network.predict_proba(X)):
        assert array.dtype == np.float32
    assert network.predict(X).dtype == np.int64
    example = network.example(X[0], 1)
    assert example["y_hat"].dtype == np.float32
    assert example["g_alpha"].dtype == np.float32
    assert_same(network.predict_proba(X), network.predict_proba(X.astype(np.float32)))
    assert np.allclose(network.predict_proba(X).sum(axis=1), 1, rtol=0, atol=1e-6)
    double = trained(X, LABELS)
    assert double.alpha.dtype == np.float64
    assert np.allclose(network.alpha, double.alpha, rtol=0, atol=1e-4)
    assert not np.array_equal(network.alpha, double.alpha)


def test_float32_arrays_without_a_precision():
    single = EIGHTHS.astype(np.float32)
    assert Dataset(single, LABELS).precision == "float32"
    assert Dataset(single, LABELS, precision="float64").precision == "float64"
    assert Dataset(EIGHTHS, LABELS).precision == "float64"
    assert Network(ALPHA.astype(np.float32), BETA.astype(np.float32)).precision == "float32"
    assert_same(trained(single, LABELS, None).alpha, trained(EIGHTHS, LABELS, "float32").alpha)


@pytest.mark.parametrize("dtype", ["float16", "float32", ">f4", "float64"])
def test_float32_classifier_takes_any_type(dtype):
    classifier = new_classifier(precision="float32").fit(EIGHTHS.astype(dtype), LABELS)
    assert_same(classifier.network_.alpha, trained(EIGHTHS, LABELS, "float32").alpha)
    assert_same(classifier.predict_proba(EIGHTHS), classifier.network_.predict_proba(EIGHTHS))
    for array in (*classifier.coefs_, *classifier.intercepts_, classifier.predict_proba(EIGHTHS)):
        assert array.dtype == np.float32
