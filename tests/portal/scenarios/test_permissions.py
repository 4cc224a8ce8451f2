"""Who reaches which scenario: each person against each state, and each address against both."""

import pytest

from trunghoa.portal.systems.scenarios.models import Scenario
from trunghoa.portal.systems.scenarios.rules import visible_scenarios

pytestmark = pytest.mark.django_db
ROOM = "/vi/scenarios/"
READ = ("", "energy/", "money/", "progress/", "tables/", "tables/demand/", "workbook/")
CHANGE = ("edit/", "levers/", "tables/demand/row/", "import/")
# Of the institute: ann made it, ben is a colleague, watcher only observes there.
SEES = {
    "own": {"ann", "ben", "watcher"},
    "shared": {"ann", "ben", "watcher", "vn1", "jp1", "local"},
    "proposed": {"ann", "ben", "watcher", "vn1", "jp1", "local"},
    "published": {"ann", "ben", "watcher", "vn1", "jp1", "local", "alone", "observer", "verifier"},
}
EVERYBODY = sorted(SEES["published"])
CHANGES = {"own": {"ann", "ben"}, "shared": {"ann", "ben"}, "proposed": set(), "published": set()}
RUNS = {
    "own": {"ann", "ben"},
    "shared": {"ann", "ben", "vn1", "jp1"},
    "proposed": {"vn1", "jp1"},
    "published": {"vn1", "jp1"},
}


@pytest.fixture
def library(make, agencies):
    rows = {state: make(state, state=state) for state in SEES}
    for state in ("shared", "proposed"):
        rows[state].shared_with.add(agencies["province"])
    return rows


@pytest.mark.parametrize("name", EVERYBODY)
def test_what_one_may_not_see_is_not_there(signed_in, people, library, name):
    client = signed_in(name)
    expected = {state for state in SEES if name in SEES[state]}
    assert {s.code for s in Scenario.objects.filter(visible_scenarios(people[name]))} == expected
    listed = {row["code"] for row in client.get(f"{ROOM}?format=json&table=scenarios").json()}
    assert listed == expected
    for state in SEES:
        for path in READ:
            status = client.get(f"{ROOM}{state}/{path}").status_code
            assert status == (200 if state in expected else 404), (state, path)


@pytest.mark.parametrize("name", EVERYBODY)
def test_one_changes_only_what_is_ones_organisations(signed_in, library, name):
    client = signed_in(name)
    for state in SEES:
        for path in CHANGE:
            status = client.get(f"{ROOM}{state}/{path}").status_code
            allowed = 200 if name in CHANGES[state] else 403 if name in SEES[state] else 404
            assert status == allowed, (state, path)
        for path in ("run/", "cancel/"):
            status = client.post(f"{ROOM}{state}/{path}").status_code
            allowed = 302 if name in RUNS[state] else 403 if name in SEES[state] else 404
            assert status == allowed, (state, path)


@pytest.mark.parametrize("name", EVERYBODY)
def test_who_only_reads_makes_and_forks_nothing(signed_in, library, name):
    client = signed_in(name)
    makes = name not in ("observer", "watcher", "verifier")
    assert client.get(f"{ROOM}new/").status_code == (200 if makes else 403)
    before = Scenario.objects.count()
    assert client.post(f"{ROOM}published/fork/").status_code == (302 if makes else 403)
    assert Scenario.objects.count() == before + makes


def test_who_has_not_signed_in_is_sent_to_the_sign_in_page(client, library):
    for path in ("", "new/", "compare/", "published/", "published/files/json/"):
        answer = client.get(ROOM + path)
        assert answer.status_code == 302
        assert answer["Location"].startswith("/vi/login/")


def test_a_person_without_an_organisation_keeps_a_scenario_alone(signed_in, make):
    make("alones", by="alone")
    assert signed_in("alone").get(f"{ROOM}alones/edit/").status_code == 200
    assert signed_in("ann").get(f"{ROOM}alones/").status_code == 404
    assert signed_in("vn1").get(f"{ROOM}alones/").status_code == 404


def test_what_acts_takes_no_get(signed_in, library):
    client = signed_in("ann")
    for path in ("run/", "cancel/", "fork/"):
        assert client.get(f"{ROOM}own/{path}").status_code == 405
