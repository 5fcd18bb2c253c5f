"""What each function is tried on: small random networks, extremes, the data given."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from rankone import _reference

from .calls import Either, Label
from .difference import Difference, close, same, values

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import ArrayLike, NDArray

    from rankone._rankone import Dataset

    Array = NDArray[np.float64]


@dataclass(frozen=True)
class Case:
    """A call of a function, and how what it returns is looked at.

    ``check`` raises the first difference; before that, it yields after each quantity that is right: what is to be noted
    of it all the same, or nothing.
    """

    where: str
    arguments: dict[str, Any]
    check: Callable[[Any], Iterator[str]]


@dataclass(frozen=True)
class Net:
    """A network and an example, with every number of it."""

    where: str
    x: Array
    y: Label
    alpha: Array
    beta: Array
    a: Array
    z: Array
    b: Array
    y_hat: Array
    J: float
    g_alpha: Array
    g_beta: Array
    g_b: Array
    g_z: Array
    g_a: Array

    @classmethod
    def drawn(
        cls,
        random: np.random.Generator,
        inputs: int,
        hidden: int,
        classes: int,
        example: tuple[ArrayLike, int] | None = None,
        where: str | None = None,
    ) -> Net:
        """Draw parameters, and an example where none is given."""
        x, label = example or (random.uniform(0.0, 1.0, inputs), int(random.integers(classes)))
        column = np.concatenate([[1.0], np.asarray(x, dtype=np.float64)]).reshape(-1, 1)
        alpha = random.uniform(-1.0, 1.0, (hidden, inputs + 1))
        beta = random.uniform(-1.0, 1.0, (classes, hidden + 1))
        _, a, z, b, y_hat, J = _reference.nn_forward(column, label, alpha, beta)
        gradients = _reference.nn_backward(column, label, alpha, beta, a, z, b, y_hat, J)
        where = where or f"for {inputs} inputs, {hidden} hidden units, {classes} classes"
        y = Label(label, classes)
        return cls(where, column, y, alpha, beta, a, z, b, y_hat, J, *gradients)

    def arguments(self, *, backward: bool = False) -> dict[str, Any]:
        """Return what the forward or the backward function is called with."""
        forward = {"x": self.x, "y": self.y, "alpha": self.alpha, "beta": self.beta}
        rest = {"a": self.a, "z": self.z, "b": self.b, "y_hat": self.y_hat, "J": self.J}
        return {**forward, **rest} if backward else forward

    def check_forward(self, found: Any) -> Iterator[str]:
        """Look at what the forward function returned: with x, or without."""
        parts = values(found, 6, 5)
        quantities: dict[str, ArrayLike] = {
            "x": self.x,
            "a": self.a,
            "z": self.z,
            "b": self.b,
            "y_hat": self.y_hat,
            "J": self.J,
        }
        for (name, right), part in zip(list(quantities.items())[-len(parts) :], parts, strict=True):
            yield from same(name, part, right)

    def check_linear_backward(self, found: Any) -> Iterator[str]:
        """Look at the gradients of the output layer."""
        grad_param, grad_prev = values(found, 2)
        yield from same("grad_param", grad_param, self.g_beta)
        # With the constant's, or without: both are taught.
        yield from same("grad_prev", grad_prev, self.g_z, self.beta.T @ self.g_b)

    def check_backward(self, found: Any) -> Iterator[str]:
        """Look at all gradients, or at those of the parameters."""
        g_alpha, g_beta, *rest = values(found, 5, 2)
        g_b, g_z, g_a = rest or (self.g_b, self.g_z, self.g_a)
        yield from same("g_b", g_b, self.g_b)
        yield from same("g_beta", g_beta, self.g_beta)
        yield from same("g_z", g_z, self.g_z, self.beta.T @ self.g_b)
        yield from same("g_a", g_a, self.g_a)
        yield from same("g_alpha", g_alpha, self.g_alpha)


def _one(quantity: str, *expected: ArrayLike) -> Callable[[Any], Iterator[str]]:
    def check(found: Any) -> Iterator[str]:
        yield from same(quantity, found, *expected)

    return check


def cases(random: np.random.Generator, data: Dataset | None) -> Iterator[tuple[str, list[Case]]]:
    """Give each function's cases, functions in the order in which they build on each other."""
    nets = [Net.drawn(random, *sizes) for sizes in ((4, 3, 3), (5, 2, 4), (3, 6, 10))]
    if data is not None:
        inputs, labels, classes = data.X, data.y, max(10, len(data.classes))
        nets += [
            Net.drawn(random, inputs.shape[1], 5, classes, (inputs[i], int(labels[i])), f"on example {i} of the data")
            for i in range(min(3, len(data)))
        ]
    extreme = np.array([[1000.0], [0.0], [-1000.0]])
    large = "for large numbers"
    yield "zero_init", [Case("for 3 x 5", {"shape": (3, 5)}, _one("weights", np.zeros((3, 5))))]
    yield "random_init", [Case("for 20 x 30", {"shape": (20, 30)}, _is_random)]
    yield "linear_forward", [Case(n.where, {"prev": n.x, "p": n.alpha}, _one("result", n.a)) for n in nets]
    yield (
        "sigmoid_forward",
        [Case(n.where, {"a": n.a}, _one("result", n.z[1:], n.z)) for n in nets]
        + [Case(large, {"a": extreme}, _one("result", [1.0, 0.5, 0.0], [1.0, 1.0, 0.5, 0.0]))],
    )
    yield (
        "softmax_forward",
        [Case(n.where, {"b": n.b}, _one("result", n.y_hat)) for n in nets]
        + [Case(large, {"b": extreme}, _one("result", [1.0, 0.0, 0.0]))],
    )
    yield (
        "cross_entropy_forward",
        [Case(n.where, {"hot_y": n.y, "y_hat": n.y_hat}, _one("result", n.J)) for n in nets],
    )
    yield "nn_forward", [Case(n.where, n.arguments(), n.check_forward) for n in nets]
    yield (
        "cross_entropy_backward",
        [
            Case(
                n.where,
                {"hot_y": n.y, "y_hat": n.y_hat},
                _one("result", _reference.cross_entropy_backward(n.y.label, n.y_hat)),
            )
            for n in nets
        ],
    )
    yield (
        "softmax_backward",
        [Case(n.where, {"hot_y": n.y, "y_hat": n.y_hat}, _one("result", n.g_b)) for n in nets],
    )
    yield (
        "linear_backward",
        [Case(n.where, {"prev": n.z, "p": n.beta, "grad_curr": n.g_b}, n.check_linear_backward) for n in nets],
    )
    yield (
        "sigmoid_backward",
        # From the gradient in z without its constant's, or with: as linear_backward gives it.
        [
            Case(n.where, {"curr": n.z, "grad_curr": Either((n.g_z, n.beta.T @ n.g_b))}, _one("result", n.g_a))
            for n in nets
        ],
    )
    yield "nn_backward", [Case(n.where, n.arguments(backward=True), n.check_backward) for n in nets]
    theta = random.uniform(-1.0, 1.0, 3)
    yield (
        "finite_difference",
        [
            Case(
                "for a sum of cubes",
                {"f": lambda theta: float(np.sum(np.asarray(theta) ** 3)), "theta": theta},
                lambda found: close("result", found, 3.0 * theta**2),
            )
        ],
    )
    X, y = random.uniform(0.0, 1.0, (12, 4)), random.integers(0, 10, 12)
    yield "shuffle", [_shuffling(X, y)]
    sets = [("on 12 random examples", X, y)]
    # A program of the course knows ten classes.
    if data is not None and len(data) >= 2 and len(data.classes) <= 10:
        some = min(100, len(data))
        sets.append((f"on {some} examples of the data", inputs[:some], labels[:some]))
    yield "train_and_test", [case for some in sets for case in (_training(*some), _random_training(*some))]


