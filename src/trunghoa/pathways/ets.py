"""An emissions trading scheme: free allocation by intensity, credits up to a share, surplus and cost.

Allowances and credits are whole tonnes and money is exact, so everything here is integers and decimals. What
the law lays down (share of credits, share auctioned) is looked up as of a date and keeps its source.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from trunghoa.parameters import Parameter, Parameters
from trunghoa.quantities import N_, InputError, ParameterError, Problem, Quality, worst

from .enduse.schema import Bound
from .enduse.tables import Record

TABLE = "ets"


@dataclass(frozen=True, slots=True)
class Rules:
    """What a scheme's law lays down on a day.

    Attributes
    ----------
    scheme, as_of : which scheme, on which day
    offset_share : greatest part of the obligation that credits may cover
    auction_share : part of the allowances that is not free
    used : the parameters behind both
    """

    scheme: str
    as_of: date
    offset_share: Decimal
    auction_share: Decimal
    used: tuple[Parameter, ...]

    @property
    def quality(self) -> Quality:
        return worst(p.quality for p in self.used)

    @property
    def source(self) -> str:
        return "; ".join(dict.fromkeys(p.source for p in self.used))


def rules(parameters: Parameters, scheme: str, as_of: date, *, assumed: str = "") -> Rules:
    """Look a scheme's rules up as of a day.

    Parameters
    ----------
    assumed : table to look into where the law lays nothing down on that day; what comes from it keeps its
        quality and its source, and is nobody's law

    Raises
    ------
    ParameterError
        when a rule is not laid down on that day, such as the share auctioned after a pilot.
    """

    def rule(item: str) -> Parameter:
        try:
            return parameters.get(TABLE, as_of=as_of, scheme=scheme, item=item)
        except ParameterError:
            if not assumed:
                raise
            return parameters.get(assumed, as_of=as_of, scheme=scheme, item=item)

    offset, auction = rule("offset_share"), rule("auction_share")
    return Rules(scheme, as_of, offset.value, auction.value, (offset, auction))


@dataclass(frozen=True, slots=True)
class Facility:
    """One year of a covered facility.

    Parameters
    ----------
    name : its name
    emissions : tCO2e to be surrendered for, >= 0
    output : product in its own unit, >= 0
    rate : tCO2e allowed free per unit of product
    banked : allowances kept from before
    """

    name: str
    emissions: Decimal
    output: Decimal
    rate: Decimal
    banked: int = 0

    def __post_init__(self) -> None:
        for field, value in (("emissions", self.emissions), ("output", self.output), ("rate", self.rate),
                             ("banked", Decimal(self.banked))):  # fmt: skip
            if not Decimal(value).is_finite() or value < 0:
                raise InputError(
                    Problem(N_("%(value)s cannot be %(field)s."), field=field, value=f"{value} ({self.name})")
                )


@dataclass(frozen=True, slots=True)
class Settlement:
    """How a facility meets its obligation.

    Attributes
    ----------
    obligation : whole tonnes to be surrendered, emissions rounded up
    free : free allowances, rounded down
    auctioned : allowances of its allocation that are sold to it instead
    offsets : credits surrendered, at most the rule's share of the obligation, rounded down
    bought : allowances bought in the market
    surplus : allowances left over
    cost : money; a surplus that is sold brings money in
    """

    facility: str
    obligation: int
    free: int
    auctioned: int
    offsets: int
    bought: int
    surplus: int
    cost: Decimal


def allocation(output: Decimal, rate: Decimal, auction_share: Decimal = Decimal(0)) -> tuple[int, int]:
    """Free and auctioned allowances of an allocation by intensity: rate × output, rounded down.

    Returns
    -------
    free, auctioned
        whole tonnes; together the whole allocation.
    """
    whole = int((output * rate).to_integral_value(ROUND_FLOOR))
    free = int((whole * (1 - auction_share)).to_integral_value(ROUND_FLOOR))
    return free, whole - free


def settle(
    facility: Facility,
    rules: Rules,
    *,
    price: Decimal,
    offset_price: Decimal | None = None,
    offsets_available: int | None = None,
    sell_surplus: bool = True,
) -> Settlement:
    """Meet the obligation of one year at least cost.

    Free and banked allowances go first, then credits where they are cheaper than allowances, up to the rule's
    share of the obligation, then what was auctioned or bought. Credits never free allowances for sale.

    Parameters
    ----------
    price : money per allowance, in an auction as in the market
    offset_price : money per credit; None where there are none to be had
    offsets_available : how many credits there are; None for enough
    sell_surplus : else the surplus is kept and brings no money
    """
    for name, value in (("price", price), ("offset_price", offset_price or Decimal(0))):
        if not value.is_finite() or value < 0:
            raise InputError(Problem(N_("%(value)s cannot be %(field)s."), field=name, value=str(value)))
    obligation = int(facility.emissions.to_integral_value(ROUND_CEILING))
    free, offered = allocation(facility.output, facility.rate, rules.auction_share)
    short = max(0, obligation - free - facility.banked)
    offsets = 0
    if offset_price is not None and offset_price < price:
        most = int((rules.offset_share * obligation).to_integral_value(ROUND_FLOOR))
        offsets = min(short, most, most if offsets_available is None else offsets_available)
    auctioned = min(offered, short - offsets)
    bought = short - offsets - auctioned
    surplus = max(0, free + facility.banked - obligation)
    paid = (auctioned + bought) * price + offsets * (offset_price or Decimal(0))
    earned = surplus * price if sell_surplus else Decimal(0)
    return Settlement(facility.name, obligation, free, auctioned, offsets, bought, surplus, paid - earned)


@dataclass(frozen=True, slots=True)
class Market:
    """A scheme's year, added up; ``scarcity`` is what is wanted beyond what others have left over."""

    obligation: int
    free: int
    auctioned: int
    offsets: int
    bought: int
    surplus: int
    cost: Decimal

    @property
    def scarcity(self) -> int:
        return self.bought - self.surplus


