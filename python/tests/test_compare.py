"""Typical mistakes are found, and named at the right function."""

import json
import subprocess
import sys
from types import SimpleNamespace

import numpy as np
import pytest
from rankone import handout
from rankone.compare import compare

RIGHT = """
import numpy as np

def linearForward(x, p):
    print("chatter")
    return p @ x

def sigmoidForward(a):
    return 1 / (1 + np.exp(-a))

def softmaxForward(b):
    e = np.exp(b - b.max())
    return e / e.sum()

def crossEntropyForward(hot_y, y_hat):
    return -np.sum(hot_y * np.log(y_hat))

def NNForward(x, y, alpha, beta):
    a = linearForward(x, alpha)
    z = np.vstack([[[1.0]], sigmoidForward(a)])
    b = linearForward(z, beta)
    y_hat = softmaxForward(b)
    return x, a, z, b, y_hat, crossEntropyForward(y, y_hat)

def softmaxBackward(hot_y, y_hat):
    return y_hat - hot_y

def linearBackward(prev, p, grad_curr):
    return grad_curr @ prev.T, p[:, 1:].T @ grad_curr

def sigmoidBackward(curr, grad_curr):
    return grad_curr * curr[1:] * (1 - curr[1:])

def NNBackward(x, y, alpha, beta, z, y_hat):
    g_b = softmaxBackward(y, y_hat)
    g_beta, g_z = linearBackward(z, beta, g_b)
    g_a = sigmoidBackward(z, g_z)
    g_alpha, _ = linearBackward(x, alpha, g_a)
    return g_alpha, g_beta, g_b, g_z, g_a

def train_and_valid(X_train, y_train, X_val, y_val, num_epoch, num_hidden, init_rand, learning_rate):
    alpha, beta = np.zeros((num_hidden, X_train.shape[1] + 1)), np.zeros((10, num_hidden + 1))
    column = lambda x: np.concatenate([[1.0], x]).reshape(-1, 1)
    hot = lambda y: np.eye(10)[:, [int(y)]]
    losses = [], []
    for epoch in range(num_epoch):
        for x, y in zip(X_train, y_train):
            x, a, z, b, y_hat, J = NNForward(column(x), hot(y), alpha, beta)
            g_alpha, g_beta, g_b, g_z, g_a = NNBackward(x, hot(y), alpha, beta, z, y_hat)
            alpha = alpha - learning_rate * g_alpha
            beta = beta - learning_rate * g_beta
        for kept, X, Y in ((losses[0], X_train, y_train), (losses[1], X_val, y_val)):
            kept.append(np.mean([NNForward(column(x), hot(y), alpha, beta)[-1] for x, y in zip(X, Y)]))
    label = lambda x: np.argmax(NNForward(column(x), hot(0), alpha, beta)[4])
    labels = [np.array([label(x) for x in X]) for X in (X_train, X_val)]
    errors = [np.mean(found != y) for found, y in zip(labels, (y_train, y_val))]
    return *losses, *errors, *labels
"""


def written(folder, old="", new="", name="submission.py"):
    assert old in RIGHT
    path = folder / name
    path.write_text(RIGHT.replace(old, new) if old else RIGHT)
    return path


def first_fault(comparison):
    return next(report for report in comparison.reports if report.verdict not in ("right", "missing"))


def test_what_is_right_is_right(tmp_path):
    comparison = compare(written(tmp_path))
    assert comparison.is_right, str(comparison)
    missing = [report.function for report in comparison.reports if report.verdict == "missing"]
    assert missing == ["zero_init", "random_init", "cross_entropy_backward", "finite_difference", "shuffle"]
    ours = compare(handout)
    assert [report.verdict for report in ours.reports] == ["right"] * len(ours.reports), str(ours)


