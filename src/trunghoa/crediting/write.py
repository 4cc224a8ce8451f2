"""A balance as plain data for JSON: whole tonnes as integers, averages as numbers with six decimals."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

from .balance import PartyBalance, Result, YearBalance

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
