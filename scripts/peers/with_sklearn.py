"""scikit-learn's MLPClassifier: partial_fit is one pass over the rows it is given, in their order."""

import numpy as np
import sklearn
from protocol import measure
from sklearn.neural_network import MLPClassifier


def prepare(alpha, beta, x, labels, learning_rate):
    network = MLPClassifier(
        hidden_layer_sizes=(len(alpha),), activation="logistic", solver="sgd", alpha=0.0, batch_size=1,
        learning_rate="constant", learning_rate_init=learning_rate, momentum=0.0, nesterovs_momentum=False,
        shuffle=False,
    )  # fmt: skip
    rows = x[:, 1:].copy()
    # The first call makes the arrays, with a start and a step of its own; both are then written over.
    network.partial_fit(rows[:1], labels[:1], classes=np.arange(len(beta)))
    for layer, weights in enumerate((alpha, beta)):
        network.intercepts_[layer][:] = weights[:, 0]
        network.coefs_[layer][:] = weights[:, 1:].T

    def epoch():
        network.partial_fit(rows, labels)
        return [np.column_stack((b, w.T)) for b, w in zip(network.intercepts_, network.coefs_)]

    return epoch


if __name__ == "__main__":
    measure(sklearn.__version__, prepare)
