"""Neural networks with one hidden layer, trained by exact stochastic gradient descent.

Three ways in:

- :mod:`rankone.handout`: the functions of the handwriting homework, as reference answers, and
  :mod:`rankone.compare`, which holds a program's functions against them;
- :class:`RankOneClassifier`: a scikit-learn classifier;
- :class:`Trainer`, :class:`Network`, :class:`Dataset`, :func:`read_csv`: the library.

N examples, M inputs, D hidden units, K classes. ``alpha`` is D x (M+1), ``beta`` K x (D+1), column 0 of each
the bias.
"""

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


def __dir__() -> list[str]:
    """Return what there is, the classifier included, which a star does not import: it needs scikit-learn."""
    return [*__all__, "RankOneClassifier"]


def __getattr__(name: str) -> object:
    """Import the classifier when it is asked for: it needs scikit-learn, the rest does not."""
    if name != "RankOneClassifier":
        msg = f"module 'rankone' has no attribute {name!r}"
        raise AttributeError(msg)
    try:
        from ._classifier import RankOneClassifier
    except ModuleNotFoundError as error:
        if error.name is None or not error.name.startswith("sklearn"):
            raise
        msg = "rankone.RankOneClassifier needs scikit-learn: pip install 'rankone[sklearn]'"
        raise ImportError(msg) from error
    return RankOneClassifier
