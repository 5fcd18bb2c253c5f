"""From data files to the two figures of the handout's written part.

    python examples/python/handout.py [TRAIN.csv VALIDATION.csv] [--epochs 100] [--out FOLDER]

Without files, the committed sample. Needs matplotlib.
"""

import argparse
from pathlib import Path

import matplotlib.pyplot as plt
from rankone import read_csv
from rankone.handout import train_and_test

SAMPLE = Path(__file__).resolve().parents[2] / "data" / "sample"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("train", nargs="?", type=Path, default=SAMPLE / "smallTrain.csv")
    parser.add_argument("validation", nargs="?", type=Path, default=SAMPLE / "smallValidation.csv")
    parser.add_argument("--epochs", type=int, default=100)
    parser.add_argument("--out", type=Path, default=Path())
    options = parser.parse_args()
    train, validation = (read_csv(path, classes=10) for path in (options.train, options.validation))
    sets = (train.X, train.y, validation.X, validation.y)

    # Final cross-entropies against hidden units.
    sizes = (5, 20, 50, 100, 200)
    final = []
    for hidden in sizes:
        of_train, of_validation, *_ = train_and_test(*sets, options.epochs, hidden, True, 0.01)
        final.append((of_train[-1], of_validation[-1]))
        print(f"{hidden:4} hidden units: training {of_train[-1]:.4f}, validation {of_validation[-1]:.4f}")
    plt.figure(figsize=(6, 4))
    plt.plot(sizes, final, marker="o", label=("training", "validation"))
    plt.xscale("log")
    plt.xticks(sizes, sizes)
    plt.xlabel("hidden units")
    plt.ylabel("mean cross-entropy")
    plt.legend(loc="upper left", bbox_to_anchor=(1, 1))
    plt.savefig(options.out / "hidden.png", dpi=120, bbox_inches="tight")

    # Cross-entropies over the epochs, for each learning rate.
    plt.figure(figsize=(6, 4))
    for colour, rate in enumerate((0.1, 0.01, 0.001)):
        of_train, of_validation, *_ = train_and_test(*sets, options.epochs, 50, True, rate)
        epochs = range(1, options.epochs + 1)
        plt.plot(epochs, of_validation, f"C{colour}", label=f"rate {rate}, validation")
        plt.plot(epochs, of_train, f"C{colour}--", label=f"rate {rate}, training")
    plt.xlabel("epoch")
    plt.ylabel("mean cross-entropy")
    plt.legend(loc="upper left", bbox_to_anchor=(1, 1))
    plt.savefig(options.out / "rates.png", dpi=120, bbox_inches="tight")


if __name__ == "__main__":
    main()
