"""Times one sweep over the handout's five sizes, five trainings one after the other, and scikit-learn's grid search.

    python3 scripts/peers/sweep.py [--rounds 3] [--sklearn-epochs 2]

Needs NumPy, scikit-learn and `cargo build --release`. The sweep and the five trainings take turns; scikit-learn's
GridSearchCV with two jobs trains for few epochs, and its time is scaled to 100. Prints medians in seconds.
"""

import argparse
import os
import statistics
import subprocess
import tempfile
import warnings

import numpy as np
from common import RANKONE, letters, timed
from sklearn.model_selection import GridSearchCV, PredefinedSplit
from sklearn.neural_network import MLPClassifier
from with_sklearn import SGD

HIDDEN = (5, 20, 50, 100, 200)
EPOCHS = 100


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--sklearn-epochs", type=int, default=2)
    arguments = parser.parse_args()
    rankone = os.environ.get("RANKONE", RANKONE)
    files, source = letters(rankone)

    def run(command, hidden, directory, *options):
        command = [rankone, command, *files, "--epochs", EPOCHS, "--quiet", "--hidden", hidden, *options]
        command = [str(part) for part in (*command, "--out", f"{directory}/{hidden}")]
        subprocess.run(command, check=True, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)

    candidates = {
        "one sweep": lambda out: run("sweep", ",".join(map(str, HIDDEN)), out),
        "five trainings, all threads": lambda out: [run("train", d, out) for d in HIDDEN],
        "five trainings, one thread": lambda out: [run("train", d, out, "--threads", 1) for d in HIDDEN],
    }
    times = {name: [] for name in candidates}
    for _ in range(arguments.rounds):
        for name, work in candidates.items():
            with tempfile.TemporaryDirectory() as directory:
                times[name].append(timed(lambda: work(directory))[0])
    print(f"{source}; five sizes, {EPOCHS} epochs; rounds {arguments.rounds}")
    for name, seconds in times.items():
        print(f"{name}: {statistics.median(seconds):.2f} s ({min(seconds):.2f} to {max(seconds):.2f})")

    train, validation = (np.loadtxt(file, delimiter=",") for file in files)
    rows = np.concatenate((train, validation))
    split = PredefinedSplit([-1] * len(train) + [0] * len(validation))
    network = MLPClassifier(**SGD, learning_rate_init=0.01, max_iter=arguments.sklearn_epochs, random_state=0)
    grid = {"hidden_layer_sizes": [(d,) for d in HIDDEN]}
    search = GridSearchCV(network, grid, cv=split, n_jobs=2, refit=False, scoring="neg_log_loss")
    # So few epochs do not converge, which scikit-learn warns about. Its jobs, separate processes, read the variable.
    os.environ["PYTHONWARNINGS"] = "ignore"
    warnings.simplefilter("ignore")
    seconds, _ = timed(lambda: search.fit(rows[:, 1:], rows[:, 0].astype(int)))
    scaled = seconds * EPOCHS / arguments.sklearn_epochs
    print(f"scikit-learn, two jobs: {seconds:.1f} s for {arguments.sklearn_epochs} epochs, {scaled:.0f} s for {EPOCHS}")


if __name__ == "__main__":
    main()
