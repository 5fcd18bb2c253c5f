"""RankOneClassifier as scikit-learn would have it, and against the library's Trainer, bit by bit."""

import subprocess
import sys

import numpy as np
import pytest
import rankone
from classifiers import SETTINGS, X, Y, new_classifier
from rankone import Dataset, Trainer
from shared import PRECISIONS, assert_same, assert_same_network

pytest.importorskip("sklearn", reason="RankOneClassifier needs scikit-learn")
checks = pytest.importorskip("sklearn.utils.estimator_checks")

NAMES = np.array(["cow", "ant", "bee"])[Y]
LETTERS = {"cow": 2, "ant": 0, "bee": 1}


@checks.parametrize_with_checks([rankone.RankOneClassifier()])
def test_scikit_learn(estimator, check):
    check(estimator)


@pytest.mark.parametrize("dtype", ["<U3", object])
def test_names_as_labels(dtype):
    names = NAMES.astype(dtype)
    labels = np.array([LETTERS[name] for name in NAMES])
    classifier = new_classifier(epochs=30).fit(X, names)
    numbers = new_classifier(epochs=30).fit(X, labels)
    assert classifier.classes_.tolist() == ["ant", "bee", "cow"]
    assert classifier.classes_.dtype == names.dtype
    assert_same_network(classifier.network_, numbers.network_)
    assert_same(classifier.predict_proba(X), numbers.predict_proba(X))
    found = classifier.predict(X)
    assert found.dtype == names.dtype
    assert found.tolist() == [["ant", "bee", "cow"][label] for label in numbers.predict(X)]
    assert set(found) == {"ant", "bee", "cow"}
    assert classifier.network_.classes.tolist() == ["ant", "bee", "cow"]
    assert classifier.score(X, names) > 0.6


@pytest.mark.parametrize("labels", [Y * 10 - 7, Y.astype(float), Y > 0, Y.astype(np.uint8)])
def test_numbers_as_labels(labels):
    classifier = new_classifier(epochs=30).fit(X, labels)
    assert_same(classifier.classes_, np.unique(labels))
    assert classifier.predict(X).dtype == labels.dtype
    assert classifier.score(X, labels) > 0.6
    assert_same_network(
        classifier.network_, new_classifier(epochs=30).fit(X, np.unique(labels, return_inverse=True)[1]).network_
    )


@pytest.mark.parametrize("precision", PRECISIONS)
def test_classifier_is_the_trainer(precision):
    settings = {**SETTINGS, "epochs": 4, "order": "shuffled", "schedule": "cosine", "precision": precision}
    classifier = rankone.RankOneClassifier(**settings, random_state=9).fit(X, Y)
    outcome = Trainer(**settings, seed=9).fit((X, Y))
    assert_same_network(classifier.network_, outcome.network)
    assert classifier.loss_curve_ == [epoch.train_cross_entropy for epoch in outcome.history]
    assert classifier.score(X, Y) == pytest.approx(1 - outcome.train.error, abs=1e-12)
    assert classifier.validation_curve_ is None
    assert classifier.best_epoch_ is None
    assert_same(classifier.predict(X), classifier.network_.predict(X))
    assert_same(classifier.predict_proba(X), classifier.network_.predict_proba(X))


def test_defaults_of_the_trainer():
    assert_same_network(rankone.RankOneClassifier().fit(X, Y).network_, Trainer().fit((X, Y)).network)


