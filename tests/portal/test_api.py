"""The API keeps its own contract."""

import json

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings

from trunghoa.portal.core.record import figures
from trunghoa.portal.wsgi import application

from .record.test_figures import METHANE


@pytest.fixture
def openapi(client, people, sites, systems):
    """The contract, asked for by a signed-in officer."""
    figures.put([METHANE])
    client.force_login(people["officer"])
    return schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application)


# Requests past the test client close the connection, and with it a transaction around the test.
@pytest.mark.django_db(transaction=True)
def test_every_answer_is_one_the_contract_names(openapi, client):
    signed_in = {"Cookie": f"sessionid={client.cookies['sessionid'].value}"}
    operations = [result.ok() for result in openapi.get_all_operations()]
    assert len(operations) >= 6
    for operation in operations:

        @given(case=operation.as_strategy())
        @settings(max_examples=20, deadline=None, database=None, suppress_health_check=list(HealthCheck))
        def check(case):
            case.call_and_validate(headers=signed_in)

        check()


@pytest.mark.parametrize(
    "path", ["/api/v1/systems", "/api/v1/figures", "/api/v1/places", "/api/v1/figures/1"]
)
def test_nothing_is_told_to_who_has_not_signed_in(client, db, path):
    answer = client.get(path)
    assert (answer.status_code, answer.json()["detail"]) == (401, "Unauthorized")


def test_a_page_size_over_the_limit_is_refused_not_cut(client, people):
    client.force_login(people["officer"])
    answer = client.get("/api/v1/figures?page_size=100000")
    assert answer.status_code == 422
    assert answer.json()["detail"][0]["loc"][-1] == "page_size"


def test_vietnamese_stays_readable(client, people, sites):
    client.force_login(people["officer"])
    assert "Hà Nội" in client.get("/api/v1/places").content.decode()


def test_amounts_are_exact_text(client, people, systems, sites):
    figures.put([METHANE])
    client.force_login(people["officer"])
    [item] = client.get("/api/v1/figures").json()["items"]
    assert item["amount"] == "21036.7261234567890123"
    assert item["place"] == "site:site-1"


@pytest.mark.parametrize(
    ("role", "count"),
    [("officer", 1), ("verifier", 1), ("researcher", 1), ("locality", 1), ("operator", 1), ("observer", 0)],
)
def test_a_sites_figures_are_for_those_who_may_see_the_site(client, people, systems, sites, role, count):
    figures.put([METHANE])
    client.force_login(people[role])
    assert json.loads(client.get("/api/v1/figures").content)["count"] == count


def test_another_sites_figures_are_not_found(client, people, systems, sites):
    from dataclasses import replace

    from trunghoa.quantities import PlaceKey

    [row] = figures.put([replace(METHANE, place=PlaceKey("site", "site-2"))])
    for role in ("locality", "operator", "observer"):
        client.force_login(people[role])
        assert client.get(f"/api/v1/figures/{row.pk}").status_code == 404
    client.force_login(people["officer"])
    assert client.get(f"/api/v1/figures/{row.pk}").json()["place"] == "site:site-2"
