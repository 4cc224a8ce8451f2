"""Write a report as the official workbook: five tables and the summary."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO
from typing import Any

import xlsxwriter

from .check import check_for_submission
from .report import Report, Row, Value
from .template import FIRST_ROW, Field, Kind

# Digits of a number in the file; one that needs more is written as text.
_DIGITS = 16


def write_workbook(report: Report, *, draft: bool = False) -> bytes:
    """Write a report as xlsx.

    Every sheet has labels in its first row and technical names in its second. A text is written as a text,
    whatever it begins with. The same report gives the same bytes.

    Parameters
    ----------
    draft : also write a report that must not be submitted yet

    Raises
    ------
    InputError
        with one Problem for each cell that the format does not allow, unless ``draft``.
    """
    if not draft:
        check_for_submission(report)
    stream = BytesIO()
    safe = {"in_memory": True}
    safe |= dict.fromkeys(("strings_to_formulas", "strings_to_urls", "strings_to_numbers"), False)
    book = xlsxwriter.Workbook(stream, safe)
    book.set_properties({"created": _created(report), "author": "trunghoa"})
    head = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
    for table in report.template.tables:
        sheet = book.add_worksheet(table.sheet)
        sheet.freeze_panes(FIRST_ROW - 1, 0)
        sheet.set_column(0, len(table.fields) - 1, 18)
        for column, field in enumerate(table.fields):
            sheet.write_string(0, column, field.label, head)
            sheet.write_string(1, column, field.name)
        for number, row in enumerate(report.tables.get(table.sheet, ()), start=FIRST_ROW - 1):
            for column, field in enumerate(table.fields):
                _write(sheet, number, column, _cell(field, row, report.template.date_format))
    _summary(book.add_worksheet(report.template.summary_sheet), report, head)
    book.close()
    return stream.getvalue()


def _cell(field: Field, row: Row, date_format: str) -> str | int | Decimal | None:
    value = row.get(field.name)
    if value is None:
        return field.otherwise if field.otherwise and not field.applies(row) else None
    if isinstance(value, datetime):
        moment = value.astimezone(UTC)
        return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}Z"
    if isinstance(value, date):
        return value.strftime(date_format)
    if field.kind is Kind.STRING:
        return str(value)
    return value


def _write(sheet: Any, row: int, column: int, value: str | int | Decimal | None) -> None:
    """A number that a spreadsheet cannot hold exactly is written as text: ids have no tolerance."""
    if value is None:
        return
    if isinstance(value, str):
        sheet.write_string(row, column, value)
    elif Decimal(f"{float(Decimal(value)):.{_DIGITS}G}") == value:
        sheet.write_number(row, column, value)
    else:
        sheet.write_string(row, column, f"{value:f}" if isinstance(value, Decimal) else str(value))


def _summary(sheet: Any, report: Report, head: Any) -> None:
    """What the workbook holds, so that a reader sees at once whether it is whole."""
    lines: list[tuple[str, Value]] = [("Template", report.template.version), ("Party", report.party)]
    lines.append(("Reported year", report.year))
    lines += [(f"Rows of {t.sheet}", len(report.tables.get(t.sheet, ()))) for t in report.template.tables]
    totals: Counter[str] = Counter()
    for row in report.rows(3):
        quantity = row.get("QuantityCO2")
        if isinstance(quantity, int | Decimal):
            totals[str(row.get("ActionType"))] += quantity  # type: ignore[assignment]
    lines += [(f"{kind} (t CO2 eq)", Decimal(total)) for kind, total in sorted(totals.items())]
    sheet.set_column(0, 0, 40)
    for number, (label, value) in enumerate(lines):
        sheet.write_string(number, 0, label, head)
        _write(sheet, number, 1, value if isinstance(value, str | int | Decimal) else None)


def _created(report: Report) -> datetime:
    """The day of submission, not of the clock, so that the bytes are the same."""
    day = report.rows(1)[0].get("DateOfSubmission") if report.rows(1) else None
    day = day if isinstance(day, date) else date(report.year or 2000, 1, 1)
    return datetime(day.year, day.month, day.day)  # noqa: DTZ001 - the format has no zone
