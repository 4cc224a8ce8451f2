"""The same model from every format, and the forms of each that people use."""

from __future__ import annotations

import csv
import gzip
from pathlib import Path

import pytest

from trunghoa.pathways.osemosys import PARAMETERS, SETS, Model, read_model, solve_model

from .osemosys_models import small, small_text

YEARS = ("2025", "2026")


def to_folder(model: Model, folder: Path, *, delimiter: str = ",", comma: bool = False) -> Path:
    """Write a model as an otoole folder with its own defaults in config.yaml."""
    folder.mkdir(exist_ok=True)
    lines = []
    for name in SETS:
        text = "\n".join(["VALUE", *model.sets[name]]) + "\n"
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    for name, table in model.tables.items():
        dims = PARAMETERS[name].dims
        if table.default is not None:
            lines += [
                f"{name}:",
                f"  indices: [{','.join(dims)}]",
                "  type: param",
                f"  default: {table.default!r}",
            ]
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as stream:
            writer = csv.writer(stream, delimiter=delimiter)
            writer.writerow([*dims, "VALUE"])
            labels = [[model.sets[d][i] for i in k.tolist()] for d, k in zip(dims, table.keys, strict=True)]
            values = [repr(v).replace(".", ",") if comma else repr(v) for v in table.values.tolist()]
            writer.writerows(zip(*labels, values, strict=True))
    (folder / "config.yaml").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


def to_workbook(model: Model, path: Path, *, wide: bool) -> Path:
    import xlsxwriter

    with xlsxwriter.Workbook(str(path)) as book:
        for name in SETS:
            sheet = book.add_worksheet(name)
            sheet.write_column(0, 0, ["VALUE", *(int(m) if m.isdigit() else m for m in model.sets[name])])
        for name, table in model.tables.items():
            dims = PARAMETERS[name].dims
            sheet = book.add_worksheet(name[:31])
            labels = [[model.sets[d][i] for i in k.tolist()] for d, k in zip(dims, table.keys, strict=True)]
            rows = list(zip(*labels, strict=True))
            if wide and dims[-1] == "YEAR":
                sheet.write_row(0, 0, [*dims[:-1], *(int(y) for y in model.sets["YEAR"])])
                places = {key: i for i, key in enumerate(dict.fromkeys(r[:-1] for r in rows), 1)}
                for key, i in places.items():
                    sheet.write_row(i, 0, key)
                for row, value in zip(rows, table.values.tolist(), strict=True):
                    column = len(dims) - 1 + model.sets["YEAR"].index(row[-1])
                    sheet.write_number(places[row[:-1]], column, value)
            else:
                sheet.write_row(0, 0, [*dims, "VALUE"])
                for i, (row, value) in enumerate(zip(rows, table.values.tolist(), strict=True), 1):
                    sheet.write_row(i, 0, [*row, value])
    return path


@pytest.fixture
def given(tmp_path: Path) -> Model:
    return small(tmp_path, "param CapacityToActivityUnit default 1 := R WIND 1.25 ;")


def test_a_folder_gives_the_same_model(tmp_path: Path, given: Model) -> None:
    assert read_model(to_folder(given, tmp_path / "folder")).digest == given.digest


def test_a_folder_keeps_the_defaults_of_its_configuration(tmp_path: Path, given: Model) -> None:
    folder = to_folder(given, tmp_path / "folder")
    config = (folder / "config.yaml").read_text(encoding="utf-8")
    changed = config.replace("DiscountRate:\n  indices: [REGION]\n  type: param\n  default: 0.05", "")
    (folder / "config.yaml").write_text(
        changed + "DiscountRate:\n  indices: [REGION]\n  type: param\n  default: 0.2\n", encoding="utf-8"
    )
    assert read_model(folder).dense("DiscountRate").tolist() == [0.2]


@pytest.mark.parametrize("wide", [True, False])
def test_a_workbook_gives_the_same_model(tmp_path: Path, given: Model, wide: bool) -> None:
    to_folder(given, tmp_path)
    for path in tmp_path.glob("*.csv"):
        path.unlink()
    assert read_model(to_workbook(given, tmp_path / "model.xlsx", wide=wide)).digest == given.digest


