"""Workbooks of this room: the template for deposits and the verifier's sheets."""

import io
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from .models import TOTAL, Landfill
from .words import WASTE_TEXT, WASTE_TYPES


def deposit_template(landfill: Landfill) -> bytes:
    """Headers in the reader's language and the deposits on record, ready to be handed in again."""
    import xlsxwriter

    stream = io.BytesIO()
    book = xlsxwriter.Workbook(
        stream, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    book.set_properties({"created": datetime(2000, 1, 1)})  # noqa: DTZ001 - the same table gives the same bytes
    bold = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
    sheet = book.add_worksheet(_("Deposits"))
    kinds = [*dict(WASTE_TYPES), TOTAL]
    headers = [_("Year"), *(f"{WASTE_TEXT[kind]} (t)" for kind in kinds)]
    for column, header in enumerate(headers):
        sheet.write_string(0, column, header, bold)
    sheet.set_column(0, len(headers), 14)
    sheet.freeze_panes(1, 1)
    rows: dict[int, dict[str, Any]] = {}
    for year, waste, tonnes in landfill.deposits.values_list("year", "waste", "tonnes"):
        rows.setdefault(year, {})[waste] = tonnes
    for line, (year, parts) in enumerate(sorted(rows.items()), start=1):
        sheet.write_number(line, 0, year)
        for column, kind in enumerate(kinds, start=1):
            if kind in parts:
                sheet.write_number(line, column, float(parts[kind]))
    notes = book.add_worksheet(_("How to fill in"))
    notes.set_column(0, 0, 110)
    for line, text in enumerate(
        (
            _("One row per year, wet tonnes. An empty cell means not known; write 0 for nothing."),
            _("Give tonnes by waste type, the total, or both; what the types leave of it is inert."),
            _("The file replaces the whole series: a year that is not in it is removed."),
            _("Leave out rows of totals. Formulas are read by their value."),
        )
    ):
        notes.write_string(line, 0, text)
    book.close()
    return stream.getvalue()
