"""The classifier for scikit-learn."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils import check_random_state
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, validate_data

from ._plot import plot_loss
from ._rankone import Dataset, whole
from ._trainer import Trainer

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray
    from typing_extensions import Self

    from ._rankone import Epoch, Outcome


class RankOneClassifier(ClassifierMixin, BaseEstimator):
    """A network with one hidden layer, trained by exact stochastic gradient descent.

    Every example is one update, before the next one is looked at: what ``MLPClassifier(solver="sgd", batch_size=1,
    momentum=0, activation="logistic")`` computes, and faster.

    Parameters
    ----------
    hidden_units : int
        D.
    learning_rate : float
        The step size of each update.
    epochs : int
        Passes over the training set.
    init : str
        How the weights start: ``"random"``, ``"zero"`` or ``"numpy"``; see :class:`Trainer`.
    order : str
        Of the examples: ``"file"``, as they come; ``"shuffled"``, afresh each epoch; ``"numpy"``.
    schedule : str
        How the rate goes from epoch to epoch: ``"constant"``, ``"inverse:H"``, ``"step:F/E"`` or ``"cosine"``.
    patience : int, optional
        Stop after so many epochs without a lower validation cross-entropy.
    keep : str, optional
        Which epoch's network: ``"last"`` or ``"best"``; best where there is patience, if it is not said.
    precision : str
        ``"float64"`` or ``"float32"``.
    validation_fraction : float
        Share of the examples that :meth:`fit` puts apart for validation, where it is given none.
    random_state : int, RandomState or None
        A number is the seed, the command's ``--seed`` to the bit. None is seed 0: the same each time.
    n_threads : int, optional
        No bit of the result depends on it. If it is not said: all cores in a program's main thread, one in a thread or
        process that another one started, and never more than ``OMP_NUM_THREADS`` and its like say.
    verbose : int
        Tell each epoch's losses, on standard error.

    Attributes
    ----------
    classes_ : array of shape (K,)
    n_features_in_ : int
        M.
    feature_names_in_ : array of shape (M,)
        Where X had names.
    network_ : Network
        Predicts the same, and can be saved as a file for the command.
    coefs_ : [array of shape (M, D), array of shape (D, K)]
        Weights without biases, transposed, as ``MLPClassifier`` has them.
    intercepts_ : [array of shape (D,), array of shape (K,)]
        Biases.
    loss_curve_ : list of float
        Mean cross-entropy of the training set after each epoch.
    validation_curve_ : list of float or None
        That of the validation set.
    best_epoch_ : int or None
        The epoch, from 1, of the lowest cross-entropy of the validation set.
    n_iter_ : int
        Epochs that were run.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.pipeline import make_pipeline
    >>> from sklearn.preprocessing import StandardScaler
    >>> from rankone import RankOneClassifier
    >>> X, y = load_iris(return_X_y=True)
    >>> classifier = RankOneClassifier(learning_rate=0.1, order="shuffled")
    >>> make_pipeline(StandardScaler(), classifier).fit(X, y).score(X, y) > 0.95
    True
    """

    def __init__(
        self,
        hidden_units: int = 50,
        learning_rate: float = 0.01,
        epochs: int = 100,
        init: Literal["random", "zero", "numpy"] = "random",
        order: Literal["file", "shuffled", "numpy"] = "file",
        schedule: str = "constant",
        patience: int | None = None,
        keep: Literal["last", "best"] | None = None,
        precision: Literal["float64", "float32"] = "float64",
        validation_fraction: float = 0.0,
        random_state: int | np.random.RandomState | None = None,
        n_threads: int | None = None,
        verbose: int = 0,
    ) -> None:
        self.hidden_units = hidden_units
        self.learning_rate = learning_rate
        self.epochs = epochs
        self.init = init
        self.order = order
        self.schedule = schedule
        self.patience = patience
        self.keep = keep
        self.precision = precision
        self.validation_fraction = validation_fraction
        self.random_state = random_state
        self.n_threads = n_threads
        self.verbose = verbose

    def fit(self, X: ArrayLike, y: ArrayLike, X_val: ArrayLike | None = None, y_val: ArrayLike | None = None) -> Self:
        """Train on N examples; from the start, whatever was before.

        Ctrl-C ends the training after the epoch that runs: the attributes are set, then ``KeyboardInterrupt`` is
        raised.

        Parameters
        ----------
        X : array of shape (N, M)
        y : array of shape (N,)
            Labels: numbers or names.
        X_val, y_val : arrays of shapes (N', M) and (N',), optional
            A validation set.

        Returns
        -------
        self

        Raises
        ------
        ValueError
            Where a setting is outside its range, or data do not fit.
        Diverged
            Where the loss left the finite numbers.
        """
        # Forget the fit before, so that one that fails leaves none of its attributes.
        for name in [name for name in vars(self) if name.endswith("_") and not name.startswith("_")]:
            delattr(self, name)
        data = self._data(X, y, np.unique)
        if X_val is not None and y_val is not None:
            train, validation = data, self._like(X_val, y_val, "y_val")
        elif X_val is not None or y_val is not None:
            given, missing = ("X_val", "y_val") if y_val is None else ("y_val", "X_val")
            msg = f"{missing}: found None, expected the other half of the validation set of {given}"
            raise ValueError(msg)
        else:
            train, validation = data, None
        self._seed = self._drawn_seed()
        if validation is None and self.validation_fraction != 0:
            train, validation = data.split(self.validation_fraction, seed=self._seed)
        self._take(self._trainer()._fit(train, validation), before=[])
        return self

    def partial_fit(self, X: ArrayLike, y: ArrayLike, classes: ArrayLike | None = None) -> Self:
        """Train for one epoch more.

        As often as ``epochs`` says, on the same examples, this is :meth:`fit` to the bit. There is no validation, and
        so no patience and no best epoch to keep.

        Parameters
        ----------
        X : array of shape (N, M)
        y : array of shape (N,)
        classes : array of shape (K,), optional
            All that there will be; needed in the first call, where y does not have them all.

        Returns
        -------
        self
        """
        epochs = whole("epochs", self.epochs, 1)
        begun = hasattr(self, "network_")
        if not begun:
            data = self._data(X, y, np.unique if classes is None else lambda _y: np.unique(classes))
            self._seed = self._drawn_seed()
        else:
            if classes is not None and not np.array_equal(np.unique(classes), self.classes_):
                msg = f"classes: found {np.unique(classes)}, expected {self.classes_} as before"
                raise ValueError(msg)
            data = self._like(X, y)
        before = [*self.loss_curve_] if begun else []
        trainer = self._trainer(len(before))
        trainer.epochs, trainer.patience, trainer.keep = 1, None, "last"
        trainer.start = self._network if begun else None
        if self.schedule == "cosine" and len(before) >= epochs:
            msg = f"epochs: found {epochs}, which are done: a cosine schedule ends there"
            raise ValueError(msg)
        self._take(trainer._fit(data, None, epochs_before=len(before), epochs_in_all=epochs), before)
        return self

    def predict(self, X: ArrayLike) -> NDArray[Any]:
        """Return the label of each example, the most probable class; X is of shape (N, M)."""
        check_is_fitted(self)
        places = self._network._predict(validate_data(self, X, reset=False))
        return np.asarray(self.classes_[places])

    def predict_proba(self, X: ArrayLike) -> NDArray[Any]:
        """Return the probability of each class for each example, of shape (N, K)."""
        check_is_fitted(self)
        return self._network.predict_proba(validate_data(self, X, reset=False))

    def plot_loss(self, ax: Any = None) -> Any:
        """Draw the cross-entropies over the epochs with matplotlib, into ``ax`` or a new figure; return the axes."""
        check_is_fitted(self)
        return plot_loss(self.loss_curve_, self.validation_curve_, ax)

    def _drawn_seed(self) -> int:
        if self.random_state is None:
            return 0
        if isinstance(self.random_state, (int, np.integer)):
            return int(self.random_state)
        return int(check_random_state(self.random_state).randint(2**31 - 1))

    def _trainer(self, before: int = 0) -> Trainer:
        def tell(epoch: Epoch) -> None:
            validation = epoch.validation_cross_entropy
            rest = "" if validation is None else f", validation {validation:.6f}"
            print(f"epoch {before + epoch.epoch}: training {epoch.train_cross_entropy:.6f}{rest}", file=sys.stderr)

        return Trainer(
            hidden_units=self.hidden_units,
            learning_rate=self.learning_rate,
            epochs=self.epochs,
            init=self.init,
            order=self.order,
            schedule=self.schedule,
            patience=self.patience,
            keep=self.keep,
            seed=self._seed,
            n_threads=self.n_threads,
            on_epoch=tell if self.verbose else None,
        )

    def _data(self, X: ArrayLike, y: ArrayLike, classes_of: Any) -> Dataset:
        """Return a training set, whose inputs and classes are those from now on."""
        X, y = validate_data(self, X, y)
        check_classification_targets(y)
        self.classes_ = classes_of(y)
        return self._labelled(X, np.asarray(y))

    def _like(self, X: ArrayLike, y: ArrayLike, name: str = "y") -> Dataset:
        """Return a data set with the inputs and classes of the one before."""
        X, y = validate_data(self, X, y, reset=False)
        return self._labelled(X, np.asarray(y), name)

    def _labelled(self, X: ArrayLike, y: NDArray[Any], name: str = "y") -> Dataset:
        places = np.searchsorted(self.classes_, y).clip(max=len(self.classes_) - 1)
        unknown = y[self.classes_[places] != y]
        if len(unknown):
            msg = f"{name}: found label {unknown[0]}, expected one of {self.classes_}"
            raise ValueError(msg)
        return Dataset(X, places, classes=len(self.classes_), precision=self.precision)

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "network_")

    def _take(self, trained: tuple[Outcome, BaseException | None], before: list[float]) -> None:
        """Set the fitted attributes; then raise what ended the training, if anything did."""
        outcome, interrupt = trained
        self._network = outcome.network
        names = [str(label) for label in self.classes_]
        is_plain = names == [str(place) for place in range(len(names))]
        self.network_ = self._network if is_plain else self._network._with_classes(names)
        alpha, beta = self._network.alpha, self._network.beta
        self.coefs_ = [alpha[:, 1:].T, beta[:, 1:].T]
        self.intercepts_ = [alpha[:, 0], beta[:, 0]]
        self.loss_curve_ = before + [epoch.train_cross_entropy for epoch in outcome.history]
        losses = [epoch.validation_cross_entropy for epoch in outcome.history]
        self.validation_curve_ = None if None in losses else losses
        self.best_epoch_ = None if None in losses else int(np.argmin(np.asarray(losses, dtype=np.float64))) + 1
        self.n_iter_ = len(self.loss_curve_)
        if interrupt is not None:
            raise interrupt
