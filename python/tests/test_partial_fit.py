"""partial_fit, epoch by epoch."""

import numpy as np
import pytest
from classifiers import SETTINGS, X, Y, new_classifier
from rankone import Dataset, Trainer
from shared import assert_same, assert_same_network

pytest.importorskip("sklearn", reason="RankOneClassifier needs scikit-learn")
checks = pytest.importorskip("sklearn.utils.estimator_checks")

NAMES = np.array(["cow", "ant", "bee"])[Y]
LETTERS = {"cow": 2, "ant": 0, "bee": 1}


@pytest.mark.parametrize(("init", "precision"), [("random", "float64"), ("numpy", "float32"), ("zero", "float64")])
@pytest.mark.parametrize("schedule", ["constant", "cosine", "inverse:3", "step:0.5/2"])
@pytest.mark.parametrize("order", ["file", "shuffled", "numpy"])
def test_partial_fit_is_fit(order, schedule, init, precision):
    settings = {"order": order, "schedule": schedule, "init": init, "precision": precision, "epochs": 4}
    settings["random_state"] = 3
    whole = new_classifier(**settings).fit(X, NAMES)
    step = new_classifier(**settings)
    for epoch in range(4):
        assert step.partial_fit(X, NAMES) is step
        assert step.n_iter_ == epoch + 1
        assert step.loss_curve_ == whole.loss_curve_[: epoch + 1]
    assert_same_network(step.network_, whole.network_)
    assert_same(step.predict(X), whole.predict(X))
    assert_same(step.predict_proba(X), whole.predict_proba(X))
    for found, expected in zip(step.coefs_ + step.intercepts_, whole.coefs_ + whole.intercepts_, strict=True):
        assert_same(found, expected)


def test_orders_and_schedules_differ():
    """Otherwise the test above would tell little."""
    networks = [
        new_classifier(order=order, schedule=schedule).fit(X, NAMES).network_
        for order in ("file", "shuffled", "numpy")
        for schedule in ("constant", "cosine", "inverse:3", "step:0.5/2")
    ]
    for i, network in enumerate(networks):
        for other in networks[:i]:
            assert not np.array_equal(network.alpha, other.alpha)


def test_partial_fit_after_fit():
    step = new_classifier(order="shuffled", epochs=4).fit(X, NAMES).partial_fit(X, NAMES)
    whole = new_classifier(order="shuffled", epochs=5).fit(X, NAMES)
    assert_same_network(step.network_, whole.network_)
    assert step.loss_curve_ == whole.loss_curve_
    assert step.n_iter_ == 5


def test_fit_starts_anew():
    classifier = new_classifier().partial_fit(X, NAMES).fit(X, NAMES)
    assert_same_network(classifier.network_, new_classifier().fit(X, NAMES).network_)
    assert classifier.n_iter_ == 5
    assert len(classifier.loss_curve_) == 5
    classifier.fit(X[:, :3], Y > 0)
    assert classifier.n_features_in_ == 3
    assert classifier.classes_.tolist() == [False, True]
    assert_same_network(classifier.network_, new_classifier().fit(X[:, :3], Y > 0).network_)


def test_classes_of_partial_fit():
    """Labels come part by part; the network has all classes from the beginning."""
    classes = ["dog", "cow", "bee", "ant"]
    first = NAMES != "cow"
    classifier = new_classifier().partial_fit(X[first], NAMES[first], classes)
    assert classifier.classes_.tolist() == ["ant", "bee", "cow", "dog"]
    assert classifier.predict_proba(X).shape == (60, 4)
    classifier.partial_fit(X[~first], NAMES[~first]).partial_fit(X, NAMES, classes)
    assert classifier.n_iter_ == 3

    labels = np.array([LETTERS[name] for name in NAMES])
    settings = {**SETTINGS, "epochs": 1}
    network = Trainer(**settings).fit(Dataset(X[first], labels[first], classes=4)).network
    network = Trainer(**settings, start=network).fit(Dataset(X[~first], labels[~first], classes=4)).network
    network = Trainer(**settings, start=network).fit(Dataset(X, labels, classes=4)).network
    assert_same_network(classifier.network_, network)


def test_classes_that_the_labels_have_anyway():
    given = new_classifier(epochs=2).partial_fit(X, NAMES, ["ant", "bee", "cow"]).partial_fit(X, NAMES)
    assert_same_network(given.network_, new_classifier(epochs=2).fit(X, NAMES).network_)
