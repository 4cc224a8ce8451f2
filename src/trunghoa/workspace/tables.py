"""Reading and writing a table by its row class."""

from __future__ import annotations

import csv
import io
import types
from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from trunghoa.parameters import Cells, read_cells
from trunghoa.quantities import N_, InputError, Period, PlaceKey, Problem, parse_number

from .rows import Backed

Row = TypeVar("Row", bound=Backed)


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its type, whether a cell may be empty, and the table its values name."""

    name: str
    type: type[Any]
    required: bool
    key: bool
    refers_to: str


_LAYOUTS: dict[type[Backed], tuple[Column, ...]] = {}


def columns(row_class: type[Backed]) -> tuple[Column, ...]:
    """The columns of a table in the order they are written: its own, then quality and source."""
    if row_class not in _LAYOUTS:
        _LAYOUTS[row_class] = _layout(row_class)
    return _LAYOUTS[row_class]


def _layout(row_class: type[Backed]) -> tuple[Column, ...]:
    hints = get_type_hints(row_class)
    found = []
    for f in fields(row_class):
        hint, optional = hints[f.name], False
        if get_origin(hint) in (Union, types.UnionType):
            optional = True
            hint = next(a for a in get_args(hint) if a is not types.NoneType)
        required = f.metadata.get("required", False) if hint is str else not optional
        found.append(
            Column(f.name, hint, required, f.metadata.get("key", False), f.metadata.get("refers_to", ""))
        )
    last = ("note", "quality", "source")
    return tuple(sorted(found, key=lambda c: last.index(c.name) if c.name in last else -1))


def key_of(row: Backed) -> str:
    """What other tables call the row: its key cells, joined by a colon."""
    return ":".join(_text(getattr(row, c.name)) for c in columns(type(row)) if c.key)


def read_rows(path: Path, row_class: type[Row]) -> tuple[list[tuple[int, Row]], list[Problem]]:
    """Read a table into rows with their row numbers; what is wrong comes back beside them, all at once."""
    layout = columns(row_class)
    _, lines, problems = read_cells(path, required=[c.name for c in layout])
    rows: list[tuple[int, Row]] = []
    first_with: dict[str, int] = {}
    for cells in lines:
        faults = len(problems)
        values = {c.name: _read(cells, c) for c in layout}
        if len(problems) > faults:
            continue
        row = row_class(**values)
        key = key_of(row)
        if key in first_with:
            cells.refuse(
                next(c.name for c in layout if c.key),
                N_("“%(value)s” stands already in row %(limit)s."),
                value=key,
                limit=str(first_with[key]),
            )
        first_with.setdefault(key, cells.row)
        rows.append((cells.row, row))
    return rows, problems


def _read(cells: Cells, column: Column) -> Any:
    if column.type is str:
        return cells.text(column.name, required=column.required)
    if issubclass(column.type, StrEnum):
        return cells.choice(column.name, column.type, required=column.required)
    if column.type is date:
        return cells.day(column.name, required=column.required)
    return cells.read(column.name, _PARSERS[column.type], required=column.required)


def _whole(text: str) -> int:
    number = parse_number(text)
    if number != number.to_integral_value():
        raise InputError(Problem(N_("“%(value)s” is not a whole number."), value=text))
    return int(number)


def _yes_or_no(text: str) -> bool:
    if text not in ("yes", "no"):
        raise InputError(
            Problem(
                N_("“%(value)s” is neither yes nor no."),
                N_("Leave the cell empty if it is not known."),
                value=text,
            )
        )
    return text == "yes"


_PARSERS: dict[type[Any], Callable[[str], Any]] = {
    Decimal: parse_number,
    int: _whole,
    bool: _yes_or_no,
    PlaceKey: PlaceKey.parse,
    Period: Period.parse,
}


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value.isoformat() if isinstance(value, date) else str(value)


def to_csv(row_class: type[Backed], rows: Iterable[Backed]) -> str:
    """A table as CSV text that ``read_rows`` reads back to the same rows."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    names = [c.name for c in columns(row_class)]
    writer.writerow(names)
    writer.writerows([_text(getattr(row, name)) for name in names] for row in rows)
    return stream.getvalue()
