"""How somebody's function is found and called."""

from __future__ import annotations

import contextlib
import importlib.util
import inspect
import io
import sys
import traceback
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import ModuleType

    from numpy.typing import NDArray

    Array = NDArray[np.float64]


def plain(name: str) -> str:
    """Return a name without what the two namings differ in."""
    return name.replace("_", "").lower()


def imported(path: Path) -> ModuleType:
    """Return the module in a file."""
    specification = importlib.util.spec_from_file_location(f"submission_{path.stem}", path)
    if specification is None or specification.loader is None:
        msg = f"{path} is no Python file"
        raise ImportError(msg)
    module = importlib.util.module_from_spec(specification)
    # Its neighbours are found, and what it prints is not our answer.
    sys.path.insert(0, str(path.parent.resolve()))
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            specification.loader.exec_module(module)
    finally:
        sys.path.pop(0)
    return module


def words(error: BaseException) -> str:
    """Return an exception in a line, with the last line of their program that led to it."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename != __file__]
    frames = [frame for frame in frames if not frame.filename.startswith("<frozen")]
    place = f" (line {frames[-1].lineno} of {Path(frames[-1].filename).name})" if frames else ""
    return f"{type(error).__name__}: {error}{place}"


@dataclass(frozen=True)
class Label:
    """A label, as a number or as a one-hot vector."""

    label: int
    classes: int

    def one_hot(self, *, is_flat: bool) -> Array:
        """Return K numbers of which one is 1."""
        hot: Array = np.zeros(self.classes if is_flat else (self.classes, 1))
        hot[self.label] = 1.0
        return hot


def ways(arguments: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Give the arguments in each form that programs take them in, every time as copies."""
    label = next((arguments[key] for key in ("y", "hot_y") if isinstance(arguments.get(key), Label)), None)
    for is_flat in (False, True):
        for form in (0, 1) if label else (0,):
            way = {}
            for key, value in arguments.items():
                if isinstance(value, Label):
                    way[key] = value.label if form else value.one_hot(is_flat=is_flat)
                elif isinstance(value, np.ndarray) and value.ndim == 2 and value.shape[1] == 1 and is_flat:
                    way[key] = value.ravel().copy()
                else:
                    way[key] = value.copy() if isinstance(value, np.ndarray) else value
            yield way


def called(function: Callable[..., Any], arguments: dict[str, Any]) -> Any:
    """Call a function by the names of its parameters, or where they are others, by their number."""
    known = {plain(name): value for name, value in arguments.items()}
    ours = list(arguments.values())
    try:
        parameters = list(inspect.signature(function).parameters.values())
    except (TypeError, ValueError):
        parameters = []
    by_place = [p for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    needed = [p for p in by_place if p.default is p.empty]
    if by_place and all(plain(p.name) in known for p in needed):
        values = [known[plain(p.name)] for p in needed]
        rest = {p.name: known[plain(p.name)] for p in by_place if p not in needed and plain(p.name) in known}
    elif len(needed) == 6 and "y_hat" in arguments and len(ours) == 9:
        values, rest = [arguments[name] for name in ("x", "y", "alpha", "beta", "z", "y_hat")], {}
    else:
        values, rest = ours, {}
    with warnings.catch_warnings(), np.errstate(all="ignore"), contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        return function(*values, **rest)
