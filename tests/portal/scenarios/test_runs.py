"""A run from the button to its figures, and every way in which it may end."""


import pytest

from trunghoa.portal.core.record.models import Figure, Run
from trunghoa.portal.systems.scenarios import reading, tasks

from .conftest import run_now

pytestmark = pytest.mark.django_db


def test_a_run_leaves_its_tables_log_method_and_solver(make):
    scenario = make()
    run = run_now(scenario)
    assert run.state == Run.State.DONE
    assert scenario.shown_run == scenario.last_run == run
    result = reading.of_scenario(scenario)
    assert result.years == [2020, 2025, 2030, 2040, 2050]
    assert run.solve.summary["method"] == "simplex"
    assert run.solve.summary["solver"].startswith("HiGHS")
    assert run.solve.summary["status"] == "optimal"
    assert run.solve.log
    # The same numbers as the kernel gives without a portal.
    from trunghoa.pathways.enduse import compile_model, read_folder, solve_model

    from .conftest import FOLDER

    direct = solve_model(compile_model(read_folder(FOLDER)))
    assert run.solve.summary["objective"] == pytest.approx(direct.objective, rel=1e-12)
    assert result.total_emissions() == pytest.approx(direct.co2e.sum(axis=1).tolist(), rel=1e-12)


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