def _is_random(found: Any) -> Iterator[str]:
    """Random weights are everybody's own, but spread over a tenth on both sides, and biases are 0."""
    weights: Array = np.asarray(found, dtype=np.float64)
    if weights.shape != (20, 30):
        raise Difference("weights", f"weights: found shape {weights.shape}, expected (20, 30)")
    yield from same("bias column", weights[:, 0], np.zeros(20))
    low, high = weights[:, 1:].min(), weights[:, 1:].max()
    if not (-0.1 <= low < -0.05 and 0.05 < high <= 0.1):
        raise Difference("weights", f"weights: found some from {low:.3g} to {high:.3g}, expected from -0.1 to 0.1")
    if len(np.unique(weights[:, 1:])) < 500:
        raise Difference("weights", "weights: found equal ones, expected random numbers")


def _shuffling(X: Array, y: NDArray[Any]) -> Case:
    right = _reference.shuffle(X, y, 1)

    def check(found: Any) -> Iterator[str]:
        for name, part, expected in zip("Xy", values(found, 2), right, strict=True):
            yield from same(name, part, expected)

    return Case("in epoch 1", {"X": X, "y": y, "epoch": 1}, check)


NAMES = ("loss_per_epoch_train", "loss_per_epoch_val", "err_train", "err_val", "y_hat_train", "y_hat_val")


