"""The record as Markdown."""


def markdown(record):
    where, data, settings = (record[key] for key in ("environment", "data", "settings"))
    lines = [
        f"One epoch of exact per-example SGD in file order, float64, one thread: {data['train']} ({data['source']}), "
        f"learning rate {settings['learning_rate']:g}; {where['cpu']}, {where['date'][:10]}; "
        f"median of {settings['rounds']} x {settings['repeats']} epochs, the contestants taking turns.",
    ]
    for result in record["results"]:
        lines += ["", *section(result["hidden"], result["contestants"])]
    return "\n".join(lines) + "\n"


def section(hidden, contestants):
    shown = sorted((c for c in contestants if "reason" not in c), key=lambda c: c["median"])
    best = min((c["median"] for c in shown if c["engine"]), default=None)
    yield f"D = {hidden}" + (f", {shown[0]['weights']:,} weights, {shown[0]['examples']:,} examples" if shown else "")
    yield ""
    yield "| contestant | version | µs an example | ns a weight and example | times rankone's |"
    yield "|---|---|--:|--:|--:|"
    for c in shown:
        ratio = f"{c['median'] / best:.2f}" if best else "-"
        yield f"| {c['name']} | {c['version']} | {c['median']:.2f} | {1e3 * c['median'] / c['weights']:.4f} | {ratio} |"
    for c in contestants:
        if "reason" in c:
            reason = c["reason"].replace("|", "\\|")
            yield f"| {c['name']} | {c.get('version', '-')} | {reason} | - | - |"
