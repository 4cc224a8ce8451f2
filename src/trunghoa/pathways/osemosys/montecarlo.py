"""Draws over parameters: the same factor for a whole group, costs and rows rebuilt from the parameters.

Coefficients of the program are never moved one by one: that could make salvage dearer than the investment
it belongs to, and the program unbounded. Every draw has its own stream of random numbers and starts from
the same basis, so the results do not depend on how many processes share the work.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

import numpy as np

from trunghoa.quantities import ModelError

from ..ensembles import Mapper
from ..lp import Floats
from ..solving import Basis, Solver
from .build import build
from .model import Model
from .results import Results
from .run import unmet
from .schema import PARAMETERS, E, Y

PERCENTILES = (5, 25, 50, 75, 95)


@dataclass(frozen=True)
class Uncertain:
    """One uncertain parameter: a triangular factor around 1 for all values of a group.

    Parameters
    ----------
    parameter : its OSeMOSYS name
    low, high : the factor's least and greatest value
    members : restricts the group, set name to names; empty for the whole parameter
    each : sets along which every member has a factor of its own, such as TECHNOLOGY
    """

    parameter: str
    low: float
    high: float
    members: Mapping[str, Sequence[str]] = field(default_factory=dict)
    each: tuple[str, ...] = ()

    def check(self, model: Model) -> None:
        """Raise ModelError for what the model does not have or cannot be drawn."""
        if self.parameter not in PARAMETERS:
            raise ModelError(f"“{self.parameter}” is not a parameter.")
        if not 0 < self.low <= 1 <= self.high:
            raise ModelError(f"{self.parameter}: the factor's range {self.low} to {self.high} must hold 1.")
        for dim in (*self.members, *self.each):
            if dim not in PARAMETERS[self.parameter].dims:
                raise ModelError(f"{self.parameter} has no dimension {dim}.")
        for dim, names in self.members.items():
            for name in names:
                model.position(dim, name)

    def apply(self, model: Model, random: np.random.Generator) -> Model:
        """The model with this parameter multiplied; limits of −1 (none) stay."""
        dims = PARAMETERS[self.parameter].dims
        values = model.dense(self.parameter)
        shape = [model.size(d) if d in self.each else 1 for d in dims]
        factor = np.ones(shape)
        if self.low < self.high:
            factor = random.triangular(self.low, 1.0, self.high, size=shape)
        chosen = np.ones(values.shape, dtype=bool)
        for dim, names in self.members.items():
            axis = dims.index(dim)
            inside = np.isin(np.arange(values.shape[axis]), [model.position(dim, n) for n in names])
            chosen &= inside.reshape([-1 if i == axis else 1 for i in range(len(dims))])
        changed = np.where(chosen & (values != -1), values * factor, values)
        return model.with_table(self.parameter, changed)


@dataclass(frozen=True)
class Ensemble:
    """Outcomes of all draws.

    Attributes
    ----------
    objective : shape (n,); nan where a draw has no solution
    emissions : yearly emissions by draw, emission and year, shape (n, E, Y), all regions
    unmet : output of backstop technologies, shape (n,)
    """

    years: tuple[str, ...]
    emission_names: tuple[str, ...]
    objective: Floats
    emissions: Floats
    unmet: Floats

    def fan(self, emission: str) -> Floats:
        """Percentiles 5, 25, 50, 75 and 95 of a year's emissions, shape (5, Y)."""
        which = self.emission_names.index(emission)
        return np.asarray(np.nanpercentile(self.emissions[:, which, :], PERCENTILES, axis=0))


def monte_carlo(
    model: Model,
    uncertain: Sequence[Uncertain],
    draws: int,
    seed: int = 0,
    *,
    mapper: Mapper = map,
) -> Ensemble:
    """Solve a number of draws.

    Parameters
    ----------
    mapper : what applies a function to items: ``map``, an executor's, or that of
        :func:`trunghoa.pathways.dask_mapper` for more than one machine

    Raises
    ------
    ModelError
        A parameter or member is unknown, or the model itself has no solution.
    """
    for one in uncertain:
        one.check(model)
    program = build(model).program
    solver = Solver(program)
    solver.solve()
    basis = solver.basis()
    if basis is None:
        raise ModelError("The model has no solution before anything is drawn.")
    order = _Order(model, tuple(uncertain), seed, basis, program.arrays().cost)
    rows = list(mapper(partial(_draw, order), range(draws)))
    size = (0, model.size(E), model.size(Y))
    return Ensemble(
        tuple(model.sets[Y]),
        tuple(model.sets.get(E, ())),
        np.array([row[0] for row in rows]),
        np.stack([row[1] for row in rows]) if rows else np.empty(size),
        np.array([row[2] for row in rows]),
    )


@dataclass(frozen=True)
class _Order:
    """What all draws share."""

    model: Model
    uncertain: tuple[Uncertain, ...]
    seed: int
    basis: Basis
    costs: Floats


def drawn(model: Model, uncertain: Sequence[Uncertain], seed: int, number: int) -> Model:
    """The model of one draw; the same for the same seed and number, whatever else is drawn."""
    random = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(number,)))
    for one in uncertain:
        model = one.apply(model, random)
    return model


def _draw(order: _Order, number: int) -> tuple[float, Floats, float]:
    model = drawn(order.model, order.uncertain, order.seed, number)
    built = build(model)
    solver = Solver(built.program)
    same = built.program.column_count == order.basis.columns.size
    if same and built.program.row_count == order.basis.rows.size:
        # First the new limits at the old costs (the basis is dual feasible), then the new costs (it is
        # primal feasible): both at once would leave it neither.
        every = np.arange(order.costs.size, dtype=np.int32)
        solver.change_costs(every, order.costs)
        solution = solver.start(order.basis, "bounds")
        if solution.optimal:
            solver.change_costs(every, built.program.arrays().cost)
            solution = solver.resolve("costs", duals=False)
    else:
        solution = solver.solve()
    if not solution.optimal:
        return float("nan"), np.full((model.size(E), model.size(Y)), np.nan), float("nan")
    results = Results(built, solution)
    return solution.objective, results.emitted.sum(axis=0), float(sum(unmet(results).values()))
