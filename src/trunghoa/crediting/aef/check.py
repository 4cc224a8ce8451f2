"""Check a report cell by cell against its template."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal

from trunghoa.quantities import N_, InputError, Problem

from .report import Report, Row, Value
from .template import FIRST_ROW, Field, Kind, Table

# Excel holds no longer text in a cell.
_LONGEST = 32767
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


def check(report: Report) -> tuple[Problem, ...]:
    """Every cell that the template does not allow, by sheet, row of the sheet and field."""
    found: list[Problem] = []
    for table in report.template.tables:
        rows = report.tables.get(table.sheet, ())
        for number, row in enumerate(rows, start=FIRST_ROW):
            found += _row(report, table, number, row)
    for sheet in report.tables:
        if sheet not in {t.sheet for t in report.template.tables}:
            found.append(Problem(N_("The format has no table “%(value)s”."), file=sheet, value=sheet))
    if len(report.rows(1)) != 1:
        found.append(
            Problem(
                N_("A submission has one row; this one has %(value)s."),
                file=report.template.table(1).sheet,
                value=str(len(report.rows(1))),
                limit="1",
            )
        )
    return tuple(found)


def check_for_submission(report: Report) -> None:
    """Refuse a report that must not be submitted.

    Raises
    ------
    InputError
        with one Problem for each cell.
    """
    if problems := check(report):
        raise InputError(problems)


def _row(report: Report, table: Table, number: int, row: Row) -> Iterator[Problem]:
    source = f"{report.template.title} ({report.template.quality})"
    for name in row:
        if name not in {f.name for f in table.fields}:
            yield Problem(N_("The table has no field “%(field)s”."), file=table.sheet, row=number, field=name)
    for field in table.fields:
        for message, hint, limit in _cell(field, row):
            value = row.get(field.name)
            shown = "" if value is None else str(value)
            yield Problem(message, hint, table.sheet, number, field.name, shown, limit, source)


def _cell(field: Field, row: Row) -> Iterator[tuple[str, str, str]]:
    value = row.get(field.name)
    if value is None:
        if field.required or (field.needed and field.applies(row)):
            why = f"{field.when_field} = {row.get(field.when_field)}" if field.when_field else ""
            yield N_("The cell is empty."), N_("%(field)s must be filled."), why
        return
    if field.carp:
        yield N_("Only the platform fills this field; “%(value)s” stands in it."), N_("Leave it blank."), ""
        return
    if not field.applies(row):
        limit = f"{field.when_field} = {' / '.join(field.when_values)}"
        yield (
            N_("“%(value)s” stands where the field does not apply."),
            N_("It applies where %(limit)s."),
            limit,
        )
        return
    if fault := _kind(field, value):
        yield fault, "", field.kind.value
        return
    yield from _content(field, value)


def _kind(field: Field, value: Value) -> str:
    """Fault of a value's type, empty where it is right. A bool is no integer, a datetime no date."""
    match field.kind:
        case Kind.STRING:
            if not isinstance(value, str):
                return N_("“%(value)s” is not a text.")
            if not value or value != value.strip() or len(value) > _LONGEST or _CONTROL.search(value):
                return N_(
                    "“%(value)s” is empty, too long, begins or ends with a blank, or holds control signs."
                )
        case Kind.INTEGER:
            if type(value) is not int:
                return N_("“%(value)s” is not a whole number.")
        case Kind.NUMBER:
            if type(value) not in (int, Decimal) or not Decimal(value).is_finite():  # type: ignore[arg-type]
                return N_("“%(value)s” is not an exact number.")
        case Kind.DATE:
            if type(value) is not date:
                return N_("“%(value)s” is not a day.")
        case Kind.MOMENT:
            if not isinstance(value, datetime) or value.tzinfo is None:
                return N_("“%(value)s” is not a moment with its zone.")
            if value.astimezone(UTC).microsecond % 1000:
                return N_("“%(value)s” is finer than a thousandth of a second.")
    return ""


def _content(field: Field, value: Value) -> Iterator[tuple[str, str, str]]:
    if field.pattern and not re.fullmatch(field.pattern, str(value), re.ASCII):
        yield N_("“%(value)s” is not written as the format asks."), N_("Pattern: %(limit)s"), field.pattern
    if field.values:
        parts = str(value).split(field.several) if field.several else [str(value)]
        if any(part.strip() not in field.values for part in parts):
            yield N_("“%(value)s” is not one of: %(limit)s."), "", ", ".join(field.values)
    if field.minimum is not None and isinstance(value, int | Decimal) and value < field.minimum:
        yield N_("%(value)s is less than %(limit)s."), "", str(field.minimum)
