"""``trunghoa pathways``: what is printed, written and refused."""

from __future__ import annotations

import csv
import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from trunghoa.cli import app
from trunghoa.pathways.osemosys import (
    Options,
    iamc,
    read_model,
    read_rules,
    solve_model,
    write_iamc,
    write_workbook,
)
from trunghoa.quantities import InputError, ModelError

from .osemosys_models import small, small_text
from .test_osemosys_formats import to_folder, to_workbook

RUN = CliRunner()


def run(*arguments: str) -> dict[str, Any]:
    result = RUN.invoke(app, ["pathways", *arguments])
    assert result.exit_code == 0, result.output
    found: dict[str, Any] = json.loads(result.stdout)
    return found


@pytest.fixture
def model_file(tmp_path: Path) -> Path:
    path = tmp_path / "small.txt"
    path.write_text(small_text(), encoding="utf-8")
    return path


@pytest.mark.parametrize("method", ["simplex", "ipm"])
def test_solve_prints_what_was_found(model_file: Path, method: str) -> None:
    found = run("solve", str(model_file), "--method", method, "--json")
    expected = solve_model(read_model(model_file))
    assert found["objective"] == pytest.approx(expected.solution.objective)
    assert (found["status"], found["method"], found["unmet"]) == ("optimal", method, 0.0)
    assert (found["rows"], found["cols"], found["nnz"]) == expected.built.program.shape
    assert found["seconds"].keys() == {"read", "build", "solve", "results"}
    assert found["inputs"] == expected.model.digest


def test_solve_takes_every_format(tmp_path: Path, model_file: Path) -> None:
    model = read_model(model_file)
    packed = tmp_path / "small.txt.gz"
    packed.write_bytes(gzip.compress(model_file.read_bytes()))
    folder = to_folder(model, tmp_path / "folder")
    sheets = tmp_path / "sheets"
    sheets.mkdir()
    (sheets / "config.yaml").write_bytes((folder / "config.yaml").read_bytes())
    workbook = to_workbook(model, sheets / "model.xlsx", wide=True)
    hashes = {run("solve", str(p), "--json")["inputs"] for p in (model_file, packed, folder, workbook)}
    assert hashes == {model.digest}


def test_solve_writes_the_result_tables(tmp_path: Path, model_file: Path) -> None:
    out = tmp_path / "out"
    found = run("solve", str(model_file), "--out", str(out), "--json")
    names = {path.stem for path in out.glob("*.csv")}
    assert len(names) == found["files"] == 25
    with (out / "ProductionByTechnologyAnnual.csv").open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    assert list(rows[0]) == ["REGION", "TECHNOLOGY", "FUEL", "YEAR", "VALUE"]
    total = sum(float(r["VALUE"]) for r in rows if r["YEAR"] == "2026")
    assert total >= 16.8 - 1e-6


def test_solve_writes_the_program_and_a_workbook(tmp_path: Path, model_file: Path) -> None:
    from python_calamine import CalamineWorkbook

    program, book = tmp_path / "p.mps", tmp_path / "r.xlsx"
    run("solve", str(model_file), "--program", str(program), "--workbook", str(book), "--json")
    assert "NewCapacity(R,WIND,2025)" in program.read_text(encoding="utf-8")
    sheets = CalamineWorkbook.from_path(str(book))
    assert len(sheets.sheet_names) == 25
    assert sheets.get_sheet_by_name("Demand").to_python()[0] == [
        "REGION",
        "TIMESLICE",
        "FUEL",
        "YEAR",
        "VALUE",
    ]


def test_solve_with_less_foresight(model_file: Path) -> None:
    perfect = run("solve", str(model_file), "--json")
    for kind in ("recursive", "rolling", "rolling:1:1"):
        found = run("solve", str(model_file), "--foresight", kind, "--json")
        assert found["foresight"] == kind.partition(":")[0]
        assert found["objective"] >= perfect["objective"] - 1e-9


def test_a_model_without_a_solution_says_what_lacks(tmp_path: Path) -> None:
    path = tmp_path / "tight.txt"
    path.write_text(small_text("param TotalAnnualMaxCapacity default 1 := ;"), encoding="utf-8")
    found = run("solve", str(path), "--json")
    assert (found["status"], found["objective"]) == ("infeasible", None)
    assert found["lacks"][0].startswith("demand ELC in 2026 lacks")


@pytest.mark.parametrize(
    "arguments",
    [("--method", "guess"), ("--foresight", "blind")],
)
def test_what_cannot_be_done_is_refused_with_code_1(model_file: Path, arguments: tuple[str, str]) -> None:
    result = RUN.invoke(app, ["pathways", "solve", str(model_file), *arguments])
    assert result.exit_code == 1
    assert arguments[1] in result.stderr


def test_a_bad_file_is_refused_line_by_line(tmp_path: Path) -> None:
    path = tmp_path / "bad.txt"
    path.write_text(
        small_text("param FixedCost default 0 := R SOLAR 2025 1 R MOON 2025 1 ;"), encoding="utf-8"
    )
    result = RUN.invoke(app, ["pathways", "solve", str(path), "--json"])
    assert result.exit_code == 1
    assert len(result.stderr.strip().splitlines()) == 2
    assert "SOLAR" in result.stderr
    assert result.stdout == ""


