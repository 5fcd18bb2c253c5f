"""How somebody's function is found and called."""

from __future__ import annotations

import contextlib
import importlib.util
import inspect
import os
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
    # Dataclasses look for the module of a class there.
    sys.modules[specification.name] = module
    # Its neighbours are found, and what it prints is not our answer.
    folder = str(path.parent.resolve())
    sys.path.insert(0, folder)
    try:
        with silence():
            specification.loader.exec_module(module)
    finally:
        if folder in sys.path:
            sys.path.remove(folder)
    return module


@contextlib.contextmanager
def silence() -> Iterator[None]:
    """Drop what is printed."""
    with open(os.devnull, "w") as nowhere, contextlib.redirect_stdout(nowhere):
        yield


def words(error: BaseException, file: str | None) -> str:
    """Return an exception in a line, with the last line of their file that led to it."""
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == file]
    place = f" (line {lines[-1]} of {Path(file).name})" if file and lines else ""
    return f"{type(error).__name__}: {error}{place}"


def file_of(function: Callable[..., Any]) -> str | None:
    """Return the file that a function is from, if it is known."""
    code = getattr(inspect.unwrap(function), "__code__", None)
    return getattr(code, "co_filename", None)


def progress(error: BaseException, file: str | None) -> int:
    """Return how far a function of theirs came before it raised something: the line in it."""
    frames = traceback.extract_tb(error.__traceback__)
    return next((frame.lineno or 0 for frame in frames if frame.filename == file), 0)


@dataclass(frozen=True)
class Label:
    """A label, as a number or as a one-hot vector."""

    label: int
    classes: int

    def one_hot(self) -> Array:
        """Return a column of K numbers of which one is 1."""
        hot: Array = np.zeros((self.classes, 1))
        hot[self.label] = 1.0
        return hot


@dataclass(frozen=True)
class Either:
    """What programs take in one of these forms."""

    forms: tuple[Any, ...]


def ways(arguments: dict[str, Any]) -> Iterator[tuple[dict[str, Any], bool]]:
    """Give the arguments in each form that programs take them in, as copies; and whether columns are flat in it."""
    forms: dict[str, tuple[Any, ...]] = {}
    for name, value in arguments.items():
        either = Either((value.one_hot(), value.label)) if isinstance(value, Label) else value
        forms[name] = either.forms if isinstance(either, Either) else (either,)
    has_columns = any(_is_column(form) for some in forms.values() for form in some)
    for is_flat in (False, True) if has_columns else (False,):
        for choice in range(max(len(some) for some in forms.values())):
            way = {name: some[min(choice, len(some) - 1)] for name, some in forms.items()}
            yield {name: _copied(value, is_flat) for name, value in way.items()}, is_flat


def _is_column(value: Any) -> bool:
    return isinstance(value, np.ndarray) and value.ndim == 2 and value.shape[1] == 1


def _copied(value: Any, is_flat: bool) -> Any:
    if not isinstance(value, np.ndarray):
        return value
    return value.ravel().copy() if is_flat and _is_column(value) else value.copy()


def called(function: Callable[..., Any], arguments: dict[str, Any]) -> Any:
    """Call a function by the names of its parameters, or where they are others, by their number."""
    known = {plain(name): value for name, value in arguments.items()}
    ours = list(arguments.values())
    try:
        parameters = list(inspect.signature(function).parameters.values())
    except (TypeError, ValueError):
        parameters = []
    named = [p for p in parameters if p.kind in (p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY)]
    needed = [p for p in parameters if p.default is p.empty and p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)]
    values: list[Any] = []
    rest: dict[str, Any] = {}
    if named and all(p in named and plain(p.name) in known for p in needed):
        rest = {p.name: known[plain(p.name)] for p in named if plain(p.name) in known}
    elif len(needed) == 6 and "y_hat" in arguments and len(ours) == 9:
        values = [arguments[name] for name in ("x", "y", "alpha", "beta", "z", "y_hat")]
    else:
        values = ours
    with warnings.catch_warnings(), np.errstate(all="ignore"), silence():
        warnings.simplefilter("ignore")
        return function(*values, **rest)
