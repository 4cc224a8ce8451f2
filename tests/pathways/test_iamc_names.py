"""IAMC's own variables from a table of roles: names, totals, units and what is refused."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from trunghoa.cli import app
from trunghoa.pathways.osemosys import (
    Model,
    Outcome,
    Role,
    iamc,
    read_model,
    read_roles,
    solve_model,
    standard_rules,
    without_role,
)
from trunghoa.quantities import InputError, ModelError, UnitError

from .osemosys_models import with_values

UNITS = {"energy": "PJ", "capacity": "GW", "money": "million US$2010", "emission": "Mt CO2"}

# Coal is mined, burnt in a plant (which leaves ash) or in a mill; wind on land and at sea; a grid passes
# electricity on.
DATA = """
set REGION := R ; set YEAR := 2025 2026 ; set TIMESLICE := A B ; set MODE_OF_OPERATION := 1 ;
set TECHNOLOGY := MINE COAL ONSHORE OFFSHORE GRID MILL ; set FUEL := COA ELC DIS HEAT ASH ;
set EMISSION := CO2 ;
set SEASON := ; set DAYTYPE := ; set DAILYTIMEBRACKET := ; set STORAGE := ;
param YearSplit default 0.5 := ; param DiscountRate default 0.05 := ; param OperationalLife default 20 := ;
param OutputActivityRatio default 0 :=
R MINE COA 1 2025 1 R MINE COA 1 2026 1 R COAL ELC 1 2025 1 R COAL ELC 1 2026 1
R ONSHORE ELC 1 2025 1 R ONSHORE ELC 1 2026 1 R OFFSHORE ELC 1 2025 1 R OFFSHORE ELC 1 2026 1
R GRID DIS 1 2025 1 R GRID DIS 1 2026 1 R MILL HEAT 1 2025 1 R MILL HEAT 1 2026 1
R COAL ASH 1 2025 0.1 R COAL ASH 1 2026 0.1 ;
param InputActivityRatio default 0 :=
R COAL COA 1 2025 2.5 R COAL COA 1 2026 2.5 R GRID ELC 1 2025 1.1 R GRID ELC 1 2026 1.1
R MILL COA 1 2025 0.8 R MILL COA 1 2026 0.8 R MILL DIS 1 2025 0.2 R MILL DIS 1 2026 0.2 ;
param CapitalCost default 10 := R MINE 2025 0 R MINE 2026 0
R ONSHORE 2025 200 R ONSHORE 2026 200 R OFFSHORE 2025 200 R OFFSHORE 2026 200 ;
param VariableCost default 0 := R MINE 1 2025 3 R MINE 1 2026 3 ;
param TotalAnnualMinCapacity default 0 := R ONSHORE 2025 20 R OFFSHORE 2025 10 ;
param EmissionActivityRatio default 0 :=
R COAL CO2 1 2025 0.25 R COAL CO2 1 2026 0.25 R MILL CO2 1 2025 0.1 R MILL CO2 1 2026 0.1 ;
param EmissionsPenalty default 0 := R CO2 2025 5 R CO2 2026 6 ;
param SpecifiedAnnualDemand default 0 := R DIS 2025 100 R DIS 2026 120 R HEAT 2025 40 R HEAT 2026 40 ;
param SpecifiedDemandProfile default 0.5 := ;
end;
"""
ROLES = """set,member,name
TECHNOLOGY,MINE,Primary Energy|Coal
TECHNOLOGY,COAL,Electricity|Coal|w/o CCS
TECHNOLOGY,ONSHORE,Electricity|Wind|Onshore
TECHNOLOGY,OFFSHORE,Electricity|Wind|Offshore
TECHNOLOGY,MILL,Final Energy|Industry
FUEL,ELC,Electricity
FUEL,DIS,Electricity
FUEL,COA,Solids|Coal
EMISSION,CO2,CO2
"""


@pytest.fixture
def model(tmp_path: Path) -> Model:
    path = tmp_path / "coal.txt"
    path.write_text(DATA, encoding="utf-8")
    return replace(read_model(path), units=UNITS)


@pytest.fixture
def roles(tmp_path: Path, model: Model) -> list[Role]:
    path = tmp_path / "roles.csv"
    path.write_text(ROLES, encoding="utf-8")
    return read_roles(path, model)


def table(outcome: Outcome, roles: list[Role]) -> dict[tuple[str, str], tuple[float, str]]:
    rows = iamc(outcome.results, standard_rules(outcome.model, roles))
    assert len({(r.variable, r.year) for r in rows}) == len(rows)
    return {(r.variable, r.year): (r.value, r.unit) for r in rows}


def test_every_variable_is_what_the_result_tables_say_in_iamc_units(model: Model, roles: list[Role]) -> None:
    outcome = solve_model(model)
    found, results = table(outcome, roles), outcome.results
    made = results.table("ProductionByTechnologyAnnual").by(model, "TECHNOLOGY", "YEAR", "FUEL")
    made = {(t, y): v for (t, y, f), v in made.items() if f != "ASH"}
    wind = made[("ONSHORE", "2025")], made[("OFFSHORE", "2025")]
    assert all(wind)
    coal = made[("COAL", "2025")]
    assert coal > 0
    for variable, petajoules in {
        "Primary Energy": made[("MINE", "2025")],
        "Primary Energy|Coal": made[("MINE", "2025")],
        "Secondary Energy|Electricity|Wind|Onshore": wind[0],
        "Secondary Energy|Electricity|Wind": sum(wind),
        "Secondary Energy|Electricity|Coal|w/o CCS": coal,
        "Secondary Energy|Electricity": sum(wind) + coal,
        "Final Energy|Industry|Electricity": 0.2 * 40,
        "Final Energy|Industry|Solids|Coal": 0.8 * 40,
        "Final Energy|Solids": 0.8 * 40,
        "Final Energy|Industry": 40.0,
        "Final Energy": 40.0,
    }.items():
        assert found[(variable, "2025")] == (pytest.approx(petajoules / 1000), "EJ/yr"), variable
    capacity = results.table("TotalCapacityAnnual").by(model, "TECHNOLOGY", "YEAR")
    winds = capacity[("ONSHORE", "2025")] + capacity[("OFFSHORE", "2025")]
    assert found[("Capacity|Electricity|Wind", "2025")] == (pytest.approx(winds), "GW")
    assert found[("Capacity Additions|Electricity|Wind", "2025")] == (pytest.approx(winds), "GW/yr")
    assert ("Capacity Additions|Electricity|Wind", "2026") not in found
    assert ("Capacity|Electricity|Wind", "2026") in found
    paid = found[("Investment|Energy Supply|Electricity|Wind", "2025")]
    assert paid == (pytest.approx(200 * winds / 1000), "billion US$2010/yr")


def test_a_grid_without_a_role_is_not_counted_twice(model: Model, roles: list[Role]) -> None:
    found = table(solve_model(model), roles)
    assert found[("Secondary Energy|Electricity", "2025")][0] == pytest.approx(1.1 * (100 + 8) / 1000)
    assert without_role(model, roles) == {"TECHNOLOGY": ("GRID",), "EMISSION": ()}


def test_emissions_and_their_price_are_the_tax_and_what_limits_add(model: Model, roles: list[Role]) -> None:
    taxed = table(solve_model(model), roles)
    made = taxed[("Secondary Energy|Electricity|Coal", "2025")][0] * 1000
    assert taxed[("Emissions|CO2", "2025")] == (pytest.approx(0.25 * made + 4), "Mt CO2/yr")
    assert taxed[("Emissions|CO2|Energy|Supply|Electricity", "2025")][0] == pytest.approx(0.25 * made)
    assert taxed[("Price|Carbon", "2026")] == (pytest.approx(6.0), "US$2010/t CO2")
    cap = {("R", "CO2", "2026"): taxed[("Emissions|CO2", "2026")][0] - 2}
    capped = table(solve_model(with_values(model, "AnnualEmissionLimit", cap)), roles)
    assert capped[("Price|Carbon", "2026")][0] > 6.5
    assert capped[("Price|Carbon", "2025")][0] == pytest.approx(5.0)


def test_a_model_in_other_units_gives_the_same_table(model: Model, roles: list[Role]) -> None:
    """What is called TWh, MW, billion and kt gives what the factors between the units say."""
    other = {"energy": "TWh", "capacity": "MW", "money": "billion US$2010", "emission": "kt CO2"}
    outcome = solve_model(model)
    first = table(outcome, roles)
    second = table(solve_model(replace(model, units=other)), roles)
    for variable, factor in {
        "Primary Energy|Coal": 3.6,
        "Capacity|Electricity": 1e-3,
        "Investment|Energy Supply|Electricity": 1e3,
        "Emissions|CO2": 1e-3,
        "Price|Carbon": 1e6,
    }.items():
        value, unit = second[(variable, "2025")]
        assert (value, unit) == (
            pytest.approx(factor * first[(variable, "2025")][0]),
            first[(variable, "2025")][1],
        )


def test_roles_that_are_wrong_are_refused_with_their_row(tmp_path: Path, model: Model) -> None:
    path = tmp_path / "wrong.csv"
    path.write_text(
        "set,member,name\nTECHNOLOGY,MOON,Electricity|Solar\nTECHNOLOGY,MINE,Primary Energy|Cole\nMODE,1,x\n",
        encoding="utf-8",
    )
    with pytest.raises(InputError) as caught:
        read_roles(path, model)
    assert [(p.file, p.row, p.field, p.value) for p in caught.value.problems] == [
        ("wrong.csv", 2, "member", "MOON"),
        ("wrong.csv", 3, "name", "Primary Energy|Cole"),
        ("wrong.csv", 4, "set", "MODE"),
    ]
    with pytest.raises(InputError):
        standard_rules(model, [Role("TECHNOLOGY", "MOON", "Electricity|Solar")])


@pytest.mark.parametrize(
    ("measure", "unit", "error"),
    [
        ("energy", "", ModelError),
        ("energy", "GW", UnitError),
        ("money", "M$", ModelError),
        ("emission", "tonnes", ModelError),
    ],
)
def test_a_unit_that_does_not_convert_is_refused(
    model: Model, roles: list[Role], measure: str, unit: str, error: type[Exception]
) -> None:
    with pytest.raises(error):
        standard_rules(replace(model, units={**UNITS, measure: unit}), roles)


def test_power_plants_need_a_fuel_that_is_electricity(model: Model, roles: list[Role]) -> None:
    with pytest.raises(ModelError, match="no fuel has the role Electricity"):
        standard_rules(model, [r for r in roles if r.name != "Electricity"])


def test_the_command_writes_the_table_and_says_what_it_leaves_out(tmp_path: Path, cases: Path) -> None:
    data = cases / "pathways" / "simplicity_v1_1"
    folder = tmp_path / "simplicity"
    folder.mkdir()
    for path in (data / "data").glob("*.csv"):
        (folder / path.name).write_bytes(path.read_bytes())
    units = "\nunits:\n" + "".join(f"  {k}: {v}\n" for k, v in UNITS.items())
    (folder / "config.yaml").write_text((data / "config.yaml").read_text("utf-8") + units, encoding="utf-8")
    roles = tmp_path / "roles.csv"
    roles.write_text("set,member,name\nFUEL,SEC_EL,Electricity\nTECHNOLOGY,NGCC,Electricity|Gas\n", "utf-8")
    written = tmp_path / "out.csv"
    arguments = [
        "pathways",
        "solve",
        str(folder),
        "--json",
        "--iamc",
        str(written),
        "--iamc-roles",
        str(roles),
    ]
    done = CliRunner().invoke(app, arguments)
    assert done.exit_code == 0, done.stderr
    notices = json.loads(done.stdout)["notices"]
    assert any(n.startswith("Not in the IAMC table") and "HYD1" in n for n in notices)
    with written.open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    assert {r["Scenario"] for r in rows} == {"simplicity"}
    assert "Secondary Energy|Electricity|Gas" in {r["Variable"] for r in rows}
