"""What is to be said of a program."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Report:
    """What is to be said of one function.

    Attributes
    ----------
    function : str
        Its name in :mod:`rankone.handout`; ``"import"`` where the program could not be imported.
    verdict : str
        ``"right"``, ``"wrong"``, ``"error"`` (it raised something) or ``"missing"``.
    quantity : str or None
        What differs: the first, in the order in which they are computed.
    index : list of int or None
        Where in it.
    expected, found : float or None
        The numbers there.
    difference : float or None
        How far they are from each other.
    message : str
        The same in words; of what is right, what is to be noted all the same.
    """

    function: str
    verdict: str
    quantity: str | None = None
    index: list[int] | None = None
    expected: float | None = None
    found: float | None = None
    difference: float | None = None
    message: str = ""


def as_json(report: Report) -> dict[str, Any]:
    """Return a report as JSON has it; numbers that are not finite as words."""

    def plain(value: Any) -> Any:
        return str(value) if isinstance(value, float) and not math.isfinite(value) else value

    return {key: plain(value) for key, value in asdict(report).items()}


@dataclass(frozen=True)
class Comparison:
    """What is to be said of a program: a :class:`Report` for each function, in the order they build on each other."""

    student: str
    reports: list[Report]

    @property
    def is_right(self) -> bool:
        """Whether it has any of the functions, and those that it has are right."""
        verdicts = {report.verdict for report in self.reports}
        return "right" in verdicts and verdicts <= {"right", "missing"}

    def as_dict(self) -> dict[str, Any]:
        """Return it as JSON has it; numbers that are not finite as words."""
        functions = [as_json(report) for report in self.reports]
        return {"student": self.student, "right": self.is_right, "functions": functions}

    def __str__(self) -> str:
        """Return it as a table."""
        rows = [f"  {report.function:<22} {report.verdict:<8} {report.message}".rstrip() for report in self.reports]
        if all(report.verdict == "missing" for report in self.reports):
            rows.append("  Functions of the module are looked for: there is none of these.")
        return "\n".join([self.student, *rows])
