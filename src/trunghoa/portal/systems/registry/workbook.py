"""The monitoring workbook of an issuance, with the sheets of the JCM and live formulas.

The texts of the sheets are English like the papers of the JCM; how to fill it in is told in the reader's
language on a sheet of its own.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from trunghoa.quantities import TrungHoaError

from .models import Issuance
from .tasks import calculation, sheets

INPUT, CALC, PLAN, PLAN_CALC, STRUCTURE = (
    "MRS(input)", "MRS(calc_process)", "MPS(input)", "MPS(calc_process)", "MSS",
)  # fmt: skip
COLUMNS = (
    "Part", "From", "Until", "Symbol", "No.", "Element", "Parameter", "Unit", "Value", "Option", "Meter",
    "Calibrated on", "Evidence (SHA-256)", "Options allowed", "Minimum", "Maximum", "Source",
)  # fmt: skip
(PART, FROM, UNTIL, SYMBOL, NUMBER, ELEMENT, LABEL, UNIT, VALUE, OPTION, METER, CALIBRATED, EVIDENCE,
 ALLOWED, MINIMUM, MAXIMUM, SOURCE) = range(len(COLUMNS))  # fmt: skip
HEAD = ("Project", "Issuance", "Methodology", "Version", "GWP set")
# Rows before the table, counted from 0.
TABLE = len(HEAD) + 3


class Place(NamedTuple):
    """One value of one parameter: of which part of the period, of which element."""

    part: int
    symbol: str
    element: int


def parts_of(start: date, end: date, *, by_year: bool) -> list[tuple[date, date]]:
    """The whole period, or each calendar year of it."""
    if not by_year:
        return [(start, end)]
    years = range(start.year, end.year + 1)
    return [(max(start, date(y, 1, 1)), min(end, date(y, 12, 31))) for y in years]


def elements(methodology: Any, kept: Mapping[str, Any]) -> dict[str, list[str]]:
    """Names of the elements of each index; without names they are counted by the values fixed."""
    found = {}
    for index in methodology.indices:
        named = list(kept.get("elements", {}).get(index, ()))
        lengths = [len(v) for s in methodology.of_index(index)
                   if isinstance(v := kept.get("fixed", {}).get(s), list)]  # fmt: skip
        count = max(lengths, default=len(named) or (0 if index in methodology.optional else 1))
        found[index] = [*named, *(str(n) for n in range(len(named) + 1, count + 1))][:count]
    return found


def index_of(methodology: Any, symbol: str) -> str:
    return next((i for i in methodology.indices if symbol in methodology.of_index(i)), "")


def places(methodology: Any, kept: Mapping[str, Any], parts: int) -> Iterator[Place]:
    """Every value that the report of a project needs, in the order of the sheet."""
    named = elements(methodology, kept)
    needed = sheets.needed(methodology, frozenset(i for i, names in named.items() if names))
    for part in range(1, parts + 1):
        for symbol in (p.symbol for p in methodology.parameters if p.monitored and p.symbol in needed):
            index = index_of(methodology, symbol)
            for element in range(1, len(named[index]) + 1) if index else (0,):
                yield Place(part, symbol, element)


class Writer:
    """One workbook; the same record gives the same bytes."""

    def __init__(self, issuance: Issuance, methodology: Any, *, by_year: bool) -> None:
        import xlsxwriter

        self.issuance, self.methodology = issuance, methodology
        self.kept = issuance.project.registration
        self.stored = list(issuance.monitoring)
        assert issuance.start is not None  # noqa: S101 - the views ask for it
        assert issuance.end is not None  # noqa: S101
        self.parts = (
            [(date.fromisoformat(p["start"]), date.fromisoformat(p["end"])) for p in self.stored]
            if self.stored
            else parts_of(issuance.start, issuance.end, by_year=by_year)
        )
        self.names = elements(methodology, self.kept)
        self.stream = io.BytesIO()
        options = dict.fromkeys(("strings_to_formulas", "strings_to_urls", "strings_to_numbers"), False)
        self.book = xlsxwriter.Workbook(self.stream, {"in_memory": True, **options})
        self.book.set_properties({"created": datetime(2000, 1, 1)})  # noqa: DTZ001 - same bytes for the same record
        self.bold = self.book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        self.open = self.book.add_format({"bg_color": "#fff8dc", "border": 1, "border_color": "#b8b8b8"})
        self.day = self.book.add_format({"num_format": "yyyy-mm-dd"})
        self.open_day = self.book.add_format(
            {"num_format": "yyyy-mm-dd", "bg_color": "#fff8dc", "border": 1, "border_color": "#b8b8b8"}
        )

    def bytes(self) -> bytes:
        self._plan()
        self._calculation(PLAN_CALC, self.plan_cells, values=None)
        self._structure()
        self._input()
        self._calculation(CALC, self.cells, values=self.stored)
        self._guide()
        self.book.close()
        return self.stream.getvalue()

    def _head(self, sheet: Any, title: str) -> None:
        sheet.write_string(0, 0, title, self.bold)
        project = self.issuance.project
        said = (project.code, str(self.issuance.number), self.methodology.id, self.methodology.version,
                self.kept.get("gwp_set", ""))  # fmt: skip
        for row, (name, value) in enumerate(zip(HEAD, said, strict=True), start=1):
            sheet.write_string(row, 0, name)
            sheet.write_string(row, 1, value)

    def _columns(self, sheet: Any) -> None:
        for column, name in enumerate(COLUMNS):
            sheet.write_string(TABLE, column, name, self.bold)
        for column, width in ((LABEL, 44), (ELEMENT, 18), (EVIDENCE, 66), (FROM, 12), (UNTIL, 12),
                              (CALIBRATED, 14), (VALUE, 16), (SOURCE, 40)):  # fmt: skip
            sheet.set_column(column, column, width)
        sheet.freeze_panes(TABLE + 1, SYMBOL + 1)

    def _row(self, sheet: Any, row: int, symbol: str, element: int) -> None:
        """What a row says before anything is filled in."""
        known = self.methodology.parameter(symbol)
        index = index_of(self.methodology, symbol)
        sheet.write_string(row, SYMBOL, symbol)
        if element:
            sheet.write_number(row, NUMBER, element)
            sheet.write_string(row, ELEMENT, self.names[index][element - 1])
        sheet.write_string(row, LABEL, known.label)
        sheet.write_string(row, UNIT, known.unit)
        sheet.write_string(row, ALLOWED, ", ".join(known.options))
        for column, bound in ((MINIMUM, known.minimum), (MAXIMUM, known.maximum)):
            if bound is not None:
                sheet.write_number(row, column, float(bound))

    def _fixed(self, sheet: Any, row: int, name: str) -> dict[str, str]:
        """The parameters fixed ex ante, below the others; where each stands."""
        found = {}
        for symbol, value in self.kept.get("fixed", {}).items():
            listed = value if isinstance(value, list) else [value]
            found[symbol] = cells(name, row, len(listed), many=isinstance(value, list))
            for number, one in enumerate(listed, start=1):
                self._row(sheet, row, symbol, number if isinstance(value, list) else 0)
                sheet.write_number(row, VALUE, float(Decimal(one)))
                sheet.write_string(row, SOURCE, f"{self.kept['sources'].get(symbol, '')} "
                                   f"({self.kept.get('quality', {}).get(symbol, 'unverified')})")  # fmt: skip
                row += 1
        return found

    def _plan(self) -> None:
        """What is to be monitored and how; the column of values takes estimates, which nothing reads back."""
        sheet = self.book.add_worksheet(PLAN)
        self._head(sheet, "Monitoring plan sheet (input): estimates, not read back")
        self._columns(sheet)
        row, where = TABLE + 1, {}
        for place in places(self.methodology, self.kept, 1):
            self._row(sheet, row, place.symbol, place.element)
            sheet.write_blank(row, VALUE, None, self.open)
            where.setdefault(place.symbol, []).append(row)
            row += 1
        self.plan_cells = [
            {s: cells(PLAN, rows[0], len(rows), many=bool(index_of(self.methodology, s)))
             for s, rows in where.items()} | self._fixed(sheet, row + 1, PLAN)
        ]  # fmt: skip

    def _structure(self) -> None:
        sheet = self.book.add_worksheet(STRUCTURE)
        self._head(sheet, "Monitoring structure sheet: who reads, checks and keeps what")
        for column, name in enumerate(("Role", "Organisation", "Person", "Task")):
            sheet.write_string(TABLE, column, name, self.bold)
        sheet.set_column(0, 3, 34)
        roles = ("Responsible for the project", "Reads the meters", "Checks the readings", "Keeps the papers")
        for row, role in enumerate(roles, start=TABLE + 1):
            sheet.write_string(row, 0, role)
            for column in (1, 2, 3):
                sheet.write_blank(row, column, None, self.open)

    def _input(self) -> None:
        sheet = self.book.add_worksheet(INPUT)
        self._head(sheet, "Monitoring report sheet (input): fill in the coloured cells")
        self._columns(sheet)
        row, where = TABLE + 1, {}
        for place in places(self.methodology, self.kept, len(self.parts)):
            start, end = self.parts[place.part - 1]
            sheet.write_number(row, PART, place.part)
            sheet.write_datetime(row, FROM, datetime(start.year, start.month, start.day), self.day)  # noqa: DTZ001
            sheet.write_datetime(row, UNTIL, datetime(end.year, end.month, end.day), self.day)  # noqa: DTZ001
            self._row(sheet, row, place.symbol, place.element)
            self._given(sheet, row, place)
            where.setdefault((place.part, place.symbol), []).append(row)
            row += 1
        fixed = self._fixed(sheet, row + 1, INPUT)
        self.cells = [
            fixed | {s: cells(INPUT, rows[0], len(rows), many=bool(index_of(self.methodology, s)))
                     for (p, s), rows in where.items() if p == part}
            for part in range(1, len(self.parts) + 1)
        ]  # fmt: skip

    def _given(self, sheet: Any, row: int, place: Place) -> None:
        """What is on record already, else empty cells to fill in."""
        options = self.methodology.parameter(place.symbol).options
        default = {"option": options[0].value} if len(options) == 1 else {}
        reading = self.stored[place.part - 1]["readings"].get(place.symbol) if self.stored else None
        one: Mapping[str, Any] = default
        if reading is not None:
            at = max(place.element - 1, 0)
            value = reading["value"]
            one = {**reading, **(reading.get("elements") or [{}])[at]}
            one = {**one, "value": value[at] if isinstance(value, list) else value}
        if one.get("value") is not None:
            sheet.write_number(row, VALUE, float(Decimal(one["value"])), self.open)
        else:
            sheet.write_blank(row, VALUE, None, self.open)
        for column, key in ((OPTION, "option"), (METER, "meter"), (EVIDENCE, "evidence")):
            sheet.write_string(row, column, one.get(key, ""), self.open)
        if one.get("calibrated"):
            day = date.fromisoformat(one["calibrated"])
            sheet.write_datetime(row, CALIBRATED, datetime(day.year, day.month, day.day), self.open_day)  # noqa: DTZ001
        else:
            sheet.write_blank(row, CALIBRATED, None, self.open_day)

    def _calculation(
        self, name: str, where: Sequence[Mapping[str, str]], *, values: Sequence[Mapping[str, Any]] | None
    ) -> None:
        """Each term of both equations as a formula over the cells of the input sheet."""
        sheet = self.book.add_worksheet(name)
        self._head(sheet, "Calculation: every number follows from the input sheet, t CO2e")
        sheet.set_column(0, 0, 16)
        sheet.set_column(1, 1, 70)
        sheet.set_column(2, 2, 22)
        known: dict[tuple[int, str, str], float] = {}
        if values:
            with suppress(TrungHoaError):
                known = {
                    (t.part, t.side, t.text): float(t.amount)
                    for t in calculation.lines(self.methodology, self.kept, values)
                }
        row = TABLE
        for part, found in enumerate(where, start=1):
            start, end = self.parts[part - 1] if name == CALC else (self.issuance.start, self.issuance.end)
            sheet.write_string(row, 0, f"Part {part}", self.bold)
            sheet.write_string(row, 1, f"{start} – {end}", self.bold)
            sheet.write_string(row, 2, "t CO2e", self.bold)
            totals = {}
            for side, text, live in sheets.formulas(self.methodology, found):
                row += 1
                sheet.write_string(row, 0, side if not text else "")
                sheet.write_string(row, 1, text or getattr(self.methodology, SIDES[side]))
                value = known.get((part, side, text), 0)
                if live:
                    sheet.write_formula(row, 2, live, None, value)
                else:
                    sheet.write_number(row, 2, value)
                if not text:
                    totals[side] = (row, value)
            row += 1
            sheet.write_string(row, 0, "ER", self.bold)
            sheet.write_string(row, 1, "RE − PE", self.bold)
            (reference, re), (project, pe) = totals["RE"], totals["PE"]
            sheet.write_formula(row, 2, f"=C{reference + 1}-C{project + 1}", self.bold, re - pe)
            row += 2

    def _guide(self) -> None:
        sheet = self.book.add_worksheet(_("How to fill in"))
        sheet.set_column(0, 0, 110)
        for row, text in enumerate((
            _("Fill in the coloured cells of the sheet MRS(input)."),
            _("Options: A public data, B invoices, C own instruments."),
            _("Option C needs the meter and the day of its calibration."),
            _("Evidence is the SHA-256 of the paper: add it to the documents and copy its hash."),
            _("Values are numbers, in the unit of the row, for the whole part of the period."),
            _("What was fixed at registration stands below and cannot be changed here."),
            _("The calculation follows in live formulas; the platform computes again, exactly."),
        )):  # fmt: skip
            sheet.write_string(row, 0, text)


SIDES = {"RE": "reference_text", "PE": "project_text"}


def cells(sheet: str, row: int, count: int, *, many: bool) -> str:
    """Address of the values of a parameter; ``row`` counts from 0."""
    column = chr(ord("A") + VALUE)
    first = f"'{sheet}'!${column}${row + 1}"
    return f"{first}:${column}${row + count}" if many else first


def workbook(issuance: Issuance, methodology: Any, *, by_year: bool) -> bytes:
    return Writer(issuance, methodology, by_year=by_year).bytes()
