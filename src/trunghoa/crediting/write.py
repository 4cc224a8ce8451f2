"""Balances and exports as JSON and xlsx. Whole tonnes are integers, averages have six decimals."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from io import BytesIO
from typing import Any

import xlsxwriter

from .balance import PartyBalance, Result, YearBalance
from .cadt import CadtModel, Plain

# Decimals of an average; a hundredth of a tonne is what is compared.
_PLACES = 6


def number(value: Fraction | Decimal | int | None) -> int | float | None:
    """An integer where the value is whole."""
    if value is None:
        return None
    exact = round(Fraction(value), _PLACES)
    return int(exact) if exact.denominator == 1 else float(exact)


def as_dict(result: Result) -> dict[str, Any]:
    """What ``trunghoa article6 balance`` prints. ``by_vintage`` is what the trajectory counts."""
    inputs = result.inputs
    return {
        "method": inputs.method.value,
        "denominator": inputs.denominator.value,
        "ndc_period": list(inputs.period),
        "unit": "tCO2e",
        "source": "Decision 2/CMA.3 annex paras 2, 7, 8",
        "parties": [_party(party) for party in result.parties],
    }


def _party(party: PartyBalance) -> dict[str, Any]:
    return {
        "party": party.party,
        "complete": party.complete,
        "unresolved_tco2e": party.unresolved_quantity,
        "unresolved": [
            {
                "first_transfer_definition": u.definition,
                "reason": u.reason,
                "tco2e": u.quantity,
                "blocks": list(u.blocks),
            }
            for u in party.unresolved
        ],
        "not_authorised_tco2e": party.not_authorised,
        "years": [_year(year) for year in party.years],
        "final_adjustment": number(party.final_adjustment),
        "notices": [str(notice) for notice in party.notices],
    }


def _year(year: YearBalance) -> dict[str, Any]:
    return {
        "year": year.year,
        "first_transferred_ndc": year.first_transferred_ndc,
        "first_transferred_oimp_only": year.first_transferred_oimp_only,
        "first_transferred": year.first_transferred,
        "used_towards_ndc": year.used,
        "net_annual": year.net,
        "cumulative_net": year.cumulative,
        "by_vintage": year.by_vintage,
        "unresolved_by_vintage": year.unresolved_by_vintage,
        "adjustment": number(year.adjustment),
        "inventory": number(year.inventory),
        "balance": number(year.balance),
    }


def cadt_json(tables: Mapping[str, list[dict[str, Plain]]]) -> str:
    """Tables of :func:`cadt_export` as JSON."""
    return json.dumps(tables, ensure_ascii=False, indent=1)


def cadt_workbook(tables: Mapping[str, list[dict[str, Plain]]], model: CadtModel, created: date) -> bytes:
    """Tables of :func:`cadt_export` as xlsx, one sheet each; a text stays a text whatever it begins with."""
    stream = BytesIO()
    safe = {"in_memory": True}
    safe |= dict.fromkeys(("strings_to_formulas", "strings_to_urls", "strings_to_numbers"), False)
    book = xlsxwriter.Workbook(stream, safe)
    # The day of the export, not the clock's: the same tables give the same bytes.
    moment = datetime(created.year, created.month, created.day)  # noqa: DTZ001 - the format has no zone
    book.set_properties({"created": moment, "author": "trunghoa"})
    for table in model.tables:
        sheet = book.add_worksheet(table.name[:31])
        for column, field in enumerate(table.fields):
            sheet.write_string(0, column, field.key)
            for row, values in enumerate(tables.get(table.name, ()), start=1):
                value = values[field.key]
                if value is not None:
                    sheet.write_string(row, column, str(value))
    book.close()
    return stream.getvalue()
