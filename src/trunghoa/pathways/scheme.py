"""An emissions trading scheme along a pathway: each covered sector settles its obligation year by year.

A sector stands for its facilities as a whole, so what one of them buys from another of the same sector is not
seen. What the law lays down is looked up in the table ``ets``; benchmarks, prices and shares that it leaves
open are looked up in ``ets_assumptions`` and keep their quality.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from trunghoa.parameters import Parameter, Parameters
from trunghoa.quantities import N_, InputError, Problem, Quality, worst

from . import ets

ASSUMED = "ets_assumptions"
# A tonne of a sector's intensity is kept to this many digits: 28 would make tables nobody can check.
DIGITS = Decimal("1e-9")


@dataclass(frozen=True, slots=True)
class Sector:
    """A covered sector along a pathway.

    Attributes
    ----------
    name : its code
    emissions : tCO2e by solved year
    output : product by solved year, in the sector's own unit
    """

    name: str
    emissions: Mapping[int, Decimal]
    output: Mapping[int, Decimal]


@dataclass(frozen=True, slots=True)
class Year:
    """A scheme in one solved year.

    Attributes
    ----------
    rules : shares of credits and auctions on the last day of the year
    benchmark : tonnes allowed for a unit of product, as a share of the first year's own
    price, credit_price : money per allowance and per credit
    laid_down : allowances of the whole scheme in that year by decision, where there is one
    settlements : one for each sector, in the order given
    """

    year: int
    rules: ets.Rules
    benchmark: Decimal
    price: Decimal
    credit_price: Decimal
    laid_down: Parameter | None
    settlements: tuple[ets.Settlement, ...]

    @property
    def market(self) -> ets.Market:
        return ets.market(self.settlements)

    @property
    def most_credits(self) -> int:
        """Credits that the rule would allow: its share of each obligation, rounded down."""
        return sum(int(self.rules.offset_share * s.obligation) for s in self.settlements)


@dataclass(frozen=True, slots=True)
class Course:
    """A scheme along a pathway; ``used`` are all parameters behind it, in the order they were asked for."""

    scheme: str
    money: str
    years: tuple[Year, ...]
    used: tuple[Parameter, ...]

    @property
    def quality(self) -> Quality:
        return worst(p.quality for p in self.used)


def along(parameters: Parameters, scheme: str, sectors: Sequence[Sector], years: Sequence[int]) -> Course:
    """Settle a scheme in each solved year from its first on.

    Free allowances are benchmark × first year's intensity × output, less the auctioned share; the first year
    is the first solved one in which the scheme runs.

    Raises
    ------
    ParameterError
        when the scheme is not known, or something it needs is neither laid down nor assumed.
    InputError
        when a sector has no output in the first year, so that its intensity says nothing.
    """
    known = parameters.rows(ets.TABLE, scheme=scheme, item="pilot")
    begins = parameters.get(ets.TABLE, as_of=date.max, scheme=scheme, item="pilot", period="first_year")
    solved = [year for year in years if year >= int(begins.value)]
    used = dict.fromkeys(known)
    paths = {}
    for item in ("benchmark", "price", "offset_price"):
        points = {int(dict(p.keys)["period"]): p for p in parameters.rows(ASSUMED, scheme=scheme, item=item)}
        used |= dict.fromkeys(points.values())
        paths[item] = ets.price_path({year: p.value for year, p in points.items()}, solved)
        money = next(iter(points.values())).unit.partition("/")[0]
    found = []
    for year in solved:
        rules = ets.rules(parameters, scheme, date(year, 12, 31), assumed=ASSUMED)
        benchmark, price, credit = (paths[item][year] for item in ("benchmark", "price", "offset_price"))
        total = parameters.rows(ets.TABLE, scheme=scheme, item="allowances", period=str(year))
        settlements = tuple(
            ets.settle(
                _as_facility(sector, year, solved[0], benchmark), rules, price=price, offset_price=credit
            )
            for sector in sectors
        )
        found.append(Year(year, rules, benchmark, price, credit, total[-1] if total else None, settlements))
        used |= dict.fromkeys([*rules.used, *total[-1:]])
    return Course(scheme, money, tuple(found), tuple(used))


def _as_facility(sector: Sector, year: int, first: int, benchmark: Decimal) -> ets.Facility:
    made = sector.output.get(first, Decimal(0))
    if made <= 0:
        raise InputError(
            Problem(
                N_("%(value)s makes nothing in %(limit)s, the first year of the scheme: no intensity."),
                N_("Take the sector out of the group of places that the scheme covers."),
                field="scheme_places", value=sector.name, limit=str(first),
            )
        )  # fmt: skip
    intensity = (sector.emissions[first] / made).quantize(DIGITS)
    emissions = max(sector.emissions[year], Decimal(0))
    return ets.Facility(sector.name, emissions, sector.output[year], max(intensity, Decimal(0)) * benchmark)
