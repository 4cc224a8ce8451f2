"""Capacity adequacy (CAa4, CAb1, CAa5) and limits on capacity and activity (TCC, AAC, TAC, LU).

Source: OSeMOSYS GNU MathProg, equations of these names; LU1–LU4 of MUIO 5.4. Limits from below and
above on the same quantity make one row.
"""

from __future__ import annotations

import numpy as np

from ..lp import Floats, Ints
from .layout import Columns
from .model import numbered, picked
from .schema import L, M, R, T, Y


def add_capacity_limits(columns: Columns) -> None:
    """Activity in a slice and over the year fits into the capacity that is there."""
    layout, model = columns.layout, columns.layout.model
    r, t, _, y = layout.activity
    slices = layout.slices
    used = np.zeros((model.size(R), model.size(T), model.size(Y)), dtype=bool)
    used[r, t, y] = True
    (ur, ut, uy), number = numbered(used)
    per_unit = (
        model.dense("CapacityFactor")[ur, ut, :, uy] * model.dense("CapacityToActivityUnit")[ur, ut][:, None]
    )
    residual = model.dense("ResidualCapacity")[ur, ut, uy]
    every = np.tile(np.arange(slices, dtype=np.int32), ur.size)
    rows = columns.program.rows(
        "CAa4",
        ur.size * slices,
        upper=(per_unit * residual[:, None]).ravel(),
        labels={R: np.repeat(ur, slices), L: every, T: np.repeat(ut, slices), Y: np.repeat(uy, slices)},
    )
    places = rows.start + number[r, t, y][:, None].astype(np.int64) * slices + np.arange(slices)
    live = np.arange(r.size, dtype=np.int32)
    columns.program.entries(places.ravel(), columns.of_activity(live).ravel(), 1.0)
    columns.total_capacity(
        rows.index,
        np.repeat(ur, slices), np.repeat(ut, slices), np.repeat(uy, slices), -per_unit.ravel(),
    )  # fmt: skip
    _maintenance(columns, ur, ut, uy, per_unit, residual)
    _units(columns)


def _maintenance(columns: Columns, r: Ints, t: Ints, y: Ints, per_unit: Floats, residual: Floats) -> None:
    """CAb1; where AvailabilityFactor is 1 it follows from CAa4."""
    model = columns.layout.model
    available = model.dense("AvailabilityFactor")[r, t, y]
    kept = available < 1
    r, t, y, available = r[kept], t[kept], y[kept], available[kept]
    share = model.dense("YearSplit")
    yearly = (per_unit[kept] * share[:, y].T).sum(axis=1) * available
    rows = columns.program.rows("CAb1", r.size, upper=yearly * residual[kept], labels={R: r, T: t, Y: y})
    number = np.full((model.size(R), model.size(T), model.size(Y)), -1, dtype=np.int32)
    number[r, t, y] = np.arange(r.size, dtype=np.int32)
    yearly_activity(columns, rows.start, number)
    columns.total_capacity(rows.index, r, t, y, -yearly)


def yearly_activity(columns: Columns, start: int, number: Ints, scale: Floats | None = None) -> None:
    """Add Σ_l Σ_m A·ys to the rows that ``number`` gives at (r, t, y); −1 means none.

    ``scale`` multiplies each technology's activity, shape (R, T, Y).
    """
    r, t, _, y = columns.layout.activity
    regions, technologies, _, years = columns.layout.activity_at.shape
    row = np.broadcast_to(number, (regions, technologies, years))[r, t, y]
    kept = row >= 0 if scale is None else (row >= 0) & (scale[r, t, y] != 0)
    live = np.flatnonzero(kept).astype(np.int32)
    share = columns.layout.model.dense("YearSplit")[:, y[live]].T
    if scale is not None:
        share = share * scale[r, t, y][live][:, None]
    slices = columns.layout.slices
    columns.program.entries(
        np.repeat(start + row[live], slices), columns.of_activity(live).ravel(), share.ravel()
    )


def _units(columns: Columns) -> None:
    """CAa5: new capacity comes in whole units where a unit's size is given."""
    (r, t, y), size = columns.layout.model.nonzero("CapacityOfOneTechnologyUnit")
    built = columns.layout.pair_at[r, t] >= 0
    r, t, y, size = r[built], t[built], y[built], size[built]
    labels = {R: r, T: t, Y: y}
    units = columns.program.columns("NumberOfNewTechnologyUnits", r.size, integer=True, labels=labels)
    rows = columns.program.rows("CAa5", r.size, lower=0.0, upper=0.0, labels=labels)
    columns.program.entries(rows.index, units.index, size)
    columns.program.entries(rows.index, columns.of_capacity(r, t, y), -1.0)


def add_limits(columns: Columns) -> None:
    """Limits on total capacity, yearly activity, activity over the horizon and activity by mode."""
    _total_capacity(columns)
    _yearly(columns)
    _horizon(columns)
    _by_mode(columns)
    _growth(columns)


