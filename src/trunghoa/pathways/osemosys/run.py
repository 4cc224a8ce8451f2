"""Read, build, solve and tabulate one OSeMOSYS model."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from ..lp import Bools
from ..solving import Solution, Solver
from ..tie_break import settle
from .build import Built, build
from .explaining import Lack, explain
from .foresight import Foresight, solve_windows
from .model import Model
from .read import read_model
from .results import Results, grouped
from .schema import F, R, T, Y

BACKSTOP_COST = 9_000.0
"""A VariableCost from here on is no price: it marks a technology that stands for demand left unmet. Capital
costs do not mark one: a unit of real capacity, such as aircraft, can cost more."""


@dataclass(frozen=True)
class Options:
    """How to solve.

    Parameters
    ----------
    method : simplex or ipm
    foresight : all years at once, or windows
    tie_break : among equally cheap solutions take the one that a fixed rule prefers, whatever the method;
        None for programs of up to 50 000 columns, beyond which it would double the time
    time_limit : seconds of wall time per solve
    log, stop, progress : called with lines of the solver's log, asked whether to stop, told how far it is
    """

    method: str = "simplex"
    foresight: Foresight = field(default_factory=Foresight)
    tie_break: bool | None = None
    time_limit: float | None = None
    log: Callable[[str], None] | None = None
    stop: Callable[[], bool] | None = None
    progress: Callable[[int, int], None] | None = None


@dataclass(frozen=True)
class Outcome:
    """A solved (or not solvable) model.

    Attributes
    ----------
    built, solution : the program and what the solver found
    lacks : why there is no solution; empty if there is one
    seconds : wall time of read, build, solve and results
    """

    built: Built
    solution: Solution
    options: Options
    lacks: tuple[Lack, ...]
    seconds: dict[str, float]

    @property
    def model(self) -> Model:
        return self.built.model

    @cached_property
    def results(self) -> Results:
        """The result tables; only where the status is optimal."""
        return Results(self.built, self.solution)

    @cached_property
    def unmet(self) -> dict[tuple[str, str, str, str], float]:
        """Output of backstop technologies by region, technology, fuel and year: demand that is not met."""
        if not self.solution.optimal:
            return {}
        return unmet(self.results)

    def as_dict(self) -> dict[str, Any]:
        """Everything that is said about a run apart from its tables."""
        rows, columns, nonzeros = self.built.program.shape
        objective = self.solution.objective
        foresight = self.options.foresight
        kind = "perfect" if foresight.perfect else "recursive" if foresight.annual else "rolling"
        return {
            "status": self.solution.status,
            "objective": objective if np.isfinite(objective) else None,
            "method": self.solution.method,
            "foresight": kind,
            "unmet": float(sum(self.unmet.values())),
            "unmet_by": [
                dict(zip(("region", "technology", "fuel", "year", "value"), (*key, value), strict=True))
                for key, value in sorted(self.unmet.items(), key=lambda item: -item[1])[:50]
            ],
            "lacks": [str(lack) for lack in self.lacks],
            "rows": rows,
            "cols": columns,
            "nnz": nonzeros,
            "iterations": self.solution.iterations,
            "objective_constant": self.built.program.offset,
            "dialect": self.model.dialect,
            "inputs": self.model.digest,
            "notices": list(self.model.notices),
            "seconds": {name: round(spent, 6) for name, spent in self.seconds.items()},
        }


def solve_path(path: Path, options: Options | None = None) -> Outcome:
    """Read and solve a model in any supported format.

    Raises
    ------
    InputError
        The model cannot be read, or says what cannot be meant.
    """
    began = time.perf_counter()
    model = read_model(path)
    return solve_model(model, options, read=time.perf_counter() - began)


def solve_model(model: Model, options: Options | None = None, *, read: float = 0.0) -> Outcome:
    """Solve a checked model.

    Notes
    -----
    A model without a solution is not an error: the outcome says which demand lacks how much.
    """
    chosen = options or Options()
    began = time.perf_counter()
    built = build(model)
    built.program.arrays()
    seconds = {"read": read, "build": time.perf_counter() - began}
    began = time.perf_counter()
    failed: Built | None = None
    if chosen.foresight.perfect:
        solver = _solver(built, chosen)
        solution = solver.solve(chosen.method)
        if solution.optimal and _tied(chosen, built):
            solution = settle(solver, solution)
        failed = built if solution.status in INFEASIBLE else None
    else:
        solution, failed = solve_windows(
            built,
            chosen.foresight,
            chosen.method,
            progress=chosen.progress,
            make=lambda window: _solver(window, chosen),
        )
    seconds["solve"] = time.perf_counter() - began
    lacks: tuple[Lack, ...] = ()
    if failed is not None and solution.status in INFEASIBLE:
        lacks = tuple(explain(failed, time_limit=chosen.time_limit))
        if lacks:
            solution = replace(solution, status="infeasible")
    began = time.perf_counter()
    outcome = Outcome(built, solution, chosen, lacks, seconds)
    if solution.optimal:
        list(outcome.results)
    seconds["results"] = time.perf_counter() - began
    return outcome


def _tied(options: Options, built: Built) -> bool:
    if options.tie_break is not None:
        return options.tie_break
    return built.program.column_count <= TIE_BREAK_COLUMNS


TIE_BREAK_COLUMNS = 50_000
INFEASIBLE = frozenset({"infeasible", "unbounded or infeasible"})


def _solver(built: Built, options: Options) -> Solver:
    return Solver(built.program, time_limit=options.time_limit, log=options.log, stop=options.stop)


def backstops(model: Model) -> Bools:
    """Where activities are so dear that they stand for unmet demand, shape (R, T, M, Y)."""
    return np.asarray(model.dense("VariableCost") >= BACKSTOP_COST)


def unmet(results: Results) -> dict[tuple[str, str, str, str], float]:
    """Yearly output of backstop activities by region, technology, fuel and year."""
    model = results.model
    (r, t, f, m, y), ratio = model.nonzero("OutputActivityRatio")
    activity = results.built.layout.activity_at[r, t, m, y]
    kept = backstops(model)[r, t, m, y] & (activity >= 0)
    keys, values = grouped(
        (r[kept], t[kept], f[kept], y[kept]),
        [model.size(d) for d in (R, T, F, Y)],
        ratio[kept] * results.yearly[activity[kept]],
    )
    names = [[model.sets[d][i] for i in k.tolist()] for d, k in zip((R, T, F, Y), keys, strict=True)]
    large = values > 1e-6
    found = zip(zip(*names, strict=True), values.tolist(), large.tolist(), strict=True)
    return {(a, b, c, d): value for (a, b, c, d), value, big in found if big}
