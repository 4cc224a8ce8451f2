"""Which decisions exist: live activities, technologies that can be built, and where their columns lie."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ..lp import Block, Bools, Floats, Ints, Program
from .model import Model, flat, numbered
from .money import first_year
from .schema import L, M, R, S, T, Y

# An activity exists where one of these has a value for its technology and mode; the second item gives
# the positions of region, technology, mode and, where it has one, year among the parameter's dimensions.
_LIVE = {
    "InputActivityRatio": (0, 1, 3, 4),
    "OutputActivityRatio": (0, 1, 3, 4),
    "EmissionActivityRatio": (0, 1, 3, 4),
    "EmissionToActivityChangeRatio": (0, 1, 3, 4),
    "TechnologyActivityByModeLowerLimit": (0, 1, 2, 3),
}
_LIVE_STORAGE = ("TechnologyToStorage", "TechnologyFromStorage")
_BUILDS = (
    "TotalAnnualMinCapacity",
    "TotalAnnualMinCapacityInvestment",
    "ReserveMarginTagTechnology",
    "UDCMultiplierTotalCapacity",
    "UDCMultiplierNewCapacity",
    "InputToNewCapacityRatio",
    "InputToTotalCapacityRatio",
    "ResidualCapacity",
)
_WHOLE = ("TotalTechnologyAnnualActivityLowerLimit", "TotalTechnologyModelPeriodActivityLowerLimit")


@dataclass(frozen=True)
class Layout:
    """Positions of live activities and of technologies that may be built."""

    model: Model

    @cached_property
    def _alive(self) -> Bools:
        """Shape (R, T, M, Y)."""
        model = self.model
        alive: Bools = np.zeros(tuple(model.size(d) for d in (R, T, M, Y)), dtype=bool)
        for name, (r, t, m, y) in _LIVE.items():
            keys, _ = model.nonzero(name)
            alive[keys[r], keys[t], keys[m], keys[y]] = True
        for name in _LIVE_STORAGE:
            keys, _ = model.nonzero(name)
            alive[keys[0], keys[1], keys[3], :] = True
        for name in _WHOLE:
            # A lower limit on something without inputs and outputs: the first mode has to carry it.
            keys, _ = model.nonzero(name)
            idle = ~alive[keys[0], keys[1]].any(axis=(1, 2)) if keys[0].size else np.zeros(0, dtype=bool)
            alive[keys[0][idle], keys[1][idle], 0, :] = True
        if model.modes is not None:
            allowed = np.zeros(alive.shape[1:3], dtype=bool)
            allowed[model.modes] = True
            return np.asarray(alive & allowed[None, :, :, None])
        return alive

    @cached_property
    def activity(self) -> tuple[Ints, Ints, Ints, Ints]:
        """Region, technology, mode and year of each live activity, shape (A,)."""
        r, t, m, y = (k.astype(np.int32) for k in np.nonzero(self._alive))
        return r, t, m, y

    @cached_property
    def activity_at(self) -> Ints:
        """Number of the live activity at (r, t, m, y), −1 where there is none."""
        return numbered(self._alive)[1]

    @cached_property
    def pairs(self) -> tuple[Ints, Ints]:
        """Region and technology of each pair that may be built, shape (P,)."""
        built = np.asarray(self._alive.any(axis=(2, 3)))
        for name in _BUILDS:
            keys, _ = self.model.nonzero(name)
            built[keys[0], keys[1]] = True
        r, t = (k.astype(np.int32) for k in np.nonzero(built))
        return r, t

    @cached_property
    def pair_at(self) -> Ints:
        """Number of the pair at (r, t), −1 where nothing may be built."""
        found = np.full((self.model.size(R), self.model.size(T)), -1, dtype=np.int32)
        found[self.pairs] = np.arange(self.pairs[0].size, dtype=np.int32)
        return found

    @cached_property
    def oldest(self) -> Ints:
        """Position of the oldest vintage alive, shape (R, T, Y)."""
        return first_year(self.model.years, self.model.dense("OperationalLife"))

    @cached_property
    def stocks(self) -> tuple[Ints, Ints]:
        """Region and technology of each pair of which more than one vintage can be alive, shape (K,)."""
        r, t = self.pairs
        several = (self.oldest[r, t] < np.arange(self.model.size(Y))).any(axis=1)
        return r[several], t[several]

    @cached_property
    def oldest_storage(self) -> Ints:
        return first_year(self.model.years, self.model.dense("OperationalLifeStorage"))

    @property
    def slices(self) -> int:
        return self.model.size(L)


@dataclass(frozen=True)
class Columns:
    """The program under construction with its main column blocks and how to address them."""

    layout: Layout
    program: Program
    activity: Block
    capacity: Block
    stock: Block
    storage: Block

    def of_activity(self, live: Ints) -> Ints:
        """Columns of live activities in every slice, shape (n, L)."""
        slices = self.layout.slices
        first = self.activity.start + live.astype(np.int64) * slices
        return np.asarray(first[:, None] + np.arange(slices), dtype=np.int32)

    def of_capacity(self, r: Ints, t: Ints, y: Ints) -> Ints:
        """Columns of new capacity, shape (n,)."""
        pair = self.layout.pair_at[r, t].astype(np.int64)
        return np.asarray(self.capacity.start + pair * self.layout.model.years.size + y, dtype=np.int32)

    @cached_property
    def _stock_at(self) -> Ints:
        r, t = self.layout.stocks
        found = np.full(self.layout.pair_at.shape, -1, dtype=np.int32)
        found[r, t] = np.arange(r.size, dtype=np.int32)
        return found

    def of_total(self, r: Ints, t: Ints, y: Ints) -> Ints:
        """Columns of all new capacity still alive; where one vintage lives at a time, that vintage."""
        stock = self._stock_at[r, t].astype(np.int64)
        column = self.stock.start + stock * self.layout.model.years.size + y
        return np.asarray(np.where(stock >= 0, column, self.of_capacity(r, t, y)), dtype=np.int32)

    def total_capacity(self, rows: Ints, r: Ints, t: Ints, y: Ints, values: Floats) -> None:
        """Add ``value``·(new capacity still alive) to rows; residual capacity belongs to their bounds."""
        known = (self.layout.pair_at[r, t] >= 0) & (values != 0)
        self.program.entries(rows[known], self.of_total(r[known], t[known], y[known]), values[known])

    def define_stock(self) -> None:
        """CAa1: AccumulatedNewCapacity = Σ new capacity still alive.

        The one sum that a program needs as a column: written out in each row that uses it, it would more
        than double the coefficients of a model with slices and long lives.
        """
        r, t = self.layout.stocks
        years = self.layout.model.size(Y)
        r, t = np.repeat(r, years), np.repeat(t, years)
        y = np.tile(np.arange(years, dtype=np.int32), r.size // max(years, 1))
        rows = self.program.rows("CAa1", r.size, lower=0.0, upper=0.0, labels={R: r, T: t, Y: y})
        self.program.entries(rows.index, self.stock.index, -1.0)
        which, vintage = vintages(self.layout.oldest[r, t, y], y)
        self.program.entries(rows.index[which], self.of_capacity(r[which], t[which], vintage), 1.0)

    def total_storage(self, rows: Ints, r: Ints, s: Ints, y: Ints, values: Floats) -> None:
        """The same for storage capacity."""
        kept = values != 0
        rows, r, s, y, values = rows[kept], r[kept], s[kept], y[kept], values[kept]
        which, vintage = vintages(self.layout.oldest_storage[r, s, y], y)
        years = self.layout.model.years.size
        place = flat(
            [r[which], s[which], vintage], [self.layout.model.size(R), self.layout.model.size(S), years]
        )
        self.program.entries(rows[which], self.storage.start + place, values[which])


def vintages(oldest: Ints, y: Ints) -> tuple[Ints, Ints]:
    """All vintages from ``oldest`` to ``y`` of each item.

    Returns
    -------
    which, vintage : item and vintage, shape (sum of the lengths,)
    """
    lengths = np.maximum(y - oldest + 1, 0)
    which = np.repeat(np.arange(y.size, dtype=np.int32), lengths)
    ends = np.cumsum(lengths)
    offset = np.arange(which.size, dtype=np.int32) - np.repeat(ends - lengths, lengths)
    return which, np.asarray(oldest[which] + offset, dtype=np.int32)
