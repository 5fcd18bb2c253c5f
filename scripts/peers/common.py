"""Paths, the data set and a timer."""

import os
import pathlib
import subprocess
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
TARGET = ROOT / "target" / "peers"
RANKONE = ROOT / os.environ.get("CARGO_TARGET_DIR", "target") / "release" / "rankone"


def letters(rankone):
    """Returns the training and validation files of the large letters, and a description of them.

    Looks for the real letters in RANKONE_DATA, then in data/; without them the command writes its built-in ones.
    """
    names = "largeTrain.csv", "largeValidation.csv"
    for directory in filter(None, (os.environ.get("RANKONE_DATA"), ROOT / "data")):
        files = tuple(pathlib.Path(directory, name).resolve() for name in names)
        if all(file.is_file() for file in files):
            return files, "the real letters"
    directory = TARGET / "letters"
    command = [rankone, "data", "synthesize", "--size", "large", "--seed", "0", "--out", directory]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return tuple(directory / name for name in names), "rankone's built-in letters, seed 0"


def timed(function):
    """Calls the function; returns the seconds that it took, and its result."""
    start = time.perf_counter()
    result = function()
    return time.perf_counter() - start, result
