"""What the API tells to whom, and in which writing; its contract is tested in access/test_contract.py."""

import json

import pytest

from trunghoa.portal.core.record import figures

from .record.test_figures import METHANE


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
