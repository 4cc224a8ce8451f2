"""The OSeMOSYS result tables, computed from activity and new capacity after the solve.

Source: OSeMOSYS GNU MathProg, the equations that define each variable (Acc, CAa, CC, SV, OC, E, TDC); in the
MUIO dialect CapitalInvestment is CapitalCost·NewCapacity (CC1 there).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from ..lp import Floats, Ints
from ..solving import Solution
from .build import Built
from .model import Model, flat, picked
from .schema import FURTHER_RESULTS, RESULTS, E, F, L, M, R, S, T, Y

NOTHING = 1e-9
"""Values smaller than this are the solver's tolerance, not results."""
_DENSE = 10_000_000


@dataclass(frozen=True)
class ResultTable:
    """One result: positions per dimension and values, zeros left out, in the order of the sets.

    Attributes
    ----------
    dims : set names, in the order of the columns
    keys : one array of positions per dimension, shape (n,)
    values : shape (n,)
    measure : energy, capacity, money or emission
    """

    name: str
    dims: tuple[str, ...]
    keys: tuple[Ints, ...]
    values: Floats
    measure: str

    def total(self) -> float:
        return float(self.values.sum())

    def labels(self, model: Model) -> list[list[str]]:
        """Names instead of positions, one list per dimension."""
        return [[model.sets[d][i] for i in key.tolist()] for d, key in zip(self.dims, self.keys, strict=True)]

    def by(self, model: Model, *dims: str) -> dict[tuple[str, ...], float]:
        """Sums over all other dimensions, by names."""
        keys = [self.keys[self.dims.index(d)] for d in dims]
        found, values = grouped(keys, [model.size(d) for d in dims], self.values)
        names = zip(*([model.sets[d][i] for i in k] for d, k in zip(dims, found, strict=True)), strict=True)
        return dict(zip(names, values.tolist(), strict=True))


