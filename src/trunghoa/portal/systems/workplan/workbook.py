"""The plan as a workbook that can be changed and handed in again."""

import io
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from trunghoa.portal.core.record.form_fields import written

from .sheets import KEYS, NAMES, SHEETS, Content, Field, Row


def write(content: Content) -> bytes:
    """Sheets with keys, names in the reader's words and every row; the same plan gives the same bytes."""
    import xlsxwriter

    stream = io.BytesIO()
    book = xlsxwriter.Workbook(
        stream, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    book.set_properties({"created": datetime(2000, 1, 1)})  # noqa: DTZ001 - the same plan gives the same bytes
    formats = {
        "key": book.add_format({"font_color": "#4d5a5f", "num_format": "@"}),
        "name": book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"}),
        # Text stays text when somebody edits the cell: what begins with = is never run.
        "text": book.add_format({"num_format": "@"}),
        "closed": book.add_format({"num_format": "@", "bg_color": "#eef2f2"}),
    }
    for name, columns in SHEETS.items():
        sheet = book.add_worksheet(name)
        for x, column in enumerate(columns):
            sheet.set_column(x, x, column.width)
            sheet.write_string(KEYS - 1, x, column.key, formats["key"])
            sheet.write_string(NAMES - 1, x, str(column.name), formats["name"])
        sheet.freeze_panes(NAMES, 2)
        for y, row in enumerate(content.rows[name].values(), start=NAMES):
            _write_row(sheet, y, row, columns, formats)
    _write_notes(book)
    book.close()
    return stream.getvalue()


def _write_row(sheet: Any, y: int, row: Row, columns: tuple[Field, ...], formats: dict[str, Any]) -> None:
    for x, column in enumerate(columns):
        text = row[column.key]
        shape = formats["text" if column.open else "closed"]
        if not text:
            sheet.write_blank(y, x, None, shape)
        elif column.kind in ("amount", "number") and _fits(Decimal(text)):
            sheet.write_number(y, x, float(text))
        elif column.kind == "amount":
            sheet.write_string(y, x, written(Decimal(text)), shape)
        else:
            sheet.write_string(y, x, text, shape)


def _fits(amount: Decimal) -> bool:
    """Whether a spreadsheet, which keeps 15 digits, keeps all of this."""
    return len(amount.normalize().as_tuple().digits) <= 15 and Decimal(repr(float(amount))) == amount


def _write_notes(book: Any) -> None:
    notes = book.add_worksheet(_("How to fill in"))
    notes.set_column(0, 0, 120)
    for line, text in enumerate(
        (
            _("Leave the first row as it is: it holds the keys of the columns."),
            _("Grey columns are for reading: state, revision and what was done are changed on the page."),
            _("Dates as 2026-12-31. Organisations, systems and places by their code."),
            _("A new row has no number on record. A new activity has a reference that begins with “new”."),
            _("What is not in the file stays as it is. To take a row out, write x in its last column."),
            _("You see what would change before anything is taken over; with one wrong cell nothing is."),
        )
    ):
        notes.write_string(line, 0, text)