def test_gzip_gives_the_same_model(tmp_path: Path, given: Model) -> None:
    path = tmp_path / "small.txt.gz"
    path.write_bytes(gzip.compress((tmp_path / "small.txt").read_bytes()))
    assert read_model(path).digest == given.digest


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig", "cp1258"])
def test_names_with_diacritics_are_the_same_in_any_encoding(tmp_path: Path, encoding: str) -> None:
    text = small_text().replace("WIND", "Gió_Ninh_Thuận")
    plain, other = tmp_path / "plain.txt", tmp_path / "other.txt"
    plain.write_text(text, encoding="utf-8")
    import unicodedata

    spelt = unicodedata.normalize("NFD", text) if encoding == "cp1258" else text
    if encoding == "cp1258":
        # The code page has some letters composed and some tones as marks of their own.
        spelt = text.replace("ậ", "â\u0323").replace("ó", "o\u0301")
    other.write_bytes(spelt.encode(encoding))
    read = read_model(other)
    assert read.sets["TECHNOLOGY"] == ("GAS", "Gió_Ninh_Thuận")
    assert read.digest == read_model(plain).digest
    assert bool(read.notices) == (encoding != "utf-8-sig")


def test_a_folder_of_semicolons_and_decimal_commas_is_read_and_noted(tmp_path: Path, given: Model) -> None:
    read = read_model(to_folder(given, tmp_path / "folder", delimiter=";", comma=True))
    assert read.digest == given.digest
    assert any("decimal commas" in notice for notice in read.notices)


@pytest.mark.parametrize(
    "form",
    [
        "param CapitalCost default 0 := R WIND 2025 9 R WIND 2026 9 ;",
        "param CapitalCost default 0 := [R,WIND,*] 2025 9 2026 9 ;",
        "param CapitalCost default 0 := [R,*,*] (tr) : WIND := 2025 9 2026 9 ;",
        "param CapitalCost default 0 :=\n[R,*,*]\n: 2025 :=\nWIND 9\n: 2026 :=\nWIND 9 ;",
        "param CapitalCost, default 0, := [R,*,*]: 2025 2026 :=\nWIND 9 9 # of a turbine\nGAS . . ;",
        "param default 0 : CapitalCost := R WIND 2025 9\nR WIND 2026 9 ;",
        "param CapitalCost default 0 := ['R',\"WIND\",*] 2025 9 2026 9 ;",
        "/* two\nlines ; */ param CapitalCost default 0 := [R , WIND , *] 2025 9, 2026 9 ;",
    ],
)
def test_every_form_of_a_data_statement_says_the_same(tmp_path: Path, form: str) -> None:
    text = small_text()
    old = "param CapitalCost default 0 :=\n[R,*,*] : 2025 2026 :=\nWIND 9 9 ;"
    assert old in text
    path = tmp_path / "form.txt"
    path.write_text(text.replace(old, form), encoding="utf-8")
    model = read_model(path)
    assert model.dense("CapitalCost").tolist() == [[[0.0, 0.0], [9.0, 9.0]]]
    assert model.digest == small(tmp_path).digest


def test_sets_may_stand_after_the_parameters(tmp_path: Path) -> None:
    sets, parameters = [], []
    for statement in small_text().replace("end;", "").split(";"):
        (sets if statement.strip().startswith("set") else parameters).append(statement)
    path = tmp_path / "turned.txt"
    path.write_text(";".join([*parameters[:-1], *sets]) + ";\nend;", encoding="utf-8")
    assert read_model(path).digest == small(tmp_path).digest


def test_a_file_s_own_default_is_part_of_the_model(tmp_path: Path) -> None:
    text = small_text().replace("param VariableCost default 0", "param VariableCost default 0.001")
    path = tmp_path / "own.txt"
    path.write_text(text, encoding="utf-8")
    model = read_model(path)
    assert model.dense("VariableCost")[0, 1, 0, 0] == 0.001
    assert solve_model(model).solution.objective > solve_model(small(tmp_path)).solution.objective


