"""Solve a :class:`~trunghoa.pathways.lp.Program` with HiGHS, again and again if need be.

One thread and a fixed seed, so a run on the same machine repeats to the last digit. The method that is
reported is read from the solver's own iteration counts, never from what was asked for.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import highspy
import numpy as np
from numpy.typing import ArrayLike, NDArray

from trunghoa.quantities import ModelError

from .lp import Arrays, Block, Floats, Ints, Program

METHODS = ("simplex", "ipm")
# A warm start that needs more than this share of the cold iterations is dearer than starting afresh.
WARM_SHARE = 0.2
WARM_FLOOR = 500

# The solver's own gap for whole numbers (1e-4) is wider than what answers are compared by.
_OPTIONS = {"threads": 1, "random_seed": 0, "mip_rel_gap": 1e-7}

_STATUS = {
    highspy.HighsModelStatus.kOptimal: "optimal",
    highspy.HighsModelStatus.kModelEmpty: "optimal",
    highspy.HighsModelStatus.kInfeasible: "infeasible",
    highspy.HighsModelStatus.kUnbounded: "unbounded",
    highspy.HighsModelStatus.kUnboundedOrInfeasible: "unbounded or infeasible",
    highspy.HighsModelStatus.kTimeLimit: "time limit",
    highspy.HighsModelStatus.kIterationLimit: "iteration limit",
    highspy.HighsModelStatus.kInterrupt: "cancelled",
    highspy.HighsModelStatus.kMemoryLimit: "memory limit",
}

# Every program is passed with its (possibly empty) integrality, on which the solver remarks each time.
_NOISE = "WARNING: No semi-integer/integer variables"


class _Quiet(highspy.Highs):
    """HiGHS without its banner, which it prints as soon as callbacks are enabled with output on."""

    def enableCallbacks(self) -> None:  # noqa: N802 - the name in the base class
        self.setOptionValue("output_flag", False)
        self.setOptionValue("log_to_console", False)
        enable: Any = super().enableCallbacks
        enable()


def _silent() -> Any:
    """A solver instance that prints nothing; its binding is only partly typed, hence Any."""
    make: Any = _Quiet
    return make()


@dataclass(frozen=True)
class Solution:
    """What the solver found.

    Attributes
    ----------
    status : optimal, infeasible, unbounded, unbounded or infeasible, time limit, cancelled …
    method : simplex, ipm or branch and bound: what really ran
    objective : with the program's constant; nan without a primal solution
    columns, rows : blocks by name, to pick values by
    x : value per column, y : dual per row (d objective / d right side); empty without a solution
    reduced : reduced cost per column
    iterations : simplex (or interior point) iterations
    seconds : wall time of the solver
    """

    status: str
    method: str
    objective: float
    columns: Mapping[str, Block]
    rows: Mapping[str, Block]
    x: Floats
    y: Floats
    reduced: Floats
    iterations: int
    seconds: float

    @property
    def optimal(self) -> bool:
        return self.status == "optimal"

    def primal(self, block: str) -> Floats:
        """Values of a block of columns, shape (size,); an unknown block has no members."""
        found = self.columns.get(block)
        return self.x[found.slice] if found else np.empty(0)

    def dual(self, block: str) -> Floats:
        """Change of the objective per unit of the right side, for a block of rows."""
        found = self.rows.get(block)
        return self.y[found.slice] if found else np.empty(0)


@dataclass(frozen=True)
class Basis:
    """Where a solve ended: the state of every column and row, as plain numbers that can be sent around.

    ``iterations`` is what the solve took from nothing, to judge a warm start by.
    """

    columns: NDArray[np.int8]
    rows: NDArray[np.int8]
    iterations: int


class Solver:
    """A program held by HiGHS, to be solved once or re-solved after changes of costs and bounds.

    Parameters
    ----------
    program : the linear program; it is copied into the solver
    time_limit : seconds of wall time for one solve, None for no limit
    log : called with each line of the solver's log
    stop : asked now and then; the solve ends with status ``cancelled`` once it returns True

    Raises
    ------
    ModelError
        HiGHS refuses the program (a lower bound above an upper one, for example).
    """

    def __init__(
        self,
        program: Program,
        *,
        time_limit: float | None = None,
        log: Callable[[str], None] | None = None,
        stop: Callable[[], bool] | None = None,
    ) -> None:
        self.program = program
        self.arrays = program.arrays()
        self.time_limit = time_limit
        self._cold_iterations: int | None = None
        self._basis_known = False
        self._named = False
        self._highs = highs = _silent()
        for option, value in (*_OPTIONS.items(), ("output_flag", log is not None)):
            highs.setOptionValue(option, value)
        self._listen(log, stop)
        self._pass(self.arrays)

    def _listen(self, log: Callable[[str], None] | None, stop: Callable[[], bool] | None) -> None:
        highs = self._highs
        if log is not None:
            write = log

            def report(event: Any) -> None:
                line = event.message.rstrip()
                if line and not line.startswith(_NOISE):
                    write(line)

            highs.cbLogging.subscribe(report)
        if stop is not None:
            ask = stop

            def interrupt(event: Any) -> None:
                if ask():
                    event.interrupt()

            for callback in (highs.cbSimplexInterrupt, highs.cbIpmInterrupt, highs.cbMipInterrupt):
                callback.subscribe(interrupt)

    def _pass(self, a: Arrays) -> None:
        integrality = a.integer.astype(np.int32)
        status = self._highs.passModel(
            a.cost.size, a.row_lower.size, a.values.size,
            int(highspy.MatrixFormat.kColwise), int(highspy.ObjSense.kMinimize), a.offset,
            a.cost, a.lower, a.upper, a.row_lower, a.row_upper, a.starts, a.indices, a.values, integrality,
        )  # fmt: skip
        if status == highspy.HighsStatus.kError:
            raise ModelError("The solver refused the program: a bound or a coefficient is out of range.")

    def solve(self, method: str = "simplex") -> Solution:
        """Solve from nothing.

        Parameters
        ----------
        method : ``simplex`` (dual simplex after presolve) or ``ipm`` (interior point with crossover)
        """
        if method not in METHODS:
            raise ModelError(f"“{method}” is not a method; choose {' or '.join(METHODS)}.")
        self._highs.clearSolver()
        solution = self._run(method, presolve=True)
        if (
            method == "ipm"
            and solution.optimal
            and solution.method != "ipm"
            and not self.arrays.integer.any()
        ):
            # Presolve left nothing to do; without it the interior point method really runs.
            self._highs.clearSolver()
            solution = self._run(method, presolve=False)
        self._cold_iterations = solution.iterations
        return solution

    def resolve(self, changed: str, *, duals: bool = True) -> Solution:
        """Solve from the last basis.

        Parameters
        ----------
        changed : ``costs`` (the basis stays primal feasible) or ``bounds`` (it stays dual feasible)
        duals : False leaves duals and reduced costs out of the solution, which sweeps do not need

        Notes
        -----
        Gives up and starts afresh when the warm start needs more than a fifth of the cold iterations.
        """
        if self._cold_iterations is None or not self._basis_known:
            return self.solve()
        limit = max(WARM_FLOOR, int(WARM_SHARE * self._cold_iterations))
        strategy = 4 if changed == "costs" else 1
        solution = self._run("simplex", presolve=False, strategy=strategy, limit=limit, duals=duals)
        if solution.status in ("iteration limit", "unknown"):
            return self.solve()
        return solution

    def basis(self) -> Basis | None:
        """Where the last solve ended; None without a solution."""
        if not self._basis_known:
            return None
        found = self._highs.getBasis()
        columns, rows = ([int(s) for s in part] for part in (found.col_status, found.row_status))
        return Basis(
            np.array(columns, dtype=np.int8), np.array(rows, dtype=np.int8), self._cold_iterations or 0
        )

    def start(self, basis: Basis, changed: str = "costs") -> Solution:
        """Solve from a basis of a program of the same shape; afresh if that turns out dearer.

        Raises
        ------
        ModelError
            The basis belongs to a program of another shape.
        """
        a = self.arrays
        if basis.columns.size != a.cost.size or basis.rows.size != a.row_lower.size:
            raise ModelError("The basis belongs to a program of another shape.")
        given = highspy.HighsBasis()
        states = list(highspy.HighsBasisStatus.__members__.values())
        by_number = {int(state): state for state in states}
        given.col_status = [by_number[int(s)] for s in basis.columns]
        given.row_status = [by_number[int(s)] for s in basis.rows]
        given.valid = True
        self._check(self._highs.setBasis(given))
        self._basis_known, self._cold_iterations = True, basis.iterations
        return self.resolve(changed)

    def change_costs(self, columns: Ints, costs: ArrayLike) -> None:
        index = np.asarray(columns, dtype=np.int32)
        values = np.broadcast_to(np.asarray(costs, dtype=np.float64), index.shape)
        self._check(self._highs.changeColsCost(index.size, index, np.ascontiguousarray(values)))

    def change_offset(self, offset: float) -> None:
        self._check(self._highs.changeObjectiveOffset(offset))

    def change_rows(self, rows: Ints, lower: ArrayLike, upper: ArrayLike) -> None:
        """Give rows new bounds."""
        index = np.asarray(rows, dtype=np.int32)
        low, up = (np.broadcast_to(np.asarray(b, dtype=np.float64), index.shape) for b in (lower, upper))
        status = self._highs.changeRowsBounds(
            index.size, index, np.ascontiguousarray(low), np.ascontiguousarray(up)
        )
        self._check(status)

    def change_columns(self, columns: Ints, lower: ArrayLike, upper: ArrayLike) -> None:
        """Give columns new bounds."""
        index = np.asarray(columns, dtype=np.int32)
        low, up = (np.broadcast_to(np.asarray(b, dtype=np.float64), index.shape) for b in (lower, upper))
        status = self._highs.changeColsBounds(
            index.size, index, np.ascontiguousarray(low), np.ascontiguousarray(up)
        )
        self._check(status)

    def replace(self, program: Program) -> None:
        """Take another program of the same shape and keep the basis for a warm start."""
        if program.shape[:2] != self.program.shape[:2]:
            raise ModelError("A program can only be replaced by one with the same rows and columns.")
        basis = self._highs.getBasis() if self._basis_known else None
        self.program, self.arrays = program, program.arrays()
        self._pass(self.arrays)
        if basis is not None:
            self._highs.setBasis(basis)

    def write(self, path: Path) -> None:
        """Write the program as it stands, as MPS or LP by the file's ending (``.gz`` allowed), with names.

        The constant of the objective is written too, so another solver finds the same objective.
        """
        if not self._named:
            for number, name in enumerate(self.program.column_names()):
                self._highs.passColName(number, name)
            for number, name in enumerate(self.program.row_names()):
                self._highs.passRowName(number, name)
            self._named = True
        if self._highs.writeModel(str(path)) == highspy.HighsStatus.kError:
            raise ModelError(f"{path}: the program could not be written; end the name in .mps or .lp.")

    def _check(self, status: Any) -> None:
        if status == highspy.HighsStatus.kError:
            raise ModelError("The solver refused a change of costs or bounds.")

    def _run(
        self, method: str, *, presolve: bool, strategy: int = 1, limit: int | None = None, duals: bool = True
    ) -> Solution:
        highs = self._highs
        options = {
            # “ipx” is the interior point code that is always there; others may be missing and then
            # another method runs in silence.
            "solver": "ipx" if method == "ipm" else "simplex",
            "presolve": "on" if presolve else "off",
            "simplex_strategy": strategy,
            "simplex_iteration_limit": 2147483647 if limit is None else limit,
            # From a near basis, choosing the steepest column costs more than the steps it saves.
            "simplex_primal_edge_weight_strategy": 0 if strategy == 4 else -1,
            # Moving bounds apart against stalling, and cleaning up after it, costs more than it saves there
            # too; a start that stalls runs into its limit and is made afresh.
            "primal_simplex_bound_perturbation_multiplier": 0.0 if strategy == 4 else 1.0,
            # HiGHS counts its time over all runs of one instance.
            "time_limit": np.inf if self.time_limit is None else highs.getRunTime() + self.time_limit,
        }
        for option, value in options.items():
            if highs.setOptionValue(option, value) == highspy.HighsStatus.kError:
                raise ModelError(f"The solver does not know the option {option} = {value}.")
        began = time.perf_counter()
        highs.run()
        return self._solution(time.perf_counter() - began, duals)

    def _solution(self, seconds: float, duals: bool) -> Solution:
        highs, info = self._highs, self._highs.getInfo()
        status = _STATUS.get(highs.getModelStatus(), "unknown")
        found = highs.getSolution()
        has_primal = info.primal_solution_status == 2 or status == "optimal"
        self._basis_known = info.basis_validity == 1 and status == "optimal"
        simplex, interior = max(info.simplex_iteration_count, 0), max(info.ipm_iteration_count, 0)
        if self.arrays.integer.any():
            method = "branch and bound"
        else:
            method = "ipm" if interior else "simplex"
        empty: Floats = np.empty(0)
        return Solution(
            status=status,
            method=method,
            objective=float(info.objective_function_value) if has_primal else float("nan"),
            columns=self.program.column_blocks,
            rows=self.program.row_blocks,
            x=np.asarray(found.col_value) if has_primal else empty,
            y=np.asarray(found.row_dual) if duals and found.dual_valid else empty,
            reduced=np.asarray(found.col_dual) if duals and found.dual_valid else empty,
            iterations=int(interior or simplex),
            seconds=seconds,
        )


def solve(program: Program, method: str = "simplex", *, time_limit: float | None = None) -> Solution:
    """Solve a program once."""
    return Solver(program, time_limit=time_limit).solve(method)
