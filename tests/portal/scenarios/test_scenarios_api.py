"""The room over HTTP."""

import pytest

from trunghoa.portal.core.record.models import Run
from trunghoa.portal.systems.scenarios import tasks

from .conftest import run_now

pytestmark = pytest.mark.django_db
API = "/api/v1/scenarios"


def post(client, address):
    return client.post(address, "{}", content_type="application/json")


def test_the_list_holds_what_one_may_see(signed_in, make):
    make("one", title_vi="Điện gió")
    make("two", state="published")
    make("hidden", by="local")
    client = signed_in("ann")
    found = client.get(f"{API}/").json()
    assert (found["count"], [s["code"] for s in found["items"]]) == (2, ["one", "two"])
    assert [s["code"] for s in client.get(f"{API}/?q=dien gio").json()["items"]] == ["one"]
    assert [s["code"] for s in client.get(f"{API}/?state=published").json()["items"]] == ["two"]
    assert client.get(f"{API}/hidden").status_code == 404


def test_a_detail_says_all_that_a_run_is_asked_for_with(signed_in, make):
    scenario = make(levers=[["less_demand", "0.5"]], settings={"foresight": "perfect"})
    run = run_now(scenario)
    found = signed_in("ann").get(f"{API}/mine").json()
    assert found["asked"]["levers"] == [["less_demand", "0.5"]]
    assert found["asked"]["settings"] == {"foresight": "perfect"}
    assert found["inputs_sha256"] == run.inputs_sha256 == tasks.inputs_sha256(scenario)
    assert (found["status"], found["objective_kind"]) == ("optimal", "discounted system cost")


def test_results_come_table_by_table(signed_in, make):
    scenario = make()
    client = signed_in("ann")
    assert client.get(f"{API}/mine/result").status_code == 404
    run = run_now(scenario)
    found = client.get(f"{API}/mine/result?table=cost&table=co2e").json()
    assert set(found["tables"]) == {"cost", "co2e"}
    assert (found["run"], found["gwp_set"], found["quality"]) == (str(run.pk), "AR5", "illustrative")
    kinds = {row[0]: row[2] for row in found["tables"]["cost"]["rows"]}
    assert len(kinds["energy"]) == len(found["years"]) == 5
    refused = client.get(f"{API}/mine/result?table=nothing")
    assert refused.status_code == 422


def test_a_run_is_asked_for_watched_and_stopped(signed_in, make):
    scenario = make()
    client = signed_in("ann")
    assert client.get(f"{API}/mine/runs/last").status_code == 404
    asked = post(client, f"{API}/mine/runs")
    assert (asked.status_code, asked.json()["state"]) == (202, "queued")
    stopped = client.delete(f"{API}/mine/runs/last")
    assert (stopped.status_code, stopped.json()["ending"]) == (200, "cancelled")
    assert client.delete(f"{API}/mine/runs/last").status_code == 409
    assert post(client, f"{API}/mine/runs").status_code == 202
    run_now(scenario)
    again = post(client, f"{API}/mine/runs")
    assert (again.status_code, again.json()["state"]) == (200, "done")
    assert Run.objects.count() == 1


def test_who_may_not_run_is_refused(signed_in, make):
    make(state="published")
    assert post(signed_in("local"), f"{API}/mine/runs").status_code == 403
    assert signed_in("local").delete(f"{API}/mine/runs/last").status_code == 403


def test_what_cannot_be_run_is_refused_with_its_cells(signed_in, make, people):
    scenario = make()
    scenario.edits.create(
        table="demand", keys=["VN", "industry", "nothing"], value="1", source="s", by=people["ann"]
    )
    answer = post(signed_in("ann"), f"{API}/mine/runs")
    assert answer.status_code == 422
    assert {p["field"] for p in answer.json()["detail"]} == {"service"}
    assert not Run.objects.exists()


def test_without_signing_in_there_is_nothing(client, make):
    make(state="published")
    assert client.get(f"{API}/").status_code == 401
