"""Energy balances in each slice (EBa11) and in each year (EBb4), trade (EBa10), inputs to capacity (MUIO).

Source: OSeMOSYS GNU MathProg EBa1–EBa11, EBb1–EBb4; MUIO 5.4 EBb4_ICR, INC1, ITC1.
"""

from __future__ import annotations

import numpy as np

from ..lp import Bools, Floats, Ints
from .layout import Columns
from .model import Model, flat, numbered, picked
from .schema import F, L, R, Y


def add_balance(columns: Columns) -> None:
    """Production covers demand, use and net export: in every slice, and over the year for annual demand."""
    model = columns.layout.model
    demand = _demand(model)
    live = np.zeros((model.size(R), model.size(F), model.size(Y)), dtype=bool)
    # A fuel that is only produced needs no row: production is never negative.
    live |= (demand > 0).any(axis=2)
    flows = {}
    for name, sign in (("OutputActivityRatio", 1.0), ("InputActivityRatio", -1.0)):
        (r, t, f, m, y), ratio = model.nonzero(name)
        activity = columns.layout.activity_at[r, t, m, y]
        known = activity >= 0
        flows[name] = r[known], f[known], y[known], activity[known], sign * ratio[known]
        needs = sign * ratio < 0
        live[r[needs], f[needs], y[needs]] = True
    (tr, trr, tf, ty), _ = model.nonzero("TradeRoute")
    live[tr, tf, ty] = live[trr, tf, ty] = True
    annual = _annual(model, demand)
    _slices(columns, live, demand, flows)
    _years(columns, annual, flows)
    _trade(columns, live, annual)


def _demand(model: Model) -> Floats:
    """SpecifiedAnnualDemand·profile, shape (R, F, L, Y)."""
    annual, profile = model.dense("SpecifiedAnnualDemand"), model.dense("SpecifiedDemandProfile")
    return np.asarray(annual[:, :, None, :] * profile)


def _annual(model: Model, demand: Floats) -> Bools:
    """Where the annual balance is not implied by the slices, shape (R, F, Y)."""
    needed: Bools = np.logical_or(model.dense("AccumulatedAnnualDemand") != 0, (demand < 0).any(axis=2))
    for name in ("InputToNewCapacityRatio", "InputToTotalCapacityRatio"):
        (r, _, f, y), _ratio = model.nonzero(name)
        needed[r, f, y] = True
    return needed


_Flows = dict[str, tuple[Ints, Ints, Ints, Ints, Floats]]


def _slices(columns: Columns, live: Bools, demand: Floats, flows: _Flows) -> None:
    model, slices = columns.layout.model, columns.layout.slices
    (r, f, y), number = numbered(live)
    rows = columns.program.rows(
        "EBa11",
        r.size * slices,
        lower=demand[r, f, :, y].ravel(),
        labels={
            R: np.repeat(r, slices), L: np.tile(np.arange(slices, dtype=np.int32), r.size),
            F: np.repeat(f, slices), Y: np.repeat(y, slices),
        },
    )  # fmt: skip
    share = model.dense("YearSplit")
    for fr, ff, fy, activity, ratio in flows.values():
        row = number[fr, ff, fy]
        kept = row >= 0
        row, fy, activity, ratio = picked(kept, row, fy, activity, ratio)
        places = rows.start + row[:, None].astype(np.int64) * slices + np.arange(slices)
        values = ratio[:, None] * share[:, fy].T
        columns.program.entries(places.ravel(), columns.of_activity(activity).ravel(), values.ravel())


def _years(columns: Columns, annual: Bools, flows: _Flows) -> None:
    model, slices = columns.layout.model, columns.layout.slices
    (r, f, y), number = numbered(annual)
    (tr, tt, tf, ty), per_total = model.nonzero("InputToTotalCapacityRatio")
    needed = model.dense("AccumulatedAnnualDemand").copy()
    residual = model.dense("ResidualCapacity")
    np.add.at(needed, (tr, tf, ty), per_total * residual[tr, tt, ty])
    rows = columns.program.rows("EBb4", r.size, lower=needed[r, f, y], labels={R: r, F: f, Y: y})
    share = model.dense("YearSplit")
    for fr, ff, fy, activity, ratio in flows.values():
        row = number[fr, ff, fy]
        kept = row >= 0
        row, fy, activity, ratio = picked(kept, row, fy, activity, ratio)
        values = ratio[:, None] * share[:, fy].T
        places = np.repeat(rows.at(row), slices)
        columns.program.entries(places, columns.of_activity(activity).ravel(), values.ravel())
    (nr, nt, nf, ny), per_new = model.nonzero("InputToNewCapacityRatio")
    built = columns.layout.pair_at[nr, nt] >= 0
    nr, nt, nf, ny, per_new = picked(built, nr, nt, nf, ny, per_new)
    columns.program.entries(rows.at(number[nr, nf, ny]), columns.of_capacity(nr, nt, ny), -per_new)
    columns.total_capacity(rows.at(number[tr, tf, ty]), tr, tt, ty, -per_total)


def _trade(columns: Columns, live: Bools, annual: Bools) -> None:
    """One free column per route, slice and year: what goes out of one region comes into the other."""
    model, slices = columns.layout.model, columns.layout.slices
    (r, rr, f, y), route = model.nonzero("TradeRoute")
    one_way = r < rr
    r, rr, f, y, route = picked(one_way, r, rr, f, y, route)
    if not r.size:
        return
    trade = columns.program.columns(
        "Trade",
        r.size * slices,
        lower=-np.inf,
        labels={
            R: np.repeat(r, slices), "REGION 2": np.repeat(rr, slices),
            L: np.tile(np.arange(slices, dtype=np.int32), r.size),
            F: np.repeat(f, slices), Y: np.repeat(y, slices),
        },
    )  # fmt: skip
    size = [live.shape[0], live.shape[1], live.shape[2]]
    for balance, kept, by_slice in (("EBa11", live, True), ("EBb4", annual, False)):
        rows = columns.program.row_blocks[balance]
        number = np.full(np.prod(size), -1, dtype=np.int64)
        number[np.flatnonzero(kept)] = np.arange(np.count_nonzero(kept))
        for region, sign in ((r, -1.0), (rr, 1.0)):
            row = number[flat([region, f, y], size)]
            here = row >= 0
            if by_slice:
                places = row[here][:, None] * slices + np.arange(slices)
            else:
                places = np.repeat(row[here][:, None], slices, axis=1)
            members = np.flatnonzero(here)[:, None] * slices + np.arange(slices)
            values = np.repeat(sign * route[here], slices)
            columns.program.entries(rows.at(places.ravel()), trade.at(members.ravel()), values)
