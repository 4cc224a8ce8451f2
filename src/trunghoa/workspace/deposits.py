"""The deposits of one landfill, from the rows of ``landfill_deposits.csv``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from types import MappingProxyType

from trunghoa.landfill import DepositRow, Deposits, waste_type
from trunghoa.quantities import N_, InputError, Problem

from .rows import LandfillDeposit

FILE = "landfill_deposits.csv"
_MIXED = ""


@dataclass
class _Year:
    """Tonnes and row numbers of a year by waste type; mixed waste under the empty name."""

    tonnes: dict[str, Decimal] = field(default_factory=dict)
    numbers: dict[str, int] = field(default_factory=dict)

    @property
    def first(self) -> int:
        return min(self.numbers.values())


def deposits_of(
    rows: Iterable[tuple[int, LandfillDeposit]], shares: Mapping[str, Decimal], problems: list[Problem]
) -> Deposits | None:
    """Put the rows of a year together: mixed waste, tonnes by waste type, or both.

    ``shares`` divide mixed waste. Faults are added to ``problems`` in the row they come from.
    """
    rows = list(rows)
    before = len(problems)
    years: dict[int, _Year] = {}
    for number, row in rows:
        _add(years.setdefault(row.year, _Year()), number, row, problems)
    if len(problems) > before:
        return None
    try:
        return Deposits(
            rows=tuple(_deposit(year, years[year]) for year in sorted(years)),
            composition=MappingProxyType(dict(shares)),
            source="; ".join(dict.fromkeys(row.source for _, row in rows)),
        )
    except InputError as error:
        by_first = {year.first: year for year in years.values()}
        problems += [placed(p, by_first) for p in error.problems]
    return None


def _add(year: _Year, number: int, row: LandfillDeposit, problems: list[Problem]) -> None:
    try:
        waste = waste_type(row.waste) if row.waste else _MIXED
    except InputError as error:
        problems += error.at(file=FILE, row=number, field="waste").problems
        return
    if waste in year.numbers:
        message = N_("“%(value)s” stands already in row %(limit)s.")
        limit = str(year.numbers[waste])
        problems.append(Problem(message, "", FILE, number, "waste", row.waste, limit))
    year.tonnes[waste] = row.tonnes
    year.numbers.setdefault(waste, number)


def _deposit(year: int, given: _Year) -> DepositRow:
    types = {waste: tonnes for waste, tonnes in given.tonnes.items() if waste != _MIXED}
    return DepositRow(year, MappingProxyType(types), given.tonnes.get(_MIXED), given.first)


def placed(problem: Problem, by_first: Mapping[int, _Year]) -> Problem:
    """The kernel knows a year's first row and its own column names; name the row and column of the table."""
    year = by_first.get(problem.row or 0)
    if problem.field in ("year", "gap_years") or year is None:
        return problem.at(file=FILE)
    waste = _MIXED if problem.field == "total_t" else problem.field
    return replace(problem, file=FILE, row=year.numbers.get(waste, year.first), field="tonnes")
