"""What every peer does around its own epoch: read the data, time it, report one JSON object on stdout.

    with_LIBRARY.py TRAIN.csv VALIDATION.csv HIDDEN LEARNING_RATE REPEATS

A peer gives `prepare(alpha, beta, x, labels, learning_rate)`. It may copy, transpose or move what it is
given as it likes, and returns `epoch()`; only `epoch()` is timed, and it returns alpha and beta as it left
them. Symbols and shapes are those of scripts/golden.py, which also gives the start and the losses.
"""

import json
import pathlib
import sys
import time

import numpy as np
from threadpoolctl import threadpool_info

sys.path.append(str(pathlib.Path(__file__).resolve().parent.parent))
import golden  # noqa: E402

CLASSES = 10


def measure(version, prepare):
    files, (hidden, learning_rate, repeats) = sys.argv[1:3], sys.argv[3:6]
    (labels, x), validation = (golden.read(file) for file in files)
    start = golden.initial("random", 0, x.shape[1] - 1, int(hidden), CLASSES)
    seconds = []
    for _ in range(1 + int(repeats)):
        alpha, beta = (weights.copy() for weights in start)
        epoch = prepare(alpha, beta, x, labels, float(learning_rate))
        begin = time.perf_counter()
        alpha, beta = epoch()
        seconds.append(time.perf_counter() - begin)
    alpha, beta = np.asarray(alpha), np.asarray(beta)
    del seconds[0]  # the warm-up: compilation, first touch of memory
    report = {
        "version": version,
        "examples": len(labels),
        "weights": alpha.size + beta.size,
        "microseconds": [1e6 * second / len(labels) for second in seconds],
        "train_cross_entropy": golden.evaluate(alpha, beta, labels, x)[0],
        "validation_cross_entropy": golden.evaluate(alpha, beta, *validation)[0],
        # Which BLAS and which of its cores (kernels) really ran, and on how many threads.
        "thread_pools": [{k: v for k, v in pool.items() if k != "filepath"} for pool in threadpool_info()],
    }
    print(json.dumps(report))
