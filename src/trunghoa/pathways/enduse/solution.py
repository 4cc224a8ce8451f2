"""What a solve found: arrays over years, and the accounts worked out from them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from ..lp import Floats, Ints
from . import cost
from .explaining import Lack
from .model import Links, Model
from .stocks import cohort_standing


@dataclass(frozen=True)
class Retrofitted:
    """Units turned into something else: solved year, way, year of building, units."""

    period: Ints
    way: Ints
    vintage: Ints
    units: Floats


@dataclass(frozen=True)
class Result:
    """A solved model.

    Attributes
    ----------
    status : ``optimal``, or the status of the window that could not be solved
    foresight, method : what was asked for, and the method that really ran
    objective : sum of yearly costs if recursive, else discounted cost; see ``objective_kind``
    operation, new, replaced, stock : (T, n); activity, units recruited and replaced a year, units standing
    marginal : by number of the emission limit, (T,) money per unit of the group; nan where no limit holds
    gas_price : tax and kept price on each gas, (T, M)
    credits : (intensity limits, T) credits bought
    lacks : what made the model infeasible, in domain words
    rows, columns, entries : size of the largest program
    seconds : time by stage
    """

    model: Model
    status: str
    foresight: str
    method: str
    objective: float
    operation: Floats
    new: Floats
    replaced: Floats
    stock: Floats
    retrofitted: Retrofitted
    marginal: Mapping[int, Floats]
    service_value: Floats
    gas_price: Floats
    credits: Floats
    lacks: tuple[Lack, ...] = ()
    rows: int = 0
    columns: int = 0
    entries: int = 0
    iterations: int = 0
    seconds: Mapping[str, float] = field(default_factory=dict)

    @property
    def objective_kind(self) -> str:
        """What the objective is; the two kinds are never compared with each other."""
        return "sum of yearly costs" if self.foresight == "recursive" else "discounted system cost"

    @property
    def optimal(self) -> bool:
        return self.status == "optimal"

    def _given(self, links: Links, size: int) -> Floats:
        total = np.zeros((len(self.model.years), size))
        for t in range(total.shape[0]):
            np.add.at(total[t], links.other, links.values[t] * self.operation[t, links.device])
        return total

    @property
    def service(self) -> Floats:
        """Service given by (region, sector, service), (T, J)."""
        return self._given(self.model.outputs, len(self.model.services))

    @property
    def energy(self) -> Floats:
        """Energy used by (region, sector, energy), (T, K)."""
        return self._given(self.model.inputs, len(self.model.uses))

    @property
    def emissions(self) -> Floats:
        """Emissions by (region, sector, gas), (T, M)."""
        return self._given(self.model.emissions, len(self.model.gases_at))

    @property
    def device_energy(self) -> Floats:
        """Energy used, per link of ``model.inputs``, (T, links)."""
        return np.asarray(self.model.inputs.values * self.operation[:, self.model.inputs.device])

    @property
    def device_emissions(self) -> Floats:
        """Emissions, per link of ``model.emissions``, (T, links)."""
        return np.asarray(self.model.emissions.values * self.operation[:, self.model.emissions.device])

    @property
    def co2e(self) -> Floats:
        """Emissions by (region, sector, gas) in the model's group of gases, (T, M)."""
        return np.asarray(self.emissions * self.model.gas_weights)

    def cost(self) -> dict[str, Floats]:
        """Money by kind and year, undiscounted, each (T,).

        ``capital``, ``replacement`` and ``retrofit`` are the yearly payments for the units of that year
        alone, as AIM/Enduse counts them (older units are sunk). ``standing`` is the yearly payment for all
        units that the model has built and that still stand.
        """
        m = self.model
        lengths = m.intervals.astype(float)[:, None]
        yearly = cost.annuity(m.hurdle, m.life) * m.capital * (1 - m.subsidy)
        again = cost.annuity(m.hurdle, m.life) * np.nan_to_num(m.replacement)
        r = self.retrofitted
        year = np.asarray(m.years)[r.period]
        rest = np.maximum(1.0, m.life[m.retrofits.origin[r.way]] - (year - r.vintage))
        paid = (
            m.retrofits.cost[r.period, r.way]
            * cost.annuity(m.hurdle[m.retrofits.target[r.way]], rest)
            * r.units
        )
        retrofit = np.zeros(len(m.years))
        np.add.at(retrofit, r.period, paid)
        bought = np.zeros(len(m.years))
        for n, group in enumerate(m.intensity_limits):
            bought += self.credits[n] * group.offset_price
        return {
            "operating": (self.operation * m.operating).sum(axis=1),
            "energy": (self.energy * m.price).sum(axis=1),
            "capital": (self.new * yearly * lengths).sum(axis=1),
            "replacement": (self.replaced * again * lengths).sum(axis=1),
            "retrofit": retrofit,
            "emission_payment": (self.emissions * self.gas_price).sum(axis=1),
            "credits": bought,
            "standing": self._standing_payments(yearly, again, paid, rest),
        }

    def yearly_cost(self) -> Floats:
        """Total cost of each year as AIM/Enduse counts it (VTC), (T,)."""
        parts = self.cost()
        return np.asarray(sum(values for kind, values in parts.items() if kind != "standing"))

    def _standing_payments(self, yearly: Floats, again: Floats, paid: Floats, rest: Floats) -> Floats:
        m = self.model
        total = np.zeros(len(m.years))
        for t in range(total.size):
            for built in range(t + 1):
                units = cohort_standing(m, built, t)
                total[t] += units @ (self.new[built] * yearly[built] + self.replaced[built] * again[built])
            since = m.years[t] - np.asarray(m.years)[self.retrofitted.period]
            total[t] += paid[(since >= 0) & (since < rest)].sum()
        return total

    def investment(self) -> Floats:
        """Money invested in the years each solved year stands for, undiscounted, before subsidy, (T, n)."""
        m = self.model
        lengths = m.intervals.astype(float)[:, None]
        total = (self.new * m.capital + self.replaced * np.nan_to_num(m.replacement)) * lengths
        r = self.retrofitted
        np.add.at(total, (r.period, m.retrofits.target[r.way]), m.retrofits.cost[r.period, r.way] * r.units)
        return np.asarray(total)

    def summary(self) -> dict[str, object]:
        """What the command line prints: plain numbers and texts."""
        return {
            "objective": self.objective if self.optimal else None,
            "objective_kind": self.objective_kind,
            "status": self.status,
            "method": self.method,
            "foresight": self.foresight,
            "unmet": sum(
                (lack.amount for lack in self.lacks if lack.table == "demand" and not lack.excess), 0.0
            ),
            "lacks": [str(lack) for lack in self.lacks],
            "rows": self.rows,
            "cols": self.columns,
            "nnz": self.entries,
            "seconds": {stage: round(spent, 4) for stage, spent in self.seconds.items()},
        }
