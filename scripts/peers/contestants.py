"""Who takes part: rankone's engines and the peers, each run once as a process of its own."""

import csv
import dataclasses
import json
import os
import pathlib
import subprocess
import sys
import tempfile

import environment

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
PEERS = {
    "numpy": "NumPy",
    "torch": "PyTorch, in place without autograd",
    "torch_autograd": "PyTorch, autograd and optim.SGD",
    "jax": "JAX, lax.scan under jit",
    "sklearn": "scikit-learn, MLPClassifier",
    "numba": "Numba, loops",
    "numba_nonzero": "Numba, loops that skip zero inputs",
    "cblas": "C over cblas (OpenBLAS)",
}


@dataclasses.dataclass
class Problem:
    files: tuple
    hidden: int
    learning_rate: float
    repeats: int


class Engine:
    """One of rankone's engines."""

    def __init__(self, binary, engine):
        self.binary, self.engine, self.name = binary, engine, f"rankone, {engine}"

    def run(self, problem):
        with tempfile.TemporaryDirectory() as folder:
            summary, reason = finished(
                self.binary, "train", *problem.files, "--hidden", problem.hidden,
                # One epoch more: like the peers' first, it warms up and its time is left out.
                "--epochs", 1 + problem.repeats, "--learning-rate", problem.learning_rate,
                # Pinned or not: nothing evaluates beside the training.
                "--seed", 0, "--engine", self.engine, "--threads", 1, "--json", "--out", folder,
            )  # fmt: skip
            if reason:
                return {"reason": reason[0].removeprefix("error: ")}
            with open(pathlib.Path(folder, "history.csv"), newline="") as file:
                epochs = list(csv.DictReader(file))
        examples, inputs = size(problem.files[0])
        return {
            "version": version(self.binary),
            "examples": examples,
            "weights": problem.hidden * (inputs + 1) + CLASSES * (problem.hidden + 1),
            "microseconds": [1e6 * float(epoch["sgd_seconds"]) / examples for epoch in epochs[1:]],
            "train_cross_entropy": float(epochs[0]["train_cross_entropy"]),
            "validation_cross_entropy": float(epochs[0]["validation_cross_entropy"]),
            **{key: summary.get(key) for key in ("precision", "environment")},
        }


class Peer:
    """One of the programs with_*.py."""

    engine = None

    def __init__(self, peer):
        self.program, self.name = HERE / f"with_{peer}.py", PEERS[peer]

    def run(self, problem):
        numbers = problem.hidden, problem.learning_rate, problem.repeats
        report, reason = finished(sys.executable, self.program, *problem.files, *numbers)
        return {"reason": reason[-1]} if reason else report


CLASSES = 10  # rankone's default


def finished(*command):
    """What a program reports, or the lines in which it says why there is no report."""
    command = [str(part) for part in command]
    ended = subprocess.run(command, env=environment.one_thread(), capture_output=True, text=True)
    if ended.returncode == 0:
        return json.loads(ended.stdout), None
    lines = [line.strip() for line in ended.stderr.splitlines() if line.strip()]
    return None, lines or [f"ended with status {ended.returncode} and said nothing"]


def size(path):
    with open(path, encoding="utf-8-sig") as file:
        rows = [line.count(",") for line in file if line.strip()]
    return len(rows), rows[0]


def binary(given):
    """The rankone that was named, or a fresh one."""
    if given:
        return given.resolve()
    subprocess.run(["cargo", "build", "--release", "--quiet"], cwd=ROOT, check=True)
    return pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")) / "release" / "rankone"


def version(rankone):
    return subprocess.run([rankone, "--version"], capture_output=True, text=True, check=True).stdout.split()[-1]
