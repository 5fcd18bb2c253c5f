"""Pictures, where matplotlib is there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence


def plot_loss(train: Sequence[float], validation: Sequence[float | None] | None, ax: Any = None) -> Any:
    """Draw the cross-entropies over the epochs into ``ax``, or a new figure; return the axes."""
    if ax is None:
        from matplotlib import pyplot

        ax = pyplot.subplots()[1]
    epochs = range(1, len(train) + 1)
    ax.plot(epochs, train, label="training")
    if validation is not None:
        ax.plot(epochs, validation, label="validation")
    ax.set(xlabel="epoch", ylabel="mean cross-entropy (nats)")
    ax.legend()
    return ax
