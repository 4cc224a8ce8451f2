"""The container of one linear program, and its solver."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trunghoa.pathways import Program, Solver, solve
from trunghoa.pathways.lp import compressed
from trunghoa.pathways.relaxing import relax
from trunghoa.pathways.tie_break import settle
from trunghoa.quantities import ModelError


def diet(demand: float = 6.0) -> Program:
    """Least cost of ``demand`` from a cheap source of at most 4 and a dear one; a constant of 100."""
    program = Program({"SOURCE": ["cheap one", "dear"]})
    x = program.columns(
        "output", 2, cost=[1.0, 3.0], upper=[4.0, np.inf], labels={"SOURCE": np.array([0, 1], dtype=np.int32)}
    )
    row = program.rows("demand", 1, lower=demand)
    program.entries(row.at([0, 0]), x.index, 1.0)
    program.offset = 100.0
    return program


@pytest.mark.parametrize("method", ["simplex", "ipm"])
def test_the_objective_holds_its_constant_and_the_method_is_the_one_that_ran(method: str) -> None:
    solution = solve(diet(), method)
    assert (solution.status, solution.method) == ("optimal", method)
    assert solution.objective == pytest.approx(110.0)
    assert solution.primal("output") == pytest.approx([4.0, 2.0])
    assert solution.dual("demand") == pytest.approx([3.0])


def test_it_solves_again_after_changes() -> None:
    solver = Solver(diet())
    solver.solve()
    solver.change_costs(np.array([0, 1], dtype=np.int32), [5.0, 3.0])
    assert solver.resolve("costs").objective == pytest.approx(118.0)
    solver.change_rows(np.array([0], dtype=np.int32), 7.0, np.inf)
    assert solver.resolve("bounds").objective == pytest.approx(121.0)
    solver.change_columns(np.array([1], dtype=np.int32), 0.0, 5.0)
    assert solver.resolve("bounds").objective == pytest.approx(125.0)


def test_a_basis_can_be_taken_to_another_solver() -> None:
    first = Solver(diet())
    first.solve()
    basis = first.basis()
    assert basis is not None
    assert Solver(diet(7.0)).start(basis, "bounds").objective == pytest.approx(113.0)
    with pytest.raises(ModelError, match="another shape"):
        Solver(Program()).start(basis)


def test_it_says_what_has_no_solution() -> None:
    program = diet()
    row = program.rows("ration", 1, upper=1.0)
    program.entries(row.at([0, 0]), [0, 1], 1.0)
    solution = solve(program)
    assert solution.status == "infeasible"
    assert np.isnan(solution.objective)
    relaxed = relax(program, {"demand": 1.0})
    assert relaxed.short["demand"] == pytest.approx([5.0])
    assert relaxed.solution.dual("ration") == pytest.approx([-1.0])


def test_it_says_what_is_unbounded() -> None:
    program = Program()
    program.columns("gain", 1, cost=-1.0)
    assert solve(program).status in {"unbounded", "unbounded or infeasible"}


def test_whole_numbers_are_whole() -> None:
    program = Program()
    units = program.columns("units", 1, cost=1.0, integer=True)
    row = program.rows("need", 1, lower=2.3)
    program.entries(row.index, units.index, 1.0)
    solution = solve(program)
    assert (solution.method, solution.objective) == ("branch and bound", pytest.approx(3.0))


def test_a_solve_can_be_stopped() -> None:
    rng = np.random.default_rng(0)
    size = 400
    program = Program()
    x = program.columns("x", size, cost=rng.random(size) + 1)
    rows = program.rows("cover", size, lower=1.0)
    r, c = np.nonzero(rng.random((size, size)) < 0.2)
    program.entries(rows.at(r), x.at(c), rng.random(r.size))
    assert Solver(program, stop=lambda: True).solve().status == "cancelled"
    lines: list[str] = []
    assert Solver(program, log=lines.append).solve().status == "optimal"
    assert any("Objective value" in line for line in lines)


@pytest.mark.parametrize("ending", [".mps", ".lp"])
def test_the_written_program_has_names_and_the_constant(tmp_path: Path, ending: str) -> None:
    import highspy

    path = tmp_path / f"program{ending}"
    Solver(diet()).write(path)
    text = path.read_text(encoding="utf-8")
    assert "output(cheap_one)" in text
    highs = highspy.Highs()
    highs.silent()
    highs.readModel(str(path))
    highs.run()
    assert highs.getInfo().objective_function_value == pytest.approx(110.0)


def test_it_refuses_what_makes_no_program(tmp_path: Path) -> None:
    program = diet()
    with pytest.raises(ModelError, match="already has a block"):
        program.columns("output", 1)
    with pytest.raises(ModelError, match="2 members and 3 values"):
        program.rows("rows", 2, lower=[1.0, 2.0, 3.0])
    with pytest.raises(ModelError, match="not a number"):
        program.columns("bad", 1, cost=np.nan)
    with pytest.raises(ModelError, match="not a method"):
        solve(diet(), "guess")
    program.entries([0], [0], np.inf)
    with pytest.raises(ModelError, match="not a finite number"):
        program.arrays()
    with pytest.raises(ModelError, match="could not be written"):
        Solver(diet()).write(tmp_path / "program.what")


def test_ties_are_broken_the_same_way_whatever_the_method() -> None:
    program = Program()
    x = program.columns("x", 6, cost=1.0, upper=2.0)
    row = program.rows("need", 1, lower=5.0)
    program.entries(np.zeros(6, dtype=int), x.index, 1.0)
    assert row.size == 1
    found = []
    for method in ("simplex", "ipm"):
        solver = Solver(program)
        first = solver.solve(method)
        second = settle(solver, first)
        assert second.objective == first.objective
        found.append(second.x)
    assert found[0] == pytest.approx(found[1], abs=1e-9)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 5), st.integers(0, 7), st.sampled_from([-2.0, -1.0, 0.0, 1.0, 2.0])),
        max_size=60,
    )
)
def test_entries_in_any_order_make_the_same_matrix(entries: list[tuple[int, int, float]]) -> None:
    rows, columns, values = (np.array([e[k] for e in entries]) for k in range(3))
    dense = np.zeros((6, 8))
    np.add.at(dense, (rows.astype(int), columns.astype(int)), values)
    starts, indices, kept = compressed(rows.astype(np.int32), columns.astype(np.int32), values.astype(float))
    rebuilt = np.zeros((6, 8))
    for column in range(starts.size - 1):
        part = slice(starts[column], starts[column + 1])
        assert (np.diff(indices[part]) > 0).all()
        rebuilt[indices[part], column] = kept[part]
    assert (rebuilt == dense).all()
    assert (kept != 0).all()
