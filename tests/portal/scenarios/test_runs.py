"""A run from the button to its tables, and every way in which it may end."""

import threading
import time

import pytest
from django.utils import translation

from trunghoa.pathways.enduse import compile_model, read_folder, solve_model
from trunghoa.pathways.enduse.plain import to_plain
from trunghoa.portal.core.record.models import Figure, Run
from trunghoa.portal.systems.scenarios import reading, running, tasks
from trunghoa.portal.systems.scenarios.models import Scenario, Solve

from .conftest import FOLDER, run_now

pytestmark = pytest.mark.django_db


def test_a_run_leaves_its_tables_log_method_and_solver(make):
    scenario = make()
    run = run_now(scenario)
    assert run.state == Run.State.DONE
    assert scenario.shown_run == scenario.last_run == run
    result = reading.of_scenario(scenario)
    assert result.years == [2020, 2025, 2030, 2040, 2050]
    summary = run.solve.summary
    assert (summary["method"], summary["status"]) == ("simplex", "optimal")
    assert summary["solver"].startswith("HiGHS")
    assert run.solve.log
    # The same numbers as the kernel gives without a portal.
    direct = solve_model(compile_model(read_folder(FOLDER)))
    assert summary["objective"] == pytest.approx(direct.objective, rel=1e-12)
    assert result.total_emissions() == pytest.approx(direct.co2e.sum(axis=1).tolist(), rel=1e-12)


def test_the_method_and_foresight_reported_are_those_asked_for(make):
    run = run_now(make(choices={"method": "ipm"}, settings={"foresight": "perfect"}))
    assert (run.solve.summary["method"], run.solve.summary["foresight"]) == ("ipm", "perfect")
    assert run.solve.summary["objective_kind"] == "discounted system cost"


def test_equal_inputs_are_one_run(make):
    first, second = make("one"), make("two", by="local")
    run = run_now(first)
    found, needed = tasks.request_run(second, None)
    assert (found.pk, needed) == (run.pk, False)
    second.refresh_from_db()
    assert second.shown_run == run


def test_what_is_not_published_puts_no_figure_on_record(make):
    run_now(make())
    assert not Figure.objects.exists()


def test_a_lever_pulled_half_way_does_half(make):
    run_now(make("none"))
    run_now(make("half", levers=[["less_demand", "0.5"]]))
    run_now(make("full", levers=[["less_demand", "1"]]))
    used = []
    for scenario in Scenario.objects.order_by("pk"):
        services = reading.of_scenario(scenario).summed("service", lambda r: r["service"])
        used.append(services["use_of_power"][1][-1])
    assert used == pytest.approx([400, 360, 320])


def test_no_solution_is_told_in_words_of_the_model(make, signed_in, people):
    scenario = make()
    scenario.edits.create(
        table="emission_limit", keys=["*", "ghg"], bound="max", year=None, value="-500", source="study",
        by=people["ann"],
    )  # fmt: skip
    run = run_now(scenario)
    assert run.state == Run.State.DONE
    assert run.solve.summary["status"] == "infeasible"
    assert scenario.shown_run is None
    page = signed_in("ann").get("/en/scenarios/mine/").content.decode()
    assert "The last run found no solution. This is what would have to give way:" in page
    assert "above their limit by" in page


def test_what_the_model_refuses_never_enters_the_queue(make, signed_in, people):
    scenario = make()
    scenario.edits.create(
        table="output", keys=["VN", "power", "nothing", "electricity"], value="1", source="study",
        by=people["ann"],
    )  # fmt: skip
    page = signed_in("ann").post("/en/scenarios/mine/run/", follow=True).content.decode()
    assert "output.csv" in page
    assert "“nothing” does not stand in devices.csv" in page
    assert not Run.objects.exists()


def order():
    return {"tables": to_plain(read_folder(FOLDER)), "method": "simplex", "analysis": {}}


def slow_order():
    """Draws enough that nobody waits for their end."""
    return {**order(), "analysis": {"draws": 400, "spread": 0.2, "seed": 1}}


def watched(**limits):
    told = {"seconds": 600, "memory": 2**31, "hear": lambda m: None, "stopped": lambda: False, **limits}
    return running.solve(slow_order(), **told)


@pytest.mark.parametrize(
    ("limits", "how"),
    [({"seconds": 1}, "time"), ({"memory": 2**20}, "memory"), ({"stopped": lambda: True}, "cancelled")],
)
def test_a_solve_that_takes_too_much_or_is_stopped_ends_and_leaves_no_process(limits, how, monkeypatch):
    started = []
    real = running.subprocess.Popen
    monkeypatch.setattr(
        running.subprocess, "Popen", lambda *a, **k: started.append(real(*a, **k)) or started[-1]
    )
    began = time.monotonic()
    with pytest.raises(running.EndedError) as caught:
        watched(**limits)
    assert caught.value.how == how
    assert time.monotonic() - began < 60
    assert started[0].poll() is not None


def test_a_solver_that_dies_says_with_what(monkeypatch):
    monkeypatch.setitem(running.JOBS, "enduse", "trunghoa.no_such_module")
    with pytest.raises(running.EndedError) as caught:
        running.solve(order(), seconds=60, memory=2**31, hear=lambda m: None, stopped=lambda: False)
    assert caught.value.how == "crashed"
    assert "no_such_module" in caught.value.detail


