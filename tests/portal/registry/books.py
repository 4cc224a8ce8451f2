"""Filling in monitoring workbooks as people do: the template, values in its coloured cells."""

import io

import openpyxl

from trunghoa.portal.systems.registry.tasks import definitions
from trunghoa.portal.systems.registry.workbook import (
    CALIBRATED,
    EVIDENCE,
    INPUT,
    METER,
    NUMBER,
    OPTION,
    PART,
    SYMBOL,
    TABLE,
    VALUE,
)

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
EVIDENCE_HASH = "a" * 64


def split(methodology, inputs):
    """Inputs of an example as what is fixed at registration and what is monitored."""
    monitored = {p.symbol for p in methodology.parameters if p.monitored}
    return (
        {s: v for s, v in inputs.items() if s not in monitored},
        {s: v for s, v in inputs.items() if s in monitored},
    )


def registration(methodology, fixed, gwp_set="", gases=()):
    def text(value):
        return [str(v) for v in value] if isinstance(value, list) else str(value)

    return {
        "methodology": methodology.id, "version": methodology.version,
        "fixed": {s: text(v) for s, v in fixed.items()},
        "sources": dict.fromkeys(fixed, "invented for this test"),
        "quality": dict.fromkeys(fixed, "verified"),
        "answers": {str(c.number): True for c in methodology.criteria},
        "gwp_set": gwp_set, "gases": list(gases),
    }  # fmt: skip


def fill(content, values, *, change=None):
    """The template with values; ``values`` by symbol, or by part and symbol. ``change`` gets the sheet."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    sheet = book[INPUT]
    for row in sheet.iter_rows(min_row=TABLE + 2):
        part, symbol, number = row[PART].value, row[SYMBOL].value, row[NUMBER].value or 0
        if part is None:
            continue
        given = values.get((part, symbol), values.get(symbol))
        row[VALUE].value = float(given[number - 1] if isinstance(given, list) else given)
        allowed = (row[13].value or "C").split(", ")
        row[OPTION].value = allowed[-1]
        if allowed[-1] == "C":
            row[METER].value, row[CALIBRATED].value = f"M-{symbol}-{number}", "2023-01-01"
        row[EVIDENCE].value = EVIDENCE_HASH
    if change:
        change(sheet)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def find(sheet, symbol, element=0, part=1):
    """Row of a value in the sheet."""
    return next(
        row[0].row
        for row in sheet.iter_rows(min_row=TABLE + 2)
        if (row[PART].value, row[SYMBOL].value, row[NUMBER].value or 0) == (part, symbol, element)
    )


def example(identifier):
    return next(m for m in definitions.packaged() if m.id == identifier)