@pytest.mark.parametrize(("precision", "tolerance"), [("float64", 1e-13), ("float32", 1e-5)])
def test_coefficients(precision, tolerance):
    classifier = new_classifier(epochs=30, precision=precision).fit(X, NAMES)
    assert [layer.shape for layer in classifier.coefs_] == [(5, 6), (6, 3)]
    assert [layer.shape for layer in classifier.intercepts_] == [(6,), (3,)]
    assert_same(classifier.coefs_[0].T, classifier.network_.alpha[:, 1:])
    assert_same(classifier.intercepts_[1], classifier.network_.beta[:, 0])
    hidden = 1 / (1 + np.exp(-(X @ classifier.coefs_[0] + classifier.intercepts_[0])))
    scores = np.exp(hidden @ classifier.coefs_[1] + classifier.intercepts_[1])
    expected = scores / scores.sum(axis=1, keepdims=True)
    found = classifier.predict_proba(X)
    assert found.dtype == np.dtype(precision)
    assert found.shape == (60, 3)
    assert np.abs(found - expected).max() < tolerance
    assert np.abs(found.sum(axis=1) - 1).max() < tolerance
    assert classifier.predict(X).tolist() == classifier.classes_[found.argmax(axis=1)].tolist()
    right = expected[np.arange(60), np.searchsorted(classifier.classes_, NAMES)]
    assert abs(classifier.loss_curve_[-1] + np.log(right).mean()) < tolerance


def test_each_update_is_the_textbook_s():
    """One epoch in the order of the file, by NumPy."""
    start = new_classifier(epochs=1).fit(X, Y)
    classifier = new_classifier(epochs=2).fit(X, Y)
    (w1, w2), (b1, b2) = start.coefs_, start.intercepts_
    w1, w2, b1, b2 = w1.copy(), w2.copy(), b1.copy(), b2.copy()
    for x, label in zip(X, Y, strict=True):
        hidden = 1 / (1 + np.exp(-(x @ w1 + b1)))
        scores = np.exp(hidden @ w2 + b2)
        error = scores / scores.sum() - np.eye(3)[label]
        back = (w2 @ error) * hidden * (1 - hidden)
        w2 -= 0.3 * np.outer(hidden, error)
        b2 -= 0.3 * error
        w1 -= 0.3 * np.outer(x, back)
        b1 -= 0.3 * back
    for found, expected in zip(classifier.coefs_ + classifier.intercepts_, [w1, w2, b1, b2], strict=True):
        assert np.abs(found - expected).max() < 1e-12


@pytest.mark.parametrize("order", ["file", "shuffled", "numpy"])
def test_random_state(order):
    def trained(state):
        return new_classifier(order=order, validation_fraction=0.2, random_state=state).fit(X, Y).network_

    assert_same_network(trained(None), trained(0))
    assert_same_network(trained(np.int64(7)), trained(7))
    assert_same_network(trained(np.random.RandomState(7)), trained(np.random.RandomState(7)))
    assert not np.array_equal(trained(0).alpha, trained(1).alpha)
    assert not np.array_equal(trained(np.random.RandomState(7)).alpha, trained(np.random.RandomState(8)).alpha)


def test_random_state_that_goes_on():
    state = np.random.RandomState(7)
    classifier = new_classifier(random_state=state)
    first = classifier.fit(X, Y).network_.alpha
    second = classifier.fit(X, Y).network_.alpha
    assert not np.array_equal(first, second)
    step = new_classifier(order="shuffled", random_state=np.random.RandomState(7))
    for _ in range(5):
        step.partial_fit(X, Y)
    whole = new_classifier(order="shuffled", random_state=np.random.RandomState(7)).fit(X, Y)
    assert_same_network(step.network_, whole.network_)


@pytest.mark.parametrize("precision", PRECISIONS)
def test_number_of_threads(precision):
    generator = np.random.default_rng(2)
    examples, labels = generator.standard_normal((300, 90)), generator.integers(0, 7, 300)
    settings = {"hidden_units": 70, "epochs": 2, "precision": precision, "validation_fraction": 0.2}
    expected = new_classifier(**settings, n_threads=1).fit(examples, labels)
    for threads in (2, 3, 8, None):
        classifier = new_classifier(**settings, n_threads=threads).fit(examples, labels)
        assert_same_network(classifier.network_, expected.network_)
        assert classifier.loss_curve_ == expected.loss_curve_
        assert classifier.validation_curve_ == expected.validation_curve_
        assert_same(classifier.predict_proba(examples), expected.predict_proba(examples))


