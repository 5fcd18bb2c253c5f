"""The command: each program in a process of its own."""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from rankone._rankone import Dataset
from rankone._reading import read_csv

from . import Comparison, Report, reports
from .cases import cases
from .report import as_json

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
        "--timeout", type=_seconds, default=60.0, metavar="S", help="seconds that a program may take [default: 60]"
    )
    parser.add_argument("--data", type=Path, metavar="CSV", help="try them on these examples, too: label, then values")
    parser.add_argument("--seed", type=_seed, default=0, help="of the random networks [default: 0]")
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    files = [program for path in options.files for program in (sorted(path.glob("*.py")) if path.is_dir() else [path])]
    missing = [path for path in [*files, options.data] if path is not None and not path.is_file()]
    if missing or not files:
        parser.error(f"{missing[0]}: no such file" if missing else "no program in these folders")
    try:
        data = _examples(options.data)
    except (OSError, ValueError) as error:
        parser.error(f"--data: {error}")
    if options.here:
        # Whatever the program writes goes elsewhere; standard output is for the answer. Its arguments are none of ours.
        with os.fdopen(os.dup(1), "w") as answer:
            os.dup2(2, 1)
            sys.argv = [str(files[0])]
            found = reports(files[0], data, seed=options.seed)
            # An empty line: it is imported.
            print(file=answer, flush=True)
            for report in found:
                print(json.dumps(as_json(report), allow_nan=False), file=answer, flush=True)
        return 0
    is_right = True
    for path in files:
        comparison = _apart(path, options)
        is_right = is_right and comparison.is_right
        try:
            print(json.dumps(comparison.as_dict(), allow_nan=False) if options.json else comparison, flush=True)
        except BrokenPipeError:
            # Nobody reads on; nor is there anybody to be told so when Python ends.
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
            break
    return 0 if is_right else 1


def _seconds(text: str) -> float:
    seconds = float(text)
    if not 0.0 < seconds < threading.TIMEOUT_MAX:
        msg = f"found {text}, expected a positive number of seconds"
        raise argparse.ArgumentTypeError(msg)
    return seconds


def _seed(text: str) -> int:
    seed = int(text)
    if seed < 0:
        msg = f"found {text}, expected a whole number from 0"
        raise argparse.ArgumentTypeError(msg)
    return seed


def _examples(path: Path | None) -> tuple[Array, NDArray[Any]] | None:
    if path is None:
        return None
    data = read_csv(path, values="any")
    labels = data.classes[data.y]
    # Checked here, once, and not in each program's process.
    Dataset(data.X, labels)
    return data.X, labels


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
        last = (words.decode(errors="replace").strip().splitlines() or ["nothing said"])[-1]
        message = f"ended with exit code {process.returncode}: {last}"
    except subprocess.TimeoutExpired:
        _kill(process)
        answer, _ = process.communicate()
        message = f"no end within {options.timeout:g} s"
    except BaseException:
        # Ctrl-C does not reach it, as it is in a session of its own.
        _kill(process)
        raise
    # What is whole of its answer; the next function is then the one in which it ended.
    lines = answer.decode(errors="replace").split("\n")[:-1]
    found = [Report(**json.loads(line)) for line in lines if line]
    functions = [name for name, _ in cases(np.random.default_rng(options.seed), None)]
    is_whole = found and found[-1].function in ("import", functions[-1])
    if not is_whole:
        where = functions[len(found)] if lines else "import"
        found.append(Report(where, "error", message=message))
    return Comparison(str(path), found)


def _kill(process: subprocess.Popen[bytes]) -> None:
    """End a program and what it started."""
    if hasattr(os, "killpg"):
        os.killpg(process.pid, signal.SIGKILL)
    process.kill()


if __name__ == "__main__":
    sys.exit(_main())