@pytest.mark.parametrize(
    ("how", "sentence"),
    [
        ("time", "The run was stopped: it took longer than it may."),
        ("memory", "The run was stopped: it needed more memory than it may."),
    ],
)
def test_a_run_over_its_limit_says_so_and_the_earlier_result_stands(make, signed_in, settings, how, sentence):
    scenario = make()
    before = run_now(scenario)
    scenario.analysis, scenario.choices = "draws", {"draws": "400", "spread": "0.2", "seed": "1"}
    scenario.save()
    if how == "time":
        settings.SCENARIO_SECONDS = 1
    else:
        settings.SCENARIO_MEMORY_BYTES = 2**20
    run = run_now(scenario)
    assert (run.state, run.solve.ending) == (Run.State.FAILED, how)
    assert scenario.shown_run == before
    page = signed_in("ann").get("/en/scenarios/mine/").content.decode()
    assert sentence in page
    assert "What is shown is of an earlier state; the last run left no result" in page


def test_a_queued_run_is_stopped_at_once_and_the_worker_passes_it_by(make, signed_in, people):
    scenario = make()
    client = signed_in("ann")
    client.post("/en/scenarios/mine/run/")
    scenario.refresh_from_db()
    assert scenario.last_run.state == Run.State.QUEUED
    page = client.post("/en/scenarios/mine/cancel/", follow=True).content.decode()
    assert "The run was cancelled. ann" in page
    tasks.run_scenario.func(str(scenario.last_run.pk))
    scenario.last_run.refresh_from_db()
    assert scenario.last_run.state == Run.State.FAILED
    # Asked for again it runs.
    run = run_now(scenario)
    assert (run.state, run.solve.cancelled_by) == (Run.State.DONE, None)


def test_a_run_under_way_stops_when_somebody_says_so(make, people, monkeypatch):
    scenario = make(analysis="draws", choices={"draws": "400", "spread": "0.2", "seed": "1"})
    run, _needed = tasks.request_run(scenario)
    real = running.solve

    def cancelled_meanwhile(given, **told):
        assert tasks.cancel(Run.objects.get(pk=run.pk), people["ben"])
        return real(given, **told)

    monkeypatch.setattr(running, "solve", cancelled_meanwhile)
    tasks.execute(run)
    run.refresh_from_db()
    assert (run.state, run.solve.ending) == (Run.State.FAILED, "cancelled")
    assert run.solve.cancelled_by == people["ben"]
    assert run.solve.result is None


def test_two_orders_at_once_do_not_mix(make):
    """Each solve is a process of its own, so two at once give what each would give alone."""
    answers = {}

    def serve(name, method):
        told = {"seconds": 120, "memory": 2**31, "hear": lambda m: None, "stopped": lambda: False}
        answers[name] = running.solve({**order(), "method": method}, **told)["result"]

    threads = [threading.Thread(target=serve, args=pair) for pair in (("a", "simplex"), ("b", "ipm"))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (answers["a"]["summary"]["method"], answers["b"]["summary"]["method"]) == ("simplex", "ipm")
    assert answers["a"]["summary"]["objective"] == pytest.approx(
        answers["b"]["summary"]["objective"], rel=1e-7
    )


def test_who_waits_is_told_how_many_are_ahead(make, signed_in):
    make("one")
    make("two", levers=[["carbon_price", "1"]])
    client = signed_in("ann")
    for code in ("one", "two"):
        client.post(f"/en/scenarios/{code}/run/")
    assert "1 run is ahead of it." in client.get("/en/scenarios/two/progress/").content.decode()
    assert "ahead of it" not in client.get("/en/scenarios/one/progress/").content.decode()


def test_the_page_of_a_run_under_way_asks_again_and_is_reloaded_at_its_end(make, signed_in):
    scenario = make()
    client = signed_in("ann")
    client.post("/en/scenarios/mine/run/")
    part = client.get("/en/scenarios/mine/progress/")
    assert 'hx-trigger="every 1s"' in part.content.decode()
    assert "HX-Refresh" not in part
    run_now(scenario)
    assert client.get("/en/scenarios/mine/progress/")["HX-Refresh"] == "true"


@pytest.mark.parametrize(
    ("text", "prices"), [("0:100:50", [0, 50, 100]), ("0 12.5 40", [0, 12.5, 40]), ("0:10:4", [0, 4, 8])]
)
def test_prices_of_a_sweep(text, prices):
    assert tasks.price_list(text) == prices


@pytest.mark.parametrize("text", ["", "5", "10:0:5", "0:10:0", "a:b:c", "3 1", "0:1000000:1", "0 inf"])
def test_prices_that_are_none_are_refused(text):
    from trunghoa.quantities import InputError

    with pytest.raises(InputError):
        tasks.price_list(text)


def test_run_all_runs_what_is_published_and_twice_changes_nothing(make, system):
    make("pub", state="published")
    make("own")
    tasks.run_all(lambda per_cent, what: None)
    assert Run.objects.count() == 1
    count = Figure.objects.count()
    assert count > 0
    tasks.run_all(lambda per_cent, what: None)
    assert (Run.objects.count(), Figure.objects.count()) == (1, count)
    assert Solve.objects.get().ending == ""


def test_a_refusal_is_told_in_the_readers_language(make, signed_in, settings):
    settings.SCENARIO_SECONDS = 0
    run_now(make())
    for lang in ("vi", "ja"):
        page = signed_in("ann").get(f"/{lang}/scenarios/mine/").content.decode()
        with translation.override(lang):
            from django.utils.translation import gettext

            said = gettext("The run was stopped: it took longer than it may.")
        assert said != "The run was stopped: it took longer than it may."
        assert said in page
