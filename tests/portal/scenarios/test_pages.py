"""What the pages of the room say, and to whom."""

import re

import pytest

from trunghoa.portal.core.record.models import Figure, Report
from trunghoa.portal.systems.scenarios import tasks

from .conftest import run_now

pytestmark = [pytest.mark.first, pytest.mark.django_db]
ROOM = "/en/scenarios/"


@pytest.fixture(autouse=True)
def no_drawings(monkeypatch):
    """The engine draws in a process of its own, which the tests of charts look at."""
    from trunghoa.portal.core.charts import DrawingError
    from trunghoa.portal.systems.scenarios import drawings

    def drawn(chart, **words):
        chart()  # what a builder would refuse is refused here
        raise DrawingError("not drawn in this test")

    monkeypatch.setattr(drawings, "cached", drawn)


@pytest.fixture
def aims(system, country):
    """Caps of one decision and a contribution, as a workspace states them."""
    from decimal import Decimal

    report = Report.objects.create(code="decision", title_vi="Quyết định", source="Decision 1")
    rows = [
        ("target.sector_emissions", "energy", 2030, "120", "MtCO2e"),
        ("target.sector_emissions", "agriculture", 2030, "20", "MtCO2e"),
        ("target.sector_emissions", "lulucf", 2030, "-30", "MtCO2e"),
        ("target.bau_emissions", "", 2030, "180", "MtCO2e"),
        ("target.reduction_vs_bau", "conditional", 2030, "40", "%"),
        ("target.reduction_vs_bau", "unconditional", 2030, "10", "%"),
    ]
    for kind, category, year, amount, unit in rows:
        Figure.objects.create(
            system=system, kind=kind, place=country, period_start=f"{year}-01-01", period_end=f"{year}-12-31",
            amount=Decimal(amount), unit=unit, gwp_set="AR4" if unit == "MtCO2e" else "", status="planned",
            quality="unverified", category=category, source="Decision 1", report=report,
            identity=f"{kind}{category}",
        )  # fmt: skip


