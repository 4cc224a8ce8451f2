"""The Viet Nam pathway model: it closes in its base year, reaches net zero and says what it rests on."""

import csv
from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest

from trunghoa import workspace
from trunghoa.pathways import enduse
from trunghoa.quantities import InputError, Quality, Status
from trunghoa.workspace.pathway_runs import target_figures

CATEGORIES = {"energy", "ippu", "agriculture", "waste", "lulucf"}


def solved(vietnam, code, **settings):
    tables = enduse.apply_scenario(vietnam.pathways.tables, vietnam.pathways.book, code)
    return enduse.solve_model(enduse.compile_model(tables.with_settings(**settings)))


def of(outcome, code):
    return next(p for p in outcome.pathways if p.scenario.code == code)


def emissions(outcome, code, year, category=""):
    wanted = ("pathways.emissions", code, str(year), category)
    (figure,) = (f for f in outcome.figures if (f.kind, f.scenario, f.period.code(), f.category) == wanted)
    return figure.amount


def test_every_number_of_the_model_has_a_source_and_says_how_far_it_was_checked(vietnam):
    records = [r for rows in vietnam.pathways.tables.values.values() for r in rows]
    assert len(records) > 1200
    assert all(r.source for r in records)
    assert {r.quality for r in records} == set(Quality)
    guessed = [r for r in records if r.source.startswith("Own assumption")]
    assert {r.quality for r in guessed} == {Quality.ILLUSTRATIVE}


def test_each_sector_has_technologies_that_compete(vietnam):
    model = enduse.compile_model(vietnam.pathways.tables)
    by_service = {}
    for device, service in zip(model.outputs.device, model.outputs.other, strict=True):
        by_service.setdefault(model.services[service], set()).add(device)
    competing = {key[1] for key, devices in by_service.items() if len(devices) > 1}
    assert competing >= {
        "power",
        "fuels",
        "steel",
        "cement",
        "industry",
        "transport",
        "buildings",
        "agriculture",
    }
    assert len(model.devices) > 80


def test_the_base_year_closes_on_the_inventory_and_on_generation_and_capacity(outcome):
    closures = of(outcome, "bau").closures
    assert len(closures) >= 36
    assert [str(c) for c in closures if not c.closes] == []
    categories = {c.check.member: c for c in closures if c.check.item == "category"}
    assert set(categories) == CATEGORIES
    assert all(abs(c.relative) < 0.005 for c in categories.values())


def test_the_closure_error_is_a_figure_of_every_scenario(outcome):
    found = {(f.scenario, f.category) for f in outcome.figures if f.kind == "pathways.closure_error"}
    assert found == {(p.scenario.code, c) for p in outcome.pathways for c in {*CATEGORIES, ""}}


def test_a_base_year_that_does_not_close_is_said(spoil, folder):
    spoil("pathways/balance", {2: {"value": "150"}})
    ws = workspace.load(folder)
    notices = workspace.run(replace(ws, pathways=only(ws, "bau"))).notices
    assert any(
        "does not close: category energy" in str(n) and "balance.csv, row 2" in str(n) for n in notices
    )


def only(ws, code):
    book = ws.pathways.book
    return replace(ws.pathways, book=replace(book, scenarios={code: book.scenarios[code]}))


def test_without_policy_emissions_follow_the_official_course(outcome):
    """927.9 Mt in 2030 are stated with forest and land use; the sectors follow what Decision 896 implies."""
    assert float(emissions(outcome, "bau", 2030)) == pytest.approx(927.9, rel=0.03)
    implied = {"energy": 457 / (1 - 0.326), "agriculture": 64 / (1 - 0.43), "waste": 18 / (1 - 0.607),
               "ippu": 86 / (1 - 0.383)}  # fmt: skip
    for category, amount in implied.items():
        assert float(emissions(outcome, "bau", 2030, category)) == pytest.approx(amount, rel=0.05)


