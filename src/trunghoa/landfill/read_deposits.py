"""``deposits.csv``: a year and its tonnes per row, by waste type, in total, or both."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from trunghoa.parameters import Cells, read_cells
from trunghoa.quantities import N_, InputError, Problem, conversion
from trunghoa.quantities.errors import UnitError

from .deposits import DepositRow, negative
from .site import year_problem
from .waste import WASTE_TYPES, fold, waste_type

YEAR, TOTAL, UNIT = "year", "total_t", "unit"
_ROLES = {
    fold(name): role
    for role, names in {
        YEAR: ("year", "năm", "年"),
        TOTAL: ("total_t", "total", "tổng", "tổng cộng", "合計"),
        UNIT: ("unit", "đơn vị", "単位"),
    }.items()
    for name in names
}


@dataclass(frozen=True, slots=True)
class Rows:
    """What a file of deposits holds.

    Attributes
    ----------
    whole : rows of which every cell could be read
    years : each year that could be read and its row, of rows with unreadable cells too
    all_known : no row, and no year of a row, is lost
    problems : of single cells
    """

    whole: list[DepositRow]
    years: list[tuple[int, int]]
    all_known: bool
    problems: list[Problem]


def read_rows(path: Path) -> Rows:
    """Read the rows and everything wrong with them; tonnes are wet, a ``unit`` column may say kg or kt."""
    roles, problems = _roles(path)
    years = [column for column, role in roles.items() if role == YEAR]
    _header, rows, found = read_cells(
        path, required=years or [YEAR], optional=list(dict.fromkeys([*roles, TOTAL, UNIT, *WASTE_TYPES]))
    )
    lost = bool(problems or found)
    whole: list[DepositRow] = []
    placed: list[tuple[int, int]] = []
    for cells in rows:
        before = len(found)
        row = _row(cells, roles)
        lost = lost or row is None
        if row is not None:
            placed.append((row.year, cells.row))
            whole += [row] if len(found) == before else []
    return Rows(whole, placed, not lost, [*problems, *found])


def _roles(path: Path) -> tuple[dict[str, str], list[Problem]]:
    """What each column of the header means; names may be Vietnamese or Japanese, in any Unicode form."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            header = next(csv.reader(stream), [])
    except (OSError, UnicodeDecodeError, csv.Error):
        return {}, []
    roles: dict[str, str] = {}
    problems: list[Problem] = []
    for column in (name.strip() for name in header):
        role = _ROLES.get(fold(column)) or _waste(column)
        if role is None:
            continue
        if role in roles.values() and column not in roles:
            problems.append(
                Problem(N_("Two columns mean %(value)s."), N_("Keep one."), path.name, 1, column, value=role)
            )
        roles[column] = role
    return roles, problems


def _waste(column: str) -> str | None:
    try:
        return waste_type(column.removesuffix("_t"))
    except InputError:
        return None


def _row(cells: Cells, roles: dict[str, str]) -> DepositRow | None:
    """A row as far as its cells can be read; None without its year."""
    factor = Decimal(1)
    year: int | None = None
    total: Decimal | None = None
    tonnes: dict[str, Decimal] = {}
    only_total = _only_total(cells, roles)
    for column, role in roles.items():
        if role == YEAR:
            year = _year(cells, column)
        elif role == UNIT:
            factor = _factor(cells, column)
        elif role == TOTAL:
            total = cells.number(column)
        else:
            amount = cells.number(column, required=not only_total)
            if amount is not None:
                tonnes[role] = amount
    amounts = {waste: amount * factor for waste, amount in tonnes.items()}
    total = None if total is None else total * factor
    for column, role in roles.items():
        amount = total if role == TOTAL else amounts.get(role)
        if amount is not None and amount < 0:
            cells.problems.append(negative(amount, column).at(file=cells.file, row=cells.row))
    return None if year is None else DepositRow(year, amounts, total, cells.row)


def _only_total(cells: Cells, roles: dict[str, str]) -> bool:
    """Whether a row leaves all types empty and gives the total, as years before a sorting analysis do."""
    given = {role for column, role in roles.items() if cells.text(column)}
    return TOTAL in given and not given & set(WASTE_TYPES)


def _year(cells: Cells, column: str) -> int | None:
    number = cells.number(column, required=True)
    if number is None:
        return None
    if number != number.to_integral_value() or abs(number) > 10**6:
        cells.problems.append(year_problem(str(number), column).at(file=cells.file, row=cells.row))
        return None
    return int(number)


def _factor(cells: Cells, column: str) -> Decimal:
    symbol = cells.text(column) or "t"
    try:
        exact = conversion(symbol, "t")
    except UnitError as error:
        cells.refuse(column, str(error).replace("%", "%%"))
        return Decimal(1)
    return Decimal(exact.numerator) / Decimal(exact.denominator)
