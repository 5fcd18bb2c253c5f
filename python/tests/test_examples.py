"""The examples run as they are."""

import os
import subprocess
import sys

import numpy as np
import pytest
from conftest import PROJECT


def test_from_data_to_the_written_parts_figures(tmp_path):
    pytest.importorskip("matplotlib")
    example = PROJECT / "examples" / "python" / "handout.py"
    call = [sys.executable, str(example), "--epochs", "3", "--out", str(tmp_path)]
    environment = {**os.environ, "MPLBACKEND": "agg"}
    ran = subprocess.run(call, capture_output=True, text=True, check=True, env=environment)
    assert len(ran.stdout.splitlines()) == 5
    for name in ("hidden.png", "rates.png"):
        assert (tmp_path / name).read_bytes().startswith(b"\x89PNG")


def test_losses_are_drawn(letters, monkeypatch):
    pytest.importorskip("matplotlib")
    monkeypatch.setenv("MPLBACKEND", "agg")
    classifier = pytest.importorskip("rankone._classifier").RankOneClassifier
    train, validation = letters
    fitted = classifier(5, epochs=3).fit(train.X, train.y, validation.X, validation.y)
    lines = fitted.plot_loss().get_lines()
    assert [line.get_label() for line in lines] == ["training", "validation"]
    assert np.array_equal(lines[1].get_ydata(), fitted.validation_curve_)
