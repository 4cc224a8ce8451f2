"""What is wrong with a model is said with file, row, field and value; what is doubtful is noted."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from trunghoa.pathways.osemosys import Model, read_model, solve_model
from trunghoa.quantities import InputError, Problem

from .osemosys_models import small, small_text, with_values
from .test_osemosys_formats import to_folder


def problems_of(path: Path) -> tuple[Problem, ...]:
    with pytest.raises(InputError) as refused:
        read_model(path)
    return refused.value.problems


def refused(tmp_path: Path, more: str = "", *changes: tuple[str, str]) -> tuple[Problem, ...]:
    text = small_text(more)
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    path = tmp_path / "bad.txt"
    path.write_text(text, encoding="utf-8")
    return problems_of(path)


def folder_with(tmp_path: Path, name: str, text: str) -> Path:
    folder = to_folder(small(tmp_path), tmp_path / "folder")
    (folder / name).write_text(text, encoding="utf-8")
    return folder


def test_an_unknown_member_is_named_with_its_line(tmp_path: Path) -> None:
    (problem,) = refused(tmp_path, "param FixedCost default 0 := R SOLAR 2025 1 ;")
    assert (problem.value, problem.limit, problem.field) == ("SOLAR", "TECHNOLOGY", "FixedCost")
    lines = (tmp_path / "bad.txt").read_text(encoding="utf-8").splitlines()
    assert problem.row is not None
    assert "SOLAR" in lines[problem.row - 1]


def test_an_unknown_member_in_a_folder_is_named_with_its_row(tmp_path: Path) -> None:
    text = "REGION,TECHNOLOGY,YEAR,VALUE\nR,WIND,2025,1\nR,SOLAR,2025,1\n"
    (problem,) = problems_of(folder_with(tmp_path, "FixedCost.csv", text))
    assert (problem.file, problem.row, problem.value) == ("FixedCost.csv", 3, "SOLAR")


@pytest.mark.parametrize(
    ("text", "row", "value"),
    [
        ("REGION,TECHNOLOGY,YEAR,VALUE\nR,WIND,2025,cheap\n", 2, "cheap"),
        ('REGION,TECHNOLOGY,YEAR,VALUE\nR,WIND,2025,"1,5"\n', 2, "1,5"),
        ("REGION,TECHNOLOGY,YEAR,VALUE\nR,WIND,2025,nan\n", 2, "R, WIND, 2025"),
        ("REGION,TECHNOLOGY,YEAR,VALUE\nR,WIND,2025,1\nR,WIND,2025,2\n", 3, "R, WIND, 2025"),
        ("REGION,TECHNOLOGY,YEAR,VALUE\nR,WIND,2025\n", 2, "3"),
        ("REGION,TECHNOLOGY,VALUE\nR,WIND,2025\n", 1, "YEAR"),
        ("REGION,TECHNOLOGY,YEAR,COST\nR,WIND,2025,1\n", 1, "COST"),
    ],
    ids=["text", "decimal comma", "nan", "twice", "short row", "no column", "no value"],
)
def test_a_cell_that_cannot_be_read_is_named(tmp_path: Path, text: str, row: int, value: str) -> None:
    found = problems_of(folder_with(tmp_path, "FixedCost.csv", text))
    assert (found[0].file, found[0].row, found[0].value) == ("FixedCost.csv", row, value)
    assert found[0].hint or found[0].limit


def test_two_values_for_one_cell_are_refused_in_gmpl_too(tmp_path: Path) -> None:
    (problem,) = refused(tmp_path, "param FixedCost default 0 := R WIND 2025 1 R WIND 2025 2 ;")
    assert (problem.field, problem.value) == ("FixedCost", "R, WIND, 2025")


@pytest.mark.parametrize(
    ("more", "field"),
    [
        (
            "param CapacityToActivityUnit default 1 := R GAS -1 ;",
            "R, GAS",
        ),
        ("param ResidualCapacity default 0 := R GAS 2025 -3 ;", "ResidualCapacity[R, GAS, 2025]"),
        ("param DepreciationMethod default 3 := ;", "DepreciationMethod[R]"),
    ],
)
def test_values_that_cannot_be_meant_are_refused(tmp_path: Path, more: str, field: str) -> None:
    found = refused(tmp_path, more)
    assert any(field in p.field for p in found)


def test_a_negative_life_is_refused(tmp_path: Path) -> None:
    found = refused(
        tmp_path, "", ("OperationalLife default 20 :=", "OperationalLife default 20 := R WIND -5")
    )
    assert (found[0].field, found[0].value) == ("OperationalLife[R, WIND]", "-5")


def test_a_minimum_above_its_maximum_is_refused(tmp_path: Path) -> None:
    more = (
        "param TotalAnnualMinCapacity default 0 := R WIND 2026 5 ;"
        "param TotalAnnualMaxCapacity default -1 := R WIND 2026 4 ;"
    )
    (problem,) = refused(tmp_path, more)
    assert (problem.field, problem.value) == ("TotalAnnualMinCapacity[R, WIND, 2026]", "5")
    assert "4" in problem.limit


def test_trade_without_its_way_back_is_refused(tmp_path: Path) -> None:
    two = ("set REGION := R ;", "set REGION := R Q ;")
    (problem,) = refused(tmp_path, "param TradeRoute default 0 := R Q ELC 2025 1 ;", two)
    assert (problem.field, problem.value, problem.limit) == ("TradeRoute[R, Q, ELC, 2025]", "1", "0")


def test_limits_as_large_as_numbers_go_mean_no_limit(tmp_path: Path) -> None:
    more = "param TotalAnnualMaxCapacity default -1 := R WIND 2025 1e308 ;"
    model = small(tmp_path, more)
    assert np.isinf(model.limit("TotalAnnualMaxCapacity")).all()
    assert any("1e15" in notice for notice in model.notices)
    (problem,) = refused(tmp_path, "param FixedCost default 0 := R WIND 2025 1e308 ;")
    assert problem.limit == "1e15"


@pytest.mark.parametrize("name", ["YEAR", "TECHNOLOGY", "FUEL", "TIMESLICE"])
def test_an_empty_set_is_refused(tmp_path: Path, name: str) -> None:
    folder = folder_with(tmp_path, f"{name}.csv", "VALUE\n")
    found = problems_of(folder)
    assert any(p.field == name and "no members" in p.message for p in found)


def test_a_year_that_is_no_number_is_refused(tmp_path: Path) -> None:
    found = refused(tmp_path, "", ("set YEAR := 2025 2026", "set YEAR := 2025 2026 soon"))
    assert found[0].value == "soon"


def test_a_member_twice_in_a_set_is_refused(tmp_path: Path) -> None:
    found = refused(tmp_path, "", ("set FUEL := ELC ;", "set FUEL := ELC ELC ;"))
    assert (found[0].field, found[0].value) == ("FUEL", "ELC")


def test_a_missing_default_is_refused_where_values_are_missing(tmp_path: Path) -> None:
    (problem,) = refused(tmp_path, "param FixedCost := R WIND 2025 1 ;")
    assert (problem.field, problem.value, problem.limit) == ("FixedCost", "1", "4")


def test_a_table_without_default_that_is_complete_is_taken(tmp_path: Path) -> None:
    more = "param EmissionsPenalty := [R,*,*] : 2025 2026 :=\nCO2 0 0 ;"
    assert small(tmp_path, more).dense("EmissionsPenalty").tolist() == [[[0.0, 0.0]]]


def test_an_unknown_parameter_is_refused(tmp_path: Path) -> None:
    (problem,) = refused(tmp_path, "param FixCost default 0 := ;")
    assert problem.value == "FixCost"


@pytest.mark.parametrize(
    "statement",
    [
        "param FixedCost default 0 := R WIND 2025 ;",
        "param FixedCost default 0 := [R,*,*] : 2025 2026 := WIND 1 ;",
        "param FixedCost default 0 := [R,*] 2025 1 ;",
        "param FixedCost default 0 := [R,*,* : 2025 := WIND 1 ;",
        "maximize everything ;",
    ],
)
def test_a_statement_that_cannot_be_read_is_named_with_its_line(tmp_path: Path, statement: str) -> None:
    (problem,) = refused(tmp_path, statement)
    lines = (tmp_path / "bad.txt").read_text(encoding="utf-8").splitlines()
    assert problem.row is not None
    assert statement.split()[1] in lines[problem.row - 1]


def test_what_is_no_model_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "letter.txt"
    path.write_text("Dear colleague, the param you asked for is attached.", encoding="utf-8")
    (problem,) = problems_of(path)
    assert (problem.file, bool(problem.hint)) == ("letter.txt", True)
    empty = tmp_path / "empty"
    empty.mkdir()
    assert problems_of(empty)[0].file == "empty"
    broken = tmp_path / "broken.xlsx"
    broken.write_bytes(b"PK\x03\x04 not a workbook")
    assert problems_of(broken)[0].file == "broken.xlsx"
    cut = tmp_path / "cut.txt.gz"
    cut.write_bytes(b"\x1f\x8b\x08\x00cut")
    assert problems_of(cut)[0].file == "cut.txt.gz"


def test_everything_wrong_is_said_at_once(tmp_path: Path) -> None:
    more = "param FixedCost default 0 := R SOLAR 2025 1 R WIND 2099 1 ; param Unknown default 0 := ;"
    assert {p.value for p in refused(tmp_path, more)} == {"SOLAR", "2099", "Unknown"}


def test_rounded_shares_of_the_year_are_taken_and_wrong_ones_noted(tmp_path: Path) -> None:
    def notices(share: str) -> tuple[str, ...]:
        path = tmp_path / "shares.txt"
        path.write_text(
            small_text().replace("YearSplit default 0.5", f"YearSplit default {share}"), encoding="utf-8"
        )
        return read_model(path).notices

    assert not any("YearSplit" in n for n in notices("0.4998"))
    assert any("YearSplit sums to 0.8 in 2025" in n for n in notices("0.4"))


def test_a_profile_that_does_not_sum_to_one_is_noted(tmp_path: Path) -> None:
    path = tmp_path / "profile.txt"
    path.write_text(small_text().replace("DAY 0.625 0.625", "DAY 0.6 0.625"), encoding="utf-8")
    assert any("0.975 for R, ELC, 2025" in n for n in read_model(path).notices)


def test_capacity_above_its_maximum_is_noted_and_then_explained(tmp_path: Path) -> None:
    more = (
        "param ResidualCapacity default 0 := R WIND 2025 9 R WIND 2026 9 ;"
        "param TotalAnnualMaxCapacity default -1 := R WIND 2026 4 ;"
    )
    model = small(tmp_path, more)
    assert any("ResidualCapacity of WIND in 2026 is 9" in n for n in model.notices)
    outcome = solve_model(model)
    assert outcome.solution.status == "infeasible"
    assert any("Capacity limits of WIND" in str(lack) for lack in outcome.lacks)


def test_one_year_is_a_model(tmp_path: Path) -> None:
    path = tmp_path / "one.txt"
    text = small_text().replace("set YEAR := 2025 2026 ;", "set YEAR := 2025 ;")
    for old, new in (
        (": 2025 2026 :=", ": 2025 :="), ("GAS 1 1", "GAS 1"), ("WIND 1 1", "WIND 1"), ("WIND 9 9", "WIND 9"),
        ("2025 2 2026 2", "2025 2"), ("DAY 0.3 0.3", "DAY 0.3"), ("NIGHT 0.5 0.5", "NIGHT 0.5"),
        (" R ELC 2026 16.8", ""), ("DAY 0.625 0.625", "DAY 0.625"), ("NIGHT 0.375 0.375", "NIGHT 0.375"),
        (" R GAS CO2 1 2026 0.5", ""),
    ):  # fmt: skip
        assert old in text, old
        text = text.replace(old, new)
    path.write_text(text, encoding="utf-8")
    assert solve_model(read_model(path)).solution.optimal


def test_a_demand_that_nothing_supplies_is_explained(tmp_path: Path) -> None:
    def limited() -> Model:
        model = small(tmp_path)
        cells = {("R", t, "2026"): 5.0 for t in ("GAS", "WIND")}
        return with_values(model, "TotalAnnualMaxCapacity", cells)

    outcome = solve_model(limited())
    assert outcome.solution.status == "infeasible"
    # By day in 2026: 10.5 are wanted; gas gives 5·0.5 and wind 5·0.3·0.5.
    lack = next(k for k in outcome.lacks if k.members["TIMESLICE"] == "DAY")
    assert lack.year == "2026"
    assert lack.amount == pytest.approx(10.5 - 2.5 - 0.75)
    causes = {str(c) for c in lack.causes}
    assert causes == {"TotalAnnualMaxCapacity[R, GAS, 2026]", "TotalAnnualMaxCapacity[R, WIND, 2026]"}
    assert str(lack).startswith("demand ELC in 2026 lacks 7.25 (R, DAY) because of TotalAnnualMaxCapacity")


def test_a_demand_without_any_technology_is_said_to_have_none(tmp_path: Path) -> None:
    path = tmp_path / "none.txt"
    text = small_text("param AccumulatedAnnualDemand default 0 := R STEEL 2025 4 ;").replace(
        "set FUEL := ELC ;", "set FUEL := ELC STEEL ;"
    )
    path.write_text(text, encoding="utf-8")
    outcome = solve_model(read_model(path))
    assert [str(k) for k in outcome.lacks] == [
        "demand STEEL in 2025 lacks 4 (R) because nothing can supply it"
    ]


def test_unmet_demand_left_to_a_backstop_is_a_headline(tmp_path: Path) -> None:
    model = small(tmp_path, "param TotalAnnualMaxCapacity default -1 := R WIND 2025 0 R WIND 2026 0 ;")
    dear = with_values(model, "VariableCost", {("R", "GAS", "1", y): 9999.0 for y in ("2025", "2026")})
    outcome = solve_model(dear)
    assert outcome.as_dict()["unmet"] == pytest.approx(32.8)
    assert outcome.unmet[("R", "GAS", "ELC", "2026")] == pytest.approx(16.8)
    assert solve_model(model).as_dict()["unmet"] == 0.0


def test_dear_capital_alone_makes_no_backstop(tmp_path: Path) -> None:
    """A unit of aircraft costs more than 99,999 in some models; it is not unmet demand."""
    model = small(tmp_path, "param TotalAnnualMaxCapacity default -1 := R GAS 2025 0 R GAS 2026 0 ;")
    dear = with_values(model, "CapitalCost", {("R", "WIND", y): 200_000.0 for y in ("2025", "2026")})
    assert solve_model(dear).as_dict()["unmet"] == 0.0
