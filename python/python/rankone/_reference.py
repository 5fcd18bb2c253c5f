"""Reference implementations of the handwriting homework's functions; :mod:`rankone.handout` is their public name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from . import _rankone
from ._rankone import Dataset, whole
from ._trainer import Trainer

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import ArrayLike, NDArray

    Array = NDArray[np.float64]


def _vector(name: str, values: ArrayLike) -> tuple[Array, bool]:
    """Return a vector as one of one dimension, and whether it was a column."""
    array: Array = np.asarray(values, dtype=np.float64)
    is_column = array.ndim == 2 and array.shape[1] == 1
    if array.ndim != 1 and not is_column:
        msg = f"{name}: found shape {array.shape}, expected a vector (n,) or a column (n, 1)"
        raise ValueError(msg)
    return array.reshape(-1), is_column


def _shaped(vector: Array, is_column: bool) -> Array:
    return vector.reshape(-1, 1) if is_column else vector


def _label(y: ArrayLike, classes: int) -> int:
    """Return the label that is meant: it itself, or the place of the 1 of a one-hot vector."""
    array = np.asarray(y)
    if array.size != 1:
        places = np.flatnonzero(array)
        if array.dtype.kind not in "biuf" or len(places) != 1 or array.ravel()[places[0]] != 1:
            msg = f"y: found {array.ravel().tolist()}, expected a label or a one-hot vector"
            raise ValueError(msg)
        if array.size != classes:
            msg = f"y: found {array.size} numbers, expected {classes}, one a class, of a one-hot vector"
            raise ValueError(msg)
        return int(places[0])
    label = array.item()
    if array.dtype.kind not in "biuf" or not float(label).is_integer() or label < 0:
        msg = f"y: found {label!r}, expected a whole number from 0"
        raise ValueError(msg)
    return int(label)


def linear_forward(prev: ArrayLike, p: ArrayLike) -> Array:
    """``p prev``.

    Parameters
    ----------
    prev : array of shape (n, 1)
        The layer before, with its constant 1.
    p : array of shape (m, n)
        Its parameters.

    Returns
    -------
    array of shape (m, 1)
    """
    vector, is_column = _vector("prev", prev)
    return _shaped(_rankone.linear_forward(vector, p), is_column)


def linear_backward(prev: ArrayLike, p: ArrayLike, grad_curr: ArrayLike) -> tuple[Array, Array]:
    """From the gradient in the output of a layer, those in its parameters and its input.

    Parameters
    ----------
    prev : array of shape (n, 1)
        The layer before, with its constant 1.
    p : array of shape (m, n)
        Its parameters.
    grad_curr : array of shape (m, 1)
        dJ/d(p prev).

    Returns
    -------
    grad_param : array of shape (m, n)
        ``grad_curr prev^T``.
    grad_prev : array of shape (n-1, 1)
        ``p[:, 1:]^T grad_curr``: the constant has no gradient.
    """
    vector, _ = _vector("prev", prev)
    grad, is_column = _vector("grad_curr", grad_curr)
    grad_param, grad_prev = _rankone.linear_backward(vector, p, grad)
    return grad_param, _shaped(grad_prev, is_column)


def sigmoid_forward(a: ArrayLike) -> Array:
    """``1 / (1 + exp(-a))``, of a's shape, without a constant."""
    vector, is_column = _vector("a", a)
    return _shaped(_rankone.sigmoid_forward(vector), is_column)


def sigmoid_backward(curr: ArrayLike, grad_curr: ArrayLike) -> Array:
    """``grad_curr * curr * (1 - curr)``.

    Parameters
    ----------
    curr : array of shape (D+1, 1) or (D, 1)
        z, with its constant or without.
    grad_curr : array of shape (D, 1)
        dJ/dz.

    Returns
    -------
    array of shape (D, 1)
        dJ/da.
    """
    vector, _ = _vector("curr", curr)
    grad, is_column = _vector("grad_curr", grad_curr)
    return _shaped(_rankone.sigmoid_backward(vector, grad), is_column)


def softmax_forward(b: ArrayLike) -> Array:
    """``exp(b) / sum exp(b)``, of b's shape, without overflow.

    No probability is below 2.2e-308, the smallest normal number, so that each has a finite logarithm.
    """
    vector, is_column = _vector("b", b)
    return _shaped(_rankone.softmax_forward(vector), is_column)


