"""The page of one landfill: what it is, why it is classed so, what it emits, what a project would change."""

from collections.abc import Mapping
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from trunghoa.portal.core.charts import DrawingError
from trunghoa.portal.core.charts.store import cached
from trunghoa.portal.core.record import documents
from trunghoa.portal.core.record.models import Figure, Run
from trunghoa.portal.core.record.tables import Table, download
from trunghoa.portal.core.record.templatetags.numbers import language
from trunghoa.quantities import Problem, Quality, from_float, worst

from .. import drawings, outcome, tables
from ..models import CHECKLIST, Landfill, Project
from ..portfolio import BY_KIND
from ..words import CLIMATE_TEXT, MCF_TEXT, parameter_name
from .access import may_change, seen

REDUCTIONS = ("landfill.reference_emissions", "landfill.project_emissions", "landfill.emission_reduction")
EMITTED = "landfill.ch4_emitted"


class Facts:
    """The current figures of a site, by what a page asks for."""

    def __init__(self, landfill: Landfill) -> None:
        kept = ("landfill.ch4_generated", "landfill.carbon_stored")
        rows = Figure.objects.current().filter(place=landfill.place, system="S8").exclude(kind__in=kept)
        self.rows = list(rows.order_by("period_start", "pk"))
        self.methane = [f for f in self.rows if f.kind == EMITTED and f.scenario == "as_is"]
        self.totals = {f.period_start.year: f for f in self.methane if not f.category}
        self.deposited = {f.period_start.year: f for f in self.rows if f.kind == "landfill.deposited"}
        self.reductions = [f for f in self.rows if f.kind in REDUCTIONS]
        self.money = {BY_KIND[f.kind, f.scenario]: f for f in self.rows if (f.kind, f.scenario) in BY_KIND}
        self.converted = [
            f
            for f in self.rows
            if f.kind == EMITTED and not f.category and f.scenario in ("as_is", "unconverted")
        ]
        if not any(f.scenario == "unconverted" for f in self.converted):
            self.converted = []

    @property
    def gwp_set(self) -> str:
        return next((f.gwp_set for f in self.reductions), "")


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
    context = {
        "landfill": landfill,
        "may_change": change,
        "project": project,
        "facts": facts,
        "run": run,
        "last_run": landfill.last_run,
        "tables": shown,
        "charts": _charts(landfill, facts, result, project),
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


def _charts(
    landfill: Landfill, facts: Facts, result: Mapping[str, Any], project: Project | None
) -> dict[str, Any]:
    """Drawings by name; what has no figures has no drawing."""
    lang = get_language() or "vi"
    name = landfill.place.name(lang)
    rules = [(c.on.year, _("conversion")) for c in landfill.conversions.all()]
    if project is not None and facts.reductions:
        rules.append((project.start_year, _("project")))
    wanted: dict[str, tuple[Any, str, str]] = {}
    if any(f.category for f in facts.methane):
        last = drawings.last_year(facts.deposited, facts.totals)
        wanted["methane"] = (
            drawings.methane(
                [
                    (f.period_start.year, f.category, f.amount)
                    for f in facts.methane
                    if f.category and f.period_start.year <= last
                ],
                [
                    (y, f.amount, f.lower, f.upper)
                    for y, f in facts.totals.items()
                    if f.lower is not None and y <= last
                ],
                lang,
                rules,
            ),
            _("CH₄ emitted by waste type: %(site)s") % {"site": name},
            _("Stacked areas by waste type over the years, the total as a line with its 95 % interval."),
        )
    if facts.converted:
        names = {"unconverted": _("without conversion"), "as_is": _("as converted")}
        rows = [(f.period_start.year, f.scenario, f.amount) for f in facts.converted]
        wanted["conversion"] = (
            drawings.courses(rows, names, _("CH₄ emitted (t)"), lang, rules),
            _("Before and after the conversion: %(site)s") % {"site": name},
            _("Two lines over the years: methane emitted without the conversion and as converted."),
        )
    if facts.reductions:
        wanted["reductions"] = _reduction_chart(facts, name, lang)
    if result.get("tornado"):
        bars = [
            (parameter_name(b["parameter"]), b["at_lower"], b["at_upper"]) for b in result["tornado"][:10]
        ]
        wanted["tornado"] = (
            drawings.tornado(bars, result["tornado"][0]["base"], lang),
            _("What matters most: %(site)s") % {"site": name},
            _("Bars: methane over all years with one parameter at its lower and at its upper bound."),
        )
    return {key: drawn(chart, title, words, lang) for key, (chart, title, words) in wanted.items()}


def _reduction_chart(facts: Facts, name: str, lang: str) -> tuple[Any, str, str]:
    names = {
        "landfill.reference_emissions": _("reference"),
        "landfill.project_emissions": _("project"),
        "cumulative": _("reduction so far"),
    }
    rows = [
        (f.period_start.year, f.kind, f.amount)
        for f in facts.reductions
        if f.kind != "landfill.emission_reduction"
    ]
    total = from_float(0.0)
    for figure in facts.reductions:
        if figure.kind == "landfill.emission_reduction":
            total += figure.amount
            rows.append((figure.period_start.year, "cumulative", total))
    return (
        drawings.courses(rows, names, f"tCO₂e ({facts.gwp_set})", lang),
        _("Reference, project and cumulative reduction: %(site)s") % {"site": name},
        _("Three lines over the years of the project: reference, project, and the reduction added up."),
    )


def drawn(chart: Any, title: str, description: str, lang: str) -> Any:
    """The drawing, or None where the engine is not to be had: the table beside it says the same."""
    try:
        return cached(chart, title=title, description=description, lang=lang)
    except DrawingError:
        return None


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
