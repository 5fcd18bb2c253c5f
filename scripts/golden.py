#!/usr/bin/env python3
"""Golden numbers for rankone, from an independent float64 program in plain NumPy.

    python3 scripts/golden.py                    rebuild tests/golden from data/sample
    python3 scripts/golden.py --check            compare with what stands there instead
    python3 scripts/golden.py TRAIN VALIDATION [--hidden 50 --epochs 100 ...]    JSON on stdout

It shares no code with rankone and needs only numpy. N examples, M inputs, D hidden units, K classes;
alpha is D x (M+1), beta is K x (D+1), column 0 the bias. An epoch is one exact update for each example
in order, then the mean cross-entropy of both sets under the parameters the epoch ended with.
"""

import argparse
import json
import pathlib
import struct
import sys

import numpy as np

ROOT = pathlib.Path(__file__).resolve().parent.parent
GOLDEN = ROOT / "tests" / "golden"
LETTERS = (ROOT / "data/sample/smallTrain.csv", ROOT / "data/sample/smallValidation.csv")
GREY = (GOLDEN / "greyTrain.csv", GOLDEN / "greyValidation.csv")

# Name of the golden file: its two data sets, then what is not a default.
RUNS = {
    "zero-hidden4": (LETTERS, dict(hidden=4, epochs=2, learning_rate=0.1, init="zero")),
    "zero-hidden20": (LETTERS, dict(hidden=20, epochs=3, learning_rate=0.05, init="zero")),
    "random-hidden1": (LETTERS, dict(hidden=1, epochs=3)),
    "random-hidden7": (LETTERS, dict(hidden=7, epochs=2, learning_rate=0.5, seed=42)),
    "random-hidden50": (LETTERS, dict(hidden=50, epochs=3)),
    "numpy-hidden20": (LETTERS, dict(hidden=20, epochs=4, learning_rate=0.1, init="numpy", order="numpy")),
    "numpy-zero": (LETTERS, dict(hidden=4, epochs=2, learning_rate=0.1, init="zero", order="numpy")),
    "grey": (GREY, dict(hidden=6, epochs=60, learning_rate=0.3, seed=7, classes=3)),
}


def uniforms(seed, stream):
    """Numbers in [0, 1) without end: ChaCha8, key = seed, nonce = stream, 53 bits of each 64."""
    mask = 0xFFFFFFFF
    state = [*struct.unpack("<4I", b"expand 32-byte k"), seed & mask, seed >> 32, 0, 0, 0, 0, 0, 0]
    quarters = [(0, 4, 8, 12), (1, 5, 9, 13), (2, 6, 10, 14), (3, 7, 11, 15)]  # columns
    quarters += [(0, 5, 10, 15), (1, 6, 11, 12), (2, 7, 8, 13), (3, 4, 9, 14)]  # diagonals
    counter = 0
    while True:
        start = state + [counter & mask, counter >> 32, stream & mask, stream >> 32]
        v = list(start)
        for a, b, c, d in quarters * 4:
            for into, add, turn, left in ((a, b, d, 16), (c, d, b, 12), (a, b, d, 8), (c, d, b, 7)):
                v[into] = (v[into] + v[add]) & mask
                v[turn] ^= v[into]
                v[turn] = (v[turn] << left | v[turn] >> (32 - left)) & mask
        words = [(x + y) & mask for x, y in zip(v, start)]
        for low, high in zip(words[0::2], words[1::2]):
            yield ((high << 32 | low) >> 11) / 2**53
        counter += 1


def initial(init, seed, inputs, hidden, classes):
    """alpha and beta with biases 0; random weights row by row, all of alpha's, then all of beta's."""
    alpha, beta = np.zeros((hidden, inputs + 1)), np.zeros((classes, hidden + 1))
    if init == "numpy":  # as the starter code of CMU's 10-301: every layer seeded by its size
        for layer in (alpha, beta):
            np.random.seed(layer.size)
            layer[:] = np.random.uniform(-0.1, 0.1, layer.shape)
            layer[:, 0] = 0.0
    draw = uniforms(seed, stream=0)
    for row in (*alpha, *beta) if init == "random" else ():
        row[1:] = [next(draw) * 0.2 - 0.1 for _ in row[1:]]
    return alpha, beta


def read(path):
    """Labels, and inputs with x[0] = 1 before them."""
    rows = np.loadtxt(path, delimiter=",", ndmin=2)
    return rows[:, 0].astype(int), np.hstack([np.ones((len(rows), 1)), rows[:, 1:]])


def forward(alpha, beta, x):
    """Hidden units with z[0] = 1 and log probabilities, of one example or of one a row."""
    a = x @ alpha.T
    small = np.exp(-np.abs(a))
    hidden = np.where(a >= 0, 1.0, small) / (1.0 + small)
    z = np.concatenate([np.ones(hidden.shape[:-1] + (1,)), hidden], axis=-1)
    b = z @ beta.T
    b = b - b.max(axis=-1, keepdims=True)
    return z, b - np.log(np.exp(b).sum(axis=-1, keepdims=True))


def step(alpha, beta, x, y, learning_rate):
    """One example, one update, in place."""
    z, log_probability = forward(alpha, beta, x)
    g_b = np.exp(log_probability)
    g_b[y] -= 1.0
    g_z = beta[:, 1:].T @ g_b
    g_a = g_z * z[1:] * (1.0 - z[1:])
    beta -= learning_rate * np.outer(g_b, z)
    alpha -= learning_rate * np.outer(g_a, x)


def evaluate(alpha, beta, labels, x):
    """Mean cross-entropy and predicted labels, the lowest index on a tie."""
    _, log_probability = forward(alpha, beta, x)
    return float(-log_probability[np.arange(len(labels)), labels].mean()), log_probability.argmax(axis=1)


