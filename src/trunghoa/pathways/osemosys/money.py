"""Discounting, annuities, salvage and what one unit of activity or of new capacity costs.

Source: OSeMOSYS GNU MathProg, DiscountFactor(Mid), CapitalRecoveryFactor, PvAnnuity, SV1–SV4, SI6–SI9;
MUIO 5.4 gives CapitalRecoveryFactor and PvAnnuity as data and depreciates storage in a straight line.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ..lp import Bools, Floats, Ints
from .model import Model
from .schema import R, S


@dataclass(frozen=True)
class Money:
    """Discounted unit costs of a model.

    Parameters
    ----------
    model : the model
    base : year to which everything is discounted, the first year if None
    """

    model: Model
    base: int | None = None

    @cached_property
    def first(self) -> int:
        return int(self.model.years[0]) if self.base is None else self.base

    @cached_property
    def rate(self) -> Floats:
        """d, shape (R,)."""
        return self.model.dense("DiscountRate")

    @cached_property
    def start(self) -> Floats:
        """DF = (1+d)^(y−y0), shape (R, Y): what is paid at the start of a year."""
        return np.asarray((1 + self.rate[:, None]) ** (self.model.years[None, :] - self.first))

    @cached_property
    def mid(self) -> Floats:
        """DFmid = (1+d)^(y−y0+½), shape (R, Y): what is paid through a year."""
        return np.asarray((1 + self.rate[:, None]) ** (self.model.years[None, :] - self.first + 0.5))

    @cached_property
    def operating(self) -> Floats:
        """Weight of a year's operating cost, YearWeight/DFmid, shape (R, Y)."""
        return np.asarray(self.model.dense("YearWeight")[None, :] / self.mid)

    @cached_property
    def life(self) -> Floats:
        """OperationalLife, shape (R, T)."""
        return self.model.dense("OperationalLife")

    @cached_property
    def annuity(self) -> Floats:
        """CRF·PvAnnuity, shape (R, T): 1 where the technology's own rate is the general one."""
        model = self.model
        if model.given("CapitalRecoveryFactor") and model.given("PvAnnuity"):
            return np.asarray(model.dense("CapitalRecoveryFactor") * model.dense("PvAnnuity"))
        own = np.broadcast_to(self.rate[:, None], self.life.shape).copy()
        table = model.tables.get("DiscountRateIdv")
        if table is not None:
            if table.default is not None:
                own[:] = table.default
            own[table.keys] = table.values
        return recovery(own, self.life) * present_value(self.rate[:, None], self.life)

    @cached_property
    def depreciation(self) -> Floats:
        """1 for sinking fund, 2 for straight line, shape (R,). MUIO knows only the first."""
        if self.model.dialect == "muio" and not self.model.given("DepreciationMethod"):
            return np.ones(self.model.size(R))
        return self.model.dense("DepreciationMethod")

    @cached_property
    def investment(self) -> Floats:
        """Undiscounted cost of a unit of new capacity, CapitalCost·CRF·PvAnnuity, shape (R, T, Y)."""
        return np.asarray(self.model.dense("CapitalCost") * self.annuity[:, :, None])

    @cached_property
    def salvage(self) -> Floats:
        """Share of the investment that is left at the end of the horizon, shape (R, T, Y)."""
        rate = np.broadcast_to(self.rate[:, None], self.life.shape)
        sinking = np.broadcast_to(self.depreciation[:, None] == 1, self.life.shape) & (rate > 0)
        return left_over(self.model.years, self.life, rate, sinking)

    @cached_property
    def at_end(self) -> Floats:
        """(1+d)^(1+ymax−y0), by which salvage is discounted, shape (R,)."""
        return np.asarray((1 + self.rate) ** (1 + int(self.model.years[-1]) - self.first))

    @cached_property
    def capacity_cost(self) -> Floats:
        """Objective per unit of new capacity: investment − salvage + its fixed cost for life, (R, T, Y)."""
        fixed = self.model.dense("FixedCost") * self.operating[:, None, :]
        total = np.concatenate([np.zeros((*fixed.shape[:2], 1)), np.cumsum(fixed, axis=2)], axis=2)
        last = last_year(self.model.years, self.life)
        kept = np.take_along_axis(total, last + 1, axis=2) - total[:, :, :-1]
        kept = np.where(last + 1 > np.arange(self.model.years.size), kept, 0.0)
        capital = self.investment / self.start[:, None, :]
        return np.asarray(capital - self.investment * self.salvage / self.at_end[:, None, None] + kept)

    @cached_property
    def constant(self) -> float:
        """Σ ResidualCapacity·FixedCost/DFmid: part of the objective that no decision changes."""
        cost = self.model.dense("ResidualCapacity") * self.model.dense("FixedCost")
        return float((cost * self.operating[:, None, :]).sum())

    @cached_property
    def storage_rate(self) -> Floats:
        """Discount rate of storages, shape (R, S); MUIO uses the general one."""
        shape = (self.model.size(R), self.model.size(S))
        general = np.broadcast_to(self.rate[:, None], shape).copy()
        table = self.model.tables.get("DiscountRateStorage")
        if table is not None and self.model.dialect != "muio":
            if table.default is not None:
                general[:] = table.default
            general[table.keys] = table.values
        return general

    @cached_property
    def storage_salvage(self) -> Floats:
        """Share of a storage's cost left at the end, shape (R, S, Y)."""
        life, rate = self.model.dense("OperationalLifeStorage"), self.storage_rate
        if self.model.dialect == "muio":
            sinking = np.zeros(life.shape, dtype=bool)
        else:
            sinking = np.broadcast_to(self.depreciation[:, None] == 1, life.shape) & (rate > 0)
        return left_over(self.model.years, life, rate, sinking)

    @cached_property
    def storage_cost(self) -> Floats:
        """Objective per unit of new storage, shape (R, S, Y)."""
        model, growth = self.model, 1 + self.storage_rate[:, :, None]
        cost = model.dense("CapitalCostStorage")
        start = growth ** (model.years - self.first)
        end = growth ** (1 + int(model.years[-1]) - self.first)
        return np.asarray(cost / start - cost * self.storage_salvage / end)


