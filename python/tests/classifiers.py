"""The classifiers of the tests, and examples that they learn."""

import numpy as np
import rankone

GENERATOR = np.random.default_rng(0)
Y = GENERATOR.integers(0, 3, 60)
X = GENERATOR.standard_normal((60, 5)) + np.eye(3, 5)[Y]
SETTINGS = {"hidden_units": 6, "learning_rate": 0.3}


def new_classifier(**settings):
    return rankone.RankOneClassifier(**{**SETTINGS, "epochs": 5, **settings})
