"""The functions of the handwriting homework, as reference answers.

Vectors are columns: x is (M+1, 1) with x[0] = 1, a is (D, 1), z is (D+1, 1) with z[0] = 1, b and y_hat are (K, 1).
Vectors of one dimension are accepted; the results then have one dimension. Parameters have their biases in column 0:
alpha is (D, M+1), beta is (K, D+1). A label ``y`` is a number from 0, or one-hot, (K, 1).

Names from the courses' skeletons (``linearForward``, ``NNForward``, ...) are aliases. :func:`compare` compares a
program's functions with these.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ._reference import (
    cross_entropy_backward,
    cross_entropy_forward,
    finite_difference,
    linear_backward,
    linear_forward,
    nn_backward,
    nn_forward,
    random_init,
    shuffle,
    sigmoid_backward,
    sigmoid_forward,
    softmax_backward,
    softmax_forward,
    train_and_test,
    zero_init,
)
from .compare import compare

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike, NDArray

    Array = NDArray[np.float64]

__all__ = [
    "NNBackward",
    "NNForward",
    "compare",
    "crossEntropyForward",
    "cross_entropy_backward",
    "cross_entropy_forward",
    "finite_difference",
    "linearBackward",
    "linearForward",
    "linear_backward",
    "linear_forward",
    "nn_backward",
    "nn_forward",
    "random_init",
    "shuffle",
    "sigmoidBackward",
    "sigmoidForward",
    "sigmoid_backward",
    "sigmoid_forward",
    "softmaxBackward",
    "softmaxForward",
    "softmax_backward",
    "softmax_forward",
    "train_and_test",
    "train_and_valid",
    "zero_init",
]

linearForward = linear_forward
linearBackward = linear_backward
sigmoidForward = sigmoid_forward
sigmoidBackward = sigmoid_backward
softmaxForward = softmax_forward
softmaxBackward = softmax_backward
crossEntropyForward = cross_entropy_forward
NNForward = nn_forward
train_and_valid = train_and_test


def NNBackward(
    x: ArrayLike, y: ArrayLike, alpha: ArrayLike, beta: ArrayLike, *rest: ArrayLike, **named: ArrayLike
) -> tuple[Array, Array, Array, Array, Array]:
    """:func:`nn_backward`, by its own arguments or by a skeleton's: ``(x, y, alpha, beta, z, y_hat)``."""
    names = ("z", "y_hat") if len(rest) == 2 else ("a", "z", "b", "y_hat", "J")
    given = {**dict(zip(names, rest, strict=False)), **named}
    if len(rest) > 5 or not {"z", "y_hat"} <= given.keys() <= {"a", "z", "b", "y_hat", "J"}:
        msg = f"NNBackward takes z, y_hat or a, z, b, y_hat, J after beta, and not {len(rest) + len(named)} others"
        raise TypeError(msg)
    return nn_backward(x, y, alpha, beta, 0.0, given["z"], 0.0, given["y_hat"], 0.0)
