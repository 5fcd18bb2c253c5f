"""The memory that trainings leave."""

import gc
import os
from pathlib import Path

import numpy as np
import pytest
import rankone
from rankone import Trainer

GENERATOR = np.random.default_rng(0)
STATM = Path("/proc/self/statm")


def growth(work, times):
    """Return by how many bytes the process grows while the work is done so often, after a warm-up."""
    if not STATM.is_file():
        pytest.skip("no /proc/self/statm to read the resident size from")
    page = os.sysconf("SC_PAGE_SIZE")
    for _ in range(100):
        work()
    gc.collect()
    before = int(STATM.read_text().split()[1])
    for _ in range(times):
        work()
    gc.collect()
    return (int(STATM.read_text().split()[1]) - before) * page


# A data set of these takes 80 kB: 300 of them, were they kept, would take 24 MB; a thousand networks, 3 MB.
LARGER = GENERATOR.standard_normal((200, 50))
LARGER_LABELS = GENERATOR.integers(0, 4, 200)
LIMIT = 2_000_000


def larger_training(**settings):
    return Trainer(hidden_units=8, epochs=1, **settings).fit((LARGER, LARGER_LABELS))


def training_with_functions():
    places = np.arange(200)
    larger_training(on_epoch=lambda _: None, order=lambda _: places, schedule=lambda _: 0.1)


def fit_of_a_classifier():
    pytest.importorskip("sklearn", reason="RankOneClassifier needs scikit-learn")
    rankone.RankOneClassifier(hidden_units=8, epochs=1).fit(LARGER, LARGER_LABELS).predict_proba(LARGER)


def wrong_settings():
    with pytest.raises(ValueError, match="init"):
        larger_training(init="foo")
    with pytest.raises(rankone.Diverged):
        larger_training(learning_rate=1e305)


def training_that_a_function_ends():
    """The exception holds the outcome; were it the other way round too, nothing would free them."""

    def raise_one(_):
        raise KeyError("x")

    for setting in ("on_epoch", "order", "schedule"):
        with pytest.raises(KeyError):
            larger_training(**{setting: raise_one})


@pytest.mark.parametrize(
    "work",
    [larger_training, training_with_functions, fit_of_a_classifier, wrong_settings, training_that_a_function_ends],
)
def test_memory(work):
    assert growth(work, 1000 if work is larger_training else 300) < LIMIT
