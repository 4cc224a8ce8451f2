"""Figures of the balances: the numbers that people cite."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from trunghoa.quantities import Figure, ParameterError, Period, PlaceKey, Quality, Status

if TYPE_CHECKING:
    from .balance import PartyBalance, Result

SYSTEM = "S2"
METHOD = "Decision 2/CMA.3 annex paras 7-8, {method}"


def as_figures(
    result: Result, places: Mapping[str, PlaceKey], *, gwp_set: str, quality: Quality, source: str
) -> list[Figure]:
    """Figures of :meth:`trunghoa.crediting.Result.figures`."""
    if lost := [p.party for p in result.parties if p.party not in places]:
        raise ParameterError(f"No place is given for {', '.join(lost)}.")
    return [
        Figure(
            system=SYSTEM,
            kind=kind,
            place=places[party.party],
            period=Period.year(year),
            amount=Decimal(amount.numerator) / Decimal(amount.denominator),
            unit="tCO2e",
            status=Status.ADJUSTED,
            quality=quality,
            source=source,
            method=_method(party),
            gwp_set=gwp_set,
        )
        for party in result.parties
        if party.complete
        for year, kind, amount in _amounts(party)
    ]


def _amounts(party: PartyBalance) -> Iterator[tuple[int, str, Fraction]]:
    for year in party.years:
        yield year.year, "article6.adjustment", year.adjustment
        if year.balance is not None:
            yield year.year, "article6.emissions_balance", year.balance


def _method(party: PartyBalance) -> str:
    """Method and, for averages, what they are divided by: one without the other says nothing."""
    named = METHOD.format(method=party.method.value)
    return f"{named} over {party.denominator.value} years" if party.method == "averaging" else named
