"""Double counting, as the kernel finds it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from trunghoa.crediting import (
    Move,
    PartyBalance,
    ProgrammeIssuance,
    withdrawn_with_units,
)
from trunghoa.crediting import double_claim as claimed_twice
from trunghoa.crediting import double_issuance as issued_twice
from trunghoa.crediting import double_use as used_twice
from trunghoa.crediting.verdict import Finding, Verdict
from trunghoa.parameters import read_cells
from trunghoa.portal.core.workflow import days
from trunghoa.quantities import N_, InputError, Period, Problem

from .dated import parameters

COLUMNS = ("programme", "project", "country", "sector", "start", "end")


def double_issuance(ours: Iterable[Mapping[str, Any]], theirs: Sequence[Mapping[str, Any]] | None) -> Finding:
    """Unknown where no list of other programmes is there, or an own issuance does not tell its days."""
    if theirs is None:
        return _unknown("double_issuance", N_("No list of other programmes' issuances was handed in."))
    own = list(ours)
    dated = [row for row in own if row["start"] and row["end"]]
    found = issued_twice([*map(_issuance, dated), *map(_issuance, theirs)], within_km=_near())
    if found.verdict is Verdict.PASSED and len(dated) < len(own):
        return _unknown("double_issuance", N_("The monitored days of some own issuances are not known."))
    return found


def _near() -> float:
    """Projects nearer than this are looked at by a person, km."""
    return float(parameters().get("article6", as_of=days.today("VN"), item="double_issuance_distance").value)


def _issuance(row: Mapping[str, Any]) -> ProgrammeIssuance:
    return ProgrammeIssuance(
        programme=row["programme"],
        project=row["project"],
        country=row["country"],
        sector=row["sector"],
        period=Period(row["start"], row["end"]),
        latitude=row.get("latitude"),
        longitude=row.get("longitude"),
    )


def read_issuances(content: bytes) -> list[dict[str, Any]]:
    """A list of issuances: the columns above, days as 2024-01-31, and degrees where they are known.

    Raises
    ------
    InputError
        with one Problem for each cell that cannot be read.
    """
    with TemporaryDirectory() as folder:
        path = Path(folder) / "issuances.csv"
        path.write_bytes(content)
        _header, rows, problems = read_cells(path, required=COLUMNS, optional=("latitude", "longitude"))
        found = []
        for cells in rows:
            row: dict[str, Any] = {name: cells.text(name, required=True) for name in COLUMNS[:4]}
            row |= {name: cells.day(name, required=True) for name in ("start", "end")}
            for name in ("latitude", "longitude"):
                given = cells.number(name)
                row[name] = float(given) if given is not None else None
            found.append(row)
    if problems:
        raise InputError(sorted(problems, key=lambda p: p.row or 0))
    return found


def double_use(moves: Iterable[Mapping[str, Any]], final: Sequence[str]) -> Finding:
    return used_twice([Move(**row) for row in moves], final)


def double_claim(balance: PartyBalance | None, ledger: Mapping[int, int]) -> Finding:
    """Against the marks of the ledger; unknown where there is no balance."""
    if balance is None:
        return _unknown("double_claim", N_("There is no balance of the Party to compare with."))
    return claimed_twice(balance, ledger)


def withdrawn(held: Mapping[str, int], projects: Iterable[str]) -> Finding:
    return withdrawn_with_units(held, projects)


def renamed(found: Finding) -> Finding:
    """A mirror of transfers under the name that the board has for it."""
    return replace(found, check="double_transfer")


def _unknown(check: str, lacks: str) -> Finding:
    return Finding(check, Verdict.UNKNOWN, (Problem(lacks),))


def of_another(found: str, wanted: str) -> Problem:
    """A workbook of another Party than was named."""
    return Problem(
        N_("The workbook is of “%(value)s”, not of %(limit)s."),
        N_("Name the Party that made it."),
        field="ParticipatingParty",
        value=found,
        limit=wanted,
    )
