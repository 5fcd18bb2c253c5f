"""Training, with all that the library lets one set."""

from __future__ import annotations

import hashlib
import inspect
import multiprocessing
import os
import reprlib
import threading
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import numpy as np

from . import _rankone
from ._rankone import Dataset, Network, real, text, whole

if TYPE_CHECKING:
    from collections.abc import Callable
    from os import PathLike

    from numpy.typing import ArrayLike

    Path: TypeAlias = str | PathLike[str]
    Data: TypeAlias = Dataset | tuple[ArrayLike, ArrayLike]

# By which the libraries of numerical Python are told how many threads to take; joblib sets them in its workers.
THREAD_VARIABLES = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "BLIS_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
)


def threads(wanted: int | None) -> int:
    """Return how many threads a training takes.

    Those that are wanted; otherwise one in a thread or a process that another one started, as joblib's are, and
    elsewhere all cores, but no more than any of the usual variables says.
    """
    if wanted is not None:
        return whole("n_threads", wanted, 1)
    said = [os.environ.get(name, "") for name in THREAD_VARIABLES]
    bounds = [int(number) for number in said if number.isdecimal() and int(number) > 0]
    is_worker = (
        multiprocessing.parent_process() is not None or threading.current_thread() is not threading.main_thread()
    )
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return min([1 if is_worker else cores or 1, *bounds])


def file(name: str, path: Any) -> str:
    """Return a path as a string."""
    try:
        return os.fsdecode(path)
    except TypeError:
        msg = f"{name}: found {path!r}, expected a path"
        raise TypeError(msg) from None


