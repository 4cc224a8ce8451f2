"""The list of landfills, and the map of provinces with its sites."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.db.models import Max
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from trunghoa.portal.core.accounts.people import person
from trunghoa.portal.core.charts import Legend, SitePoint, even_breaks
from trunghoa.portal.core.charts import province_map as draw_map
from trunghoa.portal.core.record.access import visible_sites
from trunghoa.portal.core.record.models import Figure
from trunghoa.portal.core.record.quality import Quality
from trunghoa.portal.core.record.standing import Content, standing
from trunghoa.portal.core.record.tables import Column, Table, download
from trunghoa.portal.core.record.templatetags import numbers
from trunghoa.quantities import PlaceKey

from ..listing import FILTERS, listing
from ..models import Landfill
from ..units import Unit, Units
from ..words import MCF_CLASSES

EMITTED = "landfill.ch4_emitted"
# More points than this hide the provinces; the list below the map holds every site.
MOST_POINTS = 300


def options(choices: Iterable[tuple[str, Any]], selected: str | None) -> SafeString:
    """The options of a filter, joined: a template loop over them would cost more than the whole table."""
    parts = [f'<option value="">{escape(_("all"))}</option>']
    for code, label in choices:
        state = " selected" if code == selected else ""
        parts.append(f'<option value="{escape(code)}"{state}>{escape(str(label))}</option>')
    return mark_safe("".join(parts))  # noqa: S308 - every part is escaped


@require_safe
@standing("landfills/list.html")
def page(request: HttpRequest) -> HttpResponse | Content:
    lang = numbers.language()
    units = Units(lang)
    table = listing(request, units, lang)
    if answer := download(request, table):
        return answer
    asked = request.GET
    context = {
        "table": table,
        "q": asked.get("q", ""),
        "provinces": options(((unit.code, unit.name) for unit in units.choices()), asked.get("province")),
        "classes": options(MCF_CLASSES, asked.get("class")),
        "qualities": options(Quality.choices, asked.get("quality")),
        "filtered": any(asked.get(k) for k in FILTERS),
    }
    return Content("landfills/list_content.html", context)


@require_safe
def province_map(request: HttpRequest) -> HttpResponse:
    """Methane by province of today, with the sites; the same as a table."""
    lang = numbers.language()
    units = Units(lang)
    standing = {unit.key: unit for unit in units.choices()}
    figures, year = _figures(standing)
    table = _table(standing, figures, year)
    if answer := download(request, table):
        return answer
    sites = list(_sites(request))
    only = next((s for s in sites if s.place.code == request.GET.get("site")), None)
    sites = [only] if only else sites
    points = [point for row in sites if (point := _point(row, lang)) is not None]
    context = {
        "map": _drawing(standing, figures, year, points, lang),
        "table": table,
        "year": year,
        "without_place": len(sites) - len(points),
        "points": len(points),
        "only": only,
    }
    return render(request, "landfills/map.html", context)


def _figures(standing: dict[PlaceKey, Unit]) -> tuple[dict[PlaceKey, Figure], int]:
    """The sums of the last complete year on record, by unit."""
    rows = Figure.objects.current().filter(
        kind=EMITTED, scenario="as_is", category="", place_id__in=[u.pk for u in standing.values()],
        period_start__year__lt=timezone.localdate().year,
    )  # fmt: skip
    latest = rows.aggregate(start=Max("period_start"))["start"]
    if latest is None:
        return {}, timezone.localdate().year - 1
    by_place = {u.pk: key for key, u in standing.items()}
    return {by_place[f.place_id]: f for f in rows.filter(period_start=latest)}, latest.year


def _table(standing: dict[PlaceKey, Unit], figures: dict[PlaceKey, Figure], year: int) -> Table:
    def link(unit: Unit) -> str:
        return format_html('<a href="{}?province={}">{}</a>', reverse("landfills:list"), unit.code, unit.name)

    def amount(unit: Unit) -> Decimal | None:
        return figures[unit.key].amount if unit.key in figures else None

    def bound(name: str) -> Any:
        return lambda unit: getattr(figures[unit.key], name) if unit.key in figures else None

    columns = [
        Column("code", gettext_lazy("Code"), lambda u: u.code),
        Column("province", gettext_lazy("Province"), lambda u: u.name, link),
        Column(
            "ch4",
            gettext_lazy("CH₄ emitted (t)"),
            amount,
            lambda u: numbers.figure(figures[u.key], None, False) if u.key in figures else "–",
            True,
        ),
        Column("lower", gettext_lazy("95 % from"), bound("lower"), None, True),
        Column("upper", gettext_lazy("95 % to"), bound("upper"), None, True),
    ]
    rows = [standing[key] for key in sorted(standing, key=str)]
    caption = _("CH₄ emitted by the modelled landfills of each province in %(year)s") % {"year": year}
    return Table("provinces", columns, rows, caption=caption)


def _sites(request: HttpRequest) -> Any:
    rows = Landfill.objects.filter(visible_sites(person(request), "place__")).select_related(
        "place", "latest_emitted"
    )
    return rows.order_by("-pk")[: MOST_POINTS * 2]


def _point(row: Landfill, lang: str) -> SitePoint | None:
    place = row.place
    if place.latitude is None or place.longitude is None:
        return None
    emitted = row.latest_emitted
    size = float(emitted.amount) if emitted else 0.0
    label = place.name(lang)
    if emitted:
        label = f"{label}: {numbers.number(emitted.amount)} t CH₄ ({emitted.period_start.year})"
    return SitePoint(float(place.longitude), float(place.latitude), label, row.get_absolute_url(), size)


def _drawing(
    standing: dict[PlaceKey, Unit],
    figures: dict[PlaceKey, Figure],
    year: int,
    points: list[SitePoint],
    lang: str,
) -> Any:
    era = next(iter(standing)).era if standing else "2025"
    values = {key: figures[key].amount if key in figures else None for key in standing}
    amounts = [v for v in values.values() if v is not None]
    legend = Legend(
        title=_("CH₄ of landfills, %(year)s") % {"year": year},
        breaks=even_breaks(amounts) if len(amounts) > 1 else (),
        no_data=_("no modelled landfill"),
        unit="t",
        points=_("landfill"),
    )
    links = {key: f"{reverse('landfills:list')}?province={unit.code}" for key, unit in standing.items()}
    return draw_map(
        values,
        era=era,
        lang=lang,
        title=_("Methane of landfills by province"),
        description=_("Provinces of today, shaded by the methane of their modelled landfills."),
        legend=legend,
        links=links,
        points=points[:MOST_POINTS],
    )
