"""The first difference between what was found and what is expected."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import ArrayLike, NDArray

    Array = NDArray[np.float64]

# A number is right within this, absolutely or relative to what is expected.
TOLERANCE = 1e-8


class Difference(Exception):
    """The first number, or the shape, that is not what it should be."""

    def __init__(
        self,
        quantity: str,
        message: str,
        index: list[int] | None = None,
        expected: float | None = None,
        found: float | None = None,
    ) -> None:
        super().__init__(message)
        self.quantity = quantity
        self.message = message
        self.index = index
        self.expected = expected
        self.found = found


def same(quantity: str, found: Any, *expected: ArrayLike) -> Iterator[str]:
    """Raise the first difference between what was found and what is expected; any of several will do.

    Where there is none, yield once: what is to be noted all the same, or nothing.
    """
    first: Difference | None = None
    for one in expected:
        try:
            note = _same_as(quantity, found, np.asarray(one, dtype=np.float64))
        except Difference as difference:
            if first is None or (first.index is None and difference.index is not None):
                first = difference
        else:
            yield note
            return
    if first is not None:
        raise first


def _same_as(quantity: str, found: Any, expected: Array) -> str:
    try:
        numbers: Array = np.asarray(found, dtype=np.float64)
    except (TypeError, ValueError):
        raise Difference(quantity, f"{quantity}: found {type(found).__name__}, expected numbers") from None
    is_column = expected.ndim == 2 and expected.shape[1] == 1
    is_matrix = expected.ndim == 2 and not is_column
    is_vector_like = numbers.ndim <= 1 or numbers.size == max(numbers.shape)
    if numbers.shape != expected.shape and (is_matrix or not is_vector_like or numbers.size != expected.size):
        words = f"{quantity}: found shape {numbers.shape}, expected {expected.shape}"
        raise Difference(quantity, words)
    flat, right = numbers.ravel(), expected.ravel()
    # So written that NaN is wrong.
    is_right = np.abs(flat - right) <= TOLERANCE * np.maximum(1.0, np.abs(right))
    if is_right.all():
        is_odd = is_column and numbers.ndim != 2
        return f"{quantity} is of shape {numbers.shape}, not {expected.shape}" if is_odd else ""
    place = int(np.flatnonzero(~is_right)[0])
    index = [int(i) for i in np.unravel_index(place, expected.shape)]
    if is_column:
        index = index[:1]
    name = f"{quantity}[{', '.join(map(str, index))}]" if index else quantity
    words = f"{name}: found {flat[place]:.9g}, expected {right[place]:.9g}"
    if np.isfinite(flat[place]):
        words += f", {abs(flat[place] - right[place]):.2g} apart"
    raise Difference(quantity, words, index, float(right[place]), float(flat[place]))


def values(found: Any, *sizes: int) -> tuple[Any, ...]:
    """Return what a function returned, if it is so many things."""
    if not isinstance(found, (tuple, list)) or len(found) not in sizes:
        count = f"{len(found)} values" if isinstance(found, (tuple, list)) else type(found).__name__
        message = f"found {count} returned, expected {sizes[0]} values"
        raise Difference("number of values", message)
    return tuple(found)


def close(quantity: str, found: Any, expected: Array) -> Iterator[str]:
    """As :func:`same`, to the digits that differences of rounded numbers have."""
    numbers: Array = np.asarray(found, dtype=np.float64)
    is_close = numbers.shape == expected.shape and bool(np.all(np.abs(numbers - expected) <= 1e-5))
    yield from same(quantity, expected if is_close else found, expected)