@pytest.mark.parametrize(
    ("old", "new", "function", "quantity", "index"),
    [
        # The bias forgotten.
        ("return p @ x", "return p[:, 1:] @ x[1:]", "linear_forward", "result", [0]),
        ("np.vstack([[[1.0]], sigmoidForward(a)])", "np.vstack([[[0.0]], sigmoidForward(a)])", "nn_forward", "z", [0]),
        # beta updated before g_z.
        (
            "            g_alpha, g_beta, g_b, g_z, g_a = NNBackward(x, hot(y), alpha, beta, z, y_hat)\n",
            "            beta = beta - learning_rate * NNBackward(x, hot(y), alpha, beta, z, y_hat)[1]\n"
            "            g_alpha, g_beta = NNBackward(x, hot(y), alpha, beta, z, y_hat)[0], 0.0\n",
            "train_and_test",
            "loss_per_epoch_train",
            [0],
        ),
        # A wrong sign.
        ("return y_hat - hot_y", "return hot_y - y_hat", "softmax_backward", "result", [0]),
        ("alpha - learning_rate", "alpha + learning_rate", "train_and_test", "loss_per_epoch_train", [0]),
        ("return -np.sum(", "return np.sum(", "cross_entropy_forward", "result", []),
        # The mean instead of the sum.
        ("return -np.sum(", "return -np.mean(", "cross_entropy_forward", "result", []),
        # Overflow.
        ("np.exp(b - b.max())", "np.exp(b)", "softmax_forward", "result", [0]),
        # A transposed gradient.
        ("return grad_curr @ prev.T,", "return prev @ grad_curr.T,", "linear_backward", "grad_param", None),
        # The derivative of something else.
        ("curr[1:] * (1 - curr[1:])", "(1 - curr[1:] ** 2)", "sigmoid_backward", "result", [0]),
        # The bias's gradient kept where it must go.
        ("return g_alpha, g_beta, g_b", "return g_beta, g_alpha, g_b", "nn_backward", "g_beta", None),
    ],
)
def test_typical_mistakes(tmp_path, old, new, function, quantity, index):
    fault = first_fault(compare(written(tmp_path, old, new)))
    assert (fault.function, fault.verdict, fault.quantity, fault.index) == (function, "wrong", quantity, index), fault
    if index is not None:
        # So written that NaN is no agreement.
        assert not fault.difference <= 1e-8


def test_exceptions_say_where(tmp_path):
    fault = first_fault(compare(written(tmp_path, "return p @ x", "return p @ undefined")))
    assert (fault.function, fault.verdict) == ("linear_forward", "error")
    assert "NameError" in fault.message
    assert "line 6 of submission.py" in fault.message
    broken = tmp_path / "broken.py"
    broken.write_text("def f(:\n")
    assert "SyntaxError" in first_fault(compare(broken)).message
    with pytest.raises(FileNotFoundError):
        compare(tmp_path / "none.py")


def test_objects_other_names_and_in_place_changes():
    def spoiling(hot_y, y_hat):
        y_hat -= hot_y
        return y_hat

    some = SimpleNamespace(softmax_backward=spoiling, linearForward=lambda prevl, w: w @ prevl)
    comparison = compare(some)
    assert comparison.is_right, str(comparison)
    wrong = SimpleNamespace(softmax_forward=lambda b: np.full_like(b, np.nan))
    assert np.isnan(first_fault(compare(wrong)).found)


def test_what_is_right_but_odd_is_noted():
    def shifting(b):
        b -= b.max()
        return np.exp(b) / np.exp(b).sum()

    some = SimpleNamespace(softmax_forward=shifting, sigmoid_forward=lambda a: handout.sigmoid_forward(a).ravel())
    comparison = compare(some)
    assert comparison.is_right
    notes = {report.function: report.message for report in comparison.reports if report.message}
    assert notes == {
        "softmax_forward": "it changes its argument b",
        "sigmoid_forward": "result is of shape (3,), not (3, 1)",
    }


def test_the_exception_that_came_last_is_told(tmp_path):
    # With a number for a label it comes further than with a one-hot vector.
    one_hot = "    hot = np.zeros((3, 1))\n    hot[y] = 1\n    return undefined\n"
    file = tmp_path / "submission.py"
    file.write_text(f"import numpy as np\ndef NNBackward(x, y, alpha, beta, z, y_hat):\n{one_hot}")
    fault = first_fault(compare(file))
    assert "NameError" in fault.message
    assert "line 5 of submission.py" in fault.message


TRAIN = "def train_and_valid(X_train, y_train, X_val, y_val, num_epoch, num_hidden, init_rand, learning_rate):\n"


def test_either_flag_of_the_handouts_is_taken(tmp_path):
    flagged = TRAIN + "    if init_rand not in (1, 2): raise ValueError\n"
    assert compare(written(tmp_path, TRAIN, flagged)).is_right
    # A program that fails where it is to start from random weights.
    fault = first_fault(compare(written(tmp_path, TRAIN, TRAIN + "    if init_rand == 1: undefined()\n")))
    assert (fault.function, fault.verdict) == ("train_and_test", "error")
    assert "from random weights" in fault.message


