"""How far the model sees: all years at once, or window after window with what was decided before fixed.

Recursive is a window of one year in which an investment costs its annuity of that year: with sinking-fund
depreciation, investment minus salvage after one year is exactly that annuity. The windows' decisions are put
together and valued as one course with the whole model's own objective, so that the three can be compared.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from trunghoa.quantities import ModelError

from ..lp import Floats, Ints
from ..solving import Solution, Solver
from .build import Built, build
from .model import Model, Table, flat
from .results import Results, alive
from .schema import NO_LIMIT, PARAMETERS, Y

FORESIGHTS = ("perfect", "recursive", "rolling")
WINDOW, STEP = 10, 5


@dataclass(frozen=True)
class Foresight:
    """Window and step, in years of the model; a window of 0 means all years."""

    window: int = 0
    step: int = 0
    annual: bool = False

    @classmethod
    def parse(cls, text: str) -> Foresight:
        """Read ``perfect``, ``recursive``, ``rolling`` or ``rolling:WINDOW:STEP``.

        Raises
        ------
        ModelError
            It is none of these, or the step is not within the window.
        """
        kind, *numbers = text.split(":")
        if kind == "perfect" and not numbers:
            return cls()
        if kind == "recursive" and not numbers:
            return cls(1, 1, True)
        if kind == "rolling" and len(numbers) in {0, 2} and all(n.isdigit() for n in numbers):
            window, step = (int(n) for n in numbers) if numbers else (WINDOW, STEP)
            if 1 <= step <= window:
                return cls(window, step)
        raise ModelError(
            f"“{text}” is not a foresight: write perfect, recursive, rolling or rolling:WINDOW:STEP in years "
            "with a step no longer than the window."
        )

    @property
    def perfect(self) -> bool:
        return self.window == 0


def solve_windows(
    built: Built,
    foresight: Foresight,
    method: str = "simplex",
    *,
    progress: Callable[[int, int], None] | None = None,
    make: Callable[[Built], Solver] = lambda built: Solver(built.program),
) -> tuple[Solution, Built | None]:
    """Solve window after window.

    Returns
    -------
    solution : of the whole model; its duals are empty, for no single program has them
    failed : the window without a solution, None if all have one
    """
    model, x = built.model, np.zeros(built.program.column_count)
    years, begin, seconds, iterations = model.years.size, 0, 0.0, 0
    methods: set[str] = set()
    while begin < years:
        end = min(begin + foresight.window, years)
        fixed = years if end == years else begin + foresight.step
        so_far = replace(_empty(built), x=x)
        window = build(_window(Results(built, so_far), begin, end, foresight.annual), int(model.years[0]))
        found = make(window).solve(method)
        seconds, iterations = seconds + found.seconds, iterations + found.iterations
        methods.add(found.method)
        if not found.optimal:
            return replace(_empty(built), status=found.status, seconds=seconds), window
        _keep(built, window, found, x, begin, fixed)
        begin = fixed
        if progress is not None:
            progress(begin, years)
    objective = float(built.program.arrays().cost @ x) + built.program.offset
    name = methods.pop() if len(methods) == 1 else "mixed"
    done = replace(
        _empty(built), status="optimal", method=name, objective=objective, x=x, iterations=iterations
    )
    return replace(done, seconds=seconds), None


def _empty(built: Built) -> Solution:
    none: Floats = np.empty(0)
    program = built.program
    return Solution(
        "unsolved", "", float("nan"), program.column_blocks, program.row_blocks, none, none, none, 0, 0.0
    )


def _window(done: Results, begin: int, end: int, annual: bool) -> Model:
    """The model of some years, with what was built and used before them taken into its data."""
    model = done.model
    sets = {**model.sets, Y: model.sets[Y][begin:end]}
    changed = {
        "ResidualCapacity": _standing(done, begin),
        **_budgets(done, begin, end),
        **_growth(done, begin),
    }
    if model.size("STORAGE"):
        changed["ResidualStorageCapacity"] = _standing_storage(done, begin)
        if begin and model.dialect != "muio":
            changed["StorageLevelStart"] = _level(done, begin)
    tables = {}
    for name in {*model.tables, *changed}:
        spec = PARAMETERS[name]
        table = model.tables.get(name)
        if name in changed:
            array = changed[name]
            keys = tuple(k.ravel().astype(np.int32) for k in np.indices(array.shape))
            table = Table(keys, array.ravel(), model.default(name))
        if table is not None and Y in spec.dims:
            axis = spec.dims.index(Y)
            kept = (table.keys[axis] >= begin) & (table.keys[axis] < end)
            keys = tuple(k[kept] - (begin if i == axis else 0) for i, k in enumerate(table.keys))
            table = Table(keys, table.values[kept], table.default)
        if table is not None:
            tables[name] = table
    if annual:
        regions = np.arange(model.size("REGION"), dtype=np.int32)
        tables["DepreciationMethod"] = Table((regions,), np.ones(regions.size), 1.0)
    return replace(model, sets=sets, tables=tables, _dense={})


def _standing(done: Results, begin: int) -> Floats:
    """Residual capacity with what was built before the window and is still alive."""
    built = done.new if begin else np.zeros_like(done.new)
    built = np.where(np.arange(built.shape[2]) < begin, built, 0.0)
    standing = alive(built, done.built.layout.oldest)
    return np.asarray(done.model.dense("ResidualCapacity") + np.maximum(standing, 0.0))


def _standing_storage(done: Results, begin: int) -> Floats:
    built = np.where(np.arange(done.new_storage.shape[2]) < begin, done.new_storage, 0.0)
    standing = alive(built, done.built.layout.oldest_storage)
    return np.asarray(done.model.dense("ResidualStorageCapacity") + np.maximum(standing, 0.0))


def _level(done: Results, begin: int) -> Floats:
    """Storage level with which the window starts: where the year before it ended."""
    level = np.array(done.model.dense("StorageLevelStart"))
    block = done.solution.columns.get("StorageLevelYearFinish")
    if block is not None and block.size:
        here = block.labels[Y] == begin - 1
        level[block.labels["REGION"][here], block.labels["STORAGE"][here]] = done.solution.primal(block.name)[
            here
        ]
    return np.maximum(level, 0.0)


def _budgets(done: Results, begin: int, end: int) -> dict[str, Floats]:
    """Limits over all years: the window gets its years' share of what is left, the last one all of it."""
    model, years = done.model, done.model.years.size
    share = (end - begin) / (years - begin)
    found = {}
    weight = model.dense("YearWeight")
    emitted = (done.emitted * weight).sum(axis=2)
    used = np.zeros(model.shape("TotalTechnologyModelPeriodActivityUpperLimit"))
    r, t, _, y = done.built.layout.activity
    np.add.at(used, (r, t), done.yearly * weight[y])
    for name, spent in (
        ("ModelPeriodEmissionLimit", emitted),
        ("TotalTechnologyModelPeriodActivityUpperLimit", used),
    ):
        limit = model.limit(name)
        if np.isfinite(limit).any():
            found[name] = np.where(np.isfinite(limit), np.maximum(limit - spent, 0.0) * share, NO_LIMIT)
    name = "TotalTechnologyModelPeriodActivityLowerLimit"
    if model.any(name):
        left = np.maximum(model.dense(name) - used, 0.0)
        found[name] = left if end == years else np.zeros_like(left)
    return found


