"""A run is asked for once and counts once, whatever happens to the worker."""

import pytest

from trunghoa.portal.core.record import runs
from trunghoa.portal.core.record.models import Figure, Run
from trunghoa.quantities import InputError, Problem

from .test_figures import METHANE

pytestmark = pytest.mark.usefixtures("systems", "sites")


def ask(inputs=None, place=None):
    return runs.request(
        "landfill", version="1", parameters_version="p", inputs=inputs or {"a": 1}, place=place
    )


def kernel(progress):
    progress(50, "half way")
    return [METHANE], [
        {"label": "k", "value": "0.4", "unit": "1/yr", "source": "IPCC", "quality": "verified"}
    ]


def test_the_same_inputs_are_the_same_run_in_any_order():
    first, _ = ask({"a": 1, "b": 2})
    second, _ = ask({"b": 2, "a": 1})
    assert first.pk == second.pk


def test_a_finished_run_has_its_figures_parameters_and_time():
    run, _ = ask()
    done = runs.execute(run, kernel)
    assert (done.state, done.progress) == ("done", 100)
    assert done.parameters[0]["label"] == "k"
    assert done.seconds > 0
    assert [f.run for f in Figure.objects.current()] == [run]


def test_a_run_delivered_twice_counts_once():
    run, _ = ask()
    runs.execute(run, kernel)
    stale = Run.objects.get(pk=run.pk)
    stale.state = "running"
    runs.execute(stale, kernel)
    assert Figure.objects.count() == 1


def test_a_run_that_was_done_need_not_be_done_again():
    run, needed = ask()
    assert needed
    runs.execute(run, kernel)
    assert ask()[1] is False


def test_refused_input_is_told_and_no_figure_is_left():
    run, _ = ask()

    def refuse(progress):
        raise InputError(Problem("“%(value)s” is not a number.", value="1,5", row=3))

    with pytest.raises(InputError):
        runs.execute(run, refuse)
    run.refresh_from_db()
    assert run.state == "failed"
    assert "row 3" in run.message["problems"][0]
    assert Figure.objects.count() == 0


def test_a_failure_while_writing_leaves_nothing_half_done():
    run, _ = ask()
    with pytest.raises(RuntimeError, match="after the figures"):
        runs.execute(run, kernel, after=explode)
    assert Figure.objects.count() == 0
    assert Run.objects.get(pk=run.pk).state == "running"


def explode(run):
    raise RuntimeError("after the figures were written")


def test_a_failed_run_may_be_asked_for_again():
    run, _ = ask()
    Run.objects.filter(pk=run.pk).update(state="failed", message={"problems": ["x"]})
    again, needed = ask()
    assert (again.pk, needed, again.state, again.message) == (run.pk, True, "queued", {})
