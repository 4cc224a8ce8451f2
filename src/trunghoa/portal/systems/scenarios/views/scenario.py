"""The pages of one scenario: what it found, in emissions, energy and money."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from trunghoa.portal.core.record.tables import download
from trunghoa.portal.core.record.templatetags import numbers
from trunghoa.quantities import Problem, Quality, worst

from .. import analyses, machine, market, reading, targets
from ..models import Scenario
from ..panels import Panel, Shown
from ..reading import Result
from ..words import KINDS
from .access import ADD, may_change, seen, tabled
from .runs import progress_of

Panels = list[Panel | None]


def shown_page(
    request: HttpRequest, code: str, template: str, panels: Callable[[Shown], Panels], **more: Any
) -> HttpResponse:
    """A page of panels; what was not run yet says so."""
    scenario = tabled(request, code)
    result = reading.of_scenario(scenario)
    lang = numbers.language()
    found: list[Panel] = []
    shown = None
    if result is not None and result.optimal:
        model = scenario.shown_run.inputs.get("model", "") if scenario.shown_run else ""
        shown = Shown(result, targets.of_place(scenario.model.place), lang, model)
        found = [panel for panel in panels(shown) if panel is not None]
        if answer := download(request, *(panel.table for panel in found)):
            return answer
    context = {
        **head(request, scenario, result),
        "panels": found,
        "shown": shown,
        "totals": shown.target_rows() if shown else [],
        **more,
    }
    return render(request, template, context)


def head(request: HttpRequest, scenario: Scenario, result: Result | None) -> dict[str, Any]:
    """What stands on every page of a scenario: state, quality, run, method, hash."""
    lang = numbers.language()
    run = scenario.shown_run
    summary = run.solve.summary if run is not None and hasattr(run, "solve") else {}
    grades = [Quality(scenario.quality), Quality(scenario.model.quality)]
    if result is not None:
        grades.append(Quality(result.data["quality"]))
    kind = summary.get("objective_kind", "")
    return {
        **progress_of(request, scenario),
        "tabled": scenario.model.kind == "enduse",
        "title": scenario.title(lang),
        "description": scenario.description(lang),
        "shown_run": run,
        "summary": summary,
        "objective_kind": KINDS.get(kind, kind),
        "behind": machine.behind(scenario),
        "quality": worst(grades).value,
        "may_change": may_change(request, scenario),
        "may_fork": request.user.has_perm(ADD),
        "lacks": lacks_of(scenario),
        "notices": [Problem(**p) for p in (result.data.get("notices") or ())] if result else [],
    }


def lacks_of(scenario: Scenario) -> list[Problem]:
    """Why the last run found no solution, in words of the model."""
    last = reading.of_run(scenario.last_run)
    if last is None or last.optimal:
        return []
    return [Problem(**p) for p in last.data.get("lacks", ())]


@require_safe
def page(request: HttpRequest, code: str) -> HttpResponse:
    """Emissions against the targets, and what an analysis adds; of a handed-in model what it found."""
    from . import osemosys

    scenario = seen(request, code)
    if scenario.model.kind != "enduse":
        return osemosys.page(request, scenario)

    def panels(shown: Shown) -> Panels:
        year = asked_year(request, shown.years, 2030)
        return [
            shown.emissions(),
            shown.gaps(),
            shown.caps(),
            analyses.abatement(shown, year),
            analyses.fan(shown),
            *analyses.expert(shown),
        ]

    return shown_page(request, code, "scenarios/scenario.html", panels, tab="emissions")


@require_safe
def energy(request: HttpRequest, code: str) -> HttpResponse:
    years: list[int] = []
    chosen: list[int] = []

    def panels(shown: Shown) -> Panels:
        year = asked_year(request, shown.years, shown.years[-1])
        years.extend(shown.years)
        chosen.append(year)
        return [shown.primary(), shown.generation(), shown.capacity(), shown.flows(year)]

    return shown_page(
        request, code, "scenarios/energy.html", panels, tab="energy", years=years, chosen=chosen
    )


@require_safe
def money(request: HttpRequest, code: str) -> HttpResponse:
    def panels(shown: Shown) -> Panels:
        return [shown.cost(), shown.investment(), shown.carbon_price(), *market.panels(shown)]

    return shown_page(request, code, "scenarios/money.html", panels, tab="money")


def asked_year(request: HttpRequest, years: list[int], default: int) -> int:
    """A solved year: the one the address asks for, else the one nearest to the default."""
    text = request.GET.get("year", "")
    if text.isdecimal() and len(text) < 6 and int(text) in years:
        return int(text)
    return min(years, key=lambda y: abs(y - default))