def test_net_zero_is_reached_with_removals_below_zero_and_apart(outcome):
    land = emissions(outcome, "net_zero", 2050, "lulucf")
    rest = emissions(outcome, "net_zero", 2050, "without_lulucf")
    assert land == pytest.approx(Decimal(-185), abs=Decimal("0.01"))
    assert rest > 0
    assert rest + land == pytest.approx(emissions(outcome, "net_zero", 2050), abs=Decimal("1e-6"))
    # The caps are counted with AR4, the figures with AR5: what is left is the difference of the two.
    result = of(outcome, "net_zero").result
    ar4 = sum(v[-1] for v in enduse.emissions_by_category(result, "ghg_ar4").values())
    assert ar4 == pytest.approx(0.0, abs=0.5)


@pytest.mark.parametrize(
    ("code", "category", "year", "cap"),
    [("net_zero", "energy", 2030, 457), ("net_zero", "energy", 2050, 101), ("net_zero", "ippu", 2030, 86),
     ("net_zero", "waste", 2050, 8), ("net_zero", "agriculture", 2030, 64)],
)  # fmt: skip
def test_the_caps_of_the_decision_are_kept(outcome, code, category, year, cap):
    result = of(outcome, code).result
    amounts = enduse.emissions_by_category(result, "ghg_ar4")[category]
    assert amounts[result.model.years.index(year)] <= cap + 1e-6


def test_the_conditional_contribution_is_kept_at_a_price(outcome):
    result = of(outcome, "ndc_conditional").result
    year = result.model.years.index(2030)
    total = sum(v[year] for v in enduse.emissions_by_category(result, "ghg_ar4").values())
    assert total == pytest.approx(927.9 * 0.565, rel=1e-6)
    assert result.marginal[0][year] > 0


def test_a_higher_carbon_price_never_means_more_emissions(outcome):
    prices = [of(outcome, f"price_{p}").result for p in (10, 25, 50, 100, 200)]
    lengths = prices[0].model.intervals
    totals = [float((r.co2e.sum(axis=1) * lengths).sum()) for r in prices]
    assert totals == sorted(totals, reverse=True)
    costs = [float(p.cost()["standing"].sum()) for p in prices]
    assert costs[-1] > costs[0]


def test_the_revised_power_plan_stands_in_its_scenario(outcome):
    result = of(outcome, "net_zero_pdp8").result
    stock = {
        key[2]: dict(zip(result.model.years, result.stock[:, n], strict=True))
        for n, key in enumerate(result.model.devices)
    }
    assert stock["solar"][2030] >= 46.459 - 1e-6
    assert stock["wind_offshore"][2050] >= 113.503 - 1e-6
    assert stock["nuclear"][2035] >= 4.0 - 1e-6
    running = {key[2]: result.operation[-1, n] for n, key in enumerate(result.model.devices)}
    assert running["coal_old"] == running["coal_new"] == 0


def test_more_demand_in_the_base_year_is_met_and_not_a_broken_model(vietnam):
    tables = vietnam.pathways.tables
    more = [
        replace(r, value=r.value * 1.04) if r.keys[2] in ("motive", "appliances") else r
        for r in tables.records("demand")
    ]
    result = enduse.solve_model(enduse.compile_model(tables.with_values({"demand": more})))
    assert result.optimal


def test_year_by_year_the_model_can_be_solved_too(vietnam):
    result = solved(vietnam, "bau", foresight="recursive")
    assert result.optimal
    assert result.objective_kind == "sum of yearly costs"


def test_no_solved_scenario_uses_more_of_an_energy_than_there_is(outcome):
    for pathway in outcome.pathways:
        result = pathway.result
        assert result.optimal
        for group in result.model.supply:
            used = result.energy[:, group.members].sum(axis=1)
            assert (used <= group.limit.values * (1 + 1e-6)).all()
        assert np.all(result.stock >= -1e-9)


