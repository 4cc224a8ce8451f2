"""Sums over the modelled landfills: for each unit as it stood in the year, and for the country."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal, localcontext

from trunghoa.landfill.uncertainty import Band, UncertainSite, monte_carlo
from trunghoa.quantities import Figure, PlaceKey, from_float, worst

from .model import Workspace

ADDED = ("landfill.deposited", "landfill.ch4_generated", "landfill.ch4_emitted", "landfill.carbon_stored")
# Reductions are ex ante and of projects that may never be built, so they are not added up to the country.
_SCENARIO = "as_is"


def totals(
    ws: Workspace,
    figures: Iterable[Figure],
    spreads: Mapping[str, UncertainSite],
    *,
    draws: int,
    seed: int,
) -> list[Figure]:
    """Figures of sites added up per unit and for the country.

    A unit is the one that bore the place on the last day of the year, so the years before a merger stand
    under the old units and those after under the new. The sum is of the modelled sites: it is not the
    country's emission from waste.
    """
    groups: dict[tuple[str, PlaceKey, str], list[Figure]] = defaultdict(list)
    for figure in figures:
        if figure.kind in ADDED and figure.scenario == _SCENARIO and not figure.category:
            unit = _unit(ws, figure)
            for place in (unit, ws.settings.country):
                groups[figure.kind, place, figure.period.code()].append(figure)
    members: dict[PlaceKey, set[str]] = defaultdict(set)
    for (_, place, _), parts in groups.items():
        members[place] |= {str(f.place) for f in parts}
    bands = {place: _band(spreads, sites, draws, seed) for place, sites in members.items()}
    return list(_sums(groups, bands))


def _unit(ws: Workspace, figure: Figure) -> PlaceKey:
    """The unit of a figure; years before the oldest list of units stand under that list."""
    parent = ws.gazetteer[figure.place].parent
    begins = ws.gazetteer[parent].valid_from if parent else None
    return ws.gazetteer.unit_on(figure.place, max(figure.period.end, begins or date.min)).key


def _band(spreads: Mapping[str, UncertainSite], sites: Iterable[str], draws: int, seed: int) -> Band:
    """Interval of a sum: factors are national, so errors of sites add up instead of cancelling."""
    return monte_carlo([spreads[s] for s in sorted(sites)], draws=draws, seed=seed, shared=True).total


def _sums(
    groups: Mapping[tuple[str, PlaceKey, str], list[Figure]], bands: Mapping[PlaceKey, Band]
) -> Iterator[Figure]:
    for (kind, place, _), parts in groups.items():
        first = parts[0]
        with localcontext() as context:
            context.prec = 60
            amount = sum((f.amount for f in parts), Decimal(0))
        lower = upper = None
        if kind == "landfill.ch4_emitted":
            row = bands[place].years.index(first.period.start.year)
            lower, upper = from_float(bands[place].lower[row]), from_float(bands[place].upper[row])
        yield Figure(
            system=first.system,
            kind=kind,
            place=place,
            period=first.period,
            amount=amount,
            unit=first.unit,
            status=first.status,
            quality=worst(f.quality for f in parts),
            source="Sum over the modelled landfills: " + ", ".join(sorted(f.place.code for f in parts)),
            method=first.method,
            gas=first.gas,
            scenario=first.scenario,
            lower=lower,
            upper=upper,
        )
