"""The tables of an AIM/Enduse model folder: which there are, their keys, and what a value may be.

A folder holds ``settings.csv``, the *member* tables (who there is, with names and units), the *group* tables
(who belongs together) and the *value* tables. A value table has its key columns, then ``bound`` where a
value can be a least or a greatest one, ``year`` where it can change, then ``value, quality, source, note``.
An empty ``year`` holds for every year; between two years a value is interpolated linearly, and ``inf``
stays ``inf``. ``*`` in a region or sector cell stands for every region or sector the row can mean.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

from trunghoa.quantities import N_


class Before(StrEnum):
    """What holds before the first year a value is given for."""

    SAME = "same"
    NONE = "none"
    ZERO = "zero"


class Bound(StrEnum):
    """A least value, a greatest value, or a greatest sum over all years."""

    MIN = "min"
    MAX = "max"
    TOTAL = "total"


@dataclass(frozen=True, slots=True)
class Members:
    """A table of members: ``code`` (named as the table says), names in three languages, own columns."""

    name: str
    code: str
    own: tuple[str, ...] = ()
    about: str = ""


@dataclass(frozen=True, slots=True)
class Groups:
    """A table that says who belongs to which group; ``columns`` come after ``group``."""

    name: str
    columns: tuple[str, ...]
    about: str = ""
    weighted: bool = False


@dataclass(frozen=True, slots=True)
class Values:
    """A table of numbers.

    Parameters
    ----------
    keys : key columns; each names a member or group table, see :data:`REFERS`
    bounds : bounds a row may set; empty when the value is simply the value
    yearly : whether a value can be given for a year
    before : what holds before the first given year
    lower, upper : what a value may be
    symbol : the symbol in the equations of AIM/Enduse
    """

    name: str
    keys: tuple[str, ...]
    symbol: str
    about: str
    bounds: tuple[Bound, ...] = ()
    yearly: bool = True
    before: Before = Before.SAME
    lower: float = -math.inf
    upper: float = math.inf
    infinite: bool = False


PLACE = ("region", "sector")
DEVICE = (*PLACE, "device")
LIMITS = (Bound.MIN, Bound.MAX)
LAST_COLUMNS = ("quality", "source", "note")
NAMES = ("name_vi", "name_ja", "name_en")

MEMBERS = {
    table.name: table
    for table in (
        Members("regions", "region", ("place",), N_("Regions of the model")),
        Members("sectors", "sector", ("category",), N_("Sectors, each in a category of the inventory")),
        Members("devices", "device", ("unit", "activity_unit"), N_("Devices: what gives a service")),
        Members("services", "service", ("unit", "commodity"), N_("Services, final or inside the model")),
        Members("energies", "energy", ("unit", "commodity"), N_("Energies, bought or made inside the model")),
        Members("gases", "gas", ("unit", "of", "category"), N_("Gases, by mass")),
    )
}

GROUPS = {
    table.name: table
    for table in (
        Groups("place_groups", PLACE, N_("Regions and sectors taken together")),
        Groups("device_groups", ("device",), N_("Devices taken together for recruitment")),
        Groups("service_groups", ("device", "service"), N_("Devices and services taken together for shares")),
        Groups("energy_groups", ("energy",), N_("Energies taken together for supply")),
        Groups("gas_groups", ("gas", "gwp_set"), N_("Gases added up, each with its weight"), weighted=True),
    )
}

# The member table that a key column names; for the plural keys a group, or else one member.
REFERS = {
    "region": "regions",
    "sector": "sectors",
    "device": "devices",
    "to": "devices",
    "service": "services",
    "energy": "energies",
    "gas": "gases",
    "places": "place_groups",
    "group": "device_groups",
    "share_group": "service_groups",
    "energies": "energy_groups",
    "gases": "gas_groups",
    "area": "balance_areas",
}

VALUES = {
    table.name: table
    for table in (
        Values("life", ("device",), "T", N_("Life of a device, years"), yearly=False, lower=1),
        Values(
            "weibull_shape",
            ("device",),
            "β",
            N_("Shape of Weibull retirement; without a row a device retires at the end of its life"),
            yearly=False,
            lower=1e-6,
        ),
        Values(
            "hurdle_rate", DEVICE, "α", N_("Rate at which an investment is annualised"), yearly=False,
            lower=0, upper=1,
        ),
        Values("capital_cost", DEVICE, "bn", N_("Cost of a new unit"), lower=0),
        Values("operating_cost", DEVICE, "go", N_("Cost of operation apart from energy, per activity")),
        Values("subsidy", DEVICE, "scn", N_("Subsidised share of the capital cost"), lower=0, upper=1),
        Values("output", (*DEVICE, "service"), "a", N_("Service per activity")),
        Values("output_change", (*DEVICE, "service"), "φ", N_("Change of output efficiency"), lower=-1),
        Values("input", (*DEVICE, "energy"), "e", N_("Energy used per activity; negative when given off")),
        Values("input_change", (*DEVICE, "energy"), "ξ", N_("Change of energy use"), lower=-1),
        Values("operating_change", DEVICE, "γ", N_("Change of the operating rate"), lower=-1),
        Values(
            "fully_operated",
            DEVICE,
            "RES=0",
            N_("1 where no stock may stand idle, as for wind and solar"),
            yearly=False,
            lower=0,
            upper=1,
        ),
        Values("stock", (*DEVICE, "vintage"), "sc", N_("Stock by year of building"), yearly=False, lower=0),
        Values("demand", (*PLACE, "service"), "serv", N_("Demand for a final service"), lower=0),
        Values(
            "service_surplus", (*PLACE, "service"), "RES", N_("Service that may be given beyond its demand"),
            lower=0, infinite=True,
        ),
        Values("energy_price", (*PLACE, "energy"), "ge", N_("Price of an energy")),
        Values("emission_factor", (*PLACE, "energy", "gas"), "gas", N_("Gas per energy used")),
        Values("process_emission", (*DEVICE, "gas"), "q", N_("Gas per activity, apart from energy")),
        Values(
            "device_share", (*DEVICE, "service"), "th", N_("Share of a device in a service"), bounds=LIMITS,
            before=Before.NONE, lower=0, upper=1,
        ),
        Values(
            "group_share", (*PLACE, "share_group", "service"), "om", N_("Share of a group in a service"),
            bounds=LIMITS, before=Before.NONE, lower=0,
        ),
        Values(
            "within_group_share", (*DEVICE, "share_group"), "ch", N_("Share of a device within its group"),
            bounds=LIMITS, before=Before.NONE, lower=0, upper=1,
        ),
        Values(
            "region_share", (*PLACE, "service"), "sg", N_("Share of a place in a service of all places"),
            bounds=LIMITS, before=Before.NONE, lower=0, upper=1,
        ),
        Values(
            "recruitment", (*PLACE, "group"), "tu", N_("New units per year of a device or group"),
            bounds=LIMITS, before=Before.NONE, lower=0, infinite=True,
        ),
        Values(
            "stock_limit", DEVICE, "ro", N_("Stock of a device"), bounds=LIMITS, before=Before.NONE, lower=0,
            infinite=True,
        ),
        Values("retrofit_cost", (*DEVICE, "to"), "br", N_("Cost of turning a unit into another"), lower=0),
        Values(
            "retrofit_subsidy", (*DEVICE, "to"), "scr", N_("Share of the retrofit cost that is subsidised"),
            lower=0, upper=1,
        ),
        Values(
            "replacement_cost", DEVICE, "bp",
            N_("Cost of replacing a retired unit by its like, outside recruitment limits"), lower=0,
        ),
        Values(
            "energy_supply", ("places", "energies"), "emin, emax, E", N_("Energy that can be had"),
            bounds=(Bound.MIN, Bound.MAX, Bound.TOTAL), before=Before.NONE, infinite=True,
        ),
        Values(
            "emission_limit", ("places", "gases"), "qmax", N_("Emissions that are allowed"),
            bounds=(Bound.MAX, Bound.TOTAL), before=Before.NONE, infinite=True,
        ),
        Values(
            "emission_tax", ("places", "gases"), "emtax", N_("Price of emissions"), before=Before.ZERO,
        ),
        Values(
            "kept_price", ("places", "gases"), "tax_t0",
            N_("From the given year on, the price is the marginal cost found in that year"), lower=1,
        ),
        Values(
            "intensity_limit", ("places", "gases", "service"), "rate",
            N_("Emissions allowed per service given"), before=Before.NONE, lower=0, infinite=True,
        ),
        Values(
            "offset_share", ("places", "gases"), "o",
            N_("Part of the emissions under an intensity limit that credits may cover"), before=Before.ZERO,
            lower=0, upper=1,
        ),
        Values("offset_price", ("places", "gases"), "po", N_("Price of a credit"), lower=0),
        Values(
            "surplus_limit", ("area", "commodity"), "res", N_("Commodity that may be left over"), lower=0,
            infinite=True,
        ),
    )
}  # fmt: skip

SETTINGS = {
    "title": N_("Title of the model"),
    "years": N_("Years that are solved, with spaces between"),
    "first_interval": N_("Years that the first solved year stands for"),
    "stock_year": N_("Year whose stock the table stock gives; the first solved year if not said"),
    "foresight": N_("recursive, perfect or rolling"),
    "window": N_("Solved years in a window of rolling foresight"),
    "step": N_("Solved years kept of each window"),
    "discount_rate": N_("Rate at which years are compared in perfect and rolling foresight"),
    "currency": N_("Unit of money, with its price year"),
    "national_gases": N_("Gas group in which totals are shown"),
    "gwp_set": N_("GWP set of that group"),
    "scheme": N_("Emissions trading scheme that covers part of the model, by its code among the parameters"),
    "scheme_places": N_("Group of places that the scheme covers"),
}
REQUIRED = ("regions", "sectors", "devices", "services", "output", "life")
