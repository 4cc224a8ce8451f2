"""Why a model cannot be solved, in words of its own subject."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from trunghoa.quantities import N_, Problem

from ..lp import Block
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
    """

    table: str
    keys: tuple[str, ...]
    year: int | None
    amount: float
    unit: str

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
        year = f" ({self.year})" if self.year is not None else ""
        return Problem(
            message,
            file=f"{self.table}.csv",
            value=" ".join(self.keys) + year,
            limit=f"{self.amount:.6g} {self.unit}".strip(),
        )

    def __str__(self) -> str:
        return str(self.problem())


def explain(model: Model, built: Built) -> tuple[Lack, ...]:
    """The smallest set of broken limits that would make an infeasible program feasible.

    Every demand, balance, share and limit may be missed at a price that does not depend on units; what is
    missed in the cheapest solution is reported.
    """
    program = built.program
    arrays = program.arrays()
    short: list[tuple[str, Block, Block, Block]] = []
    for name, block in built.soft.items():
        low, up = arrays.row_lower[block.slice], arrays.row_upper[block.slice]
        size = np.maximum.reduce(
            [np.ones(block.size) * _SMALL, *(np.where(np.isfinite(b), np.abs(b), 0) for b in (low, up))]
        )
        price = 1.0 / np.where(size > _SMALL, size, 1.0)
        missing = program.columns(
            f"{name}_missing", block.size, cost=price, upper=np.where(np.isfinite(low), np.inf, 0)
        )
        excess = program.columns(
            f"{name}_excess", block.size, cost=price, upper=np.where(np.isfinite(up), np.inf, 0)
        )
        program.entries(block.index, missing.index, 1.0)
        program.entries(block.index, excess.index, -1.0)
        short.append((name, block, missing, excess))
    solver = Solver(program)
    others = np.ones(program.column_count, bool)
    for *_, missing, excess in short:
        others[missing.slice] = others[excess.slice] = False
    solver.change_costs(np.flatnonzero(others).astype(np.int32), 0.0)
    solution = solver.solve()
    if not solution.optimal:
        return ()
    found = []
    for name, block, missing, excess in short:
        amounts = solution.x[missing.slice] + solution.x[excess.slice]
        scale = np.maximum(1.0, np.abs(np.nan_to_num(arrays.row_lower[block.slice], posinf=0, neginf=0)))
        found += [
            _lack(model, name, block, n, float(amounts[n]))
            for n in np.flatnonzero(amounts > _SMALL * scale).tolist()
        ]
    return tuple(found)


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