def text_of(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def test_a_scenario_that_was_not_run_says_what_to_do(signed_in, make):
    make()
    page = text_of(signed_in("ann").get(f"{ROOM}mine/"))
    assert "Not run yet: there are no results to show. Press “Run”" in page
    page = text_of(signed_in("vn1").get(ROOM))
    assert "There is no scenario yet that you may see." in page


def test_the_pages_of_a_run_show_every_table(signed_in, make):
    run_now(make())
    client = signed_in("ann")
    titles = {
        "": ["Emissions by sector"],
        "energy/": ["Primary energy, by source", "Electricity generated, by technology",
                    "Generating capacity, by technology", "Energy flows in 2050"],
        "money/": ["Cost of the system by kind", "Investment by block of years", "Carbon price"],
    }  # fmt: skip
    for path, wanted in titles.items():
        response = client.get(f"{ROOM}mine/{path}")
        assert response.status_code == 200
        for title in wanted:
            assert f">{title}</h2>" in response.content.decode()


def test_every_page_says_input_hash_version_solver_and_method(signed_in, make):
    run = run_now(make())
    client = signed_in("ann")
    for path in ("", "energy/", "money/"):
        page = client.get(f"{ROOM}mine/{path}").content.decode()
        assert run.inputs_sha256 in page
        assert run.version in page
        assert "HiGHS (highspy" in page
        assert "simplex, recursive" in page
        assert "Some numbers of this model or scenario are illustrative" in page


def test_the_gap_to_the_contribution_and_the_mismatch_of_the_targets_are_computed(signed_in, make, aims):
    scenario = make()
    run_now(scenario)
    page = text_of(signed_in("ann").get(f"{ROOM}mine/"))
    # 180 × (1 − 0.4) = 108 against caps of 120 + 20 − 30 = 110.
    assert "add up to 110.0 Mt in 2030; the conditional contribution leaves 108.0 Mt" in page
    assert "differ by 2.0 Mt" in page
    assert "potentials of AR4, as far as is known; the model counts with AR5" in page
    rows = signed_in("ann").get(f"{ROOM}mine/?format=json&table=gaps").json()
    conditional = next(r for r in rows if r["part"] == "contribution, conditional")
    assert float(conditional["level"]) == 108
    assert conditional["gap"] == pytest.approx(conditional["emissions"] - 108)


def test_the_flows_close(signed_in, make):
    run_now(make())
    page = text_of(signed_in("ann").get(f"{ROOM}mine/energy/?year=2030"))
    assert "Energy flows in 2030" in page
    assert re.search(r"Closure: sources less uses, losses and surplus = −?0(\.0+)? PJ of [\d,.]+ PJ", page)
    assert re.search(r"Electricity: made [\d,.]+ PJ, used [\d,.]+ PJ, left over −?0(\.0+)? PJ", page)


def test_a_sweep_gives_the_steps_of_abatement_cost(signed_in, make):
    run_now(make(analysis="sweep", choices={"prices": "0:40:20"}))
    client = signed_in("ann")
    assert "Marginal abatement cost in 2030" in text_of(client.get(f"{ROOM}mine/"))
    rows = client.get(f"{ROOM}mine/?format=json&table=abatement").json()
    assert [float(r["price"]) for r in rows] == [0, 20, 40]
    assert rows[0]["avoided"] == 0
    assert rows[-1]["avoided"] == pytest.approx(rows[0]["emissions"] - rows[-1]["emissions"])
    assert rows[-1]["avoided"] > 0


def test_draws_from_a_seed_give_the_same_fan_again(signed_in, make):
    choices = {"draws": "4", "spread": "0.3", "seed": "7"}
    run_now(make("one", analysis="draws", choices=choices))
    first = signed_in("ann").get(f"{ROOM}one/?format=json&table=fan").json()
    run_now(make("two", analysis="draws", choices={**choices, "method": "simplex"}))
    again = signed_in("ann").get(f"{ROOM}two/?format=json&table=fan").json()
    assert first == again
    assert all(r["p5"] <= r["p25"] <= r["p50"] <= r["p75"] <= r["p95"] for r in first)
    assert any(r["p5"] < r["p95"] for r in first)


def test_downloads_hold_what_the_page_shows(signed_in, make):
    run = run_now(make())
    client = signed_in("ann")
    long = client.get(f"{ROOM}mine/files/iamc-long/").content.decode().splitlines()
    assert long[0] == "model,scenario,region,variable,unit,year,value"
    rows = [line.rsplit(",", 2) for line in long if "Emissions|Kyoto Gases|Agriculture" in line]
    assert [year for _, year, _ in rows] == ["2020", "2025", "2030", "2040", "2050"]
    assert float(rows[0][2]) == pytest.approx(3.9 * 0.3 * 28)
    wide = client.get(f"{ROOM}mine/files/iamc-wide/").content.decode().splitlines()
    assert wide[0] == "model,scenario,region,variable,unit,2020,2025,2030,2040,2050"
    assert client.get(f"{ROOM}mine/files/json/").json()["summary"]["status"] == "optimal"
    book = client.get(f"{ROOM}mine/files/xlsx/")
    assert book.content[:2] == b"PK"
    import io

    from python_calamine import CalamineWorkbook

    sheets = CalamineWorkbook.from_filelike(io.BytesIO(book.content))
    assert {"run", "co2e", "stock", "cost"} <= set(sheets.sheet_names)
    told = dict(sheets.get_sheet_by_name("run").to_python())
    assert told["Inputs"] == run.inputs_sha256
    assert client.get(f"{ROOM}mine/files/other/").status_code == 404


@pytest.mark.parametrize(("lang", "mark"), [("vi", "."), ("en", ","), ("ja", ",")])
def test_numbers_are_written_as_the_reader_writes_them(signed_in, make, lang, mark):
    from django.utils import translation

    from trunghoa.portal.core.record.templatetags.numbers import number

    scenario = make()
    run_now(scenario)
    with translation.override(lang):
        expected = number(scenario.shown_run.solve.summary["objective"])
    page = signed_in("ann").get(f"/{lang}/scenarios/mine/").content.decode()
    assert f"<dd>{expected} MUSD2020" in page
    assert expected == f"50{mark}278"


def test_the_library_asks_the_database_at_most_six_times(
    signed_in, make, people, django_assert_max_num_queries
):
    run = run_now(make("first"))
    for n in range(60):
        make(f"s-{n}", state=("own", "shared", "published")[n % 3], last_run=run, shown_run=run)
    client = signed_in("ann")
    for query in ("", "?page=2", "?state=shared&q=scenario", "?sort=-changed"):
        client.get(ROOM + query)
        with django_assert_max_num_queries(6):
            assert client.get(ROOM + query).status_code == 200


def test_comparing_puts_two_scenarios_side_by_side(signed_in, make):
    run_now(make("one"))
    run_now(make("two", levers=[["carbon_price", "1"]]))
    client = signed_in("ann")
    page = text_of(client.get(f"{ROOM}compare/?s=one&s=two"))
    assert "Differences in net emissions" in page
    rows = client.get(f"{ROOM}compare/?s=one&s=two&format=json&table=differences").json()
    by = {(r["year"], r["scenario"]): r for r in rows}
    assert by[2050, "Scenario one"]["difference"] == 0
    assert by[2050, "Scenario two"]["difference"] < 0
    assert "Choose at least two scenarios" in text_of(client.get(f"{ROOM}compare/?s=one"))


def test_a_result_of_an_earlier_state_says_so_wherever_it_is_shown(signed_in, make):
    client = signed_in("ann")
    one, two = make("one"), make("two", levers=[["carbon_price", "1"]])
    run_now(one)
    run_now(two)
    address, compared = f"{ROOM}one/", f"{ROOM}compare/?s=one&s=two"
    for page in (address, compared):
        assert "earlier" not in text_of(client.get(page))
    one.levers = [["carbon_price", "0.5"]]
    one.save()
    for page in (address, compared):
        assert "It was changed after this run" in text_of(client.get(page))
    asked, _needed = tasks.request_run(one)
    one.refresh_from_db()
    for page in (address, compared):
        assert "A run of the present state is under way" in text_of(client.get(page))
    tasks.execute(asked)
    for page in (address, compared):
        assert "earlier" not in text_of(client.get(page))


def test_what_one_may_not_see_is_not_compared(signed_in, make):
    run_now(make("one"))
    run_now(make("hidden", by="local", levers=[["carbon_price", "1"]]))
    page = text_of(signed_in("ann").get(f"{ROOM}compare/?s=one&s=hidden"))
    assert "Scenario hidden" not in page
    assert "Choose at least two scenarios" in page


def test_comparing_kinds_of_objective_is_said_to_be_no_comparison(signed_in, make):
    run_now(make("one"))
    run_now(make("two", settings={"foresight": "perfect"}))
    page = text_of(signed_in("ann").get(f"{ROOM}compare/?s=one&s=two"))
    assert "Their objectives are of different kinds and are never compared with one another" in page


def test_the_experts_curve_is_marked_and_kept_out_of_the_models(signed_in, make, model):
    from trunghoa.pathways.bottom_up import Measure
    from trunghoa.portal.core.record import documents
    from trunghoa.quantities import Quality

    measures = [
        Measure("wind", 10, 100, "a study", 2030, Quality.UNVERIFIED, {"en": "Wind"}),
        Measure("lamps", 4, -80, "made for tests", 2030, Quality.ILLUSTRATIVE, {"vi": "Đèn", "en": "Lamps"}),
    ]
    tables, levers = tasks.base_tables(model.document_id), tasks.base_levers(model.document_id)
    model.document = documents.store(
        tasks.plain_model(tables, levers, measures), media_type="application/json", filename="expert.json"
    )
    model.save()
    run_now(make(analysis="sweep", choices={"prices": "0 50 100"}))
    page = text_of(signed_in("ann").get(f"{ROOM}mine/"))
    assert "Expert curve for 2030: measures by themselves, not from the model" in page
    assert "interaction between them is ignored" in page
    assert "The worst of the numbers behind this: illustrative." in page
    rows = signed_in("ann").get(f"{ROOM}mine/?format=json&table=expert2030").json()
    assert [(r["measure"], r["quality"], r["source"]) for r in rows] == [
        ("Lamps", "illustrative", "made for tests"), ("Wind", "unverified", "a study"),
    ]  # fmt: skip
    model_curve = signed_in("ann").get(f"{ROOM}mine/?format=json&table=abatement").json()
    assert not any("measure" in row for row in model_curve)
