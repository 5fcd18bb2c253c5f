"""The data: the handout's large letters where they are found, rankone's built-in ones otherwise."""

import os
import pathlib
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]
TARGET = ROOT / "target" / "peers"
NAMES = ("largeTrain.csv", "largeValidation.csv")


def found(given, rankone):
    """The two files, and in words what they are."""
    if given:
        return tuple(pathlib.Path(file).resolve() for file in given), "as named"
    named = [os.environ["RANKONE_DATA"]] if os.environ.get("RANKONE_DATA") else []
    for folder in map(pathlib.Path, (*named, ROOT / "data")):
        files = tuple((folder / name).resolve() for name in NAMES)
        if all(file.is_file() for file in files):
            return files, "the real letters"
    folder = TARGET / "letters"
    command = [rankone, "data", "synthesize", "--size", "large", "--seed", "0", "--out", folder]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return tuple(folder / name for name in NAMES), "rankone's built-in letters, seed 0"