def _settings(X: Array, y: NDArray[Any]) -> dict[str, Any]:
    half = len(X) // 2
    train = {"X_train": X[half:], "y_train": y[half:], "X_val": X[:half], "y_val": y[:half]}
    return {**train, "num_epoch": 3, "num_hidden": 3, "init_rand": False, "learning_rate": 0.1}


def _training(where: str, X: Array, y: NDArray[Any]) -> Case:
    """A training from zero weights, in the order of the examples or in that of 10-301."""
    settings = _settings(X, y)
    editions: tuple[Literal["10-315", "10-301"], ...] = ("10-315", "10-301")

    def check(found: Any) -> Iterator[str]:
        parts = values(found, 6)
        faults = []
        for edition in editions:
            right: tuple[Any, ...] = _reference.train_and_test(**settings, edition=edition)
            agreed = 0
            try:
                for name, part, expected in zip(NAMES, parts, right, strict=True):
                    agreed += len(list(same(name, part, expected)))
            except Difference as fault:
                fault.message += f", by the rules of {edition}"
                faults.append((agreed, fault))
            else:
                yield ""
                return
        # By the rules that it follows for longer.
        raise max(faults, key=lambda fault: fault[0])[1]

    return Case(f"{where}, from zero weights", {**settings, "init_rand": Either((False, 2))}, check)


def _random_training(where: str, X: Array, y: NDArray[Any]) -> Case:
    """A training from random weights, which are everybody's own: that it comes to its end, with numbers that can be."""
    settings = _settings(X, y)
    losses = (settings["num_epoch"], np.inf)
    labels = [(len(settings[name]), 9.0) for name in ("y_train", "y_val")]
    # Of each quantity: how many numbers, and how large they may be.
    bounds = (losses, losses, (1, 1.0), (1, 1.0), *labels)

    def check(found: Any) -> Iterator[str]:
        for name, part, (size, most) in zip(NAMES, values(found, 6), bounds, strict=True):
            numbers = np.asarray(part, dtype=np.float64)
            if numbers.size != size:
                raise Difference(name, f"{name}: found {numbers.size} numbers, expected {size}")
            wrong = numbers[~((numbers >= 0.0) & (numbers <= most) & np.isfinite(numbers))]
            if wrong.size:
                raise Difference(name, f"{name}: found {wrong.flat[0]:.9g}, expected a number from 0 to {most:g}")
            yield ""

    return Case(f"{where}, from random weights", {**settings, "init_rand": Either((True, 1))}, check)
