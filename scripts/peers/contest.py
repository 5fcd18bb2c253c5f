"""Runs rankone and its peers in turn over the same data and start, and prints a table of their times.

Every peer times one epoch from the start, again and again; rankone times its first epochs one after the
other. All are held to one thread and one core. A contestant whose losses after the first epoch differ from
rankone's by more than 1e-9 of them is disqualified.
"""

import argparse
import json
import os
import pathlib
import statistics
import sys

import contestants
import environment
import letters
import table

TOLERANCE = 1e-9
LOSSES = ("train_cross_entropy", "validation_cross_entropy")


def arguments():
    names = ",".join(contestants.PEERS)
    form = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(prog="scripts/peers/run", description=__doc__, formatter_class=form)
    parser.add_argument("files", nargs="*", metavar="FILE", help="TRAIN and VALIDATION; the large letters otherwise")
    parser.add_argument("--hidden", type=comma_separated(int), default=[50, 200], metavar="D,D", help="50,200")
    parser.add_argument("--learning-rate", type=float, default=0.01, help="0.01")
    parser.add_argument("--repeats", type=int, default=3, help="timed epochs a round, after one to warm up; 3")
    parser.add_argument("--rounds", type=int, default=3, help="in each, every contestant runs once; 3")
    parser.add_argument("--engines", type=comma_separated(str), default=["blocked", "blas"], help="blocked,blas")
    parser.add_argument("--peers", type=comma_separated(str), default=list(contestants.PEERS), help=names)
    parser.add_argument("--rankone", type=pathlib.Path, help="the binary; built with cargo otherwise")
    parser.add_argument("--core", type=int, help="run on this core; the first one allowed otherwise")
    parser.add_argument("--out", type=pathlib.Path, default=letters.TARGET / "peers.json", help="JSON")
    parser.add_argument("--markdown", type=pathlib.Path, help="write the table here too")
    given = parser.parse_args()
    if len(given.files) not in (0, 2):
        parser.error("give TRAIN and VALIDATION, or neither of them")
    if min(given.repeats, given.rounds, *given.hidden) < 1:
        parser.error("--hidden, --repeats and --rounds are 1 or more")
    if given.rankone and not given.rankone.is_file():
        parser.error(f"--rankone: no file {given.rankone}")
    if unknown := set(given.peers) - set(contestants.PEERS):
        parser.error(f"--peers knows {names}; found {', '.join(sorted(unknown))}")
    return given


def comma_separated(kind):
    return lambda text: [kind(part) for part in text.split(",") if part]


def pin(core):
    """Holds this process and so all contestants to one core, where the system can; returns which."""
    if not hasattr(os, "sched_setaffinity"):
        return None
    core = min(os.sched_getaffinity(0)) if core is None else core
    os.sched_setaffinity(0, {core})
    return core


def run_rounds(entries, problem, rounds):
    """Each entry's reports put together: all its times, and its losses, which are the same each round."""
    results = {}
    for turn in range(rounds):
        for entry in entries:
            so_far = results.setdefault(entry.name, {"name": entry.name, "engine": entry.engine})
            if "reason" in so_far:
                continue
            print(f"D = {problem.hidden}, round {turn + 1} of {rounds}: {entry.name}", file=sys.stderr)
            report = entry.run(problem)
            times = so_far.get("microseconds", []) + report.pop("microseconds", [])
            so_far.update(report)
            so_far["microseconds"] = times
    return list(results.values())


def judge(results):
    """Adds the medians, and a reason to every result that does not agree with the first that ran."""
    ran = [result for result in results if "reason" not in result]
    for result in ran:
        differences = [abs(result[loss] - ran[0][loss]) / abs(ran[0][loss]) for loss in LOSSES]
        result["difference"] = max(differences)
        if all(difference <= TOLERANCE for difference in differences):
            result["median"] = statistics.median(result["microseconds"])
        else:
            result["reason"] = f"disqualified: its loss differs by {result['difference']:.1e} of {ran[0]['name']}'s"


def main():
    given = arguments()
    rankone = contestants.binary(given.rankone)
    files, source = letters.found(given.files, rankone)
    described = environment.described(pin(given.core))
    described["rankone"] = contestants.version(rankone)
    # The engines come first: the first to run gives the losses that all others must have.
    entries = [contestants.Engine(rankone, engine) for engine in given.engines]
    entries += [contestants.Peer(name) for name in given.peers]
    results = []
    for hidden in given.hidden:
        problem = contestants.Problem(files, hidden, given.learning_rate, given.repeats)
        results.append({"hidden": hidden, "contestants": run_rounds(entries, problem, given.rounds)})
        judge(results[-1]["contestants"])
    data = {"source": source, "train": files[0].name, "validation": files[1].name}
    settings = {key: getattr(given, key) for key in ("learning_rate", "repeats", "rounds")}
    record = {"environment": described, "data": data, "settings": settings, "results": results}
    text = table.markdown(record)
    print(text, end="")
    for path, content in ((given.out, json.dumps(record, indent=2) + "\n"), (given.markdown, text)):
        if path:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content)


if __name__ == "__main__":
    main()
