"""A solve as a process of its own, which can be stopped and limited without harm to who asked for it.

``python -m trunghoa.pathways.enduse.job`` serves an order as :mod:`trunghoa.pathways.serving` says.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import asdict, replace
from importlib.metadata import version
from typing import Any

import numpy as np

from trunghoa.quantities import Quality

from ..serving import Say, run
from .accounts import account
from .compiling import compile_model
from .plain import from_plain
from .solution import Result
from .solve import Options, solve_model
from .tables import ALL, Record, Tables

# What the draws move, and the key by which members move together.
DRAWN = {"energy_price": 2, "capital_cost": 2, "demand": 2}


def serve(order: Mapping[str, Any], say: Say) -> dict[str, Any]:
    """Do what an order asks: one course, a sweep of prices, or draws of uncertain inputs.

    Parameters
    ----------
    order : ``tables`` (see :mod:`~trunghoa.pathways.enduse.plain`), ``method``, and ``analysis``: empty,
        ``{"prices": [0, 25, …]}`` or ``{"draws": 40, "spread": 0.2, "seed": 1}``
    say : called with what is going on

    Raises
    ------
    InputError, ModelError
        as compiling and solving do.
    """
    tables = from_plain(order["tables"])
    analysis = order.get("analysis") or {}
    prices, draws = list(analysis.get("prices", ())), int(analysis.get("draws", 0))
    solves = 1 + len(prices) + draws
    steps = _Steps(say, solves)
    result = steps.solve(tables, order)
    found = account(result)
    found["summary"]["solver"] = f"HiGHS (highspy {version('highspy')})"
    found["notices"] = [asdict(notice) for notice in result.model.notices]
    found["lacks"] = [asdict(lack.problem()) for lack in result.lacks]
    if prices and result.optimal:
        found["sweep"] = [_sweep_row(p, steps.solve(taxed(tables, p), order)) for p in prices]
    if draws and result.optimal:
        found["draws"] = _draws(tables, analysis, draws, steps, order)
    return found


class _Steps:
    """Counts solves and tells how far they are."""

    def __init__(self, say: Say, solves: int) -> None:
        self.say, self.solves, self.done = say, solves, 0

    def solve(self, tables: Tables, order: Mapping[str, Any]) -> Result:
        def progress(year: int, of: int) -> None:
            self.say({"done": self.done * of + year, "of": self.solves * of})

        def log(line: str) -> None:
            if self.solves == 1:
                self.say({"log": line})

        model = compile_model(tables)
        result = solve_model(
            model, Options(method=order.get("method") or "simplex", progress=progress, log=log)
        )
        self.done += 1
        if self.solves > 1:
            self.say({"log": f"{self.done}/{self.solves}: {result.status}, {result.objective:.10g}"})
        return result


def taxed(tables: Tables, price: float) -> Tables:
    """The model with a price on all its gases in every year and place, on top of what it taxes already."""
    gases = tables.settings.get("national_gases", "")
    targets = [gases] if gases else sorted(tables.codes("gases"))
    added = [
        Record((ALL, gas), price, None, None, Quality.ILLUSTRATIVE, "carbon price sweep", "", "sweep", None)
        for gas in targets
    ]
    kept = [
        replace(r, value=r.value + price) if r.keys in {(ALL, gas) for gas in targets} else r
        for r in tables.records("emission_tax")
    ]
    held = {r.keys for r in kept}
    return tables.with_values({"emission_tax": [*kept, *(r for r in added if r.keys not in held)]})


def _sweep_row(price: float, result: Result) -> dict[str, Any]:
    return {"price": price, "status": result.status, **_totals(result)}


def _totals(result: Result) -> dict[str, Any]:
    if not result.optimal:
        return {"objective": None, "co2e": None, "cost": None}
    parts = result.cost()
    return {
        "objective": result.objective,
        "co2e": result.co2e.sum(axis=1).tolist(),
        # What is paid for emissions stays in the country: it is no cost of the system.
        "cost": np.sum(
            [parts[kind] for kind in ("operating", "energy", "credits", "standing")], axis=0
        ).tolist(),
    }


def _draws(
    tables: Tables, analysis: Mapping[str, Any], count: int, steps: _Steps, order: Mapping[str, Any]
) -> list[dict[str, Any]]:
    """Solve with prices, costs and demands that each move by a factor of their own, from a seed."""
    random = np.random.default_rng(int(analysis.get("seed", 0)))
    spread = float(analysis.get("spread", 0.2))
    members = {table: sorted({r.keys[key] for r in tables.records(table)}) for table, key in DRAWN.items()}
    rows = []
    for _ in range(count):
        changed: dict[str, list[Record]] = {}
        for table, key in DRAWN.items():
            factors = random.triangular(1 - spread, 1.0, 1 + spread, len(members[table]))
            factor = dict(zip(members[table], factors.tolist(), strict=True))
            changed[table] = [replace(r, value=r.value * factor[r.keys[key]]) for r in tables.records(table)]
        result = steps.solve(tables.with_values(changed), order)
        rows.append({"status": result.status, **_totals(result)})
    return rows


if __name__ == "__main__":
    sys.exit(run(serve))