class Trainer:
    """Trains networks with one hidden layer by exact stochastic gradient descent.

    Parameters
    ----------
    hidden_units : int
        D.
    learning_rate : float
        The step size of each update.
    epochs : int
        Passes over the training set.
    init : str
        How the weights start: ``"random"``, uniform in [-0.1, 0.1) from the seed; ``"zero"``; or ``"numpy"``, as the
        starter code of CMU's 10-301 draws them.
    order : str, array of shape (N,), or function
        ``"file"``, ``"shuffled"`` (afresh each epoch, from the seed) or ``"numpy"``; or a permutation of the examples,
        for all epochs; or a function that gives one for each epoch, from 0.
    schedule : str or function
        ``"constant"``, ``"inverse:H"``, ``"step:F/E"`` or ``"cosine"``; or a function that gives the learning rate of
        each epoch, from 0.
    patience : int, optional
        Stop after so many epochs without a lower validation cross-entropy.
    keep : str, optional
        Which epoch's network is wanted: ``"last"``, or ``"best"`` by the validation set. The last, if that is not
        said, or the best where there is patience.
    seed : int
        Of a random start and order: the command's ``--seed``, to the bit.
    start : Network or (alpha, beta), optional
        Start from these parameters, of shapes (D, M+1) and (K, D+1).
    on_epoch : function, optional
        Is called with each :class:`Epoch`; the training ends where it returns something true.
    checkpoint : path, optional
        Where the state of the training is written on its way, and at its end.
    checkpoint_seconds : float
        How often.
    resume : path, optional
        Go on from the state in this file, on the same data and with the same settings; ``epochs`` may be more. That
        a function of order or schedule is the same one cannot be told.
    n_threads : int, optional
        No bit of the result depends on it. If it is not said: all cores in a program's main thread, one in a thread or
        process that another one started, and never more than ``OMP_NUM_THREADS`` and its like say.
    engine : str
        What computes the updates: ``"auto"``, ``"reference"``, ``"blas"`` or ``"blocked"``. They differ in speed and in
        rounding.
    precision : str, optional
        ``"float64"`` or ``"float32"``, of arrays; a :class:`Dataset` has its own.

    Examples
    --------
    >>> import numpy as np
    >>> from rankone import Trainer
    >>> X, y = np.eye(4), [0, 1, 2, 0]
    >>> outcome = Trainer(hidden_units=3, learning_rate=0.5, epochs=200).fit((X, y))
    >>> outcome.train.error
    0.0
    """

    def __init__(
        self,
        *,
        hidden_units: int = 50,
        learning_rate: float = 0.01,
        epochs: int = 100,
        init: Literal["random", "zero", "numpy"] = "random",
        order: str | ArrayLike | Callable[[int], ArrayLike] = "file",
        schedule: str | Callable[[int], float] = "constant",
        patience: int | None = None,
        keep: Literal["last", "best"] | None = None,
        seed: int = 0,
        start: Network | tuple[ArrayLike, ArrayLike] | None = None,
        on_epoch: Callable[[_rankone.Epoch], object] | None = None,
        checkpoint: Path | None = None,
        checkpoint_seconds: float = 30.0,
        resume: Path | None = None,
        n_threads: int | None = None,
        engine: Literal["auto", "reference", "blas", "blocked"] = "auto",
        precision: Literal["float64", "float32"] | None = None,
    ) -> None:
        self.hidden_units = hidden_units
        self.learning_rate = learning_rate
        self.epochs = epochs
        self.init = init
        self.order = order
        self.schedule = schedule
        self.patience = patience
        self.keep = keep
        self.seed = seed
        self.start = start
        self.on_epoch = on_epoch
        self.checkpoint = checkpoint
        self.checkpoint_seconds = checkpoint_seconds
        self.resume = resume
        self.n_threads = n_threads
        self.engine = engine
        self.precision = precision

    def __repr__(self) -> str:
        """Return the settings that are not what they are if nothing is said."""
        parameters = inspect.signature(type(self)).parameters.values()
        said = {p.name: reprlib.repr(getattr(self, p.name)) for p in parameters}
        changed = [f"{p.name}={said[p.name]}" for p in parameters if said[p.name] != reprlib.repr(p.default)]
        return f"Trainer({', '.join(changed)})"

    def fit(self, train: Data, validation: Data | None = None) -> _rankone.Outcome:
        """Train on a data set, and test on another one after each epoch.

        Other threads of Python go on meanwhile. Ctrl-C ends the training after the epoch that runs.

        Parameters
        ----------
        train : Dataset or (X, y)
            X of shape (N, M), y of shape (N,) with whole numbers from 0.
        validation : Dataset or (X, y), optional
            Of the same inputs and classes.

        Returns
        -------
        Outcome
            The network, each epoch's losses, and how good it is on both sets.

        Raises
        ------
        ValueError
            Where a setting is outside its range, or data do not fit.
        Diverged
            Where the loss left the finite numbers.
        KeyboardInterrupt
            After Ctrl-C. It, and whatever ``on_epoch`` raises, has an attribute ``outcome``: the training as far as it
            came. An exception from a function of order or schedule has none; the state is in ``checkpoint``, if that
            was given.
        """
        outcome, interrupt = self._fit(train, validation)
        if interrupt is not None:
            interrupt.outcome = outcome  # type: ignore[attr-defined]
            raise interrupt
        return outcome

    def _fit(
        self,
        train: Data,
        validation: Data | None,
        *,
        epochs_before: int = 0,
        epochs_in_all: int | None = None,
    ) -> tuple[_rankone.Outcome, BaseException | None]:
        """Train; return what Python raised meanwhile, too."""
        if not isinstance(train, Dataset):
            X, y = _pair("training set", train, "(X, y)")
            train = Dataset(X, y, precision=self.precision)
        precision = train.precision
        if validation is not None and not isinstance(validation, Dataset):
            X, y = _pair("validation set", validation, "(X, y)")
            validation = Dataset._named("validation X", X, "validation y", y, len(train.classes), precision)
        start = self.start
        if start is not None and not isinstance(start, Network):
            start = Network(*_pair("start", start, "a network or (alpha, beta)"), precision=precision)
        if self.on_epoch is not None and not callable(self.on_epoch):
            msg = f"on_epoch: found {self.on_epoch!r}, expected a function"
            raise TypeError(msg)
        order, order_of = _said(self.order, "file")
        schedule, rate_of = _said(self.schedule, "constant")
        if rate_of is not None and not callable(self.schedule):
            msg = f"schedule: found {self.schedule!r}, expected a name or a function"
            raise TypeError(msg)
        return _rankone.fit(
            train,
            validation,
            {
                "hidden_units": whole("hidden_units", self.hidden_units, 1),
                "epochs": whole("epochs", self.epochs, 1),
                "learning_rate": real("learning_rate", self.learning_rate),
                "init": text("init", self.init),
                "seed": whole("seed", self.seed, 0),
                "order": order,
                "schedule": schedule,
                "patience": None if self.patience is None else whole("patience", self.patience, 1),
                "keep": None if self.keep is None else text("keep", self.keep),
                "engine": text("engine", self.engine),
                "threads": threads(self.n_threads),
                "epochs_before": epochs_before,
                "epochs_in_all": whole("epochs", self.epochs if epochs_in_all is None else epochs_in_all, 1),
                "start": start,
                "order_of": order_of,
                "rate_of": rate_of,
                "on_epoch": self.on_epoch,
                "checkpoint": None if self.checkpoint is None else file("checkpoint", self.checkpoint),
                "checkpoint_seconds": real("checkpoint_seconds", self.checkpoint_seconds),
                "resume": None if self.resume is None else file("resume", self.resume),
                "orders_and_rates": self._orders_and_rates(),
            },
        )

    def _orders_and_rates(self) -> str:
        """Return what a state is to know of an order and a schedule that have no name; the native half keeps it."""
        words = []
        if callable(self.order):
            words.append("an order by a function")
        elif not isinstance(self.order, str) and (self.checkpoint is not None or self.resume is not None):
            order = np.asarray(self.order)
            # What is no order is refused when it is used.
            places = order.astype(np.float64) if order.dtype.kind in "biuf" else np.zeros(0)
            words.append(f"an order of checksum {hashlib.sha256(places.tobytes()).hexdigest()[:16]}")
        if callable(self.schedule):
            words.append("rates by a function")
        return " and ".join(words)


def _pair(name: str, value: Any, expected: str) -> tuple[ArrayLike, ArrayLike]:
    if isinstance(value, (tuple, list)) and len(value) == 2:
        return value[0], value[1]
    msg = f"{name}: found {type(value).__name__}, expected {expected}"
    raise TypeError(msg)


def _said(value: Any, otherwise: str) -> tuple[str, Callable[[int], Any] | None]:
    """Return a setting as its name, or as a function of the epoch and the name of what that replaces."""
    if isinstance(value, str):
        return value, None
    if callable(value):
        return otherwise, value
    return otherwise, lambda _epoch: value
