"""Neural networks with one hidden layer, trained by exact stochastic gradient descent.

Three ways in:

- :mod:`rankone.handout`: the functions of the handwriting homework, as reference answers, and
  :mod:`rankone.compare`, which holds a program's functions against them;
- :class:`RankOneClassifier`: a scikit-learn classifier;
- :class:`Trainer`, :class:`Network`, :class:`Dataset`, :func:`read_csv`: the library.

N examples, M inputs, D hidden units, K classes. ``alpha`` is D x (M+1), ``beta`` K x (D+1), column 0 of each
the bias.
"""

import importlib
from typing import TYPE_CHECKING

from ._rankone import (
    DataError,
    Dataset,
    Diverged,
    Epoch,
    Evaluation,
    Network,
    Outcome,
    __version__,
)
from ._reading import read_csv
from ._trainer import Trainer

if TYPE_CHECKING:
    from ._classifier import RankOneClassifier as RankOneClassifier

__all__ = [
    "DataError",
    "Dataset",
    "Diverged",
    "Epoch",
    "Evaluation",
    "Network",
    "Outcome",
    "Trainer",
    "__version__",
    "read_csv",
]


# Imported when they are asked for: scikit-learn, which the classifier needs, may not be there.
_LATER = ("RankOneClassifier", "compare", "handout")


def __dir__() -> list[str]:
    """Return what there is; a star imports no more than ``__all__``, which needs NumPy alone."""
    return [*__all__, *_LATER]


def __getattr__(name: str) -> object:
    """Import what the package has besides."""
    if name not in _LATER:
        msg = f"module 'rankone' has no attribute {name!r}"
        raise AttributeError(msg)
    if name != "RankOneClassifier":
        return importlib.import_module(f".{name}", __name__)
    try:
        from ._classifier import RankOneClassifier
    except ModuleNotFoundError as error:
        if error.name is None or not error.name.startswith("sklearn"):
            raise
        msg = "rankone.RankOneClassifier needs scikit-learn: pip install 'rankone[sklearn]'"
        raise ImportError(msg) from error
    return RankOneClassifier
