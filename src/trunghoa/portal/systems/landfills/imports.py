"""Deposits from a spreadsheet: every wrong cell is named, and nothing is taken over until all are right."""

import re
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from functools import cache
from typing import Any

from django.conf import settings
from django.utils.translation import override

from trunghoa.portal.core.record.grids import Value, column_letter
from trunghoa.quantities import N_, InputError, Problem, parse_number, search_key
from trunghoa.quantities.numbers import MARKS

from . import tasks
from .models import TOTAL, Landfill
from .series import Row
from .uploads import CSV, Grid, read_grid, refuse
from .words import WASTE_TEXT

# A table may begin below a title; further down it is not looked for.
HEADER_WITHIN = 20
YEAR = {search_key(name) for name in ("year", "năm", "năm chôn lấp", "年", "年次", "受入年", "埋立年")}
ALL_TYPES = {
    search_key(name)
    for name in ("total", "total_t", "total, inert included", "tổng", "tổng cộng", "合計", "総量")
}
SOURCE = {search_key(name) for name in ("source", "nguồn", "出典")}
NOTES = {search_key(name) for name in ("note", "notes", "ghi chú", "備考")}


@dataclass(frozen=True)
class CellProblem:
    """A problem and the cell it is in."""

    problem: Problem
    column: str = ""

    def as_json(self) -> dict[str, Any]:
        return {"column": self.column, **asdict(self.problem)}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "CellProblem":
        rest = {key: value for key, value in data.items() if key != "column"}
        return cls(Problem(**rest), data["column"])


@dataclass
class Reading:
    """What a file says: rows of (year, waste type, tonnes), or what is wrong with it.

    ``sources`` are those that the file states of its own years.
    """

    rows: list[Row] = field(default_factory=list)
    sources: dict[int, str] = field(default_factory=dict)
    problems: list[CellProblem] = field(default_factory=list)
    media_type: str = CSV

    def add(
        self,
        message: str,
        hint: str = "",
        *,
        row: int | None = None,
        column: int = 0,
        value: str = "",
        limit: str = "",
    ) -> None:
        problem = Problem(message, hint, row=row, value=value, limit=limit)
        self.problems.append(CellProblem(problem, column_letter(column)))


@dataclass(frozen=True)
class Header:
    """Where the years stand and which column holds which waste type; ``first`` is the first row of data."""

    year: int
    wastes: dict[int, str]
    first: int
    plain: bool
    source: int | None = None


def read(content: bytes, landfill: Landfill, lang: str) -> Reading:
    """Read a file for a landfill; all problems at once, each with its cell."""
    reading = Reading()
    try:
        grid = read_grid(content)
        reading.media_type = grid.media_type
        header = find_header(grid, reading)
    except InputError as error:
        reading.problems += [CellProblem(p) for p in error.problems]
        return reading
    by_year: list[tuple[int, int, dict[str, Decimal]]] = []
    for number, cells in enumerate(grid.rows[header.first - 1 :], start=header.first):
        if any(cell is not None for cell in cells) or any(at == number for at, _ in grid.faults):
            _read_row(number, cells, header, grid, reading, "" if header.plain else lang, by_year)
    _check_years(by_year, landfill, reading)
    reading.rows = [(year, waste, tonnes) for _, year, parts in by_year for waste, tonnes in parts.items()]
    reading.problems.sort(key=lambda p: (p.problem.row or 0, len(p.column), p.column))
    return reading


