"""Among all solutions of the same cost, the one that a fixed rule prefers.

A second solve on the optimal face: columns with a reduced cost stay where they are, rows with a dual stay
binding, and what is left free minimises a secondary cost that depends on nothing but the column's number.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from .lp import Floats
from .solving import Solution, Solver

TOLERANCE = 1e-7
_PERIOD = 9973


def settle(solver: Solver, solution: Solution) -> Solution:
    """Re-solve on the optimal face with the secondary cost; the objective and the duals stay.

    Notes
    -----
    Programs with whole numbers, and those whose second solve does not end, keep their first solution.
    """
    a = solver.arrays
    if a.integer.any() or not solution.y.size:
        return solution
    columns = np.arange(a.cost.size, dtype=np.int32)
    rows = np.arange(a.row_lower.size, dtype=np.int32)
    moved = np.abs(solution.reduced) > TOLERANCE * (1 + np.abs(a.cost))
    at = np.clip(solution.x, a.lower, a.upper)
    lower, upper = np.where(moved, at, a.lower), np.where(moved, at, a.upper)
    activity = _row_values(solver, solution.x)
    binding = np.abs(solution.y) > TOLERANCE
    up = binding & (np.abs(activity - a.row_upper) <= np.abs(activity - a.row_lower))
    low = binding & ~up
    row_lower = np.where(up, a.row_upper, a.row_lower)
    row_upper = np.where(low, a.row_lower, a.row_upper)
    solver.change_columns(columns, lower, upper)
    solver.change_rows(rows, row_lower, row_upper)
    solver.change_costs(columns, preference(columns.size))
    second = solver.resolve("costs")
    solver.change_columns(columns, a.lower, a.upper)
    solver.change_rows(rows, a.row_lower, a.row_upper)
    solver.change_costs(columns, a.cost)
    if not second.optimal:
        return solution
    objective = float(a.cost @ second.x) + a.offset
    if abs(objective - solution.objective) > 1e-8 * (1 + abs(solution.objective)):
        return solution
    return replace(
        solution, x=second.x, iterations=solution.iterations + second.iterations,
        seconds=solution.seconds + second.seconds,
    )  # fmt: skip


def preference(size: int) -> Floats:
    """Secondary cost of each column: between 1 and 2, without a pattern that a model could share."""
    number = np.arange(1, size + 1, dtype=np.float64)
    return 1.0 + (number * 7919 % _PERIOD) / _PERIOD


def _row_values(solver: Solver, x: Floats) -> Floats:
    a = solver.arrays
    columns = np.repeat(np.arange(a.cost.size), np.diff(a.starts))
    return np.bincount(a.indices, a.values * x[columns], minlength=a.row_lower.size).astype(np.float64)
