"""The classifier with a validation set: patience, and the best epoch."""

import numpy as np
import pytest
from classifiers import SETTINGS, X, Y, new_classifier
from rankone import Dataset, Trainer
from shared import PRECISIONS, assert_same, assert_same_network

pytest.importorskip("sklearn", reason="RankOneClassifier needs scikit-learn")
checks = pytest.importorskip("sklearn.utils.estimator_checks")


# Labels by chance: a network learns them by heart, and a validation set tells.
CHANCE = np.random.default_rng(1)
X_CHANCE, Y_CHANCE = CHANCE.standard_normal((40, 5)), CHANCE.integers(0, 3, 40)
X_VALIDATION, Y_VALIDATION = CHANCE.standard_normal((30, 5)), CHANCE.integers(0, 3, 30)


def test_validation_set():
    classifier = new_classifier(epochs=20).fit(X_CHANCE, Y_CHANCE, X_VALIDATION, Y_VALIDATION)
    outcome = Trainer(**SETTINGS, epochs=20).fit((X_CHANCE, Y_CHANCE), (X_VALIDATION, Y_VALIDATION))
    assert classifier.validation_curve_ == [epoch.validation_cross_entropy for epoch in outcome.history]
    assert len(classifier.validation_curve_) == 20
    assert classifier.best_epoch_ == 1 + np.argmin(classifier.validation_curve_)
    assert_same_network(classifier.network_, new_classifier(epochs=20).fit(X_CHANCE, Y_CHANCE).network_)


def test_validation_set_with_names():
    """It need not have all classes, nor have them in their order."""
    letters = np.array(["z", "x", "y"])
    some = Y_VALIDATION != 1
    classifier = new_classifier().fit(X_CHANCE, letters[Y_CHANCE], X_VALIDATION[some], letters[Y_VALIDATION[some]])
    numbers = np.array([2, 0, 1])
    expected = new_classifier().fit(X_CHANCE, numbers[Y_CHANCE], X_VALIDATION[some], numbers[Y_VALIDATION[some]])
    assert classifier.validation_curve_ == expected.validation_curve_
    probabilities = classifier.predict_proba(X_VALIDATION[some])
    right = probabilities[np.arange(some.sum()), numbers[Y_VALIDATION[some]]]
    assert classifier.validation_curve_[-1] == pytest.approx(-np.log(right).mean(), rel=1e-12)


@pytest.mark.parametrize("precision", PRECISIONS)
def test_validation_fraction(precision):
    settings = {"epochs": 8, "precision": precision}
    classifier = new_classifier(**settings, validation_fraction=0.25, random_state=4).fit(X, Y)
    train, validation = Dataset(X, Y, precision=precision).split(0.25, seed=4)
    assert (len(train), len(validation)) == (45, 15)
    expected = new_classifier(**settings, random_state=4).fit(train.X, train.y, validation.X, validation.y)
    assert_same_network(classifier.network_, expected.network_)
    assert classifier.loss_curve_ == expected.loss_curve_
    assert classifier.validation_curve_ == expected.validation_curve_
    assert classifier.best_epoch_ == expected.best_epoch_
    other = new_classifier(**settings, validation_fraction=0.25, random_state=5).fit(X, Y)
    assert other.validation_curve_ != classifier.validation_curve_


def test_validation_set_goes_before_validation_fraction():
    both = new_classifier(validation_fraction=0.5).fit(X_CHANCE, Y_CHANCE, X_VALIDATION, Y_VALIDATION)
    one = new_classifier().fit(X_CHANCE, Y_CHANCE, X_VALIDATION, Y_VALIDATION)
    assert_same_network(both.network_, one.network_)
    assert both.validation_curve_ == one.validation_curve_


@pytest.mark.parametrize("patience", [1, 3])
def test_patience(patience):
    settings = {"epochs": 200, "order": "shuffled", "patience": patience}
    classifier = new_classifier(**settings).fit(X_CHANCE, Y_CHANCE, X_VALIDATION, Y_VALIDATION)
    curve, best = classifier.validation_curve_, classifier.best_epoch_
    assert classifier.n_iter_ == len(curve) == len(classifier.loss_curve_) < 200
    assert best == 1 + np.argmin(curve)
    assert classifier.n_iter_ == best + patience
    kept = new_classifier(order="shuffled", epochs=best).fit(X_CHANCE, Y_CHANCE)
    assert_same_network(classifier.network_, kept.network_)
    last = new_classifier(**settings, keep="last").fit(X_CHANCE, Y_CHANCE, X_VALIDATION, Y_VALIDATION)
    assert last.n_iter_ == classifier.n_iter_
    whole = new_classifier(order="shuffled", epochs=last.n_iter_).fit(X_CHANCE, Y_CHANCE)
    assert_same_network(last.network_, whole.network_)
    assert not np.array_equal(last.network_.alpha, classifier.network_.alpha)


def test_keep_best():
    classifier = new_classifier(epochs=60, keep="best", order="shuffled")
    classifier.fit(X_CHANCE, Y_CHANCE, X_VALIDATION, Y_VALIDATION)
    assert classifier.n_iter_ == 60
    assert 1 <= classifier.best_epoch_ < 60
    assert classifier.best_epoch_ == 1 + np.argmin(classifier.validation_curve_)
    kept = new_classifier(epochs=classifier.best_epoch_, order="shuffled").fit(X_CHANCE, Y_CHANCE)
    assert_same_network(classifier.network_, kept.network_)
    assert_same(classifier.predict_proba(X), kept.predict_proba(X))
    for found, expected in zip(classifier.coefs_ + classifier.intercepts_, kept.coefs_ + kept.intercepts_, strict=True):
        assert_same(found, expected)
