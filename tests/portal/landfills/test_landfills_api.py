"""Landfills over HTTP."""

import json

import pytest

from trunghoa.portal.core.record.models import Figure
from trunghoa.portal.systems.landfills.models import Landfill

from .conftest import make_project, run_now

ROOT = "/api/v1/landfills"


@pytest.fixture
def signed_in(client, people):
    client.force_login(people["operator"])
    return client


def put(client, landfill, years, **more):
    body = {"revision": 1, "source": "weighbridge", "years": years, **more}
    return client.put(
        f"{ROOT}/{landfill.place.code}/deposits", json.dumps(body), content_type="application/json"
    )


def test_only_what_one_may_see_is_listed_and_found(signed_in, landfill, other):
    page = signed_in.get(f"{ROOT}/").json()
    assert [item["code"] for item in page["items"]] == ["site-1"]
    for path in ("", "/deposits", "/result", "/figures"):
        assert signed_in.get(f"{ROOT}/site-2{path}").status_code == 404
    assert put(signed_in, other, [{"year": 2015, "tonnes": {"food": "1"}}]).status_code == 404


def test_nothing_is_told_to_who_has_not_signed_in(client, landfill):
    for path in ("/", "/site-1", "/site-1/deposits", "/site-1/result", "/portfolio"):
        assert client.get(ROOT + path).status_code == 401


def test_a_page_size_over_the_limit_is_refused(signed_in, landfill):
    answer = signed_in.get(f"{ROOT}/?page_size=201")
    assert (answer.status_code, answer.json()["detail"][0]["loc"][-1]) == (422, "page_size")


def test_deposits_are_exact_and_replaced_whole(signed_in, landfill):
    years = [
        {"year": 2015, "tonnes": {"food": "100.123456789", "Giấy": "5"}},
        {"year": 2016, "tonnes": {"total": "7"}},
    ]
    answer = put(signed_in, landfill, years)
    assert answer.status_code == 422  # a total needs a composition
    Landfill.objects.filter(pk=landfill.pk).update(composition={"food": "1"})
    answer = put(signed_in, landfill, years)
    assert answer.status_code == 200
    assert answer.json() == {
        "revision": 2,
        "years": [
            {"year": 2015, "tonnes": {"food": "100.123456789", "paper": "5"}},
            {"year": 2016, "tonnes": {"total": "7"}},
        ],
    }
    assert signed_in.get(f"{ROOT}/site-1/deposits").json() == answer.json()


def test_each_bad_cell_is_named_and_nothing_is_replaced(signed_in, landfill):
    years = [
        {"year": 2015, "tonnes": {"food": "1,5", "gravel": "1"}},
        {"year": 2016, "tonnes": {"food": "NaN"}},
    ]
    answer = put(signed_in, landfill, years)
    assert answer.status_code == 422
    assert [(d["row"], d["field"], d["value"]) for d in answer.json()["detail"]] == [
        (1, "food", "1,5"), (1, "gravel", "gravel"), (2, "food", "NaN"),
    ]  # fmt: skip
    answer = put(
        signed_in,
        landfill,
        [{"year": 2015, "tonnes": {"food": "1"}}, {"year": 2018, "tonnes": {"food": "1"}}],
    )
    assert "2016, 2017" in answer.json()["detail"][0]["msg"]
    assert landfill.deposits.count() == 48


def test_a_stale_revision_is_a_conflict(signed_in, landfill):
    Landfill.objects.filter(pk=landfill.pk).update(revision=3)
    assert put(signed_in, landfill, [{"year": 2015, "tonnes": {"food": "1"}}]).status_code == 409
    assert landfill.deposits.count() == 48


def test_who_may_only_read_may_not_replace(client, people, landfill):
    client.force_login(people["verifier"])
    assert put(client, landfill, [{"year": 2015, "tonnes": {"food": "1"}}]).status_code == 403


def test_the_result_is_what_the_figures_say(signed_in, landfill):
    assert signed_in.get(f"{ROOT}/site-1/result").status_code == 404
    run_now(landfill)
    result = signed_in.get(f"{ROOT}/site-1/result").json()
    assert result["waste_types"] == ["food", "paper"]
    index = result["years"].index(2025)
    figure = Figure.objects.current().get(
        kind="landfill.ch4_emitted",
        scenario="as_is",
        category="food",
        period_start__year=2025,
        place=landfill.place,
    )
    assert result["ch4_emitted_t"]["food"][index] == f"{figure.amount:f}"


def test_the_portfolio_answers_a_question_with_a_cap(client, people, landfill, other, project, fund):
    make_project(other, grant="2000000", fund=fund)
    for site in (landfill, other):
        run_now(site)
    client.force_login(people["officer"])
    answer = client.get(f"{ROOT}/portfolio?cap=3500000").json()
    assert answer["chosen"]["sites"] == ["site-1", "site-2"]
    assert client.get(f"{ROOT}/portfolio").json()["cap"] == "3000000"
    assert client.get(f"{ROOT}/portfolio?cap=1e3&include=site-1").status_code == 422
    assert client.get(f"{ROOT}/portfolio?fund=nobody").status_code == 404
