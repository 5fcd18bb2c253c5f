"""One grid search, on the cores of this machine, on a Dask cluster, or on Ray: the same results.

    python examples/cluster/grid_search.py [loky|dask|ray] [--jobs 2] [--epochs 20]

Prints the scores as one line of JSON. Whoever has a cluster that runs already connects to it where this starts one; what
is set so that the death of a worker loses nothing is explained in docs/clusters.md.
"""

import argparse
import contextlib
import json
import os
import time
from collections.abc import Iterator
from pathlib import Path

import joblib
from rankone import RankOneClassifier, read_csv
from sklearn.model_selection import GridSearchCV, StratifiedKFold

SAMPLE = Path(__file__).resolve().parents[2] / "data" / "sample"
GRID = {"hidden_units": [5, 20, 50], "learning_rate": [0.1, 0.03, 0.01]}


@contextlib.contextmanager
def loky(jobs: int) -> Iterator[None]:
    with joblib.parallel_config(backend="loky", n_jobs=jobs):
        yield


@contextlib.contextmanager
def dask(jobs: int) -> Iterator[None]:
    import logging

    from dask import config
    from dask.distributed import Client, LocalCluster

    # Before the cluster: it would drop the copies of the data that a death makes precious.
    config.set({"distributed.scheduler.active-memory-manager.start": False})
    cluster = LocalCluster(
        n_workers=jobs,
        threads_per_worker=1,
        host="127.0.0.1",
        dashboard_address="127.0.0.1:0",
        silence_logs=logging.ERROR,
    )
    with cluster, Client(cluster), joblib.parallel_config(backend="dask"):
        yield


@contextlib.contextmanager
def ray(jobs: int) -> Iterator[None]:
    # Before the import: only so does it stay on this machine, and to itself.
    os.environ.update(RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER="0", RAY_USAGE_STATS_ENABLED="0")
    import ray
    from ray.util.joblib import register_ray

    ray.init(
        num_cpus=jobs,
        include_dashboard=False,
        log_to_driver=False,
        logging_level="ERROR",
        object_store_memory=100 * 2**20,
    )
    register_ray()
    again = {"max_restarts": -1, "max_task_retries": -1}
    try:
        with joblib.parallel_config(backend="ray", ray_remote_args=again):
            yield
    finally:
        ray.shutdown()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("backend", nargs="?", choices=("loky", "dask", "ray"), default="loky")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--epochs", type=int, default=20)
    options = parser.parse_args()
    letters = read_csv(SAMPLE / "smallTrain.csv", classes=10)
    X, y = letters.X, letters.y
    # As lists: what is an array is sent to one worker alone, and dies with it.
    folds = [(train.tolist(), test.tolist()) for train, test in StratifiedKFold(5).split(X, y)]
    search = GridSearchCV(RankOneClassifier(epochs=options.epochs), GRID, cv=folds, n_jobs=options.jobs)
    with {"loky": loky, "dask": dask, "ray": ray}[options.backend](options.jobs):
        print("searching", flush=True)
        begin = time.perf_counter()
        search.fit(X, y)
        seconds = time.perf_counter() - begin
    scores = search.cv_results_["mean_test_score"].tolist()
    print(json.dumps({"best": search.best_params_, "scores": scores, "seconds": seconds}))


if __name__ == "__main__":
    main()
