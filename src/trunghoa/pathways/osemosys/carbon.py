"""Carbon prices from duals, and marginal abatement cost by a sweep of prices or of caps.

The dual of an emission limit is discounted like everything in the objective; in money of its own year the
price is −dual·DFmid. A price of that size on the same emissions gives the same solution without the limit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from trunghoa.quantities import ModelError

from ..lp import Floats
from ..solving import Solution, Solver
from .build import Built, build
from .model import Model
from .schema import E, R, Y


def carbon_price(built: Built, solution: Solution) -> Floats:
    """Marginal cost of emissions under their limits, in money of each year, shape (R, E, Y).

    Notes
    -----
    Sum of the price of the year's own limit (E8) and of the limit over all years (E9); zero where no limit
    binds. Without duals (windowed foresight) there is no such price.

    Raises
    ------
    ModelError
        The solution has no duals.
    """
    if not solution.y.size:
        raise ModelError("There are no duals: a carbon price comes from one program over all years.")
    model = built.model
    price = np.zeros((model.size(R), model.size(E), model.size(Y)))
    mid = built.money.mid[:, None, :]
    weight = model.dense("YearWeight")
    block = solution.rows["E8"]
    price[block.labels[R], block.labels[E], block.labels[Y]] = -solution.dual("E8")
    price = price / weight
    block = solution.rows["E9"]
    price[block.labels[R], block.labels[E], :] += -solution.dual("E9")[:, None]
    return np.asarray(price * mid)


@dataclass(frozen=True)
class Step:
    """One solve of a sweep.

    Attributes
    ----------
    price : per unit of emission, in money of the year it is paid
    emission : over all years, weighted like the objective's years
    cost : objective without what is paid for emissions by this price
    objective : what was minimised
    """

    price: float
    emission: float
    cost: float
    objective: float
    yearly: tuple[float, ...]
    iterations: int


@dataclass(frozen=True)
class Sweep:
    """A marginal abatement cost curve made by solving, not by adding up measures."""

    emission: str
    years: tuple[str, ...]
    steps: tuple[Step, ...]

    def as_dict(self) -> dict[str, Any]:
        first = self.steps[0].emission if self.steps else 0.0
        return {
            "emission": self.emission,
            "years": list(self.years),
            "steps": [
                {
                    "price": s.price, "emission": s.emission, "abated": first - s.emission, "cost": s.cost,
                    "objective": s.objective, "by_year": list(s.yearly), "iterations": s.iterations,
                }
                for s in self.steps
            ],
        }  # fmt: skip


def parse_prices(text: str) -> list[float]:
    """Read ``FROM:TO:STEP`` (both ends included) or a list with commas.

    Raises
    ------
    ModelError
        It is neither, or has more than 10 000 prices.
    """
    try:
        if ":" not in text:
            return [float(part) for part in text.split(",")]
        low, high, step = (float(part) for part in text.split(":"))
        count = int(round((high - low) / step, 9)) + 1
    except (ValueError, ZeroDivisionError):
        raise ModelError(f"“{text}” is not FROM:TO:STEP, such as 0:200:5.") from None
    if not 1 <= count <= 10_000:
        raise ModelError(f"“{text}” makes {count} prices; give between 1 and 10000.")
    return [low + i * step for i in range(count)]


def priced_emission(model: Model, name: str | None) -> int:
    """Position of the emission to price: the named one, else the first named like CO2, else the only one.

    Raises
    ------
    ModelError
        There is none, or several and none is named like CO2.
    """
    if name is not None:
        return model.position(E, name)
    members = model.sets.get(E, ())
    alike = [i for i, m in enumerate(members) if "CO2" in m.upper()]
    if alike or len(members) == 1:
        return alike[0] if alike else 0
    raise ModelError(f"Say which emission is priced: {', '.join(members) or 'the model has none'}.")


def price_sweep(
    model: Model, prices: Sequence[float], emission: str | None = None, *, warm: bool = True
) -> Sweep:
    """Solve at each price on top of the model's own penalties.

    Parameters
    ----------
    prices : money per unit of emission, the same in every year
    warm : start each solve from the one before; False solves each afresh, to compare

    Raises
    ------
    ModelError
        A solve does not end with a solution.
    """
    built, which = build(model), priced_emission(model, emission)
    unit = np.zeros((model.size(R), model.size(E), model.size(Y)))
    unit[:, which, :] = 1.0
    share = model.dense("YearSplit")[:, built.layout.activity[3]].T
    per_price = (built.emissions.charge(unit, built.money)[:, None] * share).ravel()
    columns = built.columns.activity
    base = built.program.arrays().cost[columns.slice]
    affected = np.flatnonzero(per_price).astype(np.int32)
    solver, account = Solver(built.program), _Account(built, which)
    steps: list[Step] = []
    for price in prices:
        solver.change_costs(columns.at(affected), base[affected] + price * per_price[affected])
        solution = solver.resolve("costs", duals=False) if warm and steps else solver.solve()
        _ended(solution, f"at a price of {price:g}")
        paid = price * float(per_price @ solution.primal(columns.name))
        steps.append(account.step(solution, price, paid))
    return Sweep(model.sets[E][which], model.sets[Y], tuple(steps))


def cap_sweep(
    model: Model, caps: Sequence[float], emission: str | None = None, *, warm: bool = True
) -> Sweep:
    """Solve under each cap on emissions over all years and all regions; the price is the cap's dual.

    Notes
    -----
    ``price`` is in money of the first year (−dual·DFmid of that year); a budget's price rises at the
    discount rate from there (Hotelling). Caps change the right side only, so the dual simplex starts warm.
    """
    built, which = build(model), priced_emission(model, emission)
    account = _Account(built, which)
    row = built.program.rows("budget", 1)
    places = np.full(account.column.size, row.start, dtype=np.int32)
    weight = model.dense("YearWeight")[account.year]
    built.program.entries(places, account.column, account.value * weight)
    solver = Solver(built.program)
    steps: list[Step] = []
    for cap in caps:
        solver.change_rows(row.index, -np.inf, cap)
        solution = solver.resolve("bounds") if warm and steps else solver.solve()
        _ended(solution, f"under a cap of {cap:g}")
        price = -float(solution.dual("budget")[0]) * float(built.money.mid[0, 0])
        steps.append(account.step(solution, price, 0.0))
    return Sweep(model.sets[E][which], model.sets[Y], tuple(steps))


class _Account:
    """One emission as a sum over columns, by year."""

    def __init__(self, built: Built, which: int) -> None:
        model = built.model
        activity, gas, year, value = built.emissions.entries
        kept = gas == which
        activity, year, value = activity[kept], year[kept], value[kept]
        slices = built.layout.slices
        share = model.dense("YearSplit")[:, built.layout.activity[3][activity]].T
        self.column = built.columns.of_activity(activity).ravel()
        self.year = np.repeat(year, slices)
        self.value = (value[:, None] * share).ravel()
        self.weight = model.dense("YearWeight")

    def step(self, solution: Solution, price: float, paid: float) -> Step:
        emitted = self.value * solution.x[self.column]
        yearly = np.bincount(self.year, emitted, minlength=self.weight.size)
        found = solution.objective
        total = float(yearly @ self.weight)
        return Step(price, total, found - paid, found, tuple(yearly.tolist()), solution.iterations)


def _ended(solution: Solution, where: str) -> None:
    if not solution.optimal:
        raise ModelError(f"The model has no solution {where}: {solution.status}.")