NO_RATE = 1e-12
"""Below this a rate is none: the formulas tend to those of d = 0."""


def recovery(rate: Floats, life: Floats) -> Floats:
    """CRF = (1 − 1/(1+i)) / (1 − (1+i)^−OL); 1/OL where i = 0."""
    with np.errstate(divide="ignore", invalid="ignore"):
        factor = (rate / (1 + rate)) / -_growth(rate, -life)
        return np.asarray(np.where(np.abs(rate) < NO_RATE, 1 / life, factor))


def present_value(rate: Floats, life: Floats) -> Floats:
    """PvAnnuity = (1 − (1+d)^−OL)·(1+d)/d; OL where d = 0."""
    with np.errstate(divide="ignore", invalid="ignore"):
        factor = -_growth(rate, -life) * (1 + rate) / rate
        return np.asarray(np.where(np.abs(rate) < NO_RATE, life, factor))


def _growth(rate: Floats, years: Floats) -> Floats:
    """(1+d)^n − 1, without losing digits where d is small."""
    return np.asarray(np.expm1(years * np.log1p(rate)))


def left_over(years: Ints, life: Floats, rate: Floats, sinking: Bools) -> Floats:
    """Share of an investment's value left at the end of the horizon.

    Parameters
    ----------
    years : shape (Y,)
    life, rate, sinking : shape (R, X); sinking fund where true, straight line elsewhere

    Returns
    -------
    share : shape (R, X, Y), zero where the life ends within the horizon
    """
    used = np.asarray(int(years[-1]) - years + 1, dtype=np.float64)[None, None, :]
    life, rate, sinking = life[:, :, None], rate[:, :, None], sinking[:, :, None]
    with np.errstate(divide="ignore", invalid="ignore"):
        fund = 1 - _growth(rate, used) / _growth(rate, life)
        line = 1 - used / life
    return np.asarray(np.where(life > used, np.where(sinking & (rate >= NO_RATE), fund, line), 0.0))


def first_year(years: Ints, life: Floats) -> Ints:
    """Position of the oldest vintage still alive in each year (y − yy < life), shape (R, X, Y)."""
    oldest = years[None, None, :] - life[:, :, None]
    return np.searchsorted(years, oldest, side="right").astype(np.int32)


def last_year(years: Ints, life: Floats) -> Ints:
    """Position of the last year in which each vintage is alive, shape (R, X, Y)."""
    end = years[None, None, :] + life[:, :, None]
    return (np.searchsorted(years, end, side="left") - 1).astype(np.int32)
