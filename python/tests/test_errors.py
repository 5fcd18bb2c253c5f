"""What is wrong is refused: the exception's type, and the part of its message that tells what to mend."""

import os
import re

import numpy as np
import pytest
import rankone
from rankone import DataError, Dataset, Diverged, Network, Trainer, read_csv

X = np.random.default_rng(0).standard_normal((12, 4))
Y = np.arange(12) % 3
ALPHA = np.random.default_rng(1).standard_normal((5, 5))
BETA = np.random.default_rng(2).standard_normal((3, 6))
NETWORK = Network(ALPHA, BETA)


def with_value(array, value):
    array = array.astype(float)
    array.flat[len(array) // 2] = value
    return array


def new_classifier(**settings):
    pytest.importorskip("sklearn", reason="RankOneClassifier needs scikit-learn")
    return rankone.RankOneClassifier(**{"hidden_units": 3, "epochs": 2, **settings})


def fit(train=(X, Y), validation=None, **settings):
    return Trainer(**{"hidden_units": 3, "epochs": 2, **settings}).fit(train, validation)


WRONG_ARRAYS = {
    "1-d": (X[0], ValueError, r"X.*\(4,\).*2 dim"),
    "3-d": (X[np.newaxis], ValueError, r"X.*\(1, 12, 4\).*2 dim"),
    "0-d": (np.float64(1), ValueError, r"X.*\(\).*2 dim"),
    "NaN": (with_value(X, np.nan), ValueError, "not finite"),
    "infinite": (with_value(X, np.inf), ValueError, "not finite"),
    "minus infinite": (with_value(X, -np.inf), ValueError, "not finite"),
    "no rows": (X[:0], ValueError, "0"),
    "no columns": (X[:, :0], ValueError, "0"),
    "no rows, no columns": (np.empty((0, 0)), ValueError, "0"),
    "empty list": ([], ValueError, r"\(0,\)"),
    "ragged": ([[1.0, 2.0], [3.0]], ValueError, "inhomogeneous"),
    "objects": (X.astype(object), TypeError, "X.*object.*numbers"),
    "None": (None, TypeError, "X.*object.*numbers"),
    "None within": (np.full((12, 4), None), TypeError, "X.*object.*numbers"),
    "complex": (X + 0j, TypeError, "X.*complex128.*numbers"),
    "strings": (np.full((12, 4), "cat"), TypeError, "X.*<U3.*numbers"),
    "numbers as strings": (X.astype(str), TypeError, "X.*<U.*numbers"),
    "bytes": (X.astype("S8"), TypeError, "X.*S8.*numbers"),
    "dates": (np.zeros((12, 4), "datetime64[s]"), TypeError, "X.*datetime64.*numbers"),
    "spans of time": (np.zeros((12, 4), "timedelta64[s]"), TypeError, "X.*timedelta64.*numbers"),
    "records": (np.zeros(12, [("a", "f8"), ("b", "f8")]), TypeError, "X.*numbers"),
    "a string": ("X", TypeError, "X.*numbers"),
    "a dict": ({}, TypeError, "X.*numbers"),
    "a generator": ((row for row in X), TypeError, "X.*numbers"),
}


@pytest.mark.parametrize(("array", "error", "message"), WRONG_ARRAYS.values(), ids=WRONG_ARRAYS)
def test_wrong_inputs(array, error, message):
    with pytest.raises(error, match=message):
        Dataset(array, Y)
    with pytest.raises(error, match=message):
        fit((array, Y))
    with pytest.raises(error, match=message):
        fit(validation=(array, Y))
    with pytest.raises(error, match=message):
        NETWORK.predict(array)
    with pytest.raises(error, match=message):
        NETWORK.predict_proba(array)


def test_wrong_inputs_of_the_classifier():
    classifier = new_classifier().fit(X, Y)
    wrong = {
        "1-d": (X[0], ValueError, "2D array"),
        "3-d": (X[np.newaxis], ValueError, "dim 3"),
        "NaN": (with_value(X, np.nan), ValueError, "NaN"),
        "infinite": (with_value(X, -np.inf), ValueError, "infinity"),
        "no rows": (X[:0], ValueError, "0 sample"),
        "no columns": (X[:, :0], ValueError, "0 feature"),
        "complex": (X + 0j, ValueError, "Complex"),
        "strings": (np.full((12, 4), "cat"), ValueError, "string"),
        "names in objects": (np.full((12, 4), "cat", object), ValueError, "cat"),
        "None": (None, ValueError, "None"),
    }
    for array, error, message in wrong.values():
        with pytest.raises(error, match=message):
            new_classifier().fit(array, Y)
        with pytest.raises(error, match=message):
            new_classifier().partial_fit(array, Y)
        with pytest.raises(error, match=message):
            classifier.predict(array)
        with pytest.raises(error, match=message):
            classifier.predict_proba(array)
    for array in (X[:, :3], np.hstack([X, X])):
        with pytest.raises(ValueError, match="expecting 4 features"):
            classifier.predict(array)
        with pytest.raises(ValueError, match="expecting 4 features"):
            classifier.partial_fit(array, Y)


@pytest.mark.parametrize("array", [X[:, :3], np.hstack([X, X]), X[:, :1]])
def test_other_number_of_inputs(array):
    with pytest.raises(ValueError, match=rf"12, {array.shape[1]}\).*4\)"):
        NETWORK.predict(array)
    with pytest.raises(ValueError, match=rf"12, {array.shape[1]}\).*4\)"):
        NETWORK.predict_proba(array)
    with pytest.raises(ValueError, match=rf"validation set.*{array.shape[1]} inputs.*4 inputs"):
        fit(validation=(array, Y))


def test_too_large_for_float32():
    with pytest.raises(ValueError, match="not finite"), np.errstate(over="ignore"):
        Dataset(X * 1e300, Y, precision="float32")


WRONG_LABELS = {
    "fewer": (Y[:7], ValueError, "labels.*7.*12"),
    "more": (np.arange(13) % 3, ValueError, "labels.*13.*12"),
    "two columns": (np.stack([Y, Y], axis=1), ValueError, r"y.*\(12, 2\)"),
    "one-hot": (np.eye(3)[Y], ValueError, r"y.*\(12, 3\)"),
    "a row": (Y[np.newaxis], ValueError, r"y.*\(1, 12\)"),
    "3-d": (Y[:, np.newaxis, np.newaxis], ValueError, r"y.*\(12, 1, 1\)"),
    "0-d": (1, ValueError, r"y.*\(\)"),
    "negative": (Y - 1, ValueError, "y.*-1.*whole numbers from 0"),
    "negative floats": (Y - 1.0, ValueError, "y.*-1.*whole numbers from 0"),
    "fractions": (Y + 0.5, ValueError, r"y.*0\.5.*whole numbers from 0"),
    "one fraction": (with_value(Y, 0.25), ValueError, r"y.*0\.25.*whole numbers from 0"),
    "NaN": (with_value(Y, np.nan), ValueError, "y.*NaN.*whole numbers from 0"),
    "infinite": (with_value(Y, np.inf), ValueError, "y.*inf.*whole numbers from 0"),
    "1e300": (with_value(Y, 1e300), ValueError, "y.*whole numbers from 0"),
    "2**32": (Y + 2**32, ValueError, "4294967\\d\\d\\d.*(at most|classes)"),
    "2**63": (np.full(12, 2**63, np.uint64), ValueError, "whole numbers from 0|number of classes"),
    "empty": ([], ValueError, "0"),
    "strings": (np.array(["a", "b", "c"])[Y], TypeError, "y.*<U1.*numbers"),
    "numbers as strings": (Y.astype(str), TypeError, "y.*<U.*numbers"),
    "objects": (Y.astype(object), TypeError, "y.*object.*numbers"),
    "complex": (Y + 0j, TypeError, "y.*complex128.*numbers"),
    "None": (None, TypeError, "y.*object.*numbers"),
}


@pytest.mark.parametrize(("labels", "error", "message"), WRONG_LABELS.values(), ids=WRONG_LABELS)
def test_wrong_labels(labels, error, message):
    with pytest.raises(error, match=message):
        Dataset(X, labels)
    with pytest.raises(error, match=message):
        fit((X, labels))
    with pytest.raises(error, match=message):
        fit(validation=(X, labels))


@pytest.mark.parametrize("labels", [Y + 1, np.full(12, 7)])
def test_labels_out_of_range(labels):
    with pytest.raises(ValueError, match=rf"label.*{labels.max()}.*3 classes"):
        Dataset(X, labels, classes=3)
    with pytest.raises(ValueError, match=rf"label.*{labels.max()}.*3 classes"):
        fit(validation=(X, labels))


@pytest.mark.parametrize(
    ("labels", "error", "message"),
    [
        (X[:, 0], ValueError, "continuous"),
        (np.stack([Y, Y], axis=1), ValueError, "1d array"),
        (with_value(Y, np.nan), ValueError, "NaN"),
        (Y[:5], ValueError, r"12, 5"),
        ([], ValueError, r"12, 0"),
        (None, ValueError, "requires y"),
    ],
)
def test_wrong_labels_of_the_classifier(labels, error, message):
    with pytest.raises(error, match=message):
        new_classifier().fit(X, labels)
    with pytest.raises((ValueError, TypeError)):
        new_classifier().partial_fit(X, Y).partial_fit(X, labels)


@pytest.mark.parametrize("number", [0, 1, 2])
def test_too_few_classes(number):
    with pytest.raises(ValueError, match=f"{number} classes"):
        Dataset(X, Y, classes=number)


@pytest.mark.parametrize(
    ("number", "error", "message"),
    [
        (-1, ValueError, "number of classes.*-1"),
        (10**9, ValueError, "number of classes.*1000000000"),
        (2.5, TypeError, "float"),
        ("3", TypeError, "str"),
    ],
)
def test_wrong_number_of_classes(number, error, message):
    with pytest.raises(error, match=message):
        Dataset(X, Y, classes=number)


@pytest.mark.parametrize("share", [0, 1, -0.5, 1.5, np.nan, np.inf, 0.001, 0.999])
def test_wrong_share(share):
    with pytest.raises(ValueError, match="share"):
        Dataset(X, Y).split(share)
    if share != 0:
        with pytest.raises(ValueError, match="share"):
            new_classifier(validation_fraction=share).fit(X, Y)


WRONG_PARAMETERS = {
    "1-d alpha": (ALPHA[0], BETA, ValueError, r"alpha.*\(5,\)"),
    "1-d beta": (ALPHA, BETA[0], ValueError, r"beta.*\(6,\)"),
    "3-d alpha": (ALPHA[np.newaxis], BETA, ValueError, r"alpha.*\(1, 5, 5\)"),
    "hidden units do not fit": (ALPHA[:4], BETA, ValueError, r"alpha and beta.*\(4, 5\).*\(3, 6\)"),
    "beta without bias": (ALPHA, BETA[:, 1:], ValueError, r"alpha and beta.*\(5, 5\).*\(3, 5\)"),
    "swapped": (BETA, ALPHA, ValueError, r"alpha and beta.*\(3, 6\).*\(5, 5\)"),
    "no hidden units": (ALPHA[:0], BETA[:, :1], ValueError, r"alpha and beta.*\(0, 5\).*\(3, 1\)"),
    "no inputs": (ALPHA[:, :1], BETA, ValueError, r"alpha and beta.*\(5, 1\)"),
    "no columns": (ALPHA[:, :0], BETA, ValueError, r"alpha and beta.*\(5, 0\)"),
    "no classes": (ALPHA, BETA[:0], ValueError, r"alpha and beta.*\(0, 6\)"),
    "objects": (ALPHA, np.full(BETA.shape, "cat", object), TypeError, "beta.*object"),
    "complex": (ALPHA + 0j, BETA, TypeError, "alpha.*complex"),
    "None": (None, BETA, TypeError, "alpha.*object"),
    "strings": (ALPHA.astype(str), BETA, TypeError, "alpha.*<U"),
}


@pytest.mark.parametrize(("alpha", "beta", "error", "message"), WRONG_PARAMETERS.values(), ids=WRONG_PARAMETERS)
def test_wrong_parameters(alpha, beta, error, message):
    with pytest.raises(error, match=message):
        Network(alpha, beta)
    with pytest.raises((TypeError, ValueError)):
        fit(hidden_units=5, start=(alpha, beta))


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_parameters_that_are_not_finite(tmp_path, value):
    with pytest.raises(ValueError, match="finite"):
        Network(with_value(ALPHA, value), BETA).save(tmp_path / "model")
    with pytest.raises(ValueError, match="finite"):
        Network(ALPHA, np.full(BETA.shape, value)).predict_proba(X)


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_start_that_is_not_finite(value):
    """No learning rate is too large here, as the message of Diverged would have it."""
    with pytest.raises(ValueError, match="finite"):
        fit(hidden_units=5, start=(ALPHA, np.full(BETA.shape, value)))
    with pytest.raises(ValueError, match="finite"):
        fit(hidden_units=5, start=Network(ALPHA, np.full(BETA.shape, value)))


@pytest.mark.filterwarnings("ignore:Casting complex")
@pytest.mark.parametrize("layer", [ALPHA + 1j, ALPHA.astype(str)], ids=["complex", "strings"])
def test_start_that_is_no_numbers(layer):
    with pytest.raises(TypeError, match="numbers"):
        fit(hidden_units=5, start=(layer, BETA))


def test_start_of_other_shape():
    for start, found in [((ALPHA[:, :4], BETA), "3, 5, 3"), ((ALPHA, BETA[:2]), "4, 5, 2")]:
        with pytest.raises(ValueError, match=rf"start.*\({found}\).*\(4, 5, 3\)"):
            fit(hidden_units=5, start=start)
        with pytest.raises(ValueError, match=rf"start.*\({found}\).*\(4, 5, 3\)"):
            fit(hidden_units=5, start=Network(*start))
    with pytest.raises(ValueError, match=r"start.*\(4, 5, 3\).*\(4, 9, 3\)"):
        fit(hidden_units=9, start=NETWORK)
    with pytest.raises(ValueError, match=r"start.*precision"):
        fit(Dataset(X, Y, precision="float32"), hidden_units=5, start=NETWORK)


def test_validation_set_of_another_precision():
    with pytest.raises(ValueError, match=r"validation set.*precision"):
        fit(validation=Dataset(X, Y, precision="float32"))


@pytest.mark.parametrize(
    ("x", "y", "error", "message"),
    [
        (X[:1], 0, ValueError, r"x.*\(1, 4\)"),
        (X[0, :3], 0, ValueError, "4 finite numbers"),
        (np.full(4, np.nan), 0, ValueError, "4 finite numbers"),
        (X[0], 3, ValueError, "label.*3 classes"),
        (X[0], -1, ValueError, "y.*-1"),
        (X[0], 0.5, ValueError, r"y.*0\.5"),
        (X[0], "a", TypeError, "y.*<U1"),
        (X[0].astype(str), 0, TypeError, "x.*<U"),
    ],
)
def test_wrong_example(x, y, error, message):
    with pytest.raises(error, match=message):
        NETWORK.example(x, y)


NAMES = {
    "init": ["random", "zero", "numpy"],
    "order": ["file", "shuffled", "numpy"],
    "schedule": ["constant", "inverse:H", "step:F/E", "cosine"],
    "keep": ["last", "best"],
    "engine": ["auto", "reference", "blas", "blocked"],
    "precision": ["float64", "float32"],
}


@pytest.mark.parametrize("name", ["foo", "", "FILE", "Constant "])
@pytest.mark.parametrize("setting", NAMES)
def test_unknown_name(setting, name):
    with pytest.raises(ValueError, match=f"{setting}.*{re.escape(name)}.*{NAMES[setting][-1]}") as caught:
        fit(**{setting: name})
    for known in NAMES[setting]:
        assert known in str(caught.value)
    if setting != "engine":
        with pytest.raises(ValueError, match=f"{setting}.*{re.escape(name)}"):
            new_classifier(**{setting: name}).fit(X, Y)


@pytest.mark.parametrize("name", ["foo", "float16", ""])
def test_unknown_precision(name):
    with pytest.raises(ValueError, match=f"precision.*{name}.*float64 or float32"):
        Dataset(X, Y, precision=name)


@pytest.mark.parametrize(
    "schedule",
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
def test_wrong_schedule(schedule):
    with pytest.raises(ValueError, match=f"schedule.*{schedule}.*inverse:H"):
        fit(schedule=schedule)


OUT_OF_RANGE = {
    "hidden_units": ("hidden.units", [0, -1, 10**15, 2**63 - 1, 2**64]),
    "epochs": ("epochs", [0, -1]),
    "learning_rate": ("learning.rate", [0, 0.0, -0.0, -0.1, np.nan, np.inf, -np.inf]),
    "patience": ("patience", [0, -1]),
    "seed": ("seed", [-1, 2**64]),
    "n_threads": ("threads", [0, -1]),
    "checkpoint_seconds": ("checkpoint_seconds", [-1, np.nan]),
}


@pytest.mark.parametrize(
    ("setting", "value"), [(setting, value) for setting, (_, values) in OUT_OF_RANGE.items() for value in values]
)
def test_setting_out_of_range(setting, value):
    words, _ = OUT_OF_RANGE[setting]
    with pytest.raises(ValueError, match=words):
        fit(validation=(X, Y), **{setting: value})
    name = {"seed": "random_state"}.get(setting, setting)
    if setting != "checkpoint_seconds":
        with pytest.raises(ValueError, match=words):
            new_classifier(**{name: value}).fit(X, Y, X, Y)


@pytest.mark.parametrize("value", [1.5, "3", np.nan, [3]])
@pytest.mark.parametrize("setting", ["hidden_units", "epochs", "patience", "n_threads"])
def test_setting_of_wrong_type(setting, value):
    with pytest.raises(TypeError, match=setting.removeprefix("n_")):
        fit(validation=(X, Y), **{setting: value})
    with pytest.raises(TypeError, match=setting.removeprefix("n_")):
        new_classifier(**{setting: value}).fit(X, Y, X, Y)


@pytest.mark.parametrize("setting", ["hidden_units", "epochs", "learning_rate", "seed", "init", "engine"])
def test_setting_that_is_none(setting):
    with pytest.raises(TypeError, match=setting):
        fit(**{setting: None})


def test_unknown_setting():
    with pytest.raises(TypeError, match="momentum"):
        Trainer(momentum=0.9)
    with pytest.raises(TypeError, match="positional"):
        Trainer(50)


def test_seed_of_a_split():
    for seed in (-1, 2**64):
        with pytest.raises((ValueError, OverflowError)):
            Dataset(X, Y).split(0.5, seed=seed)


def test_random_state_of_another_kind():
    for state in ("a", 1.5, np.random.default_rng(0)):
        with pytest.raises(ValueError, match="cannot be used to seed"):
            new_classifier(random_state=state).fit(X, Y)


@pytest.mark.parametrize("rate", [1e305, 1e308])
def test_learning_rate_too_large(rate):
    assert issubclass(Diverged, ArithmeticError)
    with pytest.raises(Diverged, match="smaller learning rate"):
        fit(learning_rate=rate)
    with pytest.raises(Diverged, match="smaller learning rate"):
        new_classifier(learning_rate=rate).fit(X, Y)


def test_learning_rate_too_large_for_float32():
    with pytest.raises(ValueError, match=r"learning rate.*1e39.*precision"):
        fit(learning_rate=1e39, precision="float32")
    with pytest.raises(Diverged, match="smaller learning rate"):
        fit(learning_rate=1e38, precision="float32")


@pytest.mark.parametrize("settings", [{"patience": 1}, {"keep": "best"}, {"patience": 1, "keep": "last"}])
def test_patience_without_validation_set(settings):
    with pytest.raises(ValueError, match="validation set"):
        fit(**settings)
    with pytest.raises(ValueError, match="validation set"):
        new_classifier(**settings).fit(X, Y)


def test_half_a_validation_set():
    with pytest.raises(ValueError, match="X_val and y_val"):
        new_classifier().fit(X, Y, X)
    with pytest.raises(ValueError, match="X_val and y_val"):
        new_classifier().fit(X, Y, None, Y)


def test_wrong_validation_set_of_the_classifier():
    with pytest.raises(ValueError, match=r"label.*3"):
        new_classifier().fit(X, Y, X, Y + 1)
    with pytest.raises(ValueError, match="expecting 4 features"):
        new_classifier().fit(X, Y, X[:, :3], Y)
    with pytest.raises(ValueError, match=r"12, 3"):
        new_classifier().fit(X, Y, X, Y[:3])


def test_classes_of_partial_fit():
    with pytest.raises(ValueError, match=r"label.*2"):
        new_classifier().partial_fit(X, Y, [0, 1])
    with pytest.raises(ValueError, match="classes"):
        new_classifier().partial_fit(X, Y).partial_fit(X, Y, [0, 1, 2, 3])
    with pytest.raises(ValueError, match=r"label.*3"):
        new_classifier().partial_fit(X, Y).partial_fit(X, Y + 1)


def test_classifier_before_fit():
    exceptions = pytest.importorskip("sklearn.exceptions", reason="RankOneClassifier needs scikit-learn")
    with pytest.raises(exceptions.NotFittedError, match="fit"):
        new_classifier().predict(X)
    with pytest.raises(exceptions.NotFittedError, match="fit"):
        new_classifier().predict_proba(X)


def test_classifier_after_a_training_that_failed():
    """What a training that fails leaves answers as before, or not at all; never half and half."""
    names = np.array(["a", "b", "c"])
    classifier = new_classifier().fit(X, names[Y])
    before = classifier.predict(X)
    with pytest.raises(Diverged):
        classifier.set_params(learning_rate=1e305).fit(X, names[::-1][Y])
    assert np.array_equal(classifier.predict(X), before)
    with pytest.raises(Diverged):
        classifier.fit(X, np.array(["x", "y", "z"])[Y])
    assert np.array_equal(classifier.predict(X), classifier.network_.predict(X))


@pytest.mark.parametrize(
    "train", [None, 3, NETWORK, (X,), (X, Y, Y), {"X": X, "y": Y}], ids=["None", "3", "network", "one", "three", "dict"]
)
def test_what_is_no_data_set(train):
    with pytest.raises((TypeError, ValueError)):
        fit(train)


# Files


def write(folder, text):
    path = folder / "data.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_missing_files(tmp_path):
    for path in (tmp_path / "none", str(tmp_path / "none"), tmp_path / "none" / "none"):
        with pytest.raises(FileNotFoundError, match="none"):
            read_csv(path)
        with pytest.raises(FileNotFoundError, match="none"):
            Network.load(path)
        with pytest.raises(FileNotFoundError, match="none"):
            fit(resume=path)


def test_folders(tmp_path):
    name = re.escape(str(tmp_path))
    with pytest.raises((DataError, IsADirectoryError), match=f"{name}.*directory"):
        read_csv(tmp_path)
    with pytest.raises((ValueError, IsADirectoryError), match=f"{name}.*directory"):
        Network.load(tmp_path)
    with pytest.raises((ValueError, IsADirectoryError), match=f"{name}.*directory"):
        fit(resume=tmp_path)
    with pytest.raises(OSError, match=f"{name}.*directory"):
        NETWORK.save(tmp_path)
    with pytest.raises(OSError, match=f"{name}.*directory"):
        fit(checkpoint=tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_folder_that_does_not_exist(tmp_path):
    with pytest.raises(FileNotFoundError, match="none"):
        NETWORK.save(tmp_path / "none" / "model")
    with pytest.raises(FileNotFoundError, match="none"):
        fit(checkpoint=tmp_path / "none" / "state")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("path", [None, 3, 1.5, ["a"]])
def test_what_is_no_path(path):
    with pytest.raises(TypeError):
        read_csv(path)
    with pytest.raises(TypeError):
        Network.load(path)
    with pytest.raises(TypeError):
        NETWORK.save(path)


def test_what_is_no_model(tmp_path):
    path = tmp_path / "model"
    NETWORK.save(path)
    model = path.read_bytes()
    assert Network.load(path).inputs == 4
    wrong = {
        "empty": b"",
        "text": b"0,0.5,1\n1,0.25,0\n",
        "noise": np.random.default_rng(3).bytes(500),
        "zeros": bytes(500),
        "cut short": model[:-1],
        "cut in the header": model[:40],
        "longer": model + b"x",
        "a huge header": b"\xff" * 8 + model[8:],
        "whole numbers": model.replace(b"F64", b"I64"),
        "no alpha": model.replace(b"alpha", b"alpho"),
        "another format": model.replace(b"rankone 1", b"rankone 9"),
        "other shapes": model.replace(b"[5,5]", b"[1,5]"),
    }
    for name, content in wrong.items():
        assert content != model, name
        path.write_bytes(content)
        with pytest.raises(ValueError, match=r"model.*not a rankone model"):
            Network.load(path)


def test_model_cut_anywhere(tmp_path):
    path = tmp_path / "model"
    NETWORK.save(path)
    model = path.read_bytes()
    for length in range(0, len(model), 7):
        path.write_bytes(model[:length])
        with pytest.raises(ValueError, match="not a rankone model"):
            Network.load(path)


def test_what_is_no_state(tmp_path):
    path = tmp_path / "state"
    for content in (b"", b"0,1\n1,0\n", np.random.default_rng(3).bytes(500)):
        path.write_bytes(content)
        with pytest.raises(ValueError, match=r"state.*no state to go on from"):
            fit(resume=path)
    fit(checkpoint=path)
    state = path.read_bytes()
    path.write_bytes(state[:-1])
    with pytest.raises(ValueError, match=r"state.*no state to go on from"):
        fit(resume=path, epochs=5)


def test_state_of_another_training(tmp_path):
    path = tmp_path / "state"
    fit(checkpoint=path)
    assert len(fit(resume=path, epochs=5).history) == 5
    for settings in ({"hidden_units": 4}, {"seed": 3}, {"learning_rate": 0.5}, {"order": "shuffled"}):
        with pytest.raises(ValueError, match="settings"):
            fit(resume=path, **{"epochs": 5, **settings})
    with pytest.raises(ValueError, match="epochs"):
        fit(resume=path, epochs=1)
    with pytest.raises(ValueError, match="training set"):
        fit((X + 1, Y), resume=path, epochs=5)
    with pytest.raises(ValueError, match="precision"):
        fit(resume=path, epochs=5, precision="float32")


PLACE = r"data\.csv, line {}, column {}: found .*expected "
WRONG_FILES = {
    "a word": ("0,0.5,1\n1,x,1\n", {}, PLACE.format(2, 2), '"x"'),
    "an empty field": ("0,0.5,1\n1,0,\n", {}, PLACE.format(2, 3), "an empty field"),
    "NaN": ("0,0.5,1\n1,nan,1\n", {"values": "any"}, PLACE.format(2, 2), '"nan"'),
    "infinity": ("0,0.5,1\n1,1,inf\n", {"values": "any"}, PLACE.format(2, 3), '"inf"'),
    "over the range": ("0,0.5,1\n1,1,1e400\n", {"values": "any"}, PLACE.format(2, 3), '"1e400"'),
    "over float32": ("0,0.5,1\n1,1,1e39\n", {"values": "any", "precision": "float32"}, PLACE.format(2, 3), '"1e39"'),
    "over 1": ("0,0.5,1\n1,1,2\n", {}, PLACE.format(2, 3), '"2"'),
    "below 0": ("0,0.5,1\n1,1,-2\n", {}, PLACE.format(2, 3), '"-2"'),
    "a label too many": ("0,0.5,1\n5,0,1\n", {"classes": 2}, PLACE.format(2, 1), '"5"'),
    "a negative label": ("0,0.5,1\n-1,0,1\n", {"classes": 2}, PLACE.format(2, 1), '"-1"'),
    "a fraction for a label": ("0,0.5,1\n1.5,0,1\n", {"classes": 2}, PLACE.format(2, 1), r'"1\.5"'),
    "a name for a label": ("0,0.5,1\nb,0,1\n", {"classes": 2}, PLACE.format(2, 1), '"b"'),
    "fractions for labels": ("0,0.5,1\n1,0.25,1\n", {"label": 2}, PLACE.format(1, 2), r'"0\.5"'),
    "no label": ("a,0.5,1\n,0,1\n", {"header": "no"}, PLACE.format(2, 1), "an empty field"),
    "an open quote": ('0,1,1\n"1,1,0\n', {}, PLACE.format(2, 1), "an open quote"),
    "Latin-1": (b"a,1,1\ncaf\xe9,0,1\n", {"header": "no"}, PLACE.format(2, 1), "bytes that are not UTF-8"),
    "NUL": (b"0,1,1\n1,1,1\0\n", {}, PLACE.format(2, 3), ""),
    "a column twice": ("l,a,a\n0,1,1\n1,0,1\n", {"ignore": ["a"]}, PLACE.format(1, 3), 'a second "a"'),
    "a short line": ("0,0.5,1\n1,1\n", {}, r"data\.csv, line 2: found 2 columns, expected 3", ""),
    "a long line": ("0,0.5,1\n1,1,1,1\n", {}, r"data\.csv, line 2: found 4 columns, expected 3", ""),
    "a blank line": ("0,0.5,1\n\n1,1,1\n", {}, r"data\.csv, line 2: found a blank line", ""),
    "one column": ("0\n1\n", {}, r"data\.csv, line 1: found 1 column, expected at least 2", ""),
    "another delimiter": ("0,1\n1,0\n", {"delimiter": ";"}, r"data\.csv, line 1: found 1 column", ""),
    "no such column": ("l,a\n0,1\n1,0\n", {"label": "x"}, r"data\.csv, line 1: found no column \"x\"", ""),
    "no such number": ("l,a\n0,1\n1,0\n", {"label": 5}, r"data\.csv, line 1: found 2 columns, .*5", ""),
    "nothing to ignore": ("l,a\n0,1\n1,0\n", {"ignore": [5]}, r"data\.csv, line 1: found 2 columns, .*5", ""),
    "nothing to ignore by 0": ("l,a,b\n0,1,1\n1,0,1\n", {"ignore": [0]}, "column|ignore", "0"),
    "no label wanted": ("0,1\n1,0\n", {"label": "none"}, "labels", ""),
    "empty": ("", {}, r"data\.csv: found no example", ""),
    "blank": ("\n\n", {}, r"data\.csv: found no example", ""),
    "a header only": ("l,a,b\n", {}, r"data\.csv: found no example, but a header", ""),
    "one class": ("a,1\na,0\n", {"header": "no"}, r"data\.csv: found no label but \"a\"", ""),
    "other inputs": ("0,1\n1,0\n", {"like": NETWORK}, r"data\.csv, line 1: found 2 columns, expected 5", ""),
    "other classes": ("0,1,1,1,1\n3,0,1,1,1\n", {"like": NETWORK}, PLACE.format(2, 1), '"3"'),
}


@pytest.mark.parametrize(("text", "form", "place", "found"), WRONG_FILES.values(), ids=WRONG_FILES)
def test_what_is_no_csv(tmp_path, text, form, place, found):
    assert issubclass(DataError, ValueError)
    with pytest.raises(DataError, match=place) as caught:
        read_csv(write(tmp_path, text), **form)
    assert re.search(found, str(caught.value))


def test_noise_is_no_csv(tmp_path):
    generator = np.random.default_rng(4)
    for length in (1, 10, 100, 1000):
        for _ in range(25):
            with pytest.raises(DataError, match=r"data\.csv"):
                read_csv(write(tmp_path, generator.bytes(length)))


@pytest.mark.parametrize(
    ("form", "message"),
    [
        ({"values": "foo"}, "values.*foo.*unit.*any.*scale.*standardize"),
        ({"header": "foo"}, "header.*foo.*auto.*yes.*no"),
        ({"delimiter": "|"}, r"delimiter.*\|.*,.*;.*tab.*space"),
        ({"precision": "float16"}, "precision.*float16.*float64 or float32"),
        ({"classes": -1}, "number of classes.*-1"),
        ({"limit": -1}, "limit.*-1"),
        ({"limit": 0}, "0"),
        ({"validation_share": 0}, "share"),
        ({"validation_share": 1.0}, "share"),
        ({"validation_share": np.nan}, "share"),
        ({"validation_share": 0.5, "split_seed": -1}, "seed"),
        ({"label": -1}, "label|column"),
    ],
)
def test_wrong_option_of_read_csv(tmp_path, form, message):
    path = write(tmp_path, "0,1,0\n1,0,1\n0,1,1\n1,1,1\n")
    assert len(read_csv(path)) == 4
    with pytest.raises(ValueError, match=message):
        read_csv(path, **form)


@pytest.mark.parametrize("form", [{"like": 3}, {"ignore": 3}, {"classes": "2"}, {"limit": 1.5}, {"label": 1.5}])
def test_option_of_read_csv_of_wrong_type(tmp_path, form):
    path = write(tmp_path, "0,1\n1,0\n")
    assert len(read_csv(path)) == 2
    with pytest.raises(TypeError):
        read_csv(path, **form)


def test_save_that_fails_keeps_the_file(tmp_path):
    path = tmp_path / "model"
    NETWORK.save(path)
    before = path.read_bytes()
    with pytest.raises(ValueError, match="finite"):
        Network(np.full(ALPHA.shape, np.nan), BETA).save(path)
    assert path.read_bytes() == before
    assert os.listdir(tmp_path) == ["model"]


# Functions that are called


class Mine(Exception):
    """With two arguments, so that it cannot be made anew from its message."""

    def __init__(self, first, second):
        super().__init__(first, second)


ERRORS = {
    "own": lambda: Mine(1, 2),
    "KeyError": lambda: KeyError("x"),
    "StopIteration": StopIteration,
    "KeyboardInterrupt": KeyboardInterrupt,
    "SystemExit": lambda: SystemExit(3),
    "Diverged": lambda: Diverged("mine"),
}
BACKWARDS = np.arange(12)[::-1]


def third_call(error, answer):
    """Return a function that gives an answer twice, then raises the error."""
    calls = []

    def function(_epoch):
        calls.append(_epoch)
        if len(calls) == 3:
            raise error
        return answer

    return function


@pytest.mark.parametrize("new_error", ERRORS.values(), ids=ERRORS)
def test_on_epoch_that_raises(new_error):
    error = new_error()
    with pytest.raises(type(error)) as caught:
        fit(epochs=9, on_epoch=third_call(error, None))
    assert caught.value is error
    outcome = error.outcome
    assert [epoch.epoch for epoch in outcome.history] == [1, 2, 3]
    assert outcome.kept_epoch == 3
    assert outcome.ending == "stopped"
    assert outcome.interrupt is error
    assert np.array_equal(outcome.network.alpha, fit(epochs=3).network.alpha)
    assert np.array_equal(outcome.network.beta, fit(epochs=3).network.beta)


@pytest.mark.parametrize("new_error", ERRORS.values(), ids=ERRORS)
@pytest.mark.parametrize(("setting", "answer"), [("order", BACKWARDS), ("schedule", 0.1)])
def test_order_or_schedule_that_raises(setting, answer, new_error):
    error = new_error()
    with pytest.raises(type(error)) as caught:
        fit(epochs=9, **{setting: third_call(error, answer)})
    assert caught.value is error


@pytest.mark.parametrize("name", ["own", "KeyboardInterrupt"])
@pytest.mark.parametrize(("setting", "answer"), [("order", BACKWARDS), ("schedule", 0.1)])
def test_outcome_of_an_order_or_schedule_that_raises(setting, answer, name):
    """Ctrl-C may come while Python computes an order: what there was of the training is not lost."""
    error = ERRORS[name]()
    with pytest.raises(type(error)):
        fit(epochs=9, **{setting: third_call(error, answer)})
    outcome = error.outcome
    assert len(outcome.history) == 2
    same = {"order": BACKWARDS} if setting == "order" else {"learning_rate": 0.1}
    assert np.array_equal(outcome.network.alpha, fit(epochs=2, **same).network.alpha)


def test_outcome_of_a_training_that_none_ended():
    assert fit().interrupt is None
    assert fit().ending == "done"
    outcome = fit(epochs=9, on_epoch=lambda epoch: epoch.epoch == 2)
    assert outcome.interrupt is None
    assert outcome.ending == "stopped"
    assert len(outcome.history) == 2


def test_on_epoch_that_is_no_function():
    with pytest.raises(TypeError, match="callable"):
        fit(on_epoch=3)
    with pytest.raises(TypeError, match="positional"):
        fit(on_epoch=lambda: None)
    with pytest.raises(ValueError, match="ambiguous"):
        fit(on_epoch=lambda _epoch: np.zeros(3))


PLACES = np.arange(12)
WRONG_ORDERS = {
    "too short": (PLACES[:3], ValueError, "order.*3 places"),
    "too long": (np.arange(13), ValueError, "order.*13 places"),
    "empty": ([], ValueError, "order.*0 places"),
    "from 1": (PLACES + 1, ValueError, "order.*0 to N-1 once"),
    "one twice": (PLACES // 2, ValueError, "order.*0 to N-1 once"),
    "negative": (PLACES - 1, ValueError, "order.*-1"),
    "fractions": (PLACES + 0.5, ValueError, r"order.*0\.5"),
    "NaN": (PLACES * np.nan, ValueError, "order.*NaN"),
    "2-d": (PLACES.reshape(3, 4), ValueError, r"order.*\(3, 4\)"),
    "a number": (3, ValueError, r"order.*\(\)"),
    "strings": (PLACES.astype(str), TypeError, "order.*<U"),
    "None": (None, TypeError, "order.*object"),
    "a generator": (iter(range(12)), TypeError, "order.*object"),
    "bool": (PLACES > 0, ValueError, "order"),
}


@pytest.mark.parametrize(("order", "error", "message"), WRONG_ORDERS.values(), ids=WRONG_ORDERS)
def test_wrong_order(order, error, message):
    with pytest.raises(error, match=message):
        fit(order=order)
    with pytest.raises(error, match=message):
        fit(order=lambda _epoch: order)
    with pytest.raises(error, match=message):
        fit(order=lambda epoch: order if epoch == 1 else PLACES)


def test_order_function_that_gives_a_name():
    with pytest.raises(TypeError, match=r"order.*<U4"):
        fit(order=lambda _epoch: "file")
    with pytest.raises(TypeError, match="positional"):
        fit(order=lambda: PLACES)


@pytest.mark.parametrize(
    ("rate", "error", "message"),
    [
        (-1.0, ValueError, "learning rate.*-1.*epoch 2"),
        (np.nan, ValueError, "learning rate.*NaN.*epoch 2"),
        (np.inf, ValueError, "learning rate.*inf.*epoch 2"),
        (1e305, Diverged, "epoch 2.*1e305"),
        (None, TypeError, "number"),
        ("0.1", TypeError, "number"),
        (np.array([0.1]), TypeError, "0-dim"),
    ],
)
def test_wrong_rate(rate, error, message):
    with pytest.raises(error, match=message):
        fit(schedule=lambda epoch: rate if epoch == 1 else 0.1)
