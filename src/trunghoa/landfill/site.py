"""What a landfill is: where, how deep, how drained, when opened, when converted."""

from __future__ import annotations

import calendar
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date

import numpy as np

from trunghoa.parameters import Parameter
from trunghoa.quantities import N_, InputError, PlaceKey, Problem, Quality
from trunghoa.quantities.periods import FIRST_YEAR, LAST_YEAR

from .fod import FloatArray

MANAGED_ANAEROBIC = "managed_anaerobic"
WELL_SEMI_AEROBIC = "managed_well_semi_aerobic"
POORLY_SEMI_AEROBIC = "managed_poorly_semi_aerobic"
WELL_ACTIVE_AERATION = "managed_well_active_aeration"
POORLY_ACTIVE_AERATION = "managed_poorly_active_aeration"
UNMANAGED_DEEP = "unmanaged_deep"
UNMANAGED_SHALLOW = "unmanaged_shallow"
UNCATEGORISED = "uncategorised"
DECLARED = "declared"
SEMI_AEROBIC = frozenset({WELL_SEMI_AEROBIC, POORLY_SEMI_AEROBIC})
MCF_CLASSES = (
    MANAGED_ANAEROBIC,
    WELL_SEMI_AEROBIC,
    POORLY_SEMI_AEROBIC,
    WELL_ACTIVE_AERATION,
    POORLY_ACTIVE_AERATION,
    UNMANAGED_DEEP,
    UNMANAGED_SHALLOW,
    UNCATEGORISED,
)
# What a site is converted to, before the checklist says how well.
GRADED = {
    "semi_aerobic": (WELL_SEMI_AEROBIC, POORLY_SEMI_AEROBIC),
    "active_aeration": (WELL_ACTIVE_AERATION, POORLY_ACTIVE_AERATION),
}
CONVERSION_TARGETS = (*GRADED, *MCF_CLASSES)


@dataclass(frozen=True, slots=True)
class Checklist:
    """What a *well* managed semi-aerobic site has (IPCC 2019 V5 table 3.1); None is not known."""

    permeable_cover: bool | None = None
    leachate_drainage_not_sunk: bool | None = None
    regulated_pondage: bool | None = None
    gas_vents: bool | None = None

    @property
    def lacking(self) -> tuple[str, ...]:
        """Items that are absent or not known: one of them is enough to make the site *poorly* managed."""
        return tuple(f.name for f in fields(self) if not getattr(self, f.name))

    @property
    def well(self) -> bool:
        return not self.lacking


def graded(management: str, checklist: Checklist) -> str:
    """MCF class of a management: the checklist decides between well and poorly."""
    if management in GRADED:
        well, poorly = GRADED[management]
        return well if checklist.well else poorly
    return management


@dataclass(frozen=True, slots=True)
class Conversion:
    """A dated change of how the waste is laid down.

    Attributes
    ----------
    on : first day on which waste is deposited under the new management
    to : ``semi_aerobic`` or ``active_aeration`` (the checklist then says well or poorly), or an MCF class
    """

    on: date
    to: str
    checklist: Checklist = Checklist()
    source: str = ""

    @property
    def mcf_class(self) -> str:
        return graded(self.to, self.checklist)


@dataclass(frozen=True, slots=True)
class Climate:
    """Long-term means at the site.

    Attributes
    ----------
    mat : mean annual temperature, °C
    map : mean annual precipitation, mm/yr
    pet : potential evapotranspiration, mm/yr; needed only where the class depends on it
    given : class set directly instead, with ``reason``
    """

    mat: float | None = None
    map: float | None = None
    pet: float | None = None
    given: str = ""
    reason: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class Site:
    """One landfill.

    Attributes
    ----------
    key : ``site:<slug>``
    name : as people write it; kept in Unicode form NFC, so that NFD text names the same site
    place : administrative unit it lies in, by (era, code)
    opened, closed : first year of deposits, and last or None while it is open
    managed : placed, levelled, compacted and covered; None is not known
    depth, water_table : depth of waste and height of the water table in it, m
    high_water_table : water table near the surface, as the IPCC class *deep* has it
    cover : what covers it, in words
    mcf_class : class set directly, or ``semi_aerobic`` or ``active_aeration`` for a site built so, with
        ``mcf_reason``; else it follows from the attributes above
    mcf : value set directly (1), with ``mcf_reason``
    """

    key: PlaceKey
    name: str
    opened: int
    closed: int | None = None
    place: PlaceKey | None = None
    latitude: float | None = None
    longitude: float | None = None
    climate: Climate = Climate()
    managed: bool | None = None
    depth: float | None = None
    water_table: float | None = None
    high_water_table: bool | None = None
    cover: str = ""
    checklist: Checklist = Checklist()
    mcf_class: str = ""
    mcf: float | None = None
    mcf_reason: str = ""
    conversions: tuple[Conversion, ...] = ()
    source: str = ""
    quality: Quality = Quality.UNVERIFIED

    def __post_init__(self) -> None:
        object.__setattr__(self, "name", unicodedata.normalize("NFC", self.name).strip())
        problems = list(_problems(self))
        if problems:
            raise InputError(problems)

    @property
    def slug(self) -> str:
        return self.key.code


