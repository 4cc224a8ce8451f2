"""The verifier's workbook: live formulas that give the kernel's numbers when recalculated."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import formulas
import numpy as np
import openpyxl
import pytest

from trunghoa.landfill import Result, read_folder, resolve, run
from trunghoa.landfill.write import TEXTS, workbook
from trunghoa.parameters import Parameters

pytestmark = pytest.mark.first

DEPOSITS = "year,total,food,paper\n" + "".join(
    f"{year},{1500 + 40 * i},{800 + 30 * i},{150 + 5 * i}\n" for i, year in enumerate(range(2018, 2026))
)
MODEL = """
guideline = "IPCC2019"
horizon = 2030
oxidation = "well_managed_cover"
methods = ["fod", "tool04_yearly", "tool04_monthly"]
reaction_start_month = {month}
"""
REST = """
[recovery]
metered = true
source = "illustrative"
[recovery.tonnes]
2020 = 3.5
[recovery.fraction]
2021 = 0.2
[[conversions]]
on = 2023-07-01
to = "semi_aerobic"
source = "illustrative"
[conversions.checklist]
permeable_cover = true
leachate_drainage_not_sunk = true
regulated_pondage = true
gas_vents = true
[project]
start_year = 2023
end_year = 2029
{project}
electricity_mwh = 12.5
grid_ef = 0.6766
grid_ef_source = "illustrative"
[[project.fuels]]
name = "diesel"
tonnes = 2.0
ncv_tj_per_gg = 43.0
ef_tco2_per_tj = 74.1
source = "illustrative"
{departure}
[finance]
first_year = 2022
discount_rate = 0.08
price = 15
share = 0.5
capex = 1500
opex = 40
[finance.grants]
2023 = 300
[finance.other_income]
2024 = 75
"""
DEPARTURE = """
[project.departure]
reason = "illustrative"
oxidation_reference = 0.0
[project.departure.docf_reference]
food = 0.6
"""
CASES = {
    "as_default": {"month": 13, "project": 'to = ""', "departure": ""},
    "no_delay_and_a_departure": {"month": 8, "project": 'to = ""', "departure": DEPARTURE},
    "a_late_start": {"month": 20, "project": 'to = "managed_well_semi_aerobic"', "departure": ""},
}
NUMBER = re.compile(r"(?<![A-Z$\d.])\d+(?:\.\d+)?(?![\d.]*[A-Z(])")
CELL = re.compile(r"\$[A-Z]+\$\d+")
STRUCTURAL = {"0", "1", "12", "13", "16", "1000"}  # molar masses, months, kg per t


def full_run(
    folder: Callable[..., Path], name: str = "as_default", *, more: str = "", **changes: Any
) -> Result:
    case = {**CASES[name], **changes}
    model, rest = MODEL.format(**case), REST.format(**case) + more
    return run_folder(folder(deposits=DEPOSITS, opened=2018, model=model, rest=rest))


def run_folder(path: Path) -> Result:
    return run(resolve(read_folder(path).landfill, Parameters.load(), date(2026, 1, 1)))


def recalculated(content: bytes, tmp_path: Path) -> dict[tuple[str, str], float]:
    """Every number of the workbook after a program that knows nothing of this kernel has computed it."""
    path = tmp_path / "again.xlsx"
    path.write_bytes(content)
    answer = formulas.ExcelModel().loads(str(path)).finish().calculate()
    found = {}
    for name, ranges in answer.items():
        match = re.fullmatch(r"'\[.*?\](.*)'!([A-Z]+\d+)", str(name))
        value = getattr(ranges, "value", None)
        if match and value is not None and isinstance(value[0, 0], int | float | np.number):
            found[match[1], match[2]] = float(value[0, 0])
    return found


def cells(content: bytes, *, values: bool = False) -> Iterator[tuple[str, Any]]:
    book = openpyxl.load_workbook(io.BytesIO(content), data_only=values)
    for sheet in book:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.value is not None:
                    yield sheet.title, cell


def column(content: bytes, sheet: str, heading: str, *, formula: bool = False) -> list[Any]:
    """The values under a heading."""
    table = openpyxl.load_workbook(io.BytesIO(content), data_only=not formula)[sheet]
    head = next(cell for row in table.iter_rows() for cell in row if cell.value == heading)
    found = []
    for row in range(head.row + 2, table.max_row + 1):
        value = table.cell(row, head.column).value
        if value is None:
            break
        found.append(value)
    return found


def beside(content: bytes, sheet: str, label: str) -> Any:
    table = openpyxl.load_workbook(io.BytesIO(content), data_only=True)[sheet]
    return next(table.cell(c.row, 2).value for c in table["A"] if c.value == label)


@pytest.mark.parametrize("name", CASES)
def test_recalculated_it_gives_the_kernel_s_numbers(
    name: str, folder: Callable[..., Path], tmp_path: Path
) -> None:
    content = workbook(full_run(folder, name))
    again = recalculated(content, tmp_path)
    live = {(s.upper(), c.coordinate) for s, c in cells(content) if str(c.value).startswith("=")}
    cached = {(s.upper(), c.coordinate): c.value for s, c in cells(content, values=True)}
    assert len(live) > 500
    for key in live:
        assert again[key] == pytest.approx(cached[key], rel=1e-9, abs=1e-9), key


@pytest.mark.parametrize("name", CASES)
def test_what_stands_beside_the_formulas_is_the_result(name: str, folder: Callable[..., Path]) -> None:
    result = full_run(folder, name)
    content = workbook(result)
    found, appraisal = result.reductions, result.appraisal
    assert found is not None
    assert appraisal is not None
    for sheet, heading, expected in (
        ("Results", "CH4 generated", result.methane.generated.sum(axis=1)),
        ("Results", "CH4 emitted", result.methane.emitted.sum(axis=1)),
        ("Results", "CH4 recovered", result.methane.recovered),
        ("Results", "Carbon stored", result.methane.stored.sum(axis=1)),
        ("FOD food", "CH4 generated", result.methane.generated[:, 0]),
        ("TOOL04", "Baseline emissions BE", result.tool04_yearly),
        ("TOOL04 monthly", "Baseline emissions BE", result.tool04_monthly),
        ("MPS(calc_process)", "Emission reductions ER", found.reduction),
        ("MPS(input)", "Project emissions PE", found.project),
        ("Finance", "Cash flow", appraisal.cash_flow),
    ):
        np.testing.assert_allclose(column(content, sheet, heading), expected, rtol=1e-12, err_msg=heading)
    for label, value in (
        ("Net present value", appraisal.npv),
        ("Internal rate of return", appraisal.irr[0]),
        ("Cost per tonne, discounted", appraisal.levelised_cost),
        ("Cost per tonne, undiscounted", appraisal.undiscounted_cost),
        ("Break-even price", appraisal.break_even_price),
    ):
        assert beside(content, "Finance", label) == pytest.approx(value, rel=1e-12), label


def test_every_formula_rests_on_cells_and_holds_no_pasted_number(folder: Callable[..., Path]) -> None:
    for name in CASES:
        for sheet, cell in cells(workbook(full_run(folder, name))):
            text = str(cell.value)
            if not text.startswith("="):
                continue
            assert CELL.search(text), (sheet, cell.coordinate, text)
            bare = re.sub(r"'[^']+'!", "", CELL.sub("", text))
            assert set(NUMBER.findall(bare)) <= STRUCTURAL, (sheet, cell.coordinate, text)


def test_only_inputs_and_parameters_are_numbers_without_a_formula(folder: Callable[..., Path]) -> None:
    content = workbook(full_run(folder))
    plain: dict[str, set[int]] = {}
    for sheet, cell in cells(content):
        if isinstance(cell.value, int | float):
            plain.setdefault(sheet, set()).add(cell.column)
    assert plain["Results"] == {1}  # the year
    assert plain["FOD food"] == plain["TOOL04"] == plain["MPS(calc_process)"] == {1}
    assert plain["MPS(input)"] == {1, 6, 7}  # electricity and fuel are monitored


@pytest.mark.parametrize("month", [9, 20])
def test_another_parameter_in_the_sheet_changes_every_result_as_in_the_kernel(
    month: int, folder: Callable[..., Path], tmp_path: Path
) -> None:
    content = workbook(full_run(folder))
    book = openpyxl.load_workbook(io.BytesIO(content))
    sheet = book["Parameters"]
    changed = {"k.food": 0.31, "docf.paper": 0.44, "reaction_start_month": month}
    for row in range(1, sheet.max_row + 1):
        key = sheet.cell(row, 1).value
        if key in changed:
            sheet.cell(row, 2).value = changed.pop(key)
    assert not changed
    stream = io.BytesIO()
    book.save(stream)
    again = recalculated(stream.getvalue(), tmp_path)
    overrides = "".join(
        f'[[overrides]]\nparameter = "{key}"\nvalue = {value}\nsource = "illustrative"\n'
        for key, value in (("k.food", 0.31), ("docf.paper", 0.44))
    )
    expected = full_run(folder, month=month, more=overrides)
    assert expected.reductions is not None
    assert expected.appraisal is not None
    top = openpyxl.load_workbook(io.BytesIO(content))["MPS(calc_process)"]
    head = next(c for row in top.iter_rows() for c in row if c.value == "Emission reductions ER")
    for i, er in enumerate(expected.reductions.reduction):
        address = f"{head.column_letter}{head.row + 2 + i}"
        assert again["MPS(CALC_PROCESS)", address] == pytest.approx(er, rel=1e-9)
    finance = openpyxl.load_workbook(io.BytesIO(content))["Finance"]
    row = next(c.row for c in finance["A"] if c.value == "Net present value")
    assert again["FINANCE", f"B{row}"] == pytest.approx(expected.appraisal.npv, rel=1e-9)


def test_the_same_run_gives_the_same_bytes(folder: Callable[..., Path]) -> None:
    first, second = (workbook(full_run(folder)) for _ in range(2))
    assert first == second
    with zipfile.ZipFile(io.BytesIO(first)) as archive:
        assert b"2026-01-01T00:00:00Z" in archive.read("docProps/core.xml")


def test_a_name_that_looks_like_a_formula_stays_text(folder: Callable[..., Path]) -> None:
    unsafe = '=HYPERLINK(\\"http://x\\";\\"y\\")'
    path = folder()
    text = (path / "site.toml").read_text(encoding="utf-8")
    (path / "site.toml").write_text(text.replace("Nam Sơn", unsafe), encoding="utf-8")
    result = run_folder(path)
    content = workbook(result)
    book = openpyxl.load_workbook(io.BytesIO(content))
    cell = next(c for c in book["Inputs"]["B"] if str(c.value).startswith("=HYPERLINK"))
    assert cell.data_type == "s" or cell.quotePrefix
    assert cell.quotePrefix
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
        assert "HYPERLINK" not in sheet  # it stands among the shared strings, not as a formula
        assert not any("hyperlink" in name for name in archive.namelist())


def test_every_text_of_the_program_is_translated(folder: Callable[..., Path]) -> None:
    labels = {text: f"«{number}»" for number, text in enumerate(TEXTS)}
    content = workbook(full_run(folder), labels)
    english = {text for text in TEXTS if len(text) > 3 and text not in {"DOCf", "MCF"}}
    shown = {str(c.value) for _, c in cells(content) if not str(c.value).startswith("=")}
    assert not shown & (english - {"verified", "unverified", "illustrative"})
    assert labels["Inputs"] in openpyxl.load_workbook(io.BytesIO(content)).sheetnames
    assert any(labels["Net present value"] == text for text in shown)


def test_sheet_names_are_made_fit_for_a_workbook_and_told_apart(folder: Callable[..., Path]) -> None:
    same = "[a/b]: một tên trang tính dài hơn ba mươi mốt ký tự"
    content = workbook(full_run(folder), {"Results": same, "Finance": same, "Parameters": "Thông số '26"})
    names = openpyxl.load_workbook(io.BytesIO(content)).sheetnames
    assert len(set(names)) == len(names)
    assert all(len(name) <= 31 and not set(name) & set("[]:*?/\\") for name in names)
    formula = column(content, "FOD food", "Waste W", formula=True)[0]
    assert formula.startswith("='Inputs'!")
    assert any("'Thông số ''26'!" in str(c.value) for _, c in cells(content))


def test_a_plain_site_has_neither_project_nor_finance_nor_tool04(folder: Callable[..., Path]) -> None:
    result = run_folder(folder())
    names = openpyxl.load_workbook(io.BytesIO(workbook(result))).sheetnames
    assert names == ["Inputs", "Parameters", "FOD food", "FOD paper and cardboard", "Results"]


def test_every_parameter_stands_with_unit_source_and_status(folder: Callable[..., Path]) -> None:
    result = full_run(folder)
    sheet = openpyxl.load_workbook(io.BytesIO(workbook(result)))["Parameters"]
    rows = {row[0]: row for row in sheet.iter_rows(min_row=4, values_only=True)}
    assert set(rows) == set(result.inputs.used)
    for key, parameter in result.inputs.used.items():
        assert rows[key][1] == float(parameter)
        assert (rows[key][2] or "") == parameter.unit
        assert rows[key][5] == parameter.quality.value
        assert rows[key][6] == parameter.source