def order_of(order, epoch, examples):
    """Which example comes when, in an epoch from 0."""
    if order == "file":
        return range(examples)
    np.random.seed(epoch)
    return np.random.permutation(examples)


def train(files, hidden=50, epochs=100, learning_rate=0.01, init="random", seed=0, classes=10, order="file"):
    sets = [read(path) for path in files]
    labels, x = sets[0]
    alpha, beta = initial(init, seed, x.shape[1] - 1, hidden, classes)
    losses = ([], [])
    for epoch in range(epochs):
        for n in order_of(order, epoch, len(labels)):
            step(alpha, beta, x[n], labels[n], learning_rate)
        for loss, part in zip(losses, sets):
            loss.append(evaluate(alpha, beta, *part)[0])
    predicted = [evaluate(alpha, beta, *part)[1] for part in sets]
    errors = [float((p != part[0]).mean()) for p, part in zip(predicted, sets)]
    return {
        "train": pathlib.Path(files[0]).name, "validation": pathlib.Path(files[1]).name,
        "inputs": x.shape[1] - 1, "hidden": hidden, "classes": classes,
        "epochs": epochs, "learning_rate": learning_rate, "init": init, "seed": seed,
        "train_cross_entropy": losses[0], "validation_cross_entropy": losses[1],
        "train_error": errors[0], "validation_error": errors[1],
        "alpha_bias": alpha[:, 0].tolist(), "alpha_last_row": alpha[-1].tolist(),
        "beta_bias": beta[:, 0].tolist(), "beta_last_row": beta[-1].tolist(),
        "alpha_sum_of_squares": float((alpha**2).sum()), "beta_sum_of_squares": float((beta**2).sum()),
        "train_labels": predicted[0].tolist(), "validation_labels": predicted[1].tolist(),
        **({} if order == "file" else {"order": order}),
    }  # fmt: skip


def single_example():
    """J of one example, held against the published values. The published x = [0, 1, 2, 3, 4, 5] has M+1
    numbers and so counts x[0]; alpha's bias column is zero, so our x[0] = 1 gives the same J."""
    result = {"inputs": 5, "hidden": 3, "classes": 10}
    for y, inputs, half, ramp in (
        (9, [1, 2, 3, 4, 5], 2.302585092994046, 1.2903511328524147),
        (2, [0, 0, 0, 0, 0], 2.3025850929940455, 2.78295863634834),
    ):
        for name, published in (("half", half), ("ramp", ramp)):  # weights of 0.5, or evenly 0 to 1 by rows
            low = 0.5 if name == "half" else 0.0
            alpha, beta = np.linspace(low, 1 - low, 18).reshape(3, 6), np.linspace(low, 1 - low, 40).reshape(10, 4)
            alpha[:, 0] = beta[:, 0] = 0.0
            J = float(-forward(alpha, beta, np.array([1.0, *inputs]))[1][y])
            assert abs(J - published) <= 1e-14, (name, y, J, published)
            result[f"{name}_y{y}"] = J
    return result


def grey_rows(count, draw):
    """CSV of five inputs with decimals; the label is the largest of the first three."""
    rows = [[round(next(draw), 3) for _ in range(5)] for _ in range(count)]
    return "".join(f"{x[:3].index(max(x[:3]))},{','.join(map(str, x))}\n" for x in rows)


def as_json(result):
    return "{\n" + ",\n".join(f"  {json.dumps(key)}: {json.dumps(value)}" for key, value in result.items()) + "\n}\n"


def agree(new, old):
    """Whether two values are the same, numbers within 1e-9."""
    if isinstance(new, str) or np.shape(new) != np.shape(old):
        return new == old
    return bool((np.abs(np.subtract(new, old)) <= 1e-9).all())


def rebuild(check):
    """Writes every golden file, or compares each; returns the names of those that differ."""
    draw = uniforms(seed=0, stream=3)
    files = {path: grey_rows(count, draw) for path, count in zip(GREY, (40, 12))}
    wrong = [path.name for path, rows in files.items() if check and path.read_text() != rows]
    for path, rows in files.items() if not check else ():
        path.write_text(rows, newline="\n")
    for name, run in {"single-example": None, **RUNS}.items():
        path = GOLDEN / f"{name}.json"
        result = train(run[0], **run[1]) if run else single_example()
        if not check:
            path.write_text(as_json(result), newline="\n")
            continue
        old = json.loads(path.read_text())
        wrong += [f"{path.name}: {key}" for key in result if key not in old or not agree(result[key], old[key])]
    return wrong


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="*", metavar="FILE", help="TRAIN and VALIDATION: CSV, label then values")
    parser.add_argument("--check", action="store_true", help="compare tests/golden instead of writing it")
    defaults = {"hidden": 50, "epochs": 100, "learning-rate": 0.01, "seed": 0, "classes": 10}
    for name, default in defaults.items():
        parser.add_argument(f"--{name}", type=type(default), default=default)
    parser.add_argument("--init", choices=["random", "zero", "numpy"], default="random")
    parser.add_argument("--order", choices=["file", "numpy"], default="file")
    arguments = vars(parser.parse_args())
    files, check = arguments.pop("files"), arguments.pop("check")
    if len(files) not in (0, 2) or (files and check):
        parser.error("give TRAIN and VALIDATION, or neither of them, or --check alone")
    if not files:
        sys.exit("\n".join(rebuild(check)) or None)  # a message means status 1
    sys.stdout.write(as_json(train(files, **arguments)))


if __name__ == "__main__":
    main()
