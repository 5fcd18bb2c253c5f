"""scikit-learn's MLPClassifier: partial_fit is one pass over its rows in file order."""

import numpy as np
import sklearn
from sklearn.neural_network import MLPClassifier

VERSION = sklearn.__version__
# Exact per-example SGD in file order; estimators.py and sweep.py use it too.
SGD = dict(activation="logistic", solver="sgd", alpha=0.0, batch_size=1, momentum=0.0, shuffle=False)


def prepare(alpha, beta, x, labels, learning_rate):
    network = MLPClassifier((len(alpha),), **SGD, learning_rate_init=learning_rate, nesterovs_momentum=False)
    rows = x[:, 1:].copy()
    # The first call allocates the weights and changes them; they are then overwritten.
    network.partial_fit(rows[:1], labels[:1], classes=np.arange(len(beta)))
    for layer, weights in enumerate((alpha, beta)):
        network.intercepts_[layer][:] = weights[:, 0]
        network.coefs_[layer][:] = weights[:, 1:].T

    def epoch():
        network.partial_fit(rows, labels)
        return [np.column_stack((b, w.T)) for b, w in zip(network.intercepts_, network.coefs_)]

    return epoch
