"""Stocks by year of building: retirement, the state carried from one solve to the next."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..lp import Floats, Ints
from .model import Flags, Model, Stock


@dataclass(frozen=True)
class State:
    """What a solve starts from.

    Attributes
    ----------
    stock : units as they stood in ``year``, before retirement up to the next solved year
    year : the last solved year, or the year the given stock is of
    supply_left, emissions_left : what is left of each total limit, by position in the model's limits
    kept : price kept from an earlier year on, (M,) on top of the model's tax; nan where none is kept yet
    """

    stock: Stock
    year: int
    supply_left: dict[int, float]
    emissions_left: dict[int, float]
    kept: dict[int, float]


def first_state(model: Model) -> State:
    return State(model.stock, model.stock_year, {}, {}, {})


def survival(model: Model, device: Ints, vintage: Ints, since: int | Ints, year: int) -> Floats:
    """Part of the units standing in ``since`` that still stands in ``year``.

    With a life of T a unit stands while year − vintage < T. With Weibull retirement the part is
    S(year − vintage) / S(since − vintage), S(a) = exp(−(a/T)^β): AIM/Enduse, with the power taken of a/T.
    """
    life, shape = model.life[device], model.shape[device]
    age = np.asarray(year - vintage, dtype=float)
    fixed = np.isnan(shape)
    beta = np.where(fixed, 1.0, shape)
    before = np.maximum(np.asarray(since - vintage, dtype=float), 0.0)
    weibull = np.exp((before / life) ** beta - (np.maximum(age, 0.0) / life) ** beta)
    return np.where(fixed, (age < life).astype(float), weibull)


def stands(model: Model, device: Ints, vintage: Ints, year: int) -> Flags:
    """Whether any unit of that year of building can stand in a year."""
    fixed = np.isnan(model.shape[device])
    old = (year - vintage) >= model.life[device]
    return np.asarray((vintage <= year) & ~(fixed & old))


def cohort_years(model: Model, period: int) -> Ints:
    """Years of building of what is recruited in a solved year: the years it stands for."""
    year, interval = model.years[period], int(model.intervals[period])
    return np.arange(year - interval + 1, year + 1, dtype=np.int32)


def cohort_standing(model: Model, built: int, period: int) -> Floats:
    """Units standing in ``period`` for a recruitment of 1 a year in ``built``, (n,)."""
    if built == period:
        return np.full(len(model.devices), float(model.intervals[period]))
    devices = np.arange(len(model.devices), dtype=np.int32)
    total = np.zeros(devices.size)
    for vintage in cohort_years(model, built):
        ages = np.full(devices.size, vintage, dtype=np.int32)
        total += survival(model, devices, ages, model.years[built], model.years[period])
    return total


def tracked_devices(model: Model) -> Ints:
    """Devices whose stock has to be known by year of building: those a retrofit leaves or leads to."""
    return np.unique(np.concatenate([model.retrofits.origin, model.retrofits.target])).astype(np.int32)
