"""The cells of a CSV file, read strictly: every fault is kept with file, row and field."""

from __future__ import annotations

import csv
import unicodedata
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

from trunghoa.quantities import N_, InputError, Problem, TrungHoaError, parse_number

T = TypeVar("T")
Choice = TypeVar("Choice", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Cells:
    """One row. A cell that cannot be read adds to ``problems`` and gives None, so that all are found."""

    file: str
    row: int
    texts: Mapping[str, str]
    problems: list[Problem]

    def refuse(
        self, field: str, message: str, *, hint: str = "", limit: str = "", value: str | None = None
    ) -> None:
        shown = self.texts.get(field, "") if value is None else value
        self.problems.append(Problem(message, hint, self.file, self.row, field, shown, limit))

    def text(self, field: str, *, required: bool = False) -> str:
        found = self.texts.get(field, "")
        if required and not found:
            self.refuse(field, N_("The cell is empty."), hint=N_("%(field)s is required."))
        return found

    def read(self, field: str, parse: Callable[[str], T], *, required: bool = False) -> T | None:
        """Read a cell with ``parse``; its TrungHoaError becomes a problem of this cell."""
        if not (found := self.text(field, required=required)):
            return None
        try:
            return parse(found)
        except InputError as error:
            self.problems.extend(error.at(file=self.file, row=self.row, field=field).problems)
        except TrungHoaError as error:
            self.refuse(field, str(error).replace("%", "%%"))
        return None

    def number(self, field: str, *, required: bool = False) -> Decimal | None:
        return self.read(field, parse_number, required=required)

    def day(self, field: str, *, required: bool = False) -> date | None:
        return self.read(field, _day, required=required)

    def choice(self, field: str, choices: type[Choice], *, required: bool = True) -> Choice | None:
        found = self.text(field, required=required)
        if found and found not in {c.value for c in choices}:
            self.refuse(
                field, N_("“%(value)s” is not one of: %(limit)s."), limit=", ".join(c.value for c in choices)
            )
            return None
        return choices(found) if found else None


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InputError(
            Problem(N_("“%(value)s” is not a date."), N_("Write it like 2024-12-31."), value=text)
        ) from None


def read_cells(
    path: Path, *, required: Collection[str], optional: Collection[str] = (), keys_before: str = ""
) -> tuple[list[str], list[Cells], list[Problem]]:
    """Read a UTF-8 CSV file into rows of cells.

    A column that is neither ``required`` nor ``optional`` is refused, unless it stands before the column
    ``keys_before``: then it is a key of the table.

    Returns
    -------
    header, rows, problems
        ``problems`` is one list that reading the rows goes on filling.
    """
    problems: list[Problem] = []
    records = _records(path, problems)
    header = [name.strip() for name in records[0]] if records else []
    _check_header(path.name, header, required, optional, keys_before, problems)
    if problems:
        return header, [], problems
    rows: list[Cells] = []
    for number, record in enumerate(records[1:], start=2):
        if not any(cell.strip() for cell in record):
            continue
        texts = dict(zip(header, (unicodedata.normalize("NFC", c.strip()) for c in record), strict=False))
        cells = Cells(path.name, number, texts, problems)
        if len(record) != len(header):
            cells.refuse(
                "",
                N_("The row has %(value)s cells, the header %(limit)s."),
                value=str(len(record)),
                limit=str(len(header)),
                hint=N_("Put text that holds a comma in quotes."),
            )
            continue
        rows.append(cells)
    return header, rows, problems


def _records(path: Path, problems: list[Problem]) -> list[list[str]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            return list(csv.reader(stream, strict=True))
    except FileNotFoundError:
        problems.append(Problem(N_("The file is missing."), file=path.name))
    except UnicodeDecodeError as error:
        problems.append(
            Problem(
                N_("The file is not UTF-8 (byte %(value)s)."),
                N_("Save it as “CSV UTF-8”."),
                file=path.name,
                value=str(error.start),
            )
        )
    except csv.Error as error:
        problems.append(Problem(N_("The file is not CSV: %(value)s."), file=path.name, value=str(error)))
    return []


def _check_header(
    file: str,
    header: list[str],
    required: Collection[str],
    optional: Collection[str],
    keys_before: str,
    problems: list[Problem],
) -> None:
    if problems:
        return
    if not header:
        problems.append(Problem(N_("The file is empty."), file=file))
        return
    if len(header) == 1 and (mark := next((m for m in ";\t" if m in header[0]), "")):
        problems.append(
            Problem(
                N_("The cells are separated by %(value)s, not by commas."),
                N_("Save the file as CSV with commas, and with a point as the decimal mark."),
                file=file,
                row=1,
                value="“;”" if mark == ";" else "TAB",
                limit=",",
            )
        )
        return
    known = {*required, *optional}
    boundary = header.index(keys_before) if keys_before in header else 0
    problems.extend(
        Problem(N_("The column %(field)s stands twice."), file=file, row=1, field=column)
        for column in dict.fromkeys(c for c in header if header.count(c) > 1)
    )
    problems.extend(
        Problem(N_("The column %(field)s is missing."), file=file, row=1, field=column)
        for column in required
        if column not in header
    )
    for index, column in enumerate(header):
        if column not in known and index >= boundary:
            problems.append(
                Problem(
                    N_("The column “%(field)s” is not known here."),
                    N_("Known columns: %(limit)s."),
                    file=file,
                    row=1,
                    field=column,
                    limit=", ".join(dict.fromkeys([*required, *optional])),
                )
            )
