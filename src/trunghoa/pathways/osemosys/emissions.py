"""Emissions of activities, their limits (E8, E9) and penalties (E3–E5).

Source: OSeMOSYS GNU MathProg E1–E9; MUIO 5.4 E10 (emission by change of activity) and its E8 and E9, from
which exogenous emissions are left out. Exogenous emissions are never charged.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ..lp import Floats, Ints
from .layout import Columns, Layout
from .model import Model, numbered, picked
from .money import Money
from .schema import E, R, Y


@dataclass(frozen=True)
class Emissions:
    """Emission per unit of yearly activity: one entry per activity, gas and year of emission."""

    model: Model
    layout: Layout

    @cached_property
    def entries(self) -> tuple[Ints, Ints, Ints, Floats]:
        """Live activity, emission, year of emission and emission per unit of yearly activity.

        The year differs from the activity's own only where emissions follow from a change of activity.
        """
        (r, t, e, m, y), ratio = self.model.nonzero("EmissionActivityRatio")
        parts = [(self.layout.activity_at[r, t, m, y], e, y, ratio)]
        (r, t, e, m, y), ratio = self.model.nonzero("EmissionToActivityChangeRatio")
        years = self.model.years
        yearly = (y > 0) & (years[y] - years[np.maximum(y - 1, 0)] == 1)
        r, t, e, m, y, ratio = picked(yearly, r, t, e, m, y, ratio)
        parts += [
            (self.layout.activity_at[r, t, m, y], e, y, ratio),
            (self.layout.activity_at[r, t, m, y - 1], e, y, -ratio),
        ]
        activity, gas, year, value = (np.concatenate([p[k] for p in parts]) for k in range(4))
        known = activity >= 0
        return activity[known], gas[known], year[known], value[known]

    def penalty(self, money: Money) -> Floats:
        """Discounted penalty per unit of yearly activity, shape (A,)."""
        return self.charge(self.model.dense("EmissionsPenalty"), money)

    def charge(self, price: Floats, money: Money) -> Floats:
        """Discounted cost per unit of yearly activity of a price per emission, price of shape (R, E, Y)."""
        activity, gas, year, value = self.entries
        r = self.layout.activity[0][activity]
        cost = value * price[r, gas, year] * money.operating[r, year]
        size = self.layout.activity[0].size
        return np.bincount(activity, cost, minlength=size).astype(np.float64, copy=False)


def add_emissions(columns: Columns, emissions: Emissions) -> None:
    """Emissions of a year (E8) and over the horizon (E9) stay within their limits."""
    model, layout = columns.layout.model, columns.layout
    muio = model.dialect == "muio"
    activity, gas, year, value = emissions.entries
    own_year = layout.activity[3][activity]
    region = layout.activity[0][activity]
    share = model.dense("YearSplit")[:, own_year].T
    weight = model.dense("YearWeight")

    limit = model.limit("AnnualEmissionLimit")
    (r, e, y), number = numbered(np.isfinite(limit))
    exogenous = 0.0 if muio else model.dense("AnnualExogenousEmission")[r, e, y]
    rows = columns.program.rows("E8", r.size, upper=limit[r, e, y] - exogenous, labels={R: r, E: e, Y: y})
    _fill(columns, rows.start, number[region, gas, year], activity, value[:, None] * share)

    limit = model.limit("ModelPeriodEmissionLimit")
    (r, e), number = numbered(np.isfinite(limit))
    exogenous = 0.0 if muio else model.dense("ModelPeriodExogenousEmission")[r, e]
    rows = columns.program.rows("E9", r.size, upper=limit[r, e] - exogenous, labels={R: r, E: e})
    _fill(columns, rows.start, number[region, gas], activity, (value * weight[year])[:, None] * share)


def _fill(columns: Columns, start: int, row: Ints, activity: Ints, values: Floats) -> None:
    kept = row >= 0
    places = np.repeat(start + row[kept], columns.layout.slices)
    columns.program.entries(places, columns.of_activity(activity[kept]).ravel(), values[kept].ravel())
