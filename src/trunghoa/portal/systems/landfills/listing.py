"""The list of landfills: five queries however many there are, and no object built that is not shown."""

from html import escape
from typing import Any
from uuid import UUID

from django.core.paginator import Page, Paginator
from django.db.models import FloatField, QuerySet
from django.db.models.functions import Cast
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from trunghoa.portal.core.accounts.people import person
from trunghoa.portal.core.record.access import visible_sites
from trunghoa.portal.core.record.quality import Quality
from trunghoa.portal.core.record.tables import PAGE_SIZE, Column, Table, address_of
from trunghoa.portal.core.record.templatetags.numbers import decimals_for, mark
from trunghoa.quantities import format_number, search_key

from .models import Landfill
from .units import Units
from .words import MCF_TEXT

FILTERS = ("q", "province", "class", "quality")
FIELDS = (
    "pk", "place__code", "place__name_vi", "place__name_ja", "place__name_en", "place__parent_id",
    "current_mcf_class", "opened", "closed", "quality",
    "latest_deposited_id", "latest_deposited__amount", "latest_deposited__period_start",
    "latest_deposited__quality",
    "latest_emitted_id", "latest_emitted__amount", "latest_emitted__period_start", "latest_emitted__quality",
    "last_run_id", "last_run__state", "last_run__finished_on",
)  # fmt: skip
# Columns by position: a tuple is what the database gives and the cheapest thing to read.
(
    PK, CODE, NAME_VI, NAME_JA, NAME_EN, PARENT, MCF, OPENED, CLOSED, QUALITY,
    TONNES_ID, TONNES, TONNES_YEAR, TONNES_QUALITY, CH4_ID, CH4, CH4_YEAR, CH4_QUALITY,
    RUN_ID, RUN_STATE, RUN_ON,
) = range(len(FIELDS))  # fmt: skip
ORDERS = {
    "name": ("place__search",),
    "opened": ("opened",),
    "closed": ("closed",),
    "class": ("current_mcf_class",),
    "quality": ("quality",),
    "tonnes": ("tonnes_order",),
    "ch4": ("ch4_order",),
}
AMOUNTS = {"tonnes": "latest_deposited__amount", "ch4": "latest_emitted__amount"}
RUN_STATES = {
    "queued": gettext_lazy("Queued"),
    "running": gettext_lazy("Running"),
    "done": gettext_lazy("Done"),
    "failed": gettext_lazy("Failed"),
}


def filtered(request: HttpRequest, units: Units) -> QuerySet:
    """Landfills the reader may see, narrowed by the address."""
    rows = Landfill.objects.filter(visible_sites(person(request), "place__"))
    if wanted := search_key(request.GET.get("q", "")[:100]):
        rows = rows.filter(place__search__contains=wanted)
    if province := request.GET.get("province"):
        rows = rows.filter(place__parent_id__in=units.predecessors(province))
    if mcf_class := request.GET.get("class"):
        rows = rows.filter(current_mcf_class=mcf_class)
    if quality := request.GET.get("quality"):
        rows = rows.filter(quality=quality)
    return rows


def ordered(rows: QuerySet, sort: str) -> QuerySet:
    """In the order asked for; amounts are exact text in SQLite, so they are sorted as numbers here."""
    key = sort.lstrip("-")
    if key in AMOUNTS:
        rows = rows.annotate(**{f"{key}_order": Cast(AMOUNTS[key], FloatField())})
    down = "-" if sort.startswith("-") else ""
    return rows.order_by(*(down + column for column in ORDERS.get(key, ORDERS["name"])), "place_id")


def listing(request: HttpRequest, units: Units, lang: str) -> Table:
    """One page of the list, or all of it for a download."""
    sort = request.GET.get("sort", "")
    if sort.lstrip("-") not in ORDERS:
        sort = ""
    query = "&".join(f"{k}={_quoted(v)}" for k in FILTERS if (v := request.GET.get(k)))
    rows = filtered(request, units)
    page = None
    shown: Any
    if request.GET.get("format"):
        shown = ordered(rows, sort).values_list(*FIELDS)
    else:
        page = _page(rows, sort, request.GET.get("page"))
        shown = list(page.object_list)
    return Table(
        "landfills", columns(units, lang), shown, page=page, query=query, sort=sort, caption=_("Landfills")
    )


