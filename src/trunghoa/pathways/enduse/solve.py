"""Solving a model year by year, over all years at once, or in windows that roll on."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from trunghoa.quantities import ModelError

from ..lp import Floats
from ..solving import Solution, Solver
from .building import Builder, Built
from .checking import check_foresight
from .explaining import Lack, explain
from .model import Model, Stock
from .schema import Bound
from .solution import Result, Retrofitted
from .stocks import State, cohort_years, first_state, survival

_NOTHING = 1e-12


@dataclass(frozen=True)
class Options:
    """How to solve.

    Parameters
    ----------
    foresight : recursive, perfect or rolling; None takes the model's own
    window, step : solved years of a rolling window, and how many of them are kept; None takes the model's own
    method : simplex or ipm
    time_limit : seconds for the solver in all, None for no limit
    log : called with each line of the solver's log
    stop : asked now and then; the solve ends once it returns True
    progress : called with (solved years done, of how many)
    explain : on an infeasible model, find out why
    """

    foresight: str | None = None
    window: int | None = None
    step: int | None = None
    method: str = "simplex"
    time_limit: float | None = None
    log: Callable[[str], None] | None = None
    stop: Callable[[], bool] | None = None
    progress: Callable[[int, int], None] | None = None
    explain: bool = True


@dataclass
class _Found:
    """Arrays that fill up window by window."""

    operation: Floats
    new: Floats
    replaced: Floats
    stock: Floats
    marginal: dict[int, Floats]
    service_value: Floats
    gas_price: Floats
    credits: Floats
    retrofits: list[tuple[int, int, int, float]]


def solve_model(model: Model, options: Options | None = None) -> Result:
    """Solve a compiled model.

    Raises
    ------
    ModelError
        for a foresight the model's settings do not allow, or an unbounded program (a device that earns
        without limit).
    """
    chosen = options or Options()
    foresight = chosen.foresight or model.foresight
    model = _rolled(model, chosen)
    check_foresight(model, foresight)
    found = _empty(model)
    state = first_state(model)
    seconds = {"build": 0.0, "solve": 0.0}
    status, method, objective, iterations = "optimal", "", 0.0, 0
    size = (0, 0, 0)
    lacks: tuple[Lack, ...] = ()
    for periods, kept in _windows(model, foresight):
        began = time.perf_counter()
        builder = Builder(model, periods, state, discounted=foresight != "recursive")
        built = builder.build()
        size = max(size, built.program.shape)
        seconds["build"] += time.perf_counter() - began
        solution = _run(built, chosen, seconds)
        method, iterations = solution.method, iterations + solution.iterations
        if not solution.optimal:
            status, lacks = _why(model, built, solution, chosen)
            break
        objective = objective + solution.objective if foresight == "recursive" else solution.objective
        _extract(model, builder, built, solution, kept, found)
        state = _next_state(model, built, solution, kept, state, found)
        if chosen.progress:
            chosen.progress(kept[-1] + 1, len(model.years))
    rows, columns, entries = size
    result = Result(
        model, status, foresight, method, objective, found.operation, found.new, found.replaced, found.stock,
        _retrofitted(found), found.marginal, found.service_value, found.gas_price, found.credits, lacks,
        rows, columns, entries, iterations, seconds,
    )  # fmt: skip
    if foresight == "rolling" and result.optimal:
        # A window's own objective ends with the window; what was really kept has its cost over all years.
        return replace(result, objective=discounted_cost(result))
    return result


def _rolled(model: Model, options: Options) -> Model:
    """The model with the windows that were asked for."""
    window, step = options.window or model.window, options.step or model.step
    if not 1 <= step <= window:
        raise ModelError(f"A rolling window of {window} solved years cannot keep {step} of them.")
    return replace(model, window=window, step=step)


def discounted_cost(result: Result) -> float:
    """Discounted cost over all solved years of what was built and run, as perfect foresight counts it."""
    model = result.model
    periods = tuple(range(len(model.years)))
    builder = Builder(model, periods, first_state(model), discounted=True)
    built = builder.build()
    costs = built.program.arrays().cost
    total = float(costs[built.operation.slice] @ result.operation.ravel())
    total += float(costs[built.new.slice] @ result.new.ravel())
    total += float(costs[built.replaced.slice] @ result.replaced[:, built.replaceable].ravel())
    r = result.retrofitted
    place = {key: n for n, key in enumerate(zip(built.retrofit_period.tolist(), built.retrofit_way.tolist(),
                                                built.retrofit_vintage.tolist(), strict=True))}  # fmt: skip
    for p, way, vintage, units in zip(r.period, r.way, r.vintage, r.units, strict=True):
        total += float(costs[built.retrofit.start + place[int(p), int(way), int(vintage)]] * units)
    for (number, position), column in built.credits.items():
        total += float(costs[column] * result.credits[number, position])
    return total


def _windows(model: Model, foresight: str) -> Iterator[tuple[tuple[int, ...], tuple[int, ...]]]:
    """Solved years of each program, and those of them that are kept."""
    count = len(model.years)
    if foresight == "perfect":
        yield tuple(range(count)), tuple(range(count))
        return
    window, step = (1, 1) if foresight == "recursive" else (model.window, model.step)
    start = 0
    while start < count:
        end = min(start + window, count)
        # The last window keeps all it has: nothing follows that would revise it.
        keep = end if end == count else min(start + step, count)
        yield tuple(range(start, end)), tuple(range(start, keep))
        start = keep


def _run(built: Built, options: Options, seconds: dict[str, float]) -> Solution:
    left = None if options.time_limit is None else max(0.0, options.time_limit - seconds["solve"])
    began = time.perf_counter()
    solver = Solver(built.program, time_limit=left, log=options.log, stop=options.stop)
    solution = solver.solve(options.method)
    seconds["solve"] += time.perf_counter() - began
    return solution


def _why(model: Model, built: Built, solution: Solution, options: Options) -> tuple[str, tuple[Lack, ...]]:
    if solution.status not in ("infeasible", "unbounded or infeasible"):
        if solution.status == "unbounded":
            raise ModelError(
                f"The model {model.tables.name} can earn without limit: a device with a negative cost has no "
                "limit on its operation. Check operating_cost.csv, energy_price.csv and emission_tax.csv."
            )
        return solution.status, ()
    lacks = explain(model, built) if options.explain else ()
    return "infeasible", lacks


def _empty(model: Model) -> _Found:
    years, n = len(model.years), len(model.devices)
    return _Found(
        operation=np.zeros((years, n)),
        new=np.zeros((years, n)),
        replaced=np.zeros((years, n)),
        stock=np.zeros((years, n)),
        marginal={k: np.full(years, np.nan) for k in range(len(model.emission_limits))},
        service_value=np.full((years, len(model.services)), np.nan),
        gas_price=np.zeros((years, len(model.gases_at))),
        credits=np.zeros((len(model.intensity_limits), years)),
        retrofits=[],
    )


def _extract(
    model: Model, builder: Builder, built: Built, solution: Solution, kept: tuple[int, ...], found: _Found
) -> None:
    n = len(model.devices)
    x = solution.x
    operation, new = (x[block.slice].reshape(-1, n) for block in (built.operation, built.new))
    replaced = x[built.replaced.slice].reshape(len(built.periods), -1)
    for position, p in enumerate(built.periods):
        if p not in kept:
            continue
        found.operation[p], found.new[p] = _clean(operation[position]), _clean(new[position])
        found.replaced[p, built.replaceable] = _clean(replaced[position])
        device, columns, value = builder.stock_entries(position)
        stock = builder.given_stock(p)
        np.add.at(stock, device, value * x[columns])
        found.stock[p] = _clean(stock)
        found.gas_price[p] = builder.gas_price(p)
    for m in np.flatnonzero(x[built.retrofit.slice] > _NOTHING).tolist():
        p = int(built.retrofit_period[m])
        if p in kept:
            units = float(x[built.retrofit.start + m])
            found.retrofits.append((p, int(built.retrofit_way[m]), int(built.retrofit_vintage[m]), units))
    for (number, position), column in built.credits.items():
        if built.periods[position] in kept:
            found.credits[number, built.periods[position]] = max(0.0, float(x[column]))
    _prices(model, built, solution, kept, found)


def _clean(values: Floats) -> Floats:
    """Zero where the solver left dust."""
    return np.where(np.abs(values) < _NOTHING, 0.0, values)


def _prices(model: Model, built: Built, solution: Solution, kept: tuple[int, ...], found: _Found) -> None:
    """Marginal costs from duals: what one unit less allowed would cost, in money of its year."""
    if not solution.y.size:
        return
    weight = dict(zip(built.periods, built.weight.tolist(), strict=True))
    for name, block in built.soft.items():
        if name == "emission_limit":
            duals = solution.y[block.slice]
            periods, limits = (block.labels[label].tolist() for label in ("year", "limit"))
            for dual, p, of in zip(duals.tolist(), periods, limits, strict=True):
                if p in kept:
                    found.marginal[of][p] = max(0.0, -dual / weight[p])
        elif name.startswith("emission_total"):
            of, price = int(block.labels["limit"][0]), -float(solution.y[block.start])
            for p in kept:
                found.marginal[of][p] = max(0.0, price * int(model.intervals[p]) / weight[p])
        elif name == "demand":
            duals = solution.y[block.slice]
            periods, services = (block.labels[label].tolist() for label in ("year", "service"))
            for dual, p, service in zip(duals.tolist(), periods, services, strict=True):
                if p in kept:
                    found.service_value[p, service] = dual / weight[p]


def _next_state(
    model: Model, built: Built, solution: Solution, kept: tuple[int, ...], state: State, found: _Found
) -> State:
    last = kept[-1]
    year = model.years[last]
    free = ~np.isin(state.stock.device, built.tracked)
    old = state.stock
    units = old.units * survival(model, old.device, old.vintage, state.year, year)
    devices, vintages, amounts = [old.device[free]], [old.vintage[free]], [units[free]]
    untracked = np.setdiff1d(np.arange(len(model.devices), dtype=np.int32), built.tracked)
    for p in kept:
        recruited = found.new[p, untracked] + found.replaced[p, untracked]
        for vintage in cohort_years(model, p):
            built_in = np.full(untracked.size, vintage, np.int32)
            devices.append(untracked)
            vintages.append(built_in)
            amounts.append(recruited * survival(model, untracked, built_in, model.years[p], year)
                           if p != last else recruited)  # fmt: skip
    mine = built.vintage_period == last
    devices.append(built.vintage_device[mine])
    vintages.append(built.vintage_year[mine])
    amounts.append(_clean(solution.primal("stock_by_vintage"))[mine])
    stock = _gathered(np.concatenate(devices), np.concatenate(vintages), np.concatenate(amounts))
    return State(stock, year, _left(model, kept, state, found), _emissions_left(model, kept, state, found),
                 _kept_prices(model, kept, state, found))  # fmt: skip


def _gathered(device: np.ndarray, vintage: np.ndarray, units: Floats) -> Stock:
    keep = units > _NOTHING
    pairs, place = np.unique(np.stack([device[keep], vintage[keep]]), axis=1, return_inverse=True)
    total = np.zeros(pairs.shape[1])
    np.add.at(total, place.ravel(), units[keep])
    return Stock(pairs[0].astype(np.int32), pairs[1].astype(np.int32), total)


def _left(model: Model, kept: tuple[int, ...], state: State, found: _Found) -> dict[int, float]:
    left = dict(state.supply_left)
    for n, group in enumerate(model.supply):
        if group.limit.bound is Bound.TOTAL:
            amount = left.get(n, float(group.limit.values[-1]))
            chosen = np.isin(model.inputs.other, group.members)
            for p in kept:
                used = (model.inputs.values[p] * found.operation[p, model.inputs.device])[chosen].sum()
                amount -= float(used) * int(model.intervals[p])
            left[n] = max(0.0, amount)
    return left


def _emissions_left(model: Model, kept: tuple[int, ...], state: State, found: _Found) -> dict[int, float]:
    left = dict(state.emissions_left)
    for n, group in enumerate(model.emission_limits):
        if group.limit.bound is Bound.TOTAL:
            amount = left.get(n, float(group.limit.values[-1]))
            weight = np.zeros(len(model.gases_at))
            weight[group.members] = group.weights
            for p in kept:
                links = model.emissions
                emitted = (links.values[p] * found.operation[p, links.device] * weight[links.other]).sum()
                amount -= float(emitted) * int(model.intervals[p])
            left[n] = amount
    return left


def _kept_prices(model: Model, kept: tuple[int, ...], state: State, found: _Found) -> dict[int, float]:
    prices = dict(state.kept)
    for n, group in enumerate(model.kept_prices):
        for p in kept:
            if model.years[p] == int(group.limit.values[p]):
                same = [
                    m for m, other in enumerate(model.emission_limits) if other.limit.keys == group.limit.keys
                ]
                prices[n] = max((float(np.nan_to_num(found.marginal[m][p])) for m in same), default=0.0)
    return prices


def _retrofitted(found: _Found) -> Retrofitted:
    columns = np.array([row[:3] for row in found.retrofits], np.int32).reshape(-1, 3)
    units = np.array([row[3] for row in found.retrofits], float)
    return Retrofitted(columns[:, 0], columns[:, 1], columns[:, 2], units)