def softmax_backward(hot_y: ArrayLike, y_hat: ArrayLike) -> Array:
    """dJ/db of softmax and cross-entropy together: ``y_hat - hot_y``.

    Parameters
    ----------
    hot_y : int, or array of shape (K, 1)
        The label.
    y_hat : array of shape (K, 1)
        The probabilities.

    Returns
    -------
    array of shape (K, 1)
    """
    vector, is_column = _vector("y_hat", y_hat)
    return _shaped(_rankone.softmax_backward(_label(hot_y, len(vector)), vector), is_column)


def cross_entropy_forward(hot_y: ArrayLike, y_hat: ArrayLike) -> float:
    """``J = -log y_hat[y]``."""
    vector, _ = _vector("y_hat", y_hat)
    return _rankone.cross_entropy_forward(_label(hot_y, len(vector)), vector)


def cross_entropy_backward(hot_y: ArrayLike, y_hat: ArrayLike) -> Array:
    """dJ/dy_hat, ``-1 / y_hat[y]`` at the label and 0 elsewhere, of y_hat's shape."""
    vector, is_column = _vector("y_hat", y_hat)
    return _shaped(_rankone.cross_entropy_backward(_label(hot_y, len(vector)), vector), is_column)


def nn_forward(
    x: ArrayLike, y: ArrayLike, alpha: ArrayLike, beta: ArrayLike
) -> tuple[Array, Array, Array, Array, Array, float]:
    """One example forward.

    Parameters
    ----------
    x : array of shape (M+1, 1)
        The input, x[0] = 1.
    y : int, or array of shape (K, 1)
        The label.
    alpha, beta : arrays of shapes (D, M+1) and (K, D+1)
        The parameters.

    Returns
    -------
    x, a, z, b, y_hat : arrays of shapes (M+1, 1), (D, 1), (D+1, 1), (K, 1), (K, 1)
        ``a = alpha x``, ``z = [1; sigmoid(a)]``, ``b = beta z``, ``y_hat = softmax(b)``.
    J : float
        ``-log y_hat[y]``; 708.4 at most, as no probability is 0. The losses of a training are taken from the scores
        and have no such bound.
    """
    vector, is_column = _vector("x", x)
    classes = np.shape(beta)[0] if np.ndim(beta) else 0
    a, z, b, y_hat, J = _rankone.forward(vector, _label(y, classes), alpha, beta)
    x, a, z, b, y_hat = (_shaped(v, is_column) for v in (vector, a, z, b, y_hat))
    return x, a, z, b, y_hat, J


def nn_backward(
    x: ArrayLike,
    y: ArrayLike,
    alpha: ArrayLike,
    beta: ArrayLike,
    a: ArrayLike,  # noqa: ARG001
    z: ArrayLike,
    b: ArrayLike,  # noqa: ARG001
    y_hat: ArrayLike,
    J: float,  # noqa: ARG001
) -> tuple[Array, Array, Array, Array, Array]:
    """The same example backward, from what :func:`nn_forward` returned.

    Parameters
    ----------
    x, y, alpha, beta
        As in :func:`nn_forward`.
    a, z, b, y_hat, J
        What it returned; the gradients depend on z and y_hat alone.

    Returns
    -------
    g_alpha, g_beta : arrays of shapes (D, M+1) and (K, D+1)
        dJ/dalpha, dJ/dbeta.
    g_b, g_z, g_a : arrays of shapes (K, 1), (D, 1), (D, 1)
        dJ/db, dJ/dz without the constant's, dJ/da.
    """
    vector, is_column = _vector("x", x)
    z_vector, _ = _vector("z", z)
    y_hat_vector, _ = _vector("y_hat", y_hat)
    label = _label(y, len(y_hat_vector))
    g_alpha, g_beta, *vectors = _rankone.backward(vector, label, alpha, beta, z_vector, y_hat_vector)
    g_b, g_z, g_a = (_shaped(v, is_column) for v in vectors)
    return g_alpha, g_beta, g_b, g_z, g_a


def finite_difference(f: Callable[[Array], float], theta: ArrayLike, epsilon: float = 1e-5) -> Array:
    """The gradient of ``f`` at ``theta`` by centred differences.

    Parameters
    ----------
    f : function
        Takes an array of theta's shape, gives a number.
    theta : array of any shape
        It is not changed.
    epsilon : float
        Half the distance between the two values.

    Returns
    -------
    array of theta's shape
        ``(f(theta + epsilon e_i) - f(theta - epsilon e_i)) / (2 epsilon)`` for each of its numbers.
    """
    theta = np.array(theta, dtype=np.float64)
    gradient = np.empty_like(theta)
    for place in np.ndindex(theta.shape):
        value = theta[place]
        theta[place] = value + epsilon
        above = f(theta.copy())
        theta[place] = value - epsilon
        below = f(theta.copy())
        theta[place] = value
        gradient[place] = (float(above) - float(below)) / (2 * epsilon)
    return gradient


