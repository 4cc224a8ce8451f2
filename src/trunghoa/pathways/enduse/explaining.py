"""Why a model cannot be solved, in words of its own subject."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from trunghoa.quantities import N_, Problem

from ..lp import Arrays, Block, Program
from ..solving import Solver
from .building import Built
from .model import Model
from .schema import Bound

_SMALL = 1e-7


@dataclass(frozen=True, slots=True)
class Lack:
    """One limit that would have to give way, and by how much.

    Attributes
    ----------
    table : the table that sets the limit
    keys : its keys
    year : the solved year; None for a total over years
    amount : by how much, in the limit's unit
    unit : that unit
    excess : there would be too much, where a table says both how little and how much there may be
    because : the limits that keep it from being met, each as table and keys
    """

    table: str
    keys: tuple[str, ...]
    year: int | None
    amount: float
    unit: str
    excess: bool = False
    because: tuple[str, ...] = ()

    def problem(self) -> Problem:
        """The lack as a problem with a message that can be translated."""
        message = {
            "demand": N_("Demand for %(value)s lacks %(limit)s."),
            "commodity": N_("Supply of %(value)s lacks %(limit)s."),
            "emission_limit": N_("Emissions of %(value)s are above their limit by %(limit)s."),
            "energy_supply": N_("The supply limit of %(value)s is missed by %(limit)s."),
            "recruitment": N_("The recruitment limit of %(value)s is missed by %(limit)s."),
            "stock_limit": N_("The stock limit of %(value)s is missed by %(limit)s."),
            "intensity_limit": N_(
                "Emissions under the intensity limit of %(value)s are too high by %(limit)s."
            ),
        }.get(self.table, N_("The share limit of %(value)s is missed by %(limit)s."))
        if self.excess and self.table in ("demand", "commodity"):
            message = N_("There would be too much of %(value)s by %(limit)s.")
        year = f" ({self.year})" if self.year is not None else ""
        return Problem(
            message,
            "; ".join(self.because).replace("%", "%%"),
            file=f"{self.table}.csv",
            value=" ".join(self.keys) + year,
            limit=f"{self.amount:.6g} {self.unit}".strip(),
        )

    def __str__(self) -> str:
        return str(self.problem())


# What gives way first: a limit of emissions before a demand, a demand before what can be built or had.
_DEAR = {"emission": 0.1, "intensity": 0.1, "demand": 1.0, "commodity": 1.0}
_OTHERWISE = 100.0


def explain(model: Model, built: Built) -> tuple[Lack, ...]:
    """The smallest misses that would make an infeasible program feasible, and what causes them.

    Every demand, balance, share and limit may be missed at a price relative to its own size; what is missed
    in the cheapest solution is reported, with the limits that bind there in the same year.
    """
    program = built.program
    arrays = program.arrays()
    slacks = [_Slack(program, arrays, name, block) for name, block in built.soft.items()]
    solver = Solver(program)
    kept = np.ones(program.column_count, bool)
    for slack in slacks:
        kept[slack.missing.slice] = kept[slack.excess.slice] = False
    solver.change_costs(np.flatnonzero(kept).astype(np.int32), 0.0)
    solution = solver.solve()
    if not solution.optimal:
        return ()
    missed: list[tuple[Lack, str]] = []
    binding: list[tuple[float, Lack]] = []
    for slack in slacks:
        short, over = solution.x[slack.missing.slice], solution.x[slack.excess.slice]
        duals = np.abs(solution.y[slack.block.slice]) * slack.size
        for n in range(slack.block.size):
            amount = float(max(short[n], over[n]))
            if amount > _SMALL * max(1.0, slack.size[n]):
                lack = _lack(model, slack.name, slack.block, n, amount)
                missed.append((replace(lack, excess=bool(over[n] > short[n])), slack.name))
            elif duals[n] > _SMALL and not slack.name.startswith(("demand", "commodity")):
                binding.append((float(duals[n]), _lack(model, slack.name, slack.block, n, 0.0)))
    binding.sort(key=lambda pair: -pair[0])
    return tuple(replace(lack, because=_causes(lack, name, binding)) for lack, name in missed)


def _causes(lack: Lack, name: str, binding: list[tuple[float, Lack]]) -> tuple[str, ...]:
    if not name.startswith(("demand", "commodity")):
        return ()
    same = [other for _, other in binding if other.year in (lack.year, None)]
    return tuple(f"{other.table}.csv: {' '.join(other.keys)}" for other in same[:3])


class _Slack:
    """Columns by which the rows of a block may be missed, priced relative to the size of each row."""

    def __init__(self, program: Program, arrays: Arrays, name: str, block: Block) -> None:
        low, up = arrays.row_lower[block.slice], arrays.row_upper[block.slice]
        ends = [np.where(np.isfinite(end), np.abs(end), 0.0) for end in (low, up)]
        self.name, self.block = name, block
        self.size = np.where(np.maximum(*ends) > _SMALL, np.maximum(*ends), 1.0)
        price = _DEAR.get(name.split("_")[0], _OTHERWISE) / self.size
        count, endless = block.size, np.inf
        self.missing = program.columns(
            f"{name}_missing", count, cost=price, upper=np.where(np.isfinite(low), endless, 0.0)
        )
        self.excess = program.columns(
            f"{name}_excess", count, cost=price, upper=np.where(np.isfinite(up), endless, 0.0)
        )
        program.entries(block.index, self.missing.index, 1.0)
        program.entries(block.index, self.excess.index, -1.0)


def _lack(model: Model, name: str, block: Block, n: int, amount: float) -> Lack:
    year = model.years[int(block.labels["year"][n])] if "year" in block.labels else None
    members = model.tables.members
    if name == "demand":
        key = model.services[int(block.labels["service"][n])]
        return Lack("demand", key, year, amount, members["services"][key[2]].own.get("unit", ""))
    if name == "commodity":
        return Lack("commodity", model.balances[int(block.labels["commodity"][n])].key, year, amount, "")
    if name.startswith("intensity"):
        number = int(name.split("_")[1])
        return Lack("intensity_limit", model.intensity_limits[number].limit.keys, year, amount, "")
    number = int(block.labels["limit"][n])
    if name == "share":
        share = model.shares[number]
        return Lack(share.table, (*share.limit.keys, share.limit.bound.value), year, amount, "")
    if name.startswith("energy"):
        table, groups = "energy_supply", model.supply
    elif name.startswith("emission"):
        table, groups = "emission_limit", model.emission_limits
    else:
        table = name
        groups = model.recruitment if name == "recruitment" else model.stock_limits
    limit = groups[number].limit
    keys = limit.keys if limit.bound is Bound.MAX else (*limit.keys, limit.bound.value)
    return Lack(table, keys, year, amount, "")