def _problems(site: Site) -> list[Problem]:
    found: list[Problem] = []
    if not site.name:
        found.append(Problem(N_("The site has no name."), field="name"))
    for label, year in (("opened", site.opened), ("closed", site.closed)):
        if year is not None and not FIRST_YEAR <= year <= LAST_YEAR:
            found.append(year_problem(year, label))
    if site.closed is not None and site.closed < site.opened:
        found.append(
            Problem(
                N_("The site closes in %(value)s, before it opens in %(limit)s."),
                field="closed",
                value=str(site.closed),
                limit=str(site.opened),
            )
        )
    for label, depth in (("depth", site.depth), ("water_table", site.water_table)):
        if depth is not None and not 0 <= depth < np.inf:
            found.append(Problem(N_("%(value)s m cannot be a depth."), field=label, value=str(depth)))
    if site.depth is not None and site.water_table is not None and site.water_table > site.depth:
        found.append(
            Problem(
                N_("The water stands %(value)s m high in waste that is %(limit)s m deep."),
                N_("Give the height of the water table above the bottom of the waste."),
                field="water_table",
                value=f"{site.water_table:g}",
                limit=f"{site.depth:g}",
            )
        )
    found += _position_problems(site)
    found += _mcf_problems(site)
    found += _conversion_problems(site)
    return found


def _position_problems(site: Site) -> list[Problem]:
    found: list[Problem] = []
    given = {"latitude": (site.latitude, 90), "longitude": (site.longitude, 180)}
    for label, (degrees, limit) in given.items():
        if degrees is not None and not -limit <= degrees <= limit:
            found.append(
                Problem(
                    N_("%(value)s is outside %(limit)s."),
                    N_("Write decimal degrees: north and east are positive."),
                    field=label,
                    value=f"{degrees:g}",
                    limit=f"-{limit} to {limit}",
                )
            )
    lacking = [label for label, (degrees, _) in given.items() if degrees is None]
    if len(lacking) == 1:
        found.append(
            Problem(N_("One coordinate is given without the other."), N_("Give both."), field=lacking[0])
        )
    return found


def year_problem(year: int | str, label: str) -> Problem:
    return Problem(
        N_("The year %(value)s is outside %(limit)s."),
        hint=N_("Write the year of the Gregorian calendar with four digits."),
        field=label,
        value=str(year),
        limit=f"{FIRST_YEAR} to {LAST_YEAR}",
    )


def _mcf_problems(site: Site) -> list[Problem]:
    found: list[Problem] = []
    if site.mcf_class and site.mcf_class not in CONVERSION_TARGETS:
        found.append(
            Problem(
                N_("“%(value)s” is not an MCF class."),
                N_("Use one of: %(limit)s."),
                field="mcf_class",
                value=site.mcf_class,
                limit=", ".join(CONVERSION_TARGETS),
            )
        )
    if site.mcf is not None and not 0 <= site.mcf <= 1:
        found.append(
            Problem(
                N_("The MCF %(value)s is outside %(limit)s."),
                field="mcf",
                value=str(site.mcf),
                limit="0 to 1",
            )
        )
    if (site.mcf is not None or site.mcf_class) and not site.mcf_reason:
        found.append(
            Problem(
                N_("The MCF is set by hand without a reason."),
                N_("Write mcf_reason, or leave the class to be found from depth, water table and cover."),
                field="mcf_reason",
            )
        )
    return found