def test_the_rules_that_it_follows_for_longer_count():
    def train_and_test(*arguments):
        train, val, err, *rest = handout.train_and_test(*arguments, edition="10-301")
        return train, val, 1 - err, *rest

    fault = first_fault(compare(SimpleNamespace(train_and_test=train_and_test)))
    assert fault.quantity == "err_train"
    assert "by the rules of 10-301" in fault.message


@pytest.mark.parametrize(("low", "high"), [(0.0, 0.1), (-0.001, 0.001), (-0.2, 0.2)])
def test_random_weights_of_another_range(low, high):
    def random_init(shape):
        weights = np.random.default_rng(0).uniform(low, high, shape)
        weights[:, 0] = 0
        return weights

    assert "expected from -0.1 to 0.1" in first_fault(compare(SimpleNamespace(random_init=random_init))).message


def test_parameters_by_their_names():
    def linear_forward(*, p, prev):
        return p @ prev

    assert compare(SimpleNamespace(linear_forward=linear_forward)).is_right


def test_data_that_are_none():
    for data, words in [
        (([[np.nan, 1.0]], [0]), "X"),
        (([[1.0]], [0, 1]), "2 labels"),
        (([[1.0]], [0.5]), "y: found 0.5"),
    ]:
        with pytest.raises(ValueError, match=words):
            compare(handout, data)
    # One example cannot be cut in two, nor do programs of the course know an eleventh class.
    assert compare(handout, ([[1.0, 0.5]], [0])).is_right
    assert compare(handout, ([[1.0, 0.5], [0.0, 1.0]], [0, 10])).is_right


def test_the_data_given_are_tried(letters):
    X, y = letters[0].X, letters[0].y

    def only_small(prev, p):
        return p @ prev if len(prev) < 100 else 0 * (p @ prev)

    some = SimpleNamespace(linear_forward=only_small)
    assert compare(some).is_right
    fault = first_fault(compare(some, (X, y)))
    assert (fault.function, fault.verdict) == ("linear_forward", "wrong")
    assert "on example 0 of the data" in fault.message


def test_a_folder_of_programs_each_in_a_process_of_its_own(tmp_path):
    written(tmp_path, name="a_right.py")
    written(tmp_path, "return y_hat - hot_y", "return hot_y - y_hat", name="b_sign.py")
    (tmp_path / "c_endless.py").write_text("while True: pass\n")
    (tmp_path / "d_dead.py").write_text("import os\nos._exit(3)\n")
    (tmp_path / "e_exit.py").write_text("import sys\nsys.exit(0)\n")
    # Its arguments are none of ours; where it stops, what was found before is told.
    late = RIGHT.replace("return grad_curr * curr[1:]", "while True: pass\n    return grad_curr * curr[1:]")
    (tmp_path / "f_late.py").write_text("import sys\nassert len(sys.argv) == 1\n" + late)
    call = [sys.executable, "-m", "rankone.compare", str(tmp_path), "--timeout", "8"]
    ran = subprocess.run([*call, "--json"], capture_output=True, text=True, check=False)
    assert ran.returncode == 1, ran.stderr
    found = [json.loads(line) for line in ran.stdout.splitlines()]
    assert [program["right"] for program in found] == [True, False, False, False, False, False]
    words = [first["message"] for program in found[2:] for first in program["functions"][:1]]
    assert "no end within 8 s" in words[0]
    assert "exit code 3" in words[1]
    assert "SystemExit" in words[2]
    last = found[5]["functions"][-1]
    assert (last["function"], last["message"]) == ("sigmoid_backward", "no end within 8 s")
    assert {"function": "linear_backward", "verdict": "right"}.items() <= found[5]["functions"][-2].items()
    table = subprocess.run([*call[:3], str(tmp_path / "a_right.py")], capture_output=True, text=True, check=True)
    assert "nn_backward            right" in table.stdout
    nothing = subprocess.run([*call[:3], str(tmp_path / "none.py")], capture_output=True, text=True, check=False)
    assert nothing.returncode == 2
    assert "no such file" in nothing.stderr
    for wrong in (["--seed", "-1"], ["--timeout", "nan"], ["--data", str(tmp_path / "a_right.py")]):
        usage = subprocess.run([*call[:4], *wrong], capture_output=True, text=True, check=False)
        assert (usage.returncode, wrong[0] in usage.stderr) == (2, True), usage.stderr
