"""What the tests share: the committed sample, and the command, where it is built."""

import os
import subprocess
from pathlib import Path

import pytest
import rankone

PROJECT = Path(__file__).resolve().parents[2]
SAMPLE = PROJECT / "data" / "sample"


@pytest.fixture(scope="session")
def letters():
    train = rankone.read_csv(SAMPLE / "smallTrain.csv", classes=10)
    return train, rankone.read_csv(SAMPLE / "smallValidation.csv", like=train)


@pytest.fixture(scope="session")
def command():
    """Call the command with these words, and files or folders after them."""
    program = Path(os.environ.get("RANKONE", PROJECT / "target" / "debug" / "rankone"))
    if not program.is_file():
        pytest.skip(f"{program} is not built: cargo build, or RANKONE=PROGRAM")

    def call(line, *paths):
        words = [str(program), *line.split(), *map(str, paths)]
        return subprocess.run(words, cwd=PROJECT, check=True, capture_output=True, text=True)

    return call
