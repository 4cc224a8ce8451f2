"""A compiled AIM/Enduse model: arrays over years, and links between what exists."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trunghoa.quantities import Problem

from ..lp import Floats, Ints
from .expand import Key
from .schema import Bound
from .tables import Tables

Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Links:
    """Coefficients of devices on something, sparse: ``values[t, n]`` of ``device[n]`` on ``other[n]``."""

    device: Ints
    other: Ints
    values: Floats

    def on(self, year: int, coefficient: Floats) -> Floats:
        """Sum over links of value times ``coefficient[other]``, per link."""
        weighted: Floats = self.values[year] * coefficient[self.other]
        return weighted


@dataclass(frozen=True)
class Limit:
    """A greatest or least value over years for one target.

    Attributes
    ----------
    keys : what it is about
    bound : min, max or total
    values : (T,), infinite where there is no limit
    """

    keys: Key
    bound: Bound
    values: Floats


@dataclass(frozen=True)
class GroupLimit:
    """A limit whose target is a weighted sum over places, energies, gases or devices.

    Attributes
    ----------
    members : positions of what is summed (in ``Model.uses``, ``Model.gases_at`` or ``Model.devices``)
    weights : weight of each of them
    """

    limit: Limit
    members: Ints
    weights: Floats


@dataclass(frozen=True)
class ShareLimit:
    """Σ part <= share × Σ whole (or >=), over links between devices and services (``Model.outputs``)."""

    table: str
    limit: Limit
    part: Ints
    whole: Ints


@dataclass(frozen=True)
class IntensityLimit:
    """Emissions less credits <= rate × service given; credits at a price up to a share of the emissions."""

    limit: Limit
    members: Ints
    weights: Floats
    services: Ints
    offset_share: Floats
    offset_price: Floats


@dataclass(frozen=True)
class Balance:
    """A commodity in an area: what gives it, what takes it, and its greatest surplus, (T,)."""

    key: Key
    giving: Ints
    taking: Ints
    surplus: Floats


@dataclass(frozen=True)
class Stock:
    """Units standing, by device and year of building."""

    device: Ints
    vintage: Ints
    units: Floats


@dataclass(frozen=True)
class Retrofits:
    """Ways a unit can be turned into another; cost is net of subsidy, (T, Q)."""

    origin: Ints
    target: Ints
    cost: Floats


@dataclass(frozen=True)
class Model:
    """Everything a solve needs. Made by :func:`trunghoa.pathways.enduse.compile_model`.

    Attributes
    ----------
    years, intervals : T solved years, and how many years each stands for
    devices : (region, sector, device), n of them; the arrays that follow are (n,) or (T, n)
    life, shape, hurdle : years; Weibull shape or nan; rate
    capital, operating, subsidy, rate : money per unit, per activity; share; activity per unit of stock
    full : no idle stock
    outputs, inputs, emissions : links to ``services`` (region, sector, service), ``uses`` (region, sector,
        energy) and ``gases_at`` (region, sector, gas); emissions hold energy and process together
    demand, surplus : (T, J), nan for services inside the model; greatest service beyond the demand
    price, tax : money per energy (T, K) and per gas (T, M)
    balances : of commodities made inside the model; links of ``outputs`` and ``inputs``
    stock : standing in ``stock_year``
    """

    tables: Tables
    years: tuple[int, ...]
    intervals: Ints
    devices: tuple[Key, ...]
    services: tuple[Key, ...]
    uses: tuple[Key, ...]
    gases_at: tuple[Key, ...]
    life: Floats
    shape: Floats
    hurdle: Floats
    capital: Floats
    operating: Floats
    subsidy: Floats
    rate: Floats
    full: Flags
    replacement: Floats
    outputs: Links
    inputs: Links
    emissions: Links
    demand: Floats
    surplus: Floats
    price: Floats
    tax: Floats
    stock: Stock
    stock_year: int
    retrofits: Retrofits
    shares: tuple[ShareLimit, ...]
    recruitment: tuple[GroupLimit, ...]
    stock_limits: tuple[GroupLimit, ...]
    supply: tuple[GroupLimit, ...]
    emission_limits: tuple[GroupLimit, ...]
    intensity_limits: tuple[IntensityLimit, ...]
    kept_prices: tuple[GroupLimit, ...]
    balances: tuple[Balance, ...]
    discount_rate: float | None
    foresight: str
    window: int
    step: int
    notices: tuple[Problem, ...] = ()

    @property
    def gas_weights(self) -> Floats:
        """Weight of each of ``gases_at`` in the group that totals are shown in, (M,)."""
        group = self.tables.settings.get("national_gases", "")
        rows = self.tables.groups.get("gas_groups", {}).get(group, ())
        by_gas = {row.cells[0]: row.weight for row in rows}
        if not by_gas:
            return np.ones(len(self.gases_at))
        return np.array([by_gas.get(gas, 0.0) for _, _, gas in self.gases_at])