def market(settlements: Iterable[Settlement]) -> Market:
    """Add settlements up."""
    rows = list(settlements)
    return Market(
        obligation=sum(s.obligation for s in rows),
        free=sum(s.free for s in rows),
        auctioned=sum(s.auctioned for s in rows),
        offsets=sum(s.offsets for s in rows),
        bought=sum(s.bought for s in rows),
        surplus=sum(s.surplus for s in rows),
        cost=sum((s.cost for s in rows), Decimal(0)),
    )


def price_path(points: Mapping[int, Decimal], years: Sequence[int]) -> dict[int, Decimal]:
    """Prices in years: linear between given years, zero before the first, the last one held.

    Raises
    ------
    InputError
        when no price is given.
    """
    if not points:
        raise InputError(Problem(N_("A price path needs at least one year with a price.")))
    given = sorted(points)
    path: dict[int, Decimal] = {}
    for year in years:
        if year < given[0]:
            path[year] = Decimal(0)
        elif year >= given[-1]:
            path[year] = points[given[-1]]
        else:
            after = next(y for y in given if y > year)
            before = max(y for y in given if y <= year)
            step = (points[after] - points[before]) / (after - before)
            path[year] = points[before] + step * (year - before)
    return path


def intensity_records(
    rules: Rules,
    places: str,
    gases: str,
    service: str,
    rates: Mapping[int, float],
    *,
    offset_prices: Mapping[int, float] | None = None,
    quality: Quality = Quality.ILLUSTRATIVE,
    source: str = "",
) -> dict[str, tuple[Record, ...]]:
    """The scheme as rows of an AIM/Enduse model: emissions less credits <= rate × output.

    Parameters
    ----------
    places, gases, service : the covered places, the gas group, the product
    rates : emissions allowed per unit of product, by year
    offset_prices : price of a credit by year; without it no credits are used

    Returns
    -------
    records of ``intensity_limit`` and, with credits, ``offset_share`` and ``offset_price``
    """
    found = {
        "intensity_limit": tuple(
            Record((places, gases, service), rate, year, None, quality, source)
            for year, rate in rates.items()
        )
    }
    if offset_prices is not None:
        share = float(rules.offset_share)
        found["offset_share"] = (
            Record((places, gases), share, min(rates), None, rules.quality, rules.source),
        )
        found["offset_price"] = tuple(
            Record((places, gases), price, year, None, quality, source)
            for year, price in offset_prices.items()
        )
    return found


def limit_record(
    places: str, gases: str, limits: Mapping[int, float], quality: Quality, source: str
) -> dict[str, tuple[Record, ...]]:
    """An absolute cap on a group as rows of an AIM/Enduse model."""
    return {
        "emission_limit": tuple(
            Record((places, gases), limit, year, Bound.MAX, quality, source) for year, limit in limits.items()
        )
    }
