"""The five sizes of the handout's written part, one seed: one sweep, five trainings one after the other, and scikit-learn.

    python3 scripts/peers/sweep.py [--rounds 3] [--sklearn-epochs 2]

Needs NumPy, scikit-learn and `cargo build --release`. The sweep and the five trainings take turns; scikit-learn's
GridSearchCV with two jobs goes through few epochs, whose time is scaled to 100. Seconds, medians.
"""

import argparse
import os
import statistics
import subprocess
import tempfile
import time
import warnings

import numpy as np
from letters import ROOT, found
from sklearn.model_selection import GridSearchCV, PredefinedSplit
from sklearn.neural_network import MLPClassifier

HIDDEN = (5, 20, 50, 100, 200)
EPOCHS = 100


def seconds(work):
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def run(*command):
    subprocess.run([str(word) for word in command], check=True, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--sklearn-epochs", type=int, default=2)
    arguments = parser.parse_args()
    rankone = ROOT / "target" / "release" / "rankone"
    rankone = os.environ.get("RANKONE", rankone)
    files, what = found(None, rankone)
    common = (*files, "--epochs", EPOCHS, "--quiet")
    times = {"one sweep": [], "five trainings, all threads": [], "five trainings, one thread": []}
    with tempfile.TemporaryDirectory() as folder:
        for turn in range(arguments.rounds):
            out = lambda name: ("--out", f"{folder}/{turn}-{name}")
            sizes = ",".join(map(str, HIDDEN))
            ways = {
                "one sweep": lambda: run(rankone, "sweep", *common, "--hidden", sizes, *out("sweep")),
                "five trainings, all threads": lambda: [
                    run(rankone, "train", *common, "--hidden", d, *out(f"all{d}")) for d in HIDDEN
                ],
                "five trainings, one thread": lambda: [
                    run(rankone, "train", *common, "--hidden", d, "--threads", 1, *out(f"one{d}")) for d in HIDDEN
                ],
            }
            for name, work in ways.items():
                times[name].append(seconds(work))
    print(f"{what}; five sizes, {EPOCHS} epochs; rounds {arguments.rounds}")
    for name, found_times in times.items():
        print(f"{name}: {statistics.median(found_times):.2f} s ({min(found_times):.2f} to {max(found_times):.2f})")

    train, validation = (np.loadtxt(file, delimiter=",") for file in files)
    rows = np.concatenate((train, validation))
    split = PredefinedSplit([-1] * len(train) + [0] * len(validation))
    network = MLPClassifier(
        solver="sgd", batch_size=1, momentum=0, shuffle=False, activation="logistic", alpha=0.0,
        learning_rate_init=0.01, max_iter=arguments.sklearn_epochs, random_state=0,
    )  # fmt: skip
    grid = {"hidden_layer_sizes": [(d,) for d in HIDDEN]}
    search = GridSearchCV(network, grid, cv=split, n_jobs=2, refit=False, scoring="neg_log_loss")
    # That so few epochs are too few is known; jobs are processes of their own.
    os.environ["PYTHONWARNINGS"] = "ignore"
    warnings.simplefilter("ignore")
    took = seconds(lambda: search.fit(rows[:, 1:], rows[:, 0].astype(int)))
    scaled = took * EPOCHS / arguments.sklearn_epochs
    print(f"scikit-learn, two jobs: {took:.1f} s for {arguments.sklearn_epochs} epochs, {scaled:.0f} s for {EPOCHS}")


if __name__ == "__main__":
    main()
