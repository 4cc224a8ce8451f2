"""Answers found elsewhere: GLPK on the long formulation, checked with HiGHS, with the constant."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from trunghoa.pathways.osemosys import Options, Outcome, read_model, solve_model, solve_path

from .osemosys_models import copies

pytestmark = pytest.mark.first

UTOPIA = "utopia/utopia.txt"


@pytest.fixture(scope="module")
def folder(cases: Path) -> Path:
    return cases / "pathways"


@pytest.fixture(scope="module")
def answers(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
    return found["cases"]  # type: ignore[no-any-return]


@pytest.fixture(scope="module")
def utopia(folder: Path) -> Outcome:
    return solve_path(folder / UTOPIA)


@pytest.mark.parametrize("method", ["simplex", "ipm"])
@pytest.mark.parametrize(
    "case",
    [
        "super_simple/super_simple_model.txt",
        UTOPIA,
        "utopia/utopia_co2tax.txt",
        "utopia/utopia_retarget.txt",
    ],
)
def test_gmpl_cases_have_the_known_objective(
    folder: Path, answers: dict[str, Any], case: str, method: str
) -> None:
    outcome = solve_path(folder / case, Options(method=method))
    assert outcome.solution.method == method
    assert outcome.solution.objective == pytest.approx(answers[case]["objective"], rel=1e-6)
    assert outcome.results.table("TotalDiscountedCost").total() == pytest.approx(outcome.solution.objective)


def test_the_constant_of_residual_capacity_is_part_of_the_objective(
    utopia: Outcome, answers: dict[str, Any]
) -> None:
    expected = answers[UTOPIA]["objective_constant"]
    assert utopia.built.program.offset == pytest.approx(expected, abs=1e-4)
    assert utopia.as_dict()["objective_constant"] == pytest.approx(expected, abs=1e-4)


@pytest.mark.parametrize(
    "table",
    [
        "AccumulatedNewCapacity",
        "AnnualEmissions",
        "NewCapacity",
        "ProductionByTechnologyAnnual",
        "TotalCapacityAnnual",
        "TotalDiscountedCost",
    ],
)
def test_utopia_tables_are_those_of_glpk(folder: Path, utopia: Outcome, table: str) -> None:
    with (folder / "utopia" / "expected" / f"{table}.csv").open(encoding="utf-8") as stream:
        heading, *rows = list(csv.reader(stream))
    expected = {tuple(row[:-1]): float(row[-1]) for row in rows}
    found = utopia.results.table(table)
    assert [*found.dims, "VALUE"] == heading
    values = dict(zip(zip(*found.labels(utopia.model), strict=True), found.values.tolist(), strict=True))
    assert values.keys() == expected.keys()
    assert values == pytest.approx(expected, abs=1e-4)


def test_the_renewable_target_cuts_emissions_as_known(folder: Path, answers: dict[str, Any]) -> None:
    case = "utopia/utopia_retarget.txt"
    outcome = solve_path(folder / case)
    by_gas = outcome.results.table("AnnualEmissions").by(outcome.model, "EMISSION")
    assert by_gas[("CO2",)] == pytest.approx(answers[case]["CO2_sum"], abs=1e-3)


@pytest.mark.parametrize("method", ["simplex", "ipm"])
@pytest.mark.parametrize("part", ["", "data"])
def test_an_otoole_folder_has_the_known_objective(
    folder: Path, answers: dict[str, Any], part: str, method: str
) -> None:
    expected = answers["simplicity_v1_1/data (otoole CSV)"]
    outcome = solve_path(folder / "simplicity_v1_1" / part, Options(method=method))
    assert outcome.solution.objective == pytest.approx(expected["objective"], rel=1e-6)
    assert outcome.built.program.offset == pytest.approx(expected["objective_constant"], abs=1e-4)


@pytest.mark.parametrize("times", [2, 4, 8])
def test_copies_of_a_region_cost_as_many_times(folder: Path, answers: dict[str, Any], times: int) -> None:
    expected = answers["simplicity_v1_1/data (otoole CSV)"]["replicated_regions"][f"x{times}"]
    model = copies(read_model(folder / "simplicity_v1_1"), times)
    outcome = solve_model(model, Options(tie_break=False))
    assert outcome.solution.objective == pytest.approx(expected, rel=1e-9)
    one = solve_path(folder / "simplicity_v1_1").built.program.shape
    assert outcome.built.program.shape == tuple(times * n for n in one)


def test_the_lao_model_of_muio_has_the_known_objective(folder: Path, answers: dict[str, Any]) -> None:
    """Whole economy, 337 technologies, 33 years, MUIO's dialect; takes most of a minute."""
    case = "laos_wesm/Baseline.txt.gz"
    outcome = solve_path(folder / case)
    assert outcome.model.dialect == "muio"
    assert outcome.solution.objective == pytest.approx(answers[case]["objective"], rel=1e-6)
    assert outcome.built.program.offset == pytest.approx(answers[case]["objective_constant"], abs=1e-4)
    rows, _, nonzeros = outcome.built.program.shape
    lean = answers[case]["lp"]
    assert rows < lean["rows"] / 3
    assert nonzeros < lean["nnz"] / 4
    total = outcome.results.table("TotalDiscountedCost").total()
    assert total == pytest.approx(outcome.solution.objective, rel=1e-9)
    model, capacity = outcome.model, outcome.results.capacity
    counted = np.einsum("rtuy,rty->ruy", model.dense("UDCMultiplierTotalCapacity"), capacity)
    activity = np.zeros(capacity.shape)
    used = outcome.results.table("TotalTechnologyAnnualActivity")
    activity[used.keys] = used.values
    counted += np.einsum("rtuy,rty->ruy", model.dense("UDCMultiplierActivity"), activity)
    room = model.dense("UDCConstant") - counted
    assert (model.dense("UDCTag") == 0).all()
    assert room.min() > -1e-6, "every user-defined constraint holds"
    assert (np.abs(room) < 1e-6).any(), "and some of them bind"
    assert len(outcome.results.names()) == 25
    assert outcome.as_dict()["unmet"] == pytest.approx(0.0, abs=1e-6)