def find_header(grid: Grid, reading: Reading) -> Header:
    """The row that names the columns; a year cell merged over two rows has its waste types in the second."""
    for index, cells in enumerate(grid.rows[:HEADER_WITHIN]):
        keys = [search_key(c) if isinstance(c, str) else "" for c in cells]
        at = next((i for i, key in enumerate(keys) if key in YEAR), None)
        if at is None:
            continue
        below = grid.rows[index + 1] if index + 1 < len(grid.rows) else []
        merged = not any(map(_named_waste, cells)) and any(map(_named_waste, below))
        names = below if merged else cells
        wastes = _wastes(names, at, index + (2 if merged else 1), reading)
        if not wastes and not reading.problems:
            raise refuse(
                N_("No column holds a waste type."), N_("Name the columns as the template does, or “total”.")
            )
        plain = grid.media_type == CSV and cells[at] == "year"
        source = next((i for i, name in enumerate(names) if search_key(str(name)) in SOURCE), None)
        return Header(at, wastes, index + (3 if merged else 2), plain, source)
    raise refuse(
        N_("No row names a column “year” within the first %(limit)s rows."),
        N_("Use the template: its first column is the year, the others are waste types."),
        limit=str(HEADER_WITHIN),
    )


def _wastes(names: list[Value], year: int, row: int, reading: Reading) -> dict[int, str]:
    found: dict[int, str] = {}
    for index, name in enumerate(names):
        if index == year or name is None or search_key(str(name)) in SOURCE | NOTES:
            continue
        waste = _waste(str(name))
        if not waste:
            reading.add(
                N_("“%(value)s” is not a waste type."),
                N_("Use one of: %(limit)s."),
                row=row,
                column=index + 1,
                value=str(name),
                limit=", ".join(tasks.WASTE_TYPES),
            )
        elif waste in found.values():
            reading.add(
                N_("The waste type “%(value)s” has two columns."),
                N_("Add them up."),
                row=row,
                column=index + 1,
                value=str(name),
            )
        else:
            found[index] = waste
    return found


def _named_waste(cell: Value) -> bool:
    return isinstance(cell, str) and bool(_waste(cell))


def _waste(name: str) -> str:
    """Waste type a header means, also with its unit behind it: “Thực phẩm (t)”."""
    bare = re.sub(r"\s*[(\[（].*$", "", name)
    for text in (name, bare):
        if known := _headers().get(search_key(text)):
            return known
    try:
        return tasks.waste_type(bare)
    except InputError:
        return ""


@cache
def _headers() -> dict[str, str]:
    """Headers as the template writes them in each language, and other words for the total."""
    found = dict.fromkeys(ALL_TYPES, TOTAL)
    for lang, _name in settings.LANGUAGES:
        with override(lang):
            found |= {search_key(str(label)): code for code, label in WASTE_TEXT.items() if code}
            found |= {search_key(f"{label} (t)"): code for code, label in WASTE_TEXT.items() if code}
    return found


def _read_row(
    number: int,
    cells: list[Value],
    header: Header,
    grid: Grid,
    reading: Reading,
    lang: str,
    by_year: list[tuple[int, int, dict[str, Decimal]]],
) -> None:
    cell = cells[header.year] if header.year < len(cells) else None
    year = _year(cell, number, header.year + 1, reading)
    parts: dict[str, Decimal] = {}
    faults = len(reading.problems)
    for index, value in enumerate(cells):
        waste = header.wastes.get(index)
        fault = grid.faults.get((number, index + 1))
        if waste is None:
            if value is not None and index != header.year and not _named(grid, header, index):
                reading.add(
                    N_("“%(value)s” stands in a column without a name."),
                    N_("Name the column or clear the cell."),
                    row=number,
                    column=index + 1,
                    value=str(value)[:60],
                )
        elif fault or value is not None:
            tonnes = _tonnes(value, fault, number, index + 1, grid, reading, lang)
            if tonnes is not None:
                parts[waste] = tonnes
    if year is not None and (parts or len(reading.problems) == faults):
        by_year.append((number, year, parts))
        stated = cells[header.source] if header.source is not None and header.source < len(cells) else None
        if stated is not None:
            reading.sources[year] = str(stated)


def _named(grid: Grid, header: Header, index: int) -> bool:
    rows = grid.rows[max(0, header.first - 3) : header.first - 1]
    return any(index < len(row) and row[index] is not None for row in rows)


