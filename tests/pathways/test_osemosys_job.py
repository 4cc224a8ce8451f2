"""An OSeMOSYS model read and solved in a process of its own: what it says, and what it leaves."""

import csv
import json
import subprocess
import sys

import pytest
from openpyxl import load_workbook

from trunghoa.pathways.osemosys import RESULTS, job
from trunghoa.quantities import InputError

from .osemosys_models import small, small_text
from .test_osemosys_formats import to_folder


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "small.txt"
    path.write_text(small_text())
    return path


def test_reading_alone_solves_nothing_and_says_what_the_model_is(path):
    found = job.serve({"path": str(path)}, lambda message: None)
    assert found["years"] == [2025, 2026]
    assert found["sizes"]["TECHNOLOGY"] == 2
    assert "summary" not in found


def test_solving_leaves_every_table_and_the_yearly_ones_for_pages(path, tmp_path):
    said = []
    order = {"path": str(path), "out": str(tmp_path / "out")}
    found = job.serve(order, said.append)
    assert found["summary"]["status"] == "optimal"
    assert {t["name"] for t in found["index"]} >= set(RESULTS)
    assert len(RESULTS) == 25
    for table in found["index"]:
        with (tmp_path / "out" / "tables" / f"{table['name']}.csv").open() as stream:
            head, *rows = csv.reader(stream)
        assert head == [*table["dims"], "VALUE"]
        assert len(rows) == table["rows"]
    assert len(load_workbook(tmp_path / "out" / "results.xlsx").sheetnames) == len(found["index"])
    made = found["tables"]["ProductionByTechnologyAnnual"]
    assert made["keys"] == ["region", "technology", "fuel"]
    total = [sum(row[-1][n] for row in made["rows"]) for n in range(2)]
    assert total == pytest.approx([16, 16.8])
    assert any("log" in message for message in said)


def test_without_units_there_is_no_iamc_table_and_it_is_said_why(path, tmp_path):
    found = job.serve({"path": str(path), "out": str(tmp_path / "out")}, lambda m: None)
    assert "unit" in found["left_out"]["iamc"]
    assert found["iamc"] == []


def test_units_of_the_data_give_iamc_rows(tmp_path):
    folder = to_folder(small(tmp_path), tmp_path / "csv")
    with (folder / "config.yaml").open("a") as config:
        config.write("units: {energy: PJ, capacity: GW, money: million USD2020, emission: Mt}\n")
    found = job.serve({"path": str(tmp_path / "csv"), "out": str(tmp_path / "out")}, lambda m: None)
    assert found["left_out"] == {}
    [gas] = [row for row in found["iamc"] if row[1] == "Emissions|CO2"]
    assert gas[2] == "Mt/yr"
    assert len(gas[3]) == len(found["years"])
    assert {t["unit"] for t in found["index"] if t["name"] == "TotalCapacityAnnual"} == {"GW"}


def test_a_model_without_a_solution_says_what_lacks(tmp_path):
    path = tmp_path / "short.txt"
    path.write_text(small_text("param TotalAnnualMaxCapacity default 0 := ;"))
    found = job.serve({"path": str(path), "out": str(tmp_path)}, lambda message: None)
    assert found["summary"]["status"] == "infeasible"
    assert found["lacks"]
    assert found["tables"] == {}


def test_what_is_wrong_with_a_file_is_named_with_its_line(tmp_path):
    path = tmp_path / "wrong.txt"
    path.write_text(small_text("param CapitalCosts default 0 := ;"))
    with pytest.raises(InputError) as caught:
        job.serve({"path": str(path)}, lambda message: None)
    [problem] = caught.value.problems
    assert (problem.file, problem.value) == ("wrong.txt", "CapitalCosts")
    assert problem.row > 30


def test_the_process_answers_with_lines_of_json(path):
    order = json.dumps({"path": str(path), "memory": 2**31})
    answer = subprocess.run(
        [sys.executable, "-m", job.__name__], input=order, capture_output=True, text=True, check=True
    )
    assert json.loads(answer.stdout.splitlines()[-1])["result"]["years"] == [2025, 2026]
