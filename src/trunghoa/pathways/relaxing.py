"""Elastic relaxation: by how much must which rows give way for a program to have a solution?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from .lp import Bools, Floats, Ints, Program
from .solving import Solution, Solver


@dataclass(frozen=True)
class Relaxed:
    """The least give of a program.

    Attributes
    ----------
    solution : of the relaxed program; its duals say which other rows cause the give
    short : per row block, how far each row stays below its lower bound, shape (size,)
    over : per row block, how far each row goes above its upper bound
    """

    solution: Solution
    short: Mapping[str, Floats]
    over: Mapping[str, Floats]

    @property
    def total(self) -> float:
        return float(sum(v.sum() for v in (*self.short.values(), *self.over.values())))


def relax(
    program: Program, weights: Mapping[str, Floats | float], *, time_limit: float | None = None
) -> Relaxed:
    """Find the least weighted sum of violations of the named row blocks; all other rows hold.

    Parameters
    ----------
    program : left as it is; its costs and whole-number requirements play no part
    weights : what a unit of violation of each row block counts, one number or one per row
    """
    arrays = program.arrays()
    elastic = program.copy(costs=False, integer=False)
    parts: list[tuple[str, str, Ints]] = []
    for name, weight in weights.items():
        block = program.row_blocks.get(name)
        if block is None or not block.size:
            continue
        each = np.broadcast_to(np.asarray(weight, dtype=np.float64), (block.size,))
        sides: tuple[tuple[str, Bools, float], ...] = (
            ("short", np.isfinite(arrays.row_lower[block.slice]), 1.0),
            ("over", np.isfinite(arrays.row_upper[block.slice]), -1.0),
        )
        for side, bounded, sign in sides:
            rows = np.flatnonzero(bounded).astype(np.int32)
            slack = elastic.columns(f"{side} {name}", rows.size, cost=each[rows])
            elastic.entries(block.at(rows), slack.index, sign)
            parts.append((side, name, rows))
    solution = Solver(elastic, time_limit=time_limit).solve()
    found: dict[str, dict[str, Floats]] = {"short": {}, "over": {}}
    for side, name, rows in parts:
        amounts = np.zeros(program.row_blocks[name].size)
        if solution.x.size:
            amounts[rows] = solution.primal(f"{side} {name}")
        found[side][name] = amounts
    return Relaxed(solution, found["short"], found["over"])
