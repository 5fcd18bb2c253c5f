"""Times epochs of one peer and prints a report, one JSON object.

    peer.py MODULE FUNCTION TRAIN.csv VALIDATION.csv HIDDEN LEARNING_RATE REPEATS

MODULE (one of with_*.py) has VERSION, the library's, and FUNCTION(alpha, beta, x, labels, learning_rate), which
returns epoch(). FUNCTION is not timed and may copy, transpose or move its arguments. epoch() is timed, and
returns alpha and beta after one epoch. Symbols and shapes are those of scripts/golden.py, which also computes the
initial weights and the losses.
"""

import importlib
import json
import sys

import numpy as np
from common import ROOT, timed
from threadpoolctl import threadpool_info

sys.path.append(str(ROOT / "scripts"))
import golden  # noqa: E402

CLASSES = 10


def main():
    module, function, *files, hidden, learning_rate, repeats = sys.argv[1:]
    module = importlib.import_module(module)
    (labels, x), validation = (golden.read(file) for file in files)
    start = golden.initial("random", 0, x.shape[1] - 1, int(hidden), CLASSES)
    microseconds = []
    for _ in range(1 + int(repeats)):
        alpha, beta = (weights.copy() for weights in start)
        epoch = getattr(module, function)(alpha, beta, x, labels, float(learning_rate))
        seconds, (alpha, beta) = timed(epoch)
        microseconds.append(1e6 * seconds / len(labels))
    alpha, beta = np.asarray(alpha), np.asarray(beta)
    report = {
        "version": module.VERSION,
        "examples": len(labels),
        "weights": alpha.size + beta.size,
        "microseconds": microseconds[1:],  # without the warm-up: compilation, first access to memory
        "train_cross_entropy": golden.evaluate(alpha, beta, labels, x)[0],
        "validation_cross_entropy": golden.evaluate(alpha, beta, *validation)[0],
        # The BLAS libraries that were loaded, their kernels ("architecture") and numbers of threads.
        "thread_pools": [{k: v for k, v in pool.items() if k != "filepath"} for pool in threadpool_info()],
    }
    print(json.dumps(report))


if __name__ == "__main__":
    main()