def _year(cell: Value, row: int, column: int, reading: Reading) -> int | None:
    hint = N_("Write the year with four digits; leave out rows of totals.")
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e6:
        return int(cell)
    if isinstance(cell, str) and re.fullmatch(r"[0-9]{1,4}年?", cell):
        return int(cell.rstrip("年"))
    if cell is None:
        reading.add(N_("The row has no year."), hint, row=row, column=column)
    else:
        reading.add(N_("“%(value)s” is not a year."), hint, row=row, column=column, value=str(cell)[:60])
    return None


def _unsure(cell: str | float, media_type: str, lang: str) -> str:
    """The mark on which the reading of a text depends, or nothing.

    A workbook has cells for numbers, so a number with a mark in a text cell is never taken. In a CSV file
    every cell is text: there it counts whether two languages read it as two numbers.
    """
    if not isinstance(cell, str) or not lang or not (marks := re.findall("[.,]", cell)):
        return ""
    if media_type != CSV and re.fullmatch(r"[-+\u2212]?[0-9.,]*[0-9][0-9.,]*", cell):
        return str(marks[0])
    readings = set()
    for other in MARKS:
        with suppress(InputError):
            readings.add(parse_number(cell, lang=other))
    return str(marks[0]) if len(readings) > 1 else ""


def _tonnes(
    cell: Value, fault: str | None, row: int, column: int, grid: Grid, reading: Reading, lang: str
) -> Decimal | None:
    if fault == "formula":
        reading.add(
            N_("The formula in this cell was never computed."),
            N_("Open the file, let it compute, save it."),
            row=row,
            column=column,
        )
        return None
    if fault == "error":
        reading.add(
            N_("The cell holds an error instead of a number."),
            N_("Mend the formula."),
            row=row,
            column=column,
        )
        return None
    if isinstance(cell, bool) or not isinstance(cell, str | float):
        reading.add(
            N_("“%(value)s” is not a number of tonnes."),
            N_("Format the cell as a number."),
            row=row,
            column=column,
            value=str(cell),
        )
        return None
    if mark := _unsure(cell, grid.media_type, lang):
        reading.add(
            N_("“%(value)s” has a “%(limit)s” that could mark decimals or thousands."),
            N_("Format the cell as a number, or write the number without grouping and decimals."),
            row=row,
            column=column,
            value=str(cell),
            limit=mark,
        )
        return None
    try:
        tonnes = parse_number(cell, lang=lang)
    except InputError as error:
        for problem in error.problems:
            reading.problems.append(CellProblem(problem.at(row=row), column_letter(column)))
        return None
    if tonnes < 0:
        reading.add(
            N_("%(value)s t cannot be a deposit."),
            N_("Waste taken out again is not a negative deposit; leave it out and say so."),
            row=row,
            column=column,
            value=str(tonnes),
            limit="0",
        )
        return None
    return tonnes


def _check_years(
    by_year: list[tuple[int, int, dict[str, Decimal]]], landfill: Landfill, reading: Reading
) -> None:
    """What the kernel says of the rows together; problems already named cell by cell are not named again."""
    if not by_year and not reading.problems:
        reading.add(N_("There is no year with a deposit."), N_("Give at least one row."))
    if reading.problems:
        # Gaps and sums cannot be judged while cells are missing; doubled years can.
        seen: dict[int, int] = {}
        for number, year, _ in by_year:
            if year in seen:
                reading.add(
                    N_("The year %(value)s stands twice (first in row %(limit)s)."),
                    N_("Add the two rows up, or delete the one that is superseded."),
                    row=number,
                    column=1,
                    value=str(year),
                    limit=str(seen[year]),
                )
            seen.setdefault(year, number)
        return
    for problem in tasks.deposit_problems(landfill, by_year):
        reading.problems.append(CellProblem(problem, "A" if problem.row else ""))