def test_muio_s_names_are_understood(tmp_path: Path) -> None:
    text = small_text(
        "set UDC := LEAST ; param UDCTag default -1 := R LEAST 0 ;"
        "param UDCMultiplierTotalCapacity default 0 := R WIND LEAST 2025 1 R WIND LEAST 2026 1 ;"
        "param UDCConstant default 0 := R LEAST 2025 3 R LEAST 2026 3 ;"
        "set MODExTECHNOLOGYperFUELout[ELC] := (1, GAS) (1, WIND) ;"
    ).replace("set FUEL", "set COMMODITY")
    path = tmp_path / "muio.txt"
    path.write_text(text, encoding="utf-8")
    outcome = solve_model(read_model(path))
    assert outcome.model.dialect == "muio"
    capacity = outcome.results.table("TotalCapacityAnnual").by(outcome.model, "TECHNOLOGY", "YEAR")
    assert [capacity[("WIND", y)] for y in YEARS] == pytest.approx([3.0, 3.0])


@pytest.mark.parametrize(
    ("limit", "demand", "expected"),
    [
        ("Increase", 16.8, [16.0, 16.8]),
        ("Increase", 20.0, [20.0 / 1.05, 20.0]),
        ("Decrease", 15.5, [16.0, 15.5]),
        ("Decrease", 8.0, [16.0, 16.0 * 0.95]),
    ],
)
def test_activity_by_mode_changes_by_no_more_than_its_share(
    tmp_path: Path, limit: str, demand: float, expected: list[float]
) -> None:
    """What is limited to 5 % a year has to be made ready the year before, or run on after it."""
    text = small_text(
        f"set UDC := ; param TechnologyActivity{limit}ByModeLimit default 0 := R GAS 1 2025 0.05 ;"
        "param TotalAnnualMaxCapacity default -1 := R WIND 2025 0 R WIND 2026 0 ;"
    ).replace("R ELC 2026 16.8", f"R ELC 2026 {demand}")
    path = tmp_path / "growth.txt"
    path.write_text(text, encoding="utf-8")
    outcome = solve_model(read_model(path))
    used = outcome.results.table("TotalTechnologyAnnualActivity").by(outcome.model, "TECHNOLOGY", "YEAR")
    assert [used[("GAS", y)] for y in YEARS] == pytest.approx(expected)


def test_jobs_and_other_inputs_to_capacity_are_supplied(tmp_path: Path) -> None:
    text = (
        small_text(
            "set UDC := ;"
            "param InputToNewCapacityRatio default 0 := R WIND JOBS 2025 2 R WIND JOBS 2026 2 ;"
            "param InputToTotalCapacityRatio default 0 := R WIND JOBS 2025 0.5 R WIND JOBS 2026 0.5 ;"
            "param TotalAnnualMinCapacity default 0 := R WIND 2025 10 R WIND 2026 10 ;"
            "param ResidualCapacity default 0 := R WIND 2025 4 R WIND 2026 4 ;"
        )
        .replace("set FUEL := ELC ;", "set COMMODITY := ELC JOBS ;")
        .replace("set TECHNOLOGY := GAS WIND ;", "set TECHNOLOGY := GAS WIND HIRE ;")
        .replace(
            "[R,*,ELC,1,*] : 2025 2026 :=", "[R,HIRE,JOBS,1,*] 2025 1 2026 1\n[R,*,ELC,1,*] : 2025 2026 :="
        )
    )
    path = tmp_path / "jobs.txt"
    path.write_text(text, encoding="utf-8")
    outcome = solve_model(read_model(path))
    new = outcome.results.table("NewCapacity").by(outcome.model, "TECHNOLOGY", "YEAR")
    total = outcome.results.table("TotalCapacityAnnual").by(outcome.model, "TECHNOLOGY", "YEAR")
    hired = outcome.results.table("ProductionByTechnologyAnnual").by(outcome.model, "TECHNOLOGY", "YEAR")
    for year in YEARS:
        need = 2 * new.get(("WIND", year), 0.0) + 0.5 * total[("WIND", year)]
        assert hired[("HIRE", year)] == pytest.approx(need)
