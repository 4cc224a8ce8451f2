"""Known answers, through the library and through the command line, to 1e-9 relative."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

from trunghoa.cli import app
from trunghoa.landfill import first_order_decay, landgem, tool04

REL = 1e-9
# The answers are printed to a fixed number of decimals: half a unit of the last one.
ABS = 5.1e-10
YEARS = range(2000, 2061)
COLUMNS = {
    "A_2006_wet_M13_gen_t": ("DOCf_2006", "k_wet_tropical", 13.0, 1.0, 0.0),
    "B_2006_wet_M7_gen_t": ("DOCf_2006", "k_wet_tropical", 7.0, 1.0, 0.0),
    "C_2019docf_wet_M13_gen_t": ("DOCf_2019", "k_wet_tropical", 13.0, 1.0, 0.0),
    "S_semiaerobic_well_2019_OX0.1_emit_t": ("DOCf_2019", "k_wet_tropical", 13.0, 0.5, 0.1),
    "E_2006_DRY_M13_gen_t": ("DOCf_2006", "k_dry_tropical", 13.0, 1.0, 0.0),
}
TOOL04 = "T_tool04_phi.85_OX.1_GWP28_tCO2e"
WELL = """
mcf_class = "semi_aerobic"
mcf_reason = "built so"
[site.checklist]
permeable_cover = true
leachate_drainage_not_sunk = true
regulated_pondage = true
gas_vents = true
"""
FOLDERS = {
    "A_2006_wet_M13_gen_t": {},
    "B_2006_wet_M7_gen_t": {"model": 'guideline = "IPCC2006"\nhorizon = 2060\nreaction_start_month = 7'},
    "C_2019docf_wet_M13_gen_t": {"model": 'guideline = "IPCC2019"\nhorizon = 2060'},
    "S_semiaerobic_well_2019_OX0.1_emit_t": {
        "model": 'guideline = "IPCC2019"\nhorizon = 2060\noxidation = "well_managed_cover"',
        "site": WELL,
    },
    "E_2006_DRY_M13_gen_t": {"climate": "mat_c = 27\nmap_mm = 750"},
}


def close(found: Any, expected: Any) -> bool:
    return bool(np.allclose(np.asarray(found, float), np.asarray(expected, float), rtol=REL, atol=ABS))


def by_command_line(folder: Path, *options: str) -> dict[str, Any]:
    answer = CliRunner().invoke(app, ["landfill", "run", str(folder), "--json", *options])
    assert answer.exit_code == 0, answer.output
    return dict(json.loads(answer.stdout))


@pytest.fixture
def fod1(read_case: Callable[..., Any], case_json: Callable[..., Any]) -> dict[str, Any]:
    given = case_json("fod1_params.json")["fod1"]
    types = list(given["DOC"])
    tonnes = np.zeros((len(YEARS), len(types)))
    for row in read_case("fod1_deposits_t.csv"):
        tonnes[int(row["year"]) - YEARS[0]] = [float(row[t]) for t in types]
    expected = read_case("fod1_expected.csv")
    return {
        "tonnes": tonnes,
        "expected": {c: [float(r[c]) for r in expected] for c in expected[0]},
        **{n: np.array([given[n][t] for t in types]) for n in given if n.startswith(("DOC", "k_"))},
    }


@pytest.mark.parametrize("column", COLUMNS)
def test_first_order_decay_gives_each_column_of_the_known_answer(column: str, fod1: dict[str, Any]) -> None:
    docf, k, month, mcf, oxidation = COLUMNS[column]
    level = np.ones(len(YEARS))
    found = first_order_decay(
        fod1["tonnes"], level * mcf, fod1["DOC"], fod1[docf], fod1[k],
        f=0.5, oxidation=level * oxidation, recovered=level * 0, reaction_start_month=month,
    )  # fmt: skip
    assert close(found.emitted.sum(axis=1), fod1["expected"][column])


def test_the_sum_to_2060_and_the_peak_year_are_those_of_the_reference(fod1: dict[str, Any]) -> None:
    level = np.ones(len(YEARS))
    total = first_order_decay(
        fod1["tonnes"], level, fod1["DOC"], fod1["DOCf_2006"], fod1["k_wet_tropical"],
        f=0.5, oxidation=level * 0, recovered=level * 0,
    ).generated.sum(axis=1)  # fmt: skip
    assert total.sum() == pytest.approx(402_383.785, abs=5e-4)
    assert YEARS[int(total.argmax())] == 2021
    assert total.max() == pytest.approx(21_036.726, abs=5e-4)


def test_tool04_yearly_gives_the_known_answer(fod1: dict[str, Any]) -> None:
    found = tool04.yearly(
        fod1["tonnes"], fod1["DOC"], fod1["k_wet_tropical"],
        docf=0.5, mcf=1.0, f=0.5, oxidation=0.1, phi=0.85, captured=0.0, gwp=28.0,
    )  # fmt: skip
    assert close(found, fod1["expected"][TOOL04])
    assert found.sum() == pytest.approx(8_626_764.906, abs=5e-4)


def test_landgem_gives_the_known_answer_and_no_gas_in_the_first_year(
    read_case: Callable[..., Any],
) -> None:
    rows = read_case("landgem_expected.csv")
    column = next(c for c in rows[0] if c.startswith("ch4_m3"))
    accepted = np.array([100_000.0 if int(r["year"]) <= 2020 else 0.0 for r in rows])
    found = landgem.methane_volume(accepted, 0.05, 170.0)
    assert found[0] == 0.0
    assert found[1] == pytest.approx(827_028.7613, abs=5e-5)
    assert np.allclose(found, [float(r[column]) for r in rows], rtol=REL, atol=5.1e-7)


@pytest.mark.parametrize("column", FOLDERS)
def test_the_command_line_gives_each_column_from_a_folder(
    column: str, cases: Path, folder: Callable[..., Path], fod1: dict[str, Any]
) -> None:
    given = {"model": 'guideline = "IPCC2006"\nhorizon = 2060', **FOLDERS[column]}
    found = by_command_line(
        folder(deposits=(cases / "fod1_deposits_t.csv").read_bytes(), **given), "--horizon", "2060"
    )
    assert found["years"] == list(YEARS)
    kind = "ch4_emitted_t" if column.startswith("S") else "ch4_generated_t"
    assert close(found[kind]["total"], fod1["expected"][column])
    assert close(np.sum(list(found[kind]["by_type"].values()), axis=0), found[kind]["total"])


def test_the_command_line_gives_tool04_from_a_folder(
    cases: Path, folder: Callable[..., Path], fod1: dict[str, Any]
) -> None:
    model = 'guideline = "IPCC2006"\nhorizon = 2060\ngwp_set = "AR5"\nmethods = ["tool04_yearly"]'
    found = by_command_line(folder(deposits=(cases / "fod1_deposits_t.csv").read_bytes(), model=model))
    assert close(found["tool04"]["yearly_tco2e"], fod1["expected"][TOOL04])
    phi = next(p for p in found["parameters"] if p["key"] == "tool04.phi")
    assert (phi["value"], phi["status"]) == (0.85, "unverified")


def test_a_pulse_of_food_comes_out_in_the_right_years(
    read_case: Callable[..., Any], folder: Callable[..., Path]
) -> None:
    rows = read_case("pulse_expected.csv")
    column = next(c for c in rows[0] if c != "year")
    path = folder(
        deposits="year,food\n2011,1000000\n", climate="mat_c = 27\nmap_mm = 750",
        model=f'guideline = "IPCC2019"\nhorizon = {rows[-1]["year"]}',
    )  # fmt: skip
    found = by_command_line(path)
    assert found["years"] == [int(r["year"]) for r in rows]
    assert close(found["ch4_generated_t"]["total"], [r[column] for r in rows])
    assert found["ch4_generated_t"]["total"][9] == pytest.approx(2889.814297389, rel=REL)


def test_the_command_line_gives_landgem_from_a_folder(
    read_case: Callable[..., Any], folder: Callable[..., Path]
) -> None:
    rows = read_case("landgem_expected.csv")
    column = next(c for c in rows[0] if c.startswith("ch4_m3"))
    deposits = "year,food,total_t\n" + "".join(f"{y},50000,100000\n" for y in range(1990, 2021))
    path = folder(
        deposits=deposits, opened=1990,
        model=f'methods = ["landgem"]\nhorizon = {rows[-1]["year"]}', rest='[landgem]\nset = "caa"',
    )  # fmt: skip
    found = by_command_line(path)["landgem"]
    assert np.allclose(found["ch4_m3"], [float(r[column]) for r in rows], rtol=REL, atol=5.1e-7)
    assert found["ch4_t"][1] == pytest.approx(found["ch4_m3"][1] * 0.667 / 1000, rel=REL)


def test_the_command_line_gives_reductions_and_finance_from_a_folder(
    case_json: Callable[..., Any], folder: Callable[..., Path]
) -> None:
    case = case_json("finance1.json")
    mix = case["input"]["mix"]
    row = ",".join(str(1000 * 365 * mix[t]) for t in ("food", "garden", "paper"))
    path = folder(
        opened=2026,
        deposits="year,food,garden,paper\n" + "".join(f"{y},{row}\n" for y in range(2026, 2036)),
        model='guideline = "IPCC2006"\noxidation = "well_managed_cover"\nhorizon = 2050\ngwp_set = "AR5"',
        rest="""
