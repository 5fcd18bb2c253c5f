"""Times rankone and its peers in turn on the same data and initial weights, and prints a table.

Peers repeat the first epoch; rankone trains consecutive epochs. All use one thread on one core. A candidate whose
losses after the first epoch differ from those of the first candidate (rankone's first engine) by more than a
relative 1e-9 is disqualified.
"""

import argparse
import functools
import json
import os
import pathlib
import statistics
import subprocess
import sys

import environment
from candidates import LOSSES, PEERS, run_engine, run_peer
from common import RANKONE, ROOT, TARGET, letters

TOLERANCE = 1e-9


def arguments():
    names, path = ",".join(PEERS), pathlib.Path
    form = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(prog="scripts/peers/run", description=__doc__, formatter_class=form)
    parser.add_argument("files", nargs="*", type=path, metavar="FILE", help="TRAIN and VALIDATION [the large letters]")
    parser.add_argument("--hidden", type=list_of(int), default=[50, 200], metavar="D,D", help="hidden units [50,200]")
    parser.add_argument("--learning-rate", type=float, default=0.01, help="[0.01]")
    parser.add_argument("--repeats", type=int, default=3, help="timed epochs per round, after one warm-up [3]")
    parser.add_argument("--rounds", type=int, default=3, help="rounds, in each of which every candidate runs once [3]")
    parser.add_argument("--engines", type=list_of(str), default=["blocked", "blas"], help="[blocked,blas]")
    parser.add_argument("--peers", type=list_of(str), default=list(PEERS), help=f"[{names}]")
    parser.add_argument("--rankone", type=path, help="the binary [built with cargo]")
    parser.add_argument("--core", type=int, help="pin to this core [the first one allowed]")
    parser.add_argument("--out", type=path, default=TARGET / "peers.json", help="JSON [target/peers/peers.json]")
    parser.add_argument("--markdown", type=path, help="also write the table to this file")
    given = parser.parse_args()
    if len(given.files) not in (0, 2):
        parser.error("give TRAIN and VALIDATION, or neither of them")
    if min(given.repeats, given.rounds, *given.hidden) < 1:
        parser.error("--hidden, --repeats and --rounds are 1 or more")
    if given.rankone and not given.rankone.is_file():
        parser.error(f"--rankone: no file {given.rankone}")
    if unknown := set(given.peers) - set(PEERS):
        parser.error(f"--peers knows {names}; found {', '.join(sorted(unknown))}")
    return given


def list_of(kind):
    return lambda text: [kind(part) for part in text.split(",") if part]


def pin(core):
    """Pins this process and its children to one core, where the system allows it; returns the core."""
    if not hasattr(os, "sched_setaffinity"):
        return None
    core = min(os.sched_getaffinity(0)) if core is None else core
    os.sched_setaffinity(0, {core})
    return core


def run_rounds(candidates, files, hidden, given):
    """Returns one result per candidate: the times of all rounds; losses, the same in each round, of the last."""
    results = [{"name": name, "engine": engine} for name, engine, _ in candidates]
    for turn in range(given.rounds):
        for (name, _, run), result in zip(candidates, results):
            if "reason" in result:
                continue
            print(f"D = {hidden}, round {turn + 1} of {given.rounds}: {name}", file=sys.stderr)
            report = run(files, hidden, given.learning_rate, given.repeats)
            times = result.get("microseconds", []) + report.pop("microseconds", [])
            result |= report | {"microseconds": times}
    return results


def judge(results):
    """Adds the median to each result that agrees with the first one, and to the others the reason why it has none."""
    ran = [result for result in results if "reason" not in result]
    for result in ran:
        differences = [abs(result[loss] - ran[0][loss]) / abs(ran[0][loss]) for loss in LOSSES]
        result["difference"] = max(differences)
        if all(difference <= TOLERANCE for difference in differences):  # false for NaN
            result["median"] = statistics.median(result["microseconds"])
        else:
            result["reason"] = f"disqualified: its loss differs by {result['difference']:.1e} of {ran[0]['name']}'s"


def markdown(record):
    where, data, settings = (record[key] for key in ("environment", "data", "settings"))
    yield (
        f"One epoch of exact per-example SGD in file order, float64, one thread: {data['train']} ({data['source']}), "
        f"learning rate {settings['learning_rate']:g}; {where['cpu']}, {where['date'][:10]}; "
        f"median of {settings['rounds']} x {settings['repeats']} epochs, the contestants taking turns."
    )
    for result in record["results"]:
        yield ""
        yield from section(result["hidden"], result["contestants"])


def section(hidden, results):
    shown = sorted((r for r in results if "reason" not in r), key=lambda r: r["median"])
    best = min((r["median"] for r in shown if r["engine"]), default=None)
    yield f"D = {hidden}" + (f", {shown[0]['weights']:,} weights, {shown[0]['examples']:,} examples" if shown else "")
    yield ""
    yield "| contestant | version | µs an example | ns a weight and example | times rankone's |"
    yield "|---|---|--:|--:|--:|"
    for r in shown:
        ratio = f"{r['median'] / best:.2f}" if best else "-"
        yield f"| {r['name']} | {r['version']} | {r['median']:.2f} | {1e3 * r['median'] / r['weights']:.4f} | {ratio} |"
    for r in results:
        if "reason" in r:
            reason = r["reason"].replace("|", "\\|")
            yield f"| {r['name']} | {r.get('version', '-')} | {reason} | - | - |"


def main():
    given = arguments()
    if not given.rankone:
        subprocess.run(["cargo", "build", "--release", "--quiet"], cwd=ROOT, check=True)
    rankone = (given.rankone or RANKONE).resolve()
    files, source = ([file.resolve() for file in given.files], "as named") if given.files else letters(rankone)
    described = environment.described(pin(given.core))
    described["rankone"] = subprocess.check_output([rankone, "--version"], text=True).split()[-1]
    # The engines come first: results are compared with the first one that ran.
    candidates = [(f"rankone, {name}", name, functools.partial(run_engine, rankone, name)) for name in given.engines]
    for label, *peer in map(PEERS.get, given.peers):
        candidates.append((label, None, functools.partial(run_peer, *peer)))
    results = []
    for hidden in given.hidden:
        results.append({"hidden": hidden, "contestants": run_rounds(candidates, files, hidden, given)})
        judge(results[-1]["contestants"])
    data = {"source": source, "train": files[0].name, "validation": files[1].name}
    settings = {key: getattr(given, key) for key in ("learning_rate", "repeats", "rounds")}
    record = {"environment": described, "data": data, "settings": settings, "results": results}
    text = "".join(f"{line}\n" for line in markdown(record))
    print(text, end="")
    for path, content in ((given.out, json.dumps(record, indent=2) + "\n"), (given.markdown, text)):
        if path:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content)


if __name__ == "__main__":
    main()
