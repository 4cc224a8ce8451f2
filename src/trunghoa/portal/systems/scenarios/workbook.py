"""A scenario's tables as a workbook that can be changed and handed in again, and what was changed in it."""

import io
import zipfile
import zlib
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from python_calamine import CalamineError, CalamineWorkbook

from trunghoa.portal.core.record.form_fields import full_text
from trunghoa.portal.core.record.grids import (
    Value,
    cells_without_value,
    column_letter,
    plain_cell,
    sheet_paths,
)
from trunghoa.portal.core.record.intake import refuse
from trunghoa.portal.core.record.quality import Quality
from trunghoa.quantities import N_, InputError

from . import tasks
from .forms import cell_value
from .models import Scenario
from .tables import Line, Sheet
from .words import COLUMNS

LAST = ("value", "quality", "source", "remove")
MAX_ROWS = 20_000


def columns_of(table: Any) -> list[str]:
    found = list(table.keys)
    found += ["bound"] if table.bounds else []
    found += ["year"] if table.yearly else []
    return [*found, *LAST]


def write(scenario: Scenario, lang: str) -> bytes:
    """A sheet per table with every record as it stands; the same scenario gives the same bytes."""
    import xlsxwriter

    stream = io.BytesIO()
    book = xlsxwriter.Workbook(
        stream, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    book.set_properties({"created": datetime(2000, 1, 1)})  # noqa: DTZ001 - the same bytes
    key = book.add_format({"font_color": "#4d5a5f", "num_format": "@"})
    name = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
    notes = book.add_worksheet(_("How to fill in"))
    notes.set_column(0, 0, 110)
    for y, text in enumerate(instructions()):
        notes.write_string(y, 0, text)
    for table in tasks.VALUES.values():
        lines = Sheet(scenario, table.name, lang).lines()
        if not lines:
            continue
        sheet = book.add_worksheet(table.name)
        columns = columns_of(table)
        sheet.set_column(0, len(columns) - 1, 16)
        for x, column in enumerate(columns):
            sheet.write_string(0, x, column, key)
            sheet.write_string(1, x, str(COLUMNS.get(column, _("x takes the row out"))), name)
        sheet.freeze_panes(2, len(table.keys))
        for y, line in enumerate((x for x in lines if x.value is not None), start=2):
            _write_line(sheet, y, line, columns)
    book.close()
    return stream.getvalue()


def _write_line(sheet: Any, y: int, line: Line, columns: list[str]) -> None:
    for x, cell in enumerate(line.keys):
        sheet.write_string(y, x, cell)
    said = {"bound": line.bound, "quality": line.quality, "source": line.source}
    for x, column in enumerate(columns):
        if column == "year" and line.year is not None:
            sheet.write_number(y, x, line.year)
        elif column == "value" and line.value is not None:
            if line.value == float("inf"):
                sheet.write_string(y, x, "inf")
            else:
                sheet.write_number(y, x, line.value)
        elif said.get(column):
            sheet.write_string(y, x, said[column])


def instructions() -> list[str]:
    return [
        _("Leave the first row of each sheet as it is: it holds the keys of the columns."),
        _("Regions, sectors, devices and so on by their code; * stands for all."),
        _("An empty year holds for every year; between two years a value is interpolated."),
        _("What is not in the file stays as it is. To take a row out, write x in its last column."),
        _("You see what would change before anything is taken over; with one wrong cell nothing is."),
    ]


@dataclass
class Found:
    """What a workbook would change: edits, their cells before and after, and the cells to mend."""

    edits: list[dict[str, Any]] = field(default_factory=list)
    cells: list[dict[str, str]] = field(default_factory=list)
    problems: list[dict[str, Any]] = field(default_factory=list)

    def refuse(self, sheet: str, row: int, column: int, text: str) -> None:
        self.problems.append({"sheet": sheet, "row": row, "column": column_letter(column), "text": text})


def read(content: bytes, scenario: Scenario, lang: str) -> Found:
    """Compare a workbook with what stands.

    Raises
    ------
    InputError
        when the file is no workbook.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            faults = {
                name: cells_without_value(package, path)
                for name, path in sheet_paths(package).items()
                if name in tasks.VALUES
            }
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        grids = {
            name: [
                [plain_cell(c) for c in row]
                for row in book.get_sheet_by_name(name).to_python(skip_empty_area=False)
            ]
            for name in book.sheet_names
            if name in tasks.VALUES
        }
    except (zipfile.BadZipFile, zlib.error, CalamineError, EOFError, OSError, LookupError) as error:
        raise refuse(
            N_("The workbook is damaged and cannot be read."), N_("Open it and save it again as .xlsx.")
        ) from error
    if not grids:
        raise refuse(
            N_("The workbook has no sheet that is a table of the model."),
            N_("Download the scenario's workbook and change that one."),
        )
    found = Found()
    for name, grid in grids.items():
        _Reader(scenario, name, lang, found, faults.get(name, {})).read(grid)
    if not found.problems and found.edits:
        _check_together(scenario, found)
    return found


def _check_together(scenario: Scenario, found: Found) -> None:
    """What the kernel would refuse of all the changes together."""
    from .description import describe

    told = describe(scenario)
    rows = [
        [e["table"], e["keys"], e["bound"], e["year"], e["value"], e["quality"], e["source"]]
        for e in found.edits
    ]
    for problem in tasks.description_problems({**told, "edits": [*told["edits"], *rows]}):
        found.problems.append(
            {
                "sheet": problem.file.removesuffix(".csv"),
                "row": None,
                "column": "",
                "text": full_text(problem),
            }
        )


class _Reader:
    """Reads one sheet against the table it is."""

    def __init__(
        self, scenario: Scenario, name: str, lang: str, found: Found, faults: dict[tuple[int, int], str]
    ) -> None:
        self.sheet = Sheet(scenario, name, lang)
        self.table, self.name, self.lang, self.found, self.faults = (
            self.sheet.table,
            name,
            lang,
            found,
            faults,
        )
        self.standing = {line.target: line for line in self.sheet.lines()}
        self.known = {key: {code for code, _label in codes} for key, codes in self.sheet.known().items()}
        self.seen: set[tuple[Any, ...]] = set()

    def read(self, grid: list[list[Value]]) -> None:
        columns = columns_of(self.table)
        head = [str(c or "") for c in (grid[0] if grid else [])][: len(columns)]
        if head != columns:
            text = _("The first row must hold the keys of the columns: %(keys)s.")
            self.found.refuse(self.name, 1, 1, text % {"keys": ", ".join(columns)})
            return
        for number, cells in enumerate(grid[2:MAX_ROWS], start=3):
            if any(c is not None for c in cells):
                self._row(number, dict(zip(columns, cells, strict=False)), columns)

    def _row(self, number: int, cells: dict[str, Value], columns: list[str]) -> None:
        before = len(self.found.problems)
        at = {column: n for n, column in enumerate(columns, start=1)}
        for row, column in self.faults:
            if row == number:
                self.found.refuse(
                    self.name, row, column, _("The cell holds a formula or an error and no value.")
                )
        target = self._target(number, cells, at)
        if len(self.found.problems) > before or target is None:
            return
        if target in self.seen:
            self.found.refuse(self.name, number, 1, _("The row stands twice."))
            return
        self.seen.add(target)
        standing = self.standing.get(target)
        if str(cells.get("remove") or "").strip().lower() == "x":
            if standing is not None and standing.value is not None:
                self._put(target, "", standing, standing.quality, standing.source)
            return
        value = self._value(number, cells.get("value"), at["value"])
        quality = str(cells.get("quality") or "unverified")
        if quality not in Quality.values:
            text = _("“%(value)s” is not one of: %(limit)s.") % {
                "value": quality, "limit": ", ".join(Quality.values),
            }  # fmt: skip
            self.found.refuse(self.name, number, at["quality"], text)
        source = str(cells.get("source") or "").strip()
        if value is None or len(self.found.problems) > before:
            return
        same = standing is not None and standing.value is not None and tasks.number(value) == standing.value
        if same and standing is not None and (quality, source) == (standing.quality, standing.source):
            return
        if not source:
            self.found.refuse(self.name, number, at["source"], _("A number needs its source."))
            return
        self._put(target, value, standing, quality, source)

    def _target(self, number: int, cells: dict[str, Value], at: dict[str, int]) -> tuple[Any, ...] | None:
        keys = []
        for key in self.table.keys:
            cell = cells.get(key)
            code = (
                str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell or "").strip()
            )
            known = self.known.get(key)
            if not code:
                self.found.refuse(self.name, number, at[key], _("The cell is empty."))
            elif known is not None and code not in known and code != "*":
                text = _("“%(value)s” is not known here. Known: %(limit)s.") % {
                    "value": code, "limit": ", ".join(sorted(known)[:12]),
                }  # fmt: skip
                self.found.refuse(self.name, number, at[key], text)
            keys.append(code)
        bound = ""
        if self.table.bounds:
            bound = str(cells.get("bound") or "")
            allowed = [b.value for b in self.table.bounds]
            if bound not in allowed:
                text = _("“%(value)s” is not one of: %(limit)s.")
                self.found.refuse(
                    self.name, number, at["bound"], text % {"value": bound, "limit": ", ".join(allowed)}
                )
        return tuple(keys), bound, self._year(number, cells, at) if self.table.yearly else None

    def _year(self, number: int, cells: dict[str, Value], at: dict[str, int]) -> int | None:
        cell = cells.get("year")
        if cell is None:
            return None
        try:
            return tasks.parse_year(f"{cell:g}" if isinstance(cell, float) else str(cell))
        except InputError as error:
            self.found.refuse(self.name, number, at["year"], _texts(error))
            return None

    def _value(self, number: int, cell: Value, column: int) -> str | None:
        if cell is None or isinstance(cell, bool):
            self.found.refuse(self.name, number, column, _("The cell holds no number."))
            return None
        text = f"{Decimal(repr(cell)).normalize():f}" if isinstance(cell, float) else str(cell)
        try:
            return cell_value(text, self.table, "en" if isinstance(cell, float) else self.lang)
        except InputError as error:
            self.found.refuse(self.name, number, column, _texts(error))
            return None

    def _put(
        self, target: tuple[Any, ...], value: str, standing: Line | None, quality: str, source: str
    ) -> None:
        keys, bound, year = target
        self.found.edits.append(
            {"table": self.name, "keys": list(keys), "bound": bound, "year": year, "value": value,
             "quality": quality, "source": source}
        )  # fmt: skip
        before = "" if standing is None or standing.value is None else repr(standing.value)
        where = " ".join([*keys, bound, str(year or "")]).strip()
        self.found.cells.append({"table": self.name, "row": where, "before": before, "after": value})


def _texts(error: InputError) -> str:
    return " ".join(full_text(p) for p in error.problems)
