"""A solved model as tables of names, years and amounts: what pages show and files hold.

Every table is ``{"keys": [...], "rows": [[key, ..., unit, [amount by solved year]], ...]}``; amounts keep the
model's units, and a year of no price or no limit is None.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..lp import Floats
from .solution import Result

Rows = list[list[Any]]
PLACE = ["region", "sector"]


def account(result: Result) -> dict[str, Any]:
    """Summary, solved years, names and all tables of a result, as plain data.

    Returns
    -------
    ``summary`` (see :meth:`Result.summary`), ``years``, ``intervals``, ``settings``, ``members`` by table and
    code (names and own columns) and ``tables``:

    service, energy, emission, co2e : by region and sector, and what it is
    output, use, device_co2e, stock, recruited, investment : by device
    cost : by kind, undiscounted money of a year
    carbon_price : tax, and marginal cost of each emission limit, money per unit of the gas group
    service_value : marginal cost of a final service
    """
    model = result.model
    tables = model.tables
    return {
        "summary": {**result.summary(), "iterations": result.iterations},
        "years": list(model.years),
        "intervals": model.intervals.tolist(),
        "settings": dict(tables.settings),
        "quality": tables.quality.value,
        "members": {
            name: {code: {"names": dict(m.names), "own": dict(m.own)} for code, m in found.items()}
            for name, found in tables.members.items()
        },
        "tables": _tables(result) if result.optimal else {},
    }


def _tables(result: Result) -> dict[str, Any]:
    m = result.model
    own = m.tables.members
    money = m.tables.settings.get("currency", "")

    def unit(table: str, code: str, column: str = "unit") -> str:
        found = own.get(table, {}).get(code)
        return found.own.get(column, "") if found else ""

    gas_unit = co2e_unit(result)
    device_unit = [unit("devices", d[2]) for d in m.devices]
    activity = [unit("devices", d[2], "activity_unit") for d in m.devices]
    return {
        "service": _table(
            [*PLACE, "service"], m.services, [unit("services", s[2]) for s in m.services], result.service
        ),
        "energy": _table([*PLACE, "energy"], m.uses, [unit("energies", k[2]) for k in m.uses], result.energy),
        "emission": _table(
            [*PLACE, "gas"], m.gases_at, [unit("gases", g[2]) for g in m.gases_at], result.emissions
        ),
        "co2e": _table([*PLACE, "gas"], m.gases_at, [gas_unit] * len(m.gases_at), result.co2e),
        "output": _table(
            [*PLACE, "device", "service"],
            [
                (*m.devices[d], m.services[s][2])
                for d, s in zip(m.outputs.device, m.outputs.other, strict=True)
            ],
            [unit("services", m.services[s][2]) for s in m.outputs.other],
            m.outputs.values * result.operation[:, m.outputs.device],
        ),
        "use": _table(
            [*PLACE, "device", "energy"],
            [(*m.devices[d], m.uses[k][2]) for d, k in zip(m.inputs.device, m.inputs.other, strict=True)],
            [unit("energies", m.uses[k][2]) for k in m.inputs.other],
            result.device_energy,
        ),
        "device_co2e": _summed(
            [*PLACE, "device"],
            [m.devices[d] for d in m.emissions.device],
            gas_unit,
            result.device_emissions * m.gas_weights[m.emissions.other],
        ),
        "activity": _table([*PLACE, "device"], m.devices, activity, result.operation),
        "stock": _table([*PLACE, "device"], m.devices, device_unit, result.stock),
        "recruited": _table([*PLACE, "device"], m.devices, device_unit, result.new + result.replaced),
        "investment": _table([*PLACE, "device"], m.devices, [money] * len(m.devices), result.investment()),
        "cost": _named(["kind"], (([kind], money, values) for kind, values in result.cost().items())),
        "carbon_price": _named(["kind", "places", "gases"], _prices(result, money, gas_unit)),
        "service_value": _table(
            [*PLACE, "service"],
            m.services,
            [f"{money}/{unit('services', s[2])}" for s in m.services],
            result.service_value,
        ),
    }  # fmt: skip


def co2e_unit(result: Result) -> str:
    """The unit of the gases that totals are shown in; all have one, or totals have none."""
    m = result.model
    group = m.tables.settings.get("national_gases", "")
    codes = [row.cells[0] for row in m.tables.groups.get("gas_groups", {}).get(group, ())]
    gases = m.tables.members.get("gases", {})
    units = {gases[c].own.get("unit", "") for c in codes or gases if c in gases}
    return units.pop() if len(units) == 1 else ""


def _prices(result: Result, money: str, gas_unit: str) -> Iterable[tuple[list[str], str, Floats]]:
    m = result.model
    unit = f"{money}/{gas_unit}" if gas_unit else money
    weights = m.gas_weights
    taxed = weights > 0
    if taxed.any():
        tax = (result.gas_price[:, taxed] / weights[taxed]).max(axis=1)
        yield ["tax", "*", m.tables.settings.get("national_gases", "*")], unit, tax
    for number, values in result.marginal.items():
        keys = m.emission_limits[number].limit.keys
        yield ["limit", *keys], unit, values


def _table(
    keys: list[str], index: Sequence[tuple[str, ...]], units: Sequence[str], values: Floats
) -> dict[str, Any]:
    rows = ((list(key), unit, values[:, n]) for n, (key, unit) in enumerate(zip(index, units, strict=True)))
    return _named(keys, rows)


def _summed(keys: list[str], index: Sequence[tuple[str, ...]], unit: str, values: Floats) -> dict[str, Any]:
    found = list(dict.fromkeys(index))
    place = {key: n for n, key in enumerate(found)}
    total: NDArray[np.float64] = np.zeros((values.shape[0], len(found)))
    np.add.at(total.T, np.array([place[key] for key in index], dtype=np.intp), values.T)
    return _table(keys, found, [unit] * len(found), total)


def _named(keys: list[str], rows: Iterable[tuple[list[str], str, Floats]]) -> dict[str, Any]:
    return {"keys": keys, "rows": [[*key, unit, _numbers(values)] for key, unit, values in rows]}


def _numbers(values: Floats) -> list[float | None]:
    return [None if np.isnan(v) else float(v) for v in values]