def test_the_official_targets_of_2030_do_not_add_up_and_it_is_shown(outcome):
    found = {f.category: f for f in outcome.figures if f.kind == "target.total_emissions"}
    assert found["sum_of_sector_caps"].amount == 530
    assert found["conditional_reduction"].amount == Decimal("524.2635")
    assert found["mismatch"].amount == Decimal("5.7365")
    assert {f.status for f in found.values()} == {Status.PLANNED}
    assert {f.quality for f in found.values()} == {Quality.UNVERIFIED}


def test_the_gap_is_computed_from_what_is_stated(vietnam):
    stated = [f for report in vietnam.reports for f in report.figures]
    changed = [
        replace(f, amount=f.amount + 10)
        if f.kind == "target.sector_emissions" and f.category == "waste"
        else f
        for f in stated
    ]
    assert [f.amount for f in target_figures(changed) if f.category == "mismatch"] == [Decimal("15.7365")]
    without = [f for f in stated if f.kind != "target.bau_emissions"]
    assert target_figures(without) == []


def test_figures_are_projected_name_their_set_and_carry_the_worst_quality(outcome):
    found = [f for f in outcome.figures if f.kind == "pathways.emissions"]
    assert {f.status for f in found} == {Status.PROJECTED}
    assert {f.gwp_set for f in found} == {"AR5"}
    assert {f.quality for f in found} == {Quality.ILLUSTRATIVE}
    assert {f.method for f in found} == {"AIM/Enduse, perfect foresight"}


def test_a_fault_in_the_models_tables_is_refused_with_file_and_row(folder, problems):
    path = folder / "pathways" / "life.csv"
    header, *lines = list(csv.reader(path.open(encoding="utf-8")))
    lines[0][header.index("device")] = "perpetuum_mobile"
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([header, *lines])
    found = problems()
    assert any(
        p.file == "life.csv" and p.row == 2 and "does not stand in devices.csv" in str(p) for p in found
    )


def test_a_number_without_a_source_is_refused(spoil, problems):
    spoil("pathways/life", {3: {"source": ""}})
    assert [(p.file, p.row, p.field) for p in problems()] == [("life.csv", 3, "source")]


def test_a_scenario_without_a_solution_is_a_notice_and_the_others_still_run(spoil, folder):
    rows = list(csv.DictReader((folder / "pathways" / "lever_rows.csv").open(encoding="utf-8")))
    number = next(n for n, r in enumerate(rows, start=2) if r["places"] == "land" and r["year"] == "2050")
    spoil("pathways/lever_rows", {number: {"value": "-900"}})
    ws = workspace.load(folder)
    outcome = workspace.run(replace(ws, pathways=only(ws, "net_zero")))
    (notice,) = (n for n in outcome.notices if "has no solution" in str(n))
    assert "net_zero" in str(notice)
    assert "land ghg_ar4 (2050)" in str(notice)


def test_levers_that_change_nothing_are_refused(vietnam):
    book, tables = vietnam.pathways.book, vietnam.pathways.tables
    lever = book.levers["fuel_prices"]
    empty = tables.with_values({"energy_price": ()})
    with pytest.raises(InputError, match="The lever changes nothing"):
        enduse.pull(empty, [(lever, 1.0)])


def test_more_demand_means_more_emissions_and_leaves_the_forest_as_it_is(vietnam):
    tables, book = vietnam.pathways.tables, vietnam.pathways.book
    base = enduse.apply_scenario(tables, book, "bau")
    plain, more = (
        enduse.solve_model(enduse.compile_model(t))
        for t in (base, enduse.pull(base, [(book.levers["demand_growth"], 1.0)]))
    )
    assert more.co2e[-1].sum() > plain.co2e[-1].sum()
    forest = [i for i, (_region, sector, _gas) in enumerate(plain.model.gases_at) if sector == "land"]
    assert np.allclose(more.co2e[:, forest], plain.co2e[:, forest])
