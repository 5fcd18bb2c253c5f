"""The command: each program in a process of its own."""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from rankone import read_csv

from . import Comparison, Report, compare

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]


def _main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m rankone.compare",
        description="Hold the functions of programs against the reference, number by number. Each program runs in a "
        "process of its own, with the rights of whoever runs this.",
        epilog="Exit code: 0 if all functions that were found are right, 1 if not, 2 for usage.",
    )
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="a program, or a folder of them")
    parser.add_argument("--json", action="store_true", help="a line of JSON for each program, not a table")
    parser.add_argument(
        "--timeout", type=float, default=60.0, metavar="S", help="seconds that a program may take [default: 60]"
    )
    parser.add_argument("--data", type=Path, metavar="CSV", help="try them on these examples, too: label, then values")
    parser.add_argument("--seed", type=int, default=0, help="of the random networks [default: 0]")
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    files = [program for path in options.files for program in (sorted(path.glob("*.py")) if path.is_dir() else [path])]
    missing = [path for path in [*files, options.data] if path is not None and not path.is_file()]
    if missing or not files:
        parser.error(f"{missing[0]}: no such file" if missing else "no program in these folders")
    if options.here:
        # Whatever the program writes goes elsewhere; standard output is for the answer.
        answer = os.dup(1)
        os.dup2(2, 1)
        comparison = compare(files[0], _examples(options.data), seed=options.seed)
        with os.fdopen(answer, "w") as out:
            json.dump(comparison.as_dict(), out, allow_nan=False)
        return 0
    is_right = True
    for path in files:
        comparison = _apart(path, options)
        is_right = is_right and comparison.is_right
        print(json.dumps(comparison.as_dict(), allow_nan=False) if options.json else comparison, flush=True)
    return 0 if is_right else 1


def _examples(path: Path | None) -> tuple[Array, NDArray[np.int64]] | None:
    if path is None:
        return None
    data = read_csv(path, values="any")
    return data.X, np.asarray(data.classes).astype(np.int64)[data.y]


def _apart(path: Path, options: argparse.Namespace) -> Comparison:
    """Compare a program in a process of its own."""
    command = [sys.executable, "-m", "rankone.compare", "--here", str(path), "--seed", str(options.seed)]
    if options.data is not None:
        command += ["--data", str(options.data)]
    process = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True
    )
    try:
        answer, words = process.communicate(timeout=options.timeout)
    except subprocess.TimeoutExpired:
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
        process.kill()
        process.communicate()
        return Comparison(str(path), [Report("program", "error", message=f"no end within {options.timeout:g} s")])
    try:
        found = json.loads(answer)
    except ValueError:
        last = (words.decode(errors="replace").strip().splitlines() or ["nothing"])[-1]
        message = f"ended with exit code {process.returncode}: {last}"
        return Comparison(str(path), [Report("program", "error", message=message)])
    return Comparison(found["student"], [Report(**report) for report in found["functions"]])


if __name__ == "__main__":
    sys.exit(_main())
