"""Mechanics of a workbook whose every result is a formula: cells, references, labels, safe text."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from functools import cache
from io import BytesIO
from typing import NamedTuple

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name

from .fod import FloatArray

FORMATS = {
    "title": {"bold": True, "font_size": 14},
    "head": {"bold": True, "bg_color": "#E8EEF4", "border": 1, "text_wrap": True, "valign": "top"},
    "text": {},
    "wrap": {"text_wrap": True, "valign": "top"},
    "year": {"num_format": "0"},
    "input": {"num_format": "#,##0.######", "font_color": "#1F4E9E"},
    "plain": {"num_format": "General"},
    "tonnes": {"num_format": "#,##0.000"},
    "share": {"num_format": "0.0000"},
    "money": {"num_format": "#,##0.00"},
}
_FIRST_DATA_COLUMN_WIDTH = 14
_LOOKS_LIKE_FORMULA = ("=", "+", "-", "@", "\t", "\r")


CellOf = Callable[[int], str]  # reference of row i of a column


class Column(NamedTuple):
    """A column of a yearly table: heading, unit, values, and the formula of row i (empty: an input)."""

    heading: str
    unit: str
    values: Sequence[float] | FloatArray
    formula: Callable[[int], str] | None = None
    form: str = "tonnes"


class Book:
    """A workbook in memory. ``labels`` translate every text of this program, never what a person wrote."""

    def __init__(self, labels: Mapping[str, str], created: date) -> None:
        self._labels = labels
        self._stream = BytesIO()
        self._names: set[str] = set()
        # A text is a text, whatever it begins with: nothing a person wrote becomes a formula or a link.
        options = {
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        }
        self._book = xlsxwriter.Workbook(self._stream, options)
        # The date of the parameters, not of the clock: the same inputs give the same bytes.
        moment = datetime(created.year, created.month, created.day)  # noqa: DTZ001 - the format has no zone
        self._book.set_properties({"created": moment, "author": "trunghoa"})
        self._book.set_calc_mode("auto")
        self.formats = {name: self._book.add_format(given) for name, given in FORMATS.items()}
        self._quoted = self._book.add_format({"quote_prefix": True})

    def say(self, text: str) -> str:
        return self._labels.get(text, text)

    def sheet(self, name: str) -> Sheet:
        return Sheet(self, self._book.add_worksheet(self._free_name(self.say(name))))

    def quoted(self) -> object:
        return self._quoted

    def close(self) -> bytes:
        self._book.close()
        return self._stream.getvalue()

    def _free_name(self, wanted: str) -> str:
        base = re.sub(r"[\[\]:*?/\\]", " ", wanted).strip("' ")[:31] or "-"
        name, number = base, 2
        while name.lower() in self._names:
            name, number = f"{base[:27]} ({number})", number + 1
        self._names.add(name.lower())
        return name


_letters = cache(xl_col_to_name)


class Sheet:
    """One sheet; rows and columns count from 0."""

    def __init__(self, book: Book, sheet: xlsxwriter.worksheet.Worksheet) -> None:
        self.book, self._sheet = book, sheet
        self._own = "'" + sheet.get_name().replace("'", "''") + "'!"
        self._sheet.set_column(0, 0, 26)
        self._sheet.set_column(1, 60, _FIRST_DATA_COLUMN_WIDTH)

    def ref(self, row: int, column: int) -> str:
        """Absolute reference that holds from every sheet."""
        return f"{self._own}${_letters(column)}${row + 1}"

    def title(self, text: str) -> None:
        self._sheet.write_string(0, 0, self.book.say(text), self.book.formats["title"])

    def label(self, row: int, column: int, text: str, form: str = "text") -> None:
        """A text of this program: translated."""
        self._sheet.write_string(row, column, self.book.say(text), self.book.formats[form])

    def text(self, row: int, column: int, text: str) -> None:
        """A text that a person wrote: kept as it is, and marked as text where it looks like a formula."""
        unsafe = text.startswith(_LOOKS_LIKE_FORMULA)
        self._sheet.write_string(row, column, text, self.book.quoted() if unsafe else None)

    def number(self, row: int, column: int, value: float, form: str = "input") -> str:
        self._sheet.write_number(row, column, value, self.book.formats[form])
        return self.ref(row, column)

    def formula(self, row: int, column: int, formula: str, value: float, form: str = "tonnes") -> str:
        """A live formula with the kernel's value beside it, for viewers that do not calculate."""
        here = formula.replace(self._own, "")  # a cell of the same sheet needs no sheet name
        self._sheet.write_formula(row, column, f"={here}", self.book.formats[form], float(value))
        return self.ref(row, column)

    def widths(self, first: int, last: int, width: float) -> None:
        self._sheet.set_column(first, last, width)

    def freeze(self, row: int, column: int) -> None:
        self._sheet.freeze_panes(row, column)

    def facts(self, top: int, rows: Sequence[tuple[str, str]]) -> int:
        """Label and text per row; returns the next free row."""
        for number, (name, value) in enumerate(rows, start=top):
            self.label(number, 0, name)
            self.text(number, 1, value)
        return top + len(rows)

    def constants(self, top: int, rows: Sequence[tuple[str, str, str, float]]) -> tuple[int, list[str]]:
        """Label, unit, formula and value per row; returns the next free row and a reference to each."""
        found = []
        for number, (name, unit, formula, value) in enumerate(rows, start=top):
            self.label(number, 0, name)
            found.append(self.formula(number, 1, formula, value, "plain"))
            self.text(number, 2, unit)
        return top + len(rows), found

    def table(self, top: int, years: Sequence[int | str], first: str, columns: Sequence[Column]) -> None:
        """Headings, units, then one row per year; data begin at ``top`` + 2."""
        self.label(top, 0, first, "head")
        self.label(top + 1, 0, "", "head")
        for number, year in enumerate(years, start=top + 2):
            if isinstance(year, int):
                self.number(number, 0, year, "year")
            else:
                self.text(number, 0, year)
        for position, column in enumerate(columns, start=1):
            self.label(top, position, column.heading, "head")
            self._sheet.write_string(top + 1, position, column.unit, self.book.formats["head"])
            for i, value in enumerate(column.values):
                if column.formula is not None and (formula := column.formula(i)):
                    self.formula(top + 2 + i, position, formula, float(value), column.form)
                else:
                    self.number(top + 2 + i, position, float(value))
        self.freeze(top + 2, 1)


def total(references: Sequence[str]) -> str:
    """``a+b+c``: readable, and exact in the order the kernel adds."""
    return "+".join(references)


def span(column: CellOf, length: int) -> str:
    """The range of a column's first ``length`` rows."""
    return f"{column(0)}:{column(length - 1).rpartition('!')[2]}"
