"""Asking for a run, watching it, stopping it, and the files it left."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from trunghoa.portal.core.accounts.people import person
from trunghoa.portal.core.record import documents
from trunghoa.portal.core.record.models import Run
from trunghoa.portal.core.record.templatetags import numbers
from trunghoa.quantities import InputError, Problem

from .. import osemosys, outcome, reading, tasks
from ..models import Scenario
from ..words import ENDINGS
from .access import may_run, seen

UNDER_WAY = (Run.State.QUEUED, Run.State.RUNNING)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FILES = {
    "xlsx": ("results.xlsx", XLSX),
    "json": ("results.json", "application/json"),
    "iamc-long": ("iamc-long.csv", "text/csv; charset=utf-8"),
    "iamc-wide": ("iamc-wide.csv", "text/csv; charset=utf-8"),
}


def runnable(request: HttpRequest, code: str) -> Scenario:
    scenario = seen(request, code)
    if not may_run(request, scenario):
        raise PermissionDenied
    return scenario


@require_POST
def run(request: HttpRequest, code: str) -> HttpResponse:
    """Run it; with nothing changed since, the run that stands is the answer."""
    scenario = runnable(request, code)
    if problems := tasks.problems_of(scenario):
        for problem in problems[:5]:
            messages.error(request, f"{problem.where}: {numbers.problem(problem)}")
        return redirect(scenario)
    try:
        tasks.analysis_of({"kind": scenario.analysis, **scenario.choices})
    except (InputError, ValueError) as error:
        messages.error(request, str(error))
        return redirect(scenario)
    found = tasks.enqueue(scenario, person(request))
    if found.state == Run.State.DONE:
        messages.info(request, _("Nothing changed since the last run; its results stand."))
    else:
        messages.success(request, _("The run is in the queue."))
    return redirect(scenario)


@require_POST
def cancel(request: HttpRequest, code: str) -> HttpResponse:
    scenario = runnable(request, code)
    if scenario.last_run is not None and tasks.cancel(scenario.last_run, person(request)):
        messages.success(request, _("The run is being stopped."))
    else:
        messages.info(request, _("There is no run to stop: it has ended."))
    return redirect(scenario)


@require_safe
def progress(request: HttpRequest, code: str) -> HttpResponse:
    """How far the run is, as a part of the page that asks again."""
    scenario = seen(request, code)
    response = render(request, "scenarios/progress.html", progress_of(request, scenario))
    if scenario.last_run is not None and scenario.last_run.state not in UNDER_WAY:
        # What the page shows is out of date now.
        response["HX-Refresh"] = "true"
    return response


def progress_of(request: HttpRequest, scenario: Scenario) -> dict[str, object]:
    run = scenario.last_run
    solve = run.solve if run is not None and hasattr(run, "solve") else None
    problems = [Problem(**p) for p in (solve.summary.get("problems") or ())] if solve else []
    ahead = 0
    if run is not None and run.state == Run.State.QUEUED:
        ahead = Run.objects.filter(
            kernel=run.kernel, state__in=UNDER_WAY, requested_on__lt=run.requested_on
        ).count()
    return {
        "scenario": scenario,
        "run": run,
        "solve": solve,
        "under_way": run is not None and run.state in UNDER_WAY,
        "ahead": ahead,
        "ending": ENDINGS.get(solve.ending, "") if solve else "",
        "problems": problems,
        "may_run": may_run(request, scenario),
    }


@require_safe
def file(request: HttpRequest, code: str, kind: str) -> HttpResponse:
    """The shown run's tables as a file, for everybody who may see the scenario."""
    scenario = seen(request, code)
    result = reading.of_scenario(scenario)
    if result is None or scenario.shown_run is None:
        raise Http404
    if kind in osemosys.RESULTS and scenario.model.kind == osemosys.KIND:
        return left_file(scenario, scenario.shown_run, kind)
    if kind not in FILES or (kind.startswith("iamc") and "iamc" in result.data.get("left_out", {})):
        raise Http404
    name, media_type = FILES[kind]
    lang = numbers.language()
    match kind:
        case "xlsx":
            content = outcome.workbook(result, about(scenario), lang)
        case "json":
            content = documents.read(scenario.shown_run.solve.result)
        case _:
            title = scenario.model.description("en") or scenario.model.code
            content = outcome.iamc(result, title, scenario.code, wide=kind == "iamc-wide")
    response = HttpResponse(content, content_type=media_type)
    response["Content-Disposition"] = f'attachment; filename="{scenario.code}-{name}"'
    return response


def left_file(scenario: Scenario, run: Run, kind: str) -> HttpResponse:
    """A file that the run of a handed-in model left."""
    document = osemosys.file_of(run, kind)
    if document is None:
        raise Http404
    response = HttpResponse(documents.read(document), content_type=document.media_type)
    response["Content-Disposition"] = f'attachment; filename="{scenario.code}-{osemosys.RESULTS[kind][1]}"'
    return response


def about(scenario: Scenario) -> list[tuple[str, str]]:
    """Where the numbers of a file come from."""
    run = scenario.shown_run
    assert run is not None  # noqa: S101 - asked by the caller
    summary, lang = run.solve.summary, numbers.language()
    return [
        (_("Scenario"), f"{scenario.title(lang)} ({scenario.code})"),
        (_("Model"), scenario.model.title(lang)),
        (_("Source"), f"{scenario.source}; {scenario.model.source}"),
        (_("Quality"), numbers.quality(scenario.quality)),
        (_("GWP set"), scenario.model.gwp_set),
        (_("Inputs"), run.inputs_sha256),
        (_("Version"), run.version),
        (_("Solver and method"), f"{summary.get('solver')}, {summary.get('method')}"),
        (_("Foresight"), str(summary.get("foresight"))),
        (_("Objective"), f"{summary.get('objective')} ({summary.get('objective_kind')})"),
    ]