@dataclass(frozen=True)
class Results:
    """Tables of a solved model.

    Parameters
    ----------
    built : the program and its model
    solution : an optimal solution of it
    """

    built: Built
    solution: Solution
    _tables: dict[str, ResultTable] = field(default_factory=dict, repr=False)

    @property
    def model(self) -> Model:
        return self.built.model

    def names(self) -> list[str]:
        """The 25 OSeMOSYS tables, and those of units, trade and storage where the model has them."""
        further = [name for name in FURTHER_RESULTS if self._has(name)]
        return [*RESULTS, *further]

    def __iter__(self) -> Iterator[ResultTable]:
        return (self.table(name) for name in self.names())

    def table(self, name: str) -> ResultTable:
        """One table, computed when first asked for.

        Raises
        ------
        KeyError
            There is no such table.
        """
        if name not in self._tables:
            dims, measure = RESULTS.get(name) or FURTHER_RESULTS[name]
            keys, values = getattr(self, f"_{name}")()
            kept = np.abs(values) > NOTHING
            keys = tuple(np.asarray(k, dtype=np.int32)[kept] for k in keys)
            self._tables[name] = ResultTable(name, dims, keys, values[kept], measure)
        return self._tables[name]

    def _has(self, name: str) -> bool:
        if name == "SalvageValueStorage":
            name = "NewStorageCapacity"
        block = self.solution.columns.get(name)
        return block is not None and block.size > 0

    # ------------------------------------------------------------------ what everything follows from

    @cached_property
    def rate(self) -> Floats:
        """Rate of each live activity in each slice, shape (A, L)."""
        found = self.solution.primal("RateOfActivity").reshape(-1, self.built.layout.slices)
        return np.asarray(np.where(np.abs(found) > NOTHING, found, 0.0))

    @cached_property
    def energy(self) -> Floats:
        """Activity in each slice, rate·YearSplit, shape (A, L)."""
        y = self.built.layout.activity[3]
        return np.asarray(self.rate * self.model.dense("YearSplit")[:, y].T)

    @cached_property
    def yearly(self) -> Floats:
        """Activity over the year, shape (A,)."""
        return np.asarray(self.energy.sum(axis=1))

    @cached_property
    def new(self) -> Floats:
        """New capacity, shape (R, T, Y)."""
        r, t = self.built.layout.pairs
        found = np.zeros((self.model.size(R), self.model.size(T), self.model.size(Y)))
        found[r, t] = self.solution.primal("NewCapacity").reshape(r.size, -1)
        return np.where(np.abs(found) > NOTHING, found, 0.0)

    @cached_property
    def accumulated(self) -> Floats:
        """New capacity still alive, shape (R, T, Y)."""
        return alive(self.new, self.built.layout.oldest)

    @cached_property
    def capacity(self) -> Floats:
        """Total capacity, shape (R, T, Y)."""
        return self.accumulated + self.model.dense("ResidualCapacity")

    # ------------------------------------------------------------------ tables

    def _NewCapacity(self) -> _Found:  # noqa: N802 - OSeMOSYS names
        return _dense(self.new)

    def _AccumulatedNewCapacity(self) -> _Found:  # noqa: N802
        return _dense(self.accumulated)

    def _TotalCapacityAnnual(self) -> _Found:  # noqa: N802
        return _dense(self.capacity)

    def _RateOfActivity(self) -> _Found:  # noqa: N802
        r, t, m, y = self.built.layout.activity
        return _spread((r, t, m, y), self.rate, (0, 4, 1, 2, 3))

    def _Demand(self) -> _Found:  # noqa: N802
        annual, profile = (self.model.dense(f"Specified{k}") for k in ("AnnualDemand", "DemandProfile"))
        return _dense(np.moveaxis(annual[:, :, None, :] * profile, 2, 1))

    def _by_mode(self, ratio: str, flow: Floats) -> _Found:
        """Flow·ratio by region, slice, technology, mode, fuel and year."""
        (r, t, f, m, y), value = self.model.nonzero(ratio)
        activity = self.built.layout.activity_at[r, t, m, y]
        known = activity >= 0
        r, t, f, m, y, value, activity = picked(known, r, t, f, m, y, value, activity)
        return _spread((r, t, m, f, y), flow[activity] * value[:, None], (0, 5, 1, 2, 3, 4))

    def _by_technology(self, ratio: str, flow: Floats) -> _Found:
        r, slices, t, _, f, y = (found := self._by_mode(ratio, flow))[0]
        return grouped((r, slices, t, f, y), [self.model.size(d) for d in (R, L, T, F, Y)], found[1])

    def _RateOfProductionByTechnologyByMode(self) -> _Found:  # noqa: N802
        return self._by_mode("OutputActivityRatio", self.rate)

    def _RateOfUseByTechnologyByMode(self) -> _Found:  # noqa: N802
        return self._by_mode("InputActivityRatio", self.rate)

    def _RateOfProductionByTechnology(self) -> _Found:  # noqa: N802
        return self._by_technology("OutputActivityRatio", self.rate)

    def _RateOfUseByTechnology(self) -> _Found:  # noqa: N802
        return self._by_technology("InputActivityRatio", self.rate)

    def _ProductionByTechnology(self) -> _Found:  # noqa: N802
        return self._by_technology("OutputActivityRatio", self.energy)

    def _UseByTechnology(self) -> _Found:  # noqa: N802
        return self._by_technology("InputActivityRatio", self.energy)

    def _ProductionByTechnologyAnnual(self) -> _Found:  # noqa: N802
        table = self.table("ProductionByTechnology")
        r, _, t, f, y = table.keys
        return grouped((r, t, f, y), [self.model.size(d) for d in (R, T, F, Y)], table.values)

    def _TotalAnnualTechnologyActivityByMode(self) -> _Found:  # noqa: N802
        return self.built.layout.activity, self.yearly

    def _TotalTechnologyAnnualActivity(self) -> _Found:  # noqa: N802
        r, t, _, y = self.built.layout.activity
        return grouped((r, t, y), [self.model.size(d) for d in (R, T, Y)], self.yearly)

    def _TotalTechnologyModelPeriodActivity(self) -> _Found:  # noqa: N802
        r, t, _, y = self.built.layout.activity
        weighted = self.yearly * self.model.dense("YearWeight")[y]
        return grouped((r, t), [self.model.size(d) for d in (R, T)], weighted)

    def _AnnualTechnologyEmissionByMode(self) -> _Found:  # noqa: N802
        activity, gas, year, value = self.built.emissions.entries
        r, t, m, _ = (k[activity] for k in self.built.layout.activity)
        sizes = [self.model.size(d) for d in (R, T, E, M, Y)]
        return grouped((r, t, gas, m, year), sizes, value * self.yearly[activity])

    def _AnnualTechnologyEmission(self) -> _Found:  # noqa: N802
        keys, values = self._AnnualTechnologyEmissionByMode()
        r, t, e, _, y = keys
        return grouped((r, t, e, y), [self.model.size(d) for d in (R, T, E, Y)], values)

    def _AnnualEmissions(self) -> _Found:  # noqa: N802
        return _dense(self.emitted)

    @cached_property
    def emitted(self) -> Floats:
        """Emissions of all activities, shape (R, E, Y); exogenous emissions are not in it."""
        activity, gas, year, value = self.built.emissions.entries
        shape = [self.model.size(d) for d in (R, E, Y)]
        place = flat((self.built.layout.activity[0][activity], gas, year), shape)
        size = int(np.prod(shape))
        return _sums(place, value * self.yearly[activity], size).reshape(shape)

    def _AnnualVariableOperatingCost(self) -> _Found:  # noqa: N802
        return _dense(self.variable_cost)

    def _AnnualFixedOperatingCost(self) -> _Found:  # noqa: N802
        return _dense(self.fixed_cost)

    @cached_property
    def variable_cost(self) -> Floats:
        """Undiscounted, shape (R, T, Y)."""
        r, t, m, y = self.built.layout.activity
        return self._per_technology(self.yearly * self.model.dense("VariableCost")[r, t, m, y])

    @cached_property
    def fixed_cost(self) -> Floats:
        """Undiscounted, shape (R, T, Y)."""
        return np.asarray(self.capacity * self.model.dense("FixedCost"))

    @cached_property
    def penalty(self) -> Floats:
        """Discounted emission penalties, shape (R, T, Y)."""
        return self._per_technology(self.yearly * self.built.emissions.penalty(self.built.money))

    def _per_technology(self, values: Floats) -> Floats:
        r, t, _, y = self.built.layout.activity
        shape = (self.model.size(R), self.model.size(T), self.model.size(Y))
        place = flat((r, t, y), shape)
        return _sums(place, values, int(np.prod(shape))).reshape(shape)

    def _CapitalInvestment(self) -> _Found:  # noqa: N802
        if self.model.dialect == "muio":
            return _dense(self.new * self.model.dense("CapitalCost"))
        return _dense(self.investment)

    @cached_property
    def investment(self) -> Floats:
        """Undiscounted, shape (R, T, Y)."""
        return np.asarray(self.new * self.built.money.investment)

    @cached_property
    def salvage(self) -> Floats:
        """Undiscounted, shape (R, T, Y)."""
        return np.asarray(self.investment * self.built.money.salvage)

    def _SalvageValue(self) -> _Found:  # noqa: N802
        return _dense(self.salvage)

    def _DiscountedSalvageValue(self) -> _Found:  # noqa: N802
        return _dense(self.salvage / self.built.money.at_end[:, None, None])

    def _DiscountedTechnologyEmissionsPenalty(self) -> _Found:  # noqa: N802
        return _dense(self.penalty)

    def _TotalDiscountedCost(self) -> _Found:  # noqa: N802
        money = self.built.money
        operating = (self.variable_cost + self.fixed_cost) * money.operating[:, None, :]
        capital = self.investment / money.start[:, None, :] - self.salvage / money.at_end[:, None, None]
        storage = self.new_storage * money.storage_cost
        return _dense((operating + capital + self.penalty).sum(axis=1) + storage.sum(axis=1))

    # ------------------------------------------------------------------ units, trade, storage

    @cached_property
    def new_storage(self) -> Floats:
        """Shape (R, S, Y)."""
        shape = (self.model.size(R), self.model.size(S), self.model.size(Y))
        return self.solution.primal("NewStorageCapacity").reshape(shape)

    def _NewStorageCapacity(self) -> _Found:  # noqa: N802
        return _dense(self.new_storage)

    def _SalvageValueStorage(self) -> _Found:  # noqa: N802
        cost = self.model.dense("CapitalCostStorage")
        return _dense(self.new_storage * cost * self.built.money.storage_salvage)

    def _block(self, name: str) -> _Found:
        block = self.solution.columns[name]
        return tuple(block.labels.values()), self.solution.primal(name)

    def _NumberOfNewTechnologyUnits(self) -> _Found:  # noqa: N802
        keys, values = self._block("NumberOfNewTechnologyUnits")
        return keys, np.round(values)

    def _Trade(self) -> _Found:  # noqa: N802
        """Both directions: what one region sends the other receives."""
        (r, rr, slices, f, y), values = self._block("Trade")
        keys = (np.concatenate([r, rr]), np.concatenate([rr, r]), *(np.tile(k, 2) for k in (slices, f, y)))
        return keys, np.concatenate([values, -values])

    def _StorageLevelYearStart(self) -> _Found:  # noqa: N802
        return self._block("StorageLevelYearStart")

    def _StorageLevelYearFinish(self) -> _Found:  # noqa: N802
        return self._block("StorageLevelYearFinish")

    def _StorageLevelSeasonStart(self) -> _Found:  # noqa: N802
        return self._block("StorageLevelSeasonStart")

    def _StorageLevelDayTypeStart(self) -> _Found:  # noqa: N802
        return self._block("StorageLevelDayTypeStart")

    def _StorageLevelDayTypeFinish(self) -> _Found:  # noqa: N802
        return self._block("StorageLevelDayTypeFinish")


