from collections.abc import Callable
from os import PathLike
from typing import Any, Literal, TypedDict, final, type_check_only

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = [
    "DataError",
    "Dataset",
    "Diverged",
    "Epoch",
    "Evaluation",
    "Network",
    "Outcome",
    "__version__",
    "backward",
    "cross_entropy_backward",
    "cross_entropy_forward",
    "fit",
    "forward",
    "linear_backward",
    "linear_forward",
    "read_csv",
    "real",
    "sigmoid_backward",
    "sigmoid_forward",
    "softmax_backward",
    "softmax_forward",
    "text",
    "whole",
]

__version__: str

class Diverged(ArithmeticError): ...
class DataError(ValueError): ...

@final
class Dataset:
    def __new__(
        cls,
        X: ArrayLike,
        y: ArrayLike,
        *,
        classes: int | None = None,
        precision: Literal["float64", "float32"] | None = None,
    ) -> Dataset: ...
    @property
    def X(self) -> NDArray[Any]: ...
    @property
    def y(self) -> NDArray[np.int64]: ...
    @property
    def classes(self) -> NDArray[Any]: ...
    @property
    def input_names(self) -> list[str] | None: ...
    @property
    def precision(self) -> Literal["float64", "float32"]: ...
    def split(self, share: float, *, seed: int = 0) -> tuple[Dataset, Dataset]: ...
    def __len__(self) -> int: ...
    @staticmethod
    def _named(
        x_name: str,
        x: ArrayLike,
        y_name: str,
        y: ArrayLike,
        classes: int | None = None,
        precision: Literal["float64", "float32"] | None = None,
    ) -> Dataset: ...

@final
class Network:
    def __new__(
        cls,
        alpha: ArrayLike,
        beta: ArrayLike,
        *,
        precision: Literal["float64", "float32"] | None = None,
    ) -> Network: ...
    @property
    def alpha(self) -> NDArray[Any]: ...
    @property
    def beta(self) -> NDArray[Any]: ...
    @property
    def inputs(self) -> int: ...
    @property
    def hidden_units(self) -> int: ...
    @property
    def classes(self) -> NDArray[Any]: ...
    @property
    def input_names(self) -> list[str] | None: ...
    @property
    def precision(self) -> Literal["float64", "float32"]: ...
    def predict(self, X: ArrayLike) -> NDArray[Any]: ...
    def predict_proba(self, X: ArrayLike) -> NDArray[Any]: ...
    def example(self, x: ArrayLike, y: int) -> dict[str, Any]: ...
    def save(self, path: str | PathLike[str]) -> None: ...
    @staticmethod
    def load(path: str | PathLike[str]) -> Network: ...
    def _predict(self, X: ArrayLike) -> NDArray[np.int64]: ...
    def _with_classes(self, names: list[str]) -> Network: ...
    @staticmethod
    def _restore(alpha: ArrayLike, beta: ArrayLike, schema: str) -> Network: ...
    def __reduce__(self) -> tuple[Any, ...]: ...

@final
class Epoch:
    @property
    def epoch(self) -> int: ...
    @property
    def learning_rate(self) -> float: ...
    @property
    def train_cross_entropy(self) -> float: ...
    @property
    def validation_cross_entropy(self) -> float | None: ...
    @property
    def sgd_seconds(self) -> float: ...
    @property
    def evaluation_seconds(self) -> float: ...

@final
class Evaluation:
    @property
    def cross_entropy(self) -> float: ...
    @property
    def error(self) -> float: ...
    @property
    def predictions(self) -> NDArray[np.int64]: ...

@final
class Outcome:
    @property
    def network(self) -> Network: ...
    @property
    def kept_epoch(self) -> int: ...
    @property
    def history(self) -> list[Epoch]: ...
    @property
    def ending(self) -> str: ...
    @property
    def train(self) -> Evaluation: ...
    @property
    def validation(self) -> Evaluation | None: ...
    def plot_loss(self, ax: Any = None) -> Any: ...

@type_check_only
class TrainOptions(TypedDict):
    hidden_units: int
    epochs: int
    learning_rate: float
    init: str
    seed: int
    order: str
    schedule: str
    patience: int | None
    keep: str | None
    engine: str
    threads: int
    epochs_before: int
    epochs_in_all: int
    start: Network | None
    order_of: Callable[[int], ArrayLike] | None
    rate_of: Callable[[int], float] | None
    on_epoch: Callable[[Epoch], object] | None
    checkpoint: str | PathLike[str] | None
    checkpoint_seconds: float
    resume: str | PathLike[str] | None
    orders_and_rates: str

def fit(train: Dataset, validation: Dataset | None, options: TrainOptions) -> tuple[Outcome, BaseException | None]: ...

@type_check_only
class Form(TypedDict):
    header: str
    delimiter: str
    label: int | str | None
    ignore: list[int | str]
    classes: int | None
    values: str
    limit: int | None
    like: Dataset | Network | None

def read_csv(
    path: str | PathLike[str],
    form: Form,
    precision: str,
    validation_share: float | None,
    split_seed: int,
) -> tuple[Dataset, Dataset | None]: ...

_Vector = NDArray[np.float64]

def whole(what: str, value: object, least: int) -> int: ...
def real(what: str, value: object) -> float: ...
def text(what: str, value: object) -> str: ...
def linear_forward(prev: ArrayLike, p: ArrayLike) -> _Vector: ...
def linear_backward(prev: ArrayLike, p: ArrayLike, grad_curr: ArrayLike) -> tuple[NDArray[np.float64], _Vector]: ...
def sigmoid_forward(a: ArrayLike) -> _Vector: ...
def sigmoid_backward(curr: ArrayLike, grad_curr: ArrayLike) -> _Vector: ...
def softmax_forward(b: ArrayLike) -> _Vector: ...
def softmax_backward(y: int, y_hat: ArrayLike) -> _Vector: ...
def cross_entropy_forward(y: int, y_hat: ArrayLike) -> float: ...
def cross_entropy_backward(y: int, y_hat: ArrayLike) -> _Vector: ...
def forward(
    x: ArrayLike, y: int, alpha: ArrayLike, beta: ArrayLike
) -> tuple[_Vector, _Vector, _Vector, _Vector, float]: ...
def backward(
    x: ArrayLike, y: int, alpha: ArrayLike, beta: ArrayLike, z: ArrayLike, y_hat: ArrayLike
) -> tuple[NDArray[np.float64], NDArray[np.float64], _Vector, _Vector, _Vector]: ...
