"""Reserve margin (RM3), renewable target (RE4) and user-defined constraints (MUIO's UDC).

Source: OSeMOSYS GNU MathProg RM1–RM3 and RE1–RE4 of the long formulation: the target compares energy, so
both sides carry YearSplit (one published short form leaves it out on the left). MUIO 5.4 UDC1, UDC2.
"""

from __future__ import annotations

import numpy as np

from .layout import Columns
from .limits import yearly_activity
from .model import numbered, picked
from .schema import UDC, L, R, Y


def add_reserve_margin(columns: Columns) -> None:
    """ReserveMargin · production of tagged fuels ≤ tagged capacity, in each slice."""
    model, slices = columns.layout.model, columns.layout.slices
    margin = model.dense("ReserveMargin")
    (r, t, f, m, y), ratio = model.nonzero("OutputActivityRatio")
    activity = columns.layout.activity_at[r, t, m, y]
    needs = ratio * model.dense("ReserveMarginTagFuel")[r, f, y] * margin[r, y]
    kept = (activity >= 0) & (needs != 0) & (margin[r, y] > 0)
    live = np.zeros(margin.shape, dtype=bool)
    live[r[kept], y[kept]] = True
    (lr, ly), number = numbered(live)
    if not lr.size:
        return
    (cr, ct, cy), tag = model.nonzero("ReserveMarginTagTechnology")
    counted = number[cr, cy] >= 0
    cr, ct, cy, tag = cr[counted], ct[counted], cy[counted], tag[counted]
    firm = tag * model.dense("CapacityToActivityUnit")[cr, ct]
    standing = np.zeros(lr.size)
    np.add.at(standing, number[cr, cy], firm * model.dense("ResidualCapacity")[cr, ct, cy])
    rows = columns.program.rows(
        "RM3",
        lr.size * slices,
        upper=np.repeat(standing, slices),
        labels={
            R: np.repeat(lr, slices), L: np.tile(np.arange(slices, dtype=np.int32), lr.size),
            Y: np.repeat(ly, slices),
        },
    )  # fmt: skip
    every = np.arange(slices, dtype=np.int32)
    places = rows.start + number[r, y][kept][:, None] * slices + every
    values = np.repeat(needs[kept], slices)
    columns.program.entries(places.ravel(), columns.of_activity(activity[kept]).ravel(), values)
    places = rows.start + number[cr, cy][:, None] * slices + every
    cr, ct, cy, firm = picked(np.repeat(np.arange(cr.size), slices), cr, ct, cy, firm)
    columns.total_capacity(places.ravel(), cr, ct, cy, -firm)


def add_target(columns: Columns) -> None:
    """Target · production of tagged fuels ≤ production of tagged technologies, in each year."""
    model, slices = columns.layout.model, columns.layout.slices
    target = model.dense("REMinProductionTarget")
    (r, y), number = numbered(target > 0)
    rows = columns.program.rows("RE4", r.size, upper=0.0, labels={R: r, Y: y})
    (pr, pt, pf, pm, py), ratio = model.nonzero("OutputActivityRatio")
    activity = columns.layout.activity_at[pr, pt, pm, py]
    wanted = (
        target[pr, py] * model.dense("RETagFuel")[pr, pf, py] - model.dense("RETagTechnology")[pr, pt, py]
    )
    kept = (activity >= 0) & (number[pr, py] >= 0) & (wanted != 0)
    share = model.dense("YearSplit")[:, py[kept]].T
    values = (ratio * wanted)[kept][:, None] * share
    places = np.repeat(rows.at(number[pr, py][kept]), slices)
    columns.program.entries(places, columns.of_activity(activity[kept]).ravel(), values.ravel())


def add_user_constraints(columns: Columns) -> None:
    """Σ (multiplier·total capacity + multiplier·new capacity + multiplier·activity) ≤ or = constant.

    A tag of 0 makes ≤, of 1 makes =; any other tag switches the constraint off.
    """
    model = columns.layout.model
    if not model.size(UDC):
        return
    tag, constant = model.dense("UDCTag"), model.dense("UDCConstant")
    r, u, y = (
        k.astype(np.int32)
        for k in np.nonzero(np.isin(tag, (0, 1))[:, :, None] & np.ones(model.size(Y), bool))
    )
    number = np.full(constant.shape, -1, dtype=np.int32)
    number[r, u, y] = np.arange(r.size, dtype=np.int32)
    right = constant.copy()
    (cr, ct, cu, cy), per_total = model.nonzero("UDCMultiplierTotalCapacity")
    np.subtract.at(right, (cr, cu, cy), per_total * model.dense("ResidualCapacity")[cr, ct, cy])
    equal = tag[r, u] == 1
    rows = columns.program.rows(
        "UDC",
        r.size,
        lower=np.where(equal, right[r, u, y], -np.inf),
        upper=right[r, u, y],
        labels={R: r, UDC: u, Y: y},
    )
    on = number[cr, cu, cy] >= 0
    columns.total_capacity(rows.at(number[cr, cu, cy][on]), cr[on], ct[on], cy[on], per_total[on])
    (nr, nt, nu, ny), per_new = model.nonzero("UDCMultiplierNewCapacity")
    on = (number[nr, nu, ny] >= 0) & (columns.layout.pair_at[nr, nt] >= 0)
    columns.program.entries(
        rows.at(number[nr, nu, ny][on]), columns.of_capacity(nr[on], nt[on], ny[on]), per_new[on]
    )
    (ar, at, au, ay), per_activity = model.nonzero("UDCMultiplierActivity")
    for constraint in np.unique(au).tolist():
        here = au == constraint
        scale = np.zeros((model.size(R), columns.layout.pair_at.shape[1], model.size(Y)))
        scale[ar[here], at[here], ay[here]] = per_activity[here]
        yearly_activity(columns, rows.start, number[:, constraint, :][:, None, :], scale)
