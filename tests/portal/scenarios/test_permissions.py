"""Who reaches which scenario: each person against each state, and each address against both."""

import pytest

from trunghoa.portal.core.record import documents
from trunghoa.portal.systems.scenarios import outcome, tasks
from trunghoa.portal.systems.scenarios.models import Scenario, TablesImport
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


def run_paths(run):
    return (f"/vi/record/runs/{run.pk}/", f"/vi/record/runs/{run.pk}/progress/", f"/api/v1/runs/{run.pk}")


@pytest.mark.parametrize("name", EVERYBODY)
def test_a_run_and_what_it_left_are_seen_by_those_who_see_its_scenario(signed_in, library, name):
    client = signed_in(name)
    for state, scenario in library.items():
        # Each asks for something else: equal inputs would be one run.
        Scenario.objects.filter(pk=scenario.pk).update(settings={"title": state})
        scenario.refresh_from_db()
        run, _needed = tasks.request_run(scenario)
        outcome.keep(run, {"summary": {"status": state}}, "")
        paper = run.outputs.get().pk
        seen = name in SEES[state]
        for path in run_paths(run):
            assert (client.get(path).status_code == 200) == seen, (state, path)
        # Results are papers for officers; of a scenario they do not see they are not.
        read = seen and name in ("vn1", "jp1")
        for path in (f"/vi/record/documents/{paper}/", f"/api/v1/documents/{paper}/content"):
            assert (client.get(path).status_code == 200) == read, (state, path)
        listed = client.get("/api/v1/documents?page_size=200").json()["items"]
        assert (paper in {row["sha256"] for row in listed}) == read, state
        page = client.get("/vi/record/documents/?format=json&table=documents").json()
        assert (paper in {row["sha256"] for row in page}) == read, state


def test_an_earlier_run_of_a_scenario_is_as_private_as_the_scenario(signed_in, make):
    scenario = make()
    first, _needed = tasks.request_run(scenario)
    Scenario.objects.filter(pk=scenario.pk).update(choices={"method": "ipm"})
    scenario.refresh_from_db()
    second, _needed = tasks.request_run(scenario)
    for run in (first, second):
        for path in run_paths(run):
            assert signed_in("ben").get(path).status_code == 200
            assert signed_in("vn1").get(path).status_code == 404
            assert signed_in("observer").get(path).status_code == 404


def test_a_run_that_two_scenarios_share_is_seen_by_the_readers_of_either(signed_in, make):
    make("hidden")
    tasks.request_run(Scenario.objects.get(code="hidden"))
    run, _needed = tasks.request_run(make("open", by="vn1", state="published"))
    assert run.scenarios.count() == 2
    assert signed_in("observer").get(run_paths(run)[0]).status_code == 200


def test_a_workbook_handed_in_is_as_private_as_the_scenario(signed_in, make, people):
    paper = documents.store(
        b"PK", media_type="text/csv", filename="x.csv", classification="organisation", by=people["ann"]
    )
    scenario = make()
    TablesImport.objects.create(
        scenario=scenario, document=paper, filename="x.csv", by=people["ann"], outcome="checked", revision=1
    )
    path = f"/vi/record/documents/{paper.pk}/"
    assert paper.pk[:12] not in signed_in("vn1").get("/vi/record/documents/").content.decode()
    assert signed_in("ben").get(path).status_code == 200
    assert signed_in("vn1").get(path).status_code == 404
    Scenario.objects.filter(pk=scenario.pk).update(state="shared")
    assert signed_in("vn1").get(path).status_code == 200


@pytest.mark.parametrize("first", ["ann", "local"])
def test_the_same_bytes_that_another_brings_to_the_officers_are_read_by_them(signed_in, make, people, first):
    given = {"media_type": "text/csv", "classification": "organisation"}
    for name in (first, "local" if first == "ann" else "ann"):
        paper = documents.store(b"PK", by=people[name], filename=f"of-{name}.csv", **given)
    TablesImport.objects.create(
        scenario=make(), document=paper, filename="x.csv", by=people["ann"], outcome="checked", revision=1
    )
    assert signed_in("vn1").get(f"/vi/record/documents/{paper.pk}/").status_code == 200
    listed = signed_in("vn1").get("/vi/record/documents/").content.decode()
    assert paper.pk[:12] in listed
    # What is said of it is the other's word; whose scenario it is stays with them.
    page = signed_in("vn1").get(f"/vi/record/documents/{paper.pk}/").content.decode()
    for text in (listed, page):
        assert ("of-local.csv" in text, "of-ann.csv" in text) == (True, False)


def test_a_workbook_of_a_person_without_an_organisation_is_that_persons(signed_in, make, people):
    paper = documents.store(
        b"PK", media_type="text/csv", filename="x.csv", classification="organisation", by=people["alone"]
    )
    TablesImport.objects.create(
        scenario=make(by="alone"), document=paper, filename="x.csv", by=people["alone"], outcome="checked",
        revision=1,
    )  # fmt: skip
    assert signed_in("vn1").get(f"/vi/record/documents/{paper.pk}/").status_code == 404


def test_which_runs_and_papers_are_seen_is_asked_with_the_list(
    signed_in, library, django_assert_max_num_queries
):
    for scenario in library.values():
        run, _needed = tasks.request_run(scenario)
        outcome.keep(run, {"summary": {}}, "")
    client = signed_in("vn1")
    with django_assert_max_num_queries(8):
        client.get("/api/v1/documents")