def _conversion_problems(site: Site) -> list[Problem]:
    found: list[Problem] = []
    for number, conversion in enumerate(site.conversions, start=1):
        label = f"conversions[{number}]"
        if conversion.to not in CONVERSION_TARGETS:
            found.append(
                Problem(
                    N_("“%(value)s” is not something a site can be converted to."),
                    N_("Use one of: %(limit)s."),
                    field=f"{label}.to",
                    value=conversion.to,
                    limit=", ".join(CONVERSION_TARGETS),
                )
            )
        if conversion.on.year < site.opened:
            found.append(
                Problem(
                    N_("The conversion of %(value)s comes before the site opens in %(limit)s."),
                    field=f"{label}.on",
                    value=conversion.on.isoformat(),
                    limit=str(site.opened),
                )
            )
        if site.closed is not None and conversion.on.year > site.closed:
            found.append(
                Problem(
                    N_("The conversion of %(value)s comes after the last deposit in %(limit)s."),
                    N_("A conversion changes how new waste is laid down, not waste that lies already."),
                    field=f"{label}.on",
                    value=conversion.on.isoformat(),
                    limit=str(site.closed),
                )
            )
    days = [c.on for c in site.conversions]
    if days != sorted(set(days)):
        found.append(
            Problem(
                N_("The conversions are not in order of their dates, or two fall on one day."),
                field="conversions",
                value=", ".join(d.isoformat() for d in days),
            )
        )
    return found


@dataclass(frozen=True, slots=True)
class SiteClass:
    """MCF class of a site before any conversion, and why.

    ``rule`` is the sentence, with ``%(value)s`` and ``%(limit)s`` in it.
    """

    name: str
    rule: str
    value: str = ""
    limit: str = ""

    def __str__(self) -> str:
        return f"{self.name} ({self.rule % {'value': self.value, 'limit': self.limit}})"


def site_class(site: Site, deep: Parameter) -> SiteClass:
    """MCF class that follows from how the site is managed and how deep it is.

    Source: IPCC 2019 Refinement V5 ch3 table 3.1; ``deep`` is its depth limit in m.
    """
    if site.mcf_class:
        return SiteClass(
            graded(site.mcf_class, site.checklist), N_("set directly: %(value)s"), site.mcf_reason
        )
    if site.managed:
        return SiteClass(MANAGED_ANAEROBIC, N_("managed: placed, levelled, compacted and covered"))
    if site.managed is None:
        return SiteClass(UNCATEGORISED, N_("it is not known whether the site is managed"))
    if site.high_water_table:
        return SiteClass(UNMANAGED_DEEP, N_("not managed, high water table"))
    if site.depth is None:
        return SiteClass(UNCATEGORISED, N_("not managed, depth not known"))
    limit = f"{deep.value:f}"
    if site.depth >= float(deep):
        return SiteClass(
            UNMANAGED_DEEP, N_("not managed, depth %(value)s m ≥ %(limit)s m"), f"{site.depth:g}", limit
        )
    return SiteClass(
        UNMANAGED_SHALLOW, N_("not managed, depth %(value)s m < %(limit)s m"), f"{site.depth:g}", limit
    )


def mcf_shares(
    years: Sequence[int], first_class: str, conversions: Sequence[Conversion]
) -> tuple[tuple[str, ...], FloatArray]:
    """Share of each year's deposit that each MCF class receives, (Y, C), by days.

    The cohort keeps these shares: a later conversion does not touch waste that lies already.
    """
    spans: list[tuple[date, str]] = [(date.min, first_class), *((c.on, c.mcf_class) for c in conversions)]
    classes = tuple(dict.fromkeys(name for _, name in spans))
    shares = np.zeros((len(years), len(classes)))
    for row, year in enumerate(years):
        days = 366 if calendar.isleap(year) else 365
        first = date(year, 1, 1).toordinal()
        for (start, name), end in zip(spans, [*(s for s, _ in spans[1:]), date.max], strict=True):
            begin = min(max(start.toordinal() - first, 0), days)
            finish = min(max(end.toordinal() - first, 0), days)
            shares[row, classes.index(name)] += (finish - begin) / days
    return classes, shares
