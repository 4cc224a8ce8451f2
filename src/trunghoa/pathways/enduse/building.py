"""The linear program of one or several solved years of an AIM/Enduse model.

Columns are operation X, recruitment R and replacement P per year, retrofit C and, for devices that can be
retrofitted, the stock by year of building. Service, energy, emissions and cost are worked out afterwards.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from ..lp import Block, Floats, Ints, Program
from . import cost
from .model import Model
from .rows import add_rows
from .stocks import (
    State,
    cohort_standing,
    cohort_years,
    stands,
    survival,
    tracked_devices,
)


@dataclass
class Built:
    """A program with the blocks that results are read from.

    Attributes
    ----------
    periods : positions of the solved years, K of them
    operation, new : columns (K × n), in the order of periods, then devices
    replaced : columns (K × devices that can be replaced)
    retrofit : columns, with ``retrofit_period``, ``retrofit_way`` and ``retrofit_vintage``
    weight : discounted length of each solved year; 1 with yearly costs
    soft : rows that the relaxation may break, by block
    """

    program: Program
    periods: tuple[int, ...]
    operation: Block
    new: Block
    replaced: Block
    replaceable: Ints
    retrofit: Block
    retrofit_period: Ints
    retrofit_way: Ints
    retrofit_vintage: Ints
    tracked: Ints
    vintages: Block
    vintage_period: Ints
    vintage_device: Ints
    vintage_year: Ints
    weight: Floats
    credits: dict[tuple[int, int], int] = field(default_factory=dict)
    soft: dict[str, Block] = field(default_factory=dict)


class Builder:
    """Builds the program of consecutive solved years.

    Parameters
    ----------
    model : the compiled model
    periods : positions of the solved years
    state : what stands when they begin
    discounted : costs of several years compared; else the yearly cost of AIM/Enduse, for one year
    """

    def __init__(self, model: Model, periods: tuple[int, ...], state: State, *, discounted: bool) -> None:
        self.model, self.periods, self.state, self.discounted = model, periods, state, discounted
        self.n, self.k = len(model.devices), len(periods)
        self.program = Program(_sets(model))
        self.rate = model.discount_rate or 0.0
        self.first, self.last = model.years[0], model.years[periods[-1]]
        self.standing = {(j, k): cohort_standing(model, j, k) for k in periods for j in periods if j <= k}

    def build(self) -> Built:
        self._columns()
        self._stock_rows()
        self._capacity_rows()
        add_rows(self)
        return self.built

    # Columns and costs

    def _columns(self) -> None:
        model, k = self.model, self.k
        weight = np.array([self._weight(p) for p in self.periods])
        labels = {"year": np.repeat(np.array(self.periods, np.int32), self.n),
                  "device": np.tile(np.arange(self.n, dtype=np.int32), k)}  # fmt: skip
        running = np.concatenate(
            [w * self._operating_cost(p) for w, p in zip(weight, self.periods, strict=True)]
        )
        operation = self.program.columns("operation", k * self.n, cost=running, labels=labels)
        spending = np.concatenate([self._recruit_cost(p, model.capital[p] * (1 - model.subsidy[p]))
                                   for p in self.periods])  # fmt: skip
        new = self.program.columns("new", k * self.n, cost=spending, labels=labels)
        replaceable = np.flatnonzero(~np.isnan(model.replacement[0])).astype(np.int32)
        again = [
            self._recruit_cost(p, np.nan_to_num(model.replacement[p]))[replaceable] for p in self.periods
        ]
        replaced = self.program.columns(
            "replaced",
            k * replaceable.size,
            cost=np.concatenate(again),
            labels={"year": np.repeat(np.array(self.periods, np.int32), replaceable.size),
                    "device": np.tile(replaceable, k)},
        )  # fmt: skip
        tracked = tracked_devices(model)
        vp, vd, vy = self._vintage_index(tracked)
        vintages = self.program.columns(
            "stock_by_vintage", vp.size, labels={"year": vp, "device": vd, "built": vy}
        )
        rp, rw, ry = self._retrofit_index(vp, vd, vy)
        retrofit = self.program.columns(
            "retrofit",
            rp.size,
            cost=self._retrofit_cost(rp, rw, ry),
            labels={"year": rp, "way": rw, "built": ry},
        )
        self.built = Built(
            self.program, self.periods, operation, new, replaced, replaceable, retrofit, rp, rw, ry, tracked,
            vintages, vp, vd, vy, weight,
        )  # fmt: skip

    def _weight(self, period: int) -> float:
        if not self.discounted:
            return 1.0
        year, interval = self.model.years[period], int(self.model.intervals[period])
        return cost.operating_weight(self.rate, year, interval, self.first)

    def gas_price(self, period: int) -> Floats:
        """Tax and kept price on each gas, (M,)."""
        price: Floats = self.model.tax[period].copy()
        for number, kept in self.state.kept.items():
            group = self.model.kept_prices[number]
            price[group.members] += kept * group.weights
        return price

    def _operating_cost(self, period: int) -> Floats:
        model = self.model
        total: Floats = model.operating[period].copy()
        np.add.at(total, model.inputs.device, model.inputs.on(period, model.price[period]))
        np.add.at(total, model.emissions.device, model.emissions.on(period, self.gas_price(period)))
        return total

    def _recruit_cost(self, period: int, per_unit: Floats) -> Floats:
        """Cost of recruiting one unit a year in the years a solved year stands for, (n,)."""
        model = self.model
        if not self.discounted:
            yearly: Floats = cost.annuity(model.hurdle, model.life) * float(model.intervals[period])
            return np.asarray(per_unit * yearly)
        total = np.zeros(self.n)
        for year in cohort_years(model, period).tolist():
            total += cost.investment_weight(self.rate, model.hurdle, model.life, year, self.last, self.first)
        spent: Floats = per_unit * total
        return spent

    def _retrofit_cost(self, period: Ints, way: Ints, vintage: Ints) -> Floats:
        """The retrofit is paid over the rest of the old device's life, at the new device's rate."""
        model = self.model
        per_unit = model.retrofits.cost[period, way]
        year = np.asarray(model.years)[period]
        rest = np.maximum(1.0, model.life[model.retrofits.origin[way]] - (year - vintage))
        hurdle = model.hurdle[model.retrofits.target[way]]
        if not self.discounted:
            return np.asarray(per_unit * cost.annuity(hurdle, rest))
        weight = cost.investment_weight(self.rate, hurdle, rest, year, self.last, self.first)
        return np.asarray(per_unit * weight)

    # Stocks

    def _vintage_index(self, tracked: Ints) -> tuple[Ints, Ints, Ints]:
        """(period, device, year of building) whose stock is a column of its own."""
        if not tracked.size:
            empty = np.empty(0, np.int32)
            return empty, empty, empty
        own = self.state.stock.vintage[np.isin(self.state.stock.device, tracked)]
        built = [cohort_years(self.model, p) for p in self.periods]
        years = np.unique(np.concatenate([own, *built])).astype(np.int32)
        device, year = (a.ravel().astype(np.int32) for a in np.meshgrid(tracked, years, indexing="ij"))
        parts = []
        for p in self.periods:
            # What is recruited in a solved year stands in it, even if its life is shorter than the interval.
            fresh = np.isin(year, cohort_years(self.model, p))
            keep = stands(self.model, device, year, self.model.years[p]) | fresh
            parts.append((np.full(int(keep.sum()), p, np.int32), device[keep], year[keep]))
        period, devices, vintages = (np.concatenate(arrays) for arrays in zip(*parts, strict=True))
        return period, devices, vintages

    def _retrofit_index(self, vp: Ints, vd: Ints, vy: Ints) -> tuple[Ints, Ints, Ints]:
        """(period, way, year of building): units of earlier years whose new form still stands."""
        known = {key: n for n, key in enumerate(zip(vp.tolist(), vd.tolist(), vy.tolist(), strict=True))}
        ways = list(
            zip(self.model.retrofits.origin.tolist(), self.model.retrofits.target.tolist(), strict=True)
        )
        fresh = {p: int(cohort_years(self.model, p)[0]) for p in self.periods}
        found = [
            (p, way, year)
            for way, (origin, target) in enumerate(ways)
            for p, device, year in known
            if device == origin and year < fresh[p] and (p, target, year) in known
        ]
        columns = np.array(found, np.int32).reshape(-1, 3)
        return columns[:, 0], columns[:, 1], columns[:, 2]

    def _stock_rows(self) -> None:
        """Stock by year of building: what stood, what is recruited, what is turned into something else."""
        b, model = self.built, self.model
        if not b.vintage_period.size:
            return
        key = {k: n for n, k in enumerate(zip(b.vintage_period.tolist(), b.vintage_device.tolist(),
                                              b.vintage_year.tolist(), strict=True))}  # fmt: skip
        given = np.zeros(b.vintages.size)
        carried: list[tuple[int, int, float]] = []
        stock = self._standing(self.periods[0])
        for device, vintage, units in zip(
            self.state.stock.device, self.state.stock.vintage, stock, strict=True
        ):
            place = key.get((self.periods[0], int(device), int(vintage)))
            if place is not None:
                given[place] += units
        for position, p in enumerate(self.periods[1:], start=1):
            before = self.periods[position - 1]
            mine = np.flatnonzero(b.vintage_period == p)
            kept = survival(
                model, b.vintage_device[mine], b.vintage_year[mine], model.years[before], model.years[p]
            )
            for n, part in zip(mine.tolist(), kept.tolist(), strict=True):
                earlier = key.get((before, int(b.vintage_device[n]), int(b.vintage_year[n])))
                if earlier is not None and part > 0:
                    carried.append((n, earlier, part))
        rows = self.program.rows("stock_by_vintage", b.vintages.size, lower=given, upper=given,
                                 labels=dict(b.vintages.labels))  # fmt: skip
        self.program.entries(rows.index, b.vintages.index, 1.0)
        if carried:
            to, since, part = (np.array(c) for c in zip(*carried, strict=True))
            self.program.entries(rows.at(to), b.vintages.at(since), -part)
        self._recruit_into(rows)
        if b.retrofit.size:
            origin, target = model.retrofits.origin[b.retrofit_way], model.retrofits.target[b.retrofit_way]
            for device, sign in ((origin, 1.0), (target, -1.0)):
                places = [key[k] for k in zip(b.retrofit_period.tolist(), device.tolist(),
                                              b.retrofit_vintage.tolist(), strict=True)]  # fmt: skip
                self.program.entries(rows.at(places), b.retrofit.index, sign)

    def _recruit_into(self, rows: Block) -> None:
        """A recruitment of 1 a year adds 1 to each year of building it stands for."""
        b = self.built
        for position, p in enumerate(self.periods):
            own = np.flatnonzero((b.vintage_period == p) & (b.vintage_year >= cohort_years(self.model, p)[0]))
            device = b.vintage_device[own]
            self.program.entries(rows.at(own), b.new.at(position * self.n + device), -1.0)
            again = np.isin(device, b.replaceable)
            place = np.searchsorted(b.replaceable, device[again]) + position * b.replaceable.size
            self.program.entries(rows.at(own[again]), b.replaced.at(place), -1.0)

    def _standing(self, period: int) -> Floats:
        """Units of the state's stock that stand in a solved year."""
        stock = self.state.stock
        kept = survival(self.model, stock.device, stock.vintage, self.state.year, self.model.years[period])
        return np.asarray(stock.units * kept)

    def given_stock(self, period: int) -> Floats:
        """Units of untracked devices that stand in a solved year from before, (n,)."""
        total = np.zeros(self.n)
        np.add.at(total, self.state.stock.device, self._standing(period))
        total[self.built.tracked] = 0.0
        return total

    def stock_entries(self, position: int) -> tuple[Ints, Ints, Floats]:
        """Stock in a solved year as columns: device, column, coefficient. Constants are apart."""
        b, period = self.built, self.periods[position]
        tracked = np.zeros(self.n, bool)
        tracked[b.tracked] = True
        free = np.flatnonzero(~tracked).astype(np.int32)
        again = b.replaceable[~tracked[b.replaceable]]
        device, column, value = [], [], []
        for earlier in range(position + 1):
            units = self.standing[self.periods[earlier], period]
            device += [free, again]
            place = np.searchsorted(b.replaceable, again) + earlier * b.replaceable.size
            column += [b.new.at(earlier * self.n + free), b.replaced.at(place)]
            value += [units[free], units[again]]
        mine = np.flatnonzero(b.vintage_period == period)
        device.append(b.vintage_device[mine])
        column.append(b.vintages.at(mine))
        value.append(np.ones(mine.size))
        return np.concatenate(device), np.concatenate(column), np.concatenate(value)

    # Rows

    def soft(self, name: str, size: int, *, lower: object, upper: object, labels: dict[str, Ints]) -> Block:
        block = self.program.rows(name, size, lower=lower, upper=upper, labels=labels)  # type: ignore[arg-type]
        self.built.soft[name] = block
        return block

    def _capacity_rows(self) -> None:
        """X <= (1+γ) S, with equality where no stock may stand idle."""
        b, model = self.built, self.model
        rates = np.concatenate([model.rate[p] for p in self.periods])
        given = np.concatenate([model.rate[p] * self.given_stock(p) for p in self.periods])
        full = np.tile(model.full, self.k)
        rows = self.program.rows(
            "capacity", self.k * self.n, lower=np.where(full, given, -np.inf), upper=given,
            labels=dict(b.operation.labels),
        )  # fmt: skip
        self.program.entries(rows.index, b.operation.index, 1.0)
        for position in range(self.k):
            device, column, value = self.stock_entries(position)
            place = position * self.n + device
            self.program.entries(rows.at(place), column, -value * rates[place])
        self._replacement_rows()

    def _replacement_rows(self) -> None:
        """P·Δ <= units retired since the solved year before."""
        b, model = self.built, self.model
        if not b.replaceable.size:
            return
        size = b.replaceable.size
        upper = np.concatenate([self._retired(position)[b.replaceable] for position in range(self.k)])
        rows = self.program.rows("replacement", self.k * size, upper=upper, labels=dict(b.replaced.labels))
        lengths = np.repeat(model.intervals[list(self.periods)], size).astype(float)
        self.program.entries(rows.index, b.replaced.index, lengths)
        tracked = np.isin(b.replaceable, b.tracked)
        free, place = b.replaceable[~tracked], np.flatnonzero(~tracked)
        for position in range(1, self.k):
            before, period = self.periods[position - 1], self.periods[position]
            for earlier in range(position):
                built = self.periods[earlier]
                gone = (self.standing[built, before] - self.standing[built, period])[free]
                self.program.entries(
                    rows.at(position * size + place), b.new.at(earlier * self.n + free), -gone
                )
                self.program.entries(
                    rows.at(position * size + place), b.replaced.at(earlier * size + place), -gone
                )
            mine = np.flatnonzero((b.vintage_period == before) & np.isin(b.vintage_device, b.replaceable))
            device, year = b.vintage_device[mine], b.vintage_year[mine]
            gone = 1 - survival(model, device, year, model.years[before], model.years[period])
            target = position * size + np.searchsorted(b.replaceable, device)
            self.program.entries(rows.at(target), b.vintages.at(mine), -gone)

    def _retired(self, position: int) -> Floats:
        """Units given from before that retire ahead of a solved year, (n,)."""
        stock, total = self.state.stock, np.zeros(self.n)
        now = self._standing(self.periods[position])
        before = stock.units if position == 0 else self._standing(self.periods[position - 1])
        np.add.at(total, stock.device, before - now)
        if position:
            total[self.built.tracked] = 0.0
        return total


def _sets(model: Model) -> dict[str, list[str]]:
    return {
        "year": [str(year) for year in model.years],
        "device": [":".join(key) for key in model.devices],
        "service": [":".join(key) for key in model.services],
        "commodity": [":".join(balance.key) for balance in model.balances],
        "way": [
            f"{':'.join(model.devices[o])}>{model.devices[t][2]}"
            for o, t in zip(model.retrofits.origin, model.retrofits.target, strict=True)
        ],
    }
