"""What each function is tried on: small random networks, extremes, the data given."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from rankone import handout

from .calls import Label
from .difference import Difference, close, same, values

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import ArrayLike, NDArray

    Array = NDArray[np.float64]


@dataclass(frozen=True)
class Case:
    """A call of a function, and how what it returns is looked at.

    ``check`` raises the first difference; before that, it yields after each quantity that is right.
    """

    where: str
    arguments: dict[str, Any]
    check: Callable[[Any], Iterator[None]]


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
        _, a, z, b, y_hat, J = handout.nn_forward(column, label, alpha, beta)
        gradients = handout.nn_backward(column, label, alpha, beta, a, z, b, y_hat, J)
        where = where or f"for {inputs} inputs, {hidden} hidden units, {classes} classes"
        y = Label(label, classes)
        return cls(where, column, y, alpha, beta, a, z, b, y_hat, J, *gradients)

    def arguments(self, *, backward: bool = False) -> dict[str, Any]:
        """Return what the forward or the backward function is called with."""
        forward = {"x": self.x, "y": self.y, "alpha": self.alpha, "beta": self.beta}
        rest = {"a": self.a, "z": self.z, "b": self.b, "y_hat": self.y_hat, "J": self.J}
        return {**forward, **rest} if backward else forward

    def check_forward(self, found: Any) -> Iterator[None]:
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

    def check_linear_backward(self, found: Any) -> Iterator[None]:
        """Look at the gradients of the output layer."""
        grad_param, grad_prev = values(found, 2)
        yield from same("grad_param", grad_param, self.g_beta)
        # With the constant's, or without: both are taught.
        yield from same("grad_prev", grad_prev, self.g_z, self.beta.T @ self.g_b)

    def check_backward(self, found: Any) -> Iterator[None]:
        """Look at all gradients, or at those of the parameters."""
        g_alpha, g_beta, *rest = values(found, 5, 2)
        g_b, g_z, g_a = rest or (self.g_b, self.g_z, self.g_a)
        yield from same("g_b", g_b, self.g_b)
        yield from same("g_beta", g_beta, self.g_beta)
        yield from same("g_z", g_z, self.g_z, self.beta.T @ self.g_b)
        yield from same("g_a", g_a, self.g_a)
        yield from same("g_alpha", g_alpha, self.g_alpha)


def _one(quantity: str, *expected: ArrayLike) -> Callable[[Any], Iterator[None]]:
    def check(found: Any) -> Iterator[None]:
        yield from same(quantity, found, *expected)

    return check


def cases(random: np.random.Generator, data: tuple[ArrayLike, ArrayLike] | None) -> Iterator[tuple[str, list[Case]]]:
    """Give each function's cases, functions in the order in which they build on each other."""
    nets = [Net.drawn(random, *sizes) for sizes in ((4, 3, 3), (5, 2, 4), (3, 6, 10))]
    inputs, labels = (np.asarray(part) for part in data) if data is not None else (None, None)
    if inputs is not None and labels is not None:
        labels = labels.ravel().astype(int)
        classes = max(10, int(labels.max()) + 1)
        nets += [
            Net.drawn(random, inputs.shape[1], 5, classes, (inputs[i], int(labels[i])), f"on example {i} of the data")
            for i in range(min(3, len(inputs)))
        ]
    extreme = np.array([[1000.0], [0.0], [-1000.0]])
    large = "for large numbers"
    yield "zero_init", [Case("for 3 x 5", {"shape": (3, 5)}, _one("weights", np.zeros((3, 5))))]
    yield "random_init", [Case("for 3 x 5", {"shape": (3, 5)}, _is_random)]
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
                _one("result", handout.cross_entropy_backward(n.y.label, n.y_hat)),
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
        [Case(n.where, {"curr": n.z, "grad_curr": n.g_z}, _one("result", n.g_a)) for n in nets],
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
    if inputs is not None and labels is not None:
        sets.append(("on 100 examples of the data", inputs[:100], labels[:100]))
    yield "train_and_test", [_training(*some) for some in sets]


def _is_random(found: Any) -> Iterator[None]:
    """Random weights are everybody's own, but within a tenth, and biases are 0."""
    weights: Array = np.asarray(found, dtype=np.float64)
    if weights.shape != (3, 5):
        raise Difference("weights", f"weights: found shape {weights.shape}, expected (3, 5)")
    yield from same("bias column", weights[:, 0], np.zeros(3))
    yield from same("largest weight", max(0.1, np.abs(weights).max()), 0.1)
    if len(np.unique(weights[:, 1:])) < 12:
        raise Difference("weights", "weights: found equal ones, expected random numbers")


def _shuffling(X: Array, y: NDArray[Any]) -> Case:
    right = handout.shuffle(X, y, 1)

    def check(found: Any) -> Iterator[None]:
        for name, part, expected in zip("Xy", values(found, 2), right, strict=True):
            yield from same(name, part, expected)

    return Case("in epoch 1", {"X": X, "y": y, "epoch": 1}, check)


def _training(where: str, X: Array, y: NDArray[Any]) -> Case:
    """A training from zero weights, in the order of the examples or in that of 10-301."""
    half = len(X) // 2
    given: dict[str, Any] = {
        "X_train": X[half:],
        "y_train": y[half:],
        "X_val": X[:half],
        "y_val": y[:half],
        "num_epoch": 3,
        "num_hidden": 3,
        "init_rand": False,
        "learning_rate": 0.1,
    }
    names = ("loss_per_epoch_train", "loss_per_epoch_val", "err_train", "err_val", "y_hat_train", "y_hat_val")
    classes = max(10, int(y.max()) + 1)
    editions: tuple[Literal["10-315", "10-301"], ...] = ("10-315", "10-301")

    def check(found: Any) -> Iterator[None]:
        parts = values(found, 6)
        faults = []
        for edition in editions:
            right: tuple[Any, ...] = handout.train_and_test(**given, edition=edition, num_classes=classes)
            try:
                for name, part, expected in zip(names, parts, right, strict=True):
                    list(same(name, part, expected))
            except Difference as fault:
                faults.append(fault)
            else:
                break
        else:
            raise faults[0]
        yield

    return Case(f"{where}, from zero weights", given, check)
