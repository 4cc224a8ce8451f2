"""Sites: climate and MCF class with their reasons, conversions, results, figures."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from trunghoa.cli import app
from trunghoa.landfill import (
    Checklist,
    Climate,
    Conversion,
    DepositRow,
    Deposits,
    Landfill,
    Result,
    Site,
    classify,
    read_folder,
    resolve,
    run,
)
from trunghoa.landfill.figures import quality
from trunghoa.landfill.site import mcf_shares, site_class
from trunghoa.landfill.uncertainty import Band
from trunghoa.parameters import Parameters
from trunghoa.quantities import PlaceKey, Quality, Status

Write = Callable[..., Path]
TABLES = Parameters.load()
DAY = date(2026, 1, 1)
WELL = Checklist(True, True, True, True)
MARKS = """
permeable_cover = true
leachate_drainage_not_sunk = true
regulated_pondage = true
gas_vents = true
"""


def ran(folder: Path) -> Result:
    return run(resolve(read_folder(folder).landfill, TABLES, DAY))


def site(**changes: object) -> Site:
    given: dict[str, object] = {
        "key": PlaceKey("site", "x"),
        "name": "X",
        "opened": 2000,
        "source": "illustrative",
    }
    return Site(**{**given, **changes})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("mat", "rain", "pet", "name", "steps"),
    [
        (24, 1700, None, "tropical_wet", "MAT 24 > 20 °C; MAP 1700 ≥ 1000 mm/yr"),
        (20.1, 1000, None, "tropical_wet", "MAT 20.1 > 20 °C; MAP 1000 ≥ 1000 mm/yr"),
        (27, 750, None, "tropical_dry", "MAT 27 > 20 °C; MAP 750 < 1000 mm/yr"),
        (20, 1700, 1200, "temperate_wet", "MAT 20 ≤ 20 °C; MAP/PET 1.41667 > 1"),
        (15, 1000, 1000, "temperate_dry", "MAT 15 ≤ 20 °C; MAP/PET 1 ≤ 1"),
    ],
)
def test_the_climate_class_says_which_rule_with_which_values(
    mat: float, rain: float, pet: float | None, name: str, steps: str
) -> None:
    found = classify(Climate(mat, rain, pet), TABLES, as_of=DAY)
    assert str(found) == f"{name} ({steps})"
    assert found.comparisons[0].quantity == "MAT"
    assert all(p.source for p in found.used)


def test_a_class_given_directly_keeps_its_reason() -> None:
    found = classify(Climate(given="tropical_dry", reason="station at the coast"), TABLES, as_of=DAY)
    assert (found.name, found.given, str(found)) == (
        "tropical_dry", True, "tropical_dry (station at the coast)",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ({"managed": True, "depth": 30.0}, "managed_anaerobic"),
        ({"managed": False, "depth": 5.0}, "unmanaged_deep"),
        ({"managed": False, "depth": 4.9}, "unmanaged_shallow"),
        ({"managed": False, "depth": 2.0, "high_water_table": True}, "unmanaged_deep"),
        ({"managed": False}, "uncategorised"),
        ({}, "uncategorised"),
        ({"mcf_class": "semi_aerobic", "mcf_reason": "r", "checklist": WELL}, "managed_well_semi_aerobic"),
        ({"mcf_class": "semi_aerobic", "mcf_reason": "r"}, "managed_poorly_semi_aerobic"),
        ({"mcf_class": "active_aeration", "mcf_reason": "r"}, "managed_poorly_active_aeration"),
    ],
)
def test_the_mcf_class_follows_from_management_depth_and_water(given: dict[str, object], name: str) -> None:
    deep = TABLES.get("landfill_settings", as_of=DAY, item="deep_waste")
    assert site_class(site(**given), deep).name == name


@pytest.mark.parametrize(
    "lacking", ["permeable_cover", "leachate_drainage_not_sunk", "regulated_pondage", "gas_vents"]
)
@pytest.mark.parametrize("mark", [False, None])
def test_one_item_that_is_absent_or_unknown_makes_the_site_poorly_managed(
    lacking: str, mark: bool | None
) -> None:
    checklist = replace(WELL, **{lacking: mark})
    assert Conversion(DAY, "semi_aerobic", WELL).mcf_class == "managed_well_semi_aerobic"
    assert Conversion(DAY, "semi_aerobic", checklist).mcf_class == "managed_poorly_semi_aerobic"
    assert checklist.lacking == (lacking,)


def test_a_conversion_within_a_year_weights_the_deposit_of_that_year_by_days() -> None:
    turned = [
        Conversion(date(2020, 7, 1), "semi_aerobic", WELL),
        Conversion(date(2021, 1, 1), "active_aeration", WELL),
    ]
    classes, shares = mcf_shares((2019, 2020, 2021, 2022), "managed_anaerobic", turned)
    assert classes == ("managed_anaerobic", "managed_well_semi_aerobic", "managed_well_active_aeration")
    assert shares == pytest.approx(np.array([[1, 0, 0], [182 / 366, 184 / 366, 0], [0, 0, 1], [0, 0, 1]]))


def test_a_conversion_lowers_new_methane_only(folder: Write) -> None:
    rows = "year,food\n" + "".join(f"{y},1000\n" for y in range(2015, 2026))
    rest = '[[conversions]]\non = 2020-01-01\nto = "semi_aerobic"\n[conversions.checklist]' + MARKS
    found = ran(folder(deposits=rows, rest=rest, model='guideline = "IPCC2019"'))
    assert found.unconverted is not None
    before, after = found.unconverted.emitted.sum(axis=1), found.methane.emitted.sum(axis=1)
    turn = found.inputs.years.index(2020)
    # Waste of 2020 gives its first gas in 2021.
    assert after[: turn + 1].tolist() == before[: turn + 1].tolist()
    assert (after[turn + 1 :] < before[turn + 1 :]).all()
    assert after[-1] > before[-1] / 2
    assert found.inputs.mcf.tolist() == [1.0] * 5 + [0.5] * (len(before) - 5)


def test_a_poorly_managed_conversion_says_what_is_lacking(folder: Write) -> None:
    rest = '[[conversions]]\non = 2021-01-01\nto = "semi_aerobic"\n[conversions.checklist]' + MARKS.replace(
        "gas_vents = true", ""
    )
    found = ran(folder(rest=rest, model='guideline = "IPCC2019"'))
    assert found.inputs.mcf[1] == 0.7
    assert "Counted as poorly managed: not there or not known are gas_vents." in str(found.notices[-1])


def test_mixed_waste_takes_its_doc_from_the_composition(folder: Write) -> None:
    rest = (
        '[composition]\nsource = "illustrative"\n[composition.shares]\nfood = 0.5\npaper = 0.2\nother = 0.3\n'
    )
    found = ran(folder(deposits="year,bulk_msw\n2020,1000\n", rest=rest))
    assert found.inputs.doc.tolist() == pytest.approx([0.5 * 0.15 + 0.2 * 0.40])
    assert found.inputs.k.tolist() == [0.17]


def test_tool04_takes_the_water_table_and_the_drier_factor(folder: Write) -> None:
    found = ran(
        folder(
            site="depth_m = 10\nwater_table_m = 3",
            climate="mat_c = 27\nmap_mm = 750",
            model='methods = ["tool04_yearly", "tool04_monthly"]',
        )
    )
    assert found.inputs.tool04 is not None
    assert (found.inputs.tool04.mcf, found.inputs.tool04.phi) == (0.8, 0.8)
    assert found.tool04_monthly is not None
    assert len(found.tool04_monthly) == 12 * len(found.inputs.years)


def test_an_old_version_of_tool04_has_its_one_model_correction_factor(folder: Write) -> None:
    old, new = (
        ran(folder(model='methods = ["tool04_yearly"]', rest=f'[tool04]\nversion = "{version}"'))
        for version in ("old", "08.1")
    )
    assert old.inputs.tool04 is not None
    assert (old.inputs.tool04.phi, old.inputs.tool04.mcf, old.inputs.tool04.oxidation) == (0.9, 1.0, 0.1)
    assert old.tool04_yearly == pytest.approx(new.tool04_yearly * (0.9 / 0.85), rel=1e-12)
    assert old.inputs.used["tool04.oxidation"].quality.value == "unverified"


PROJECT = """
[project]
start_year = 2021
end_year = 2030
{more}
[project.checklist]
permeable_cover = true
leachate_drainage_not_sunk = true
regulated_pondage = true
gas_vents = true
{tables}
"""
DEPARTURE = '[project.departure]\nreason = "methodology, paragraph 5"'
ROWS = "year,food\n" + "".join(f"{y},10000\n" for y in range(2019, 2026))
MODEL = 'guideline = "IPCC2019"\ngwp_set = "AR5"\noxidation = "well_managed_cover"'


def project(folder: Write, more: str = "", tables: str = "") -> Result:
    return ran(folder(deposits=ROWS, model=MODEL, rest=PROJECT.format(more=more, tables=tables)))


def test_a_project_counts_only_waste_laid_down_under_it(folder: Write) -> None:
    found = project(folder).reductions
    assert found is not None
    assert found.years == tuple(range(2021, 2031))
    assert found.reference[0] == 0.0
    first = 10_000 * 0.15 * 0.7 * 0.5 * 16 / 12 * (1 - np.exp(-0.4)) * 0.9 * 28
    assert found.reference[1] == pytest.approx(first)
    assert found.reduction == pytest.approx(found.reference / 2)


def test_electricity_and_fuel_are_taken_off_the_reduction(folder: Write) -> None:
    bare = project(folder).reductions
    used = project(
        folder,
        'electricity_mwh = 100\ngrid_ef = 0.7\ngrid_ef_source = "illustrative"',
        '[[project.fuels]]\nname = "diesel"\nncv_tj_per_gg = 43\nef_tco2_per_tj = 74.1\n'
        'source = "illustrative"\n'
        "[project.fuels.tonnes]\n2021 = 10\n",
    ).reductions
    assert bare is not None
    assert used is not None
    assert used.electricity.tolist() == [70.0] * 10
    assert used.fuel == pytest.approx([10 * 43 * 74.1 / 1000] + [0.0] * 9)
    assert bare.reduction - used.reduction == pytest.approx(used.electricity + used.fuel)


def test_reference_and_project_share_oxidation_unless_a_departure_is_declared(folder: Write) -> None:
    same = project(folder)
    other = project(
        folder, tables='[project.departure]\nreason = "methodology, paragraph 5"\noxidation_reference = 0\n'
    )
    assert same.reductions is not None
    assert other.reductions is not None
    assert other.reductions.reference == pytest.approx(same.reductions.reference / 0.9)
    assert other.reductions.reduction_same_basis == pytest.approx(same.reductions.reduction)
    assert same.reductions.reduction_same_basis is None
    # RE/0.9 - RE/2 against RE/2: the same works look 22 % better.
    assert other.reductions.reduction[5] / same.reductions.reduction[5] == pytest.approx(1.2222, abs=1e-4)
    notice = "The reference departs from the project: OX 0. Reason given: methodology, paragraph 5."
    assert any(notice in str(n) for n in other.notices)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (("start_year = 2021", "start_year = 2026"), "The project starts in 2026"),
        (("end_year = 2030", "end_year = 2020"), "The project ends in 2020"),
        (("start_year = 2021", 'start_year = 2021\nto = "managed_anaerobic"'), "neither semi-aerobic"),
        (("start_year = 2021", 'start_year = 2021\nto = ""'), "says nothing about how the waste"),
        (("start_year = 2021", "start_year = 2021\nelectricity_mwh = 5"), "its emission factor"),
        (("start_year = 2021", 'start_year = 2021\ntemplate = "MAGIC"'), "“MAGIC” is not a known template."),
        (("start_year = 2021", "start_year = 2021\nfee = 5"), "project.fee is not known here."),
        (
            ("gas_vents = true", f"gas_vents = true\n{DEPARTURE}\noxidation_reference = 5"),
            "field project.departure.oxidation_reference: 5 is outside 0 to 1.",
        ),
        (
            ("gas_vents = true", f"gas_vents = true\n{DEPARTURE}\ndocf_reference = {{food = 3}}"),
            "field project.departure.docf_reference.food: 3 is outside 0 to 1.",
        ),
    ],
)  # fmt: skip
def test_it_refuses_a_project_that_cannot_be_credited(
    change: tuple[str, str], says: str, folder: Write
) -> None:
    rest = PROJECT.format(more="", tables="").replace(*change)
    answer = CliRunner().invoke(
        app, ["landfill", "run", str(folder(deposits=ROWS, model=MODEL, rest=rest)), "--json"]
    )
    assert answer.exit_code == 1
    assert any(says in line for line in answer.stderr.splitlines()), answer.stderr


def test_money_without_a_project_is_refused(folder: Write) -> None:
    rest = "[finance]\nfirst_year = 2020\ndiscount_rate = 0.08\nprice = 15\nshare = 0.5\ncapex = 1\n"
    answer = CliRunner().invoke(app, ["landfill", "run", str(folder(rest=rest))])
    assert answer.exit_code == 1
    assert "field finance: There are costs, but no project that they belong to." in answer.stderr


def test_a_fault_in_the_money_names_its_field(folder: Write) -> None:
    money = "[finance]\ndiscount_rate = 0.08\nprice = 15\nshare = 1.5\ncapex = 1\n"
    path = folder(deposits=ROWS, model=MODEL, rest=PROJECT.format(more="", tables=money))
    answer = CliRunner().invoke(app, ["landfill", "run", str(path)])
    assert answer.exit_code == 1
    assert answer.stderr.startswith("site.toml, field finance.share: ")


def test_figures_are_the_numbers_of_the_run_with_unit_gas_and_status(folder: Write) -> None:
    found = project(folder)
    figures = found.figures()
    assert len({f.key for f in figures}) == len(figures)
    generated = {
        f.period.start.year: f.amount
        for f in figures
        if f.kind == "landfill.ch4_generated" and not f.category
    }
    assert float(generated[2024]) == pytest.approx(found.methane.generated.sum(axis=1)[5], rel=1e-11)
    one = next(f for f in figures if f.kind == "landfill.emission_reduction" and f.period.start.year == 2022)
    assert (one.unit, one.gwp_set, one.gas, one.status) == ("tCO2e", "AR5", "", Status.PLANNED)
    assert one.place == PlaceKey("site", "nam-son")
    by_type = [f for f in figures if f.kind == "landfill.ch4_emitted" and f.category == "food"]
    assert {f.status for f in by_type} == {Status.PROJECTED}
    assert {f.gas for f in by_type} == {"CH4"}
    deposited = [f for f in figures if f.kind == "landfill.deposited"]
    assert [f.period.start.year for f in deposited] == list(range(2019, 2026))
    assert {f.quality for f in figures} == {Quality.ILLUSTRATIVE}
    assert {f.source for f in figures} == {"illustrative"}


def test_a_band_gives_the_total_its_bounds(folder: Write) -> None:
    found = ran(folder())
    total = found.methane.emitted.sum(axis=1)
    band = Band(found.inputs.years, total, total * 0, total * 0.5, total, total * 2)
    bounded = [f for f in found.figures(band) if f.lower is not None]
    assert {(f.kind, f.category) for f in bounded} == {("landfill.ch4_emitted", "")}
    assert bounded[1].upper == bounded[1].amount * 2


def test_a_run_of_its_own_making_needs_no_folder() -> None:
    rows = tuple(DepositRow(y, {"food": Decimal(100)}) for y in range(2010, 2013))
    made = Landfill(site(managed=True, climate=Climate(25, 2000)), Deposits(rows))
    found = run(resolve(made, TABLES, DAY))
    assert found.inputs.years[-1] == 2062
    assert found.as_dict()["ch4_generated_t"]["total"][0] == 0.0


def test_every_parameter_of_a_run_is_shown_with_source_and_status(folder: Write) -> None:
    model = 'guideline = "IPCC2019"\nmethods = ["fod", "tool04_yearly", "tool04_monthly", "landgem"]'
    table = json.loads(json.dumps(ran(folder(model=model)).as_dict(), allow_nan=False))
    rows = {row["key"]: row for row in table["parameters"]}
    assert {"k.food", "doc.paper", "docf.food", "mcf.managed_anaerobic", "f", "oxidation", "gwp"} <= set(rows)
    assert all(row["source"] and row["status"] in ("verified", "unverified") for row in rows.values())
    assert (rows["k.food"]["value"], rows["k.food"]["lower"], rows["k.food"]["upper"]) == (0.4, 0.17, 0.7)
    assert rows["f"]["status"] == "unverified"
    assert len(table["tool04"]["months"]) == 12 * len(table["years"])


def test_without_json_the_command_prints_a_table_and_what_is_unverified(folder: Write) -> None:
    answer = CliRunner().invoke(app, ["landfill", "run", str(folder()), "--horizon", "2025"])
    assert answer.exit_code == 0
    assert "tropical_wet (MAT 24 > 20 °C; MAP 1700 ≥ 1000 mm/yr)" in answer.stdout
    assert "2025" in answer.stdout
    assert "2026 │" not in answer.stdout
    assert "Unverified parameters: " in answer.stdout


def test_the_command_shows_its_version() -> None:
    answer = CliRunner().invoke(app, ["--version"])
    assert answer.stdout.startswith("trunghoa 0.")


def test_a_parameter_of_another_method_does_not_lower_the_quality_of_the_inventory(folder: Write) -> None:
    found = ran(folder(model='methods = ["fod", "tool04_yearly"]', site="")).inputs
    checked = {
        key: replace(p, quality=Quality.UNVERIFIED if key.startswith("tool04.") else Quality.VERIFIED)
        for key, p in found.used.items()
    }
    known = replace(found.site, quality=Quality.VERIFIED)
    assert quality(replace(found, used=checked, site=known)) is Quality.VERIFIED
    doubted = {**checked, "k.food": found.used["f"]}
    assert quality(replace(found, used=doubted, site=known)) is Quality.UNVERIFIED


def test_a_site_that_was_never_converted_cannot_have_recovered_more_than_it_made(folder: Write) -> None:
    path = folder(
        site="depth_m = 3",
        deposits="year,food\n2020,1000\n2021,1000\n2022,0\n",
        model='guideline = "IPCC2019"',
        rest='[[conversions]]\non = 2020-01-01\nto = "managed_anaerobic"\n'
        '[recovery]\nsource = "illustrative"\n[recovery.fraction]\n2022 = 1\n',
    )
    text = (path / "site.toml").read_text(encoding="utf-8").replace("managed = true", "managed = false")
    (path / "site.toml").write_text(text, encoding="utf-8")
    found = ran(path)
    assert found.unconverted is not None
    assert found.methane.emitted[2].sum() == pytest.approx(0.0, abs=1e-9)
    assert found.unconverted.generated[2].sum() == pytest.approx(0.4 * found.methane.generated[2].sum())
    assert found.unconverted.emitted[2].sum() == pytest.approx(0.0, abs=1e-9)


def test_a_project_may_take_the_conversion_of_a_site_whose_mcf_was_measured(folder: Write) -> None:
    found = ran(
        folder(
            deposits=ROWS,
            model=MODEL,
            site='mcf = 0.9\nmcf_reason = "gas survey"',
            rest='[[conversions]]\non = 2022-01-01\nto = "managed_well_semi_aerobic"\n'
            '[project]\nstart_year = 2021\nto = ""\n',
        )
    )
    assert found.inputs.project is not None
    assert found.inputs.project.mcf[:5].tolist() == [0.9, 0.9, 0.9, 0.5, 0.5]
    assert found.inputs.mcf[:5].tolist() == [0.9, 0.9, 0.9, 0.5, 0.5]
