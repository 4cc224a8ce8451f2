"""From tables to a :class:`~trunghoa.pathways.enduse.model.Model`; every fault is named with its row."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from trunghoa.quantities import N_, InputError, Problem

from ..lp import Floats
from .checking import Settings, check_members
from .expand import Expander, Key
from .limits import LimitReader
from .model import Links, Model, Retrofits, Stock
from .schema import VALUES
from .tables import ALL, Record, Tables


def compile_model(tables: Tables) -> Model:
    """Check a model's tables and turn them into arrays.

    Raises
    ------
    InputError
        with one Problem for each thing wrong: members that are not declared, rows that name nothing, values
        that stand twice, missing lives or costs, limits that contradict each other.
    """
    problems: list[Problem] = []
    check_members(tables, problems)
    settings = Settings(tables, problems)
    if problems:
        raise InputError(problems)
    expander = Expander(settings.years, problems)
    live = _live_devices(tables)
    outputs, services = _links(tables, expander, "output", live)
    inputs, uses = _links(tables, expander, "input", live)
    services = _with_demanded(tables, services)
    emissions, gases_at = _emissions(tables, expander, live, uses, inputs)
    changed_outputs = _changed(
        outputs, 1 + _change(tables, expander, "output_change", live, services, outputs)
    )
    changed_inputs = _changed(inputs, 1 + _change(tables, expander, "input_change", live, uses, inputs))
    emissions = _with_energy(emissions, changed_inputs, uses, gases_at, tables, expander)
    reader = LimitReader(tables, expander, live, services, uses, gases_at, changed_outputs)
    device = _DeviceArrays(tables, expander, live, settings.discount_rate)
    model = Model(
        tables=tables,
        years=settings.years,
        intervals=settings.intervals,
        devices=live,
        services=services,
        uses=uses,
        gases_at=gases_at,
        life=device.life,
        shape=device.shape,
        hurdle=device.hurdle,
        capital=device.capital,
        operating=device.series("operating_cost", 0.0),
        subsidy=device.series("subsidy", 0.0),
        rate=1 + device.series("operating_change", 0.0),
        full=device.series("fully_operated", 0.0)[0] > 0,
        replacement=device.series("replacement_cost", np.nan),
        outputs=changed_outputs,
        inputs=changed_inputs,
        emissions=emissions,
        demand=_demand(tables, expander, services, changed_outputs),
        surplus=expander.series(
            VALUES["service_surplus"], tables.records("service_surplus"), services, np.inf
        ),
        price=expander.series(VALUES["energy_price"], tables.records("energy_price"), uses, 0.0),
        tax=reader.tax(),
        stock=_stock(tables, live, settings.stock_year, problems),
        stock_year=settings.stock_year,
        retrofits=_retrofits(tables, expander, live),
        shares=reader.shares(),
        recruitment=reader.recruitment(),
        stock_limits=reader.stock_limits(),
        supply=reader.supply(),
        emission_limits=reader.emission_limits(),
        intensity_limits=reader.intensity_limits(),
        kept_prices=reader.kept_prices(),
        balances=reader.balances(changed_inputs),
        discount_rate=settings.discount_rate,
        foresight=settings.foresight,
        window=settings.window,
        step=settings.step,
        notices=(*tables.notices, *_notices(tables, services)),
    )
    if problems:
        raise InputError(sorted(dict.fromkeys(problems), key=lambda p: (p.file, p.row or 0)))
    return model


def _live_devices(tables: Tables) -> tuple[Key, ...]:
    """(region, sector, device) that give a service, use energy or emit."""
    found: dict[Key, None] = {}
    for name in ("output", "input", "process_emission"):
        for record in tables.records(name):
            region, sector, device = record.keys[:3]
            if ALL in (sector, device):
                continue
            for code in tables.codes("regions") if region == ALL else (region,):
                found.setdefault((code, sector, device))
    return tuple(found)


def _links(
    tables: Tables, expander: Expander, name: str, live: Sequence[Key]
) -> tuple[Links, tuple[Key, ...]]:
    """Links of a table whose last key is a service or energy, and what they link to."""
    records = tables.records(name)
    others = list(dict.fromkeys(r.keys[3] for r in records))
    table = VALUES[name]
    found = expander.by_target(table, records, [(*d, o) for d in live for o in others])
    device: list[int] = []
    other: list[int] = []
    columns: list[Floats] = []
    places: dict[Key, int] = {}
    for position, values in sorted(found.items()):
        n, code = divmod(position, len(others))
        region, sector, _ = live[n]
        device.append(n)
        other.append(places.setdefault((region, sector, others[code]), len(places)))
        columns.append(values)
    shape = (len(expander.years), 0)
    values_by_year = np.array(columns).T if columns else np.zeros(shape)
    return Links(np.array(device, np.int32), np.array(other, np.int32), values_by_year), tuple(places)


def _with_demanded(tables: Tables, services: tuple[Key, ...]) -> tuple[Key, ...]:
    """Services that are asked for, even where no device gives them: the compile step refuses those."""
    asked = (r.keys for r in tables.records("demand") if ALL not in r.keys)
    return tuple(dict.fromkeys([*services, *asked]))


def _change(
    tables: Tables, expander: Expander, name: str, live: Sequence[Key], others: Sequence[Key], links: Links
) -> Floats:
    pairs = [(*live[d], others[o][2]) for d, o in zip(links.device, links.other, strict=True)]
    return expander.series(VALUES[name], tables.records(name), pairs, 0.0)


def _changed(links: Links, factor: Floats) -> Links:
    return Links(links.device, links.other, links.values * factor)


def _emissions(
    tables: Tables, expander: Expander, live: Sequence[Key], uses: Sequence[Key], inputs: Links
) -> tuple[Links, tuple[Key, ...]]:
    """Process emissions, and the (region, sector, gas) that occur."""
    links, places = _links(tables, expander, "process_emission", live)
    gases = list(dict.fromkeys(r.keys[3] for r in tables.records("emission_factor")))
    from_energy = [(region, sector, gas) for region, sector, _ in uses for gas in gases]
    return links, tuple(dict.fromkeys([*places, *from_energy]))


def _with_energy(
    process: Links,
    inputs: Links,
    uses: Sequence[Key],
    gases_at: Sequence[Key],
    tables: Tables,
    expander: Expander,
) -> Links:
    """Add Σ_k gas_ikm (1+ξ) e_lk to the process emissions: emissions per activity."""
    records = tables.records("emission_factor")
    gases = list(dict.fromkeys(r.keys[3] for r in records))
    found = expander.by_target(VALUES["emission_factor"], records, [(*use, g) for use in uses for g in gases])
    position = {key: n for n, key in enumerate(gases_at)}
    device, other, columns = [process.device], [process.other], [process.values]
    by_use: dict[int, list[tuple[int, Floats]]] = {}
    for place, values in found.items():
        use, gas = divmod(place, len(gases))
        region, sector, _ = uses[use]
        by_use.setdefault(use, []).append((position[region, sector, gases[gas]], values))
    for use, factors in by_use.items():
        taking = np.flatnonzero(inputs.other == use)
        for gas_at, values in factors:
            device.append(inputs.device[taking])
            other.append(np.full(taking.size, gas_at, np.int32))
            columns.append(inputs.values[:, taking] * values[:, None])
    return Links(np.concatenate(device), np.concatenate(other), np.concatenate(columns, axis=1))


class _DeviceArrays:
    """Arrays over devices; what a device cannot do without is missed by name."""

    def __init__(
        self, tables: Tables, expander: Expander, live: Sequence[Key], discount_rate: float | None
    ) -> None:
        self.tables, self.expander, self.live = tables, expander, live
        codes = [(device,) for _, _, device in live]
        unique = list(dict.fromkeys(codes))
        order = [unique.index(code) for code in codes]
        life = expander.series(VALUES["life"], tables.records("life"), unique, np.nan)[0][order]
        self.life: Floats = life
        self.shape = expander.series(
            VALUES["weibull_shape"], tables.records("weibull_shape"), unique, np.nan
        )[0][order]
        default = np.nan if discount_rate is None else discount_rate
        self.hurdle: Floats = self.series("hurdle_rate", default)[0]
        self.capital = self.series("capital_cost", np.nan)
        for name, values, hint in (
            ("life", self.life, N_("Add its life in years.")),
            ("hurdle_rate", self.hurdle, N_("Add a row, or a discount_rate to the settings.")),
            ("capital_cost", self.capital[0], N_("Add a row; write 0 if a unit costs nothing.")),
        ):
            expander.problems += [
                Problem(
                    N_("There is no row for “%(value)s”."), hint, f"{name}.csv", None, "device", " ".join(key)
                )
                for key, value in zip(live, values, strict=True)
                if np.isnan(value)
            ]

    def series(self, name: str, default: float) -> Floats:
        return self.expander.series(VALUES[name], self.tables.records(name), self.live, default)


def _demand(tables: Tables, expander: Expander, services: Sequence[Key], outputs: Links) -> Floats:
    records = tables.records("demand")
    demand = expander.series(VALUES["demand"], records, services, 0.0)
    inside = np.array(
        [bool(tables.members["services"][j].own.get("commodity")) for _, _, j in services], bool
    )
    given = np.isin(np.arange(len(services)), outputs.other)
    for n, key in enumerate(services):
        if inside[n] and demand[:, n].any():
            message = N_("“%(value)s” is a service inside the model and cannot be demanded.")
        elif not given[n] and demand[:, n].any():
            message = N_("No device gives “%(value)s”.")
        else:
            continue
        asked = next((r for r in records if r.keys == key), None) or records[0]
        expander.problems.append(asked.problem(message, "service", value=" ".join(key)))
    demand[:, inside] = np.nan
    return demand


def _stock(tables: Tables, live: Sequence[Key], stock_year: int, problems: list[Problem]) -> Stock:
    position = {key: n for n, key in enumerate(live)}
    device: list[int] = []
    vintage: list[int] = []
    units: list[float] = []
    seen: dict[Key, Record] = {}
    for record in tables.records("stock"):
        key, year = record.keys[:3], int(record.keys[3])
        if key not in position:
            problems.append(
                record.problem(
                    N_("“%(value)s” names nothing that the model has."), "device", value=" ".join(key)
                )
            )
        elif record.keys in seen:
            problems.append(record.problem(N_("“%(value)s” stands twice."), "vintage", value=record.keys[3]))
        elif year > stock_year:
            problems.append(
                record.problem(
                    N_("The vintage %(value)s lies after the year of the stock, %(limit)s."),
                    "vintage",
                    value=record.keys[3],
                    limit=str(stock_year),
                )
            )
        else:
            device.append(position[key])
            vintage.append(year)
            units.append(record.value)
        seen[record.keys] = record
    return Stock(np.array(device, np.int32), np.array(vintage, np.int32), np.array(units, float))


def _retrofits(tables: Tables, expander: Expander, live: Sequence[Key]) -> Retrofits:
    records = tables.records("retrofit_cost")
    targets = list(dict.fromkeys(r.keys[3] for r in records))
    pairs = [(*d, to) for d in live for to in targets]
    found = expander.by_target(VALUES["retrofit_cost"], records, pairs)
    position = {key: n for n, key in enumerate(live)}
    chosen = [pairs[p] for p in sorted(found)]
    for key in chosen:
        if (*key[:2], key[3]) not in position or key[2] == key[3]:
            row = next((r for r in records if r.keys[3] == key[3]), records[0])
            expander.problems.append(
                row.problem(N_("A unit cannot be turned into “%(value)s” there."), "to", value=" ".join(key))
            )
    chosen = [key for key in chosen if (*key[:2], key[3]) in position and key[2] != key[3]]
    cost = (
        np.array([found[pairs.index(key)] for key in chosen]).T
        if chosen
        else np.zeros((len(expander.years), 0))
    )
    subsidy = expander.series(VALUES["retrofit_subsidy"], tables.records("retrofit_subsidy"), chosen, 0.0)
    return Retrofits(
        np.array([position[key[:3]] for key in chosen], np.int32),
        np.array([position[(*key[:2], key[3])] for key in chosen], np.int32),
        cost * (1 - subsidy),
    )


def _notices(tables: Tables, services: Sequence[Key]) -> list[Problem]:
    asked = {r.keys[2] for r in tables.records("demand")}
    return [
        Problem(
            N_("The final service “%(value)s” has no demand."),
            "",
            "demand.csv",
            None,
            "service",
            " ".join(key),
        )
        for key in services
        if not tables.members["services"][key[2]].own.get("commodity") and key[2] not in asked
    ]
