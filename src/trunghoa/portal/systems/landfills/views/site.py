"""The page of one landfill: what it is, why it is classed so, what it emits, what a project would change."""

from collections.abc import Mapping
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from trunghoa.portal.core.charts.store import drawn
from trunghoa.portal.core.record import documents
from trunghoa.portal.core.record.models import Run
from trunghoa.portal.core.record.packing import packed
from trunghoa.portal.core.record.tables import Table, download
from trunghoa.portal.core.record.templatetags.numbers import language
from trunghoa.quantities import Problem, Quality, from_float, worst

from .. import outcome, series, tables, tasks
from ..models import CHECKLIST, Landfill, Project
from ..pictures import Facts, wanted
from ..words import CLIMATE_TEXT, MCF_TEXT, parameter_name
from .access import may_change, seen


@require_safe
def page(request: HttpRequest, code: str) -> HttpResponse:
    landfill = seen(request, code)
    change = may_change(request, landfill)
    facts = Facts(landfill)
    found = outcome.result_of(landfill)
    run, result = found if found else (None, {})
    shown = _tables(landfill, facts, run, result, change)
    if answer := download(request, *shown.values()):
        return answer
    project = Project.objects.filter(landfill=landfill).select_related("fund").first()
    taken_over = series.last_taken_over(landfill) if change else None
    lang = get_language() or "vi"
    pictures = wanted(landfill, facts, result, project, lang)
    context = {
        "landfill": landfill,
        "may_change": change,
        "project": project,
        "facts": facts,
        "run": run,
        "last_run": landfill.last_run,
        "taken_over": taken_over,
        "can_take_back": taken_over is not None and series.can_be_taken_back(taken_over),
        "tables": shown,
        "charts": {name: drawn(view, lang) for name, view in pictures.items()},
        "why": _why(landfill, result),
        "notices": [Problem(**p) for p in result.get("problems", ())],
        "conversions": list(landfill.conversions.all()),
        "quality": worst([Quality(landfill.quality), *(Quality(f.quality) for f in facts.rows)]).value,
        "workbook": outcome.workbook_of(run, language()) if run else None,
    }
    return render(request, "landfills/site.html", context)


def _tables(
    landfill: Landfill, facts: Facts, run: Run | None, result: Mapping[str, Any], change: bool
) -> dict[str, Table]:
    found = {"deposits": tables.deposit_table(landfill, facts.deposited, change)}
    if facts.methane:
        found["methane"] = tables.methane_table(facts.methane)
    if facts.converted:
        found["conversion"] = tables.conversion_table(facts.converted)
    if facts.reductions:
        found["reductions"] = tables.reduction_table(facts.reductions, facts.gwp_set)
    if facts.money:
        found["finance"] = tables.money_table(facts.money)
    if run is not None:
        names = {p["key"]: parameter_name(p["key"]) for p in run.parameters if "key" in p}
        names |= {bar["parameter"]: parameter_name(bar["parameter"]) for bar in result.get("tornado", ())}
        found["sensitivity"] = tables.tornado_table(result.get("tornado", ()), names)
        found["parameters"] = tables.parameter_table(run, names)
    return found


def _why(landfill: Landfill, result: Mapping[str, Any]) -> dict[str, Any]:
    """Climate class and MCF class, each with the values and the rule it follows from."""
    if not result:
        return {}
    climate = result["site"]["climate_class"]
    rule = result.get("why", {})
    values = {"value": rule.get("value", ""), "limit": rule.get("limit", "")}
    return {
        "climate": CLIMATE_TEXT.get(climate["name"], climate["name"]),
        "comparisons": [
            {**c, "value": from_float(c["value"]), "threshold": from_float(c["threshold"])}
            for c in climate["comparisons"]
        ],
        "climate_reason": climate["reason"],
        "mcf": MCF_TEXT.get(result["site"]["mcf_class"]["name"], result["site"]["mcf_class"]["name"]),
        "mcf_rule": _(rule["rule"]) % values if rule else "",
        "checklist": [(landfill._meta.get_field(n).verbose_name, getattr(landfill, n)) for n in CHECKLIST],
    }


@require_safe
def runs(request: HttpRequest, code: str) -> HttpResponse:
    """Every run of a site; figures of earlier ones stay on record."""
    landfill = seen(request, code)
    rows = Run.objects.filter(place=landfill.place, kernel="landfill.site").select_related("requested_by")
    table = tables.run_table(list(rows.order_by("-requested_on")[:200]))
    if answer := download(request, table):
        return answer
    context = {"landfill": landfill, "table": table, "may_change": may_change(request, landfill)}
    return render(request, "landfills/runs.html", context)


@require_safe
def workbook(request: HttpRequest, code: str) -> HttpResponseBase:
    """The verifier's workbook of the last run, for everybody who may see the site."""
    landfill = seen(request, code)
    found = outcome.result_of(landfill)
    document = outcome.workbook_of(found[0], language()) if found else None
    if document is None:
        raise Http404
    return documents.download(document)


@require_safe
def folder(request: HttpRequest, code: str) -> HttpResponse:
    """What the shown run was computed from, as the folder that the command line reads."""
    landfill = seen(request, code)
    found = outcome.result_of(landfill)
    if found is None:
        raise Http404
    content = packed({f"{code}/{name}": text.encode() for name, text in tasks.folder_of(found[0]).items()})
    response = HttpResponse(content, content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="{code}.zip"'
    return response