def shuffle(X: ArrayLike, y: ArrayLike, epoch: int) -> tuple[NDArray[Any], NDArray[Any]]:
    """The examples in the order of an epoch, from 0, as 10-301's starter code has it.

    ``np.random.seed(epoch)``, then ``np.random.permutation(N)``; the state of ``np.random`` stays what it is.

    Parameters
    ----------
    X : array of shape (N, M)
    y : array of shape (N,)
    epoch : int

    Returns
    -------
    X, y : arrays of the same shapes
    """
    X, y = np.asarray(X), np.asarray(y)
    if len(X) != len(y):
        msg = f"y: found {len(y)} labels, expected {len(X)}, one an example"
        raise ValueError(msg)
    order = np.random.RandomState(epoch).permutation(len(X))
    return X[order], y[order]


def random_init(shape: tuple[int, int]) -> Array:
    """Random parameters of a layer, as 10-301's starter code draws them.

    ``np.random.seed(rows * columns)``, then ``np.random.uniform(-0.1, 0.1, shape)``, column 0 set to 0.

    Parameters
    ----------
    shape : (int, int)
        Of the layer, its bias column included.

    Returns
    -------
    array of that shape
    """
    rows, columns = shape
    weights: Array = np.random.RandomState(rows * columns).uniform(-0.1, 0.1, shape)
    weights[:, 0] = 0.0
    return weights


def zero_init(shape: tuple[int, int]) -> Array:
    """Parameters of a layer that are all 0."""
    return np.zeros(shape)


def train_and_test(
    X_train: ArrayLike,
    y_train: ArrayLike,
    X_val: ArrayLike,
    y_val: ArrayLike,
    num_epoch: int,
    num_hidden: int,
    init_rand: bool | int,
    learning_rate: float,
    *,
    edition: Literal["10-315", "10-301"] = "10-315",
    num_classes: int = 10,
) -> tuple[Array, Array, float, float, NDArray[np.int64], NDArray[np.int64]]:
    """Train a network and test it: what the homework asks for.

    Parameters
    ----------
    X_train, X_val : arrays of shape (N, M)
        Inputs without the constant column, of any numeric type.
    y_train, y_val : arrays of shape (N,)
        Labels, whole numbers from 0.
    num_epoch : int
        Passes over the training set.
    num_hidden : int
        D.
    init_rand : bool, or the handout's flag
        True or 1: random weights; False, 0 or 2: all weights 0.
    learning_rate : float
        The step size of each update.
    edition : str
        ``"10-315"``: the examples in order, random weights from seed 0 of the command's generator; ``"10-301"``: the
        order of :func:`shuffle` and the weights of :func:`random_init`.
    num_classes : int
        K.

    Returns
    -------
    loss_per_epoch_train, loss_per_epoch_val : arrays of shape (num_epoch,)
        Mean cross-entropies after each epoch.
    err_train, err_val : float
        Shares of examples that are predicted wrong at the end.
    y_hat_train, y_hat_val : arrays of shape (N,)
        The predicted labels.

    Raises
    ------
    ValueError
        Where arrays do not fit, or a setting is outside its range.
    rankone.Diverged
        Where the loss left the finite numbers.
    """
    editions = {"10-315": ("random", "file"), "10-301": ("numpy", "numpy")}
    if edition not in editions:
        msg = f"edition: found {edition!r}, expected 10-315 or 10-301"
        raise ValueError(msg)
    if init_rand not in (0, 1, 2):
        msg = f"init_rand: found {init_rand!r}, expected True or False"
        raise ValueError(msg)
    init, order = editions[edition]
    trainer = Trainer(
        hidden_units=whole("num_hidden", num_hidden, 1),
        epochs=whole("num_epoch", num_epoch, 1),
        learning_rate=learning_rate,
        init="zero" if init_rand != 1 else "numpy" if init == "numpy" else "random",
        order=order,
    )
    train = Dataset._named("X_train", X_train, "y_train", y_train, num_classes, "float64")
    outcome = trainer.fit(train, Dataset._named("X_val", X_val, "y_val", y_val, num_classes, "float64"))
    validation = outcome.validation
    assert validation is not None
    history = outcome.history
    return (
        np.array([epoch.train_cross_entropy for epoch in history]),
        np.array([epoch.validation_cross_entropy for epoch in history], dtype=np.float64),
        outcome.train.error,
        validation.error,
        outcome.train.predictions,
        validation.predictions,
    )