def _quoted(value: str) -> str:
    from urllib.parse import quote

    return quote(value, safe="")


def _page(rows: QuerySet, sort: str, wanted: str | None) -> Page:
    """Counted without the joins that only the shown rows need."""
    lean = Paginator(rows, PAGE_SIZE)
    number_of_page = lean.get_page(wanted).number
    start = (number_of_page - 1) * PAGE_SIZE
    shown = ordered(rows, sort)
    if start:
        # Further on, the rows passed over are found by the index alone, without what a shown row joins.
        keys = shown.values("pk")[start : start + PAGE_SIZE]
        full = ordered(Landfill.objects.filter(pk__in=keys), sort).values_list(*FIELDS)
    else:
        full = shown.values_list(*FIELDS)[:PAGE_SIZE]
    return Page(full, number_of_page, lean)


def columns(units: Units, lang: str) -> list[Column]:
    name = {"vi": NAME_VI, "ja": NAME_JA, "en": NAME_EN}[lang]
    site_url = address_of("landfills:site", "CODE")
    figure_url = address_of("record:figure")
    run_url = address_of("record:run", UUID(int=0))
    classes = {key: escape(str(label)) for key, label in MCF_TEXT.items()}
    qualities = {key: escape(str(label)) for key, label in Quality.choices}
    states = {key: escape(str(label)) for key, label in RUN_STATES.items()}
    marks = {key: str(mark(key)) for key in Quality.values}

    def figure_cell(pk: int, amount: int, year: int, quality: int) -> Any:
        def cell(row: Any) -> str:
            if row[pk] is None:
                return "–"
            value = row[amount]
            shown = format_number(value, lang, decimals_for(value))
            return (
                f'<a class="figure" href="{figure_url(row[pk])}"><data value="{value:f}">'
                f"{shown}</data></a> <small>{row[year].year}</small>{marks[row[quality]]}"
            )

        return cell

    def province(row: Any) -> str:
        unit = units.of(row[PARENT])
        return unit.name if unit else ""

    def run(row: Any) -> str:
        if row[RUN_ID] is None:
            return f'<span class="missing">{escape(_("none yet"))}</span>'
        return f'<a href="{run_url(row[RUN_ID])}">{states[row[RUN_STATE]]}</a>'

    return [
        Column(
            "name",
            gettext_lazy("Landfill"),
            lambda r: r[name] or r[NAME_VI],
            lambda r: f'<a href="{site_url(r[CODE])}">{escape(r[name] or r[NAME_VI])}</a>',
            order="name",
        ),
        Column("province", gettext_lazy("Province"), province, lambda r: escape(province(r)) or "–"),
        Column(
            "class",
            gettext_lazy("MCF class"),
            lambda r: r[MCF],
            lambda r: classes.get(r[MCF], "–"),
            order="class",
        ),
        Column(
            "opened",
            gettext_lazy("Opened"),
            lambda r: r[OPENED],
            lambda r: str(r[OPENED] or "–"),
            True,
            "opened",
        ),
        Column(
            "closed",
            gettext_lazy("Closed"),
            lambda r: r[CLOSED],
            lambda r: str(r[CLOSED]) if r[CLOSED] else "–",
            True,
            "closed",
        ),
        Column(
            "tonnes",
            gettext_lazy("Deposited (t)"),
            lambda r: r[TONNES],
            figure_cell(TONNES_ID, TONNES, TONNES_YEAR, TONNES_QUALITY),
            True,
            "tonnes",
        ),
        Column(
            "ch4",
            gettext_lazy("CH₄ emitted (t)"),
            lambda r: r[CH4],
            figure_cell(CH4_ID, CH4, CH4_YEAR, CH4_QUALITY),
            True,
            "ch4",
        ),
        Column(
            "quality",
            gettext_lazy("Quality"),
            lambda r: r[QUALITY],
            lambda r: qualities[r[QUALITY]],
            order="quality",
        ),
        Column("run", gettext_lazy("Last run"), lambda r: r[RUN_ON], run),
    ]
