"""The drawings of a site's page: what they show, and drawing them ahead when the figures change."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override

from trunghoa.portal.core.charts.store import View, ahead
from trunghoa.portal.core.record.models import Figure
from trunghoa.quantities import from_float

from . import drawings, outcome
from .models import Landfill, Project
from .portfolio import BY_KIND
from .words import parameter_name

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


def wanted(
    landfill: Landfill, facts: Facts, result: Mapping[str, Any], project: Project | None, lang: str
) -> dict[str, View]:
    """What a site's page draws, by name, in the active language; what has no figures has no drawing."""
    name = landfill.place.name(lang)
    rules = [(c.on.year, _("conversion")) for c in landfill.conversions.all()]
    if project is not None and facts.reductions:
        rules.append((project.start_year, _("project")))
    found: dict[str, View] = {}
    if any(f.category for f in facts.methane):
        last = drawings.last_year(facts.deposited, facts.totals)
        found["methane"] = View(
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
        found["conversion"] = View(
            drawings.courses(rows, names, _("CH₄ emitted (t)"), lang, rules),
            _("Before and after the conversion: %(site)s") % {"site": name},
            _("Two lines over the years: methane emitted without the conversion and as converted."),
        )
    if facts.reductions:
        found["reductions"] = _reduction_chart(facts, name, lang)
    if result.get("tornado"):
        bars = [
            (parameter_name(b["parameter"]), b["at_lower"], b["at_upper"]) for b in result["tornado"][:10]
        ]
        found["tornado"] = View(
            drawings.tornado(bars, result["tornado"][0]["base"], lang),
            _("What matters most: %(site)s") % {"site": name},
            _("Bars: methane over all years with one parameter at its lower and at its upper bound."),
        )
    return found


def _reduction_chart(facts: Facts, name: str, lang: str) -> View:
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
    return View(
        drawings.courses(rows, names, f"tCO₂e ({facts.gwp_set})", lang),
        _("Reference, project and cumulative reduction: %(site)s") % {"site": name},
        _("Three lines over the years of the project: reference, project, and the reduction added up."),
    )


def draw_ahead(landfill: Landfill) -> int:
    """Draw what the site's page will show in each language, so that no reader waits; how many were drawn."""
    found = outcome.result_of(landfill)
    if found is None:
        return 0
    facts = Facts(landfill)
    project = Project.objects.filter(landfill=landfill).first()
    drawn = 0
    for lang, _name in settings.LANGUAGES:
        with override(lang):
            drawn += ahead(wanted(landfill, facts, found[1], project, lang).values(), lang)
    return drawn
