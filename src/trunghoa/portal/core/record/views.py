"""Pages of the record: a figure's provenance, the list of figures, a run."""

from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils.html import escape, format_html
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from trunghoa.portal.core.accounts.people import person
from trunghoa.quantities import Quality, Status, format_number

from . import access, documents, words
from .models import Figure, Place, Run, System
from .standing import Content, standing
from .tables import Column, address_of, download, paged
from .templatetags import numbers

FILTERS = ("system", "kind", "status", "quality", "gas", "scenario")


def figure_columns() -> list[Column]:
    lang = numbers.language()
    page_of = address_of("record:figure")
    statuses = {s.value: escape(numbers.status(s.value)) for s in Status}
    marks = {q.value: str(numbers.mark(q.value)) for q in Quality}

    def amount(f: Figure) -> str:
        shown = format_number(f.amount, lang, numbers.decimals_for(f.amount))
        data = f'<data value="{f.amount:f}">{shown}</data>'
        return f'<a class="figure" href="{page_of(f.pk)}">{data}</a>{marks[f.quality]}'

    return [
        Column("id", _("No."), lambda f: f.pk, lambda f: f'<a href="{page_of(f.pk)}">{f.pk}</a>'),
        Column("system", _("System"), lambda f: f.system_id, order="system__order"),
        Column("kind", _("Kind"), lambda f: f.kind, lambda f: escape(words.kind(f)), order="kind"),
        Column("place", _("Place"), lambda f: str(f.place.key), lambda f: escape(f.place.name(lang))),
        Column(
            "period",
            _("Period"),
            lambda f: f.period.code(),
            lambda f: escape(f.period.label(lang)),
            order="period_start",
        ),
        Column("amount", _("Amount"), lambda f: f.amount, amount, numeric=True),
        Column("unit", _("Unit"), lambda f: f.unit, lambda f: escape(numbers.unit(f.unit))),
        Column("gas", _("Gas"), lambda f: f.gas, lambda f: escape(numbers.gas(f.gas))),
        Column("gwp_set", _("GWP set"), lambda f: f.gwp_set),
        Column(
            "status", _("Status"), lambda f: f.status, lambda f: statuses.get(f.status, "–"), order="status"
        ),
        Column("scenario", _("Scenario"), lambda f: f.scenario),
        Column("category", _("Category"), lambda f: f.category),
    ]


def filtered(request: HttpRequest) -> QuerySet:
    """Current figures the reader may see, narrowed by the address; the latest first."""
    rows = Figure.objects.current().filter(access.visible_figures(person(request))).select_related("place")
    wanted = {key: value for key in FILTERS if (value := request.GET.get(key))}
    if year := request.GET.get("year", ""):
        rows = (
            rows.filter(period_start__year__lte=int(year), period_end__year__gte=int(year))
            if year.isdigit()
            else rows.none()
        )
    return rows.filter(**wanted).order_by("-pk")


@require_safe
@standing("record/figures.html")
def figures(request: HttpRequest) -> HttpResponse | Content:
    table = paged(request, filtered(request), figure_columns(), "figures", caption=_("Figures"))
    if answer := download(request, table):
        return answer
    choices = {
        "system": System.objects.values_list("code", flat=True),
        "status": list(Status),
        "quality": list(Quality),
    }
    return Content("record/figures_content.html", {"table": table, "choices": choices, "asked": request.GET})


@require_safe
def figure(request: HttpRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(
        Figure.objects.filter(access.visible_figures(person(request))).select_related(
            "place__parent", "run", "report", "system"
        ),
        pk=pk,
    )
    context = {
        "figure": row,
        "kind": words.kind(row),
        "history": history(row),
        "citations": words.citations(request, row),
    }
    return render(request, "record/figure.html", context)


def history(row: Figure) -> list[Figure]:
    """Every row that ever stood for this figure, newest first."""
    return list(Figure.objects.filter(identity=row.identity).order_by("-pk"))


def run_columns() -> list[Column]:
    return [
        Column("label", _("Parameter"), lambda p: p["label"]),
        Column("value", _("Value"), lambda p: numbers.Decimal(p["value"]), numeric=True),
        Column("unit", _("Unit"), lambda p: p["unit"], lambda p: format_html("{}", numbers.unit(p["unit"]))),
        Column("source", _("Source"), lambda p: p["source"]),
        Column(
            "quality",
            _("Quality"),
            lambda p: p["quality"],
            lambda p: format_html("{}", numbers.quality(p["quality"])),
        ),
    ]


def visible_run(request: HttpRequest, pk: Any) -> Run:
    return get_object_or_404(
        Run.objects.filter(access.visible_runs(person(request))).select_related("place"), pk=pk
    )


@require_safe
def run(request: HttpRequest, pk: Any) -> HttpResponse:
    from .tables import Table

    row = visible_run(request, pk)
    table = Table("parameters", run_columns(), row.parameters, caption=_("Parameters used"))
    if answer := download(request, table):
        return answer
    count = row.figures.current().count()
    user, lang = person(request), numbers.language()
    files = row.outputs.prefetch_related("registrations").order_by("filename")
    opened = opens_outputs(row)
    outputs = [(f, documents.seen_title(user, f, lang), opened) for f in files]
    context = {"run": row, "table": table, "count": count, "outputs": outputs}
    return render(request, "record/run.html", context)


def opens_outputs(row: Run) -> bool:
    """Whether the files a run gave are open to all who see it: those of a site are what its page shows."""
    return row.place is not None and row.place.kind == Place.Kind.SITE


@require_safe
def run_output(request: HttpRequest, pk: Any, sha256: str) -> HttpResponseBase:
    """A file that a site's run gave."""
    row = visible_run(request, pk)
    document = get_object_or_404(row.outputs, pk=sha256)
    if not opens_outputs(row) and not documents.may_read(person(request), document):
        raise Http404
    return documents.download(document)


@require_safe
def run_progress(request: HttpRequest, pk: Any) -> HttpResponse:
    """The fragment the run's page asks for each second until the run is over."""
    row = visible_run(request, pk)
    response = render(request, "record/progress.html", {"run": row})
    if row.state in (Run.State.DONE, Run.State.FAILED):
        response["HX-Refresh"] = "true"
    return response
