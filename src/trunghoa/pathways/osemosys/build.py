"""Put an OSeMOSYS model into one sparse program: only live tuples, no accounting variables.

Production, use, cost and emissions follow from activity and new capacity, so they are neither columns
nor rows; :mod:`.results` computes them afterwards. Row blocks carry the names of the equations of the
long formulation.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..lp import Floats, Ints, Program
from .balance import add_balance
from .emissions import Emissions, add_emissions
from .layout import Columns, Layout
from .limits import add_capacity_limits, add_limits
from .model import Model
from .money import Money
from .schema import L, M, R, S, T, Y
from .storage import add_storage
from .targets import add_reserve_margin, add_target, add_user_constraints


@dataclass(frozen=True)
class Built:
    """A model as a program, with what is needed to read its solution."""

    model: Model
    program: Program
    layout: Layout
    columns: Columns
    money: Money
    emissions: Emissions


def build(model: Model, base: int | None = None) -> Built:
    """Build the program.

    Parameters
    ----------
    model : a checked model
    base : year to which costs are discounted; the first year if None

    Notes
    -----
    minimise Σ A·ys·(VariableCost + Σ EAR·EmissionsPenalty)/DFmid + Σ N·(capital − salvage + fixed) + const
    """
    layout, money = Layout(model), Money(model, base)
    program = Program(model.sets)
    emissions = Emissions(model, layout)
    columns = _columns(program, model, layout, money, emissions)
    program.offset = money.constant
    columns.define_stock()
    add_balance(columns)
    add_capacity_limits(columns)
    add_limits(columns)
    add_emissions(columns, emissions)
    add_reserve_margin(columns)
    add_target(columns)
    add_user_constraints(columns)
    add_storage(columns)
    return Built(model, program, layout, columns, money, emissions)


def activity_cost(model: Model, layout: Layout, money: Money, emissions: Emissions) -> Floats:
    """Objective per unit of activity rate, shape (A·L,)."""
    r, t, m, y = layout.activity
    share = model.dense("YearSplit")[:, y].T
    cost = model.dense("VariableCost")[r, t, m, y] + 0.0
    cost = cost * money.operating[r, y]
    cost += emissions.penalty(money)
    return np.asarray(cost[:, None] * share).ravel()


def _columns(program: Program, model: Model, layout: Layout, money: Money, emissions: Emissions) -> Columns:
    r, t, m, y = layout.activity
    slices, years = layout.slices, model.years.size
    activity = program.columns(
        "RateOfActivity",
        r.size * slices,
        cost=activity_cost(model, layout, money, emissions),
        labels={
            R: np.repeat(r, slices),
            L: np.tile(np.arange(slices, dtype=np.int32), r.size),
            T: np.repeat(t, slices),
            M: np.repeat(m, slices),
            Y: np.repeat(y, slices),
        },
    )
    pr, pt = layout.pairs
    lower = np.maximum(model.dense("TotalAnnualMinCapacityInvestment")[pr, pt], 0.0).ravel()
    capacity = program.columns(
        "NewCapacity",
        pr.size * years,
        cost=money.capacity_cost[pr, pt].ravel(),
        lower=lower,
        upper=model.limit("TotalAnnualMaxCapacityInvestment")[pr, pt].ravel(),
        labels={R: np.repeat(pr, years), T: np.repeat(pt, years), Y: _years(pr.size, years)},
    )
    kr, kt = layout.stocks
    stock = program.columns(
        "AccumulatedNewCapacity",
        kr.size * years,
        labels={R: np.repeat(kr, years), T: np.repeat(kt, years), Y: _years(kr.size, years)},
    )
    regions, storages = model.size(R), model.size(S)
    storage = program.columns(
        "NewStorageCapacity",
        regions * storages * years,
        cost=money.storage_cost.ravel(),
        labels={
            R: np.repeat(np.arange(regions, dtype=np.int32), storages * years),
            S: np.tile(np.repeat(np.arange(storages, dtype=np.int32), years), regions),
            Y: _years(regions * storages, years),
        },
    )
    return Columns(layout, program, activity, capacity, stock, storage)


def _years(times: int, years: int) -> Ints:
    return np.tile(np.arange(years, dtype=np.int32), times)
