"""Compares RankOneClassifier with scikit-learn's MLPClassifier and a PyTorch loop, and the wheel with the command.

    python scripts/peers/estimators.py [--hidden 50 200 1000] [--epochs 10] [--rounds 15]

First, seconds per epoch: the time of one call of `fit` (for RankOneClassifier the median of five) divided by the number
of epochs; and the error on the validation set after the last epoch. Then `fit` and `rankone train` in turn, with one
thread and without a validation set. Needs the wheel, scikit-learn, PyTorch (scripts/peers/run installs it), and
`cargo build --release`.
"""

import argparse
import json
import os
import statistics
import subprocess
import tempfile
import warnings

import numpy as np
from common import RANKONE, letters, timed
from peer import golden
from rankone import RankOneClassifier, read_csv
from sklearn.neural_network import MLPClassifier
from with_sklearn import SGD


def torch_network(hidden, epochs, X, y):
    """Trains as PyTorch's tutorials do, from rankone's initial weights; returns a function that predicts labels."""
    import with_torch

    def biased(X):
        return np.column_stack((np.ones(len(X)), X))

    # With so small a learning rate, fit keeps the initial weights.
    start = RankOneClassifier(hidden, 1e-12, 1).fit(X[:10], np.arange(10)).network_
    epoch = with_torch.prepare_autograd(start.alpha, start.beta, biased(X), y.astype(np.int64), 0.01)
    for _ in range(epochs):
        alpha, beta = (layer.numpy() for layer in epoch())
    return lambda X: golden.forward(alpha, beta, biased(X))[1].argmax(axis=1)


def command_seconds(rankone, file, hidden, epochs):
    """Returns the seconds of training that the command reports, without those of reading the file."""
    with tempfile.TemporaryDirectory() as directory:
        call = [rankone, "train", file, "--hidden", str(hidden), "--epochs", str(epochs), "--threads", "1"]
        output = subprocess.check_output([*call, "--quiet", "--json", "--out", directory], stderr=subprocess.DEVNULL)
    return json.loads(output)["result"]["total_seconds"]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--hidden", type=int, nargs="+", default=[50, 200, 1000])
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--rounds", type=int, default=15)
    options = parser.parse_args()
    rankone = os.environ.get("RANKONE", RANKONE)
    files, source = letters(rankone)
    train, validation = (read_csv(file, classes=10) for file in files)
    X, y, epochs = train.X, train.y, options.epochs
    warnings.simplefilter("ignore")

    def ours(hidden, **settings):
        return RankOneClassifier(hidden, epochs=epochs, **settings).fit(X, y).predict

    def mlp(hidden):
        stop = dict(max_iter=epochs, tol=0.0, n_iter_no_change=10**6)
        return MLPClassifier((hidden,), **SGD, learning_rate_init=0.01, random_state=0, **stop).fit(X, y).predict

    candidates = [
        ("RankOneClassifier", 5, ours),
        ("RankOneClassifier, float32", 5, lambda hidden: ours(hidden, precision="float32")),
        ("MLPClassifier", 1, mlp),
        ("PyTorch, autograd and optim.SGD", 1, lambda hidden: torch_network(hidden, epochs, X, y)),
    ]
    print(f"{source}; {epochs} epochs; {os.cpu_count()} cores")
    print("| hidden units | | seconds an epoch | times | validation error |\n|--:|---|--:|--:|--:|")
    for hidden in options.hidden:
        base = None
        for name, rounds, fit in candidates:
            times, predictors = zip(*(timed(lambda: fit(hidden)) for _ in range(rounds)))
            each = statistics.median(times) / epochs
            base = base or each
            error = np.mean(predictors[0](validation.X) != validation.y)
            print(f"| {hidden} | {name} | {each:.4f} | {each / base:.1f} | {error:.3f} |", flush=True)
    print("\n| hidden units | fit, s | the command, s | ratio, median (quartiles) |\n|--:|--:|--:|--:|")
    for hidden in options.hidden:
        wheel, command = [], []
        for _ in range(options.rounds):
            wheel.append(timed(lambda: ours(hidden, n_threads=1))[0])
            command.append(command_seconds(rankone, files[0], hidden, epochs))
        low, middle, high = statistics.quantiles((w / c for w, c in zip(wheel, command)), n=4)
        times = f"{statistics.median(wheel):.4f} | {statistics.median(command):.4f}"
        print(f"| {hidden} | {times} | {middle:.3f} ({low:.3f} to {high:.3f}) |", flush=True)


if __name__ == "__main__":
    main()
