"""The trading scheme on the money page: the law, what is assumed, and that each number says which it is."""

import shutil

import pytest

from trunghoa.pathways.enduse import read_folder, read_scenarios
from trunghoa.portal.core.record import documents
from trunghoa.portal.systems.scenarios import reading, tasks

from .conftest import FOLDER, run_now
from .test_pages import no_drawings, text_of  # noqa: F401 - a fixture

pytestmark = pytest.mark.django_db


@pytest.fixture
def covered(model, tmp_path):
    """The model of five sectors, with power and industry in a scheme."""
    folder = shutil.copytree(FOLDER, tmp_path / "model")
    with (folder / "settings.csv").open("a") as settings:
        settings.write("scheme,VN,verified,a decree\nscheme_places,pilot,illustrative,made for tests\n")
    (folder / "place_groups.csv").write_text("group,region,sector\npilot,VN,power\npilot,*,industry\n")
    tables, book = read_folder(folder), read_scenarios(folder)
    model.document = documents.store(
        tasks.plain_model(tables, book.levers), media_type="application/json", filename="covered.json"
    )
    model.save()
    return model


def money(client, extra=""):
    return client.get(f"/en/scenarios/mine/money/{extra}")


def test_the_table_settles_the_covered_sectors_year_by_year(signed_in, covered, make):
    scenario = make()
    run_now(scenario)
    result = reading.of_scenario(scenario)
    rows = money(signed_in("ann"), "?format=json&table=market").json()
    assert [row["year"] for row in rows] == [2025, 2030, 2040, 2050]
    names = ("power", "industry")
    for row in rows:
        n = result.years.index(row["year"])
        emits = sum(r.amounts[n] for r in result.rows("co2e") if r["sector"] in names)
        assert float(row["obligation"]) == pytest.approx(emits, abs=2e-6)
        met = sum(float(row[key]) for key in ("free", "auctioned", "offsets", "bought"))
        assert met - float(row["surplus"]) == pytest.approx(float(row["obligation"]), abs=2e-6)
        assert float(row["offsets"]) <= float(row["most_offsets"])
    # In its first year every sector has what it emits; the whole is laid down by a decision.
    assert float(rows[0]["free"]) == pytest.approx(float(rows[0]["obligation"]), abs=2e-6)
    assert float(rows[0]["laid_down"]) == pytest.approx(243.082392)
    by_sector = money(signed_in("ann"), "?format=json&table=market_sectors").json()
    assert {row["sector"] for row in by_sector} == {"Power", "Industry"}


def test_every_rule_has_its_source_and_what_is_assumed_is_marked(signed_in, covered, make):
    run_now(make())
    rules = money(signed_in("ann"), "?format=json&table=market_rules").json()
    assert all(row["source"] for row in rules)
    said = {(row["item"], row["quality"]) for row in rules}
    assert ("greatest share of credits", "verified") in said
    assert ("price of an allowance", "illustrative") in said
    assert ("price of an allowance", "unverified") in said
    page = text_of(money(signed_in("ann")))
    assert "The worst of the numbers behind this: illustrative." in page
    assert {row["period"] for row in rules if row["item"] == "pilot"} == {"first year", "last year"}
    assert "what follows is no forecast of the market" in page
    assert "Decree 119/2025" in page


def test_a_model_that_names_no_scheme_shows_none(signed_in, make):
    run_now(make())
    assert "Emissions trading scheme" not in text_of(money(signed_in("ann")))


def test_what_is_neither_laid_down_nor_assumed_is_said(signed_in, covered, make, monkeypatch):
    from trunghoa.parameters import Parameters

    run_now(make())
    law = [
        p
        for p in tasks.parameters()
        if p.name != "ets_assumptions" or dict(p.keys)["item"] != "auction_share"
    ]
    monkeypatch.setattr(tasks, "parameters", lambda: Parameters(law))
    page = money(signed_in("ann"))
    assert page.status_code == 200
    assert "auction_share" in text_of(page)