def _growth(done: Results, begin: int) -> dict[str, Floats]:
    """Growth limits from the year before the window, as limits by mode in its first year."""
    model = done.model
    name = "TechnologyActivityIncreaseByModeLimit"
    if not begin or not model.any(name):
        return {}
    upper = model.limit("TechnologyActivityByModeUpperLimit").copy()
    (r, t, m, y), growth = model.nonzero(name)
    last = y == begin - 1
    activity = done.built.layout.activity_at[r, t, m, y]
    last &= activity >= 0
    limit = (1 + growth[last]) * done.yearly[activity[last]]
    place = (r[last], t[last], m[last], np.full(limit.size, begin))
    # By mode, 0 means “no limit”; what may not start at all gets a limit that is next to nothing.
    upper[place] = np.maximum(np.minimum(upper[place], limit), 1e-9)
    return {"TechnologyActivityByModeUpperLimit": np.where(np.isfinite(upper), upper, NO_LIMIT)}


def _keep(built: Built, window: Built, found: Solution, x: Floats, begin: int, fixed: int) -> None:
    """Copy the decisions of the years before ``fixed`` into the whole model's columns."""
    positions = _positions(built)
    for name, block in window.program.column_blocks.items():
        whole = built.program.column_blocks.get(name)
        if whole is None or not block.size:
            continue
        labels = dict(block.labels)
        labels[Y] = labels[Y] + np.int32(begin)
        kept = labels[Y] < fixed
        place = positions(name, {d: k[kept] for d, k in labels.items()})
        x[place] = found.primal(name)[kept]
    # Accumulated capacity follows from new capacity, over windows too.
    results = Results(built, replace(_empty(built), x=x))
    r, t = built.layout.stocks
    x[built.columns.stock.slice] = results.accumulated[r, t].ravel()


def _positions(built: Built) -> Callable[[str, Mapping[str, Ints]], NDArray[np.int64]]:
    """Columns of the whole model by block and labels."""

    def find(name: str, labels: Mapping[str, Ints]) -> NDArray[np.int64]:
        block = built.program.column_blocks[name]
        dims = list(block.labels)
        sizes = [max(int(block.labels[d].max(initial=0)), int(labels[d].max(initial=0))) + 1 for d in dims]
        mine = flat([block.labels[d] for d in dims], sizes)
        order = np.argsort(mine, kind="stable")
        wanted = flat([labels[d] for d in dims], sizes)
        at = order[np.minimum(np.searchsorted(mine[order], wanted), order.size - 1)]
        if not np.array_equal(mine[at], wanted):
            raise ModelError(f"A window has members of {name} that the whole model lacks.")
        return block.start + at

    return find
