"""Ready-made IAMC variables: say what each technology, fuel and emission is, and the rules follow.

OSeMOSYS data do not say that ``MINCOA`` is coal mined or ``PWRWND`` wind power; a table of roles does, one
row per member. From it follow the variables with their totals, units and conversions, so nobody writes rules
by hand. Names and units are those of the IAMC's common template as used for AR6.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path

from trunghoa.quantities import N_, InputError, ModelError, Problem, conversion

from .iamc import PRICE, Rule
from .model import Model
from .schema import E, F, T

_CCS = ("Coal", "Gas", "Oil", "Biomass")
SOURCES = (
    *_CCS,
    *(f"{source}|{with_or_without} CCS" for source in _CCS for with_or_without in ("w/", "w/o")),
    "Nuclear", "Hydro", "Solar", "Solar|PV", "Solar|CSP", "Wind", "Wind|Onshore", "Wind|Offshore",
    "Geothermal", "Ocean", "Other",
)  # fmt: skip
PRIMARY = (
    "Coal",
    "Gas",
    "Oil",
    "Biomass",
    "Nuclear",
    "Hydro",
    "Solar",
    "Wind",
    "Geothermal",
    "Ocean",
    "Other",
)
SECTORS = (
    "Industry", "Transportation", "Residential and Commercial", "Residential and Commercial|Residential",
    "Residential and Commercial|Commercial", "Other Sector",
)  # fmt: skip
CARRIERS = (
    "Electricity", "Gases", "Liquids", "Solids", "Solids|Biomass", "Solids|Coal", "Heat", "Hydrogen",
    "Geothermal", "Solar",
)  # fmt: skip
SPECIES = {
    "CO2": ("Mt", "CO2"), "CH4": ("Mt", "CH4"), "N2O": ("kt", "N2O"), "Kyoto Gases": ("Mt", "CO2-equiv"),
    "F-Gases": ("Mt", "CO2-equiv"),
}  # fmt: skip
ROLES: Mapping[str, tuple[str, ...]] = {
    T: (
        *(f"Electricity|{name}" for name in SOURCES),
        *(f"Primary Energy|{name}" for name in PRIMARY),
        *(f"Final Energy|{name}" for name in SECTORS),
    ),
    F: CARRIERS,
    E: tuple(SPECIES),
}
"""What a member can be: power plants by source, supply of primary energy, use by sector; carriers; gases."""

_BILLION = {"thousand": 1e-6, "million": 1e-3, "billion": 1.0, None: 1e-9}
_MONEY = re.compile(r"(?:(thousand|million|billion) +)?((?:US\$|[A-Z]{3})(?:_?\d{4})?)")
_MASS = re.compile(r"(Mt|kt|t|kg|Tg|Gg|Mg)(?=$|\s|CO2|CH4|N2O)")


@dataclass(frozen=True)
class Role:
    """What one member of a set is: ``Role("TECHNOLOGY", "PWRWND", "Electricity|Wind|Onshore")``."""

    set: str
    member: str
    name: str


def read_roles(path: Path, model: Model) -> list[Role]:
    """Read roles from a CSV file with the columns set, member, name.

    Raises
    ------
    InputError
        with file, row and field: a set without roles, a member that the model lacks, a name that is none.
    """
    with path.open(encoding="utf-8-sig", newline="") as stream:
        rows = [{k: (v or "").strip() for k, v in row.items() if k} for row in csv.DictReader(stream)]
    roles = [Role(row.get("set", ""), row.get("member", ""), row.get("name", "")) for row in rows]
    problems = list(_problems(model, roles, path.name, first=2))
    if problems:
        raise InputError(problems)
    return roles


def _problems(model: Model, roles: Sequence[Role], file: str = "", first: int = 1) -> Iterator[Problem]:
    for row, role in enumerate(roles, first):
        known = ROLES.get(role.set, ())
        checks = (
            ("set", role.set, tuple(ROLES), ", ".join(ROLES)),
            ("member", role.member, model.sets.get(role.set, ()), role.set),
            ("name", role.name, known, f"{role.set}: {', '.join(known)}"),
        )
        for field, value, allowed, limit in checks:
            if value not in allowed:
                yield Problem(
                    N_("“%(value)s” is not a member of the set %(limit)s."),
                    N_("Correct the name, or add it to the set."),
                    file, row, field, value, limit,
                )  # fmt: skip
                break


def without_role(model: Model, roles: Sequence[Role]) -> dict[str, tuple[str, ...]]:
    """Technologies and emissions that no variable counts, by set; what is only passed on needs no role."""
    named = {(role.set, role.member) for role in roles}
    return {s: tuple(m for m in model.sets.get(s, ()) if (s, m) not in named) for s in (T, E)}


def standard_rules(model: Model, roles: Sequence[Role]) -> list[Rule]:
    """The rules of :func:`iamc` that follow from roles.

    Primary Energy by source; Secondary Energy, Capacity, Capacity Additions and Investment|Energy Supply of
    Electricity by source; Final Energy by sector and carrier; Emissions by gas and of power plants;
    Price|Carbon: each with its totals on every level above.

    Raises
    ------
    InputError
        A role names what is not there.
    ModelError
        There are power plants and no fuel is Electricity; the model's ``units`` lack one that is needed.
    UnitError
        A unit does not convert.

    Notes
    -----
    Totals are sums of what has a role, so a technology that only passes electricity on (a grid) gets none and
    is not counted twice.
    """
    problems = list(_problems(model, roles))
    if problems:
        raise InputError(problems)
    of = _Members(roles)
    return [
        *_energy(model, of),
        *_power(model, of),
        *_emissions(model, of),
    ]


class _Members:
    """Members by set and role."""

    def __init__(self, roles: Sequence[Role]) -> None:
        self.roles = roles

    def under(self, kind: str, prefix: str) -> tuple[str, ...]:
        """Members whose role is the prefix or lies under it."""
        return tuple(
            r.member
            for r in self.roles
            if r.set == kind and (r.name == prefix or r.name.startswith(f"{prefix}|"))
        )

    def levels(self, kind: str, prefix: str = "") -> list[str]:
        """Every name at or under the prefix and every total above it, each once."""
        names = [
            r.name for r in self.roles if r.set == kind and r.name.startswith(f"{prefix}|" if prefix else "")
        ]
        every = [level for name in names for level in accumulate(name.split("|"), "{}|{}".format)]
        return [level for level in dict.fromkeys(every) if level.startswith(prefix)]


def _energy(model: Model, of: _Members) -> Iterator[Rule]:
    supply, use = of.levels(T, "Primary Energy"), of.levels(T, "Final Energy")
    if not (supply or use):
        return
    factor = _factor(model, "energy", "EJ")
    for level in supply:
        technologies = {T: of.under(T, level)}
        yield Rule("ProductionByTechnologyAnnual", level, technologies, "EJ/yr", factor)
    for level in use:
        technologies = {T: of.under(T, level)}
        yield Rule("UseByTechnology", level, technologies, "EJ/yr", factor)
        for carrier in of.levels(F):
            members = {**technologies, F: of.under(F, carrier)}
            yield Rule("UseByTechnology", f"{level}|{carrier}", members, "EJ/yr", factor)


def _power(model: Model, of: _Members) -> Iterator[Rule]:
    levels = of.levels(T, "Electricity")
    if not levels:
        return
    if not of.under(F, "Electricity"):
        raise ModelError("There are power plants, and no fuel has the role Electricity: say which one it is.")
    energy, capacity = _factor(model, "energy", "EJ"), _factor(model, "capacity", "GW")
    money, currency = _money(model)
    for level in levels:
        plants = {T: of.under(T, level)}
        sent_out = {**plants, F: of.under(F, "Electricity")}
        yield Rule("ProductionByTechnologyAnnual", f"Secondary Energy|{level}", sent_out, "EJ/yr", energy)
        yield Rule("TotalCapacityAnnual", f"Capacity|{level}", plants, "GW", capacity)
        yield Rule("NewCapacity", f"Capacity Additions|{level}", plants, "GW/yr", capacity)
        unit = f"billion {currency}/yr"
        yield Rule("CapitalInvestment", f"Investment|Energy Supply|{level}", plants, unit, money)


def _emissions(model: Model, of: _Members) -> Iterator[Rule]:
    gases = of.levels(E)
    if not gases:
        return
    plants = of.under(T, "Electricity")
    for gas in gases:
        mass, of_what = SPECIES[gas]
        members, unit = {E: of.under(E, gas)}, f"{mass} {of_what}/yr"
        factor = _factor(model, "emission", mass)
        yield Rule("AnnualEmissions", f"Emissions|{gas}", members, unit, factor)
        if plants:
            supplied = {**members, T: plants}
            variable = f"Emissions|{gas}|Energy|Supply|Electricity"
            yield Rule("AnnualTechnologyEmission", variable, supplied, unit, factor)
    priced = next((gas for gas in ("CO2", "Kyoto Gases") if gas in gases), None)
    if priced:
        money, currency = _money(model)
        per_tonne = money * 1e9 / _factor(model, "emission", "t")
        unit = f"{currency}/t {SPECIES[priced][1]}"
        yield Rule(PRICE, "Price|Carbon", {E: of.under(E, priced)[:1]}, unit, per_tonne)


def _unit(model: Model, measure: str) -> str:
    found = model.units.get(measure, "")
    if not found:
        raise ModelError(
            f"The unit of {measure} is not known: IAMC tables need units. Write it into config.yaml under "
            "“units”."
        )
    return found


def _factor(model: Model, measure: str, target: str) -> float:
    """Factor from the model's unit to the template's."""
    found = _unit(model, measure)
    if measure == "emission":
        mass = _MASS.match(found)
        if mass is None:
            raise ModelError(f"The unit of emission, “{found}”, does not begin with a mass, such as Mt CO2.")
        found = mass.group(1)
    return float(conversion(found, target))


def _money(model: Model) -> tuple[float, str]:
    """Factor from the model's money to billions, and the currency with its year."""
    found = _unit(model, "money")
    parts = _MONEY.fullmatch(found)
    if parts is None:
        raise ModelError(f"The unit of money, “{found}”, is not one such as million US$2010.")
    return _BILLION[parts.group(1)], parts.group(2)