def test_macc_prints_emissions_at_each_price(model_file: Path) -> None:
    found = run("macc", str(model_file), "--prices", "0:40:10", "--json")
    steps = found["steps"]
    assert [s["price"] for s in steps] == [0, 10, 20, 30, 40]
    assert steps[0]["abated"] == 0
    assert steps[-1]["abated"] > 0
    assert found["emission"] == "CO2"


# ---------------------------------------------------------------------- IAMC


def with_units(tmp_path: Path) -> Path:
    folder = to_folder(small(tmp_path), tmp_path / "folder")
    config = folder / "config.yaml"
    units = "units:\n  energy: PJ\n  capacity: GW\n  money: million US$2010\n  emission: Mt CO2\n"
    config.write_text(config.read_text(encoding="utf-8") + units, encoding="utf-8")
    return folder


def test_iamc_without_units_is_refused(model_file: Path) -> None:
    with pytest.raises(ModelError, match=r"config\.yaml"):
        iamc(solve_model(read_model(model_file)).results)


@pytest.mark.parametrize("ending", [".csv", ".xlsx"])
def test_iamc_has_a_line_per_variable_with_years_across(tmp_path: Path, ending: str) -> None:
    from python_calamine import CalamineWorkbook

    outcome = solve_model(read_model(with_units(tmp_path)), Options())
    rows = iamc(outcome.results)
    path = tmp_path / f"iamc{ending}"
    write_iamc(rows, path, model="trunghoa", scenario="BAU")
    if ending == ".csv":
        with path.open(encoding="utf-8") as stream:
            heading, *lines = list(csv.reader(stream))
    else:
        heading, *lines = [
            [str(c) for c in r]
            for r in CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()
        ]
    assert heading[:5] == ["Model", "Scenario", "Region", "Variable", "Unit"]
    assert [float(y) for y in heading[5:]] == [2025, 2026]
    found = {line[3]: line for line in lines}
    assert found["Emissions|CO2"][4] == "Mt CO2/yr"
    emitted = outcome.results.table("AnnualEmissions").by(outcome.model, "YEAR")
    assert float(found["Emissions|CO2"][5]) == pytest.approx(emitted[("2025",)])
    assert found["Capacity|WIND"][4] == "GW"
    assert all(line[:2] == ["trunghoa", "BAU"] for line in lines)


def test_iamc_long_has_a_line_per_value(tmp_path: Path) -> None:
    rows = iamc(solve_model(read_model(with_units(tmp_path))).results)
    path = tmp_path / "long.csv"
    write_iamc(rows, path, model="trunghoa", scenario="BAU", wide=False)
    with path.open(encoding="utf-8") as stream:
        lines = list(csv.DictReader(stream))
    assert len(lines) == len(rows)
    assert list(lines[0])[-2:] == ["Year", "Value"]
    with pytest.raises(ModelError, match="names its model"):
        write_iamc(rows, path, model="", scenario="BAU")


def test_iamc_rules_name_sum_and_convert(tmp_path: Path) -> None:
    path = tmp_path / "rules.csv"
    path.write_text(
        "table,variable,unit,factor,TECHNOLOGY,FUEL\n"
        "ProductionByTechnologyAnnual,Secondary Energy|Electricity,EJ/yr,0.001,,ELC\n"
        "ProductionByTechnologyAnnual,Secondary Energy|Electricity|Wind,EJ/yr,0.001,WIND,ELC\n",
        encoding="utf-8",
    )
    outcome = solve_model(small(tmp_path))
    rows = {(r.variable, r.year): r for r in iamc(outcome.results, read_rules(path))}
    made = outcome.results.table("ProductionByTechnologyAnnual").by(outcome.model, "TECHNOLOGY", "YEAR")
    total = rows[("Secondary Energy|Electricity", "2025")]
    assert (total.unit, total.value) == (
        "EJ/yr",
        pytest.approx(sum(v for (_, y), v in made.items() if y == "2025") / 1000),
    )
    assert rows[("Secondary Energy|Electricity|Wind", "2025")].value == pytest.approx(
        made[("WIND", "2025")] / 1000
    )


def test_iamc_rules_that_are_wrong_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "rules.csv"
    path.write_text("table,variable,factor\nNoSuch,X,1\nNewCapacity,,x\n", encoding="utf-8")
    with pytest.raises(InputError) as refused:
        read_rules(path)
    assert [(p.row, p.field) for p in refused.value.problems] == [
        (2, "table"),
        (3, "variable"),
        (3, "factor"),
    ]


def test_a_workbook_of_results_says_units(tmp_path: Path) -> None:
    from python_calamine import CalamineWorkbook

    path = tmp_path / "results.xlsx"
    write_workbook(solve_model(read_model(with_units(tmp_path))).results, path)
    sheet = CalamineWorkbook.from_path(str(path)).get_sheet_by_name("TotalCapacityAnnual").to_python()
    assert sheet[0][-1] == "VALUE (GW)"
