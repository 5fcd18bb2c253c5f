"""Data files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypedDict, overload

import numpy as np

from . import _rankone
from ._rankone import Dataset, Network, real, text, whole

if TYPE_CHECKING:
    from collections.abc import Iterable
    from os import PathLike

    from typing_extensions import Unpack

    from ._rankone import Form

    Column = int | str
    Path = str | PathLike[str]
    Header = Literal["auto", "yes", "no"]
    Delimiter = Literal[",", ";", "tab", "space", "\t", " "]
    Values = Literal["unit", "any", "scale", "standardize"]
    Precision = Literal["float64", "float32"]


class ReadOptions(TypedDict, total=False):
    """What may be said of a file, besides whether it is cut in two."""

    split_seed: int
    label: Column | None
    ignore: Column | Iterable[Column]
    classes: int | None
    values: Values
    header: Header
    delimiter: Delimiter
    limit: int | None
    like: Dataset | Network | None
    precision: Precision


@overload
def read_csv(path: Path, *, validation_share: None = None, **options: Unpack[ReadOptions]) -> Dataset: ...
@overload
def read_csv(path: Path, *, validation_share: float, **options: Unpack[ReadOptions]) -> tuple[Dataset, Dataset]: ...
def read_csv(
    path: Path,
    *,
    validation_share: float | None = None,
    split_seed: int = 0,
    label: Column | None = None,
    ignore: Column | Iterable[Column] = (),
    classes: int | None = None,
    values: Values = "unit",
    header: Header = "auto",
    delimiter: Delimiter = ",",
    limit: int | None = None,
    like: Dataset | Network | None = None,
    precision: Precision = "float64",
) -> Dataset | tuple[Dataset, Dataset]:
    """Read a data file: an example a line, a label and M values.

    Parameters
    ----------
    path : path
        The file, CSV in UTF-8.
    validation_share : float, optional
        Put this share of the examples apart, drawn at random; two data sets are returned then.
    split_seed : int
        Of that choice.
    label : int or str, optional
        The column of labels: its number from 1, its name, ``"first"`` or ``"last"``. The first one, if that is not
        said.
    ignore : int, str, or iterable of them
        Columns that are neither labels nor inputs.
    classes : int, optional
        K: labels are the whole numbers 0 to K-1. Otherwise the classes are the labels that the file holds.
    values : str
        ``"unit"``: from 0 to 1, as they are; ``"any"``: as they are; ``"scale"``: each input to 0 to 1;
        ``"standardize"``: each input to mean 0 and standard deviation 1.
    header : str
        Whether the first line names the columns: ``"auto"``, ``"yes"`` or ``"no"``.
    delimiter : str
        ``","``, ``";"``, ``"tab"`` or ``"space"``.
    limit : int, optional
        Read so many examples at most.
    like : Dataset or Network, optional
        Take inputs, classes and scaling from these: a training set, or a trained network.
    precision : str
        ``"float64"`` or ``"float32"``.

    Returns
    -------
    Dataset, or (Dataset, Dataset)
        The examples; or those for training and those for validation.

    Raises
    ------
    FileNotFoundError
        Where there is no such file.
    DataError
        Where it does not say what it must: the message names file, line and column.
    ValueError
        Where an option is none of those above.
    """
    if isinstance(ignore, str):
        ignore = [ignore]
    if like is not None and not isinstance(like, Dataset | Network):
        msg = f"like: found {like!r}, expected a data set or a network"
        raise TypeError(msg)
    form: Form = {
        "header": text("header", header),
        "delimiter": {"\t": "tab", " ": "space"}.get(text("delimiter", delimiter), delimiter),
        "label": None if label is None else _column("label", label),
        "ignore": [_column("ignore", column) for column in (ignore if np.iterable(ignore) else [ignore])],
        "classes": None if classes is None else whole("classes", classes, 1),
        "values": text("values", values),
        "limit": None if limit is None else whole("limit", limit, 1),
        "like": like,
    }
    seed = whole("split_seed", split_seed, 0)
    share = None if validation_share is None else real("validation_share", validation_share)
    train, validation = _rankone.read_csv(path, form, text("precision", precision), share, seed)
    return train if validation is None else (train, validation)


def _column(name: str, column: Column) -> Column:
    return column if isinstance(column, str) else whole(name, column, 1)
