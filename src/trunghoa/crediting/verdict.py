"""What a check found. A check that lacks data is unknown, never passed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from trunghoa.quantities import Problem


class Verdict(StrEnum):
    """Outcome of a check."""

    PASSED = "passed"
    FAILED = "failed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Finding:
    """One check by name, its outcome, and a problem for each thing that is wrong or missing."""

    check: str
    verdict: Verdict
    problems: tuple[Problem, ...] = ()


def finding(check: str, problems: Iterable[Problem]) -> Finding:
    """Passed where there is no problem, else failed."""
    found = tuple(problems)
    return Finding(check, Verdict.FAILED if found else Verdict.PASSED, found)


def unknown(check: str, lacks: str) -> Finding:
    """A check that cannot be made because something is missing."""
    return Finding(check, Verdict.UNKNOWN, (Problem(lacks),))