def _total_capacity(columns: Columns) -> None:
    model = columns.layout.model
    pr, pt = columns.layout.pairs
    upper, lower = (
        model.limit("TotalAnnualMaxCapacity")[pr, pt],
        model.dense("TotalAnnualMinCapacity")[pr, pt],
    )
    residual = model.dense("ResidualCapacity")[pr, pt]
    pair, y = (k.astype(np.int32) for k in np.nonzero(np.isfinite(upper) | (lower > 0)))
    r, t = pr[pair], pt[pair]
    lower = np.where(lower > 0, lower, -np.inf)
    rows = columns.program.rows(
        "TCC",
        r.size,
        lower=lower[pair, y] - residual[pair, y],
        upper=upper[pair, y] - residual[pair, y],
        labels={R: r, T: t, Y: y},
    )
    columns.total_capacity(rows.index, r, t, y, np.ones(r.size))


def _yearly(columns: Columns) -> None:
    model = columns.layout.model
    upper = model.limit("TotalTechnologyAnnualActivityUpperLimit")
    lower = model.dense("TotalTechnologyAnnualActivityLowerLimit")
    lived = (columns.layout.activity_at >= 0).any(axis=2)
    (r, t, y), number = numbered((np.isfinite(upper) & lived) | (lower > 0))
    rows = columns.program.rows(
        "AAC",
        r.size,
        lower=np.where(lower > 0, lower, -np.inf)[r, t, y],
        upper=upper[r, t, y],
        labels={R: r, T: t, Y: y},
    )
    yearly_activity(columns, rows.start, number)


def _horizon(columns: Columns) -> None:
    model = columns.layout.model
    upper = model.limit("TotalTechnologyModelPeriodActivityUpperLimit")
    lower = model.dense("TotalTechnologyModelPeriodActivityLowerLimit")
    lived = (columns.layout.activity_at >= 0).any(axis=(2, 3))
    (r, t), number = numbered((np.isfinite(upper) & lived) | (lower > 0))
    rows = columns.program.rows(
        "TAC", r.size, lower=np.where(lower > 0, lower, -np.inf)[r, t], upper=upper[r, t], labels={R: r, T: t}
    )
    ar, at, _, ay = columns.layout.activity
    live = np.flatnonzero(number[ar, at] >= 0).astype(np.int32)
    weight = model.dense("YearSplit")[:, ay[live]].T * model.dense("YearWeight")[ay[live]][:, None]
    places = np.repeat(rows.start + number[ar[live], at[live]], columns.layout.slices)
    columns.program.entries(places, columns.of_activity(live).ravel(), weight.ravel())


def _by_mode(columns: Columns) -> None:
    """LU1 and LU2 (MUIO)."""
    model = columns.layout.model
    if not (
        model.given("TechnologyActivityByModeUpperLimit") or model.given("TechnologyActivityByModeLowerLimit")
    ):
        return
    r, t, m, y = columns.layout.activity
    upper = model.limit("TechnologyActivityByModeUpperLimit")[r, t, m, y]
    lower = model.dense("TechnologyActivityByModeLowerLimit")[r, t, m, y]
    live = np.flatnonzero(np.isfinite(upper) | (lower > 0)).astype(np.int32)
    rows = columns.program.rows(
        "LU",
        live.size,
        lower=np.where(lower > 0, lower, -np.inf)[live],
        upper=upper[live],
        labels={R: r[live], T: t[live], M: m[live], Y: y[live]},
    )
    share = model.dense("YearSplit")[:, y[live]].T
    places = np.repeat(rows.index, columns.layout.slices)
    columns.program.entries(places, columns.of_activity(live).ravel(), share.ravel())


def _growth(columns: Columns) -> None:
    """LU3 and LU4 (MUIO): yearly activity by mode grows and shrinks by no more than a share."""
    model = columns.layout.model
    for name, block, sign in (
        ("TechnologyActivityIncreaseByModeLimit", "LU3", 1.0),
        ("TechnologyActivityDecreaseByModeLimit", "LU4", -1.0),
    ):
        (r, t, m, before), limit = model.nonzero(name)
        following = np.diff(model.years, append=model.years[-1])[before] == 1
        r, t, m, before, limit = picked(following, r, t, m, before, limit)
        at = columns.layout.activity_at
        old, new = at[r, t, m, before], at[r, t, m, np.minimum(before + 1, model.years.size - 1)]
        kept = (old >= 0) & (new >= 0)
        r, t, m, before, limit, old, new = picked(kept, r, t, m, before, limit, old, new)
        rows = columns.program.rows(
            block, r.size, upper=0.0, labels={R: r, T: t, M: m, Y: (before + 1).astype(np.int32)}
        )
        share = model.dense("YearSplit")
        places = np.repeat(rows.index, columns.layout.slices)
        columns.program.entries(
            places, columns.of_activity(new).ravel(), (sign * share[:, before + 1].T).ravel()
        )
        change = -sign * (1 + sign * limit)
        columns.program.entries(
            places, columns.of_activity(old).ravel(), (change[:, None] * share[:, before].T).ravel()
        )
