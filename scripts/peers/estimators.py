"""RankOneClassifier, scikit-learn's MLPClassifier and a PyTorch loop on the same ten epochs, and the wheel against the command.

    python scripts/peers/estimators.py [--hidden 50 200 1000] [--epochs 10] [--rounds 15]

Seconds an epoch, whole calls of `fit` divided by the epochs, each once but for ours, whose median it is; and the error on
the validation set in the end. Then `fit` in turn with `rankone train`, on one thread and the training set alone: what the
wheel takes beside it. Needs the wheel, scikit-learn, PyTorch (scripts/peers/run installs it), and `cargo build --release`.
"""

import argparse
import json
import os
import statistics
import subprocess
import tempfile
import time
import warnings

import numpy as np
from letters import ROOT, found
from rankone import RankOneClassifier, read_csv
from sklearn.neural_network import MLPClassifier


def seconds(work):
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def torch_network(hidden, epochs, X, y):
    """As PyTorch's tutorials write it, with our start."""
    import with_torch_autograd

    start = RankOneClassifier(hidden, 1e-12, 1).fit(X[:10], np.arange(10)).network_
    x = np.column_stack((np.ones(len(X)), X))
    epoch = with_torch_autograd.prepare(start.alpha, start.beta, x, y.astype(np.int64), 0.01)
    for _ in range(epochs):
        alpha, beta = (layer.numpy() for layer in epoch())

    def predict(X):
        z = 1 / (1 + np.exp(-(X @ alpha[:, 1:].T + alpha[:, 0])))
        return (z @ beta[:, 1:].T + beta[:, 0]).argmax(axis=1)

    return predict


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--hidden", type=int, nargs="+", default=[50, 200, 1000])
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--rounds", type=int, default=15)
    options = parser.parse_args()
    program = os.environ.get("RANKONE", ROOT / "target" / "release" / "rankone")
    files, what = found(None, program)
    train, validation = (read_csv(file, classes=10) for file in files)
    X, y = train.X, train.y
    warnings.simplefilter("ignore")
    print(f"{what}; {options.epochs} epochs; {os.cpu_count()} cores")
    print("| hidden units | | seconds an epoch | times | validation error |\n|--:|---|--:|--:|--:|")
    for hidden in options.hidden:
        ours = None

        def mlp(hidden=hidden):
            network = MLPClassifier(
                (hidden,), solver="sgd", batch_size=1, momentum=0, shuffle=False, activation="logistic", alpha=0.0,
                learning_rate_init=0.01, max_iter=options.epochs, random_state=0, tol=0.0, n_iter_no_change=10**6,
            )  # fmt: skip
            return network.fit(X, y).predict

        ways = [
            ("RankOneClassifier", 5, lambda: RankOneClassifier(hidden, epochs=options.epochs).fit(X, y).predict),
            (
                "RankOneClassifier, float32",
                5,
                lambda: RankOneClassifier(hidden, epochs=options.epochs, precision="float32").fit(X, y).predict,
            ),
            ("MLPClassifier", 1, mlp),
            ("PyTorch, autograd and optim.SGD", 1, lambda: torch_network(hidden, options.epochs, X, y)),
        ]
        for name, rounds, fit in ways:
            predict = []
            times = [seconds(lambda: predict.append(fit())) for _ in range(rounds)]
            each = statistics.median(times) / options.epochs
            ours = ours or each
            error = np.mean(predict[0](validation.X) != validation.y)
            print(f"| {hidden} | {name} | {each:.4f} | {each / ours:.1f} | {error:.3f} |", flush=True)
    print("\n| hidden units | fit, s | the command, s | ratio, median (quartiles) |\n|--:|--:|--:|--:|")
    for hidden in options.hidden:
        ratios, wheel, command = [], [], []
        for _ in range(options.rounds):
            classifier = RankOneClassifier(hidden, epochs=options.epochs, n_threads=1)
            wheel.append(seconds(lambda: classifier.fit(X, y)))
            command.append(of_command(program, files[0], hidden, options.epochs))
            ratios.append(wheel[-1] / command[-1])
        low, middle, high = statistics.quantiles(ratios, n=4)
        times = f"{statistics.median(wheel):.4f} | {statistics.median(command):.4f}"
        print(f"| {hidden} | {times} | {middle:.3f} ({low:.3f} to {high:.3f}) |", flush=True)


def of_command(program, file, hidden, epochs):
    """What the command says that the training took, without reading the file."""
    with tempfile.TemporaryDirectory() as folder:
        call = [program, "train", file, "--hidden", str(hidden), "--epochs", str(epochs), "--threads", "1"]
        ran = subprocess.run([*call, "--quiet", "--json", "--out", folder], check=True, capture_output=True)
    return json.loads(ran.stdout)["result"]["total_seconds"]


if __name__ == "__main__":
    main()
