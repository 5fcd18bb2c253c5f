"""Hold the functions of a program against those of :mod:`rankone.handout`, number by number.

    python -m rankone.compare submission.py ...

Each function that the program has, in either naming, is called by the parameters that it declares, on small random
networks and on the data given. What it returns is compared with the reference: right, or the first quantity that
differs. Functions come in the order in which they build on each other: the first that is wrong is the one to mend.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from rankone._rankone import Dataset

from .calls import called, file_of, imported, plain, progress, ways, words
from .cases import Case, cases
from .difference import Difference
from .report import Comparison, Report

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import ModuleType

    from numpy.typing import ArrayLike

__all__ = ["Comparison", "Report", "compare", "reports"]


def compare(
    student: ModuleType | str | Path | object,
    data: tuple[ArrayLike, ArrayLike] | None = None,
    *,
    seed: int = 0,
) -> Comparison:
    """Hold the functions of a program against the reference.

    Parameters
    ----------
    student : module, path of a file, or object
        What has some of the functions of :mod:`rankone.handout` as attributes, in either naming.
    data : (X, y), optional
        Examples to try them on, too: X of shape (N, M), y of shape (N,), labels from 0.
    seed : int
        Of the random networks.

    Returns
    -------
    Comparison
        Print it, or take its ``as_dict()``.

    Raises
    ------
    FileNotFoundError
        Where the path leads nowhere.
    ValueError
        Where shapes of the data do not fit, a number is not finite, or a label is no whole number from 0.
    """
    name = str(student) if isinstance(student, (str, Path)) else getattr(student, "__name__", type(student).__name__)
    if isinstance(student, (str, Path)) and not Path(student).is_file():
        msg = f"{student}: no such file"
        raise FileNotFoundError(msg)
    return Comparison(name, list(reports(student, data, seed=seed)))


def reports(
    student: ModuleType | str | Path | object, data: tuple[ArrayLike, ArrayLike] | None = None, *, seed: int = 0
) -> Iterator[Report]:
    """Import a program, and give the reports of :func:`compare` one after the other, each when it is made.

    Parameters are those of :func:`compare`. What a file raises when it is imported, FileNotFoundError included, is its
    only report.
    """
    examples = None if data is None else Dataset(*data, precision="float64")
    if isinstance(student, (str, Path)):
        try:
            student = imported(Path(student))
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            return iter([Report("import", "error", message=words(error, os.path.abspath(student)))])
    functions = {plain(key): getattr(student, key) for key in dir(student) if not key.startswith("__")}
    functions = {key: function for key, function in functions.items() if callable(function)}
    return _each(functions, cases(np.random.default_rng(seed), examples))


def _each(functions: dict[str, Callable[..., Any]], tried: Iterator[tuple[str, list[Case]]]) -> Iterator[Report]:
    for function, some in tried:
        names = [function, "train_and_valid"] if function == "train_and_test" else [function]
        theirs = next((functions[plain(n)] for n in names if plain(n) in functions), None)
        yield Report(function, "missing") if theirs is None else _report(function, theirs, some)


def _report(function: str, theirs: Callable[..., Any], tried: list[Case]) -> Report:
    """Try a function on its cases, up to the first that it does not do right."""
    noted = ""
    for case in tried:
        fault, notes = _tried(theirs, case)
        if isinstance(fault, Difference):
            difference = None
            if fault.expected is not None and fault.found is not None:
                difference = abs(fault.found - fault.expected)
            message = f"{fault.message}, {case.where}"
            place = (fault.quantity, fault.index, fault.expected, fault.found, difference)
            return Report(function, "wrong", *place, message)
        if fault is not None:
            return Report(function, "error", message=f"{words(fault, file_of(theirs))}, {case.where}")
        noted = noted or notes
    return Report(function, "right", message=noted)


def _tried(theirs: Callable[..., Any], case: Case) -> tuple[BaseException | None, str]:
    """Return what is wrong with a case, if anything is, or what is to be noted although it is right.

    Programs take labels or one-hot vectors, columns or vectors of one dimension: it is right in any of these ways.
    Otherwise the way counts in which most is right; then a number that differs says more than another shape, that more
    than an exception, and an exception more that came later.
    """
    file = file_of(theirs)
    faults: list[tuple[tuple[int, bool, bool, int], BaseException]] = []
    for (arguments, is_flat), (given, _) in zip(ways(case.arguments), ways(case.arguments), strict=True):
        notes: list[str] = []
        try:
            notes.extend(case.check(called(theirs, arguments)))
        except (Exception, SystemExit) as fault:
            is_difference = isinstance(fault, Difference)
            is_number = isinstance(fault, Difference) and fault.index is not None
            faults.append(((len(notes), is_number, is_difference, progress(fault, file)), fault))
        else:
            changed = [name for name in given if not np.array_equal(given[name], arguments[name])]
            shapes = [note for note in notes if note and not is_flat]
            return None, "; ".join([f"it changes its argument {name}" for name in changed] + shapes)
    return max(faults, key=lambda fault: fault[0])[1], ""
