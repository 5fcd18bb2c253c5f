"""The candidates, rankone's engines and the peers. Each call runs one in a separate process."""

import csv
import json
import pathlib
import subprocess
import sys
import tempfile

import environment

LOSSES = ("train_cross_entropy", "validation_cross_entropy")
# The label, module and function of each peer: see peer.py.
PEERS = {
    "numpy": ("NumPy", "with_numpy", "prepare"),
    "torch": ("PyTorch, in place without autograd", "with_torch", "prepare_in_place"),
    "torch_autograd": ("PyTorch, autograd and optim.SGD", "with_torch", "prepare_autograd"),
    "jax": ("JAX, lax.scan under jit", "with_jax", "prepare"),
    "sklearn": ("scikit-learn, MLPClassifier", "with_sklearn", "prepare"),
    "numba": ("Numba, loops", "with_numba", "prepare"),
    "numba_nonzero": ("Numba, loops that skip zero inputs", "with_numba", "prepare_nonzero"),
    "cblas": ("C over cblas (OpenBLAS)", "with_cblas", "prepare"),
}


def run_engine(rankone, engine, files, hidden, learning_rate, repeats):
    with tempfile.TemporaryDirectory() as directory:
        run, errors = reported(
            rankone, "train", *files, "--hidden", hidden,
            # The first epoch is a warm-up, as in peer.py.
            "--epochs", 1 + repeats, "--learning-rate", learning_rate,
            # With one thread no evaluation runs beside the training, pinned or not.
            "--seed", 0, "--engine", engine, "--threads", 1, "--json", "--out", directory,
        )  # fmt: skip
        if errors:
            return {"reason": errors[0].removeprefix("error: ")}
        with open(pathlib.Path(directory, "history.csv"), newline="") as file:
            first, *timed = csv.DictReader(file)
    examples, inputs, classes = (run["train"][key] for key in ("examples", "inputs", "classes"))
    return {
        "version": run["environment"]["rankone"],
        "examples": examples,
        "weights": hidden * (inputs + 1) + classes * (hidden + 1),
        "microseconds": [1e6 * float(epoch["sgd_seconds"]) / examples for epoch in timed],
        **{loss: float(first[loss]) for loss in LOSSES},
        **{key: run.get(key) for key in ("precision", "environment")},
    }


def run_peer(module, function, files, *numbers):
    program = pathlib.Path(__file__).with_name("peer.py")
    report, errors = reported(sys.executable, program, module, function, *files, *numbers)
    return {"reason": errors[-1]} if errors else report


def reported(*command):
    """Returns the JSON that a command printed and None, or None and the lines of its error message."""
    command = [str(part) for part in command]
    done = subprocess.run(command, env=environment.one_thread(), capture_output=True, text=True)
    if done.returncode == 0:
        return json.loads(done.stdout), None
    lines = [line.strip() for line in done.stderr.splitlines() if line.strip()]
    return None, lines or [f"ended with status {done.returncode} and said nothing"]