@pytest.mark.parametrize("engine", ["auto", "reference", "blas", "blocked"])
def test_number_of_threads_of_each_engine(engine):
    generator = np.random.default_rng(2)
    data = Dataset(generator.standard_normal((300, 90)), generator.integers(0, 7, 300))
    settings = {"hidden_units": 70, "epochs": 2, "engine": engine}
    one, *more = [Trainer(**settings, n_threads=threads).fit(data).network for threads in (1, 2, 5)]
    for network in more:
        assert_same_network(network, one)


def test_verbose(capfd):
    loud = new_classifier(verbose=1, epochs=3).fit(X, Y, X, Y)
    out, err = capfd.readouterr()
    assert out == ""
    lines = err.splitlines()
    assert len(lines) == 3
    for number, line in enumerate(lines):
        assert line.startswith(f"epoch {number + 1}: ")
        assert f"{loud.loss_curve_[number]:.6f}" in line
        assert f"{loud.validation_curve_[number]:.6f}" in line
    quiet = new_classifier(epochs=3).fit(X, Y, X, Y)
    quiet.partial_fit(X, Y)
    assert capfd.readouterr() == ("", "")
    loud.partial_fit(X, Y)
    out, err = capfd.readouterr()
    assert out == ""
    assert len(err.splitlines()) == 1
    assert err.startswith("epoch 4: ")
    assert_same_network(loud.network_, quiet.network_)


def test_documented_attributes():
    classifier = new_classifier(epochs=3).fit(X, NAMES)
    assert classifier.n_features_in_ == 5
    assert classifier.n_iter_ == 3
    assert isinstance(classifier.loss_curve_, list)
    assert all(isinstance(loss, float) for loss in classifier.loss_curve_)
    assert classifier.loss_curve_[2] < classifier.loss_curve_[0]
    assert not hasattr(classifier, "feature_names_in_")


def test_feature_names():
    pandas = pytest.importorskip("pandas", reason="names of inputs come from pandas here")
    frame = pandas.DataFrame(X, columns=list("abcde"))
    classifier = new_classifier().fit(frame, NAMES)
    assert classifier.feature_names_in_.tolist() == list("abcde")
    assert_same(classifier.predict_proba(frame), new_classifier().fit(X, NAMES).predict_proba(X))


BLOCKERS = {
    "not installed": "import sys; sys.modules['sklearn'] = None",
    "not found": """
import sys

class Blocker:
    def find_spec(self, name, path=None, target=None):
        if name == "sklearn" or name.startswith("sklearn."):
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

sys.meta_path.insert(0, Blocker())
""",
}
WITHOUT = """
import rankone
from rankone import *

assert "RankOneClassifier" not in globals()
network = Trainer and rankone.Trainer(hidden_units=2, epochs=1).fit(([[0.0, 1.0], [1.0, 0.0]], [0, 1])).network
print(network.predict([[0.0, 1.0]]).shape)
dir(rankone)
for words in ("rankone.RankOneClassifier", "from rankone import RankOneClassifier"):
    try:
        exec(words)
    except ImportError as error:
        print(error)
try:
    rankone.no_such_name
except AttributeError as error:
    print(error)
"""


def run(script):
    return subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60)


@pytest.mark.parametrize("blocker", BLOCKERS.values(), ids=BLOCKERS)
def test_without_scikit_learn(blocker):
    done = run(blocker + WITHOUT)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert len(lines) == 4
    assert lines[0] == "(1,)"
    assert "scikit-learn" in lines[1]
    assert "scikit-learn" in lines[2]
    assert "no_such_name" in lines[3]


def test_import_leaves_scikit_learn_alone():
    tell = "; print('sklearn' in sys.modules)"
    done = run("import sys, rankone" + tell + "; rankone.RankOneClassifier" + tell)
    assert done.stdout.split() == ["False", "True"], done.stderr


def test_a_failed_refit_leaves_nothing():
    classifier = new_classifier().fit(X, Y)
    with pytest.raises(rankone.Diverged):
        classifier.set_params(learning_rate=1e300).fit(X, Y)
    left = {name for name in vars(classifier) if name.endswith("_")}
    assert left <= {"n_features_in_", "classes_"}
