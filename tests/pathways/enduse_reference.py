"""AIM/Enduse written down once more, equation by equation, as the field writes it: slow and independent.

One program a year with its accounting variables (VD, VE, VQ, VS, RES), solved by SciPy. It shares no code
with the kernel; only the case it reads has the same fields.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
from scipy.optimize import linprog


@dataclass
class Device:
    life: int
    rate: float
    capital: float
    operating: float
    service: str
    output: float
    inputs: dict[str, float]
    shape: float | None = None
    gives_internal: bool = False


@dataclass
class Case:
    """One region, one sector; energies of ``internal`` are made by devices whose service has that name."""

    years: list[int]
    devices: dict[str, Device]
    price: dict[str, float]
    factor: dict[str, float]
    demand: dict[str, dict[int, float]]
    internal: set[str] = field(default_factory=set)
    stock: dict[tuple[str, int], float] = field(default_factory=dict)
    tax: dict[int, float] = field(default_factory=dict)
    cap: dict[int, float] = field(default_factory=dict)
    recruit_max: dict[str, float] = field(default_factory=dict)
    share_max: dict[str, float] = field(default_factory=dict)
    share_min: dict[str, float] = field(default_factory=dict)
    stock_max: dict[str, float] = field(default_factory=dict)
    exhaustible: dict[str, float] = field(default_factory=dict)
    retrofit: dict[tuple[str, str], float] = field(default_factory=dict)
    replacement: dict[str, float] = field(default_factory=dict)


def survives(device: Device, vintage: int, since: int, year: int) -> float:
    age = year - vintage
    if device.shape is None:
        return 1.0 if age < device.life else 0.0
    part = lambda a: math.exp(-((a / device.life) ** device.shape))  # noqa: E731
    return part(age) / part(max(0, since - vintage))


def pay(rate: float, years: float) -> float:
    return rate * (1 + rate) ** years / ((1 + rate) ** years - 1) if rate else 1 / years


def recursive(case: Case) -> list[dict[str, float]] | None:
    """Cost, emissions and operation by year; None where a year cannot be solved."""
    stock, since = dict(case.stock), case.years[0]
    left = dict(case.exhaustible)
    found = []
    for n, year in enumerate(case.years):
        length = 1 if n == 0 else year - case.years[n - 1]
        before = dict(stock)
        stock = {
            key: units * survives(case.devices[key[0]], key[1], since, year) for key, units in stock.items()
        }
        retired = {
            device: sum(before[k] - stock[k] for k in stock if k[0] == device) for device in case.devices
        }
        solved = one_year(case, year, length, stock, retired, left)
        if solved is None:
            return None
        cost, emissions, operation, recruited, replaced, retrofits, used = solved
        for (device, to, vintage), units in retrofits.items():
            stock[device, vintage] = stock.get((device, vintage), 0.0) - units
            stock[to, vintage] = stock.get((to, vintage), 0.0) + units
        for device in case.devices:
            for vintage in range(year - length + 1, year + 1):
                units = recruited[device] + replaced.get(device, 0.0)
                stock[device, vintage] = stock.get((device, vintage), 0.0) + units
        stock = {key: max(0.0, units) for key, units in stock.items()}
        for energy in left:
            left[energy] = max(0.0, left[energy] - used[energy] * length)
        since = year
        found.append({"cost": cost, "emissions": emissions, **operation})
    return found


def one_year(case, year, length, stock, retired, left):
    names = list(case.devices)
    energies, services = list(case.price), sorted({d.service for d in case.devices.values()})
    fresh = year - length + 1
    ways = [
        (a, b, v)
        for (a, b) in case.retrofit
        for v in sorted({v for (_, v) in stock})
        if v < fresh and all(case.devices[n].shape or year - v < case.devices[n].life for n in (a, b))
    ]
    columns = (
        [("X", d) for d in names] + [("R", d) for d in names] + [("S", d) for d in names]
        + [("RES", d) for d in names] + [("P", d) for d in case.replacement] + [("C", *w) for w in ways]
        + [("VD", s) for s in services] + [("VE", k) for k in energies] + [("VQ",)]
    )  # fmt: skip
    at = {key: n for n, key in enumerate(columns)}
    cost = np.zeros(len(columns))
    for d, device in case.devices.items():
        cost[at["X", d]] = device.operating
        cost[at["R", d]] = device.capital * pay(device.rate, device.life) * length
    for d, price in case.replacement.items():
        cost[at["P", d]] = price * pay(case.devices[d].rate, case.devices[d].life) * length
    for a, b, v in ways:
        rest = max(1, case.devices[a].life - (year - v))
        cost[at["C", a, b, v]] = case.retrofit[a, b] * pay(case.devices[b].rate, rest)
    for k in energies:
        cost[at["VE", k]] = case.price[k]
    cost[at["VQ",]] = case.tax.get(year, 0.0)
    equal, same, below, most = [], [], [], []

    def row(terms, rows, bound, bounds):
        line = np.zeros(len(columns))
        for key, value in terms:
            line[at[key]] += value
        rows.append(line)
        bounds.append(bound)

    for s in services:
        terms = [(("X", d), -device.output) for d, device in case.devices.items() if device.service == s]
        row([(("VD", s), 1.0), *terms], equal, 0.0, same)
        if s in case.internal:
            row([(("VE", s), 1.0), (("VD", s), -1.0)], below, 0.0, most)
        else:
            row([(("VD", s), -1.0)], below, -case.demand[s][year], most)
    for k in energies:
        terms = [(("X", d), -device.inputs.get(k, 0.0)) for d, device in case.devices.items()]
        row([(("VE", k), 1.0), *terms], equal, 0.0, same)
        if k in left:
            row([(("VE", k), 1.0)], below, left[k] / length, most)
    row([(("VQ",), 1.0), *[(("VE", k), -case.factor[k]) for k in energies]], equal, 0.0, same)
    for d, device in case.devices.items():
        row([(("X", d), 1.0), (("S", d), -1.0), (("RES", d), 1.0)], equal, 0.0, same)
        terms = [(("C", a, b, v), 1.0 if a == d else -1.0) for a, b, v in ways if d in (a, b)]
        again = [(("P", d), -float(length))] if d in case.replacement else []
        standing = sum(units for (name, _), units in stock.items() if name == d)
        row([(("S", d), 1.0), (("R", d), -float(length)), *terms, *again], equal, standing, same)
        for v in sorted({v for _, v in stock}):
            leaving = [
                (("C", a, b, w), 1.0 if a == d else -1.0) for a, b, w in ways if w == v and d in (a, b)
            ]
            if leaving:
                row(leaving, below, stock.get((d, v), 0.0), most)
        if d in case.recruit_max:
            row([(("R", d), 1.0)], below, case.recruit_max[d], most)
        if d in case.stock_max:
            row([(("S", d), 1.0)], below, case.stock_max[d], most)
        if d in case.share_max:
            row([(("X", d), device.output), (("VD", device.service), -case.share_max[d])], below, 0.0, most)
        if d in case.share_min:
            row([(("X", d), -device.output), (("VD", device.service), case.share_min[d])], below, 0.0, most)
        if d in case.replacement:
            row([(("P", d), float(length))], below, retired[d], most)
    if year in case.cap:
        row([(("VQ",), 1.0)], below, case.cap[year], most)
    free = [(None, None) if key[0] in ("VE", "VQ") else (0, None) for key in columns]
    solved = linprog(
        cost, A_ub=np.array(below) if below else None, b_ub=most or None, A_eq=np.array(equal), b_eq=same,
        bounds=free, method="highs",
    )  # fmt: skip
    if solved.status != 0:
        return None
    x = solved.x
    return (
        float(solved.fun),
        float(x[at["VQ",]]),
        {d: float(x[at["X", d]]) for d in names},
        {d: float(x[at["R", d]]) for d in names},
        {d: float(x[at["P", d]]) for d in case.replacement},
        {w: float(x[at["C", *w]]) for w in ways if x[at["C", *w]] > 1e-12},
        {k: float(x[at["VE", k]]) for k in energies},
    )