[project]
start_year = 2026
end_year = 2040
[project.checklist]
permeable_cover = true
leachate_drainage_not_sunk = true
regulated_pondage = true
gas_vents = true
[finance]
discount_rate = 0.08
price = 15
share = 0.5
capex = 3000000
opex = 250000
""",
    )
    found = by_command_line(path)
    assert close(found["project"]["reduction_tco2e"], list(case["ER_tCO2e"].values()))
    check_money(found, case["no_grant"])
    toml = path / "site.toml"
    plain = toml.read_text(encoding="utf-8")
    toml.write_text(plain + "grants = 1500000\n", encoding="utf-8")
    check_money(by_command_line(path), case["grant_1.5M_at_t0"])
    # The illustration counted to 2050, ten years longer: 930,222 t to 2035 and 1,613,359 t in all.
    toml.write_text(plain.split("[finance]")[0].replace("end_year = 2040", "end_year = 2050"), "utf-8")
    longer = by_command_line(path)["project"]["reduction_tco2e"]
    assert sum(longer[:10]) == pytest.approx(930_222, abs=0.5)
    assert sum(longer) == pytest.approx(1_613_359, abs=0.5)


def check_money(found: dict[str, Any], expected: dict[str, float]) -> None:
    for mine, theirs in (
        ("npv_usd", "NPV"),
        ("levelised_cost_usd_per_tco2e", "LCOA_usd_per_tCO2e"),
        ("undiscounted_cost_usd_per_tco2e", "undiscounted_cost_per_t"),
        ("break_even_price_usd_per_tco2e", "breakeven_price"),
        ("reduction_tco2e", "ER_total"),
        ("reduction_discounted_tco2e", "PV_ER"),
        ("cost_discounted_usd", "PV_cost"),
    ):
        assert found["finance"][mine] == pytest.approx(expected[theirs], rel=REL), mine
    assert found["finance"]["irr"] == [pytest.approx(expected["IRR"], rel=REL)]
