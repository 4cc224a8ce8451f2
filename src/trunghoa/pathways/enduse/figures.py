"""Figures of a solved scenario: the numbers people cite."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from trunghoa.quantities import Figure, Period, PlaceKey, Quality, Status, from_float

from ..lp import Floats
from .balance import emissions_by_category
from .model import Model
from .solution import Result

SYSTEM = "S1"
LAND, WITHOUT_LAND = "lulucf", "without_lulucf"
_CO2E = {"t": "tCO2e", "kt": "ktCO2e", "Mt": "MtCO2e", "Gt": "GtCO2e"}
_MILLIONS = re.compile(r"MUSD(\d{4})?")
# What a solve leaves of an amount below this is the solver's dust.
_DUST = 1e-9


@dataclass(frozen=True)
class About:
    """What the figures of a scenario have in common."""

    place: PlaceKey
    scenario: str
    quality: Quality
    source: str


def figures(result: Result, about: About) -> Iterator[Figure]:
    """Emissions by category and in all, generation, capacity, cost, investment and carbon price.

    Emissions in all stand without a category, those without forest and land use under ``without_lulucf``.
    Nothing is given for what the model names no unit of.
    """
    if not result.optimal:
        return
    yield from _emissions(result, about)
    yield from _power(result, about)
    yield from _money(result, about)


def co2e_unit(model: Model) -> str:
    """Unit of the group of gases that totals are shown in; empty where its gases have not one unit."""
    settings, groups = model.tables.settings, model.tables.groups
    rows = groups.get("gas_groups", {}).get(settings.get("national_gases", ""), ())
    units = {model.tables.members["gases"][row.cells[0]].own.get("unit", "") for row in rows}
    return _CO2E.get(units.pop(), "") if len(units) == 1 and settings.get("gwp_set") else ""


def _series(
    result: Result,
    about: About,
    kind: str,
    values: Floats,
    unit: str,
    *,
    category: str = "",
    gwp_set: str = "",
) -> Iterator[Figure]:
    for year, value in zip(result.model.years, values.tolist(), strict=True):
        if np.isfinite(value):
            yield Figure(
                system=SYSTEM,
                kind=kind,
                place=about.place,
                period=Period.year(year),
                amount=from_float(0.0 if abs(value) < _DUST else value),
                unit=unit,
                status=Status.PROJECTED,
                quality=about.quality,
                source=about.source,
                method=f"AIM/Enduse, {result.foresight} foresight",
                gwp_set=gwp_set,
                scenario=about.scenario,
                category=category,
            )


def _emissions(result: Result, about: About) -> Iterator[Figure]:
    settings, unit = result.model.tables.settings, co2e_unit(result.model)
    if not unit:
        return
    by_category = emissions_by_category(result, settings["national_gases"])
    total: Floats = np.sum(list(by_category.values()), axis=0)
    by_category[""] = total
    if LAND in by_category:
        by_category[WITHOUT_LAND] = total - by_category[LAND]
    for category, values in by_category.items():
        yield from _series(
            result, about, "pathways.emissions", values, unit, category=category, gwp_set=settings["gwp_set"]
        )


def generation_commodity(model: Model) -> str:
    """The commodity made inside the model that is shown as generation: electricity, if there is any."""
    members = model.tables.members["services"]
    made = [members[service].own.get("commodity", "") for _, _, service in model.services]
    electric = [c for c in made if "elec" in c.lower() or c.lower() in ("power", "ele")]
    return next(iter(electric), "")


def _power(result: Result, about: About) -> Iterator[Figure]:
    """Output of each device that makes electricity, and its stock where that is a power."""
    model, members = result.model, result.model.tables.members
    commodity = generation_commodity(model)
    if not commodity:
        return
    made: dict[str, Floats] = {}
    units: dict[str, str] = {}
    for n, (device, service) in enumerate(zip(model.outputs.device, model.outputs.other, strict=True)):
        own = members["services"][model.services[service][2]].own
        if own.get("commodity") == commodity:
            code = model.devices[device][2]
            output = model.outputs.values[:, n] * result.operation[:, device]
            made[code] = made.get(code, 0.0) + output
            units[code] = own.get("unit", "")
    for code, values in made.items():
        if units[code] in ("PJ", "TJ", "TWh", "GWh"):
            yield from _there(
                _series(result, about, "pathways.generation", values, units[code], category=code)
            )
        unit = members["devices"][code].own.get("unit", "")
        if unit in ("GW", "MW"):
            standing = sum(result.stock[:, n] for n, key in enumerate(model.devices) if key[2] == code)
            yield from _there(
                _series(result, about, "pathways.capacity", np.asarray(standing), unit, category=code)
            )


def _there(made: Iterator[Figure]) -> Iterator[Figure]:
    """Leave out the years in which a device is not there."""
    return (figure for figure in made if figure.amount)


def _money(result: Result, about: About) -> Iterator[Figure]:
    """Yearly cost as AIM/Enduse counts it without what is paid for emissions; investment; carbon price."""
    model = result.model
    if not _MILLIONS.fullmatch(model.tables.settings.get("currency", "")):
        return
    parts = result.cost()
    cost = np.asarray(sum(v for k, v in parts.items() if k not in ("standing", "emission_payment")))
    yield from _series(result, about, "pathways.cost", cost, "MUSD")
    spans = zip(model.years, model.intervals.tolist(), strict=True)
    invested = _series(result, about, "pathways.investment", result.investment().sum(axis=1), "MUSD")
    for figure, (year, span) in zip(invested, spans, strict=True):
        yield replace(figure, period=Period.years(year - span + 1, year))
    if co2e_unit(model) == "MtCO2e":
        yield from _series(result, about, "pathways.carbon_price", carbon_price(result), "USD/t")


def carbon_price(result: Result) -> Floats:
    """Tax plus the dearest marginal cost of a limit, money per unit of CO2e, (T,)."""
    model, weights = result.model, result.model.gas_weights
    taxed = weights > 0
    tax = (result.gas_price[:, taxed] / weights[taxed]).max(axis=1, initial=0.0)
    limits = [np.nan_to_num(values) for values in result.marginal.values()]
    dearest = np.max(limits, axis=0) if limits else np.zeros(len(model.years))
    return np.asarray(tax + dearest)