_Found = tuple[tuple[Ints, ...], Floats]


def alive(new: Floats, oldest: Ints) -> Floats:
    """Sum of the vintages still alive in each year, shapes (R, X, Y)."""
    total = np.concatenate([np.zeros((*new.shape[:2], 1)), np.cumsum(new, axis=2)], axis=2)
    found = total[:, :, 1:] - np.take_along_axis(
        total, np.minimum(oldest, np.arange(new.shape[2]) + 1), axis=2
    )
    return np.asarray(np.where(np.abs(found) > NOTHING, found, 0.0))


def _dense(array: Floats) -> _Found:
    keys = np.nonzero(np.abs(array) > NOTHING)
    return tuple(k.astype(np.int32) for k in keys), array[keys]


def _spread(keys: tuple[Ints, ...], values: Floats, order: tuple[int, ...]) -> _Found:
    """Flatten values of shape (n, L) with the slice as a further key, and reorder the keys."""
    item, piece = np.nonzero(np.abs(values) > NOTHING)
    found = [*(k[item] for k in keys), piece.astype(np.int32)]
    return _sorted(tuple(found[i] for i in order), values[item, piece])


def _sorted(keys: tuple[Ints, ...], values: Floats) -> _Found:
    sizes = [int(k.max()) + 1 if k.size else 1 for k in keys]
    order = np.argsort(flat(keys, sizes), kind="stable")
    return tuple(k[order] for k in keys), values[order]


def _sums(place: NDArray[np.int64], values: Floats, size: int) -> Floats:
    return np.bincount(place, values, minlength=size).astype(np.float64, copy=False)


def grouped(keys: tuple[Ints, ...] | list[Ints], sizes: list[int], values: Floats) -> _Found:
    """Sum values that share their keys; the result is in the order of the keys."""
    place = flat(keys, sizes)
    cells = int(np.prod(sizes))
    if 0 < cells <= _DENSE:
        sums = _sums(place, values, cells)
        found = np.flatnonzero(sums)
        totals = sums[found]
    else:
        found, inverse = np.unique(place, return_inverse=True)
        totals = _sums(inverse, values, found.size)
    return tuple(k.astype(np.int32) for k in np.unravel_index(found, sizes)) if cells else tuple(keys), totals
